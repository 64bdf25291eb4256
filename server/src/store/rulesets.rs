//! Rulesets: profiles that a Task Force publishes through the service, as entries say them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// How far a ruleset has come.
    RulesetState {
        /// It does not load whole, or a case of it fails.
        Draft = "draft",
        /// It loads whole and all its cases hold.
        Checked = "checked",
        /// A second person approved it.
        Approved = "approved",
        /// It is evaluated and shown apart, and moves nothing.
        Shadow = "shadow",
        /// It acts.
        Live = "live",
        /// It acts no longer.
        Retired = "retired",
    }
}

/// A file of a ruleset; its text stands beside the entry that first said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesetFile {
    /// `my-profile/profile.toml`
    pub path: String,
    pub n_bytes: u64,
    /// Digest of the body that holds it.
    pub body: String,
}

/// What the check said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesetCheck {
    /// What does not load and what is doubted, each in words with its place.
    pub findings: Vec<String>,
    /// Cases that fail, each with why.
    pub failing: Vec<String>,
    /// How many cases ran.
    pub cases: u64,
    /// Ids of its profiles.
    pub profiles: Vec<String>,
    /// Edition of the rules that it was checked beside.
    pub beside: String,
}

/// A ruleset as it stands. Its files never change: what is changed is another one of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruleset {
    pub id: String,
    /// What it is for; of a name one acts at a time.
    pub name: String,
    pub state: RulesetState,
    pub files: Vec<RulesetFile>,
    pub check: RulesetCheck,
    /// Who wrote it, and never approves it.
    pub author: String,
    pub drafted_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// Why, in the words of who did it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Ruleset {
    /// Is it part of the engine?
    pub fn acts(&self) -> bool {
        matches!(self.state, RulesetState::Shadow | RulesetState::Live)
    }
}
