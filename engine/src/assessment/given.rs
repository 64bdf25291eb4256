//! What the answer is concluded from: the input, the rules, the facts, and the editions of them.
//!
//! In: what the spine holds when every fact is gathered. Out: [`Concluding`], borrowed, and [`Editions`], which the answer
//! keeps. Not here: how they are used (`conclude.rs`, `explain.rs`).

use serde::Serialize;

use crate::evidence::Evidence;
use crate::manifest::{Consignment, Fault, Manifest};
use crate::profile::{Facts, ProfileSet};

/// Editions of everything that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Editions {
    /// Version of the engine.
    pub engine: String,
    /// Fingerprint of the rules.
    pub rules: String,
    /// Fingerprint of the tables.
    pub datasets: String,
    /// Records of the alert generation.
    pub alerts: u64,
    /// Documents of the register.
    pub register: u64,
}

/// Everything that is concluded from.
#[derive(Debug, Clone, Copy)]
pub struct Concluding<'a> {
    /// Rules.
    pub profiles: &'a ProfileSet,
    /// Manifest.
    pub manifest: &'a Manifest,
    /// Consignment.
    pub consignment: &'a Consignment,
    /// Evidence.
    pub evidence: &'a Evidence,
    /// Facts.
    pub facts: &'a Facts,
    /// Faults of the manifest.
    pub faults: &'a [Fault],
    /// Editions.
    pub editions: &'a Editions,
}
