//! What is gathered of a goods item, at a glance: form, coverage and whether it was understood.

use serde_json::{Value, json};

use super::wording::GoodsWords;
use super::{Neighbours, Sources, gather};
use crate::alerts::{AlertLookup, WatchList};
use crate::manifest::parse::json_document;
use crate::names::NameIndex;
use crate::permits::Register;
use crate::reference::{DataSource, References};

#[test]
fn an_item_becomes_evidence() {
    let data = DataSource::Embedded;
    let (references, names) = (References::load(&data).unwrap(), NameIndex::build(&data).unwrap());
    let words = GoodsWords::build(&data).unwrap();
    let (register, alerts, watch_list) = (Register::empty(), AlertLookup::build(Vec::new()), WatchList::default());
    let sources = Sources {
        references: &references,
        names: &names,
        words: &words,
        register: &register,
        alerts: &alerts,
        watch_list: &watch_list,
    };
    let check = |item: Value, day: &str, expected: (&str, &str, bool)| {
        let bill = json!({ "bill_of_lading": "A", "goods_items": [item] });
        let parsed = json_document(bill.to_string().as_bytes()).unwrap();
        let manifest = &parsed.manifest;
        let evidence = gather(&sources, &Neighbours::of(manifest), &manifest.consignments[0], day.parse().unwrap());
        let found = &evidence.items[0];
        let form = found.form.form.map_or("none", |form| form.as_str());
        let coverage = found.taxa.first().map_or("none", |taxon| taxon.listing.coverage.as_str());
        assert_eq!((form, coverage, evidence.understanding.is_whole()), expected, "{bill}");
    };
    check(json!({ "description": "DALBERGIA NIGRA LOGS", "origin": "BR" }), "2020-01-01", ("log", "covered", true));
    check(json!({ "description": "DALBERGIA NIGRA LOGS", "origin": "BR" }), "1990-01-01", ("log", "not_listed", true));
    // One species of the genus grows in Tanzania, and its population there is listed; in Spain another does.
    check(json!({ "description": "OSYRIS LOGS", "origin": "TZ" }), "2020-01-01", ("log", "covered", true));
    check(json!({ "description": "OSYRIS LOGS", "origin": "ES" }), "2020-01-01", ("log", "not_listed", true));
    check(json!({ "description": "OSYRIS LOGS" }), "2020-01-01", ("log", "unclear", true));
    check(json!({ "description": "", "hs_code": "440399" }), "2020-01-01", ("log", "none", true));
    check(json!({ "description": "AS PER ATTACHED LIST" }), "2020-01-01", ("none", "none", false));
}
