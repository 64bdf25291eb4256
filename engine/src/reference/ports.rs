//! Ports and inland places of the timber trade.
//!
//! Source: datasets/ports/card.toml.

use rustc_hash::{FxHashMap, FxHashSet};

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::{CountryCode, Unlocode};
use crate::text::plain_key;

/// A port or other place of UN/LOCODE, with what was reported of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Port {
    /// UN/LOCODE.
    pub locode: Unlocode,
    pub name: String,
    /// Names that shippers write for it.
    #[serde(deserialize_with = "fields::parts")]
    pub aliases: Vec<String>,
    pub country: CountryCode,
    /// Codes that other tables give the same place.
    #[serde(deserialize_with = "fields::parts")]
    pub other_locodes: Vec<Unlocode>,
    /// `origin`, `transit`, `destination`.
    #[serde(deserialize_with = "fields::parts")]
    pub roles: Vec<String>,
    /// Woods known to pass.
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<String>,
    /// Commodities, as the source reported them.
    pub commodities: Option<String>,
    /// `seaport`, `inland`, or `beach` (small place without customs control).
    pub kind: String,
    pub note: Option<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All places, by code and name.
#[derive(Debug, Clone, Default)]
pub struct Ports {
    rows: Vec<Port>,
    by_code: FxHashMap<Unlocode, usize>,
    by_name: FxHashMap<String, usize>,
    /// Countries with a place that timber has been relayed through.
    transit: FxHashSet<CountryCode>,
}

impl Ports {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Port> = fields::rows(source, "ports", faults)?;
        let (mut by_code, mut by_name) = (FxHashMap::default(), FxHashMap::default());
        for (n, row) in rows.iter().enumerate() {
            by_code.insert(row.locode, n);
            for name in row.aliases.iter().chain([&row.name]) {
                by_name.entry(plain_key(name)).or_insert(n);
            }
        }
        for (n, row) in rows.iter().enumerate() {
            for code in &row.other_locodes {
                by_code.entry(*code).or_insert(n);
            }
        }
        let is_relay = |row: &&Port| row.roles.iter().any(|role| role == "transit");
        let transit = rows.iter().filter(is_relay).map(|row| row.country).collect();
        Ok(Self { rows, by_code, by_name, transit })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Port] {
        &self.rows
    }

    /// Has timber been relayed through a place of the country?
    pub fn relays(&self, country: CountryCode) -> bool {
        self.transit.contains(&country)
    }

    /// The place of a code.
    pub fn get(&self, code: Unlocode) -> Option<&Port> {
        self.by_code.get(&code).and_then(|n| self.rows.get(*n))
    }

    /// The place of a code or a name.
    pub fn find(&self, text: &str) -> Option<&Port> {
        let by_code = text.parse().ok().and_then(|code| self.get(code));
        by_code.or_else(|| self.by_name.get(&plain_key(text)).and_then(|n| self.rows.get(*n)))
    }
}
