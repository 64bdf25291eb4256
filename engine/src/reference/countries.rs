//! Countries: codes, names in many languages, neighbours by land and by short sea.
//!
//! In: a code, or a name as people write it. Out: the country. Source: datasets/countries/card.toml.

use rustc_hash::FxHashMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::CountryCode;
use crate::text::plain_key;

/// One entry of ISO 3166-1.
#[derive(Debug, Clone, Deserialize)]
pub struct Country {
    /// Alpha-2.
    pub code: CountryCode,
    pub alpha3: String,
    /// English short name.
    pub name: String,
    /// Names and spellings that papers use for it.
    #[serde(deserialize_with = "fields::parts")]
    pub aliases: Vec<String>,
    /// Common land border.
    #[serde(deserialize_with = "fields::parts")]
    pub land_neighbours: Vec<CountryCode>,
    /// Short sea crossing.
    #[serde(deserialize_with = "fields::parts")]
    pub sea_neighbours: Vec<CountryCode>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All countries, by code and by name.
#[derive(Debug, Clone, Default)]
pub struct Countries {
    rows: Vec<Country>,
    by_key: FxHashMap<String, usize>,
    by_code: FxHashMap<CountryCode, usize>,
}

impl Countries {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Country> = fields::rows(source, "countries", faults)?;
        let mut by_key = FxHashMap::default();
        for (n, row) in rows.iter().enumerate() {
            let names = row.aliases.iter().chain([&row.name]);
            let codes = [row.code.as_str().to_lowercase(), row.alpha3.to_lowercase()];
            for key in names.map(|name| plain_key(name)).chain(codes) {
                by_key.entry(key).or_insert(n);
            }
        }
        // A code always means its own country, whatever name spells the same.
        let mut by_code = FxHashMap::default();
        for (n, row) in rows.iter().enumerate() {
            by_key.insert(row.code.as_str().to_lowercase(), n);
            by_code.insert(row.code, n);
        }
        Ok(Self { rows, by_key, by_code })
    }

    /// All rows, by code.
    pub fn rows(&self) -> &[Country] {
        &self.rows
    }

    /// The country of a code; `None` for `ZZ` and codes that ISO has not given out.
    pub fn get(&self, code: CountryCode) -> Option<&Country> {
        // Two letters that are no code of ISO may be a name: the table says whose.
        let by_name = || self.by_key.get(&code.as_str().to_lowercase());
        self.by_code.get(&code).or_else(by_name).and_then(|n| self.rows.get(*n))
    }

    /// The country that a text names: alpha-2, alpha-3, or a name in any language of the table.
    pub fn find(&self, text: &str) -> Option<&Country> {
        let key = plain_key(text);
        let n = self.by_key.get(&key).or_else(|| self.by_key.get(&key.replace(' ', "")))?;
        self.rows.get(*n)
    }

    /// Neighbours by land or short sea.
    pub fn are_neighbours(&self, a: CountryCode, b: CountryCode) -> bool {
        self.get(a).is_some_and(|row| row.land_neighbours.contains(&b) || row.sea_neighbours.contains(&b))
    }
}
