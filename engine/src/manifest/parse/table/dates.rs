//! Days and times as tables write them become ISO 8601.
//!
//! In: a text and the order of its numbers. Out: the day, with the time where one is given, or nothing. Read: numbers in any
//! order with any mark between them, names of months (datasets/month-names), eight digits, day numbers of spreadsheets, times
//! behind the day. Nothing is guessed: a day that the calendar does not have is none.
//! Not here: which order a column has (`style.rs`).

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use jiff::civil::DateTime;
use jiff::fmt::strtime::BrokenDownTime;

use super::mapping::DateOrder;
use crate::text::loose_key;

const MONTHS: &str = include_str!("../../../../../datasets/month-names/month-names.csv");

/// Folded name → month.
static MONTH_OF: LazyLock<FxHashMap<String, i64>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(MONTHS.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().flatten().collect();
    let names = rows.iter().filter_map(|row| Some((row.get(0)?.parse().ok()?, row.get(2)?)));
    names.flat_map(|(month, names)| names.split('|').map(move |name| (loose_key(name), month))).collect()
});

/// Longest text that is looked into for a date.
pub(super) const MAX_DATE_BYTES: usize = 48;
/// Day numbers of spreadsheets that are taken for days: 1982 to 2064. What lies outside is a number.
const SERIALS: std::ops::RangeInclusive<f64> = 30_000.0..=60_000.0;
/// Two-digit years up to this one are of this century.
const LAST_SHORT_YEAR: i64 = 68;

/// Digits of one number of a day at most.
pub(super) const MAX_YEAR_DIGITS: usize = 4;

/// Years of the calendar that are meant here; the years of others (2558, 1436) are not taken for them.
const YEARS: std::ops::RangeInclusive<i64> = 1950..=2099;

/// A day as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    /// ISO 8601, with the time where one is given.
    pub iso: String,
    /// The year had two digits.
    pub short_year: bool,
    /// Another order of day and month would give another day.
    pub is_open: bool,
    /// It was a day number of a spreadsheet.
    pub is_serial: bool,
}

/// The numbers of a date as they stand: the day of the month and the year at least; a month in words is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pieces {
    pub numbers: [i64; 3],
    /// Digits of each number.
    pub widths: [usize; 3],
    /// Which of them is a month in words.
    pub named: Option<usize>,
}

/// Day and time parted: the time begins with the first piece that has a colon.
fn parted(text: &str) -> (&str, &str) {
    let Some(colon) = text.find(':') else { return (text, "") };
    let head = text.get(..colon).unwrap_or_default();
    let start = head
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + head.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    (
        text.get(..start).unwrap_or_default().trim_end_matches(['T', 't', ' ', ',']),
        text.get(start..).unwrap_or_default(),
    )
}

/// The three pieces of a day.
pub(super) fn pieces(text: &str) -> Option<Pieces> {
    let text = text.trim();
    if text.len() > MAX_DATE_BYTES || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (day, _) = parted(text);
    let eight = day.trim();
    if eight.len() == 8 && eight.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = |from: usize, to: usize| eight.get(from..to).and_then(|text| text.parse::<i64>().ok());
        let numbers = [number(0, 4)?, number(4, 6)?, number(6, 8)?];
        return (1990..2090).contains(&numbers[0]).then_some(Pieces { numbers, widths: [4, 2, 2], named: None });
    }
    // Nearly every text and number of goods has not two numbers, or one of more digits than a year.
    let (n_numbers, longest) = numbers(day.as_bytes());
    if n_numbers < 2 || longest > MAX_YEAR_DIGITS {
        return None;
    }
    let mut found = Pieces { numbers: [0; 3], widths: [0; 3], named: None };
    let mut n = 0;
    for piece in day.split(|c: char| !c.is_alphanumeric()).flat_map(runs).filter(|piece| !piece.is_empty()) {
        let is_number = piece.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number { piece.parse::<i64>().ok().filter(|_| piece.len() <= MAX_YEAR_DIGITS)? } else { 0 };
        let word = if is_number { Cow::Borrowed("") } else { word(piece) };
        let month = if is_number { None } else { MONTH_OF.get(&*word).copied() };
        match (is_number, month) {
            (false, None) if word.len() <= MAX_SILENT_BYTES && SILENT.contains(&&*word) => continue,
            (false, None) => return None,
            _ => {}
        }
        let (Some(slot), Some(width)) = (found.numbers.get_mut(n), found.widths.get_mut(n)) else { return None };
        (*slot, *width) = (month.unwrap_or(number), piece.len());
        if month.is_some() && found.named.replace(n).is_some() {
            return None;
        }
        n += 1;
    }
    (n == 3).then_some(found)
}

/// How many numbers of digits stand in a text, and how many digits the longest of them has.
pub(super) fn numbers(text: &[u8]) -> (usize, usize) {
    let (mut n_numbers, mut n_digits, mut longest) = (0, 0, 0);
    for byte in text {
        n_digits = if byte.is_ascii_digit() { n_digits + 1 } else { 0 };
        n_numbers += usize::from(n_digits == 1);
        longest = longest.max(n_digits);
    }
    (n_numbers, longest)
}

/// Runs of digits, and of what are none.
fn runs(piece: &str) -> impl Iterator<Item = &str> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != first).unwrap_or(rest.len());
        let (run, more) = rest.split_at_checked(end)?;
        rest = more;
        Some(run)
    })
}

/// A word of a date as names of months are kept. Letters of ASCII alone are folded by their case.
fn word(piece: &str) -> Cow<'_, str> {
    match piece.bytes().all(|byte| byte.is_ascii_lowercase()) {
        true => Cow::Borrowed(piece),
        false if piece.bytes().all(|byte| byte.is_ascii_alphabetic()) => Cow::Owned(piece.to_ascii_lowercase()),
        false => Cow::Owned(loose_key(piece)),
    }
}

/// Bytes of such a word at most.
const MAX_SILENT_BYTES: usize = 12;

/// Words of a date that say nothing: endings of ordinals, articles, weekdays, the signs of Chinese, Japanese and Korean dates.
const SILENT: &[&str] = &[
    "st",
    "nd",
    "rd",
    "th",
    "de",
    "of",
    "the",
    "del",
    "le",
    "er",
    "d",
    "г",
    "года",
    "год",
    "р",
    "年",
    "月",
    "日",
    "号",
    "년",
    "월",
    "일",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "t",
    "z",
];

/// A day or time as ISO 8601.
pub(super) fn day(text: &str, order: DateOrder) -> Option<Day> {
    if let Some(day) = serial(text) {
        return Some(day);
    }
    let found = pieces(text)?;
    let [a, b, c] = found.numbers;
    let year_first = found.widths.first().is_some_and(|width| *width == 4);
    let (year_at, month_at, day_at) = match (found.named, year_first) {
        (Some(1), true) | (None, true) => (0, 1, 2),
        (Some(1), false) => (2, 1, 0),
        (Some(0), _) => (2, 0, 1),
        (Some(_), _) => return None,
        (None, false) => match order {
            DateOrder::Dmy => (2, 1, 0),
            DateOrder::Mdy => (2, 0, 1),
            DateOrder::Ymd => (0, 1, 2),
        },
    };
    let at = |n: usize| found.numbers.get(n).copied();
    let width = found.widths.get(year_at).copied()?;
    if !matches!(width, 2 | 4) {
        return None;
    }
    let short_year = width == 2;
    let year = match at(year_at)? {
        year if !short_year => year,
        year if year <= LAST_SHORT_YEAR => 2000 + year,
        year => 1900 + year,
    };
    if !YEARS.contains(&year) {
        return None;
    }
    let plain = format!("{year:04}/{:02}/{:02}", at(month_at)?, at(day_at)?);
    let date = BrokenDownTime::parse("%Y/%m/%d", &plain).ok()?.to_date().ok()?;
    let is_open = found.named.is_none()
        && !year_first
        && (short_year
            && (a <= 12 || b <= 12 || c <= 12)
            && [a, b, c].iter().filter(|n| **n <= 12).count() >= 2
            && a != b
            || !short_year && a <= 12 && b <= 12 && a != b);
    let (_, time) = parted(text.trim());
    let iso = match clock(time) {
        Some(clock) => stamp(date.at(clock.0, clock.1, clock.2, 0))?,
        None if time.is_empty() => date.to_string(),
        None => return None,
    };
    Some(Day { iso, short_year, is_open, is_serial: false })
}

fn stamp(moment: DateTime) -> Option<String> {
    jiff::fmt::strtime::format("%Y-%m-%dT%H:%M:%SZ", moment).ok()
}

/// `10:00`, `10:00:30`, `2:15 PM`. A fraction of a second and a zone are left out only where they say nothing.
fn clock(text: &str) -> Option<(i8, i8, i8)> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    let (digits, shift) = match (upper.strip_suffix("PM"), upper.strip_suffix("AM")) {
        (Some(rest), _) => (rest.trim().to_owned(), Some(true)),
        (_, Some(rest)) => (rest.trim().to_owned(), Some(false)),
        _ => (upper.trim_end_matches('Z').trim_end_matches("UTC").trim().to_owned(), None),
    };
    let digits = digits.split_once('.').map_or(digits.as_str(), |(whole, fraction)| {
        if fraction.bytes().all(|byte| byte == b'0') { whole } else { "" }
    });
    let mut numbers = digits.split(':').map(|piece| piece.trim().parse::<i8>().ok());
    let (hour, minute, second) = (numbers.next()??, numbers.next()??, numbers.next().unwrap_or(Some(0))?);
    let hour = match shift {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    let fits =
        (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second) && numbers.next().is_none();
    fits.then_some((hour, minute, second))
}

/// A day number of a spreadsheet, with the part of the day behind the point.
pub(super) fn serial(text: &str) -> Option<Day> {
    let text = text.trim();
    let is_number = (5..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = text.parse::<f64>().ok().filter(|number| is_number && SERIALS.contains(number))?;
    // Day 0 of the calendar that counts the 29th of February 1900.
    let first = jiff::civil::date(1899, 12, 30);
    let seconds = (number.fract() * 86_400.0).round() as i64;
    let date = first.checked_add(jiff::Span::new().days(number.trunc() as i64)).ok()?;
    let moment =
        date.to_datetime(jiff::civil::Time::midnight()).checked_add(jiff::Span::new().seconds(seconds)).ok()?;
    let iso = if seconds == 0 { date.to_string() } else { stamp(moment)? };
    Some(Day { iso, short_year: false, is_open: false, is_serial: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_many_dresses() {
        use DateOrder::*;
        for (text, order, iso) in [
            ("2015-03-14", Dmy, Some("2015-03-14")),
            ("14.03.2015", Dmy, Some("2015-03-14")),
            ("03/14/2015", Mdy, Some("2015-03-14")),
            ("14-Mar-15", Dmy, Some("2015-03-14")),
            ("14th March, 2015", Mdy, Some("2015-03-14")),
            ("Mar 14, 2015", Dmy, Some("2015-03-14")),
            ("14 mars 2015", Dmy, Some("2015-03-14")),
            ("14. März 2015", Dmy, Some("2015-03-14")),
            ("14 de marzo de 2015", Dmy, Some("2015-03-14")),
            ("14 марта 2015 г.", Dmy, Some("2015-03-14")),
            ("14 Mart 2015", Dmy, Some("2015-03-14")),
            ("2015 March 14", Dmy, Some("2015-03-14")),
            ("2015年3月14日", Dmy, Some("2015-03-14")),
            ("20150314", Dmy, Some("2015-03-14")),
            ("14MAR2015", Dmy, Some("2015-03-14")),
            ("2015-03-14 10:00:00", Dmy, Some("2015-03-14T10:00:00Z")),
            ("14/03/2015 2:15 PM", Dmy, Some("2015-03-14T14:15:00Z")),
            ("14.03.15 09:30", Dmy, Some("2015-03-14T09:30:00Z")),
            ("42077", Dmy, Some("2015-03-14")),
            ("42077.5", Dmy, Some("2015-03-14T12:00:00Z")),
            ("31/02/2015", Dmy, None),
            ("14/13/2015", Dmy, None),
            ("14/03/2558", Dmy, None),
            ("2015년 3월 14일", Dmy, Some("2015-03-14")),
            ("soon", Dmy, None),
            ("1234", Dmy, None),
            ("2015-03-14 25:00", Dmy, None),
            ("14 of 2015", Dmy, None),
            ("Mar May 2015", Dmy, None),
        ] {
            assert_eq!(day(text, order).map(|day| day.iso).as_deref(), iso, "{text}");
        }
        assert!(day("03/04/2015", Dmy).is_some_and(|day| day.is_open));
        assert!(day("03/04/05", Dmy).is_some_and(|day| day.is_open && day.short_year));
        assert!(day("14-Mar-15", Dmy).is_some_and(|day| !day.is_open && day.short_year));
        assert!(day("14/03/2015", Dmy).is_some_and(|day| !day.is_open));
    }
}
