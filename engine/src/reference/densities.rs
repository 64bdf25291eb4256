//! Densities and unit values of woods.
//!
//! Sources: datasets/densities/card.toml, datasets/values/card.toml.

use rustc_hash::FxHashMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence, genus_of};
use super::load::DataSource;

/// Air-dry density of a species or genus.
#[derive(Debug, Clone, Deserialize)]
pub struct Density {
    /// Species, or `Genus spp.`.
    pub taxon: String,
    /// Lowest, kg/m³ at about 12 % moisture.
    pub air_dry_min_kg_m3: f64,
    /// Highest, kg/m³; logs may have 1.3 times as much.
    pub air_dry_max_kg_m3: f64,
    /// Typical, kg/m³.
    pub typical_kg_m3: f64,
    /// Specimens behind the range.
    pub n_samples: Option<u32>,
    /// `high`, `medium`, `low` or `genus`.
    pub quality: String,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// Unit value of a wood: an order of magnitude.
#[derive(Debug, Clone, Deserialize)]
pub struct UnitValue {
    /// Species, or `Genus spp.`.
    pub taxon: String,
    /// Lower end per unit.
    pub value_low: f64,
    /// Upper end per unit.
    pub value_high: f64,
    /// ISO 4217.
    pub currency: String,
    /// `m3` or `t`.
    pub per: String,
    /// What it rests on.
    pub note: String,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All densities and values, by taxon.
#[derive(Debug, Clone, Default)]
pub struct Densities {
    rows: Vec<Density>,
    values: Vec<UnitValue>,
    by_taxon: FxHashMap<String, usize>,
}

impl Densities {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Density> = fields::rows(source, "densities", faults)?;
        let values = fields::rows(source, "values", faults)?;
        let by_taxon = rows.iter().enumerate().map(|(n, row)| (row.taxon.clone(), n)).collect();
        Ok(Self { rows, values, by_taxon })
    }

    /// All densities, in the order of the table.
    pub fn rows(&self) -> &[Density] {
        &self.rows
    }

    /// All values, in the order of the table.
    pub fn values(&self) -> &[UnitValue] {
        &self.values
    }

    /// Density of a species, else of its genus.
    pub fn of(&self, taxon: &str) -> Option<&Density> {
        let genus = || self.by_taxon.get(&[genus_of(taxon), " spp."].concat());
        self.by_taxon.get(taxon).or_else(genus).and_then(|n| self.rows.get(*n))
    }

    /// Unit value of a species, else of its genus.
    pub fn value_of(&self, taxon: &str) -> Option<&UnitValue> {
        let find = |name: &str| self.values.iter().find(|row| row.taxon == name);
        find(taxon).or_else(|| find(&[genus_of(taxon), " spp."].concat()))
    }
}
