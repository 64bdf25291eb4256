//! Who may do what on the spot: stop, open, search, arrest, sample, seize.
//!
//! In: country, kind of agency, kind of place, act. Out: what it needs, by the row that is narrowest. Not here: which act comes next.
//! Source: datasets/powers/card.toml.

use serde::{Deserialize, Serialize};

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::CountryCode;

/// Every other country or place.
const ALL: &str = "*";

/// What somebody may do on the spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerAct {
    Stop,
    Open,
    SearchPremises,
    Arrest,
    Sample,
    Seize,
}

impl PowerAct {
    /// As it stands in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Stop => "stop it",
            Self::Open => "open it",
            Self::SearchPremises => "search the premises",
            Self::Arrest => "arrest somebody",
            Self::Sample => "take samples",
            Self::Seize => "seize it",
        }
    }
}

/// What an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// The agency does it by itself.
    None,
    /// A court allows it first.
    Warrant,
    /// The police do it, or go along.
    Police,
}

/// What one agency may do somewhere.
#[derive(Debug, Clone, Deserialize)]
pub struct Power {
    country: String,
    agency: String,
    place: String,
    act: PowerAct,
    pub needs: Needs,
    /// Law and article; empty = not read.
    pub instrument: String,
    confidence: Confidence,
}

impl Power {
    /// Is it more than a guess?
    pub fn is_known(&self) -> bool {
        self.confidence != Confidence::Unverified
    }

    /// Narrower rows stand before wider ones: the country counts more than the place.
    fn fits(&self, country: CountryCode, agency: &str, place: &str, act: PowerAct) -> Option<u8> {
        let of = |own: &str, asked: &str, weight: u8| match own {
            ALL => Some(0),
            own if own == asked => Some(weight),
            _ => None,
        };
        let is_own = self.act == act && self.agency == agency;
        Some(of(&self.country, country.as_str(), 2)? + of(&self.place, place, 1)?).filter(|_| is_own)
    }
}

/// All powers, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct Powers {
    rows: Vec<Power>,
}

impl Powers {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "powers", faults)? })
    }

    /// What an act needs; `None` = nobody knows.
    pub fn of(&self, country: CountryCode, agency: &str, place: &str, act: PowerAct) -> Option<&Power> {
        let fitting = self.rows.iter().rev().filter_map(|row| Some((row.fits(country, agency, place, act)?, row)));
        // Of equals the first: `max_by_key` would take the last.
        fitting.max_by_key(|(weight, _)| *weight).map(|(_, row)| row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::References;

    /// F17, G18: a wildlife officer needs the police at a home; customs opens what lies at the terminal.
    #[test]
    fn f17_g18_the_narrowest_row_says_what_an_act_needs() {
        let table = References::load(&DataSource::Embedded).unwrap().powers;
        let country: CountryCode = "KE".parse().unwrap();
        let needs = |agency, place, act| table.of(country, agency, place, act).map(|row| row.needs);
        assert_eq!(needs("wildlife", "home", PowerAct::SearchPremises), Some(Needs::Police));
        assert_eq!(needs("wildlife", "home", PowerAct::Open), Some(Needs::Police));
        assert_eq!(needs("wildlife", "market", PowerAct::Open), Some(Needs::None));
        assert_eq!(needs("customs", "port", PowerAct::Open), Some(Needs::None));
        assert_eq!(needs("customs", "home", PowerAct::Open), Some(Needs::Warrant));
        assert_eq!(needs("other", "port", PowerAct::Open), None);
        let row = |country: &str, place: &str, needs| Power {
            country: country.to_owned(),
            agency: "customs".to_owned(),
            place: place.to_owned(),
            act: PowerAct::Open,
            needs,
            instrument: String::new(),
            confidence: Confidence::Unverified,
        };
        let rows = vec![
            row("*", "*", Needs::None),
            row("*", "home", Needs::Warrant),
            row("KE", "*", Needs::Police),
            row("KE", "*", Needs::None),
        ];
        let table = Powers { rows };
        assert_eq!(table.of(country, "customs", "home", PowerAct::Open).map(|row| row.needs), Some(Needs::Police));
    }
}
