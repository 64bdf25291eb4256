//! What is remembered, at a glance: bills of some days, and the lots that a later one meets.

use serde_json::json;

use super::{EarlierLots, Edition};
use crate::assess::{Engine, Options};
use crate::codes::Date;
use crate::manifest::parse::json_document;

#[test]
fn earlier_lots_of_a_receiver() {
    let engine = Engine::open(&Options::default()).unwrap();
    let day = |text: &str| text.parse::<Date>().unwrap();
    let remembered = |bill: &str, wood: &str, receiver: &str, on: &str| {
        let bill = json!({
            "reference": bill, "arrival": { "unlocode": "NLRTM", "at": on },
            "consignments": [{
                "bill_of_lading": bill,
                "parties": [{ "role": "consignee", "name": receiver, "address": { "street": format!("{} SAMPLE STRAAT", receiver.len()), "city": "ROTTERDAM" } }],
                "goods_items": [{ "description": wood, "gross_mass_kg": 40.0, "net_mass_kg": 40.0 }],
            }],
        });
        let parsed = json_document(bill.to_string().as_bytes()).unwrap();
        engine.remember(&parsed.manifest, &parsed.manifest.consignments[0], day(on))
    };
    let check = |earlier: &[(&str, &str, &str)], n_lots: usize| {
        let last = remembered("Z", "DALBERGIA NIGRA SAWN", "MODEL HILL LTD", "2020-03-01").unwrap();
        let receivers = last.lot.as_ref().unwrap().receivers.clone();
        let records = earlier.iter().enumerate();
        let records = records.filter_map(|(n, (wood, receiver, on))| remembered(&format!("B{n}"), wood, receiver, on));
        let edition = Edition::build(records.chain([last.clone()]));
        let lots = edition.lots(&receivers, day("2020-02-01"), &last.key).unwrap();
        assert_eq!(lots.small + lots.of_unknown_size, n_lots, "{earlier:?}");
    };
    check(&[], 0);
    check(&[("DALBERGIA NIGRA SAWN", "MODEL HILL LTD", "2020-02-20")], 1);
    check(&[("DALBERGIA NIGRA SAWN", "MODEL HILL LTD", "2020-01-20")], 0);
    check(&[("DALBERGIA NIGRA SAWN", "ANOTHER TRADER SARL", "2020-02-20")], 0);
    check(&[("COTTON SHIRTS", "MODEL HILL LTD", "2020-02-20")], 0);
}
