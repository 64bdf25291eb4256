//! What the bill of a row is called, in short: rows of one bill are chained by it.
//!
//! In: the cells of a row. Out: 128 bits that stand for the reference of its manifest and its bill together. They are two hashes
//! with keys that are drawn anew for each table and known to nobody, so that no sender can write two bills that meet.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use super::column::Column;
use super::columns::Columns;
use super::record::Cells;

/// A bill, as far as rows are told apart.
pub(super) type Name = [u32; 4];

/// Gives bills their names.
#[derive(Debug, Default)]
pub(super) struct Names {
    keys: [RandomState; 2],
}

impl Names {
    /// What a row's bill is called; `None` when it names none.
    pub fn of(&self, cells: Cells<'_>, columns: &Columns) -> Option<Name> {
        let said = |column: Column| {
            let text = columns.place_of(column).and_then(|n| cells.text(n));
            text.filter(|text| !text.trim().is_empty())
        };
        let (bill, reference) = (said(Column::BillOfLading), said(Column::ManifestReference));
        let bill = bill.as_deref().map(str::trim).or_else(|| columns.constant(Column::BillOfLading))?;
        let reference = reference.as_deref().map(str::trim).or_else(|| columns.constant(Column::ManifestReference));
        let named = (reference.unwrap_or_default(), bill);
        let [a, b] = self.keys.each_ref().map(|key| key.hash_one(named));
        Some([a as u32, (a >> 32) as u32, b as u32, (b >> 32) as u32])
    }
}
