//! Kinds of records: which stand in a library, and under which names people ask for them.
//!
//! Source: datasets/alert-kinds. A kind without a row is a record of its own name.

use std::collections::HashMap;

use serde::Deserialize;

use crate::reference::{DataSource, ReferenceError, list};

#[derive(Debug, Deserialize)]
struct Row {
    kind: String,
    place: String,
    found_as: String,
}

#[derive(Debug)]
struct Kind {
    is_library: bool,
    found_as: Vec<String>,
}

/// The kinds that need more than their name. Frozen.
#[derive(Debug, Default)]
pub struct Kinds(HashMap<String, Kind>);

impl Kinds {
    /// Reads the table.
    pub fn build(source: &DataSource) -> Result<Self, ReferenceError> {
        let table = source.table::<Row>("alert-kinds")?;
        if !table.faults.is_empty() {
            return Err(ReferenceError::Faults(table.faults));
        }
        let kinds = table.rows.into_iter().map(|(_, row)| {
            let found_as = list(&row.found_as).map(str::to_owned).collect();
            (row.kind, Kind { is_library: row.place == "library", found_as })
        });
        Ok(Self(kinds.collect()))
    }

    /// Documents and directories: found by what they are, not by what they forbid.
    pub fn is_library(&self, kind: &str) -> bool {
        self.0.get(&kind.to_lowercase()).is_some_and(|kind| kind.is_library)
    }

    /// Kinds of records that answer a question for `kind`.
    pub fn found_as<'a>(&'a self, kind: &'a str) -> Vec<&'a str> {
        match self.0.get(kind) {
            Some(row) if !row.found_as.is_empty() => row.found_as.iter().map(String::as_str).collect(),
            _ => vec![kind],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_what_people_call_them() {
        let kinds = Kinds::build(&DataSource::Embedded).unwrap();
        for (kind, library, found_as) in [
            ("seizure", false, &["seizure", "case", "seizure_report"][..]),
            ("laboratory", true, &["laboratory", "lab"]),
            ("handbook", true, &["handbook"]),
            ("suspension", false, &["suspension"]),
        ] {
            assert_eq!((kinds.is_library(kind), kinds.found_as(kind)), (library, found_as.to_vec()), "{kind}");
        }
        assert!(kinds.is_library("Manual"));
    }
}
