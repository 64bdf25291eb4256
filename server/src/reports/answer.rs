//! What somebody answers to a question of a report that the log cannot: by form, with who and when.

use palisander_engine::Date;
use serde::{Deserialize, Serialize};

/// Characters of an answer in words.
pub const MAX_ANSWER_CHARS: usize = 2_000;

/// An answer by form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportAnswer {
    pub report: String,
    pub year: i16,
    /// Id of the question.
    pub question: String,
    /// As the type of the question asks for it: `0` to `3`, `present`, `absent`, or words.
    pub answer: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Id of the reader who answered.
    pub by: String,
    pub on: Date,
}
