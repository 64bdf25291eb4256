//! Values of CUSCAR segments that both the head and a bill use.

use super::super::super::fields::{Address, Party};
use super::super::super::reading::{Reading, plain_number, quantity};
use super::super::super::types::{Moment, PartyRole};
use super::segment::Segment;

/// Widths of names and streets: 35 characters, 70 in later directories.
const NAME_WIDTHS: &[usize] = &[35, 70];
/// Widths of free text: 70 characters, 512 from D.03B on.
pub(super) const TEXT_WIDTHS: &[usize] = &[70, 512];

/// The time of `UNB`: `YYMMDD` (or `CCYYMMDD`) and `HHMM`.
pub(super) fn interchange_time(day: &str, time: Option<&str>) -> Option<Moment> {
    let digits: String = day.chars().filter(char::is_ascii_digit).collect();
    let day = if digits.len() == 8 { digits } else { format!("20{}", digits.get(digits.len().checked_sub(6)?..)?) };
    let time = time.filter(|time| time.len() == 4);
    time.and_then(|time| by_format(&format!("{day}{time}"), "203")).or_else(|| by_format(&day, "102"))
}

/// A time by its format code (UN/EDIFACT 2379).
pub(super) fn by_format(text: &str, format: &str) -> Option<Moment> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Moment::parse(text);
    }
    let piece = |from: usize, to: usize| text.get(from..to);
    let written = match (format, text.len()) {
        ("101", 6) => format!("20{}-{}-{}", piece(0, 2)?, piece(2, 4)?, piece(4, 6)?),
        ("201", 10) => {
            let time = (piece(6, 8)?, piece(8, 10)?);
            format!("20{}-{}-{}T{}:{}:00Z", piece(0, 2)?, piece(2, 4)?, piece(4, 6)?, time.0, time.1)
        }
        ("102", 8) | (_, 8) => format!("{}-{}-{}", piece(0, 4)?, piece(4, 6)?, piece(6, 8)?),
        ("203" | "303", 12) | (_, 12) => {
            let day = (piece(0, 4)?, piece(4, 6)?, piece(6, 8)?);
            format!("{}-{}-{}T{}:{}:00Z", day.0, day.1, day.2, piece(8, 10)?, piece(10, 12)?)
        }
        ("204" | "304", 14) | (_, 14) => {
            let day = (piece(0, 4)?, piece(4, 6)?, piece(6, 8)?);
            let time = (piece(8, 10)?, piece(10, 12)?, piece(12, 14)?);
            format!("{}-{}-{}T{}:{}:{}Z", day.0, day.1, day.2, time.0, time.1, time.2)
        }
        _ => return None,
    };
    Moment::parse(&written)
}

/// The time of a `DTM`.
pub(super) fn moment(segment: &Segment, reading: &mut Reading) -> Option<Moment> {
    let text = segment.get(1, 2)?;
    let format = segment.get(1, 3).unwrap_or("102");
    let moment = by_format(text, format);
    if moment.is_none() {
        let expected = "a time in the format of its code (102 CCYYMMDD, 203 CCYYMMDDHHMM)";
        reading.fault("not_a_time", super::super::super::fault::Severity::Lost, &|| segment.place(), text, expected);
    }
    moment
}

/// The place of a `LOC`: its code, else its name.
pub(super) fn place(segment: &Segment) -> Option<&str> {
    segment.code(2).or_else(|| segment.get(2, 4))
}

/// A number in the decimal mark of the file.
pub(super) fn number(segment: &Segment, element: usize, component: usize, reading: &mut Reading) -> Option<f64> {
    let text = segment.get(element, component)?;
    if let Some(number) = quantity(text) {
        return Some(number);
    }
    let at = &|| segment.place();
    if segment.decimal_comma && text.matches(',').count() == 1 && !text.contains('.') {
        return reading.number(&text.replace(',', "."), at);
    }
    match plain_number(text) {
        Some(_) => reading.number(text, at),
        // Thousands separators are no part of UN/EDIFACT, but they come.
        None => reading.number(&text.replace([',', ' '], ""), at),
    }
}

/// Lines that are one text cut into pieces: a full line goes on in the next without a blank.
pub(super) fn joined<'s>(pieces: impl Iterator<Item = (&'s str, bool)>) -> String {
    let mut text = String::new();
    join_to(&mut text, true, pieces);
    let trimmed = text.trim();
    if trimmed.len() == text.len() { text } else { trimmed.to_owned() }
}

/// Adds lines to a text whose last line was full or not; tells whether the last one now is. A line that ends in a blank is
/// none, whatever its length: the blank is put back by the next one, and the text may be trimmed between.
pub(super) fn join_to<'s>(text: &mut String, mut full: bool, pieces: impl Iterator<Item = (&'s str, bool)>) -> bool {
    for (piece, is_full) in pieces {
        if piece.trim().is_empty() {
            full = false;
            continue;
        }
        if !full && !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
        text.push_str(if is_full { piece } else { piece.trim_end() });
        full = is_full;
    }
    full && !text.ends_with(char::is_whitespace)
}

/// The party of a `NAD`, the `n`th of its bill. Its name may stand in C080 or, with the address, in the free lines of C058.
pub(super) fn party(role: PartyRole, segment: &Segment, reading: &mut Reading, n: usize) -> Party {
    let at = &|| segment.place();
    let mut name = joined(segment.all(4, NAME_WIDTHS));
    let mut street = joined(segment.all(5, NAME_WIDTHS));
    for line in segment.all(3, NAME_WIDTHS).map(|(line, _)| line.trim()).filter(|line| !line.is_empty()) {
        if name.is_empty() {
            name.push_str(line);
            continue;
        }
        if !street.is_empty() {
            street.push_str(", ");
        }
        street.push_str(line);
    }
    let country = segment.get(9, 1);
    let country = country.and_then(|text| reading.country(text, at, super::super::super::pointer::country_of_party(n)));
    let mut text = |component: Option<&str>| component.map(|text| reading.text(text, at));
    let (city, region, postcode) = (text(segment.get(6, 1)), text(segment.code(7)), text(segment.get(8, 1)));
    let street = Some(street).filter(|street| !street.is_empty() && street != "-");
    let address = Address { street, city, region, postcode, country };
    let address = (address != Address::default()).then_some(address);
    let id = segment.code(2).map(str::to_owned);
    Party { role, id, name: reading.text(name, at), address, contacts: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_by_format() {
        let check = |text, format, expected: &str| {
            assert_eq!(by_format(text, format).map(|m| m.as_str().to_owned()).as_deref(), Some(expected));
        };
        check("20140302", "102", "2014-03-02");
        check("201403020930", "203", "2014-03-02T09:30:00Z");
        check("1701290000", "201", "2017-01-29T00:00:00Z");
        assert_eq!(
            interchange_time("140302", Some("0930")).map(|m| m.as_str().to_owned()).as_deref(),
            Some("2014-03-02T09:30:00Z")
        );
        assert!(by_format("20149999", "102").is_none() && by_format("x", "102").is_none());
    }

    #[test]
    fn a_full_line_goes_on_without_a_blank() {
        let full = "ROSEWOOD LOGS DALBERGIA MAR";
        assert_eq!(joined([(full, true), ("ITIMA", false), ("LOGS", false)].into_iter()), format!("{full}ITIMA LOGS"));
        assert_eq!(joined([("A", false), ("", false), ("B", false)].into_iter()), "A B");
        // The blank at the end of a full line is kept over a text that is trimmed between two segments.
        let mut text = String::new();
        assert!(!join_to(&mut text, false, [("LOGS OF ", true)].into_iter()));
        text = text.trim().to_owned();
        join_to(&mut text, false, [("ROSEWOOD", false)].into_iter());
        assert_eq!(text, "LOGS OF ROSEWOOD");
    }
}
