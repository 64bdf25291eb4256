//! Taxa that names keep apart and the law counts as one.
//!
//! In: an accepted name. Out: the accepted name under which listings, measures and permits count it.
//! Source: datasets/united-taxa/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields;
use super::load::DataSource;

/// One taxon that counts as another.
#[derive(Debug, Clone, Deserialize)]
pub struct UnitedTaxon {
    /// As goods texts and papers have it.
    pub taxon: String,
    /// Accepted taxon.
    pub counts_as: String,
}

/// Every taxon that counts as another, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct UnitedTaxa {
    rows: Vec<UnitedTaxon>,
}

impl UnitedTaxa {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "united-taxa", faults)? })
    }

    /// The name that the law counts `taxon` under: another accepted one, or its own.
    pub fn counted<'a>(&'a self, taxon: &'a str) -> &'a str {
        self.rows.iter().find(|row| row.taxon == taxon).map_or(taxon, |row| row.counts_as.as_str())
    }
}
