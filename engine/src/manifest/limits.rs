//! Limits on what is read from outside. Each has a name and a reason; all are refused with a fault that says so.

/// Bytes of one JSON document or one NDJSON line: a ship of 15,000 bills in JSON is about 30 MB.
pub const MAX_DOCUMENT_BYTES: usize = 64 << 20;
/// Bytes of one CSV or spreadsheet, which are read whole.
pub const MAX_TABLE_BYTES: usize = 256 << 20;
/// Consignments in one manifest: the largest container ships carry fewer than 30,000 bills.
pub const MAX_CONSIGNMENTS: usize = 100_000;
/// Goods items of one consignment (the UN/EDIFACT message allows 9,999).
pub const MAX_GOODS_ITEMS: usize = 9_999;
/// Containers of one manifest: twice the largest ship afloat.
pub const MAX_EQUIPMENT: usize = 50_000;
/// Entries of any other list (parties, documents, packages, seals, routing).
pub const MAX_LIST: usize = 999;
/// Bytes of one description or other free text; what is longer is cut at a character and reported.
pub const MAX_TEXT_BYTES: usize = 8 << 10;
/// Faults kept for one manifest; the rest is counted.
pub const MAX_FAULTS: usize = 1_000;
/// Nesting of JSON: `serde_json` stops at 128; the canonical form needs 8.
pub const MAX_JSON_DEPTH: usize = 64;
