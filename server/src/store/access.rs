//! What people without a key ask: to be let in, as entries say it.

use palisander_engine::Date;
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// How far a request has come.
    AccessState {
        /// An administrator has to look at it.
        Waiting = "waiting",
        /// There is a reader; who asked fetches his key.
        Approved = "approved",
        /// It came to nothing; why is said.
        Refused = "refused",
        /// The key was told to who asked, this once.
        Collected = "collected",
    }
}

/// Somebody asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessRequest {
    pub id: String,
    pub state: AccessState,
    /// As he is to be named among the readers.
    pub name: String,
    /// Where he works.
    pub office: String,
    /// How he is reached by those who vet him, outside of this service.
    pub contact: String,
    /// What he asks it for.
    pub purpose: String,
    pub asked_on: Date,
    /// Id of the administrator who looked at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<Date>,
    /// Id of the reader who was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Which requests are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessQuestion {
    /// Only in this state.
    pub state: Option<AccessState>,
    /// Only what came before this entry.
    pub before: u64,
    pub limit: usize,
}
