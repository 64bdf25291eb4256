//! What countries may export of a taxon in a year.
//!
//! In: taxon, country of origin, source code, day. Out: the quotas that count the goods. A quota acts on a day when it was
//! published by then. Not here: how much of it is used (`settle`). Source: datasets/quotas/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Certainty, Confidence, taxon_meets};
use super::load::DataSource;
use crate::codes::{CountryCode, Date, Period};

/// One quantity a year.
#[derive(Debug, Clone, Deserialize)]
pub struct Quota {
    /// Id that never changes.
    pub id: String,
    /// Instrument that sets it.
    pub instrument: String,
    /// Countries of origin, each with a quota of its own.
    #[serde(deserialize_with = "fields::parts")]
    pub countries: Vec<CountryCode>,
    /// Species, or `Genus spp.`.
    pub taxon: String,
    /// Counts specimens of these source codes only; empty = all.
    #[serde(deserialize_with = "fields::parts")]
    pub source_codes: Vec<String>,
    /// Calendar year; `None` = every year of the period.
    pub year: Option<i16>,
    /// What may leave in a year, in `unit`.
    pub quantity: f64,
    /// As the units table writes it.
    pub unit: String,
    /// Nobody could know before.
    pub published_on: Date,
    /// First day.
    pub effective_from: Date,
    /// Last day; `None` = still in force.
    pub effective_to: Option<Date>,
    /// How well the row is known.
    pub confidence: Confidence,
}

impl Quota {
    /// Is it surely counted on this quota? A source code that is not declared leaves a quota of some codes possible.
    fn counts(&self, taxon: &str, origin: CountryCode, source_code: Option<&str>, day: Date) -> Certainty {
        let in_force = Period { from: Some(self.effective_from), to: self.effective_to }.contains(day);
        let of_year = self.year.is_none_or(|year| year == day.year());
        if !in_force || !of_year || self.published_on > day || !self.countries.contains(&origin) {
            return Certainty::No;
        }
        let by_source = match source_code {
            _ if self.source_codes.is_empty() => Certainty::Yes,
            None => Certainty::Possibly,
            Some(code) if self.source_codes.iter().any(|own| own == code) => Certainty::Yes,
            Some(_) => Certainty::No,
        };
        let known = if self.confidence == Confidence::Unverified { Certainty::Possibly } else { Certainty::Yes };
        taxon_meets(&self.taxon, taxon).and(by_source).and(known)
    }
}

/// The quotas of all countries and years, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct Quotas {
    rows: Vec<Quota>,
}

impl Quotas {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "quotas", faults)? })
    }

    /// Quotas that count goods of a taxon and origin on a day, and how surely; the surest first, then by id.
    pub fn on(
        &self,
        taxon: &str,
        origin: CountryCode,
        source_code: Option<&str>,
        day: Date,
    ) -> Vec<(&Quota, Certainty)> {
        let counted = |row| (row, Quota::counts(row, taxon, origin, source_code, day));
        let mut found: Vec<_> = self.rows.iter().map(counted).filter(|(_, sure)| *sure != Certainty::No).collect();
        found.sort_by(|(a, sure), (b, other)| other.cmp(sure).then(a.id.cmp(&b.id)));
        found
    }
}
