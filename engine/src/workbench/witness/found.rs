//! What is found: the claims, and the bills that show them.

use serde::Serialize;
use serde_json::Value;

use crate::assess::Engine;
use crate::profile::{Indicator, Lane, Status};
use crate::words::words;

words! {
    /// What is wrong.
    pub enum Claim {
        /// The test of an indicator contradicts itself.
        NeverHolds = "never_holds",
        /// The test of an indicator is met by whatever it is asked of.
        AlwaysHolds = "always_holds",
        /// Two indicators are met by the same.
        AlwaysTogether = "always_together",
        /// Whatever meets an indicator meets another of its group that brings as much.
        Hidden = "hidden",
        /// No sum of points and no floor comes out in a lane.
        LaneUnreached = "lane_unreached",
        /// One weak signal alone passes a threshold.
        LoneSignal = "lone_signal",
        /// More of a figure brings fewer points, against what the profile promises.
        Falls = "falls",
        /// Tests have more choices than can be followed; of some nothing is proven.
        NotFollowed = "not_followed",
    }
}

/// Something wrong with the rules.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Witness {
    pub claim: Claim,
    /// The indicators that it is about, as profile/indicator; of a promise the profile alone.
    pub of: Vec<String>,
    /// What is wrong, in a sentence.
    pub says: String,
    /// Bills that show it: one, or two that differ in one figure; none where none was found.
    pub bills: Vec<Shown>,
}

/// A bill, and what the engine says of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// The bill with what surrounds it, as a case that `rules explain --consignment` reads.
    pub case: Value,
    /// What is to be seen on it.
    pub shows: String,
    pub lane: Lane,
    pub score: i64,
    /// Indicators that fire on it, as profile/indicator.
    pub hits: Vec<String>,
}

/// An indicator as people name it.
pub(super) fn name(engine: &Engine, indicator: &Indicator) -> String {
    let profile = engine.profiles().profile_of(indicator).map_or("", |profile| profile.id.as_str());
    format!("{profile}/{}", indicator.name)
}

/// Is it asked at all? What is tried in shadow is, what acts no longer is not.
pub(super) fn is_heard(status: Status) -> bool {
    status != Status::Deprecated
}

/// Does it move the lane?
pub(super) fn counts(engine: &Engine, indicator: &Indicator) -> bool {
    let profile = engine.profiles().profile_of(indicator);
    profile.is_some_and(|profile| is_heard(profile.status)) && !engine.profiles().is_shadow(indicator)
}
