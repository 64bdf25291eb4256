//! Parties that hold a reservation on a taxon: for them it is as if it were not listed, or not so strictly.
//!
//! In: Party, taxon, day. Out: holds one, may hold one, or nothing known. A reservation never lessens what papers are
//! due: Resolution Conf. 4.25 asks for comparable documentation. Source: datasets/reservations/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Certainty, Confidence, taxon_meets};
use super::load::DataSource;
use crate::codes::{CountryCode, Date, Period};

/// What is known of one reservation.
#[derive(Debug, Clone, Deserialize)]
pub struct Reservation {
    /// Parties; empty = every Party.
    #[serde(deserialize_with = "fields::parts")]
    pub party: Vec<CountryCode>,
    /// Species, or `Genus spp.`.
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<String>,
    /// `yes`, `none` or `unknown`.
    pub reservation: String,
    /// First day.
    pub effective_from: Date,
    /// Last day; `None` = still in force.
    pub effective_to: Option<Date>,
    /// How well the row is known.
    pub confidence: Confidence,
}

/// What is known of the reservations of every Party, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct Reservations {
    rows: Vec<Reservation>,
}

impl Reservations {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "reservations", faults)? })
    }

    /// Does the Party hold a reservation on the taxon on the day? What is unverified or told as unknown is possible; a
    /// reservation on one species is possible where only the genus is told.
    pub fn held(&self, party: CountryCode, taxon: &str, day: Date) -> Certainty {
        let acting = self.rows.iter().filter(|row| {
            let by_party = row.party.is_empty() || row.party.contains(&party);
            by_party && Period { from: Some(row.effective_from), to: row.effective_to }.contains(day)
        });
        acting
            .filter(|row| row.reservation != "none")
            .map(|row| {
                let by_taxon = row.taxa.iter().map(|own| taxon_meets(own, taxon)).max().unwrap_or(Certainty::No);
                let sure = row.reservation == "yes" && row.confidence != Confidence::Unverified;
                by_taxon.and(if sure { Certainty::Yes } else { Certainty::Possibly })
            })
            .max()
            .unwrap_or(Certainty::No)
    }
}
