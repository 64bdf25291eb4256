//! The law has dates: one bill, several days.

use palisander_engine::{Input, Inputs};
use serde_json::{Value, json};

use crate::support::{ENGINE, hits, score, score_with};

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

/// An alert that was withdrawn by the day lifts nothing; before that it does.
#[test]
fn an_alert_withdrawn_by_the_day_lifts_nothing() {
    let alert = json!({ "id": "SYN-A1", "number": "SYN-A1", "kind": "alert", "title": "Invented alert", "text": "Invented.",
        "published_on": "2024-01-01", "effective_from": "2024-01-01", "withdrawn_on": "2024-04-01",
        "taxa": ["Dalbergia retusa"], "countries": [{ "code": "NI", "role": "origin" }],
        "containers": ["ZZSU4170016"], "reliability": "B2", "handling": "TLP:CLEAR" });
    let inputs = Inputs { alerts: Some(Input::Bytes(alert.to_string().into_bytes())), ..Inputs::default() };
    let warned = ENGINE.with_inputs(&inputs).unwrap();
    let bill = json!({ "bill_of_lading": "SYN3", "goods_items": [{ "description": "DALBERGIA RETUSA SAWN", "hs_code": "440729",
        "origin": "NI", "gross_mass_kg": 11000.0, "volume_m3": 10.0, "in_containers": [{ "container": "ZZSU4170016" }] }] });
    for (on, acts) in [("2023-12-31", false), ("2024-01-01", true), ("2024-03-31", true), ("2024-04-01", false)] {
        let (with, without) = (score_with(&warned, &bill, on), score(&bill, on));
        assert_eq!(hits(&with).iter().any(|hit| hit.starts_with("alerts/")), acts, "{on}: {:?}", hits(&with));
        assert_eq!(with.score > without.score, acts, "{on}");
    }
}

/// A name that newer checklists unite with another is shown with the accepted one, and counted under it.
#[test]
fn a_synonym_is_shown_with_its_accepted_name() {
    for (words, origin, accepted) in [
        ("DALBERGIA BARIENSIS SAWN", "LA", "Dalbergia oliveri"),
        ("DALBERGIA DONGNAIENSIS SAWN", "VN", "Dalbergia oliveri"),
        ("OSYRIS QUADRIPARTITA LOGS", "KE", "Osyris lanceolata"),
        ("OSYRIS WIGHTIANA LOGS", "UG", "Osyris lanceolata"),
    ] {
        let bill = json!({ "bill_of_lading": "SYN4", "goods_items": [{ "description": words, "hs_code": "440399",
            "origin": origin, "gross_mass_kg": 11000.0, "volume_m3": 10.0 }] });
        let answer = score(&bill, "2024-05-14");
        let named = &answer.taxa[0];
        assert_eq!(named.accepted_name.as_deref().unwrap_or(&named.taxon), accepted, "{words}");
        let means = answer.hits.iter().flat_map(|hit| &hit.met).filter_map(|met| met.means.as_deref());
        assert!(means.into_iter().any(|means| means.contains(accepted)), "{words}");
        assert!(answer.lane >= palisander_engine::answers::Lane::Yellow, "{words}: {:?}", hits(&answer));
    }
}
