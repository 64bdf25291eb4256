//! Reads a register file: CSV (columns of the command line contract) or NDJSON with the same fields.
//!
//! In: bytes. Out: documents, and every row that did not fit with its place; good rows are kept. Rows that repeat a
//! document with another goods position join it; rows that repeat a position are reported and left out.

use std::collections::HashMap;

use serde_json::Value;

use super::document::{Document, EMPTY_BOX, Endorsement, PermitKind, Position, Status};
use super::error::RowFault;
use crate::codes::{CountryCode, Date};
use crate::label::Label;
use crate::text::lines::{Line, Lines};

/// Columns that a register file may have. The first is needed.
pub const COLUMNS: &[&str] = &[
    "number",
    "type",
    "issuing_authority",
    "issuing_country",
    "issued_on",
    "expires_on",
    "exporter",
    "importer",
    "country_of_export",
    "country_of_origin",
    "country_of_destination",
    "taxon",
    "appendix",
    "source",
    "purpose",
    "term",
    "quantity",
    "unit",
    "security_stamp",
    "status",
    // Beyond the contract: known when present.
    "extended_to",
    "transport_document",
    "signatory",
    "acquired_on",
    "origin_permit",
    "operation",
    "endorsed_quantity",
    "endorsed_on",
    "retrospective",
    "handling",
];

/// Longest text of a field; longer ones are cut short by nobody but liars.
const MAX_FIELD_CHARS: usize = 512;

/// Bytes of one NDJSON row: every field at its longest fits many times.
const MAX_ROW_BYTES: usize = 1 << 20;

/// Column that only a file of changes has: the number of the document that stands in place of a cancelled one.
pub(super) const REPLACED_BY: &str = "replaced_by";

/// Gathers rows into documents.
#[derive(Debug, Default)]
pub(super) struct Importer {
    pub(super) documents: Vec<Document>,
    /// What the first row of each document says beside it.
    pub(super) said: Vec<Said>,
    pub(super) faults: Vec<RowFault>,
    /// The file says what changes, so it has columns of its own.
    pub(super) is_of_changes: bool,
    /// Documents by number, country and type, to join positions.
    pub(super) seen: HashMap<(String, Option<CountryCode>, PermitKind), Vec<usize>>,
}

/// What a row says beside its document.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) row: u64,
    pub(super) replaced_by: Option<String>,
    pub(super) has_label: bool,
    pub(super) has_status: bool,
}

/// The cells of one row by name.
struct Cells<'a> {
    row: u64,
    get: &'a dyn Fn(&str) -> Option<String>,
}

impl Importer {
    /// Reads a CSV file with a header row.
    pub(super) fn csv(&mut self, bytes: &[u8]) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
        let headers: Vec<String> = match reader.byte_headers() {
            Ok(headers) => headers.iter().map(|h| String::from_utf8_lossy(h).to_ascii_lowercase()).collect(),
            Err(error) => return self.fault(None, None, error.to_string(), true),
        };
        let unknown: Vec<&String> = headers.iter().filter(|name| !self.knows(name)).collect();
        for unknown in unknown {
            self.fault(Some(1), Some(unknown), "is not a column of a register and is not read".into(), false);
        }
        if !headers.iter().any(|name| name == "number") {
            return self.fault(Some(1), Some("number"), "the column is missing".into(), true);
        }
        let places: HashMap<&str, usize> = headers.iter().enumerate().map(|(n, name)| (name.as_str(), n)).collect();
        let mut record = csv::ByteRecord::new();
        loop {
            let row = reader.position().line();
            match reader.read_byte_record(&mut record) {
                Ok(false) => return,
                Err(error) => {
                    self.fault(Some(row), None, error.to_string(), true);
                    if error.is_io_error() {
                        return;
                    }
                }
                Ok(true) => {
                    let row = record.position().map_or(row, csv::Position::line);
                    if record.len() > headers.len() {
                        let what = format!("{} cells, {} columns", record.len(), headers.len());
                        self.fault(Some(row), None, what, true);
                        continue;
                    }
                    let Ok(texts) = csv::StringRecord::from_byte_record(record.clone()) else {
                        self.fault(Some(row), None, "is not UTF-8".into(), true);
                        continue;
                    };
                    let get = |name: &str| places.get(name).and_then(|n| texts.get(*n)).map(str::to_owned);
                    self.row(&Cells { row, get: &get });
                }
            }
        }
    }

    /// Reads one JSON object a line.
    pub(super) fn ndjson(&mut self, bytes: &[u8]) {
        for line in Lines::new(bytes, MAX_ROW_BYTES) {
            let (row, line) = match line {
                Line::Text(row, line) => (row, line),
                Line::TooLong(row) => {
                    self.fault(Some(row), None, format!("over MAX_ROW_BYTES ({MAX_ROW_BYTES})"), true);
                    continue;
                }
                Line::Failed(row, error) => return self.fault(Some(row), None, error.to_string(), true),
            };
            match serde_json::from_slice::<Value>(&line) {
                Ok(Value::Object(object)) => {
                    let unknown: Vec<&String> = object.keys().filter(|name| !self.knows(name)).collect();
                    for unknown in unknown {
                        self.fault(
                            Some(row),
                            Some(unknown),
                            "is not a field of a register and is not read".into(),
                            false,
                        );
                    }
                    let get = |name: &str| match object.get(name) {
                        Some(Value::String(text)) => Some(text.trim().to_owned()),
                        Some(Value::Number(number)) => Some(number.to_string()),
                        Some(Value::Bool(flag)) => Some(flag.to_string()),
                        _ => None,
                    };
                    self.row(&Cells { row, get: &get });
                }
                Ok(_) => self.fault(Some(row), None, "is not a JSON object".into(), true),
                Err(error) => self.fault(Some(row), None, error.to_string(), true),
            }
        }
    }

    fn knows(&self, column: &str) -> bool {
        COLUMNS.contains(&column) || self.is_of_changes && column == REPLACED_BY
    }

    fn fault(&mut self, row: Option<u64>, column: Option<&str>, what: String, dropped: bool) {
        self.faults.push(RowFault { row, column: column.map(str::to_owned), what, dropped });
    }

    /// A cell as a value; a bad one is reported and read as empty.
    fn value<T>(&mut self, cells: &Cells<'_>, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let text = (cells.get)(name).filter(|text| !text.is_empty())?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(what) => {
                self.fault(Some(cells.row), Some(name), what, false);
                None
            }
        }
    }

    fn text(&mut self, cells: &Cells<'_>, name: &str) -> Option<String> {
        self.value(cells, name, |text| {
            if text.chars().count() > MAX_FIELD_CHARS {
                return Err(format!("is longer than {MAX_FIELD_CHARS} characters"));
            }
            Ok(text.to_owned())
        })
    }

    fn row(&mut self, cells: &Cells<'_>) {
        let Some(number) = self.text(cells, "number") else {
            return self.fault(Some(cells.row), Some("number"), "a permit has a number".into(), true);
        };
        let Some(kind) = self
            .value(cells, "type", str::parse)
            .or_else(|| (cells.get)("type").filter(|text| !text.is_empty()).is_none().then_some(PermitKind::Other))
        else {
            return self.drop_last();
        };
        let date = |text: &str| text.parse::<Date>().map_err(|_| format!("`{text}` is not a day such as 2014-03-01"));
        let country = |text: &str| text.parse::<CountryCode>().map_err(|error| error.to_string());
        let code = |text: &str| match text.chars().collect::<Vec<char>>().as_slice() {
            [c] if c.is_ascii_alphabetic() => Ok(c.to_ascii_uppercase()),
            _ => Err(format!("`{text}` is not a one-letter code")),
        };
        let (issued_on, expires_on) = (self.value(cells, "issued_on", date), self.value(cells, "expires_on", date));
        if let (Some(issued), Some(expires)) = (issued_on, expires_on)
            && expires < issued
        {
            let what = format!("`{expires}` is before the day of issue `{issued}`");
            self.fault(Some(cells.row), Some("expires_on"), what, false);
        }
        let status = self.value(cells, "status", str::parse::<Status>);
        if status.is_none() && (cells.get)("status").is_some_and(|text| !text.is_empty()) {
            // A status that cannot be read must not become "issued".
            return self.drop_last();
        }
        let position = self.position(cells, country, code);
        let (endorsement, endorsed_on) = self.endorsement(cells, status.unwrap_or(Status::Issued), date);
        let document = Document {
            number,
            kind,
            issuing_authority: self.text(cells, "issuing_authority"),
            issuing_country: self.value(cells, "issuing_country", country),
            issued_on,
            expires_on,
            extended_to: self.value(cells, "extended_to", date),
            exporter: self.text(cells, "exporter"),
            importer: self.text(cells, "importer"),
            country_of_export: self.value(cells, "country_of_export", country),
            country_of_destination: self.value(cells, "country_of_destination", country),
            purpose: self.value(cells, "purpose", code),
            security_stamp: self.text(cells, "security_stamp"),
            transport_document: self.text(cells, "transport_document"),
            signatory: self.text(cells, "signatory"),
            acquired_on: self.value(cells, "acquired_on", date),
            endorsement,
            endorsed_on,
            retrospective: self
                .value(cells, "retrospective", |text| {
                    Ok(matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1"))
                })
                .unwrap_or(false),
            status: status.unwrap_or(Status::Issued),
            handling: self.label(cells),
            positions: position.into_iter().collect(),
        };
        let is_there = |name: &str| (cells.get)(name).is_some_and(|text| !text.trim().is_empty());
        let (has_label, has_status) = (is_there("handling"), is_there("status"));
        let replaced_by = if self.is_of_changes { self.text(cells, REPLACED_BY) } else { None };
        self.add(Said { row: cells.row, replaced_by, has_label, has_status }, document);
    }

    /// A label that cannot be read counts as RED, and is told.
    fn label(&mut self, cells: &Cells<'_>) -> Label {
        let text = self.text(cells, "handling");
        if let Some(what) = Label::fault(text.as_deref()) {
            self.fault(Some(cells.row), Some("handling"), what, false);
        }
        Label::of_row(text.as_deref(), Label::OF_REGISTER)
    }

    /// The fault reported last costs the whole row.
    fn drop_last(&mut self) {
        if let Some(fault) = self.faults.last_mut() {
            fault.dropped = true;
        }
    }

    fn position(
        &mut self,
        cells: &Cells<'_>,
        country: impl Fn(&str) -> Result<CountryCode, String>,
        code: impl Fn(&str) -> Result<char, String>,
    ) -> Option<Position> {
        let taxon = self.text(cells, "taxon")?;
        let quantity = |text: &str| match text.parse::<f64>() {
            Ok(quantity) if quantity.is_finite() && quantity >= 0.0 => Ok(quantity),
            _ => Err(format!("`{text}` is not a quantity")),
        };
        Some(Position {
            taxon,
            appendix: self
                .value(cells, "appendix", |text| text.parse().map_err(|e: crate::codes::CodeError| e.to_string())),
            source: self.value(cells, "source", code),
            term: self.text(cells, "term").map(|term| term.to_ascii_uppercase()),
            quantity: self.value(cells, "quantity", quantity),
            unit: self.text(cells, "unit"),
            origin: self.value(cells, "country_of_origin", country),
            origin_permit: self.text(cells, "origin_permit"),
            endorsed_quantity: self.value(cells, "endorsed_quantity", empty_or(quantity)).flatten(),
            operation: self.text(cells, "operation"),
        })
    }

    /// Box 14: a status, a day or a quantity fills it; [`EMPTY_BOX`] says that it is empty.
    fn endorsement(
        &mut self,
        cells: &Cells<'_>,
        status: Status,
        date: impl Fn(&str) -> Result<Date, String>,
    ) -> (Endorsement, Option<Date>) {
        let day = self.value(cells, "endorsed_on", empty_or(date));
        let is = |name: &str, wanted: fn(&str) -> bool| (cells.get)(name).is_some_and(|text| wanted(text.trim()));
        let both = |wanted: fn(&str) -> bool| is("endorsed_on", wanted) || is("endorsed_quantity", wanted);
        let filled = status == Status::Endorsed || both(|text| !text.is_empty() && text != EMPTY_BOX);
        let endorsement = match filled {
            true => Endorsement::Filled,
            false if both(|text| text == EMPTY_BOX) => Endorsement::Empty,
            false => Endorsement::NotKept,
        };
        (endorsement, day.flatten())
    }

    fn add(&mut self, said: Said, mut document: Document) {
        let row = said.row;
        let key = (document.number.clone(), document.issuing_country, document.kind);
        let position = document.positions.pop();
        let known = self.seen.entry(key).or_default();
        let documents = &mut self.documents;
        let same = known.iter().copied().find(|n| documents.get(*n).is_some_and(|own| same_head(own, &document)));
        let Some(first) = same.and_then(|n| documents.get_mut(n)) else {
            let repeated = !known.is_empty();
            known.push(documents.len());
            document.positions.extend(position);
            documents.push(document);
            self.said.push(said);
            if repeated {
                let what = "repeats a number with another holder, day or status; both are kept";
                self.fault(Some(row), Some("number"), what.into(), false);
            }
            return;
        };
        // A position under a stricter label makes the whole entry as strict.
        first.handling = first.handling.max(document.handling);
        match position {
            Some(position) if !first.positions.contains(&position) => first.positions.push(position),
            _ => self.fault(Some(row), Some("number"), "repeats a row".into(), true),
        }
    }
}

/// A box that may be empty: nothing is read of [`EMPTY_BOX`].
fn empty_or<T>(read: impl Fn(&str) -> Result<T, String>) -> impl Fn(&str) -> Result<Option<T>, String> {
    move |text| if text == EMPTY_BOX { Ok(None) } else { read(text).map(Some) }
}

/// Everything but the goods is the same.
fn same_head(own: &Document, other: &Document) -> bool {
    own.issuing_authority == other.issuing_authority
        && own.issued_on == other.issued_on
        && own.expires_on == other.expires_on
        && own.extended_to == other.extended_to
        && own.exporter == other.exporter
        && own.importer == other.importer
        && own.country_of_export == other.country_of_export
        && own.country_of_destination == other.country_of_destination
        && own.purpose == other.purpose
        && own.security_stamp == other.security_stamp
        && own.transport_document == other.transport_document
        && own.signatory == other.signatory
        && own.acquired_on == other.acquired_on
        && own.endorsed_on == other.endorsed_on
        && own.retrospective == other.retrospective
        && own.status == other.status
        && own.handling == other.handling
}
