//! CITES terms, source and purpose codes, permit types, document codes.
//!
//! Source: datasets/codes/card.toml.

use rustc_hash::FxHashMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::forms::Form;
use super::load::DataSource;

/// One code of one list.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedCode {
    /// Which list: `term`, `source`, `purpose`, `permit_type`, `document` and those of the formats.
    pub kind: String,
    pub code: String,
    pub name: String,
    /// Meaning; for documents the kind in the manifest.
    pub meaning: Option<String>,
    /// Forms of goods that a term stands for.
    #[serde(deserialize_with = "fields::parts")]
    pub forms: Vec<Form>,
    /// Preferred units of a term: m3, kg, m2, l, number.
    #[serde(deserialize_with = "fields::parts")]
    pub preferred_units: Vec<String>,
    /// Units accepted at need.
    #[serde(deserialize_with = "fields::parts")]
    pub alternative_units: Vec<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All code lists.
#[derive(Debug, Clone, Default)]
pub struct CodeLists {
    rows: Vec<ListedCode>,
    /// Place of each row, by its code in upper case; one code may stand in several lists.
    by_code: FxHashMap<String, Vec<usize>>,
}

impl CodeLists {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<ListedCode> = fields::rows(source, "codes", faults)?;
        let mut by_code: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (n, row) in rows.iter().enumerate() {
            by_code.entry(row.code.to_ascii_uppercase()).or_default().push(n);
        }
        Ok(Self { rows, by_code })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[ListedCode] {
        &self.rows
    }

    /// A code of a list, without regard to case.
    pub fn get(&self, kind: &str, code: &str) -> Option<&ListedCode> {
        let places = self.by_code.get(&code.trim().to_ascii_uppercase())?;
        places.iter().filter_map(|n| self.rows.get(*n)).find(|row| row.kind == kind)
    }

    /// A CITES term such as `SAW`.
    pub fn term(&self, code: &str) -> Option<&ListedCode> {
        self.get("term", code)
    }
}
