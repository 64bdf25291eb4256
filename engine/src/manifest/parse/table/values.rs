//! Values out of the cells of one row: codes, countries, numbers in their unit, days, words.
//!
//! In: a row. Out: a value, and what was wrong with its text, where it stood and what it was before it was normalised. What is
//! written as it should be is read at a glance; only the rest is looked into.

use super::super::super::countries;
use super::super::super::fault::Severity;
use super::super::super::fields::{Original, consignment};
use super::super::super::place::Place;
use super::super::super::reading::is_absent;
use super::super::super::types::{Location, Moment};
use super::super::units::{Unit, unit};
use super::column::Column;
use super::plain;
use super::row::Row;
use super::style::{Decimal, Reading, without_unit};
use crate::codes::{CountryCode, HsCode};
use crate::words::UnknownWord;

impl Row<'_> {
    /// The text of a column, words for "not given" left out.
    pub fn given(&self, column: Column) -> Option<&str> {
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
        place: impl Fn() -> Place,
        expected: &str,
        severity: Severity,
    ) -> Option<T> {
        let value = self.get(column)?.parse::<T>().ok();
        if value.as_ref().is_some_and(|value| Some(value.as_ref()) == self.get(column)) {
            return value;
        }
        let (text, place) = (self.shown(column)?, place());
        if value.is_none() {
            self.fault_at(place, "not_a_code", severity, column.name(), &text, expected);
        }
        self.originals.push(Original { at: place.in_bill(), text: text.into_owned() });
        value
    }

    /// A country that stands at the column's place.
    pub fn country(&mut self, column: Column) -> Option<CountryCode> {
        self.country_at(column, || column.place())
    }

    /// A country that stands at `place`: by its code, or by a name that one country alone has.
    pub fn country_at(&mut self, column: Column, place: impl Fn() -> Place) -> Option<CountryCode> {
        let text = self.given(column)?;
        // Nearly all are codes as they should be.
        if let Some(code) = text.parse::<CountryCode>().ok().filter(|code| code.as_str() == text) {
            return Some(code);
        }
        if let Some(code) = countries::named(text) {
            let text = text.to_owned();
            self.originals.push(Original { at: place().in_bill(), text });
            return Some(code);
        }
        self.code(column, place, "an ISO 3166-1 alpha-2 country code", Severity::Doubt)
    }

    /// An HS code. What a spreadsheet made of it when it took it for a number is undone where that is certain (`44039900.0`),
    /// and doubted where a zero may be missing.
    pub fn tariff(&mut self) -> Option<HsCode> {
        let column = Column::HsCode;
        let text = self.get(column)?;
        let plain = text.parse::<HsCode>().ok().filter(|code| code.as_str() == text && text.len().is_multiple_of(2));
        if plain.is_some() {
            return plain;
        }
        let whole =
            text.strip_suffix(".0").filter(|whole| whole.len() >= 5 && whole.bytes().all(|byte| byte.is_ascii_digit()));
        if let Some(whole) = whole.map(str::to_owned) {
            self.originals.push(Original { at: column.place().in_bill(), text: text.to_owned() });
            self.replace(column, whole);
        }
        let digits = self.get(column)?;
        if digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() % 2 == 1 {
            let digits = digits.to_owned();
            let expected = "an even number of digits; a spreadsheet may have taken the first or the last zero away";
            self.fault("odd_code", Severity::Doubt, column, &digits, expected);
        }
        self.code(column, || column.place(), "an HS code of 2 to 12 digits", Severity::Lost)
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
            if !self.get(column).is_some_and(is_rounded) {
                continue;
            }
            let text = self.shown(column).unwrap_or_default();
            let expected = "a number as it was given; a spreadsheet rounded it";
            self.fault("rounded_number", Severity::Lost, column, &text, expected);
        }
    }

    /// Countries by `|`.
    pub fn countries(&mut self, column: Column) -> Vec<CountryCode> {
        let Some(text) = self.shown(column) else { return Vec::new() };
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
        let text = self.given(column)?;
        let decimal = self.columns.decimal(column);
        // Nearly every number is one alone, of a column without a unit of its own.
        if let Some(number) = decimal.plain(text.as_bytes()).filter(|_| self.columns.is_in_its_unit(column)) {
            return Some(number);
        }
        let text = self.shown(column)?;
        let (number, written) = without_unit(&text);
        let behind = Some(written).filter(|unit| !unit.is_empty());
        let unit_text = behind.map(str::to_owned).or_else(|| self.unit_beside(column));
        let unit_text = unit_text.or_else(|| self.columns.unit(column).map(str::to_owned));
        let factor = unit_text.as_deref().map_or(Some(1.0), |text| factor(text, column));
        let reading = decimal.read(number);
        let value = reading.as_ref().zip(factor).map(|(reading, factor)| reading.value() * factor);
        if value.is_some() {
            self.say_reading(column, &text, reading.as_ref());
            if behind.is_some() {
                let expected = "a number alone; the unit behind it was used";
                self.fault("unit_in_value", Severity::Note, column, &text, expected);
            }
            if let Some(unit) = unit_text.filter(|_| factor != Some(1.0) && column != Column::TareKg) {
                let text = if behind.is_some() { text.into_owned() } else { format!("{text} {unit}") };
                self.originals.push(Original { at: column.place().in_bill(), text });
            }
        }
        let expected = "a number of at least 0, its unit that of the column";
        self.checked(value, "not_a_quantity", Severity::Lost, column, expected)
    }

    /// The unit that a column of units gives for the numbers of another.
    fn unit_beside(&mut self, column: Column) -> Option<String> {
        let beside = column.unit_beside()?;
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
        let text = self.given(column)?;
        if let Some(count) = plain::whole(text.as_bytes()) {
            return Some(count);
        }
        let text = self.shown(column)?;
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
        let text = self.given(column)?;
        // A day that is written as it should be is no other in any order.
        if let Some(moment) = Moment::plain(text) {
            return Some(moment);
        }
        let text = self.shown(column)?;
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
    let text = text.trim();
    if !matches!(text.as_bytes(), [b'0'..=b'9', b'.' | b',', ..]) {
        return false;
    }
    let Some((number, power)) = text.split_once(['E', 'e']) else { return false };
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
