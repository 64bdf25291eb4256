//! What a report is made of: its columns in order, its period, the day by which it is due.
//!
//! In: a file, TOML. Out: a [`Definition`], or everything that is wrong with it.

use palisander_engine::Date;
use serde::{Deserialize, Serialize};

use super::fields::Field;
use crate::words::words;

/// Reports that are shipped, by name.
const SHIPPED: &[(&str, &str)] = &[
    ("illegal-trade", include_str!("../../reports/illegal-trade.toml")),
    ("appendix-one", include_str!("../../reports/appendix-one.toml")),
];

/// Columns of a report.
const MAX_COLUMNS: usize = 100;

words! {
    /// How well the title of a column is known.
    Mark {
        /// Read in a document of an office.
        Seen = "seen",
        /// From general knowledge; nobody has the official sheet here.
        Unconfirmed = "unconfirmed",
        /// Ours.
        Own = "own",
    }
}

/// One column of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub title: String,
    pub field: Field,
    pub mark: Mark,
    /// An empty cell is a fault of the data, and not only something that nobody knows.
    #[serde(default)]
    pub is_needed: bool,
}

/// What a report is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub name: String,
    pub title: String,
    /// The document that asks for it.
    pub source: String,
    pub edition: String,
    /// Month and day of the next year by which it is due: `10-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Does the office say whether others may use its data?
    #[serde(default)]
    pub is_shared: bool,
    /// Only goods that are listed in Appendix I.
    #[serde(default)]
    pub is_appendix_one_only: bool,
    pub columns: Vec<Column>,
}

impl Definition {
    /// Reads a definition.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        let read: Self = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut faults = Vec::new();
        if read.columns.is_empty() || read.columns.len() > MAX_COLUMNS {
            faults.push(format!("a report has 1 to MAX_COLUMNS ({MAX_COLUMNS}) columns"));
        }
        for (n, column) in read.columns.iter().enumerate() {
            if read.columns.iter().take(n).any(|other| other.title == column.title) {
                faults.push(format!("two columns are titled `{}`", column.title));
            }
        }
        if read.due.is_some() && read.due_in(2_000).is_none() {
            faults.push("`due` is a month and a day such as 10-31".to_owned());
        }
        if faults.is_empty() { Ok(read) } else { Err(faults) }
    }

    /// The day by which the report of a year is due, where there is one.
    pub fn due_in(&self, year: i16) -> Option<Date> {
        let (month, day) = self.due.as_ref()?.split_once('-')?;
        Date::new(year.checked_add(1)?, month.parse().ok()?, day.parse().ok()?).ok()
    }
}

/// Names of the shipped reports.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// A shipped report; `None` where there is none of that name.
pub fn shipped(name: &str) -> Option<Definition> {
    let (_, text) = SHIPPED.iter().find(|(own, _)| *own == name)?;
    Definition::read(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_definition_is_read_under_its_own_name() {
        for (name, text) in SHIPPED {
            assert_eq!(Definition::read(text).map(|read| read.name).as_deref(), Ok(*name));
        }
        assert_eq!(shipped("illegal-trade").unwrap().due_in(2026).unwrap().to_string(), "2027-10-31");
    }

    #[test]
    fn what_is_wrong_with_a_definition_is_told_at_once() {
        let text = SHIPPED[1].1;
        for (from, to, says) in [
            ("field = \"taxon\"", "field = \"colour\"", "colour"),
            ("title = \"Species\"", "title = \"Number\"", "two columns"),
            ("edition =", "due = \"31 October\"\nedition =", "10-31"),
            ("edition =", "colour = 1\nedition =", "colour"),
        ] {
            let faults = Definition::read(&text.replacen(from, to, 1)).unwrap_err();
            assert!(faults.iter().any(|fault| fault.contains(says)), "{says}: {faults:?}");
        }
    }
}
