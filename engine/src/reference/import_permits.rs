//! Which importers ask for an import permit of their own.
//!
//! In: importing country, Appendix, day. Out: yes with the law that asks, no, or not known. A row that is unverified or
//! says unknown leaves the question open, as does a country without a row.
//! Source: datasets/import-permit-rules/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::{Appendix, CountryCode, Date, Period};

/// One rule of one law.
#[derive(Debug, Clone, Deserialize)]
pub struct ImportRule {
    /// Importing countries; empty = all.
    #[serde(deserialize_with = "fields::parts")]
    pub countries: Vec<CountryCode>,
    pub appendix: Appendix,
    /// `yes`, `no` or `unknown`.
    pub import_permit: String,
    /// Instrument that asks.
    pub law: String,
    /// First day.
    pub effective_from: Date,
    /// Last day; `None` = still in force.
    pub effective_to: Option<Date>,
    /// How well the row is known.
    pub confidence: Confidence,
}

/// Does the law of the importer ask for an import permit?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportLaw<'a> {
    /// This law does.
    Asks(&'a str),
    /// It is read not to.
    DoesNot,
    NotKnown,
}

/// The rules of all importers.
#[derive(Debug, Clone, Default)]
pub struct ImportRules {
    rows: Vec<ImportRule>,
}

impl ImportRules {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "import-permit-rules", faults)? })
    }

    /// What is known of imports of the Appendix into the country on the day. A rule of one country stands in place of one
    /// of all.
    pub fn on(&self, country: Option<CountryCode>, appendix: Appendix, day: Date) -> ImportLaw<'_> {
        let in_force = |row: &&ImportRule| {
            row.appendix == appendix && Period { from: Some(row.effective_from), to: row.effective_to }.contains(day)
        };
        let acting = || self.rows.iter().filter(in_force);
        let own = acting().find(|row| country.is_some_and(|country| row.countries.contains(&country)));
        match own.or_else(|| acting().find(|row| row.countries.is_empty())) {
            Some(row) if row.confidence == Confidence::Unverified => ImportLaw::NotKnown,
            Some(row) if row.import_permit == "yes" => ImportLaw::Asks(&row.law),
            Some(row) if row.import_permit == "no" => ImportLaw::DoesNot,
            _ => ImportLaw::NotKnown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn importers_ask_by_their_own_law_on_its_days() {
        let mut faults = Vec::new();
        let rules = ImportRules::load(&DataSource::Embedded, &mut faults).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        use ImportLaw::{Asks, NotKnown};
        for (country, appendix, day, expected) in [
            ("DE", Appendix::II, "2024-05-14", Asks("EU Reg. 338/97 Art. 4")),
            ("HR", Appendix::II, "2013-06-30", NotKnown),
            ("HR", Appendix::II, "2013-07-01", Asks("EU Reg. 338/97 Art. 4")),
            ("GB", Appendix::II, "2020-12-31", Asks("EU Reg. 338/97 Art. 4")),
            ("GB", Appendix::II, "2021-01-01", Asks("GB retained Reg. 338/97")),
            ("VN", Appendix::II, "2019-01-21", NotKnown),
            ("VN", Appendix::II, "2019-01-22", Asks("VN Decree 06/2019")),
            // From memory, unknown, and without a row.
            ("US", Appendix::II, "2026-01-01", NotKnown),
            ("KR", Appendix::II, "2024-05-14", NotKnown),
            ("SG", Appendix::II, "2024-05-14", NotKnown),
            ("SG", Appendix::I, "2024-05-14", Asks("CITES Art. III")),
            ("", Appendix::I, "2024-05-14", Asks("CITES Art. III")),
            ("", Appendix::II, "2024-05-14", NotKnown),
            ("DE", Appendix::III, "2024-05-14", NotKnown),
        ] {
            let found = rules.on(country.parse().ok(), appendix, day.parse().unwrap());
            assert_eq!(found, expected, "{country} {appendix:?} {day}");
        }
    }
}
