//! Papers are found again by what stands on them, and an inquiry tells every use of one.

use palisander::store::{Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Ground, House, on_each_store};
use crate::register::{bill, house, register, row};

on_each_store! {
    p10_papers_of_one_hand_are_found_by_each_of_their_marks,
    p09_an_inquiry_holds_every_planted_use,
    p21_what_stands_on_a_paper_is_told_with_its_box_and_place,
}

/// A bill with one paper of which more is declared; its id.
async fn shown(house: &House, key: &str, n: usize, number: &str, more: &Value, port: &str) -> String {
    let mut bill = bill(n, number, 5.0);
    for (field, says) in more.as_object().unwrap() {
        bill["consignments"][0]["documents"][0][field] = says.clone();
    }
    bill["arrival"]["at"] = json!("2026-11-05");
    bill["arrival"]["port"] = json!(port);
    bill["consignments"][0]["places"]["discharge"] = json!(port);
    let answer = house.post(key, "/v1/assessments", &bill).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_ne!(answer.json()["lane"], "green", "{}", answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn bills(found: &Value) -> Vec<String> {
    found["uses"].as_array().unwrap().iter().map(|one| one["bill"].as_str().unwrap().to_owned()).collect()
}

async fn p10_papers_of_one_hand_are_found_by_each_of_their_marks(ground: Ground) {
    let house = house(ground, &register(&[row("IN/2026/0417", 30, "issued", "TLP:CLEAR")]));
    let key = house.reader(&[Role::Officer], Label::Green).key;
    let hand =
        json!({ "security_stamp": "IN 7731902", "signatory": "R. Example", "holder": "Malabar Timber Exports Ltd" });
    let a = shown(&house, &key, 1, "IN/2026/9001", &hand, "DEHAM").await;
    let other_stamp = json!({ "security_stamp": "IN 7731903", "signatory": "EXAMPLE, R", "holder": "Another Trader" });
    let b = shown(&house, &key, 2, "IN/2026/9002", &other_stamp, "NLRTM").await;
    let c = shown(&house, &key, 3, "XB-44", &json!({ "security_stamp": "in7731902" }), "DEHAM").await;
    let of = async |query: &str| {
        let found = house.get(&key, &format!("/v1/papers/uses?{query}")).await;
        assert_eq!(found.status, 200, "{query}: {}", found.text);
        assert_eq!(found.json()["is_whole"], true);
        bills(&found.json())
    };
    for (query, due) in [
        ("number=in%2F2026%2F9001", vec![&a]),
        // What a scanner makes of it.
        ("number=IN%202026%209OO1", vec![&a]),
        ("stamp=IN7731902", vec![&c, &a]),
        ("signatory=Example%2C%20R.", vec![&b, &a]),
        ("holder=MALABAR%20TIMBER%20EXPORTS%20LIMITED", vec![&a]),
        ("layout=IN%2F2011%2F1234", vec![&b, &a]),
        ("layout=AA-99", vec![&c]),
        ("signatory=R.%20Example&stamp=IN7731902", vec![&a]),
        ("signatory=R.%20Example&country=MG", vec![]),
        ("number=IN%2F2026%2F9003", vec![]),
    ] {
        assert_eq!(of(query).await.iter().collect::<Vec<_>>(), due, "{query}");
    }
    for (query, status) in
        [("", 422), ("number=", 422), ("number=%2F", 422), ("colour=red", 400), ("number=1&country=XQ1", 400)]
    {
        assert_eq!(house.get(&key, &format!("/v1/papers/uses?{query}")).await.status, status, "{query}");
    }
    // Who looked for what is on record, and the index is built again from the entries.
    let reads = house.office.store.entries(0, 1_000).unwrap().iter().filter(|entry| entry.kind == Kind::Read).count();
    assert_eq!(reads, 10);
    house.office.store.rebuild().unwrap();
    assert_eq!(of("stamp=IN7731902").await, [c, a]);
}

async fn p09_an_inquiry_holds_every_planted_use(ground: Ground) {
    let house = house(ground, &register(&[row("IN/2026/0417", 30, "issued", "TLP:CLEAR")]));
    let key = house.reader(&[Role::Officer], Label::Green).key;
    let mut planted = Vec::new();
    for (n, port, holder) in
        [(1, "DEHAM", "Malabar Timber Exports"), (2, "NLRTM", "Malabar Timber Exports"), (3, "NLRTM", "Someone Else")]
    {
        planted.push(shown(&house, &key, n, "IN/2026/9417", &json!({ "holder": holder }), port).await);
    }
    let ask = format!("/v1/assessments/{}/verifications", planted[0]);
    assert_eq!(house.post(&key, &ask, &json!({ "document": 0, "country": "IN" })).await.status, 201);
    let found = house.get(&key, "/v1/papers/inquiry?number=IN/2026/9417&country=IN").await;
    assert_eq!(found.status, 200, "{}", found.text);
    let found = found.json();
    let mut told = bills(&found);
    told.reverse();
    assert_eq!(told, planted);
    assert_eq!(found["ports"], json!(["DEHAM", "NLRTM"]));
    assert_eq!(found["holders"], json!(["Malabar Timber Exports", "Someone Else"]));
    assert_eq!(found["consignments"], json!(["SYN00001", "SYN00002", "SYN00003"]));
    assert_eq!((found["issuer_said"].as_array().unwrap().len(), &found["images"]), (1, &json!([])));
    assert!(found["channels"][1].as_str().unwrap().starts_with("INTERPOL"), "{found}");
    assert_eq!(house.get(&key, "/v1/papers/inquiry?number=IN/2026/9417").await.status, 400);
}

async fn p21_what_stands_on_a_paper_is_told_with_its_box_and_place(ground: Ground) {
    let house = house(ground, &register(&[row("IN/2026/0417", 30, "issued", "TLP:CLEAR")]));
    let key = house.reader(&[Role::Officer], Label::Green).key;
    let id = shown(&house, &key, 1, "IN/2026/9001", &json!({ "security_stamp": "IN 7731902" }), "DEHAM").await;
    let answer = house.get(&key, &format!("/v1/assessments/{id}")).await.json();
    let paper = &answer["documents"][0];
    assert_eq!(paper["where"], "/documents/0");
    let boxes: Vec<(&str, &str)> = paper["boxes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["box"].as_str().unwrap(), one["says"].as_str().unwrap()))
        .collect();
    assert_eq!(boxes, [("1", "IN/2026/9001"), ("5b", "IN 7731902"), ("6", "IN")]);
    // The letter to its issuer says the same.
    let asked = house
        .post(&key, &format!("/v1/assessments/{id}/verifications"), &json!({ "document": 0, "country": "IN" }))
        .await;
    assert!(asked.json()["letter"].as_str().unwrap().contains("  - 5b: IN 7731902\n"), "{}", asked.text);
}
