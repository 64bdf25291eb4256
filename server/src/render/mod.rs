//! The way out: what a reader is shown of an answer. Nothing else of a service with readers shows one.
//!
//! In: the answer of the engine that the reader may know (`service::views`), the lane in force, and what kind of reader he
//! is. Out: one of four shapes. The answer of the whole engine never comes here, only its lane: what a reader sees is
//! computed and not cut. Where the lane in force is another than that of what he may know, one constant sentence says so.
//! Points and scores are shown to readers who are cleared for all: beside hidden hits a sum would name what is missing.
//! Ids that go out are random: the fingerprint of an answer would tell whether two readers were given the same.

mod officer;
mod outside;

use palisander_engine::Label;
use palisander_engine::answers::Lane;
use serde_json::Value;

use crate::service::Caller;
use crate::service::Raised;
use crate::service::access::Audience;

/// Fields of an answer that officers and analysts may be shown, some of them only when they are cleared for all.
pub const OFFICER_FIELDS: &[&str] = officer::ALL_FIELDS;

/// Says that an answer is of a store whose bills are no bills.
pub const SANDBOX: &str = "sandbox";

/// Stands for what is held back, whatever it is.
pub const HELD: &str = "information held; ask the duty desk";

/// What of a reader decides what he is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    pub audience: Audience,
    pub clearance: Label,
    /// What he is shown is of a store whose bills are no bills, and says so.
    pub is_sandbox: bool,
}

impl Sight {
    /// What a caller is shown; `None` = to him bills do not exist.
    pub fn of(caller: &Caller) -> Option<Self> {
        Some(Self { audience: caller.audience()?, clearance: caller.clearance(), is_sandbox: caller.is_sandbox })
    }

    /// Is he cleared for all there is? A property of the reader, never of one answer.
    pub fn is_full(self) -> bool {
        self.clearance == Label::Red
    }
}

/// What is said of one bill beside the answer.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Outward id of the assessment.
    pub id: &'a str,
    /// The lane of the whole answer.
    pub assessed: Lane,
    /// The lane that counts, the same for every reader.
    pub in_force: Lane,
    /// How it was answered more strictly than the engine said. Why is for those inside alone.
    pub raised: Option<&'a Raised>,
}

impl<'a> Standing<'a> {
    /// As a bill stands when it is answered.
    pub fn answered(id: &'a str, assessed: Lane, raised: Option<&'a Raised>) -> Self {
        let in_force = raised.map_or(assessed, |raised| raised.lane.max(assessed));
        Self { id, assessed, in_force, raised }
    }
}

/// What a reader is shown of the answer that he may know, as the engine writes it.
pub fn render(seen: &Value, standing: Standing<'_>, sight: Sight) -> Vec<u8> {
    match sight.audience {
        Audience::Carrier => outside::padded(&marked(outside::carrier(seen, standing), sight)),
        Audience::Importer => outside::padded(&marked(outside::importer(seen, standing), sight)),
        Audience::Officer | Audience::Analyst => {
            marked(officer::officer(seen, standing, sight), sight).to_string().into_bytes()
        }
    }
}

/// The answer with a word of its own where it is of a sandbox: nobody takes it for one that counts.
fn marked(mut answer: Value, sight: Sight) -> Value {
    if let Some(fields) = answer.as_object_mut().filter(|_| sight.is_sandbox) {
        fields.insert(SANDBOX.to_owned(), Value::Bool(true));
    }
    answer
}

/// A bill of a list: what an officer needs to choose it.
pub fn listed(seen: &Value, standing: Standing<'_>, sight: Sight) -> Value {
    marked(officer::listed(seen, standing, sight), sight)
}

/// The strictest label of what is shown.
pub fn strictest(shown: &Value) -> Label {
    let own = shown.get("handling").and_then(Value::as_str).map(|text| Label::read(text).unwrap_or(Label::Red));
    let inside = match shown {
        Value::Array(all) => all.iter().map(strictest).max(),
        Value::Object(fields) => fields.values().map(strictest).max(),
        _ => None,
    };
    own.max(inside).unwrap_or_default()
}

/// A lane of an answer. One that cannot be read is the strictest.
fn lane_of(seen: &Value, field: &str) -> Lane {
    seen[field].as_str().and_then(Lane::read).unwrap_or(Lane::Red)
}

/// A bill that was read and has no answer, by a fault of the program: what the program said may quote what it knew.
pub fn lost(consignment: &str, manifest: &str) -> Value {
    serde_json::json!({ "lost": { "consignment": consignment, "manifest": manifest } })
}
