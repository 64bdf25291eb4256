//! One row of a table: its cells by canonical column, values out of them, and what was wrong with them.

use std::borrow::Cow;

use super::super::super::fault::{Fault, Severity};
use super::super::super::fields::{Original, Unmapped, consignment};
use super::super::super::limits;
use super::super::super::place::Place;
use super::super::super::reading::{FAILED_FORMULA, HIDDEN, is_absent, is_failed_formula, visible, without_hidden};
use super::super::super::types::{Location, Moment};
use super::super::units::{Unit, unit};
use super::column::Column;
use super::columns::Columns;
use super::mapping::Mapping;
use super::style::Style;
use crate::codes::CountryCode;
use crate::words::UnknownWord;

/// One row and the faults found in it.
pub(super) struct Row<'h> {
    number: u64,
    pub style: Style,
    mapping: &'h Mapping,
    /// Texts by column; no text is empty unless a constant says so.
    cells: [Option<Cow<'h, str>>; Column::COUNT],
    /// Columns that the row itself fills, as against constants of the mapping.
    given_by_row: Vec<Column>,
    pub faults: Vec<Fault>,
    pub originals: Vec<Original>,
    pub unmapped: Vec<Unmapped>,
}

impl<'h> Row<'h> {
    /// Sorts the fields of a record into their columns.
    pub fn new(number: u64, record: &'h csv::ByteRecord, columns: &'h Columns, mapping: &'h Mapping) -> Self {
        let cells = columns.constants.each_ref().map(|constant| constant.as_deref().map(Cow::Borrowed));
        let (style, faults, originals, unmapped) = (columns.style, vec![], vec![], vec![]);
        let given_by_row = Vec::new();
        let mut row = Self { number, style, mapping, cells, given_by_row, faults, originals, unmapped };
        for (n, field) in record.iter().enumerate() {
            let Some(header) = columns.headers.get(n) else {
                let found = String::from_utf8_lossy(field);
                let expected = "no more fields than the header";
                row.fault_at(Place::bill(0), "extra_field", Severity::Lost, &format!("{}", n + 1), &found, expected);
                continue;
            };
            let mut text = match std::str::from_utf8(field) {
                Ok(text) => Cow::Borrowed(text.trim()),
                Err(_) => {
                    let text = super::sheet::text_of(field).trim().to_owned();
                    row.fault_at(
                        place(columns, n),
                        "not_utf8",
                        Severity::Doubt,
                        header,
                        &text,
                        "UTF-8; read as Windows-1252",
                    );
                    text.into()
                }
            };
            if let Some(clean) = without_hidden(&text) {
                let found = visible(&text);
                row.fault_at(place(columns, n), "hidden_characters", Severity::Doubt, header, &found, HIDDEN);
                text = clean.into();
            }
            if text.len() > limits::MAX_TEXT_BYTES {
                let expected = "at most MAX_TEXT_BYTES; the rest was cut";
                row.fault_at(place(columns, n), "text_too_long", Severity::Lost, header, &text, expected);
                let end = text.floor_char_boundary(limits::MAX_TEXT_BYTES);
                text.to_mut().truncate(end);
            }
            if is_failed_formula(&text) {
                row.fault_at(place(columns, n), "failed_formula", Severity::Lost, header, &text, FAILED_FORMULA);
            } else if !text.is_empty() {
                row.put(columns.canonical.get(n).copied().flatten(), header, text, columns);
            }
        }
        if record.len() < columns.headers.len() {
            let found = format!("{} fields", record.len());
            let expected = format!("{} fields", columns.headers.len());
            row.fault_at(Place::bill(0), "short_row", Severity::Lost, "", &found, &expected);
        }
        row
    }

    /// Two columns for one field: a text goes on, a constant gives way, and of two other values nobody knows which counts.
    fn put(&mut self, column: Option<Column>, header: &str, text: Cow<'h, str>, columns: &Columns) {
        let Some(column) = column else {
            return self.unmapped.push(Unmapped {
                at: self.at(header),
                found: text.into_owned(),
                consignment: Some(0),
            });
        };
        let is_constant = columns.constant(column).is_some() && !self.given_by_row.contains(&column);
        self.given_by_row.push(column);
        let Some(slot) = self.cells.get_mut(column as usize) else { return };
        match slot {
            Some(_) if is_constant => *slot = Some(text),
            None => *slot = Some(text),
            Some(known) if column == Column::Description => {
                let known = known.to_mut();
                known.push(' ');
                known.push_str(&text);
            }
            Some(known) if *known == text => {}
            Some(known) => {
                let found = format!("{known} and {text}");
                *slot = None;
                self.fault_at(column.place(), "duplicate_field", Severity::Lost, header, &found, "each field once");
            }
        }
    }

    /// Number of the row as the file counts it.
    pub fn number_of_row(&self) -> u64 {
        self.number
    }

    fn at(&self, column: &str) -> String {
        format!("row {} column {column}", self.number)
    }

    /// Adds a fault of a column's value.
    pub fn fault(&mut self, code: &'static str, severity: Severity, column: Column, found: &str, expected: &str) {
        self.fault_at(column.place(), code, severity, column.name(), found, expected);
    }

    fn fault_at(
        &mut self,
        place: Place,
        code: &'static str,
        severity: Severity,
        column: &str,
        found: &str,
        expected: &str,
    ) {
        let at = self.at(column);
        self.faults.push(Fault::of(place, code, severity, at, found, expected));
    }

    /// The text of a column, `None` where it is empty.
    pub fn get(&self, column: Column) -> Option<&str> {
        self.cells.get(column as usize)?.as_deref().filter(|text| !text.is_empty())
    }

    /// The same, to keep.
    pub fn text(&self, column: Column) -> Option<String> {
        self.get(column).map(str::to_owned)
    }

    /// The text of a column, words for "not given" left out.
    fn given(&self, column: Column) -> Option<&str> {
        self.get(column).filter(|text| !is_absent(text))
    }

    /// The value, else a fault about the text.
    fn checked<T>(
        &mut self,
        value: Option<T>,
        code: &'static str,
        severity: Severity,
        column: Column,
        expected: &str,
    ) -> Option<T> {
        if value.is_none() {
            let found = self.text(column).unwrap_or_default();
            self.fault(code, severity, column, &found, expected);
        }
        value
    }

    /// A code that stands at `place`. Another spelling, and a text that is none, stay as an original.
    pub fn code<T: std::str::FromStr + AsRef<str>>(
        &mut self,
        column: Column,
        place: Place,
        expected: &str,
        severity: Severity,
    ) -> Option<T> {
        let text = self.text(column)?;
        let value = text.parse::<T>().ok();
        if value.is_none() {
            self.fault_at(place, "not_a_code", severity, column.name(), &text, expected);
        }
        if value.as_ref().is_none_or(|value| value.as_ref() != text) {
            self.originals.push(Original { at: place.in_bill(), text });
        }
        value
    }

    /// A country code that stands at the column's place.
    pub fn country(&mut self, column: Column) -> Option<CountryCode> {
        self.country_at(column, column.place())
    }

    /// A country code that stands at `place`.
    pub fn country_at(&mut self, column: Column, place: Place) -> Option<CountryCode> {
        self.code(column, place, "an ISO 3166-1 alpha-2 country code", Severity::Doubt)
    }

    /// Countries by `|`.
    pub fn countries(&mut self, column: Column) -> Vec<CountryCode> {
        let Some(text) = self.text(column) else { return Vec::new() };
        let mut countries = Vec::new();
        for (n, piece) in text.split('|').map(str::trim).filter(|piece| !piece.is_empty()).enumerate() {
            match piece.parse() {
                Ok(country) => countries.push(country),
                Err(_) => {
                    let place = Place::bill(0).entry(consignment::routing, n);
                    let expected = "ISO 3166-1 alpha-2 country codes by `|`";
                    self.fault_at(place, "not_a_code", Severity::Doubt, column.name(), piece, expected);
                    self.originals.push(Original { at: place.in_bill(), text: piece.to_owned() });
                }
            }
        }
        countries
    }

    /// A quantity in the unit of its column. A unit behind the number counts before that of the column.
    pub fn number(&mut self, column: Column) -> Option<f64> {
        let text = self.given(column)?;
        let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '³' | ' ')).len();
        let cut = if text.ends_with("m3") || text.ends_with("M3") { text.len() - 2 } else { digits };
        let (number, written) = text.split_at_checked(cut).unwrap_or((text, ""));
        let named = Some(written.trim()).filter(|unit| !unit.is_empty());
        let unit_text = named.or_else(|| self.mapping.units.get(column.name()).map(String::as_str));
        let factor = match unit_text.map(unit) {
            None => Some(1.0),
            Some(Some((Unit::Mass(factor), _))) if column.name().ends_with("_kg") => Some(factor),
            Some(Some((Unit::Volume(factor), _))) if column == Column::VolumeM3 => Some(factor),
            Some(_) => None,
        };
        let number = self
            .style
            .plain(number)
            .and_then(|number| number.parse::<f64>().ok())
            .filter(|n| n.is_finite() && *n >= 0.0);
        let value = number.zip(factor).map(|(number, factor)| number * factor);
        if value.is_some() && named.is_some() {
            let text = text.to_owned();
            let expected = "a number alone; the unit behind it was used";
            self.fault("unit_in_value", Severity::Note, column, &text, expected);
        }
        let expected = "a number of at least 0, its unit that of the column";
        self.checked(value, "not_a_quantity", Severity::Lost, column, expected)
    }

    /// A whole number.
    pub fn count(&mut self, column: Column) -> Option<u64> {
        let text = self.given(column)?;
        let number = self
            .style
            .plain(text)
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|n| n.is_finite() && *n >= 0.0 && n.fract() == 0.0);
        // 2^53: beyond it a double no longer counts exactly.
        let count = number.filter(|n| *n < 9_007_199_254_740_992.0).map(|n| n as u64);
        self.checked(count, "not_a_code", Severity::Lost, column, "a whole number")
    }

    /// A time or a day.
    pub fn moment(&mut self, column: Column) -> Option<Moment> {
        let text = self.given(column)?;
        let moment = Moment::parse(text).or_else(|| Moment::parse(&self.style.iso(text)?));
        self.checked(moment, "not_a_time", Severity::Lost, column, "a time as 2014-03-14T10:00:00Z")
    }

    /// A place by code or name.
    pub fn place(&self, column: Column) -> Option<Location> {
        self.get(column).and_then(Location::new)
    }

    /// One of the words of an enumeration.
    pub fn word<T: std::str::FromStr<Err = UnknownWord>>(&mut self, column: Column) -> Option<T> {
        match self.get(column)?.parse() {
            Ok(word) => Some(word),
            Err(error) => {
                let found = self.text(column).unwrap_or_default();
                self.fault("unknown_word", Severity::Lost, column, &found, &error.known.join(", "));
                None
            }
        }
    }
}

/// Where the value of field `n` of a row stands.
fn place(columns: &Columns, n: usize) -> Place {
    columns.canonical.get(n).copied().flatten().map_or(Place::bill(0), Column::place)
}
