//! The truth, apart from what customs see: one line a bill.

use serde::Serialize;

use crate::call::Rendered;

/// What a bill is.
#[derive(Debug, Serialize)]
struct Line<'a> {
    consignment: &'a str,
    manifest: &'a str,
    day: String,
    port: &'a str,
    ship: &'a str,
    consignor: &'a str,
    consignee: &'a str,
    made: &'static str,
    planted: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    method: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    case: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ring: Option<usize>,
}

/// Lines of a call, NDJSON.
pub fn lines(rendered: &Rendered) -> String {
    let mut out = String::new();
    let day = rendered.arrives.to_string();
    for (bill, label) in rendered.call.consignments.iter().zip(&rendered.labels) {
        let name = |place: usize| bill.parties.get(place).map_or("", |party| party.name.as_str());
        let line = Line {
            consignment: &bill.bill_of_lading,
            manifest: &rendered.call.reference,
            day: day.clone(),
            port: &rendered.call.arrival.unlocode,
            ship: &rendered.call.transport_means.imo,
            consignor: name(0),
            consignee: name(1),
            made: label.made,
            planted: label.is_planted(),
            method: &label.method,
            case: &label.case,
            ring: label.ring,
        };
        out.push_str(&serde_json::to_string(&line).unwrap_or_default());
        out.push('\n');
    }
    out
}
