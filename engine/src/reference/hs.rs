//! Harmonized System codes by edition: forms, tropical lines, cover goods.
//!
//! In: a code as declared and, where known, its edition. Out: the longest code of the table that it lies under.
//! Source: datasets/hs-codes/card.toml.

use rustc_hash::FxHashMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::forms::Form;
use super::load::DataSource;
use crate::codes::{Date, HsCode};

/// One code in one edition.
#[derive(Debug, Clone, Deserialize)]
pub struct HsRow {
    pub code: String,
    /// `2012`, `2017`, `2022`, or a country for national lines.
    pub edition: String,
    /// In own words.
    pub description: String,
    /// Forms that the code may hold, the usual one first; empty = any.
    #[serde(deserialize_with = "fields::parts")]
    pub forms: Vec<Form>,
    /// Goods that have been used to cover wood.
    #[serde(deserialize_with = "fields::flag")]
    pub cover: bool,
    /// The code is for tropical wood by name.
    #[serde(deserialize_with = "fields::flag")]
    pub tropical: bool,
    /// How the code is misused.
    pub risk_note: Option<String>,
    /// What happened to it in other editions.
    pub correlation: Option<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// The HS headings and subheadings that the engine knows, by their digits.
#[derive(Debug, Clone, Default)]
pub struct HsCodes {
    rows: Vec<HsRow>,
    /// Rows of a code, each with the year of its edition; national ones have none.
    by_code: FxHashMap<HsCode, Vec<(usize, Option<u16>)>>,
}

/// Lengths to try, the longest first: national line, subheading, heading, chapter.
const LENGTHS: [usize; 4] = [8, 6, 4, 2];

impl HsCodes {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<HsRow> = fields::rows(source, "hs-codes", faults)?;
        let mut by_code: FxHashMap<HsCode, Vec<(usize, Option<u16>)>> = FxHashMap::default();
        for (n, row) in rows.iter().enumerate() {
            if let Ok(code) = row.code.parse() {
                by_code.entry(code).or_default().push((n, row.edition.parse().ok()));
            }
        }
        Ok(Self { rows, by_code })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[HsRow] {
        &self.rows
    }

    /// The row that a declared code lies under. With an edition only its rows count at a length; a code that the
    /// edition lacks is looked up in the others, the newest first.
    pub fn lookup(&self, code: &HsCode, edition: Option<u16>) -> Option<&HsRow> {
        let lengths = LENGTHS.into_iter().filter(|n| *n <= code.len());
        let rows = lengths.map(|n| code.cut(n)).find_map(|prefix| {
            let rows = self.by_code.get(&prefix)?;
            Some(rows.iter().filter_map(|(n, year)| Some((self.rows.get(*n)?, *year))))
        })?;
        let here = rows.clone().find(|(_, year)| edition.is_some() && *year == edition);
        let (row, _) = here.or_else(|| rows.max_by_key(|(row, _)| &row.edition))?;
        Some(row)
    }

    /// The form that a declared code stands for, where it stands for one.
    pub fn form(&self, code: &HsCode, edition: Option<u16>) -> Option<Form> {
        self.lookup(code, edition).and_then(|row| row.forms.first().copied())
    }

    /// The edition in force on a day, by the dates of the World Customs Organization (national adoption differs).
    pub fn edition_on(day: Date) -> u16 {
        match day.year() {
            ..2017 => 2012,
            2017..2022 => 2017,
            _ => 2022,
        }
    }
}
