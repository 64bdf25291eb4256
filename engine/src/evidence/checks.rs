//! What is gathered of a goods item, at a glance: form, coverage and whether it was understood.

use serde_json::{Value, json};

use crate::assess::{Engine, Options};
use crate::history::Past;
use crate::manifest::parse::json_document;

#[test]
fn an_item_becomes_evidence() {
    let engine = Engine::open(&Options::default()).unwrap();
    let check = |item: Value, day: &str, expected: (&str, &str, bool)| {
        let bill = json!({ "bill_of_lading": "A", "goods_items": [item] });
        let parsed = json_document(bill.to_string().as_bytes()).unwrap();
        let gathered = engine.gather(&parsed.manifest, &parsed.manifest.consignments[0], day.parse().unwrap());
        let settled = engine.settle(gathered, &Past::none());
        let found = &settled.evidence().items[0];
        let form = found.form.form.map_or("none", |form| form.as_str());
        let coverage = found.taxa.first().map_or("none", |taxon| taxon.listing.coverage.as_str());
        assert_eq!((form, coverage, settled.evidence().understanding.is_whole()), expected, "{bill}");
    };
    check(json!({ "description": "DALBERGIA NIGRA LOGS", "origin": "BR" }), "2020-01-01", ("log", "covered", true));
    check(json!({ "description": "DALBERGIA NIGRA LOGS", "origin": "BR" }), "1990-01-01", ("log", "not_listed", true));
    check(json!({ "description": "", "hs_code": "440399" }), "2020-01-01", ("log", "none", true));
    check(json!({ "description": "AS PER ATTACHED LIST" }), "2020-01-01", ("none", "none", false));
}
