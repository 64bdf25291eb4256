//! What every reader needs: values out of text, and the one list of everything that went wrong.
//!
//! A place is written by the reader (segment, XML path, row and column) and asked for only where something is wrong.

use std::borrow::Cow;

use super::fault::{Fault, Faults, Severity, code};
use super::fields::{Original, Unmapped};
use super::limits;
use super::place::Place;
use super::types::Moment;
use crate::codes::{CountryCode, HsCode};

/// Faults, originals and unmapped values of the head of a manifest, or of one of its consignments.
#[derive(Debug, Default)]
pub(in crate::manifest) struct Reading {
    pub faults: Faults,
    pub unmapped: Vec<Unmapped>,
    /// Texts that were normalised, placed within the consignment.
    pub originals: Vec<Original>,
    /// What is being read: the head, a consignment, an item. The place of a fault that knows no better one.
    pub here: Place,
}

/// Writes the place in the file when it is needed.
pub(in crate::manifest) type At<'a> = &'a dyn Fn() -> String;

impl Reading {
    /// Of one consignment; its index is set when it joins the others.
    pub fn of_bill() -> Self {
        Self { here: Place::bill(0), ..Self::default() }
    }

    /// Adds a fault of what is being read.
    pub fn fault(&mut self, code: &'static str, severity: Severity, at: At<'_>, found: &str, expected: &str) {
        self.fault_at(self.here, code, severity, at, found, expected);
    }

    /// Adds a fault of one place.
    pub fn fault_at(
        &mut self,
        place: Place,
        code: &'static str,
        severity: Severity,
        at: At<'_>,
        found: &str,
        expected: &str,
    ) {
        self.faults.push(Fault::of(place, code, severity, at(), found, expected));
    }

    /// Keeps what the canonical form does not carry.
    pub fn unmapped(&mut self, at: String, found: &str) {
        if self.unmapped.len() < limits::MAX_UNMAPPED {
            let found = found.chars().take(limits::MAX_UNMAPPED_CHARS).collect();
            self.unmapped.push(Unmapped { at, found, consignment: self.here.consignment() });
        } else {
            self.faults.drop_one(Severity::Doubt);
        }
    }

    /// The faults so far.
    pub fn take_faults(&mut self) -> Faults {
        std::mem::take(&mut self.faults)
    }

    /// Text without control characters, cut at the limit.
    pub fn text<'t>(&mut self, text: impl Into<Cow<'t, str>>, at: At<'_>) -> String {
        let text = text.into();
        if is_failed_formula(&text) {
            self.fault(code::FAILED_FORMULA, Severity::Lost, at, &text, FAILED_FORMULA);
            return String::new();
        }
        let text = match without_hidden(&text) {
            Some(clean) => {
                self.fault("hidden_characters", Severity::Doubt, at, &visible(&text), HIDDEN);
                Cow::Owned(clean)
            }
            None => text,
        };
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
            self.fault(code::TEXT_TOO_LONG, Severity::Lost, at, &found, expected);
            clean.truncate(clean.floor_char_boundary(limits::MAX_TEXT_BYTES));
        }
        clean
    }

    /// A country by its code or its name; another spelling than the code stays as an original at `place`.
    pub fn country(&mut self, text: &str, at: At<'_>, place: Place) -> Option<CountryCode> {
        let text = text.trim();
        if let Some(code) = super::countries::named(text) {
            self.originals.push(Original { at: place.in_bill(), text: text.to_owned() });
            return Some(code);
        }
        self.code(text, at, place, "an ISO 3166-1 alpha-2 country code", Severity::Doubt)
    }

    /// An HS code; another spelling stays as an original at `place`.
    pub fn hs(&mut self, text: &str, at: At<'_>, place: Place) -> Option<HsCode> {
        self.code(text, at, place, "an HS code of 2 to 12 digits", Severity::Lost)
    }

    fn code<T: std::str::FromStr + AsRef<str>>(
        &mut self,
        text: &str,
        at: At<'_>,
        place: Place,
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
            Some(_) => self.originals.push(Original { at: place.in_bill(), text: text.to_owned() }),
            None => {
                self.fault_at(place, "not_a_code", severity, at, text, expected);
                self.originals.push(Original { at: place.in_bill(), text: text.to_owned() });
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

    /// A quantity of a format whose decimal mark is the point, as XML's: commas between groups of three are thousands, and
    /// told.
    pub fn decimal(&mut self, text: &str, at: At<'_>) -> Option<f64> {
        let Some(plain) = without_thousands(text.trim()) else { return self.number(text, at) };
        self.fault("thousands_separator", Severity::Doubt, at, text, "a number without thousands separators");
        self.number(&plain, at)
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
pub(in crate::manifest) fn quantity(text: &str) -> Option<f64> {
    plain_number(text).filter(|number| number.is_finite() && *number >= 0.0)
}

/// A number with a decimal point or comma. Several commas or points of one kind are thousands.
pub(in crate::manifest) fn plain_number(text: &str) -> Option<f64> {
    let text = text.trim();
    if !text.contains(',') {
        return text.parse().ok();
    }
    if text.contains('.') || text.matches(',').count() > 1 {
        return None;
    }
    text.replace(',', ".").parse().ok()
}

/// `1,234.5` without its commas; `None` where there are none between groups of three.
fn without_thousands(text: &str) -> Option<String> {
    let whole = text.split('.').next()?;
    let mut groups = whole.split(',');
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().filter(|first| first.len() <= 3 && is_digits(first) && *first != "0")?;
    let rest: Vec<&str> = groups.collect();
    let is_grouped = !rest.is_empty() && rest.iter().all(|group| group.len() == 3 && is_digits(group));
    is_grouped.then(|| format!("{first}{}{}", rest.concat(), text.get(whole.len()..).unwrap_or_default()))
}

fn is_control(c: char) -> bool {
    c.is_control()
}

/// Signs that nobody sees and that part no words: what hides them in a word would hide the word.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{2800}'
        )
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Signs that nobody sees, those that part words in some scripts among them: no code and no number has any.
pub(in crate::manifest) fn is_unseen(c: char) -> bool {
    is_hidden(c) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text has any of them; nearly none has.
pub(in crate::manifest) fn has_unseen(text: &str) -> bool {
    !is_ordinary(text) && text.contains(is_unseen)
}

fn is_ordinary(text: &str) -> bool {
    // Piece by piece, so that the machine looks at many bytes at once.
    let is_odd = |byte: &u8| !matches!(byte, 0x20..=0x7e | b'\t' | b'\n' | b'\r');
    text.as_bytes().chunks(32).all(|piece| !piece.iter().fold(false, |odd, byte| odd | is_odd(byte)))
}

/// The text without hidden signs; `None` where it has none, as nearly every text.
pub(in crate::manifest) fn without_hidden(text: &str) -> Option<String> {
    if is_ordinary(text) || !text.contains(is_hidden) {
        return None;
    }
    Some(text.chars().filter(|c| !is_hidden(*c)).collect())
}

/// The text with its hidden signs written out.
pub(in crate::manifest) fn visible(text: &str) -> String {
    let shown = |c: char| if is_unseen(c) { format!("<U+{:04X}>", u32::from(c)) } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// What is expected in place of a text with hidden signs.
pub(in crate::manifest) const HIDDEN: &str = "a text without signs that nobody sees; they were left out";

/// A text without blanks around it; nearly none has any.
#[inline]
pub(in crate::manifest) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Bytes of the longest of them.
const MAX_ABSENT_BYTES: usize = 7;

/// Ways to say "not given" that are not a zero.
pub fn is_absent(text: &str) -> bool {
    // Nearly every value begins with a digit, or is longer.
    if text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let text = trimmed(text);
    if text.len() > MAX_ABSENT_BYTES {
        return false;
    }
    let words = ["", "n/a", "na", "-", "nil", "none", "null", "unknown", "?"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// What a spreadsheet writes where a formula failed: the value that stood there is lost.
pub(in crate::manifest) fn is_failed_formula(text: &str) -> bool {
    if !text.trim_start().starts_with('#') {
        return false;
    }
    let failed =
        ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"];
    failed.iter().any(|error| text.trim().eq_ignore_ascii_case(error))
}

/// What stands in a fault about one.
pub(in crate::manifest) const FAILED_FORMULA: &str = "a value; a formula of the spreadsheet failed here";

/// Codes are compared in upper case, and nearly all of them come so.
pub(in crate::manifest) fn upper(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) { text.to_ascii_uppercase().into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_between_groups_of_three() {
        for (text, number) in [
            ("1,234.5", Some(1234.5)),
            ("21,600", Some(21600.0)),
            ("1,234,567", Some(1_234_567.0)),
            ("21,6", Some(21.6)),
            ("0,600", Some(0.6)),
            ("1234,567", Some(1234.567)),
            ("1,23,456.7", None),
            ("12", Some(12.0)),
        ] {
            let mut reading = Reading::default();
            assert_eq!(reading.decimal(text, &String::new), number, "{text}");
        }
    }
}
