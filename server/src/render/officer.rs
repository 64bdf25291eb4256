//! What those inside are shown: officers and analysts. Reasons up to their clearance, all of them from the answer of the
//! engine that they may know.
//!
//! Fields are let through by name: one that an answer gains is shown to nobody until it stands in a table here.

use serde_json::{Map, Value, json};

use super::{HELD, Sight, Standing, lane_of};
use crate::service::RaisedFor;
use crate::service::access::Audience;

/// What of a lane's reasons is a sum.
const SCORE: &str = "score ";
/// Stands for it where sums are not shown.
const SUM: &str = "what the reasons amount to";

/// Fields of an answer that are shown as they stand.
const FIELDS: [&str; 16] = [
    "ship",
    "containers",
    "goods",
    "n_goods_items",
    "parties",
    "gross_mass_kg",
    "volume_m3",
    "taxa",
    "hits",
    "unverifiable",
    "documents",
    "next_steps",
    "faults",
    "amends",
    "superseded_by",
    "withdrawn",
];
/// Fields of a hit that anybody inside is shown.
const OF_HIT: [&str; 7] = ["profile", "indicator", "reason", "floor", "met", "sources", "handling"];
/// Fields of an open point.
const OF_OPEN: [&str; 5] = ["profile", "indicator", "why", "settled_by", "handling"];
/// Everything that is let through, at whatever clearance.
pub(super) const ALL_FIELDS: &[&str] = &[
    "consignment",
    "manifest",
    "as_of",
    "lane",
    "lane_because",
    "lane_high",
    "score",
    "score_high",
    "rank_key",
    "ship",
    "containers",
    "goods",
    "n_goods_items",
    "parties",
    "gross_mass_kg",
    "volume_m3",
    "taxa",
    "hits",
    "shadow_hits",
    "unverifiable",
    "documents",
    "next_steps",
    "faults",
    "amends",
    "superseded_by",
    "withdrawn",
    "history",
    "editions",
];
/// Sums of an answer, for those who are cleared for all.
const SUMS: [&str; 3] = ["score", "score_high", "rank_key"];
/// Editions below full clearance: that of the rules is of all of them, those that are hidden included.
const EDITIONS: [&str; 7] = ["engine", "datasets", "alerts", "register", "watch_list", "history", "counts"];

pub(super) fn officer(seen: &Value, standing: Standing<'_>, sight: Sight) -> Value {
    let is_full = sight.is_full();
    let is_analyst = sight.audience == Audience::Analyst;
    let seen_lane = lane_of(seen, "lane");
    let is_held = standing.assessed != seen_lane;
    let mut shown = Map::new();
    shown.insert("id".to_owned(), json!(standing.id));
    copied(seen, &["consignment", "manifest", "as_of"], &mut shown);
    shown.insert("lane".to_owned(), json!(standing.in_force));
    shown.insert("lane_because".to_owned(), because(seen, is_held, is_full));
    shown.insert("lane_high".to_owned(), json!(lane_of(seen, "lane_high").max(standing.in_force)));
    if is_held {
        shown.insert("held".to_owned(), json!(HELD));
    }
    if let Some(own) = standing.raised {
        shown.insert("raised".to_owned(), json!(raised(own.why)));
    }
    if is_full {
        copied(seen, &SUMS, &mut shown);
    }
    copied(seen, &FIELDS, &mut shown);
    for (field, names) in [("hits", &OF_HIT[..]), ("unverifiable", &OF_OPEN)] {
        shown.insert(field.to_owned(), each(seen, field, names, is_full, is_analyst));
    }
    if is_analyst {
        shown.insert("shadow_hits".to_owned(), each(seen, "shadow_hits", &OF_HIT, is_full, is_analyst));
    }
    copied(seen, &["history"], &mut shown);
    let mut editions = Map::new();
    copied(&seen["editions"], if is_full { &["rules"] } else { &[] }, &mut editions);
    copied(&seen["editions"], &EDITIONS, &mut editions);
    shown.insert("editions".to_owned(), Value::Object(editions));
    Value::Object(shown)
}

/// Why a bill of a sender from outside was answered more strictly than the engine said.
fn raised(why: RaisedFor) -> &'static str {
    match why {
        RaisedFor::Near => "nearly the same bill was answered more strictly within 30 days",
        RaisedFor::Often => "the same container was declared in many ways within 30 days",
        RaisedFor::Drawn => "drawn: a share of green bills is",
    }
}

/// A bill of a list: the lane in force, what it is, and the first reason that may be known.
pub(super) fn listed(seen: &Value, standing: Standing<'_>, sight: Sight) -> Value {
    let is_held = standing.assessed != lane_of(seen, "lane");
    let mut shown = Map::new();
    shown.insert("id".to_owned(), json!(standing.id));
    shown.insert("lane".to_owned(), json!(standing.in_force));
    copied(seen, &["consignment", "manifest", "as_of", "ship", "containers"], &mut shown);
    let reason = seen["hits"].get(0).and_then(|hit| hit["reason"].as_str());
    shown.insert("reason".to_owned(), json!(if is_held { Some(HELD) } else { reason }));
    if sight.is_full() {
        copied(seen, &SUMS, &mut shown);
    }
    Value::Object(shown)
}

/// Fields that are there, in the order of the names.
fn copied(from: &Value, names: &[&str], to: &mut Map<String, Value>) {
    for name in names {
        if let Some(value) = from.get(name) {
            to.insert((*name).to_owned(), value.clone());
        }
    }
}

/// What decided the lane, as far as it may be known.
fn because(seen: &Value, is_held: bool, is_full: bool) -> Value {
    if is_held {
        return json!([HELD]);
    }
    let whys = seen["lane_because"].as_array().map(Vec::as_slice).unwrap_or_default();
    let without_sum = |why: &str| if !is_full && why.starts_with(SCORE) { SUM.to_owned() } else { why.to_owned() };
    whys.iter().filter_map(Value::as_str).map(without_sum).collect()
}

/// Hits or open points, each with the fields that may be shown.
fn each(seen: &Value, field: &str, names: &[&str], is_full: bool, is_analyst: bool) -> Value {
    let all = seen[field].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |one: &Value| {
        let mut shown = Map::new();
        copied(one, names, &mut shown);
        if is_full {
            copied(one, &["points", "counts"], &mut shown);
        }
        if is_analyst {
            copied(one, &["group"], &mut shown);
        }
        Value::Object(shown)
    };
    all.iter().map(one).collect()
}
