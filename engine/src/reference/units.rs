//! Units of measure and kinds of packages.
//!
//! In: a unit as papers write it. Out: what it measures and its factor to m³, kg, m², m or number.
//! Sources: datasets/units/card.toml, datasets/package-kinds/card.toml.

use rustc_hash::FxHashMap;

use serde::{Deserialize, Serialize};

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::text::light_key;

/// What a unit measures; amounts are kept in the base unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// m³.
    Volume,
    /// kg.
    Mass,
    /// m².
    Area,
    /// m.
    Length,
    Number,
}

impl Measured {
    /// The base unit as CITES codes write it.
    pub fn base_unit(self) -> &'static str {
        match self {
            Self::Volume => "m3",
            Self::Mass => "kg",
            Self::Area => "m2",
            Self::Length => "m",
            Self::Number => "number",
        }
    }
}

/// A unit of measure, with its names and what one of it is in the base unit of its kind.
#[derive(Debug, Clone, Deserialize)]
pub struct Unit {
    /// UN/ECE Recommendation 20 code.
    pub code: String,
    /// How the engine prints it.
    pub symbol: String,
    /// What it measures.
    pub quantity: Measured,
    /// Base units in one of it.
    pub factor: f64,
    /// Names seen in papers.
    #[serde(deserialize_with = "fields::parts")]
    pub aliases: Vec<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// One kind of package.
#[derive(Debug, Clone, Deserialize)]
pub struct PackageKind {
    /// UN/ECE Recommendation 21 code.
    pub code: String,
    pub name: String,
    /// Goods in it are not packed for retail sale.
    #[serde(deserialize_with = "fields::flag")]
    pub wholesale: bool,
    /// Each is a single piece of the goods, packed in nothing.
    #[serde(deserialize_with = "fields::flag")]
    pub piece: bool,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All units and kinds of packages.
#[derive(Debug, Clone, Default)]
pub struct Units {
    rows: Vec<Unit>,
    packages: Vec<PackageKind>,
    by_name: FxHashMap<String, usize>,
    /// Place of each kind of package, by its code in upper case.
    by_code: FxHashMap<String, usize>,
}

/// All units in file order, or every fault of the table.
pub fn load_units(source: &DataSource) -> Result<Vec<Unit>, ReferenceError> {
    let table = source.table::<Unit>("units")?;
    if table.faults.is_empty() {
        Ok(table.rows.into_iter().map(|(_, row)| row).collect())
    } else {
        Err(ReferenceError::Faults(table.faults))
    }
}

impl Units {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Unit> = fields::rows(source, "units", faults)?;
        let packages: Vec<PackageKind> = fields::rows(source, "package-kinds", faults)?;
        let by_code = packages.iter().enumerate().map(|(n, row)| (row.code.to_ascii_uppercase(), n)).collect();
        let mut by_name = FxHashMap::default();
        for (n, row) in rows.iter().enumerate() {
            for name in row.aliases.iter().chain([&row.code, &row.symbol]) {
                by_name.entry(light_key(name)).or_insert(n);
            }
        }
        Ok(Self { rows, packages, by_name, by_code })
    }

    /// All units, in the order of the table.
    pub fn rows(&self) -> &[Unit] {
        &self.rows
    }

    /// The unit that a text names.
    pub fn find(&self, text: &str) -> Option<&Unit> {
        self.by_name.get(&light_key(text)).and_then(|n| self.rows.get(*n))
    }

    /// All kinds of packages, in the order of the table.
    pub fn packages(&self) -> &[PackageKind] {
        &self.packages
    }

    /// The kind of package of a code.
    pub fn package(&self, code: &str) -> Option<&PackageKind> {
        self.packages.get(*self.by_code.get(&code.trim().to_ascii_uppercase())?)
    }
}
