//! In which language of the Convention an authority is written to.
//!
//! In: a country. Out: `en`, `fr` or `es`. Source: datasets/correspondence/card.toml.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::CountryCode;

/// Whoever has no row is written to in this.
const USUAL: &str = "en";

#[derive(Debug, Deserialize)]
struct Row {
    country: CountryCode,
    language: String,
    #[serde(rename = "confidence")]
    _confidence: Confidence,
}

/// Languages by country.
#[derive(Debug, Clone, Default)]
pub struct Correspondence {
    by_country: BTreeMap<CountryCode, String>,
}

impl Correspondence {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows = fields::rows::<Row>(source, "correspondence", faults)?;
        Ok(Self { by_country: rows.into_iter().map(|row| (row.country, row.language)).collect() })
    }

    /// The language of a country: `en`, `fr` or `es`.
    pub fn language(&self, country: CountryCode) -> &str {
        self.by_country.get(&country).map_or(USUAL, String::as_str)
    }
}
