//! Manifests that are judged later, as entries say them; and leases, which no entry says.

use std::time::Duration;

use jiff::Timestamp;
use palisander_engine::{Date, Label};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bills::HowRead;
use crate::words::words;

words! {
    /// How far a job has come. That it is under way no entry says, but a lease.
    JobState {
        /// Its manifest waits, or is judged now.
        Waiting = "waiting",
        /// Its answers may be read.
        Done = "done",
        /// There will be none; `problem` says why.
        Failed = "failed",
        /// Its sender does not want it any more.
        Cancelled = "cancelled",
        /// Its answers were kept for their days.
        Expired = "expired",
    }
}

/// A manifest that is judged later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    pub id: String,
    /// Id of the reader who sent it; to all others there is none.
    pub by: String,
    pub state: JobState,
    /// What bills looked like to him when he sent it, in a word.
    pub audience: String,
    /// The strictest label that he might read then.
    pub clearance: Label,
    pub media_type: String,
    pub read: HowRead,
    pub as_of: Date,
    /// Bytes of the manifest.
    pub bytes: u64,
    /// Digests of the bodies that hold it, packed, in order; erased when the job ends.
    pub payload: Vec<String>,
    pub sent_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Id of the batch of its bills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Bills that have an answer.
    #[serde(default)]
    pub bills: u64,
    /// Bills that have none.
    #[serde(default)]
    pub lost: u64,
    /// Digests of the bodies that hold its answers, packed, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// Why there are none, as a problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Value>,
}

/// Which jobs are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobQuestion {
    /// Those in a state, by their last entry, the earliest first.
    In(JobState),
    /// Those of a reader, the latest first.
    Of(String),
}

/// Something that one process has to itself for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    /// Tells processes apart.
    pub holder: String,
    /// For how long from now; zero gives it back.
    pub length: Duration,
    /// How far it is, for whoever asks, and for who takes it next; `None` leaves what was said last.
    pub note: Option<String>,
}

/// How a lease stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    pub note: String,
    /// Somebody holds it now.
    pub is_held: bool,
}
