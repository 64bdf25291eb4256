//! Who can be called, and when: champions, interpreters, trained officers, units. A post is a function; nobody is named.
//!
//! In: nothing. Out: rows with their hours. Not here: who of them is on duty and fits. Source: datasets/helpers/card.toml.

use serde::{Deserialize, Serialize};

use super::fields::{self, Confidence};
use crate::codes::CountryCode;
use crate::words::words;

words! {
    /// What a post is for.
    pub enum HelperKind {
        /// Knows the Convention and whom to ask (CITES CoP17 Doc. 25, Annex 3, paragraph 10 viii).
        Champion = "champion",
        Interpreter = "interpreter",
        /// Trained to tell woods apart.
        TrainedOfficer = "trained_officer",
        /// A unit for operations.
        Unit = "unit",
    }
}

words! {
    /// What a post can do.
    pub enum Skill {
        Identification = "identification",
        Timber = "timber",
        Questioning = "questioning",
        Operations = "operations",
        ControlledDelivery = "controlled_delivery",
        Documents = "documents",
        Money = "money",
    }
}

words! {
    /// A day of the week, Monday first.
    pub enum Weekday {
        Monday = "mon",
        Tuesday = "tue",
        Wednesday = "wed",
        Thursday = "thu",
        Friday = "fri",
        Saturday = "sat",
        Sunday = "sun",
    }
}

/// A post on duty.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Helper {
    /// Id that never changes.
    pub id: String,
    pub kind: HelperKind,
    /// Where it can be called; empty = anywhere.
    #[serde(deserialize_with = "fields::parts")]
    pub countries: Vec<CountryCode>,
    #[serde(deserialize_with = "fields::parts")]
    pub skills: Vec<Skill>,
    /// Woods that it knows; empty = any.
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<String>,
    /// ISO 639-1 codes.
    #[serde(deserialize_with = "fields::parts")]
    pub languages: Vec<String>,
    /// Of a watch over midnight the day on which it begins.
    #[serde(deserialize_with = "fields::parts")]
    pub days: Vec<Weekday>,
    /// First minute of the watch, local.
    pub from: jiff::civil::Time,
    /// Its end, local; the same as `from` = all day, earlier = over midnight.
    pub to: jiff::civil::Time,
    /// Local time less UTC.
    pub utc_offset_minutes: i32,
    /// How it is reached.
    pub channel: String,
    #[serde(deserialize_with = "fields::flag")]
    pub invented: bool,
    pub confidence: Confidence,
}
