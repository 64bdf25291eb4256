//! Whom events are told, as entries say it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Something that happened, and that a reader may be told of.
    Event {
        /// A decision about a bill waits for a second person.
        DecisionProposed = "decision.proposed",
        /// A decision about a bill is in force.
        DecisionMade = "decision.made",
        /// Another lane of a bill is in force, or it is released.
        LaneChanged = "lane.changed",
        /// What an examination found was reported.
        ResultRecorded = "result.recorded",
        /// Information that he had read holds no more.
        InformationWithdrawn = "information.withdrawn",
        /// A manifest that he sent to be judged later has ended.
        JobEnded = "job.ended",
    }
}

/// An address that events are sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub id: String,
    /// Id of the reader as whom it is told: what he may not know is not sent.
    pub reader: String,
    pub url: String,
    pub events: BTreeSet<Event>,
    /// Which of its secrets signs; each new one is the next.
    pub secret: u32,
    pub added_at: Timestamp,
    /// Number of the last entry before it was added: it is told what comes after.
    pub after: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// What a `webhook_resent` entry says: what is to be sent again, by the numbers of its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resent {
    pub entries: Vec<u64>,
}
