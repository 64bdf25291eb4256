//! Tables: rows become bills. One row per goods item and container; column names as in README of `datasets/samples`, or
//! by a [`Mapping`], or guessed from headers of the trade.
//!
//! Rows of one bill are joined by (manifest_reference, bill_of_lading). A bill-level figure that differs between its
//! rows is a fault, the first counts. Without a `bill_of_lading` column every row is a consignment of its own, named by
//! `line`, `id` or its row number: so a plain list of goods lines can be scored as it is.

mod bills;
mod borrowed;
mod column;
mod columns;
mod dates;
mod head;
mod header;
mod join;
mod kinds;
mod listed;
mod mapping;
mod names;
mod ordinary;
mod plain;
mod record;
mod row;
mod rows;
mod sheet;
mod style;
mod syntax;
mod told;
mod totals;
mod under;
mod values;

use super::super::fault::ManifestError;
use bills::Bills;
use columns::columns;

#[cfg(test)]
pub(in crate::manifest) use column::COLUMNS;
pub(super) use listed::{Listed, listed, looks_like_goods};
pub use mapping::Mapping;
pub(super) use record::Scratch;
pub(super) use rows::Rows;
pub(super) use sheet::{Block, Sheet};

/// True when the header of a table is understood.
pub(super) fn is_understood(rows: &Rows, mapping: &Mapping) -> bool {
    ordinary::header(rows, mapping).is_some()
}

/// How many columns the header names, for the choice of a delimiter.
pub(super) fn n_named(rows: &Rows, mapping: &Mapping) -> usize {
    let names = ordinary::header(rows, mapping).map(|header| header.names).unwrap_or_default();
    names.iter().filter(|name| mapping.meaning(name).is_some_and(|taken| taken.is_named())).count()
}

/// What the reader would do with the table, as a mapping file.
pub(super) fn guessed(sheet: &Sheet, mapping: &Mapping) -> Option<Mapping> {
    let header = ordinary::header(&sheet.rows, mapping)?;
    let columns = columns(sheet, &header, mapping);
    let mut guessed = mapping.clone();
    for (name, taken) in columns.headers.iter().zip(&columns.taken).filter(|(name, _)| !name.is_empty()) {
        let column = taken.as_ref().map(|taken| taken.column);
        // Of two places with one header the one that is read counts.
        let known = guessed.columns.entry(name.clone()).or_default();
        if let Some(column) = column {
            column.name().clone_into(known);
        }
        if let Some((column, unit)) = column.and_then(|column| Some((column, columns.unit(column)?))) {
            guessed.units.insert(column.name().to_owned(), unit.to_owned());
        }
    }
    guessed.header_row = usize::try_from(sheet.rows.number(header.first)).ok();
    guessed.header_rows = Some(header.last - header.first + 1).filter(|rows| *rows > 1);
    guessed.delimiter = sheet.delimiter;
    guessed.sheet.clone_from(&sheet.sheet);
    let read = columns.taken.iter().flatten().map(|taken| taken.column).filter(|column| column.is_number());
    let marks: Vec<style::Decimal> = read.map(|column| columns.decimal(column)).collect();
    // One mark for all; where columns differ, or are open, they are told from their values again.
    let first = marks.first().map_or('.', |decimal| decimal.mark);
    let is_one = marks.iter().all(|decimal| decimal.mark == first && !decimal.is_open);
    guessed.decimal = mapping.decimal.or(Some(first).filter(|_| is_one));
    guessed.dates = mapping.dates.or(Some(columns.dates.order).filter(|_| !columns.dates.is_open));
    Some(guessed)
}

/// The bills of a table, each one part, read again when they are asked for.
pub(super) fn manifests(sheet: Sheet, mapping: &Mapping) -> Result<Bills, ManifestError> {
    let Some(header) = ordinary::header(&sheet.rows, mapping) else {
        let why =
            "no header row names `description` or `bill_of_lading`, in these words or those of the trade".to_owned();
        return Err(ManifestError::Malformed { format: sheet.name, at: "row 1".into(), why });
    };
    let mut columns = columns(&sheet, &header, mapping);
    let head_rows = head::read(&sheet.rows, &header, mapping, &mut columns);
    Ok(Bills::new(sheet, header, head_rows, columns))
}
