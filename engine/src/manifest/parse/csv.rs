//! The canonical CSV: one row per goods item and container, header names as in README of `datasets/samples`.
//!
//! Rows of one bill are joined by (manifest_reference, bill_of_lading). A bill-level figure that differs between its
//! rows is a fault, the first counts. Without a `bill_of_lading` column every row is a consignment of its own, named by
//! `line`, `id` or its row number: so a plain list of goods lines can be scored as it is.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::limits;
use super::super::types::*;
use super::{Parsed, Parts, read_whole};
use crate::codes::{CountryCode, HsCode};

/// Columns that are read. Others are reported and kept as unmapped.
pub const COLUMNS: &[&str] = &[
    "manifest_reference",
    "imo",
    "ship_name",
    "flag",
    "voyage",
    "departure",
    "departed_at",
    "arrival",
    "arrives_at",
    "bill_of_lading",
    "master_bill",
    "procedure",
    "original_loading",
    "loading",
    "transhipment",
    "discharge",
    "delivery",
    "final_destination",
    "routing",
    "consignor_name",
    "consignor_country",
    "consignor_city",
    "consignor_street",
    "consignee_name",
    "consignee_country",
    "consignee_city",
    "consignee_street",
    "notify_name",
    "notify_country",
    "container",
    "size_type",
    "fullness",
    "tare_kg",
    "seals",
    "item",
    "hs_code",
    "hs_edition",
    "description",
    "scientific_name",
    "common_name",
    "origin",
    "n_packages",
    "package_kind",
    "marks",
    "gross_mass_kg",
    "net_mass_kg",
    "volume_m3",
    "value",
    "currency",
    "document_code",
    "document_kind",
    "document_number",
    "document_issued_on",
    "document_country",
    "line",
    "id",
    "source",
];

/// Reads the whole table. Each bill is one part.
pub(super) fn table(input: impl BufRead + Send + 'static) -> Parts {
    match read_whole(input, limits::MAX_TABLE_BYTES, "MAX_TABLE_BYTES", "a CSV table").and_then(|b| manifests(&b)) {
        Ok(parts) => Box::new(parts.into_iter().map(Ok)),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

fn manifests(bytes: &[u8]) -> Result<Vec<Parsed>, ManifestError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let malformed = |at: String, why: String| ManifestError::Malformed { format: "CSV", at, why };
    let header = reader.byte_headers().map_err(|error| malformed("row 1".into(), error.to_string()))?;
    let header: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase()).collect();
    if !header.iter().any(|name| name == "description" || name == "bill_of_lading") {
        let why = "the header row names neither `description` nor `bill_of_lading`";
        return Err(malformed("row 1".into(), why.into()));
    }
    let mut parts = Bills { header: &header, parsed: Vec::new(), by_bill: BTreeMap::new() };
    for (n, record) in reader.byte_records().enumerate() {
        let row = n as u64 + 2;
        match record {
            Ok(record) if record.iter().all(|field| field.trim_ascii().is_empty()) => {}
            Ok(record) => parts.add(row, &record),
            Err(error) => return Err(malformed(format!("row {row}"), error.to_string())),
        }
    }
    Ok(parts.finish())
}

struct Bills<'h> {
    header: &'h [String],
    parsed: Vec<Parsed>,
    by_bill: BTreeMap<(String, String), usize>,
}

/// One row and the faults found in it.
struct Row<'h> {
    number: u64,
    fields: BTreeMap<&'h str, String>,
    faults: Vec<Fault>,
    originals: Vec<Original>,
    unmapped: Vec<Unmapped>,
}

impl Row<'_> {
    fn at(&self, column: &str) -> String {
        format!("row {} column {column}", self.number)
    }

    fn fault(&mut self, code: &'static str, severity: Severity, column: &str, found: &str, expected: &str) {
        let at = self.at(column);
        self.faults.push(Fault::new(code, severity, at, found, expected));
    }

    fn text(&self, column: &str) -> Option<String> {
        self.fields.get(column).filter(|text| !text.is_empty()).cloned()
    }

    fn parsed<T: std::str::FromStr>(&mut self, column: &str, expected: &str, severity: Severity) -> Option<T> {
        let text = self.text(column)?;
        let value = text.parse::<T>().ok();
        if value.is_none() {
            self.fault("not_a_code", severity, column, &text, expected);
            self.originals.push(Original { at: column.to_owned(), text });
        }
        value
    }

    fn country(&mut self, column: &str) -> Option<CountryCode> {
        self.parsed(column, "an ISO 3166-1 alpha-2 country code", Severity::Doubt)
    }

    fn number(&mut self, column: &str) -> Option<f64> {
        let text =
            self.text(column).filter(|text| !matches!(text.to_ascii_lowercase().as_str(), "n/a" | "-" | "nil"))?;
        let number = text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        if number.is_none() {
            self.fault("not_a_quantity", Severity::Lost, column, &text, "a number of at least 0 with a decimal point");
        }
        number
    }

    fn count(&mut self, column: &str) -> Option<u64> {
        self.parsed(column, "a whole number", Severity::Lost)
    }

    fn moment(&mut self, column: &str) -> Option<Moment> {
        let text = self.text(column)?;
        let moment = Moment::parse(&text);
        if moment.is_none() {
            self.fault("not_a_time", Severity::Lost, column, &text, "a time as 2014-03-14T10:00:00Z");
        }
        moment
    }

    fn place(&self, column: &str) -> Option<Place> {
        self.text(column).and_then(|text| Place::new(&text))
    }

    fn word<T: serde::de::DeserializeOwned>(&mut self, column: &str, expected: &str) -> Option<T> {
        let text = self.text(column)?;
        let folded = text.to_lowercase().replace([' ', '-'], "_");
        let word = serde_json::from_value(serde_json::Value::String(folded)).ok();
        if word.is_none() {
            self.fault("unknown_word", Severity::Lost, column, &text, expected);
        }
        word
    }
}

impl<'h> Bills<'h> {
    fn add(&mut self, number: u64, record: &csv::ByteRecord) {
        let mut row = self.row(number, record);
        let named = self.header.iter().any(|name| name == "bill_of_lading");
        let reference = row.text("manifest_reference").unwrap_or_default();
        let bill = match row.text("bill_of_lading") {
            Some(bill) => bill,
            None => {
                if named {
                    row.fault("missing", Severity::Lost, "bill_of_lading", "nothing", "a bill of lading number");
                }
                row.text("line").or_else(|| row.text("id")).unwrap_or_else(|| format!("row-{number}"))
            }
        };
        let consignment = consignment(&mut row, &bill);
        let head = head(&mut row, &reference);
        let key = (reference, bill);
        match self.by_bill.get(&key).copied().filter(|_| named).and_then(|n| self.parsed.get_mut(n)) {
            Some(earlier) => join(earlier, head, consignment, &mut row),
            None => {
                let mut manifest = Manifest { consignments: vec![consignment], ..head };
                manifest.unmapped = std::mem::take(&mut row.unmapped);
                self.by_bill.insert(key, self.parsed.len());
                self.parsed.push(Parsed { manifest, faults: std::mem::take(&mut row.faults) });
            }
        }
    }

    fn row(&self, number: u64, record: &csv::ByteRecord) -> Row<'h> {
        let mut row = Row { number, fields: BTreeMap::new(), faults: vec![], originals: vec![], unmapped: vec![] };
        for (n, field) in record.iter().enumerate() {
            let header: &'h [String] = self.header;
            let Some(name) = header.get(n) else {
                let found = String::from_utf8_lossy(field).into_owned();
                row.fault(
                    "extra_field",
                    Severity::Lost,
                    &format!("{}", n + 1),
                    &found,
                    "no more fields than the header",
                );
                continue;
            };
            let mut text = match std::str::from_utf8(field) {
                Ok(text) => text.trim().to_owned(),
                Err(_) => {
                    row.fault(
                        "not_utf8",
                        Severity::Doubt,
                        name,
                        &String::from_utf8_lossy(field),
                        "UTF-8; read as Windows-1252",
                    );
                    encoding_rs::WINDOWS_1252.decode(field).0.trim().to_owned()
                }
            };
            if text.len() > limits::MAX_TEXT_BYTES {
                row.fault("text_too_long", Severity::Lost, name, &text, "at most MAX_TEXT_BYTES; the rest was cut");
                text.truncate(text.floor_char_boundary(limits::MAX_TEXT_BYTES));
            }
            if COLUMNS.contains(&name.as_str()) {
                row.fields.insert(name, text);
            } else if !text.is_empty() {
                if number == 2 {
                    row.fault("unknown_column", Severity::Note, name, name, "a column of the canonical CSV");
                }
                row.unmapped.push(Unmapped { at: format!("row {number} column {name}"), found: text });
            }
        }
        if record.len() < self.header.len() {
            let found = format!("{} fields", record.len());
            row.fault("short_row", Severity::Lost, "", &found, &format!("{} fields", self.header.len()));
        }
        row
    }

    fn finish(self) -> Vec<Parsed> {
        self.parsed
    }
}

fn head(row: &mut Row<'_>, reference: &str) -> Manifest {
    let transport_means = TransportMeans {
        mode: None,
        imo: row.text("imo"),
        name: row.text("ship_name"),
        flag: row.country("flag"),
        voyage: row.text("voyage"),
    };
    let departure = Call { unlocode: row.place("departure"), at: row.moment("departed_at") };
    let arrival = Call { unlocode: row.place("arrival"), at: row.moment("arrives_at") };
    let container = row.text("container").map(|container| Equipment {
        container,
        size_type: row.text("size_type"),
        fullness: row.text("fullness"),
        tare_kg: row.number("tare_kg"),
        vgm_kg: None,
        seals: row
            .text("seals")
            .into_iter()
            .flat_map(|seals| seals.split('|').map(str::to_owned).collect::<Vec<_>>())
            .map(|number| Seal { number: number.trim().to_owned(), party: None })
            .collect(),
    });
    Manifest {
        reference: reference.to_owned(),
        format: "csv/1".to_owned(),
        transport_means: (transport_means != TransportMeans::default()).then_some(transport_means),
        departure: (departure != Call::default()).then_some(departure),
        arrival: (arrival != Call::default()).then_some(arrival),
        equipment: container.into_iter().collect(),
        ..Manifest::default()
    }
}

fn consignment(row: &mut Row<'_>, bill: &str) -> Consignment {
    let mut parties = Vec::new();
    for (role, prefix) in
        [(PartyRole::Consignor, "consignor"), (PartyRole::Consignee, "consignee"), (PartyRole::NotifyParty, "notify")]
    {
        let country = row.country(&format!("{prefix}_country"));
        if let Some(name) = row.text(&format!("{prefix}_name")) {
            let address = Address {
                country,
                city: row.text(&format!("{prefix}_city")),
                street: row.text(&format!("{prefix}_street")),
                ..Address::default()
            };
            let address = (address != Address::default()).then_some(address);
            parties.push(Party { role, id: None, name, address, contacts: Vec::new() });
        }
    }
    let routing = row.text("routing").unwrap_or_default();
    let routing = routing.split('|').filter_map(|code| code.parse().ok()).collect();
    let item = goods_item(row);
    Consignment {
        line: row.count("line"),
        bill_of_lading: bill.to_owned(),
        master_bill: row.text("master_bill"),
        procedure: row.word("procedure", "import, export, re_export, transit, transhipment, …"),
        places: Places {
            original_loading: row.place("original_loading"),
            loading: row.place("loading"),
            transhipment: row.place("transhipment"),
            discharge: row.place("discharge"),
            delivery: row.place("delivery"),
            final_destination: row.place("final_destination"),
        },
        routing,
        parties,
        gross_mass_kg: item.gross_mass_kg,
        n_packages: item.packages.first().and_then(|packages| packages.n),
        value: row.text("value").map(|amount| Money { amount, currency: row.text("currency"), kind: None }),
        goods_items: vec![item],
        originals: std::mem::take(&mut row.originals),
        ..Consignment::default()
    }
}

fn goods_item(row: &mut Row<'_>) -> GoodsItem {
    let packages = Packages { n: row.count("n_packages"), kind: row.text("package_kind"), marks: row.text("marks") };
    let hs_text = row.text("hs_code");
    let hs_code: Option<HsCode> = row.parsed("hs_code", "an HS code of 2 to 12 digits", Severity::Lost);
    if let (Some(code), Some(text)) = (&hs_code, hs_text)
        && code.as_str() != text
    {
        row.originals.push(Original { at: "hs_code".to_owned(), text });
    }
    let document = Document {
        code: row.text("document_code"),
        kind: document_kind(row),
        number: row.text("document_number"),
        issued_on: row.moment("document_issued_on").map(|moment| moment.day()),
        country: row.country("document_country"),
        ..Document::default()
    };
    let declared = document.number.is_some() || document.code.is_some();
    GoodsItem {
        item: row.count("item"),
        hs_code,
        hs_edition: row.count("hs_edition").and_then(|edition| u16::try_from(edition).ok()),
        description: row.text("description").unwrap_or_default(),
        scientific_name: row.text("scientific_name"),
        common_name: row.text("common_name"),
        origin: row.country("origin"),
        in_containers: row
            .text("container")
            .map(|container| InContainer { container, n_packages: packages.n })
            .into_iter()
            .collect(),
        packages: if packages == Packages::default() { vec![] } else { vec![packages] },
        gross_mass_kg: row.number("gross_mass_kg"),
        net_mass_kg: row.number("net_mass_kg"),
        volume_m3: row.number("volume_m3"),
        documents: if declared { vec![document] } else { vec![] },
        ..GoodsItem::default()
    }
}

/// Kind by its own column, else by the UN/EDIFACT 1001 code.
fn document_kind(row: &mut Row<'_>) -> DocumentKind {
    if let Some(kind) = row.word("document_kind", "a kind of document such as cites_export_permit") {
        return kind;
    }
    super::document_kind_of_code(row.text("document_code").as_deref().unwrap_or_default())
}

/// Adds a further row of a bill: another goods item, or another container or document of the same one.
fn join(parsed: &mut Parsed, head: Manifest, consignment: Consignment, row: &mut Row<'_>) {
    for equipment in head.equipment {
        if !parsed.manifest.equipment.iter().any(|known| known.container == equipment.container) {
            parsed.manifest.equipment.push(equipment);
        }
    }
    parsed.manifest.unmapped.append(&mut row.unmapped);
    let Some(bill) = parsed.manifest.consignments.first_mut() else { return };
    let differs = [
        ("procedure", bill.procedure != consignment.procedure),
        ("places", bill.places != consignment.places),
        ("consignor_name", bill.party(PartyRole::Consignor) != consignment.party(PartyRole::Consignor)),
        ("consignee_name", bill.party(PartyRole::Consignee) != consignment.party(PartyRole::Consignee)),
        ("value", bill.value != consignment.value),
    ];
    for (column, _) in differs.iter().filter(|(_, differs)| *differs) {
        row.fault(
            "differs_within_bill",
            Severity::Doubt,
            column,
            column,
            "the same in every row of the bill; the first counts",
        );
    }
    bill.originals.extend(consignment.originals);
    for item in consignment.goods_items {
        match bill.goods_items.iter_mut().find(|known| known.item.is_some() && known.item == item.item) {
            Some(known) => {
                if known.description != item.description {
                    row.fault(
                        "differs_within_bill",
                        Severity::Doubt,
                        "description",
                        &item.description,
                        "the same in every row of the item",
                    );
                }
                known.in_containers.extend(item.in_containers);
                known
                    .documents
                    .extend(item.documents.into_iter().filter(|d| !known.documents.contains(d)).collect::<Vec<_>>());
            }
            None => {
                bill.gross_mass_kg = match (bill.gross_mass_kg, item.gross_mass_kg) {
                    (Some(sum), Some(more)) => Some(sum + more),
                    _ => None,
                };
                bill.goods_items.push(item);
            }
        }
    }
    parsed.faults.append(&mut row.faults);
}
