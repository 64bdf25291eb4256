//! What stands under a header: days, codes, containers, numbers, texts. It settles headers that are ordinary words.
//!
//! In: the first rows of a table. Out: for each place, how many of its values have which shape.

use super::super::codes;
use super::super::units::{Unit, unit};
use super::dates;
use super::rows::{Rows, Scratch};
use super::sheet::text_of;
use super::style::without_unit;

/// Rows that are looked at: what a column holds shows early.
const ROWS_LOOKED_AT: usize = 500;

/// Shapes of the values of one place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Under {
    pub n: usize,
    numbers: usize,
    days: usize,
    codes: usize,
    containers: usize,
    sizes: usize,
    terms: usize,
    counts: usize,
    masses: usize,
    volumes: usize,
    words: usize,
}

/// Bytes of a container's number at most, with what people put between its letters and digits.
const MAX_CONTAINER_BYTES: usize = 32;
/// The same of a size-type code.
const MAX_SIZE_BYTES: usize = 16;
/// Bytes of a unit at most.
const MAX_UNIT_BYTES: usize = 32;

impl Under {
    fn see(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.n += 1;
        let (number, _) = without_unit(text);
        let is_numeric = !number.is_empty()
            && number.contains(|c: char| c.is_ascii_digit())
            && number
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}'));
        self.numbers += usize::from(is_numeric);
        self.counts += usize::from(text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit()));
        self.codes += usize::from(is_tariff(text));
        self.containers += usize::from(is_container(text));
        self.sizes += usize::from(is_size(text));
        self.terms += usize::from(codes::is_delivery_term(text));
        self.days += usize::from(is_day(text));
        self.words += usize::from(text.chars().filter(|c| c.is_alphabetic()).count() >= 4 || !text.is_ascii());
        let may_be_unit = text.len() <= MAX_UNIT_BYTES && !text.starts_with(|c: char| c.is_ascii_digit());
        match Some(text).filter(|_| may_be_unit).and_then(unit) {
            Some((Unit::Mass(_), _)) => self.masses += 1,
            Some((Unit::Volume(_), _)) => self.volumes += 1,
            None => {}
        }
    }

    fn mostly(self, n: usize) -> bool {
        self.n > 0 && n * 5 >= self.n * 4
    }

    /// Nearly all of them are numbers.
    pub fn are_numbers(self) -> bool {
        self.mostly(self.numbers)
    }

    /// Not even a part of them are numbers.
    pub fn are_no_numbers(self) -> bool {
        self.n > 0 && self.numbers * 5 < self.n
    }

    /// Nearly all of them are whole numbers.
    pub fn are_counts(self) -> bool {
        self.mostly(self.counts)
    }

    /// Nearly all of them are codes of the tariff.
    pub fn are_codes(self) -> bool {
        self.mostly(self.codes)
    }

    /// Nearly all of them are numbers of containers.
    pub fn are_containers(self) -> bool {
        self.mostly(self.containers)
    }

    /// Nearly all of them are sizes of containers.
    pub fn are_sizes(self) -> bool {
        self.mostly(self.sizes)
    }

    /// Nearly all of them are days.
    pub fn are_days(self) -> bool {
        self.mostly(self.days)
    }

    /// Nearly all of them are terms of delivery.
    pub fn are_terms(self) -> bool {
        self.mostly(self.terms)
    }

    /// Nearly all of them are units of mass.
    pub fn are_masses(self) -> bool {
        self.mostly(self.masses)
    }

    /// Nearly all of them are units of volume.
    pub fn are_volumes(self) -> bool {
        self.mostly(self.volumes)
    }

    /// More words than numbers: a row of years or numbers between them makes no column of numbers.
    pub fn are_texts(self) -> bool {
        self.words * 2 > self.n && self.numbers * 2 < self.n
    }
}

/// Is it a day, and no plain number?
pub(super) fn is_day(text: &str) -> bool {
    let is_numeric = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    (!is_numeric || text.matches('.').count() == 2) && dates::pieces(text).is_some()
}

/// Six to twelve digits of an existing chapter, with points or blanks between them or without.
fn is_tariff(text: &str) -> bool {
    let text = text.strip_suffix(".0").unwrap_or(text);
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b' ')) {
        return false;
    }
    let digits = || text.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0');
    let chapter = digits().take(2).fold(0, |chapter, digit| chapter * 10 + digit);
    matches!(digits().count(), 6 | 8 | 10 | 12) && (1..=97).contains(&chapter) && chapter != 77
}

/// Four letters, the last of them U, J or Z, and seven digits.
fn is_container(text: &str) -> bool {
    if !text.starts_with(|c: char| !c.is_ascii_digit()) || text.len() > MAX_CONTAINER_BYTES {
        return false;
    }
    let key: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let Some((letters, digits)) = key.split_at_checked(4) else { return false };
    letters.iter().all(u8::is_ascii_alphabetic)
        && letters.last().is_some_and(|c| matches!(c.to_ascii_uppercase(), b'U' | b'J' | b'Z'))
        && digits.len() == 7
        && digits.iter().all(u8::is_ascii_digit)
}

/// `22G1`, `40HC`, `20'DV`, `45R1`.
fn is_size(text: &str) -> bool {
    if text.len() > MAX_SIZE_BYTES {
        return false;
    }
    let key: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let Some((length, kind)) = key.split_at_checked(2) else { return false };
    matches!(length, b"20" | b"22" | b"25" | b"40" | b"42" | b"45" | b"L5")
        && (1..=3).contains(&kind.len())
        && kind.iter().any(u8::is_ascii_alphabetic)
}

/// What stands under each of `width` places, below row `header`.
pub(super) fn under(rows: &Rows, header: usize, width: usize) -> Vec<Under> {
    let mut places = vec![Under::default(); width];
    let (mut scratch, mut record) = (Scratch::default(), csv::ByteRecord::new());
    for n in (header + 1..rows.len()).take(ROWS_LOOKED_AT) {
        rows.read(n, &mut scratch, &mut record);
        // One lone cell is a heading or a footer, and says nothing of its column.
        if record.iter().filter(|cell| !cell.trim_ascii().is_empty()).count() < 2 && width > 2 {
            continue;
        }
        places.iter_mut().zip(record.iter()).for_each(|(place, cell)| place.see(&text_of(cell)));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let of = |values: &[&str]| {
            let mut under = Under::default();
            values.iter().for_each(|value| under.see(value));
            under
        };
        assert!(of(&["4407.29", "44039900", "4403 99 00", "440399.0"]).are_codes());
        assert!(!of(&["21600", "9600"]).are_codes() && of(&["21600", "9.600,5", "21.6 MT"]).are_numbers());
        assert!(of(&["ZZSU1234567", "ZZSU 765432-1"]).are_containers());
        assert!(of(&["22G1", "40HC", "20'DV"]).are_sizes());
        assert!(of(&["14/03/2015", "Mar 14, 2015", "14.03.15"]).are_days() && !of(&["12.750", "1500"]).are_days());
        assert!(of(&["CIF", "FOB", "ddp"]).are_terms());
        assert!(of(&["KGS", "lb"]).are_masses() && of(&["CBM"]).are_volumes());
        assert!(of(&["Rosewood logs", "2025", "乌木"]).are_texts() && of(&["x"]).are_no_numbers());
    }
}
