//! Laws that fit what happened, by country.
//!
//! In: country, patterns of what happened. Out: offences, each with its law. A country of which no law is held is answered by what kind
//! of law to look for. Not here: who is charged. Source: datasets/offences/card.toml.

use serde::{Deserialize, Serialize};

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::CountryCode;

/// Countries of which no law is held.
const ALL: &str = "*";

/// An offence, with its law.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offence {
    #[serde(skip_serializing)]
    country: String,
    /// wildlife, customs, documents, money or organised
    pub field: String,
    /// What has to have happened; one is enough.
    #[serde(deserialize_with = "fields::parts")]
    pub patterns: Vec<String>,
    pub law: String,
    pub article: String,
    /// Can money that comes of it be laundered in the sense of the law? `yes`, `no`, or empty where nobody knows.
    pub is_predicate: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_months: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_months: Option<u32>,
    pub confidence: Confidence,
}

/// All offences, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct Offences {
    rows: Vec<Offence>,
}

impl Offences {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "offences", faults)? })
    }

    /// Offences of a country that fit any of these patterns; of fields in which it has none, what kind of law to look for.
    pub fn of(&self, country: CountryCode, patterns: &[&str]) -> Vec<&Offence> {
        let fits = |row: &&Offence| row.patterns.iter().any(|own| patterns.contains(&own.as_str()));
        let own: Vec<&Offence> = self.rows.iter().filter(|row| row.country == country.as_str()).collect();
        let is_missing = |row: &&Offence| row.country == ALL && !own.iter().any(|held| held.field == row.field);
        let others = self.rows.iter().filter(is_missing);
        own.iter().copied().chain(others).filter(fits).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::References;

    /// G15, M05: a false species and a false value are matters of wildlife, customs and money; the flag is looked up.
    #[test]
    fn g15_m05_what_happened_suggests_laws_of_several_kinds() {
        let table = References::load(&DataSource::Embedded).unwrap().offences;
        let of = |country: &str, patterns: &[&str]| -> Vec<(String, String)> {
            let found = table.of(country.parse().unwrap(), patterns);
            found.iter().map(|row| (row.field.clone(), row.is_predicate.clone())).collect()
        };
        let said =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
        assert_eq!(
            of("KE", &["false_species", "false_value"]),
            said(&[("wildlife", "yes"), ("customs", "yes"), ("money", "")])
        );
        // Of a country without a row it is said what to look for, and nothing is claimed of it.
        assert_eq!(of("MG", &["false_permit"]), said(&[("wildlife", ""), ("documents", "")]));
        assert!(of("KE", &[]).is_empty() && of("KE", &["nothing"]).is_empty());
    }
}
