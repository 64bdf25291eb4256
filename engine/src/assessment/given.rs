//! What the answer is concluded from: the input, the rules, the facts, and the editions of them.
//!
//! In: what the spine holds when every fact is gathered. Out: [`Concluding`], borrowed, and [`Editions`], which the answer
//! keeps. Not here: how they are used (`conclude.rs`, `explain.rs`).

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::history::Standing;
use crate::label::Label;
use crate::manifest::{Consignment, Fault, Manifest};
use crate::profile::{Facts, ProfileSet};
use crate::settle::Reach;

/// Editions of everything that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Editions {
    /// Version of the engine.
    pub engine: Arc<str>,
    /// Fingerprint of the rules.
    pub rules: Arc<str>,
    /// Fingerprint of the tables.
    pub datasets: Arc<str>,
    /// Fingerprint of the alerts.
    pub alerts: Arc<str>,
    /// Fingerprint of the register.
    pub register: Arc<str>,
    /// Fingerprint of the watch list.
    pub watch_list: Arc<str>,
    /// Fingerprint of the slice of history that the bill meets; empty beside a whole engine.
    #[serde(default, skip_serializing_if = "str_is_empty")]
    pub history: Arc<str>,
    /// Rows, for people.
    pub counts: Counts,
}

fn str_is_empty(text: &Arc<str>) -> bool {
    text.is_empty()
}

/// Rows of the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Counts {
    /// Records, the shipped ones included.
    pub alerts: u64,
    /// Number of documents in the register.
    pub register: u64,
    /// Number of entries in the watch list.
    pub watch_list: u64,
}

/// Everything that is concluded from.
#[derive(Debug, Clone)]
pub struct Concluding<'a> {
    /// Fingerprint of input, day and editions.
    pub assessment_id: String,
    pub profiles: &'a ProfileSet,
    /// The strictest label that is looked at; of profiles that did not load it is said under RED alone.
    pub clearance: Label,
    pub manifest: &'a Manifest,
    pub consignment: &'a Consignment,
    pub evidence: &'a Evidence,
    pub facts: &'a Facts,
    /// Faults of the manifest.
    pub faults: &'a [Fault],
    /// Editions of everything but the history.
    pub editions: &'a Editions,
    /// Fingerprint of the slice of history that the bill meets.
    pub slice: &'a str,
    /// How far the history reaches.
    pub reaches: Reach,
    /// Where the filing stands among those of its bill.
    pub standing: &'a Standing,
}
