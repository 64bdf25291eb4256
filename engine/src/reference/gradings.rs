//! Grades of information: what scoring makes of how sure a report is.
//!
//! In: a grade as its scheme writes it. Out: one of four words. A grade stays as it was given; it is never turned into one of
//! another scheme. Source: datasets/gradings/card.toml.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields;
use super::load::DataSource;
use crate::words::words;

words! {
    /// How sure information is, as far as scoring asks.
    #[derive(Default)]
    pub enum Graded {
        /// Confirmed, or known beyond doubt.
        Corroborated = "corroborated",
        /// One good source says so.
        Single = "single",
        /// Nobody can say yet.
        #[default]
        Unassessed = "unassessed",
        /// The source or the content is held to be wrong.
        Doubted = "doubted",
    }
}

/// The scheme of a record that names none: alert files never said another.
const USUAL: &str = "admiralty_6x6";

#[derive(Debug, Deserialize)]
struct Row {
    scheme: String,
    source: String,
    content: String,
    graded: Graded,
}

/// Every grade of every scheme.
#[derive(Debug, Clone, Default)]
pub struct Gradings {
    /// By scheme: grades, source before content, in capitals.
    schemes: BTreeMap<String, BTreeMap<String, Graded>>,
}

impl Gradings {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let mut schemes: BTreeMap<String, BTreeMap<String, Graded>> = BTreeMap::new();
        for row in fields::rows::<Row>(source, "gradings", faults)? {
            schemes.entry(row.scheme).or_default().insert(format!("{}{}", row.source, row.content), row.graded);
        }
        Ok(Self { schemes })
    }

    /// What a grade says; `None` when it is none of its scheme. Nothing given is not assessed.
    pub fn graded(&self, scheme: Option<&str>, grade: &str) -> Option<Graded> {
        let plain: String = grade.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if plain.is_empty() {
            return Some(Graded::Unassessed);
        }
        let scheme = scheme.map(str::trim).filter(|scheme| !scheme.is_empty()).unwrap_or(USUAL);
        self.schemes.get(scheme)?.get(&plain.to_uppercase()).copied()
    }

    /// Names of the schemes, in order.
    pub fn schemes(&self) -> impl Iterator<Item = &str> {
        self.schemes.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_is_read_by_its_own_scheme() {
        let mut faults = Vec::new();
        let gradings = Gradings::load(&DataSource::Embedded, &mut faults).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        for (scheme, grade, graded) in [
            (Some("europol_4x4"), "A1", Some(Graded::Corroborated)),
            // What nobody has judged is not the same as what is well judged.
            (Some("europol_4x4"), "X4", Some(Graded::Unassessed)),
            (Some("europol_4x4"), "b2", Some(Graded::Single)),
            (Some("europol_4x4"), "C 1", Some(Graded::Doubted)),
            (Some("europol_4x4"), "D1", None),
            (Some("uk_5x5x5"), "A4", Some(Graded::Unassessed)),
            (Some("uk_5x5x5"), "E5", Some(Graded::Doubted)),
            (Some("uk_3x5x2"), "1A", Some(Graded::Corroborated)),
            (Some("uk_3x5x2"), "2C", Some(Graded::Unassessed)),
            (Some("uk_3x5x2"), "A1", None),
            (None, "B2", Some(Graded::Corroborated)),
            (None, "F6", Some(Graded::Unassessed)),
            (None, "E3", Some(Graded::Doubted)),
            (None, "", Some(Graded::Unassessed)),
            (Some("gut_feeling"), "A1", None),
        ] {
            assert_eq!(gradings.graded(scheme, grade), graded, "{scheme:?} {grade}");
        }
        let n = gradings.schemes.values().map(BTreeMap::len).collect::<Vec<_>>();
        assert_eq!(n, [36, 16, 15, 25]);
    }
}
