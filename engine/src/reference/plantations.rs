//! Where artificial propagation can supply the trade in a wood, and where it cannot: source code, taxon, operation.
//!
//! Source: datasets/plantations/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Certainty, Confidence, taxon_meets};
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
    /// Source codes that such an operation stands behind.
    #[serde(deserialize_with = "fields::parts")]
    pub source_codes: Vec<char>,
    /// What propagates it: a plantation, a registered nursery.
    pub operation: String,
    /// How well the row is known.
    pub confidence: Confidence,
    /// False: no such operation there supplies trade.
    #[serde(deserialize_with = "fields::flag")]
    pub supplies: bool,
}

/// Does an operation supply the trade?
#[derive(Debug, Clone, Copy)]
pub enum Supply<'a> {
    Yes(&'a Plantation),
    No(&'a Plantation),
    NotKnown,
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
        matches!(self.supply(taxon, origin, 'A'), Supply::No(_))
    }

    /// Can wood of this source be? A row from general knowledge may say that it can, and never that it cannot.
    pub fn supply(&self, taxon: &str, origin: CountryCode, source: char) -> Supply<'_> {
        let mut rows = self.rows.iter().filter(|row| {
            row.source_codes.contains(&source)
                && row.countries.contains(&origin)
                && taxon_meets(&row.taxon, taxon) == Certainty::Yes
        });
        match rows.clone().find(|row| row.supplies) {
            Some(row) => Supply::Yes(row),
            None => rows.find(|row| row.confidence > Confidence::Unverified).map_or(Supply::NotKnown, Supply::No),
        }
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
