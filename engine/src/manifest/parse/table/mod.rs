//! Tables: rows become bills. One row per goods item and container; column names as in README of `datasets/samples`, or
//! by a [`Mapping`], or guessed from headers of the trade.
//!
//! Rows of one bill are joined by (manifest_reference, bill_of_lading). A bill-level figure that differs between its
//! rows is a fault, the first counts. Without a `bill_of_lading` column every row is a consignment of its own, named by
//! `line`, `id` or its row number: so a plain list of goods lines can be scored as it is.

mod bills;
mod column;
mod columns;
mod join;
mod mapping;
mod row;
mod rows;
mod sheet;
mod style;

use super::super::fault::ManifestError;
use bills::Bills;
use column::Column;
use columns::columns;
use sheet::text_of;

#[cfg(test)]
pub(in crate::manifest) use column::COLUMNS;
pub use mapping::Mapping;
pub(super) use rows::Rows;
pub(super) use sheet::Sheet;

/// Rows that are looked at for the header: titles and addresses of the sender may stand above it.
const HEADER_ROWS: usize = 30;

/// Index of the header row: the one the mapping names, else the first that names a description or a bill and another
/// column, else the first row if it names one of the two.
pub(super) fn header_row(rows: &Rows, mapping: &Mapping) -> Option<usize> {
    if let Some(row) = mapping.header_row {
        return (0..rows.len()).find(|n| rows.number(*n) == row as u64);
    }
    let first: Vec<csv::ByteRecord> = (0..rows.len().min(HEADER_ROWS)).map(|n| rows.get(n)).collect();
    let names = |record: &csv::ByteRecord| {
        record
            .iter()
            .filter_map(|cell| mapping.column(&text_of(cell)).map(|(column, _)| column.to_owned()))
            .collect::<Vec<_>>()
    };
    let leads = |columns: &[String]| {
        let leading = [Column::Description, Column::BillOfLading];
        columns.iter().any(|column| leading.iter().any(|leading| leading.name() == column))
    };
    let several = first.iter().position(|record| {
        mapping.understood(record.iter().map(text_of).collect::<Vec<_>>().iter().map(AsRef::as_ref)) >= 2
            && leads(&names(record))
    });
    several.or_else(|| first.iter().position(|record| leads(&names(record))))
}

/// What the reader would do with the table, as a mapping file.
pub(super) fn guessed(sheet: &Sheet, mapping: &Mapping) -> Option<Mapping> {
    let at = header_row(&sheet.rows, mapping)?;
    let columns = columns(sheet, at, mapping);
    let mut guessed = mapping.clone();
    guessed.columns = columns
        .headers
        .iter()
        .zip(&columns.canonical)
        .filter(|(header, _)| !header.is_empty())
        .map(|(header, column)| (header.clone(), column.map(Column::name).unwrap_or_default().to_owned()))
        .collect();
    guessed.header_row = usize::try_from(sheet.rows.number(at)).ok();
    guessed.delimiter = sheet.delimiter;
    guessed.sheet.clone_from(&sheet.sheet);
    guessed.decimal = Some(columns.style.decimal);
    guessed.dates = Some(columns.style.dates);
    Some(guessed)
}

/// The bills of a table, each one part, read again when they are asked for.
pub(super) fn manifests(sheet: Sheet, mapping: &Mapping) -> Result<Bills, ManifestError> {
    let Some(at) = header_row(&sheet.rows, mapping) else {
        let why =
            "no header row names `description` or `bill_of_lading`, in these words or those of the trade".to_owned();
        return Err(ManifestError::Malformed { format: sheet.name, at: "row 1".into(), why });
    };
    let columns = columns(&sheet, at, mapping);
    Ok(Bills::new(sheet, at, columns, mapping.clone()))
}
