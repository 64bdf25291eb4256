//! What those outside are shown: importers and carriers. No reason, no rule, no record.
//!
//! An importer gets the lane and what is asked of the declarant; a carrier one of four referrals, after the messages of the
//! EU's Import Control System 2 (none, request for information, request for screening, do not load). The answer is
//! made as long as the next multiple of [`LENGTH_CLASS_BYTES`]: its length tells no more than its class.

use palisander_engine::answers::Lane;
use serde::Serialize;
use serde_json::Value;

use super::Standing;
use crate::config::{DECLARANT, LENGTH_CLASS_BYTES};

/// What a carrier is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Referral {
    /// Load.
    #[serde(rename = "none")]
    None,
    /// Send what is asked for before loading.
    #[serde(rename = "rfi")]
    Information,
    /// Have the goods screened before loading.
    #[serde(rename = "rfs")]
    Screening,
    /// Do not load.
    #[serde(rename = "dnl")]
    DoNotLoad,
}

impl Referral {
    /// The same words for every bill: nothing of a rule or a record is in them.
    fn message(self) -> &'static str {
        match self {
            Self::None => "load",
            Self::Information => "hold; the declarant is asked for information",
            Self::Screening => "hold; the goods are to be screened",
            Self::DoNotLoad => "do not load",
        }
    }
}

/// What a carrier is told.
#[derive(Debug, Serialize)]
pub(super) struct CarrierAnswer<'a> {
    id: &'a str,
    consignment: &'a str,
    manifest: &'a str,
    as_of: &'a str,
    referral: Referral,
    message: &'static str,
    /// The day of departure, as the carrier declared it: what holds the goods is settled before, or they stay. `None` = he did not
    /// say it.
    before: Option<&'a str>,
}

/// What an importer is told.
#[derive(Debug, Serialize)]
pub(super) struct ImporterAnswer<'a> {
    id: &'a str,
    consignment: &'a str,
    manifest: &'a str,
    as_of: &'a str,
    lane: Lane,
    /// Codes of what is asked of the declarant, in the order of the alphabet.
    requests: Vec<&'a str>,
}

pub(super) fn carrier<'a>(seen: &'a Value, standing: Standing<'a>) -> Value {
    let referral = match standing.in_force {
        Lane::Green | Lane::Blue => Referral::None,
        Lane::Yellow if requests(seen, standing).is_empty() => Referral::Screening,
        Lane::Yellow => Referral::Information,
        Lane::Red => Referral::DoNotLoad,
    };
    value(&CarrierAnswer {
        id: standing.id,
        consignment: text(seen, "consignment"),
        manifest: text(seen, "manifest"),
        as_of: text(seen, "as_of"),
        referral,
        message: referral.message(),
        before: seen.pointer("/ship/departs_on").and_then(Value::as_str),
    })
}

pub(super) fn importer<'a>(seen: &'a Value, standing: Standing<'a>) -> Value {
    value(&ImporterAnswer {
        id: standing.id,
        consignment: text(seen, "consignment"),
        manifest: text(seen, "manifest"),
        as_of: text(seen, "as_of"),
        lane: standing.in_force,
        requests: requests(seen, standing),
    })
}

/// What is asked of the declarant, each once: of this bill, and of nearly the same ones.
fn requests<'a>(seen: &'a Value, standing: Standing<'a>) -> Vec<&'a str> {
    let steps = seen["next_steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own = steps.iter().filter(|step| text(step, "to") == DECLARANT);
    let others = standing.raised.iter().flat_map(|raised| &raised.requests).map(String::as_str);
    let mut codes: Vec<&str> = own.map(|step| text(step, "step")).chain(others).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().unwrap_or_default()
}

fn value(answer: &impl Serialize) -> Value {
    serde_json::to_value(answer).unwrap_or_default()
}

/// The answer as bytes, filled with blanks, which JSON reads over, to a whole number of classes.
pub(super) fn padded(answer: &Value) -> Vec<u8> {
    let mut bytes = answer.to_string().into_bytes();
    bytes.resize(bytes.len().next_multiple_of(LENGTH_CLASS_BYTES), b' ');
    bytes
}
