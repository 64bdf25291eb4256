//! What is left to do: leads to be followed, bodies to be told, and what whoever took over says of how it ended.
//!
//! In: templates and countries. Out: tasks, notices, hand-overs, each open until it is done or somebody says why not. Agencies that
//! seize never hear of the case again (CITES CoP17 Doc. 25, Annex 3, paragraph 10 iii): a hand-over asks for an outcome.

use palisander_engine::{CountryCode, Date};
use serde::{Deserialize, Serialize};

use super::facts::Part;
use super::limits::Shape;
use crate::words::words;

words! {
    /// How far something has come.
    Progress { Open = "open", Done = "done", Declined = "declined" }
}

/// A lead to be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// From 1.
    pub n: usize,
    pub what: String,
    /// The template that it comes from; none where somebody wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    pub state: Progress,
    /// Why it was declined, or what came of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
}

words! {
    /// Who is told.
    Body {
        Country = "country",
        Interpol = "interpol_ncb",
        Secretariat = "cites_secretariat",
        Wco = "wco",
        Fiu = "fiu",
        /// The origin, for what the loss means there.
        Impact = "origin_impact",
        Laboratory = "laboratory",
        Wist = "wist",
    }
}

words! {
    /// How far a notice has come.
    Sent { Due = "due", Sent = "sent", Answered = "answered", Declined = "declined" }
}

/// Somebody who has to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// From 1.
    pub n: usize,
    pub to: Body,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// What that country has to do with the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    pub state: Sent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_on: Option<Date>,
    /// Why it was declined, or what was answered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Notice {
    /// As people call it: `MG (origin)`, `INTERPOL`.
    pub fn called(&self) -> String {
        let body = match self.to {
            Body::Country => "a country",
            Body::Interpol => "INTERPOL (the National Central Bureau)",
            Body::Secretariat => "the CITES Secretariat",
            Body::Wco => "the World Customs Organization",
            Body::Fiu => "the financial intelligence unit",
            Body::Impact => "an impact statement",
            Body::Laboratory => "the laboratory",
            Body::Wist => "the Wildlife Incident Support Team",
        };
        match (self.to, self.country, self.part) {
            (Body::Country, Some(country), Some(part)) => format!("{country} ({part})"),
            (Body::Impact, Some(country), _) => format!("{country}, for {body}"),
            (_, Some(country), _) => format!("{body}, {country}"),
            _ => body.to_owned(),
        }
    }
}

words! {
    /// What whoever took over says of how it ended.
    Told { Waits = "waits", Outcome = "outcome", NotShared = "not_to_be_shared" }
}

/// The case was handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// From 1.
    pub n: usize,
    /// Group that took over.
    pub to: String,
    pub on: Date,
    pub by: String,
    pub state: Told,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outcome: String,
}

/// Days after which nobody has said how it ended.
pub const OUTCOME_DAYS: i32 = 90;

impl HandOver {
    /// Has it been too long without a word?
    pub fn is_due(&self, today: Date) -> bool {
        self.state == Told::Waits && days_between(self.on, today) > OUTCOME_DAYS
    }
}

/// Days from one day to another.
pub fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

/// What does not fit of a lead.
pub fn task_faults(what: &str, n_rows: usize) -> Vec<String> {
    let mut shape = Shape::default();
    shape.text("what", what);
    shape.rows("tasks", n_rows + 1);
    shape.faults
}

/// Whoever ends something without doing it says why.
pub fn reason_faults(is_declined: bool, note: &str) -> Vec<String> {
    let mut shape = Shape::default();
    match is_declined {
        true => shape.text("note", note),
        false => shape.free("note", note),
    }
    shape.faults
}
