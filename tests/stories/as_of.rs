//! The law has dates: one bill, several days.

use serde_json::{Value, json};

use crate::support::{hits, score};

fn madagascar() -> Value {
    json!({ "manifest": { "reference": "SYN1", "consignments": [{
        "bill_of_lading": "SYNTMM0417", "procedure": "import",
        "places": { "original_loading": "MGTMM", "loading": "LKCMB", "discharge": "HKHKG" },
        "routing": ["MG", "LK", "HK"],
        "parties": [{ "role": "consignor", "name": "BOIS FICTIF SARL", "address": { "country": "MG" } }],
        "goods_items": [{ "item": 1, "hs_code": "440399", "hs_edition": 2012, "description": "ROSEWOOD LOGS DALBERGIA MARITIMA",
            "scientific_name": "Dalbergia maritima", "origin": "MG", "gross_mass_kg": 21600.0, "volume_m3": 24.0 }]
    }] } })
}

fn cited(day: &str) -> Vec<String> {
    let answer = score(&madagascar(), day);
    let mut cited: Vec<String> = answer
        .hits
        .iter()
        .filter(|hit| hit.profile == "trade-measures")
        .map(|hit| format!("{} {}", hit.indicator, hit.sources[0]))
        .collect();
    cited.sort();
    cited
}

#[test]
fn a_notification_acts_from_its_publication() {
    // Decision 16.152 has acted since 2013-06-12; Notification 2013/039 was published on 2013-09-04.
    let before = cited("2013-09-03");
    let after = cited("2013-09-04");
    assert!(before.contains(&"zero_quota_in_force CITES Decision 16.152".to_owned()), "{before:?}");
    assert!(!before.iter().any(|c| c.contains("2013/039")), "{before:?}");
    let added: Vec<_> = after.iter().filter(|c| !before.contains(c)).collect();
    assert!(added.iter().all(|c| c.contains("2013/039")) && !added.is_empty(), "{added:?}");
    assert!(before.iter().all(|c| after.contains(c)));
    // Both say the same fact: it counts once.
    let answer = score(&madagascar(), "2013-09-04");
    let counted: Vec<_> = answer.hits.iter().filter(|hit| hit.group == "measure-bar" && hit.counts).collect();
    assert_eq!(counted.len(), 1);
    assert!(answer.hits.iter().filter(|hit| hit.group == "measure-bar").count() >= 2);
}

#[test]
fn before_the_listing_neither_acts() {
    assert!(!cited("2013-06-11").iter().any(|c| c.contains("zero_quota")));
    let answer = score(&madagascar(), "2010-01-01");
    assert!(!hits(&answer).iter().any(|hit| hit.starts_with("trade-measures/zero")));
}

#[test]
fn the_genus_is_listed_from_2017() {
    let bill = json!({ "bill_of_lading": "SYN2", "goods_items": [{ "description": "SAWN TIMBER DALBERGIA MELANOXYLON",
        "hs_code": "440729", "origin": "TZ", "gross_mass_kg": 12000.0, "volume_m3": 10.0 }] });
    assert!(!hits(&score(&bill, "2017-01-01")).contains(&"listed-without-document/no_document_declared".to_owned()));
    assert!(hits(&score(&bill, "2017-01-02")).contains(&"listed-without-document/no_document_declared".to_owned()));
}
