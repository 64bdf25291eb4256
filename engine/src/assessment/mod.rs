//! Assessment: what follows from the outcomes. Score, lane, and everything that explains them.
//!
//! In: outcomes, evidence, faults. Out: an [`Assessment`], enough to explain the result without computing it again.
//! Points add up and are not clipped; within a group only the highest hit counts; floors hold whatever the score.

mod boxes;
mod conclude;
mod declared;
mod explain;
mod given;
mod handling;
pub mod schema;
mod short;
mod tally;
mod verdict;
mod written;

use schemars::JsonSchema;
use serde::Serialize;

pub use boxes::Boxed;
pub use conclude::conclude;
pub use declared::{Container, Goods, MAX_GOODS_CHARS, MAX_GOODS_SHOWN, PartyNamed, Ship};
pub use given::{Concluding, Counts, Editions};

pub use short::{Short, conclude as conclude_short};
pub use tally::{Reached, Tally, counted};
pub use verdict::{Verdict, conclude as verdict_of};
pub use written::bytes;

use crate::codes::Date;
use crate::history::FilingNamed;
use crate::label::Label;
use crate::manifest::Fault;
use crate::profile::Lane;

/// Hits shown for one consignment; all are counted.
pub const MAX_HITS_SHOWN: usize = 200;

/// The answer for one consignment.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Assessment {
    /// Fingerprint of the input, the day and the editions: the same input gives the same id.
    pub assessment_id: String,
    /// Bill of lading.
    pub consignment: String,
    pub manifest: String,
    /// Day whose law, measures, alerts and register count.
    #[schemars(with = "String", extend("format" = "date"))]
    pub as_of: Date,
    /// What the answer asks for, from release to physical examination.
    pub lane: Lane,
    /// What decided the lane.
    pub lane_because: Vec<String>,
    /// The lane if every open point were met, floors included: how high the bill could still rise.
    pub lane_high: Lane,
    /// Sum of the points that count, the highest of each group; 0 or more.
    pub score: i64,
    /// Points met, and those that could not be verified.
    pub score_high: i64,
    /// Sorts by lane, score, score_high, manifest and bill: the lower text is the more urgent.
    pub rank_key: String,
    /// Ship and arrival, as declared.
    pub ship: Ship,
    /// Containers that the goods are said to be in, by number.
    pub containers: Vec<Container>,
    /// Goods items in short; at most [`MAX_GOODS_SHOWN`].
    pub goods: Vec<Goods>,
    /// How many goods items the bill has.
    pub n_goods_items: usize,
    /// Parties with their roles.
    pub parties: Vec<PartyNamed>,
    /// Gross mass of the bill, kg: as declared for the whole, else the sum when every item states its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_mass_kg: Option<f64>,
    /// Volume of the bill, m³, when every item states its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_m3: Option<f64>,
    /// Taxa named, listed genera first.
    pub taxa: Vec<NamedTaxon>,
    /// Indicators that fired, the most points first.
    pub hits: Vec<Hit>,
    /// What experimental profiles say: shown apart, and never in score, lane or steps.
    pub shadow_hits: Vec<Hit>,
    /// Tests that could not be told.
    pub unverifiable: Vec<Unverifiable>,
    /// What was found about each document declared.
    pub documents: Vec<DocumentAnswer>,
    /// What to do next.
    pub next_steps: Vec<Step>,
    /// What was wrong with the input or the rules.
    pub faults: Vec<Fault>,
    /// The filing of the same bill before this one, which this one supersedes or amends, with its goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amends: Option<FilingNamed>,
    /// The filing that stands in place of this one. The answer and its lane stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<FilingNamed>,
    /// The filing that took this one back; a cancellation names itself. The answer and its lane stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<FilingNamed>,
    /// How far the history behind the answer reaches.
    pub history: HistoryAnswer,
    /// Editions of everything that was used.
    pub editions: Editions,
}

/// An answer that has a lane, full or short.
pub trait InLane {
    /// What it asks for.
    fn lane(&self) -> Lane;
}

impl InLane for Assessment {
    fn lane(&self) -> Lane {
        self.lane
    }
}

impl InLane for Verdict {
    fn lane(&self) -> Lane {
        self.lane
    }
}

impl InLane for Short {
    fn lane(&self) -> Lane {
        self.lane
    }
}

/// What the answer rests on of earlier consignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HistoryAnswer {
    /// How far it reaches.
    pub reaches: crate::settle::Reach,
}

/// A taxon that the goods name.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NamedTaxon {
    /// JSON pointer in the consignment.
    #[serde(rename = "where")]
    pub at: String,
    /// Words as they stand.
    pub text: String,
    /// Accepted name or genus.
    pub taxon: String,
    /// Accepted name under which the law counts it, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_name: Option<String>,
    /// `flag`, `review`, `lookalike`, `none`.
    pub verdict: String,
    /// Coverage by the Appendices, in words.
    pub listing: String,
    /// Taxa that the words could also mean.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<String>,
}

/// An indicator that fired.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Hit {
    pub profile: String,
    pub indicator: String,
    pub points: i64,
    /// Group within which only the highest counts.
    pub group: String,
    /// Do its points count, or does a higher hit of the group stand for it?
    pub counts: bool,
    /// The lane that this hit alone asks for, whatever the points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<Lane>,
    /// Reason in words.
    pub reason: String,
    /// Values that met.
    pub met: Vec<Met>,
    /// Instruments and clauses that it rests on, as cited.
    pub sources: Vec<String>,
    /// Strictest label of all that the hit rests on.
    pub handling: Label,
}

/// One value that met.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Met {
    /// JSON pointer in the consignment.
    #[serde(rename = "where")]
    pub at: String,
    /// As it stands there.
    pub text: String,
    /// What it was taken for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<String>,
    /// Closeness, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
}

/// A test that could not be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Unverifiable {
    pub profile: String,
    pub indicator: String,
    pub why: String,
    /// Points that it would bring.
    pub points: i64,
    /// What would settle it.
    pub settled_by: String,
    /// Strictest label of all that it rests on.
    pub handling: Label,
}

/// A declared document and what the register says.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DocumentAnswer {
    /// JSON pointer in the consignment.
    #[serde(rename = "where")]
    pub at: String,
    pub kind: &'static str,
    /// Number as declared.
    pub declared: Option<String>,
    pub verdict: crate::evidence::Finding,
    /// Whom the name of the issuer means, and how like it is: a slip of the pen is borne.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<crate::permits::IssuerFound>,
    /// Codes of the problems found, such as `quantity_exceeded`.
    pub problems: Vec<String>,
    /// What is declared of a CITES document, by the boxes of its form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<Boxed>,
    /// The same with the two values that met.
    pub details: Vec<crate::evidence::documents::Problem>,
    /// Candidates, best first.
    pub candidates: Vec<crate::evidence::documents::Candidate>,
    /// Strictest label of the register rows and alerts that it shows.
    pub handling: Label,
}

/// A step to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Step {
    pub step: String,
    /// Office or authority that the step is addressed to.
    pub to: String,
    pub why: String,
    /// Strictest label of all that it rests on.
    pub handling: Label,
}
