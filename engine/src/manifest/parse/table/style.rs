//! How a column writes its numbers, and a table its dates: told from all values, and stated.
//!
//! In: every value of a column. Out: its decimal mark, the numbers it means, and where two readings stay open. One column has
//! one style. A value that contradicts it and can be read in one way only is read with a doubt; one that can be read in no way
//! is lost. Nothing is deleted out of a number to make it one.

use std::borrow::Cow;

use super::dates::{self, Day};
use super::mapping::DateOrder;
use super::plain::{self, Says};
use super::record::text_of;

/// Decimal mark of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub mark: char,
    /// Nothing settles what a mark before exactly three digits means.
    pub is_open: bool,
}

/// Order of the dates of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dates {
    pub order: DateOrder,
    /// The values left both orders open.
    pub is_open: bool,
}

/// A number as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// In the style of its column.
    Plain(f64),
    /// Against the style of its column, and in one way only.
    Against(f64),
    /// In the style that is more likely, and as it would be in the other.
    Open(f64, f64),
}

impl Reading {
    /// The number that counts.
    pub fn value(&self) -> f64 {
        match self {
            Self::Plain(number) | Self::Against(number) | Self::Open(number, _) => *number,
        }
    }
}

fn says(text: &str) -> Says {
    let text = text.trim();
    let (mut n_commas, mut n_points, mut n_digits) = (0, 0, 0);
    for byte in text.bytes() {
        match byte {
            b',' => n_commas += 1,
            b'.' => n_points += 1,
            b'0'..=b'9' => n_digits += 1,
            _ => {}
        }
    }
    if n_commas + n_points == 0 {
        let is_long = text.len() >= 4 && n_digits == text.len();
        return if is_long { Says::Ungrouped } else { Says::Nothing };
    }
    let digits = |piece: &str| !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit());
    let is_open = |mark: char| {
        let (first, rest) = text.split_once(mark).unwrap_or_default();
        digits(first) && first.len() <= 3 && !first.starts_with('0') && digits(rest) && rest.len() == 3
    };
    match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => Says::Comma,
        (Some(_), Some(_)) => Says::Point,
        (Some(_), None) if n_commas > 1 => Says::Point,
        (Some(_), None) if is_open(',') => Says::OpenComma,
        (Some(_), None) => Says::Comma,
        (None, Some(_)) if n_points > 1 => Says::Comma,
        (None, Some(_)) if is_open('.') => Says::OpenPoint,
        (None, Some(_)) => Says::Point,
        (None, None) => Says::Nothing,
    }
}

/// The number of a text without the unit behind it.
pub(super) fn without_unit(text: &str) -> (&str, &str) {
    // Nearly every number is one alone.
    if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')) {
        return (text, "");
    }
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '³' | ' ' | '.')).len();
    let has_unit = text.get(digits..).is_some_and(|rest| rest.contains(char::is_alphabetic) || rest.contains('³'));
    let cut = match has_unit {
        _ if text.ends_with("m3") || text.ends_with("M3") => text.len() - 2,
        true => digits,
        false => text.len(),
    };
    let (number, unit) = text.split_at_checked(cut).unwrap_or((text, ""));
    (number.trim(), unit.trim().trim_matches('.'))
}

/// Counts what the values of a column say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    ungrouped: u64,
    point: u64,
    comma: u64,
    open_point: u64,
    open_comma: u64,
}

impl Marks {
    /// A value of the column.
    pub fn see(&mut self, cell: &[u8]) {
        let says = plain::says(cell).unwrap_or_else(|| says(without_unit(text_of(cell).trim()).0));
        let counter = match says {
            Says::Nothing => return,
            Says::Ungrouped => &mut self.ungrouped,
            Says::Point => &mut self.point,
            Says::Comma => &mut self.comma,
            Says::OpenPoint => &mut self.open_point,
            Says::OpenComma => &mut self.open_comma,
        };
        *counter += 1;
    }

    /// Adds those of another column.
    pub fn add(&mut self, other: Self) {
        self.ungrouped += other.ungrouped;
        self.point += other.point;
        self.comma += other.comma;
        self.open_point += other.open_point;
        self.open_comma += other.open_comma;
    }

    fn settled(self) -> Option<char> {
        match (self.point > 0, self.comma > 0) {
            (true, false) => Some('.'),
            (false, true) => Some(','),
            _ => None,
        }
    }

    /// The style of the column; what it leaves open the `others` of the table may settle.
    pub fn style(self, given: Option<char>, others: Self) -> Decimal {
        let is_mixed = self.point > 0 && self.comma > 0;
        let has_open = is_mixed || self.open_point + self.open_comma > 0;
        let settled = given.or(self.settled()).or_else(|| others.settled().filter(|_| self.point + self.comma == 0));
        if let Some(mark) = settled {
            return Decimal { mark, is_open: false };
        }
        let mark = if self.comma > self.point { ',' } else { '.' };
        // Who writes 21600 without a group mark means no groups by a point elsewhere.
        let groups_nothing = self.open_comma == 0 && self.point + self.comma == 0 && others.ungrouped > 0;
        Decimal { mark, is_open: has_open && !groups_nothing }
    }
}

/// Groups of three digits, or of two before the last three as India writes them; a number of one piece is grouped too.
fn is_grouped(whole: &str, is_mark: impl Fn(char) -> bool) -> bool {
    let groups: Vec<&str> = whole.split(is_mark).collect();
    let [first, middle @ .., last] = groups.as_slice() else { return true };
    let inner = |length: usize| middle.iter().all(|group| group.len() == length);
    last.len() == 3
        && (1..=3).contains(&first.trim_start_matches('-').len())
        && (inner(3) || first.len() <= 2 && inner(2))
}

/// Reads a number with this decimal mark, as plain decimal text.
fn plain(text: &str, mark: char) -> Option<Cow<'_, str>> {
    let is_plain = |byte: u8| byte.is_ascii_digit() || (byte == b'.' && mark == '.');
    if text.bytes().all(is_plain) {
        return Some(text.into());
    }
    let other = if mark == ',' { '.' } else { ',' };
    let is_group_mark = |c: char| c == other || matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '’');
    let (whole, fraction) = text.split_once(mark).map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    if fraction.is_some_and(|rest| rest.contains(is_group_mark)) || !is_grouped(whole, is_group_mark) {
        return None;
    }
    let mut marks = whole.chars().filter(|c| is_group_mark(*c));
    let first = marks.next();
    if marks.any(|c| Some(c) != first) {
        return None;
    }
    let digits: String = whole.chars().filter(|c| !is_group_mark(*c)).collect();
    Some(fraction.map_or(digits.clone(), |rest| format!("{digits}.{rest}")).into())
}

fn number(text: &str, mark: char) -> Option<f64> {
    plain(text, mark)?.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)
}

impl Decimal {
    /// A number that nothing but its digits and the point of its column are written with; `None`: look closer.
    #[inline]
    pub fn plain(self, text: &[u8]) -> Option<f64> {
        plain::number(text, self.mark == '.' && !self.is_open)
    }

    /// A number, and how surely it was read.
    pub fn read(self, text: &str) -> Option<Reading> {
        let text = text.trim();
        let other = if self.mark == ',' { '.' } else { ',' };
        let (says, own, against) = (says(text), number(text, self.mark), || number(text, other));
        match (says, own) {
            (Says::OpenPoint | Says::OpenComma, Some(own)) if self.is_open => {
                Some(against().map_or(Reading::Plain(own), |against| Reading::Open(own, against)))
            }
            (_, Some(own)) => Some(Reading::Plain(own)),
            (Says::Point | Says::Comma, None) => against().map(Reading::Against),
            _ => None,
        }
    }

    /// An amount as plain decimal text, so that nothing is rounded.
    pub fn amount(self, text: &str) -> Option<Cow<'_, str>> {
        plain(text.trim(), self.mark)
    }
}

/// Counts what dates say about their order.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Order {
    day_first: u64,
    month_first: u64,
    open: u64,
}

impl Order {
    /// A value of a column of dates.
    pub fn see(&mut self, text: &str) {
        // A year first says nothing of days and months.
        if text.bytes().take_while(u8::is_ascii_digit).count() > 2 {
            return;
        }
        let Some(found) = dates::pieces(text).filter(|found| found.named.is_none() && found.widths[0] <= 2) else {
            return;
        };
        let [a, b, _] = found.numbers;
        match (a > 12, b > 12) {
            (true, false) => self.day_first += 1,
            (false, true) => self.month_first += 1,
            (false, false) if a != b => self.open += 1,
            _ => {}
        }
    }

    /// What the table most likely means.
    pub fn style(self, given: Option<DateOrder>) -> Dates {
        let by_values = if self.month_first > self.day_first { DateOrder::Mdy } else { DateOrder::Dmy };
        let is_mixed = self.day_first > 0 && self.month_first > 0;
        let is_open = given.is_none() && self.open > 0 && (is_mixed || self.day_first + self.month_first == 0);
        Dates { order: given.unwrap_or(by_values), is_open }
    }
}

impl Dates {
    /// A day or a time.
    pub fn read(self, text: &str) -> Option<Day> {
        let read = dates::day(text, self.order)?;
        // Three pieces of two digits may be six days, whatever the other rows say.
        let is_open = read.is_open && (self.is_open || read.short_year && !self.fits_only(text));
        Some(Day { is_open, ..read })
    }

    /// True where a day above 12 or a year above 31 settles which piece is which.
    fn fits_only(self, text: &str) -> bool {
        dates::pieces(text).is_some_and(|found| found.numbers.iter().any(|n| *n > 12))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(texts: &[&str], others: &[&str]) -> Decimal {
        let (mut own, mut all) = (Marks::default(), Marks::default());
        texts.iter().for_each(|text| own.see(text.as_bytes()));
        others.iter().for_each(|text| all.see(text.as_bytes()));
        all.add(own);
        own.style(None, all)
    }

    #[test]
    fn marks_by_all_values_of_a_column() {
        use Reading::*;
        for (column, others, text, expected) in [
            (&["24,5", "21.600"][..], &[][..], "21.600", Some(Plain(21600.0))),
            (&["24.5", "21,600"], &[], "21,600", Some(Plain(21600.0))),
            (&["1.234.567,8"], &[], "1.234.567,8", Some(Plain(1_234_567.8))),
            (&["1 234,5"], &[], "1 234,5", Some(Plain(1234.5))),
            (&["1'234.5"], &[], "1'234.5", Some(Plain(1234.5))),
            (&["1.5"], &[], "12,34,567.8", Some(Plain(1_234_567.8))),
            (&["0.500"], &[], "0.500", Some(Plain(0.5))),
            // Nothing settles it: both readings are told.
            (&["21,600"], &[], "21,600", Some(Open(21600.0, 21.6))),
            (&["21.600", "9.600"], &[], "9.600", Some(Open(9.6, 9600.0))),
            // Other columns do, or numbers that are not grouped.
            (&["21.600"], &["24,5"], "21.600", Some(Plain(21600.0))),
            (&["21.600"], &["24.5"], "21.600", Some(Plain(21.6))),
            (&["21.600"], &["19200"], "21.600", Some(Plain(21.6))),
            // One cell against its column.
            (&["1,234.56", "9600.5", "7,5"], &[], "7,5", Some(Against(7.5))),
            (&["1,234.56", "1.234,56"], &[], "1.234,56", Some(Against(1234.56))),
            (&["1,234.56", "1.234,56"], &[], "2,345", Some(Open(2345.0, 2.345))),
        ] {
            assert_eq!(decimal(column, others).read(text), expected, "{column:?} {text}");
        }
        // Groups that are none: two decimal marks, or a number that was cut.
        for broken in ["1.234.56", "12.34.5", "1234.567.8", "1,2,3", ".5.5", "12-13", "2x450", "", "-5", "1 234'567"] {
            assert_eq!(decimal(&["1.234.567,8"], &[]).read(broken).filter(|_| broken != ".5.5"), None, "{broken}");
        }
    }

    /// What is read at a glance is what a closer look reads.
    #[test]
    fn plain_numbers_are_read_alike() {
        let texts =
            ["0", "7", "21600", "12.1", "9.600", "0.600", "12.", ".5", ".", "1.2.3", "1,5", "", "-5", "1234.567"];
        for (mark, is_open) in [('.', false), ('.', true), (',', false), (',', true)] {
            let decimal = Decimal { mark, is_open };
            for text in texts {
                let plain = decimal.plain(text.as_bytes());
                assert!(plain.is_none_or(|plain| decimal.read(text) == Some(Reading::Plain(plain))), "{mark} {text}");
                assert!(plain::says(text.as_bytes()).is_none_or(|plain| plain == says(text)), "{text}");
            }
        }
        assert_eq!(Decimal { mark: '.', is_open: false }.plain(b"9.600"), Some(9.6));
    }

    #[test]
    fn units_behind_numbers() {
        for (text, expected) in [
            ("21.6 MT", ("21.6", "MT")),
            ("24.2m3", ("24.2", "m3")),
            ("24 m³", ("24", "m³")),
            ("1,200 kgs.", ("1,200", "kgs")),
            ("21600", ("21600", "")),
            ("21600.", ("21600.", "")),
        ] {
            assert_eq!(without_unit(text), expected, "{text}");
        }
    }

    #[test]
    fn date_orders_by_all_values() {
        let iso = |column: &[&str], text: &str| {
            let mut order = Order::default();
            column.iter().for_each(|text| order.see(text));
            order.style(None).read(text).map(|day| (day.iso, day.is_open))
        };
        let is = |iso: &str, is_open: bool| Some((iso.to_owned(), is_open));
        assert_eq!(iso(&["31/12/2014"], "03/02/2014"), is("2014-02-03", false));
        assert_eq!(iso(&["12/31/2014"], "03/02/2014"), is("2014-03-02", false));
        assert_eq!(iso(&["03/02/2014"], "03/02/2014"), is("2014-02-03", true));
        assert_eq!(iso(&["31/12/2014", "12/31/2014", "03/02/2014"], "03/02/2014"), is("2014-02-03", true));
        assert_eq!(iso(&["03-04-05"], "03-04-05"), is("2005-04-03", true));
        assert_eq!(iso(&[], "2014年3月2日"), is("2014-03-02", false));
        assert_eq!(iso(&[], "soon"), None);
    }
}
