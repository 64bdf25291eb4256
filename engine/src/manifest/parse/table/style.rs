//! How a table writes numbers and dates: told once from all its values, and stated.

use std::borrow::Cow;

use super::mapping::DateOrder;

/// Decimal mark and date order of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// `.` or `,`.
    pub decimal: char,
    /// Order of `01/02/2014`.
    pub dates: DateOrder,
    /// The values left both orders open.
    pub dates_ambiguous: bool,
    /// Values such as `21,600` left both marks open.
    pub decimal_ambiguous: bool,
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

/// Counts what the values say.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    comma_decimal: u64,
    point_decimal: u64,
    comma_open: u64,
    point_open: u64,
    day_first: u64,
    month_first: u64,
    open_dates: u64,
}

impl Evidence {
    /// A value of a column of numbers.
    pub fn number(&mut self, text: &str) {
        let text = text.trim();
        let (comma, point) = (text.rfind(','), text.rfind('.'));
        let grouped = |mark: char| {
            let mut groups = text.split(mark);
            let first = groups
                .next()
                .is_some_and(|group| (1..=3).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_digit()));
            first && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
        };
        match (comma, point) {
            (Some(comma), Some(point)) if comma > point => self.comma_decimal += 1,
            (Some(_), Some(_)) => self.point_decimal += 1,
            (Some(_), None) if text.matches(',').count() > 1 => self.point_decimal += 1,
            (Some(_), None) if grouped(',') && !text.starts_with('0') => self.comma_open += 1,
            (Some(_), None) => self.comma_decimal += 1,
            (None, Some(_)) if text.matches('.').count() > 1 => self.comma_decimal += 1,
            (None, Some(_)) if grouped('.') && !text.starts_with('0') => self.point_open += 1,
            (None, Some(_)) => self.point_decimal += 1,
            (None, None) => {}
        }
    }

    /// A value of a column of dates.
    pub fn date(&mut self, text: &str) {
        let Some([a, b, _]) = pieces(text).filter(|[a, ..]| *a < 1000) else { return };
        if a > 12 {
            self.day_first += 1;
        } else if b > 12 {
            self.month_first += 1;
        } else if a != b {
            self.open_dates += 1;
        }
    }

    /// What the table most likely means. A point is the decimal mark unless values speak for the comma.
    pub fn style(&self, decimal: Option<char>, dates: Option<DateOrder>) -> Style {
        let comma = self.comma_decimal > self.point_decimal;
        let by_values = if self.month_first > self.day_first { DateOrder::Mdy } else { DateOrder::Dmy };
        let settled = self.comma_decimal + self.point_decimal > 0;
        Style {
            decimal: decimal.unwrap_or(if comma { ',' } else { '.' }),
            dates: dates.unwrap_or(by_values),
            dates_ambiguous: dates.is_none() && self.open_dates > 0 && self.day_first + self.month_first == 0,
            decimal_ambiguous: decimal.is_none() && !settled && self.comma_open > 0,
        }
    }
}

/// The three numbers of a date such as `31/12/2014`, `31.12.14` or `2014年12月31日`.
fn pieces(text: &str) -> Option<[u32; 3]> {
    let day = text.trim().split([' ', 'T']).next()?;
    let mut numbers = day.split(|c: char| !c.is_ascii_digit()).filter(|piece| !piece.is_empty()).map(str::parse::<u32>);
    let pieces = [numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?];
    numbers.next().is_none().then_some(pieces)
}

impl Style {
    /// A number as plain decimal text.
    pub fn plain<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        let is_plain = |byte: u8| byte.is_ascii_digit() || (byte == b'.' && self.decimal == '.');
        if text.bytes().all(is_plain) {
            return Some(text.into());
        }
        let other = if self.decimal == ',' { '.' } else { ',' };
        let is_group_mark = |c: char| c == other || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
        let (whole, fraction) = text.split_once(self.decimal).map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        if fraction.is_some_and(|rest| rest.contains(is_group_mark)) || !is_grouped(whole, is_group_mark) {
            return None;
        }
        let digits: String = whole.chars().filter(|c| !is_group_mark(*c)).collect();
        Some(fraction.map_or(digits.clone(), |rest| format!("{digits}.{rest}")).into())
    }

    /// A date or time as ISO 8601, where it has another shape.
    pub fn iso(&self, text: &str) -> Option<String> {
        let [a, b, c] = pieces(text)?;
        let (year, month, day) = match (a, self.dates) {
            (1000.., _) => (a, b, c),
            (_, DateOrder::Mdy) => (c, a, b),
            (_, DateOrder::Ymd) => (a, b, c),
            (_, DateOrder::Dmy) => (c, b, a),
        };
        let year = if year < 100 { 2000 + year } else { year };
        let time = text.trim().split_once([' ', 'T']).map(|(_, time)| time.trim()).filter(|time| !time.is_empty());
        let time = time.and_then(|time| {
            let mut pieces = time.trim_end_matches('Z').split(':').map(str::parse::<u32>);
            let (hour, minute) = (pieces.next()?.ok()?, pieces.next()?.ok()?);
            let second = pieces.next().and_then(Result::ok).unwrap_or(0);
            Some(format!("T{hour:02}:{minute:02}:{second:02}Z"))
        });
        Some(format!("{year:04}-{month:02}-{day:02}{}", time.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(numbers: &[&str], dates: &[&str]) -> Style {
        let mut evidence = Evidence::default();
        numbers.iter().for_each(|text| evidence.number(text));
        dates.iter().for_each(|text| evidence.date(text));
        evidence.style(None, None)
    }

    #[test]
    fn marks_by_all_values() {
        assert_eq!(style(&["24,5", "21.600"], &[]).plain("21.600").as_deref(), Some("21600"));
        assert_eq!(style(&["24.5", "21,600"], &[]).plain("21,600").as_deref(), Some("21600"));
        assert_eq!(style(&["1.234.567,8"], &[]).plain("1.234.567,8").as_deref(), Some("1234567.8"));
        assert!(style(&["21,600"], &[]).decimal_ambiguous && !style(&["24.0"], &[]).decimal_ambiguous);
        assert_eq!(style(&["1 234,5"], &[]).plain("1 234,5").as_deref(), Some("1234.5"));
        assert_eq!(style(&["1.5"], &[]).plain("12,34,567.8").as_deref(), Some("1234567.8"));
        // Groups that are none: two decimal marks, or a number that was cut.
        for broken in ["1.234.56", "12.34", "1234.567.8", "1,2", ".5.5"] {
            assert_eq!(style(&["1.234.567,8"], &[]).plain(broken).filter(|_| broken != "1,2"), None, "{broken}");
        }
    }

    #[test]
    fn date_orders_by_all_values() {
        let iso = |dates: &[&str], text: &str| style(&[], dates).iso(text);
        assert_eq!(iso(&["31/12/2014"], "03/02/2014").as_deref(), Some("2014-02-03"));
        assert_eq!(iso(&["12/31/2014"], "03/02/2014").as_deref(), Some("2014-03-02"));
        assert_eq!(iso(&[], "2014年3月2日").as_deref(), Some("2014-03-02"));
        assert_eq!(iso(&[], "02.03.14 09:30").as_deref(), Some("2014-03-02T09:30:00Z"));
        assert!(style(&[], &["03/02/2014"]).dates_ambiguous);
        assert_eq!(iso(&[], "soon"), None);
    }
}
