//! What a row below the header is: goods, or what people put between them.
//!
//! In: the cells of a row and the columns. Out: its kind. Totals, repeated headers, years, rules and footers are no bills; they are
//! counted, told and kept as unmapped. A row in doubt is goods: a bill too many is seen, a bill too few is not.

use super::super::super::vocabulary;
use super::column::Column;
use super::columns::Columns;
use super::record::Cells;
use super::record::text_of;
use super::{dates, under};

/// Kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Goods,
    Blank,
    /// The header again, as on each page of a print.
    Header,
    /// Sums of rows above.
    Total,
    /// A year, a date, a rule of dashes: it parts groups.
    Separator,
    /// One lone text outside the goods column: a footer, a heading.
    Remark,
}

impl Kind {
    /// How the report calls rows of this kind.
    pub fn name(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Blank => "blank",
            Self::Header => "repeated header",
            Self::Total => "total",
            Self::Separator => "separator",
            Self::Remark => "remark",
        }
    }
}

/// What a row is.
pub(super) fn kind(cells: Cells<'_>, columns: &Columns, header: &[csv::ByteRecord]) -> Kind {
    let filled = || cells.filled().filter_map(|n| cells.get(n));
    let Some(first) = cells.filled().next() else { return Kind::Blank };
    let n_filled = cells.filled().count();
    if header.iter().any(|header| repeats(cells, n_filled, header)) {
        return Kind::Header;
    }
    let cell = cells.get(first).unwrap_or_default();
    let is_apart =
        is_rule(cell) && filled().all(is_rule) || may_be_period(cell) && filled().all(|cell| is_period(&text_of(cell)));
    if is_apart {
        return Kind::Separator;
    }
    if is_total(cells, columns) {
        return Kind::Total;
    }
    if n_filled == 1 { lone(first, &text_of(cell), columns) } else { Kind::Goods }
}

/// Most cells are those of the header.
fn repeats(cells: Cells<'_>, n_filled: usize, header: &csv::ByteRecord) -> bool {
    let mut n_others = 0;
    for n in cells.filled() {
        let own = cells.get(n).unwrap_or_default().trim_ascii();
        n_others += usize::from(!header.get(n).is_some_and(|cell| cell.trim_ascii().eq_ignore_ascii_case(own)));
        // Of nearly every row the first cells say so already.
        if n_others * 5 > n_filled {
            return false;
        }
    }
    true
}

/// Dashes, dots, stars: a drawn line. A lone dash says that a value is not there.
fn is_rule(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.len() >= 3 && cell.iter().all(|byte| matches!(byte, b'-' | b'=' | b'_' | b'*' | b'.' | b'~' | b'#' | b'+'))
}

/// Its first text begins with a word for totals, no other cell says what the goods are, and numbers follow or nothing.
fn is_total(cells: Cells<'_>, columns: &Columns) -> bool {
    let is_word = |text: &str| vocabulary::is_total(text);
    let has_word = |cell: &[u8]| vocabulary::may_be_total(cell) && is_word(&text_of(cell));
    if !cells.iter().any(has_word) {
        return false;
    }
    let (mut texts, mut texts_of_bill, mut is_in_goods) = (0, 0, false);
    for n in 0..cells.len() {
        let (column, text) = (columns.at(n), cells.text(n).unwrap_or_default());
        let text = text.trim();
        if is_word(text) {
            is_in_goods |= column.is_some_and(Column::names_goods);
            continue;
        }
        if !text.chars().any(char::is_alphabetic) {
            // A code of the goods is said of goods.
            if !text.is_empty() && column == Some(Column::HsCode) {
                return false;
            }
            continue;
        }
        // Numbers with their unit, or the unit beside them.
        let has_number = text.starts_with(|c: char| c.is_ascii_digit());
        let is_unit = super::super::units::unit(text).is_some() || vocabulary::is_label(text);
        let is_text = usize::from(!has_number && !is_unit);
        match column {
            Some(column) if column.is_of_bill() || column == Column::Container => texts_of_bill += is_text,
            _ => texts += is_text,
        }
    }
    // A total of a bill may name it, where the word stands in place of the goods.
    texts == 0 && (texts_of_bill == 0 || is_in_goods)
}

/// False for what is surely none: nearly every cell goes on where a day would have ended.
fn may_be_period(cell: &[u8]) -> bool {
    if cell.len() > dates::MAX_DATE_BYTES {
        return false;
    }
    let (n_numbers, longest) = dates::numbers(cell);
    // A number of more digits than a year is the eight of a whole day, or none of a day.
    let begins_in_eight = || cell.trim_ascii_start().iter().take_while(|byte| byte.is_ascii_digit()).count() == 8;
    n_numbers > 0 && (longest <= dates::MAX_YEAR_DIGITS || begins_in_eight())
}

/// A year or a day: it heads the rows below.
fn is_period(text: &str) -> bool {
    let text = text.trim();
    let is_year = text.len() == 4 && text.parse::<u32>().is_ok_and(|year| (1950..2100).contains(&year));
    is_year || under::is_day(text)
}

/// What one lone cell is. Goods stand under their header; so does a bill without goods, which must not vanish.
fn lone(n: usize, text: &str, columns: &Columns) -> Kind {
    let text = text.trim();
    let n_named = columns.taken.iter().flatten().count();
    match columns.at(n) {
        _ if n_named < 2 => Kind::Goods,
        Some(column) if column.names_goods() => Kind::Goods,
        Some(Column::BillOfLading) if !text.contains(' ') && text.contains(|c: char| c.is_ascii_digit()) => Kind::Goods,
        _ => Kind::Remark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told at a glance to be none is none at a closer look.
    #[test]
    fn years_and_days_part_groups() {
        for (text, is) in [
            ("2014", true),
            (" 14/03/2015 ", true),
            // A plain number is no day.
            ("20150314", false),
            ("20150314 10:00", true),
            ("Mar 14, 2015", true),
            ("14MAR2015", true),
            ("SYNB00000001", false),
            ("120150314", false),
            ("21600", false),
            ("B 1", false),
            ("", false),
        ] {
            assert_eq!(may_be_period(text.as_bytes()) && is_period(text), is, "{text}");
            assert!(may_be_period(text.as_bytes()) || !is_period(text), "{text}");
        }
    }
}
