//! Stores for seized goods.
//!
//! In: a port, or a country. Out: stores, with the room that they have when they are empty. Not here: what lies in them. Source:
//! datasets/storage-sites/card.toml.

use serde::{Deserialize, Serialize};

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;

/// A store for goods that were seized.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StorageSite {
    /// Its id, as lines of custody name it.
    pub site: String,
    /// UN/LOCODE of the port it lies at.
    pub locode: String,
    pub name: String,
    /// Room for stacked goods.
    pub volume_m3: f64,
    /// What its floor bears.
    pub mass_kg: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_a_day: Option<f64>,
    pub currency: String,
    /// `yes` or `no`
    pub is_secure: String,
    pub confidence: Confidence,
}

/// All stores, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct StorageSites {
    rows: Vec<StorageSite>,
}

impl StorageSites {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "storage-sites", faults)? })
    }

    /// Stores at a port, and then those of its country.
    pub fn near(&self, locode: &str) -> Vec<&StorageSite> {
        let country = locode.get(..2).unwrap_or_default();
        let mut found: Vec<&StorageSite> =
            self.rows.iter().filter(|site| site.locode.get(..2) == Some(country)).collect();
        found.sort_by_key(|site| site.locode != locode);
        found
    }
}
