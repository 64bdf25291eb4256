//! What is done at a find, and how many pieces of a lot are sampled.
//!
//! In: nothing. Out: editions of procedures, ranges of lots. Not here: which of them counts on a day or for a lot. Sources:
//! datasets/procedures/card.toml, datasets/sampling-plans/card.toml.

use serde::{Deserialize, Serialize};

use super::fields::{self, Confidence};
use crate::codes::Date;
use crate::words::words;

words! {
    /// For which finds a procedure is.
    pub enum FindSize {
        Any = "any",
        Large = "large",
    }
}

words! {
    /// What a procedure is about.
    pub enum ProcedureSubject {
        /// What is done where goods are found.
        Find = "find",
        /// What becomes of goods that were seized.
        Disposal = "disposal",
    }
}

words! {
    /// How the number of samples follows from the size of a lot.
    pub enum SamplingRule {
        /// Every piece.
        All = "all",
        /// The number of the row.
        Some = "some",
        /// The square root, rounded up.
        Root = "root",
    }
}

/// One edition of one procedure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Procedure {
    /// Id of the procedure, the same for all its editions.
    pub id: String,
    /// Kind of agency, or `*`.
    pub agency: String,
    pub size: FindSize,
    pub subject: ProcedureSubject,
    pub edition: u32,
    /// First day of the edition.
    pub effective_from: Date,
    pub title: String,
    /// What is done, in its order.
    #[serde(deserialize_with = "fields::parts")]
    pub steps: Vec<String>,
    pub confidence: Confidence,
}

/// A range of sizes of a lot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SamplingPlan {
    /// Smallest lot of the row; it goes to the next row.
    pub pieces_from: u64,
    pub rule: SamplingRule,
    /// How many, where the rule is `some`.
    pub pieces: Option<u64>,
    pub confidence: Confidence,
}
