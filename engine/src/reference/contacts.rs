//! Whom to ask in a country: focal points and agencies, each by its function.
//!
//! In: nothing. Out: rows. Not here: which of them fit a question. Source: datasets/contacts/card.toml.

use serde::{Deserialize, Serialize};

use super::fields::{self, Confidence};
use crate::codes::{CountryCode, Date};
use crate::words::words;

words! {
    /// What a contact is asked about.
    pub enum Topic {
        Timber = "timber",
        Permits = "permits",
        Ports = "ports",
        Transit = "transit",
        Money = "money",
        Arrest = "arrest",
    }
}

words! {
    /// Which kind of agency a contact belongs to.
    pub enum ContactAgency {
        ManagementAuthority = "management_authority",
        Customs = "customs",
        Police = "police",
        Wildlife = "wildlife",
        Prosecution = "prosecution",
        /// National Central Bureau of INTERPOL.
        Interpol = "interpol",
        /// Financial intelligence unit.
        Financial = "financial",
    }
}

words! {
    /// How soon a contact answers.
    pub enum Urgency {
        /// At any hour.
        AtOnce = "at_once",
        /// Within a working day.
        Day = "day",
        /// Within a week.
        Week = "week",
    }
}

/// A contact of one agency.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contact {
    /// Id that never changes.
    pub id: String,
    pub country: CountryCode,
    #[serde(deserialize_with = "fields::parts")]
    pub topics: Vec<Topic>,
    pub agency: ContactAgency,
    /// How it is reached.
    pub channel: String,
    /// ISO 639-1 codes.
    #[serde(deserialize_with = "fields::parts")]
    pub languages: Vec<String>,
    pub urgency: Urgency,
    /// Last day on which the row was confirmed.
    pub verified_on: Option<Date>,
    #[serde(deserialize_with = "fields::flag")]
    pub invented: bool,
    pub confidence: Confidence,
}
