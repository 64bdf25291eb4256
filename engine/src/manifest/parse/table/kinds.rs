//! What a row below the header is: goods, or what people put between them.
//!
//! In: one record and the columns. Out: its kind. Totals, repeated headers, years, rules and footers are no bills; they are
//! counted, told and kept as unmapped. A row in doubt is goods: a bill too many is seen, a bill too few is not.

use super::super::super::vocabulary;
use super::column::Column;
use super::columns::Columns;
use super::sheet::text_of;
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
pub(super) fn kind(record: &csv::ByteRecord, columns: &Columns, header: &[csv::ByteRecord]) -> Kind {
    let filled = || record.iter().enumerate().filter(|(_, cell)| !cell.trim_ascii().is_empty());
    let n_filled = filled().count();
    if n_filled == 0 {
        return Kind::Blank;
    }
    if header.iter().any(|header| repeats(record, header)) {
        return Kind::Header;
    }
    let first = filled().next().map(|(_, cell)| cell).unwrap_or_default();
    let is_apart = is_rule(first) && filled().all(|(_, cell)| is_rule(cell))
        || may_be_period(first) && filled().all(|(_, cell)| is_period(&text_of(cell)));
    if is_apart {
        return Kind::Separator;
    }
    if is_total(record, columns) {
        return Kind::Total;
    }
    if n_filled == 1
        && let Some((n, cell)) = filled().next()
    {
        return lone(n, &text_of(cell), columns);
    }
    Kind::Goods
}

/// Most cells are those of the header.
fn repeats(record: &csv::ByteRecord, header: &csv::ByteRecord) -> bool {
    let (mut filled, mut same) = (0, 0);
    for (n, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.trim_ascii().is_empty()) {
        filled += 1;
        same += usize::from(header.get(n).is_some_and(|own| own.trim_ascii().eq_ignore_ascii_case(cell.trim_ascii())));
    }
    same * 5 >= filled * 4 && same > 0
}

/// Dashes, dots, stars: a drawn line. A lone dash says that a value is not there.
fn is_rule(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.len() >= 3 && cell.iter().all(|byte| matches!(byte, b'-' | b'=' | b'_' | b'*' | b'.' | b'~' | b'#' | b'+'))
}

/// Its first text begins with a word for totals, no other cell says what the goods are, and numbers follow or nothing.
fn is_total(record: &csv::ByteRecord, columns: &Columns) -> bool {
    let cells = || record.iter().enumerate().map(|(n, cell)| (columns.at(n), text_of(cell)));
    let is_word = |text: &str| vocabulary::is_total(text);
    if !cells().any(|(_, text)| is_word(&text)) {
        return false;
    }
    let (mut texts, mut texts_of_bill, mut is_in_goods) = (0, 0, false);
    for (column, text) in cells() {
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
    cell.len() <= dates::MAX_DATE_BYTES && cell.iter().any(u8::is_ascii_digit)
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
