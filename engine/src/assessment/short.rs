//! The answer in short: what puts a bill in its place among the others, and nothing that explains it.
//!
//! In: the outcomes. Out: a [`Short`], whose fields are those of the full answer of the same bill, by name and value. No
//! sentence is made and nothing declared is copied. For streams from which most bills are released by lane and rank; the
//! full answer of one is asked for when somebody looks at it.

use schemars::JsonSchema;
use serde::Serialize;

use super::conclude::{Told, rank_key};
use super::given::Concluding;
use crate::manifest::Fault;
use crate::profile::{Lane, Outcome};

/// The answer for one consignment, in short.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Short {
    /// Fingerprint of the input, the day and the editions, as in the full answer.
    pub assessment_id: String,
    /// Bill of lading.
    pub consignment: String,
    /// What the answer asks for, from release to physical examination.
    pub lane: Lane,
    /// The lane if every open point were met.
    pub lane_high: Lane,
    /// Sum of the points that count.
    pub score: i64,
    /// The lower text is the more urgent.
    pub rank_key: String,
    /// What was wrong with the input or the rules.
    pub faults: Vec<Fault>,
}

/// Concludes in short.
pub fn conclude(from: &Concluding<'_>, outcomes: &[Outcome]) -> Short {
    let told = Told::of(from, outcomes, false);
    let reached = told.reached();
    Short {
        assessment_id: from.assessment_id.clone(),
        consignment: from.consignment.bill_of_lading.clone(),
        lane: reached.lane,
        lane_high: reached.lane_high,
        score: reached.score,
        rank_key: rank_key(&reached, from),
        faults: told.faults,
    }
}
