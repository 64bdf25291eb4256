//! All tables, loaded once and frozen.
//!
//! In: a [`DataSource`]. Out: typed tables with lookups, or all faults of all tables. The edition is a hash over the
//! bytes of every table, so that an answer says which facts it rests on.

use std::collections::BTreeSet;

use super::annotations::Annotations;
use super::authorities::Authorities;
use super::code_lists::CodeLists;
use super::countries::Countries;
use super::cover::Covers;
use super::densities::Densities;
use super::error::{ReferenceError, TableFault};
use super::hs::HsCodes;
use super::instruments::Instruments;
use super::listings::Listings;
use super::load::DataSource;
use super::measures::Measures;
use super::ports::Ports;
use super::routes::Routes;
use super::seizures::Seizures;
use super::units::Units;

/// Tables whose bytes make the edition. Those of names are read by `names`; they count when present.
pub const TABLES: &[&str] = &[
    "annotations",
    "authorities",
    "codes",
    "contexts",
    "countries",
    "cover-goods",
    "densities",
    "forms",
    "hs-codes",
    "instruments",
    "listings",
    "measures",
    "notifications",
    "package-kinds",
    "ports",
    "routes",
    "seizures",
    "taxa",
    "trade-names",
    "units",
    "values",
];

/// The facts that every answer rests on.
#[derive(Debug, Clone, Default)]
pub struct References {
    /// Appendix listings.
    pub listings: Listings,
    /// Annotation texts.
    pub annotations: Annotations,
    /// Quotas, suspensions, bans, alerts.
    pub measures: Measures,
    /// Documents and laws that may be cited.
    pub instruments: Instruments,
    /// Management Authorities.
    pub authorities: Authorities,
    /// Countries.
    pub countries: Countries,
    /// Places.
    pub ports: Ports,
    /// Routes seen in cases.
    pub routes: Routes,
    /// HS codes.
    pub hs: HsCodes,
    /// Cover goods.
    pub covers: Covers,
    /// Densities and values.
    pub densities: Densities,
    /// Units and packages.
    pub units: Units,
    /// Code lists of permits.
    pub codes: CodeLists,
    /// Reported seizures.
    pub seizures: Seizures,
    /// Scientific names that the taxa table accepts; empty when the table is not there.
    pub accepted_taxa: BTreeSet<String>,
    edition: String,
}

impl References {
    /// Loads every table. Rows that do not fit are all reported, and nothing is loaded then.
    pub fn load(source: &DataSource) -> Result<Self, ReferenceError> {
        let mut faults: Vec<TableFault> = Vec::new();
        let f = &mut faults;
        let references = Self {
            listings: Listings::load(source, f)?,
            annotations: Annotations::load(source, f)?,
            measures: Measures::load(source, f)?,
            instruments: Instruments::load(source, f)?,
            authorities: Authorities::load(source, f)?,
            countries: Countries::load(source, f)?,
            ports: Ports::load(source, f)?,
            routes: Routes::load(source, f)?,
            hs: HsCodes::load(source, f)?,
            covers: Covers::load(source, f)?,
            densities: Densities::load(source, f)?,
            units: Units::load(source, f)?,
            codes: CodeLists::load(source, f)?,
            seizures: Seizures::load(source, f)?,
            accepted_taxa: accepted_taxa(source),
            edition: edition(source),
        };
        if faults.is_empty() { Ok(references) } else { Err(ReferenceError::Faults(faults)) }
    }

    /// First 16 hexadecimal digits of the hash over all tables.
    pub fn edition(&self) -> &str {
        &self.edition
    }
}

fn edition(source: &DataSource) -> String {
    let mut hasher = blake3::Hasher::new();
    for table in TABLES {
        if let Ok(bytes) = source.read(&format!("{table}/{table}.csv")) {
            hasher.update(table.as_bytes());
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(&bytes);
        }
    }
    hasher.finalize().to_hex().as_str().chars().take(16).collect()
}

/// Names of the taxa table, read without its loader so that the other tables can be checked against it.
fn accepted_taxa(source: &DataSource) -> BTreeSet<String> {
    let Ok(bytes) = source.read("taxa/taxa.csv") else { return BTreeSet::new() };
    let mut reader = csv::Reader::from_reader(bytes.as_ref());
    let named = |headers: &csv::StringRecord| {
        headers.iter().position(|name| matches!(name, "scientific_name" | "accepted_name" | "name" | "taxon"))
    };
    let Some(column) = reader.headers().ok().and_then(named) else { return BTreeSet::new() };
    reader.records().flatten().filter_map(|row| row.get(column).map(str::to_owned)).collect()
}
