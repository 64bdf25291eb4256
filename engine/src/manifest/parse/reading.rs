//! What every reader of a foreign format needs: values out of text, and a list of everything that went wrong.
//!
//! A place is written by the reader (segment, XML path, row and column) and asked for only where something is wrong.

use std::borrow::Cow;
use std::fmt::Display;

use super::super::fault::{Fault, Severity};
use super::super::limits;
use super::super::types::{Moment, Original, Unmapped};
use crate::codes::{CountryCode, HsCode};

/// Faults, originals and unmapped values of one part or one consignment.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub faults: Vec<Fault>,
    pub unmapped: Vec<Unmapped>,
    pub originals: Vec<Original>,
    dropped: u64,
}

/// Writes a place when it is needed.
pub(super) type At<'a> = &'a dyn Fn() -> String;

impl Reading {
    /// Adds a fault; those over the limit are counted.
    pub fn fault(&mut self, code: &'static str, severity: Severity, at: At<'_>, found: &str, expected: &str) {
        if self.faults.len() < limits::MAX_FAULTS {
            self.faults.push(Fault::new(code, severity, at(), found, expected));
        } else {
            self.dropped += 1;
        }
    }

    /// Keeps what the canonical form does not carry.
    pub fn unmapped(&mut self, at: String, found: &str) {
        if self.unmapped.len() < limits::MAX_UNMAPPED {
            let found = found.chars().take(limits::MAX_UNMAPPED_CHARS).collect();
            self.unmapped.push(Unmapped { at, found });
        } else {
            self.dropped += 1;
        }
    }

    /// The faults, closed by one that counts those over the limits.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        let mut faults = std::mem::take(&mut self.faults);
        let dropped = std::mem::take(&mut self.dropped);
        if dropped > 0 {
            let found = format!("{dropped} more");
            let expected = "fewer faults and unmapped values than MAX_FAULTS and MAX_UNMAPPED";
            faults.push(Fault::new("more_faults", Severity::Doubt, String::new(), &found, expected));
        }
        faults
    }

    /// Text without control characters, cut at the limit.
    pub fn text<'t>(&mut self, text: impl Into<Cow<'t, str>>, at: At<'_>) -> String {
        let text = text.into();
        let trimmed = text.trim();
        let mut clean = if trimmed.contains(is_control) {
            trimmed.split(is_control).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ")
        } else if trimmed.len() == text.len() {
            text.into_owned()
        } else {
            trimmed.to_owned()
        };
        if clean.len() > limits::MAX_TEXT_BYTES {
            let found = format!("{} bytes", clean.len());
            let expected = "at most MAX_TEXT_BYTES; the rest was cut";
            self.fault("text_too_long", Severity::Lost, at, &found, expected);
            clean.truncate(clean.floor_char_boundary(limits::MAX_TEXT_BYTES));
        }
        clean
    }

    /// A country code; another spelling stays as an original at `pointer`.
    pub fn country(&mut self, text: &str, at: At<'_>, pointer: impl Display) -> Option<CountryCode> {
        self.code(text, at, pointer, "an ISO 3166-1 alpha-2 country code", Severity::Doubt)
    }

    /// An HS code; another spelling stays as an original at `pointer`.
    pub fn hs(&mut self, text: &str, at: At<'_>, pointer: impl Display) -> Option<HsCode> {
        self.code(text, at, pointer, "an HS code of 2 to 12 digits", Severity::Lost)
    }

    fn code<T: std::str::FromStr + AsRef<str>>(
        &mut self,
        text: &str,
        at: At<'_>,
        pointer: impl Display,
        expected: &str,
        severity: Severity,
    ) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let code = text.parse::<T>().ok();
        match &code {
            Some(code) if code.as_ref() == text => {}
            Some(_) => self.originals.push(Original { at: pointer.to_string(), text: text.to_owned() }),
            None => {
                self.fault("not_a_code", severity, at, text, expected);
                self.originals.push(Original { at: pointer.to_string(), text: text.to_owned() });
            }
        }
        code
    }

    /// A quantity of at least 0. Words for "not given" are `None`; a declared zero is zero.
    pub fn number(&mut self, text: &str, at: At<'_>) -> Option<f64> {
        let number = quantity(text);
        if number.is_none() && !is_absent(text) {
            self.fault("not_a_quantity", Severity::Lost, at, text, "a number of at least 0");
        }
        number
    }

    /// A whole number of at least 0.
    pub fn count(&mut self, text: &str, at: At<'_>) -> Option<u64> {
        let number = self.number(text, at)?;
        // 2^53: beyond it a double no longer counts exactly.
        if number.fract() == 0.0 && number < 9_007_199_254_740_992.0 {
            return Some(number as u64);
        }
        self.fault("not_a_count", Severity::Lost, at, text, "a whole number");
        None
    }

    /// A time as RFC 3339 or a plain day.
    pub fn moment(&mut self, text: &str, at: At<'_>) -> Option<Moment> {
        if is_absent(text) {
            return None;
        }
        let moment = Moment::parse(text);
        if moment.is_none() {
            self.fault("not_a_time", Severity::Lost, at, text, "a time as 2014-03-14T10:00:00Z or a day as 2014-03-14");
        }
        moment
    }
}

/// A plain number of at least 0.
pub(super) fn quantity(text: &str) -> Option<f64> {
    plain_number(text).filter(|number| number.is_finite() && *number >= 0.0)
}

/// A number with a decimal point or comma. Several commas or points of one kind are thousands.
pub(super) fn plain_number(text: &str) -> Option<f64> {
    let text = text.trim();
    if !text.contains(',') {
        return text.parse().ok();
    }
    if text.contains('.') || text.matches(',').count() > 1 {
        return None;
    }
    text.replace(',', ".").parse().ok()
}

fn is_control(c: char) -> bool {
    c.is_control()
}

/// Ways to say "not given" that are not a zero.
pub(super) fn is_absent(text: &str) -> bool {
    let text = text.trim();
    let words = ["", "n/a", "na", "-", "nil", "none", "null", "unknown", "?"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Codes are compared in upper case, and nearly all of them come so.
pub(super) fn upper(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) { text.to_ascii_uppercase().into() } else { text.into() }
}
