//! What the bill of a row is called, in short: rows of one bill are chained by it.
//!
//! In: the cells of a row. Out: 96 bits that stand for the reference of its manifest and its bill together: 64 of a hash whose
//! keys are drawn anew for each table, so that no sender can write bills that meet, and 32 of one that has nothing in common
//! with it. A million bills are remembered by them.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

use super::super::super::reading::trimmed;
use super::column::Column;
use super::columns::Columns;
use super::record::Cells;

/// A bill, as far as rows are told apart.
pub(super) type Name = [u32; 3];

/// Gives bills their names.
#[derive(Default)]
pub(super) struct Names {
    keyed: RandomState,
    plain: FxBuildHasher,
}

impl Names {
    /// What a row's bill is called; `None` when it names none.
    pub fn of(&self, cells: Cells<'_>, columns: &Columns) -> Option<Name> {
        let said = |column: Column| {
            let text = columns.place_of(column).and_then(|n| cells.text(n));
            text.filter(|text| !trimmed(text).is_empty())
        };
        let bill = said(Column::BillOfLading);
        let bill = bill.as_deref().map(trimmed).or_else(|| columns.constant(Column::BillOfLading))?;
        if !columns.fills(Column::ManifestReference) {
            return Some(self.name(bill));
        }
        let reference = said(Column::ManifestReference);
        let reference = reference.as_deref().map(trimmed).or_else(|| columns.constant(Column::ManifestReference));
        Some(self.name((reference.unwrap_or_default(), bill)))
    }

    fn name(&self, named: impl Hash + Copy) -> Name {
        let (a, b) = (self.keyed.hash_one(named), self.plain.hash_one(named));
        [a as u32, (a >> 32) as u32, (b >> 32) as u32]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_is_named_by_its_reference_too() {
        let names = Names::default();
        assert_eq!(names.name(("M1", "B1")), names.name(("M1", "B1")));
        for other in [("M1", "B2"), ("M2", "B1"), ("M", "1B1"), ("", "M1B1")] {
            assert_ne!(names.name(("M1", "B1")), names.name(other), "{other:?}");
        }
    }
}
