//! Changes of the permit register, as entries say them.
//!
//! A change is a whole register or rows of one; its rows stand beside the entry that first said it. It waits until a second
//! person signs; the first register of a state, read from the file that the operator named, acts by itself.

use jiff::Timestamp;
use palisander_engine::Label;
use palisander_engine::papers::ProposalCounts;
use serde::{Deserialize, Serialize};

use super::editions::EditionFile;
use crate::words::words;

words! {
    /// What a change of the register is.
    RegisterSource {
        /// The first register of a state, from a file.
        Seed = "seed",
        /// A whole register in the place of the one before.
        File = "file",
        /// Rows: added, corrected, ended.
        Rows = "rows",
    }
}

words! {
    /// How far a change of the register has come.
    RegisterState {
        /// A second person has to sign.
        Waits = "waits",
        /// It acts.
        Acts = "acts",
        /// It was taken back, and never acted.
        Dropped = "dropped",
    }
}

/// A change of the register as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterChange {
    pub id: String,
    pub source: RegisterSource,
    pub state: RegisterState,
    /// How many documents it touches; of a whole register how many it holds, as added.
    pub counts: ProposalCounts,
    /// What of it was not read, each with its place; the first of them where there are very many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// Numbers that it touches, the first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<String>,
    /// The strictest of its rows.
    pub label: Label,
    /// Its rows: as they came where it is a whole register, else as the engine reads changes.
    pub file: EditionFile,
    /// Who proposed it, and does not sign it.
    pub by: String,
    pub at: Timestamp,
    /// Why, in his words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// Since when it acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_since: Option<Timestamp>,
}

impl RegisterChange {
    /// Is it part of the register?
    pub fn acts(&self) -> bool {
        self.state == RegisterState::Acts
    }

    /// Does it stand in the place of all that came before?
    pub fn is_whole(&self) -> bool {
        matches!(self.source, RegisterSource::Seed | RegisterSource::File)
    }
}
