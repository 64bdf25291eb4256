//! One row of a table: its cells by canonical column, values out of them, and what was wrong with them.

use std::borrow::Cow;

use super::super::super::countries;
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
use super::style::{Decimal, Reading, without_unit};
use crate::codes::{CountryCode, HsCode};
use crate::words::UnknownWord;

/// One row and the faults found in it.
pub(super) struct Row<'h> {
    number: u64,
    columns: &'h Columns,
    mapping: &'h Mapping,
    /// Texts by column; no text is empty unless a constant says so.
    cells: [Option<Cow<'h, str>>; Column::COUNT],
    /// Columns that the row itself fills, as against constants of the mapping.
    given_by_row: Vec<Column>,
    /// Columns whose number several rows share: it stands here, or in a row above.
    shared: Vec<(Column, bool)>,
    pub faults: Vec<Fault>,
    pub originals: Vec<Original>,
    pub unmapped: Vec<Unmapped>,
}

impl<'h> Row<'h> {
    /// Sorts the fields of a record into their columns.
    pub fn new(number: u64, record: &'h csv::ByteRecord, columns: &'h Columns, mapping: &'h Mapping) -> Self {
        let cells = columns.constants.each_ref().map(|constant| constant.as_deref().map(Cow::Borrowed));
        let (faults, originals, unmapped) = (vec![], vec![], vec![]);
        let (given_by_row, shared) = (Vec::new(), Vec::new());
        let mut row = Self { number, columns, mapping, cells, given_by_row, shared, faults, originals, unmapped };
        for (n, field) in record.iter().enumerate() {
            let Some(header) = columns.headers.get(n) else {
                if field.trim_ascii().is_empty() {
                    continue;
                }
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
                row.put(columns.at(n), header, text, columns);
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

    /// A country that stands at the column's place.
    pub fn country(&mut self, column: Column) -> Option<CountryCode> {
        self.country_at(column, column.place())
    }

    /// A country that stands at `place`: by its code, or by a name that one country alone has.
    pub fn country_at(&mut self, column: Column, place: Place) -> Option<CountryCode> {
        let text = self.given(column)?;
        if let Some(code) = countries::named(text) {
            let text = text.to_owned();
            self.originals.push(Original { at: place.in_bill(), text });
            return Some(code);
        }
        self.code(column, place, "an ISO 3166-1 alpha-2 country code", Severity::Doubt)
    }

    /// An HS code. What a spreadsheet made of it when it took it for a number is undone where that is certain (`44039900.0`),
    /// and doubted where a zero may be missing.
    pub fn tariff(&mut self) -> Option<HsCode> {
        let column = Column::HsCode;
        let text = self.get(column)?;
        let whole =
            text.strip_suffix(".0").filter(|whole| whole.len() >= 5 && whole.bytes().all(|byte| byte.is_ascii_digit()));
        if let Some(whole) = whole.map(str::to_owned) {
            self.originals.push(Original { at: column.place().in_bill(), text: text.to_owned() });
            if let Some(slot) = self.cells.get_mut(column as usize) {
                *slot = Some(whole.into());
            }
        }
        let digits = self.get(column)?;
        if digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() % 2 == 1 {
            let digits = digits.to_owned();
            let expected = "an even number of digits; a spreadsheet may have taken the first or the last zero away";
            self.fault("odd_code", Severity::Doubt, column, &digits, expected);
        }
        self.code(column, column.place(), "an HS code of 2 to 12 digits", Severity::Lost)
    }

    /// Says where a name or number was rounded to a power of ten: what it was nobody can tell.
    pub fn doubt_rounded(&mut self) {
        for column in [
            Column::BillOfLading,
            Column::ManifestReference,
            Column::Container,
            Column::DocumentNumber,
            Column::MasterBill,
        ] {
            let Some(text) = self.text(column).filter(|text| is_rounded(text)) else { continue };
            let expected = "a number as it was given; a spreadsheet rounded it";
            self.fault("rounded_number", Severity::Lost, column, &text, expected);
        }
    }

    /// Says that an open quotation mark may have parted the row wrongly.
    pub fn stands_behind_a_quote(&mut self) {
        let expected = "a row behind no open quotation mark; it was read as if the mark were none";
        self.fault_at(Place::bill(0), "unclosed_quote", Severity::Lost, "", "an open quotation mark", expected);
    }

    /// Says which cells were read from another row.
    pub fn say_filled(&mut self, places: &[usize], columns: &Columns) {
        for column in places.iter().filter_map(|n| columns.at(*n)) {
            let found = self.text(column).unwrap_or_default();
            let expected = "a value in every row; that of the row above goes on here";
            self.fault("filled_down", Severity::Note, column, &found, expected);
        }
    }

    /// Numbers that several rows share: they are none of this row alone.
    pub fn share(&mut self, places: &[(u16, bool)], columns: &Columns) {
        self.shared.extend(places.iter().filter_map(|(n, is_here)| Some((columns.at(usize::from(*n))?, *is_here))));
    }

    /// Keeps what the canonical form does not carry.
    pub fn keep(&mut self, column: Column, found: &str) {
        let header = self.columns.header(column).cloned().unwrap_or_default();
        self.unmapped.push(Unmapped { at: self.at(&header), found: found.to_owned(), consignment: Some(0) });
    }

    /// Does this row share a number of the column with others? The flag says that it stands here.
    pub fn shares(&self, column: Column) -> Option<bool> {
        self.shared.iter().find(|(shared, _)| *shared == column).map(|(_, is_here)| *is_here)
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

    /// A quantity in the unit of the column's name. A unit behind the number counts before that of a column of units, and that
    /// before the one of the header.
    pub fn number(&mut self, column: Column) -> Option<f64> {
        let text = self.given(column)?.to_owned();
        let (number, written) = without_unit(&text);
        let behind = Some(written).filter(|unit| !unit.is_empty());
        let unit_text = behind.map(str::to_owned).or_else(|| self.unit_beside(column)).or_else(|| {
            let by_mapping = self.mapping.units.get(column.name()).map(String::as_str);
            by_mapping.or_else(|| self.columns.unit(column)).map(str::to_owned)
        });
        let factor = unit_text.as_deref().map_or(Some(1.0), |text| factor(text, column));
        let reading = self.columns.decimal(column).read(number);
        let value = reading.as_ref().zip(factor).map(|(reading, factor)| reading.value() * factor);
        if value.is_some() {
            self.say_reading(column, &text, reading.as_ref());
            if behind.is_some() {
                let expected = "a number alone; the unit behind it was used";
                self.fault("unit_in_value", Severity::Note, column, &text, expected);
            }
            if let Some(unit) = unit_text.filter(|_| factor != Some(1.0) && column != Column::TareKg) {
                let text = if behind.is_some() { text } else { format!("{text} {unit}") };
                self.originals.push(Original { at: column.place().in_bill(), text });
            }
        }
        let expected = "a number of at least 0, its unit that of the column";
        self.checked(value, "not_a_quantity", Severity::Lost, column, expected)
    }

    /// The unit that a column of units gives for the numbers of another.
    fn unit_beside(&mut self, column: Column) -> Option<String> {
        let beside = match column {
            Column::GrossMassKg | Column::NetMassKg => Column::MassUnit,
            Column::VolumeM3 => Column::VolumeUnit,
            _ => return None,
        };
        if !self.columns.has(beside) {
            return None;
        }
        let unit = self.text(beside);
        if unit.is_none() && self.columns.unit(column).is_none() {
            let expected = format!("a unit in its column; that of `{}` was taken", column.name());
            self.fault("unit_missing", Severity::Doubt, column, "nothing", &expected);
        }
        unit
    }

    /// Says where a number was read against its column, or could be another.
    fn say_reading(&mut self, column: Column, text: &str, reading: Option<&Reading>) {
        match reading {
            Some(Reading::Open(value, other)) => {
                let expected = format!("a decimal mark that the column settles; {value} was read, it may be {other}");
                self.fault("decimal_open", Severity::Doubt, column, text, &expected);
            }
            Some(Reading::Against(value)) => {
                let expected = format!("a number written as the others of its column; {value} was read");
                self.fault("decimal_differs", Severity::Doubt, column, text, &expected);
            }
            _ => {}
        }
    }

    /// A whole number.
    pub fn count(&mut self, column: Column) -> Option<u64> {
        let text = self.given(column)?.to_owned();
        let reading = self.columns.decimal(column).read(&text);
        let number = reading.as_ref().map(Reading::value).filter(|n| n.fract() == 0.0);
        // 2^53: beyond it a double no longer counts exactly.
        let count = number.filter(|n| *n < 9_007_199_254_740_992.0).map(|n| n as u64);
        if count.is_some() {
            self.say_reading(column, &text, reading.as_ref());
        }
        self.checked(count, "not_a_code", Severity::Lost, column, "a whole number")
    }

    /// Decimal mark of a column.
    pub fn decimal(&self, column: Column) -> Decimal {
        self.columns.decimal(column)
    }

    /// A time or a day.
    pub fn moment(&mut self, column: Column) -> Option<Moment> {
        let text = self.given(column)?.to_owned();
        let day = self.columns.dates.read(&text);
        let moment = day.as_ref().map_or_else(|| Moment::parse(&text), |day| Moment::parse(&day.iso));
        if let Some(day) = day.filter(|_| moment.is_some()) {
            if day.is_open {
                let expected =
                    format!("a date that reads in one way; {} was read, day and month may change places", day.iso);
                self.fault("date_open", Severity::Doubt, column, &text, &expected);
            } else if day.short_year || day.is_serial {
                let expected = format!("a day as 2014-03-14; {} was read", day.iso);
                self.fault("date_short", Severity::Note, column, &text, &expected);
            }
        }
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

/// What one of a unit is in the unit of the column's name.
fn factor(text: &str, column: Column) -> Option<f64> {
    match unit(text)?.0 {
        _ if column == Column::Quantity => None,
        Unit::Mass(factor) if column.name().ends_with("_kg") => Some(factor),
        Unit::Volume(factor) if column == Column::VolumeM3 => Some(factor),
        _ => None,
    }
}

/// `1.23457E+12`: what a spreadsheet shows of a long number.
fn is_rounded(text: &str) -> bool {
    let Some((number, power)) = text.trim().split_once(['E', 'e']) else { return false };
    let power = power.strip_prefix('+').unwrap_or(power);
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    whole.len() == 1
        && digits(whole)
        && digits(fraction)
        && (1..=2).contains(&power.len())
        && digits(power)
        && number.contains(['.', ','])
}

/// Where the value of field `n` of a row stands.
fn place(columns: &Columns, n: usize) -> Place {
    columns.at(n).map_or(Place::bill(0), Column::place)
}
