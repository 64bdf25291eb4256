//! What has been kept long enough goes, what somebody needs stays, and the log says both.

use std::sync::Arc;

use palisander::config::MAX_KEPT_AN_ENTRY;
use palisander::service::readers::OPERATOR;
use palisander::service::retention::Erasure;
use palisander::store::{Kind, Role, export};
use palisander::verify::check;
use palisander_engine::Label;
use serde_json::json;

use crate::harness::{Ground, House};
use crate::secrets::{bills, of_files};

/// A batch of so many bills that several entries say it: one bill that is needed keeps the body of all.
#[tokio::test]
async fn a_long_batch_is_held_as_a_whole() {
    let house = House::new();
    let key = house.reader(&[Role::Officer], Label::Red).key;
    let bill = |n: usize| {
        let goods = json!([{ "description": "DALBERGIA BARIA LOGS", "hs_code": "440349", "gross_mass_kg": 900 + n }]);
        json!({ "bill_of_lading": format!("LONG{n}"), "goods_items": goods })
    };
    let lines: String = (0..MAX_KEPT_AN_ENTRY + 10).map(|n| format!("{}\n", bill(n))).collect();
    assert_eq!(house.send(Some(&key), "POST", "/v1/manifests", &lines).await.status, 200);
    let entries = house.office.store.entries(0, 100).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.kind == Kind::Assessed).count(), 2);
    let page = house.get(&key, "/v1/assessments?limit=1").await.json();
    let id = page["assessments"][0]["id"].as_str().unwrap();
    let found = json!({ "state": "final", "result": "found", "detected_by": ["scan"] });
    assert_eq!(house.post(&key, &format!("/v1/assessments/{id}/result"), &found).await.status, 201);
    house.at("2027-01-10T08:00:00Z");
    let due = Erasure { batches: 1, held: 1, bodies: 0, bytes: 0 };
    assert_eq!(house.office.erase(OPERATOR, 60, false).unwrap(), due);
}

#[tokio::test]
async fn bodies_go_after_their_days_and_what_is_needed_stays() {
    let house = House::loading(Ground::file(), Arc::new(|| Ok(of_files(Vec::new()))));
    let (officer, second) = (house.reader(&[Role::Officer], Label::Red), house.reader(&[Role::Officer], Label::Red));
    let key = officer.key.as_str();
    // One of each: nothing happened; something was found; examined to the end; waits for a second; waived; being examined.
    let mut ids = Vec::new();
    for _ in 0..6 {
        let answer = house.post(key, "/v1/assessments", &bills()[4]).await.json();
        assert_ne!(answer["lane"], "green");
        ids.push(answer["id"].as_str().unwrap().to_owned());
    }
    let report = async |n: usize, body| {
        assert_eq!(house.post(key, &format!("/v1/assessments/{}/result", ids[n]), &body).await.status, 201);
    };
    report(1, json!({ "state": "final", "result": "found", "detected_by": ["scan"] })).await;
    report(2, json!({ "state": "preliminary", "result": "nothing" })).await;
    report(2, json!({ "state": "final", "result": "nothing" })).await;
    report(5, json!({ "state": "preliminary", "result": "nothing" })).await;
    let decide = async |n: usize, body| {
        let answer = house.post(key, &format!("/v1/assessments/{}/decisions", ids[n]), &body).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    decide(3, json!({ "kind": "lowered", "lane": "green", "reason": "papers seen" })).await;
    let waiver = decide(4, json!({ "kind": "waived", "until": "2027-01-20", "reason": "sample" })).await;
    let signed = house.send(Some(&second.key), "POST", &format!("/v1/decisions/{waiver}/signatures"), "").await;
    assert_eq!(signed.status, 201);

    assert_eq!(house.office.erase(OPERATOR, 60, false).unwrap(), Erasure::default(), "nothing is old");
    assert!(house.office.erase(OPERATOR, 1, false).is_err(), "a day is no time to open a case");
    house.at("2027-01-10T08:00:00Z");
    let due = house.office.erase(OPERATOR, 60, true).unwrap();
    assert_eq!((due.batches, due.held), (6, 4));
    assert!(due.bodies >= 4 && due.bytes > 1_000, "{due:?}");
    assert_eq!(house.office.erase(OPERATOR, 60, true).unwrap(), due, "to say it erases nothing");
    assert_eq!(house.office.erase(OPERATOR, 60, false).unwrap(), due);
    let again = house.office.erase(OPERATOR, 60, false).unwrap();
    assert_eq!((again.bodies, again.bytes), (0, 0), "once is enough");
    let mut statuses = Vec::new();
    for id in &ids {
        statuses.push(house.get(key, &format!("/v1/assessments/{id}")).await.status);
    }
    assert_eq!(statuses, [404, 200, 404, 200, 200, 200]);
    let page = house.get(key, "/v1/assessments").await.json();
    let erased = page["assessments"].as_array().unwrap().iter().filter(|bill| bill["erased"] == true).count();
    assert_eq!(erased, 2, "{page}");
    assert_eq!(house.get(key, &format!("/v1/assessments/{}/bundle", ids[0])).await.status, 404);

    // The waiver ends, and its batch goes.
    house.at("2027-02-10T08:00:00Z");
    assert_eq!(house.office.erase(OPERATOR, 60, false).unwrap().held, 3);
    house.office.store.checkpoint().unwrap();
    let mut log = Vec::new();
    export(&*house.office.store, &mut log).unwrap();
    let found = check(&mut log.as_slice(), &[], None).unwrap();
    assert_eq!(found.n_faults, 0, "{:?}", found.faults);
    house.office.store.rebuild().unwrap();
    let late = house.reader(&[Role::Officer], Label::Red);
    for (n, status) in [(0, 404), (1, 200), (4, 404)] {
        assert_eq!(house.get(&late.key, &format!("/v1/assessments/{}", ids[n])).await.status, status, "{n}");
    }
}
