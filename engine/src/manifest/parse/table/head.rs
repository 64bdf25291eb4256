//! A head of keys and values above the header (`Vessel: …`, `Port of loading | …`) is said of every row.
//!
//! In: the rows above the header. Out: constants of the columns that the table does not have itself, with a note each. Only what
//! is said of a whole bill or voyage is taken; the rest stays unmapped.

use super::super::super::fault::{Fault, Severity};
use super::column::Column;
use super::columns::Columns;
use super::header::Header;
use super::mapping::Mapping;
use super::record::text_of;
use super::rows::Rows;
use super::under;

/// Letters of a key at most.
const MAX_KEY_BYTES: usize = 80;

/// Reads the head into the constants. Gives the rows that it is made of, which need not be kept as unmapped.
pub(super) fn read(rows: &Rows, header: &Header, mapping: &Mapping, columns: &mut Columns) -> Vec<usize> {
    let mut understood = Vec::new();
    for n in 0..header.first {
        let record = rows.get(n);
        let cells: Vec<String> =
            record.iter().map(|cell| text_of(cell).trim().to_owned()).filter(|cell| !cell.is_empty()).collect();
        let pairs = pairs(&cells, mapping);
        let n_used: usize = pairs.iter().map(|pair| pair.n_cells).sum();
        if n_used == cells.len() && !cells.is_empty() {
            understood.push(n);
        }
        for pair in pairs {
            take(pair, rows.number(n), columns);
        }
    }
    understood
}

struct Pair {
    column: Column,
    key: String,
    value: String,
    n_cells: usize,
}

/// The keys and values of one row.
fn pairs(cells: &[String], mapping: &Mapping) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut n = 0;
    while let Some(cell) = cells.get(n) {
        let in_one = cell.split_once([':', '：']).map(|(key, value)| (key.trim(), value.trim()));
        let (key, value, n_cells) = match in_one {
            Some((key, value)) if !value.is_empty() => (key, Some(value), 1),
            Some((key, _)) => (key, cells.get(n + 1).map(String::as_str), 2),
            None => (cell.as_str(), cells.get(n + 1).map(String::as_str), 2),
        };
        let column = column_of(key, mapping);
        let value =
            value.filter(|value| n_cells == 1 || column_of(value.trim_end_matches([':', '：']), mapping).is_none());
        match (column, value) {
            (Some(column), Some(value)) => {
                pairs.push(Pair { column, key: key.to_owned(), value: value.to_owned(), n_cells });
                n += n_cells;
            }
            _ => n += 1,
        }
    }
    pairs
}

/// What a key of the head means, if it is of a whole bill or voyage.
fn column_of(key: &str, mapping: &Mapping) -> Option<Column> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return None;
    }
    let taken = mapping.meaning(key).filter(|taken| taken.is_named())?;
    (taken.column.is_of_bill() || taken.column == Column::Origin).then_some(taken.column)
}

/// Sets a constant, where neither the table nor the mapping says it.
fn take(pair: Pair, row: u64, columns: &mut Columns) {
    let is_day = under::is_day(&pair.value);
    let column = match pair.column {
        Column::Departure if is_day => Column::DepartedAt,
        Column::Arrival if is_day => Column::ArrivesAt,
        column if column.is_place() && is_day => return,
        column => column,
    };
    if columns.has(column) {
        return;
    }
    let at = format!("row {row} {}", pair.key);
    let Some(slot) = columns.constants.get_mut(column as usize) else { return };
    match slot {
        Some(known) if *known == pair.value => {}
        Some(known) => {
            let expected = format!("the same as before, `{known}`, which counts");
            columns.faults.push(Fault::new("differs_within_head", Severity::Doubt, at, &pair.value, &expected));
        }
        None => {
            let expected = format!("`{}` of every row: read from above the table", column.name());
            columns.faults.push(Fault::new("read_from_head", Severity::Note, at, &pair.value, &expected));
            *slot = Some(pair.value);
        }
    }
}
