//! Reported seizures: the base rate of a taxon on a route.
//!
//! Source: datasets/seizures/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Certainty, Confidence, taxon_meets};
use super::load::DataSource;
use crate::codes::{CountryCode, Date};

/// One case, or an official total of cases.
#[derive(Debug, Clone, Deserialize)]
pub struct Seizure {
    /// Stable id; `Seizure <id>` is its instrument.
    pub id: String,
    /// First possible day.
    pub first_on: Date,
    /// Last possible day.
    pub last_on: Date,
    /// Place of the seizure, as the source reported it.
    pub place: String,
    /// Where seized; `None` = several countries.
    pub country: Option<CountryCode>,
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<String>,
    /// Figures as reported.
    pub quantity_text: String,
    /// Mass, where one is reported.
    pub mass_kg: Option<f64>,
    /// Volume, where one is reported.
    pub volume_m3: Option<f64>,
    /// Containers, where reported.
    pub n_containers: Option<u32>,
    /// Value as reported.
    pub value_text: String,
    #[serde(deserialize_with = "fields::parts")]
    pub origin_countries: Vec<CountryCode>,
    /// Route as reported.
    pub route_text: String,
    /// Destination as reported.
    pub destination_text: String,
    #[serde(deserialize_with = "fields::parts")]
    pub destination_countries: Vec<CountryCode>,
    /// What the papers said and how it was hidden.
    pub misdeclaration: String,
    pub note: String,
    /// What is uncertain about the dates.
    pub date_note: Option<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// The seizures reported, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Seizures {
    rows: Vec<Seizure>,
}

impl Seizures {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "seizures", faults)? })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Seizure] {
        &self.rows
    }

    /// Cases of a taxon from an origin that were over by `day` (later ones nobody knew).
    pub fn before<'a>(
        &'a self,
        taxon: &'a str,
        origin: Option<CountryCode>,
        day: Date,
    ) -> impl Iterator<Item = &'a Seizure> {
        self.rows.iter().filter(move |row| {
            row.last_on <= day
                && row.taxa.iter().any(|own| taxon_meets(own, taxon) != Certainty::No)
                && origin.is_none_or(|origin| row.origin_countries.contains(&origin))
        })
    }
}
