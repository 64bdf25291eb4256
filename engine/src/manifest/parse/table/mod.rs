//! Tables: rows become bills. One row per goods item and container; column names as in README of `datasets/samples`, or
//! by a [`Mapping`], or guessed from headers of the trade.
//!
//! Rows of one bill are joined by (manifest_reference, bill_of_lading). A bill-level figure that differs between its
//! rows is a fault, the first counts. Without a `bill_of_lading` column every row is a consignment of its own, named by
//! `line`, `id` or its row number: so a plain list of goods lines can be scored as it is.

mod headers;
mod mapping;
mod style;

use std::collections::BTreeMap;

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::limits;
use super::super::types::*;
use super::Parsed;
use super::reading::is_absent;
use super::units::{Unit, unit};
use crate::codes::{CountryCode, HsCode};
use style::{Evidence, Style};

pub use mapping::{DateOrder, Mapping};

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

/// Rows of one table, their numbers counted from 1.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Format in errors.
    pub name: &'static str,
    /// Format of the manifest.
    pub format: &'static str,
    /// Row number and cells.
    pub rows: Vec<(u64, csv::ByteRecord)>,
    /// Faults of the reading.
    pub faults: Vec<Fault>,
    /// Delimiter that was used.
    pub delimiter: Option<char>,
    /// Sheet that was used.
    pub sheet: Option<String>,
}

/// Rows that are looked at for the header: titles and addresses of the sender may stand above it.
const HEADER_ROWS: usize = 30;

fn text_of(field: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(field).0,
    }
}

/// Index of the header row: the one the mapping names, else the first that names a description or a bill and another
/// column, else the first row if it names one of the two.
pub(super) fn header_row(rows: &[(u64, csv::ByteRecord)], mapping: &Mapping) -> Option<usize> {
    if let Some(row) = mapping.header_row {
        return rows.iter().position(|(number, _)| *number == row as u64);
    }
    let names = |record: &csv::ByteRecord| {
        record
            .iter()
            .filter_map(|cell| mapping.column(&text_of(cell)).map(|(column, _)| column.to_owned()))
            .collect::<Vec<_>>()
    };
    let leads = |columns: &[String]| columns.iter().any(|column| column == "description" || column == "bill_of_lading");
    let several = rows.iter().take(HEADER_ROWS).position(|(_, record)| {
        mapping.understood(record.iter().map(text_of).collect::<Vec<_>>().iter().map(AsRef::as_ref)) >= 2
            && leads(&names(record))
    });
    several.or_else(|| rows.iter().take(HEADER_ROWS).position(|(_, record)| leads(&names(record))))
}

/// What the columns of a table mean.
struct Columns {
    /// Canonical column of each place; `None` = unmapped.
    canonical: Vec<Option<String>>,
    /// Header of each place.
    headers: Vec<String>,
    style: Style,
    faults: Vec<Fault>,
}

fn columns(sheet: &Sheet, at: usize, mapping: &Mapping) -> Columns {
    let Some((number, header)) = sheet.rows.get(at) else {
        let style = Evidence::default().style(None, None);
        return Columns { canonical: vec![], headers: vec![], style, faults: vec![] };
    };
    let headers: Vec<String> = header.iter().map(|cell| text_of(cell).trim().to_owned()).collect();
    let mut faults = Vec::new();
    let mut canonical: Vec<Option<String>> = Vec::new();
    for header in &headers {
        let found = mapping.column(header);
        let taken = |column: &str| canonical.iter().flatten().any(|known: &String| known == column);
        match found {
            Some((column, is_guess)) if !(is_guess && taken(column)) => {
                if is_guess {
                    let at = format!("row {number} column {header}");
                    let expected = format!("`{column}`: guessed; confirm it with a mapping file");
                    faults.push(Fault::new("guessed_column", Severity::Note, at, header, &expected));
                }
                canonical.push(Some(column.to_owned()));
            }
            _ => {
                if !header.is_empty() {
                    let at = format!("row {number} column {header}");
                    let expected = "a column of the canonical CSV or of the mapping file; it is kept as unmapped";
                    faults.push(Fault::new("unknown_column", Severity::Note, at, header, expected));
                }
                canonical.push(None);
            }
        }
    }
    let style = style_of(sheet, at, &canonical, mapping, &mut faults);
    Columns { canonical, headers, style, faults }
}

/// Columns whose values are numbers, and columns whose values are dates.
const NUMBERS: &[&str] = &["gross_mass_kg", "net_mass_kg", "volume_m3", "tare_kg", "value", "n_packages"];
const DATES: &[&str] = &["departed_at", "arrives_at", "document_issued_on"];

fn style_of(
    sheet: &Sheet,
    at: usize,
    canonical: &[Option<String>],
    mapping: &Mapping,
    faults: &mut Vec<Fault>,
) -> Style {
    let mut evidence = Evidence::default();
    for (_, record) in sheet.rows.iter().skip(at + 1) {
        for (column, cell) in canonical.iter().zip(record.iter()) {
            match column.as_deref() {
                Some(column) if NUMBERS.contains(&column) => evidence.number(&text_of(cell)),
                Some(column) if DATES.contains(&column) => evidence.date(&text_of(cell)),
                _ => {}
            }
        }
    }
    let style = evidence.style(mapping.decimal, mapping.dates);
    if style.decimal == ',' && mapping.decimal.is_none() {
        let expected = "a decimal point; the values show a decimal comma";
        faults.push(Fault::new("decimal_comma", Severity::Note, sheet.name.to_owned(), ",", expected));
    }
    if style.decimal_ambiguous {
        let expected = "a decimal mark that the values settle; a comma before three digits is read as thousands";
        faults.push(Fault::new("decimal_ambiguous", Severity::Doubt, sheet.name.to_owned(), "1,234", expected));
    }
    if style.dates_ambiguous {
        let expected = "dates that settle their order; day before month is assumed";
        faults.push(Fault::new("dates_ambiguous", Severity::Doubt, sheet.name.to_owned(), "03/02/2014", expected));
    }
    style
}

/// What the reader would do with the table, as a mapping file.
pub(super) fn guessed(sheet: &Sheet, mapping: &Mapping) -> Option<Mapping> {
    let at = header_row(&sheet.rows, mapping)?;
    let columns = columns(sheet, at, mapping);
    let mut guessed = mapping.clone();
    guessed.columns = columns
        .headers
        .iter()
        .zip(&columns.canonical)
        .filter(|(header, _)| !header.is_empty())
        .map(|(header, column)| (header.clone(), column.clone().unwrap_or_default()))
        .collect();
    guessed.header_row = sheet.rows.get(at).and_then(|(number, _)| usize::try_from(*number).ok());
    guessed.delimiter = sheet.delimiter;
    guessed.sheet.clone_from(&sheet.sheet);
    guessed.decimal = Some(columns.style.decimal);
    guessed.dates = Some(columns.style.dates);
    Some(guessed)
}

/// The bills of a table, each one part.
pub(super) fn manifests(mut sheet: Sheet, mapping: &Mapping) -> Result<Vec<Parsed>, ManifestError> {
    let Some(at) = header_row(&sheet.rows, mapping) else {
        let why =
            "no header row names `description` or `bill_of_lading`, in these words or those of the trade".to_owned();
        return Err(ManifestError::Malformed { format: sheet.name, at: "row 1".into(), why });
    };
    let mut columns = columns(&sheet, at, mapping);
    let mut faults = std::mem::take(&mut sheet.faults);
    faults.append(&mut columns.faults);
    let mut unmapped = Vec::new();
    for (number, record) in sheet.rows.iter().take(at) {
        // Lines above the header: titles, addresses.
        let text: Vec<_> = record.iter().map(text_of).filter(|cell| !cell.trim().is_empty()).collect();
        if !text.is_empty() {
            unmapped.push(Unmapped {
                at: format!("row {number}"),
                found: text.join(" ").chars().take(limits::MAX_UNMAPPED_CHARS).collect(),
            });
        }
    }
    let mut bills =
        Bills { columns: &columns, mapping, format: sheet.format, parsed: Vec::new(), by_bill: BTreeMap::new() };
    for (number, record) in sheet.rows.iter().skip(at + 1) {
        if !record.iter().all(|field| field.trim_ascii().is_empty()) {
            bills.add(*number, record);
        }
    }
    let mut parsed = bills.parsed;
    match parsed.first_mut() {
        Some(first) => {
            faults.append(&mut first.faults);
            first.faults = faults;
            unmapped.append(&mut first.manifest.unmapped);
            first.manifest.unmapped = unmapped;
        }
        None => {
            let manifest = Manifest { format: sheet.format.to_owned(), unmapped, ..Manifest::default() };
            parsed.push(Parsed { manifest, faults });
        }
    }
    Ok(parsed)
}

struct Bills<'h> {
    columns: &'h Columns,
    mapping: &'h Mapping,
    format: &'static str,
    parsed: Vec<Parsed>,
    by_bill: BTreeMap<(String, String), usize>,
}

/// One row and the faults found in it.
struct Row<'h> {
    number: u64,
    style: Style,
    mapping: &'h Mapping,
    /// Header of the column of document numbers.
    document_header: Option<&'h String>,
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

    /// A quantity in the unit of its column. A unit behind the number counts before that of the column.
    fn number(&mut self, column: &str) -> Option<f64> {
        let text = self.text(column).filter(|text| !is_absent(text))?;
        let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '³' | ' ')).len();
        let cut = if text.ends_with("m3") || text.ends_with("M3") { text.len() - 2 } else { digits };
        let (number, written) = text.split_at_checked(cut).unwrap_or((&text, ""));
        let named = Some(written.trim()).filter(|unit| !unit.is_empty());
        let unit_text = named.or_else(|| self.mapping.units.get(column).map(String::as_str));
        let factor = match unit_text.map(unit) {
            None => Some(1.0),
            Some(Some((Unit::Mass(factor), _))) if column.ends_with("_kg") => Some(factor),
            Some(Some((Unit::Volume(factor), _))) if column == "volume_m3" => Some(factor),
            Some(_) => None,
        };
        let number = self.style.plain(number).parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        let value = number.zip(factor).map(|(number, factor)| number * factor);
        if value.is_none() {
            self.fault(
                "not_a_quantity",
                Severity::Lost,
                column,
                &text,
                "a number of at least 0, its unit that of the column",
            );
        } else if named.is_some() {
            self.fault("unit_in_value", Severity::Note, column, &text, "a number alone; the unit behind it was used");
        }
        value
    }

    fn count(&mut self, column: &str) -> Option<u64> {
        let text = self.text(column).filter(|text| !is_absent(text))?;
        let number =
            self.style.plain(&text).parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0 && n.fract() == 0.0);
        // 2^53: beyond it a double no longer counts exactly.
        let count = number.filter(|n| *n < 9_007_199_254_740_992.0).map(|n| n as u64);
        if count.is_none() {
            self.fault("not_a_code", Severity::Lost, column, &text, "a whole number");
        }
        count
    }

    fn moment(&mut self, column: &str) -> Option<Moment> {
        let text = self.text(column).filter(|text| !is_absent(text))?;
        let moment = Moment::parse(&text).or_else(|| Moment::parse(&self.style.iso(&text)?));
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
        let named = self.columns.canonical.iter().flatten().any(|name| name == "bill_of_lading");
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
        let head = Manifest { format: self.format.to_owned(), ..head(&mut row, &reference) };
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
        let (columns, mapping): (&'h Columns, &'h Mapping) = (self.columns, self.mapping);
        let mut row = Row {
            number,
            style: columns.style,
            mapping,
            document_header: columns
                .canonical
                .iter()
                .position(|column| column.as_deref() == Some("document_number"))
                .and_then(|n| columns.headers.get(n)),
            fields: BTreeMap::new(),
            faults: vec![],
            originals: vec![],
            unmapped: vec![],
        };
        for (column, value) in &mapping.constants {
            row.fields.insert(column, value.clone());
        }
        for (n, field) in record.iter().enumerate() {
            let Some(header) = columns.headers.get(n) else {
                let found = String::from_utf8_lossy(field).into_owned();
                let expected = "no more fields than the header";
                row.fault("extra_field", Severity::Lost, &format!("{}", n + 1), &found, expected);
                continue;
            };
            let mut text = text_of(field).trim().to_owned();
            if std::str::from_utf8(field).is_err() {
                row.fault("not_utf8", Severity::Doubt, header, &text, "UTF-8; read as Windows-1252");
            }
            if text.len() > limits::MAX_TEXT_BYTES {
                row.fault("text_too_long", Severity::Lost, header, &text, "at most MAX_TEXT_BYTES; the rest was cut");
                text.truncate(text.floor_char_boundary(limits::MAX_TEXT_BYTES));
            }
            match columns.canonical.get(n).and_then(Option::as_deref) {
                Some(_) if text.is_empty() => {}
                // Two columns for one field: a text goes on, anything else keeps the first.
                Some(column) => match row.fields.get_mut(column) {
                    Some(known) if column == "description" => {
                        known.push(' ');
                        known.push_str(&text);
                    }
                    Some(_) if !mapping.constants.contains_key(column) => {
                        row.unmapped.push(Unmapped { at: format!("row {number} column {header}"), found: text });
                    }
                    _ => {
                        row.fields.insert(column, text);
                    }
                },
                None if text.is_empty() => {}
                None => row.unmapped.push(Unmapped { at: format!("row {number} column {header}"), found: text }),
            }
        }
        if record.len() < columns.headers.len() {
            let found = format!("{} fields", record.len());
            row.fault("short_row", Severity::Lost, "", &found, &format!("{} fields", columns.headers.len()));
        }
        row
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
        value: money(row),
        goods_items: vec![item],
        originals: std::mem::take(&mut row.originals),
        ..Consignment::default()
    }
}

fn money(row: &mut Row<'_>) -> Option<Money> {
    let text = row.text("value").filter(|text| !is_absent(text))?;
    let amount =
        if text.parse::<f64>().is_ok() && row.style.decimal == '.' { text.clone() } else { row.style.plain(&text) };
    let money = Money { amount, currency: row.text("currency"), kind: None };
    if money.number().is_none() {
        row.fault("not_an_amount", Severity::Lost, "value", &text, "a decimal amount");
        return None;
    }
    Some(money)
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
    // A column that is called CITES, without a code.
    if row.text("document_code").is_none() && row.text("document_number").is_some() {
        let is_cites = |header: &&String| headers::folded(header).contains("cites") || header.contains("濒危");
        return if row.document_header.as_ref().is_some_and(is_cites) {
            DocumentKind::CitesExportPermit
        } else {
            DocumentKind::Other
        };
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
