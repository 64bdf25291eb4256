//! What is concluded, at a glance: a bill, its lane, and the highest that open points could still make it.

use serde_json::{Value, json};

use crate::assess::{Engine, Options};
use crate::manifest::parse::json_document;

#[test]
fn a_bill_has_a_lane() {
    let engine = Engine::open(&Options::default()).unwrap();
    let check = |items: Value, expected: (&str, &str)| {
        let bill = json!({ "bill_of_lading": "A", "goods_items": items });
        let parsed = json_document(bill.to_string().as_bytes()).unwrap();
        let answer = engine.answers(&parsed, "2020-01-01".parse().unwrap()).next().unwrap();
        assert_eq!((answer.lane.as_str(), answer.lane_high.as_str()), expected, "{bill}");
        let counted: i64 = answer.hits.iter().filter(|hit| hit.counts).map(|hit| hit.points).sum();
        assert_eq!(answer.score, counted, "{bill}");
    };
    check(json!([{ "description": "COTTON SHIRTS", "hs_code": "610910" }]), ("green", "yellow"));
    check(json!([{ "description": "DALBERGIA NIGRA LOGS", "origin": "BR" }]), ("yellow", "red"));
    check(json!([{ "description": "#REF!", "hs_code": "610910" }]), ("blue", "red"));
    check(json!([]), ("blue", "yellow"));
}
