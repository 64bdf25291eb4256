//! What stands under a header: days, codes, containers, numbers, texts. It settles headers that are ordinary words.
//!
//! In: the first rows of a table. Out: for each place, whether most of its values have a shape, counted when it is asked.

use std::cell::OnceCell;

use super::super::codes;
use super::super::units::{Unit, unit};
use super::dates;
use super::record::{Scratch, Span, index};
use super::rows::Rows;
use super::style::without_unit;

/// Rows that are looked at: what a column holds shows early.
const ROWS_LOOKED_AT: usize = 500;
/// Bytes of a container's number at most, with what people put between its letters and digits.
const MAX_CONTAINER_BYTES: usize = 32;
/// The same of a size-type code.
const MAX_SIZE_BYTES: usize = 16;
/// Bytes of a unit at most.
const MAX_UNIT_BYTES: usize = 32;

/// What stands under a header. Nothing is read before somebody asks: a header of plain names leaves nothing open.
pub(super) struct Under<'r> {
    rows: &'r Rows,
    header: usize,
    width: usize,
    values: OnceCell<Values>,
}

/// The values of each place, one behind the other in one text.
#[derive(Default)]
struct Values {
    text: String,
    places: Vec<Vec<Span>>,
}

impl<'r> Under<'r> {
    /// What stands under each of `width` places, below row `header`.
    pub fn new(rows: &'r Rows, header: usize, width: usize) -> Self {
        Self { rows, header, width, values: OnceCell::new() }
    }

    /// What stands under place `n`.
    pub fn at<'u>(&'u self, n: usize) -> Place<'u, 'r> {
        Place { under: self, n }
    }

    fn read(&self) -> Values {
        let mut values = Values { text: String::new(), places: vec![Vec::new(); self.width] };
        let mut scratch = Scratch::default();
        for n in (self.header + 1..self.rows.len()).take(ROWS_LOOKED_AT) {
            let cells = self.rows.read(n, &mut scratch);
            // One lone cell is a heading or a footer, and says nothing of its column.
            if cells.filled().take(2).count() < 2 && self.width > 2 {
                continue;
            }
            for (n, place) in values.places.iter_mut().enumerate() {
                let Some(text) = cells.text(n) else { break };
                let text = text.trim();
                if !text.is_empty() {
                    let from = index(values.text.len());
                    values.text.push_str(text);
                    place.push((from, index(values.text.len())));
                }
            }
        }
        values
    }
}

/// What stands under one place.
#[derive(Clone, Copy)]
pub(super) struct Place<'u, 'r> {
    under: &'u Under<'r>,
    n: usize,
}

impl Place<'_, '_> {
    /// How many values there are, and how many of them are so.
    fn count(self, is: impl Fn(&str) -> bool) -> (usize, usize) {
        let values = self.under.values.get_or_init(|| self.under.read());
        let spans = values.places.get(self.n).map(Vec::as_slice).unwrap_or_default();
        let texts = spans.iter().filter_map(|(from, to)| values.text.get(*from as usize..*to as usize));
        (spans.len(), texts.filter(|text| is(text)).count())
    }

    /// Nearly all of them are so.
    fn mostly(self, is: impl Fn(&str) -> bool) -> bool {
        let (n, so) = self.count(is);
        n > 0 && so * 5 >= n * 4
    }

    /// Nearly all of them are numbers.
    pub fn are_numbers(self) -> bool {
        self.mostly(is_numeric)
    }

    /// Not even a part of them are numbers.
    pub fn are_no_numbers(self) -> bool {
        let (n, numbers) = self.count(is_numeric);
        n > 0 && numbers * 5 < n
    }

    /// Nearly all of them are whole numbers.
    pub fn are_counts(self) -> bool {
        self.mostly(|text| text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// Nearly all of them are codes of the tariff.
    pub fn are_codes(self) -> bool {
        self.mostly(is_tariff)
    }

    /// Nearly all of them are numbers of containers.
    pub fn are_containers(self) -> bool {
        self.mostly(is_container)
    }

    /// Nearly all of them are sizes of containers.
    pub fn are_sizes(self) -> bool {
        self.mostly(is_size)
    }

    /// Nearly all of them are days.
    pub fn are_days(self) -> bool {
        self.mostly(is_day)
    }

    /// Nearly all of them are terms of delivery.
    pub fn are_terms(self) -> bool {
        self.mostly(codes::is_delivery_term)
    }

    /// Nearly all of them are units of mass.
    pub fn are_masses(self) -> bool {
        self.mostly(|text| matches!(unit_of(text), Some(Unit::Mass(_))))
    }

    /// Nearly all of them are units of volume.
    pub fn are_volumes(self) -> bool {
        self.mostly(|text| matches!(unit_of(text), Some(Unit::Volume(_))))
    }

    /// More words than numbers: a row of years or numbers between them makes no column of numbers.
    pub fn are_texts(self) -> bool {
        let (n, words) = self.count(is_wordy);
        words * 2 > n && self.count(is_numeric).1 * 2 < n
    }
}

/// A number, with its unit or without.
fn is_numeric(text: &str) -> bool {
    let (number, _) = without_unit(text);
    number.contains(|c: char| c.is_ascii_digit())
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}'))
}

/// Letters enough for a word, or signs of another script.
fn is_wordy(text: &str) -> bool {
    !text.is_ascii() || text.chars().filter(|c| c.is_alphabetic()).count() >= 4
}

fn unit_of(text: &str) -> Option<Unit> {
    let may_be_unit = text.len() <= MAX_UNIT_BYTES && !text.starts_with(|c: char| c.is_ascii_digit());
    Some(text).filter(|_| may_be_unit).and_then(unit).map(|(unit, _)| unit)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of these values, which stand under one header.
    fn are(values: &[&str], is: impl Fn(Place<'_, '_>) -> bool) -> bool {
        let text: String = values.iter().map(|value| format!("\"{value}\"\n")).collect();
        let rows = Rows::of_csv(format!("header\n{text}").into_bytes(), b',').unwrap();
        is(Under::new(&rows, 0, 1).at(0))
    }

    #[test]
    fn shapes() {
        assert!(are(&["4407.29", "44039900", "4403 99 00", "440399.0"], |under| under.are_codes()));
        assert!(!are(&["21600", "9600"], |under| under.are_codes()));
        assert!(are(&["21600", "9.600,5", "21.6 MT"], |under| under.are_numbers()));
        assert!(are(&["ZZSU1234567", "ZZSU 765432-1"], |under| under.are_containers()));
        assert!(are(&["22G1", "40HC", "20'DV"], |under| under.are_sizes()));
        assert!(are(&["14/03/2015", "Mar 14, 2015", "14.03.15"], |under| under.are_days()));
        assert!(!are(&["12.750", "1500"], |under| under.are_days()));
        assert!(are(&["CIF", "FOB", "ddp"], |under| under.are_terms()));
        assert!(are(&["KGS", "lb"], |under| under.are_masses()) && are(&["CBM"], |under| under.are_volumes()));
        assert!(are(&["Rosewood logs", "2025", "乌木"], |under| under.are_texts()));
        assert!(are(&["x"], |under| under.are_no_numbers()) && !are(&[], |under| under.are_no_numbers()));
    }

    #[test]
    fn a_lone_cell_says_nothing_of_its_column() {
        let rows = Rows::of_csv(b"a,b,c\nRemarks\n1,x,2\n3,y,4\n".to_vec(), b',').unwrap();
        let under = Under::new(&rows, 0, 3);
        assert!(under.at(0).are_numbers() && under.at(2).are_numbers() && under.at(1).are_no_numbers());
        assert!(!under.at(3).are_numbers() && !under.at(3).are_no_numbers());
    }
}
