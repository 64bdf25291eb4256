//! The summary of how a table was read.

use std::collections::BTreeMap;

use super::super::super::summary::{ColumnRead, ReadingSummary};
use super::column::Column;
use super::columns::Columns;
use super::header::Header;
use super::kinds::Kind;
use super::mapping::{By, DateOrder};
use super::sheet::Sheet;

/// What was taken for what, and how many rows became how many bills.
pub(super) fn summary(
    sheet: &Sheet,
    header: &Header,
    columns: &Columns,
    counts: &BTreeMap<Kind, u64>,
    n_bills: u64,
) -> ReadingSummary {
    let places = columns.headers.iter().zip(&columns.taken);
    let read = places.clone().filter_map(|(header, taken)| {
        let taken = taken.as_ref()?;
        Some(ColumnRead {
            header: header.clone(),
            column: taken.column.name().to_owned(),
            why: why(taken.by).to_owned(),
            unit: columns.unit(taken.column).map(str::to_owned),
            decimal: taken.column.is_number().then(|| columns.decimal(taken.column).mark),
        })
    });
    let unread = places.clone().filter(|(header, taken)| taken.is_none() && !header.is_empty());
    let head =
        Column::ALL.iter().filter_map(|column| Some((column.name().to_owned(), columns.constant(*column)?.to_owned())));
    let has_dates = Column::ALL.iter().any(|column| column.is_date() && columns.has(*column));
    let left = counts.iter().filter(|(kind, _)| !matches!(kind, Kind::Goods | Kind::Blank));
    ReadingSummary {
        format: sheet.format.to_owned(),
        sheet: sheet.sheet.clone(),
        header_rows: (sheet.rows.number(header.first), sheet.rows.number(header.last)),
        columns: read.collect(),
        unread: unread.map(|(header, _)| header.clone()).collect(),
        head: head.collect(),
        dates: has_dates.then(|| order(columns.dates.order).to_owned()),
        n_rows: counts.get(&Kind::Goods).copied().unwrap_or(0),
        n_bills,
        left_over: left.map(|(kind, n)| (kind.name().to_owned(), *n)).collect(),
    }
}

fn why(by: By) -> &'static str {
    match by {
        By::File => "mapping file",
        By::Name => "its own name",
        By::Words => "its words",
        By::Word => "its word",
        By::Vague => "what stands under it",
    }
}

fn order(dates: DateOrder) -> &'static str {
    match dates {
        DateOrder::Dmy => "day, month, year",
        DateOrder::Mdy => "month, day, year",
        DateOrder::Ymd => "year, month, day",
    }
}
