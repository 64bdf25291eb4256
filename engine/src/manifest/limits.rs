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
/// Faults kept for one consignment, or for the head of a manifest; the rest is counted, and the worst of it remembered.
/// An officer reads ten; a ship of 100,000 broken bills stays under 1 GB.
pub const MAX_FAULTS: usize = 50;
/// Bytes of one EDIFACT segment: the longest lawful one (FTX, five texts of 512 characters) fits twelve times.
pub const MAX_SEGMENT_BYTES: usize = 32 << 10;
/// Bills of one part of a streamed manifest: bills that share a container stand close together, and a part stays small.
pub const PART_BILLS: usize = 64;
/// Nesting of XML: the deepest e-permit inside SOAP needs 12.
pub const MAX_XML_DEPTH: usize = 64;
/// Elements of one XML record (a bill, a declaration, a permit): 9,999 goods items of about 40 elements.
pub const MAX_XML_ELEMENTS: usize = 400_000;
/// Bytes of one XML record, its comments and attached files included.
pub const MAX_XML_RECORD_BYTES: usize = 64 << 20;
/// Entries of `unmapped` kept for one part; the rest is counted in a fault.
pub const MAX_UNMAPPED: usize = 10_000;
/// Characters kept of one unmapped value.
pub const MAX_UNMAPPED_CHARS: usize = 1_000;
/// Bytes of an XLSX file as it arrives.
pub const MAX_WORKBOOK_BYTES: usize = 64 << 20;
/// Bytes of the parts of a workbook that are loaded whole, once unpacked: its texts, or all of an ODS. Two million texts of
/// an XLSX are 60 MB.
pub const MAX_UNPACKED_BYTES: u64 = 256 << 20;
/// Bytes of all sheets of an XLSX once unpacked, which are read as a stream: a million rows of ten columns are 350 MB.
pub const MAX_SHEET_BYTES: u64 = 512 << 20;
/// Bytes that one byte of an XLSX file may unpack to: sheets of repeated rows reach 40, bombs 1,000.
pub const MAX_UNPACKED_RATIO: u64 = 200;
/// Cells that a workbook of a format that loads whole (XLS, ODS) may span: a sheet of 65,536 rows and 60 columns, 32 bytes each.
pub const MAX_LOADED_CELLS: u64 = 4_000_000;
/// Rows of a spreadsheet (what Excel can hold).
pub const MAX_ROWS: usize = 1_048_576;
/// Columns of a table.
pub const MAX_COLUMNS: usize = 512;
