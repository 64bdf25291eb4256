//! Where artificial propagation can supply the trade in a wood, and where it cannot.
//!
//! Source: datasets/plantations/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Certainty, taxon_meets};
use super::load::DataSource;
use crate::codes::CountryCode;

/// What is known of plantations of one taxon.
#[derive(Debug, Clone, Deserialize)]
pub struct Plantation {
    /// Species, or `Genus spp.`.
    pub taxon: String,
    /// Countries of origin.
    #[serde(deserialize_with = "fields::parts")]
    pub countries: Vec<CountryCode>,
    /// False: no plantation there supplies trade.
    #[serde(deserialize_with = "fields::flag")]
    pub supplies: bool,
}

/// Where woods of ours are grown, by taxon and country.
#[derive(Debug, Clone, Default)]
pub struct Plantations {
    rows: Vec<Plantation>,
}

impl Plantations {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "plantations", faults)? })
    }

    /// Is it known that no plantation of `origin` supplies trade in `taxon`?
    pub fn none_supplies(&self, taxon: &str, origin: CountryCode) -> bool {
        self.rows.iter().any(|row| {
            !row.supplies && row.countries.contains(&origin) && taxon_meets(&row.taxon, taxon) == Certainty::Yes
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_woods_come_from_no_plantation() {
        let mut faults = Vec::new();
        let plantations = Plantations::load(&DataSource::Embedded, &mut faults).unwrap();
        assert!(faults.is_empty());
        for (taxon, origin, none) in [
            ("Dalbergia cochinchinensis", "LA", true),
            ("Dalbergia cochinchinensis", "VN", false),
            ("Dalbergia maritima", "MG", true),
            ("Dalbergia spp.", "MG", true),
            ("Dalbergia sissoo", "IN", false),
            ("Osyris lanceolata", "KE", true),
        ] {
            assert_eq!(plantations.none_supplies(taxon, origin.parse().unwrap()), none, "{taxon} {origin}");
        }
    }
}
