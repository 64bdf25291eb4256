//! Sealed holds: consignments that are let through while they are watched, as entries say it.
//!
//! A hold waits until a second person signs, acts until it expires or is ended, and each bill that it meets meanwhile is an entry
//! of its own, with what is needed to judge the bill as it is.

use jiff::Timestamp;
use palisander_engine::Date;
use serde::{Deserialize, Serialize};

use super::bills::HowRead;
use crate::words::words;

words! {
    /// How far a hold has come.
    HoldState {
        /// A second person has to sign.
        Waits = "waits",
        /// It acts.
        Acts = "acts",
        /// It is over, and its bills are in their lanes.
        Ended = "ended",
        /// It was taken back before it acted.
        Dropped = "dropped",
    }
}

/// A hold as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    pub id: String,
    /// Bill of lading of the consignment, as it was given.
    pub consignment: String,
    /// The order or law by which it is let through.
    pub instrument: String,
    pub reason: String,
    /// From then on its bills are in their lanes.
    pub expires_at: Timestamp,
    pub state: HoldState,
    /// Who proposed it, and does not sign it.
    pub by: String,
    pub at: Timestamp,
    /// The second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// Who ended it or took it back; the operator where it expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

impl Hold {
    /// Does it act?
    pub fn acts(&self) -> bool {
        self.state == HoldState::Acts
    }
}

/// A bill that a hold has met, and how to judge it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldMet {
    /// Outward id of the bill.
    pub bill: String,
    /// Bill of lading, as it was declared.
    pub consignment: String,
    /// Its place in its batch, from 0.
    pub n: u64,
    pub as_of: Date,
    /// Who sent it.
    pub by: String,
    /// Digest of the body that came, packed.
    pub payload: String,
    pub media_type: String,
    pub read: HowRead,
    /// Id of what the engine was made of, where that is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
}
