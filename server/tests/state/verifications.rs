//! Verification of papers: asked of the issuer in his language, reminded, answered, and the next answer knows.

use palisander::store::{Kind, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Ground, House, on_each_store};
use crate::register::{bill, house, of_paper, register, row};

on_each_store! {
    p02_p04_an_answer_changes_the_register_and_the_next_score,
    what_cannot_be_asked_is_refused,
}

/// A bill with one paper, judged; its id and the verdict on the paper.
async fn judged(house: &House, key: &str, n: usize, number: &str) -> (String, String) {
    let answer = house.post(key, "/v1/assessments", &bill(n, number, 5.0)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    (answer.json()["id"].as_str().unwrap().to_owned(), of_paper(&answer.json()).0)
}

fn told(what: &str) -> Value {
    json!({ "what": what })
}

async fn p02_p04_an_answer_changes_the_register_and_the_next_score(ground: Ground) {
    let house = house(
        ground,
        &register(&[row("IN/2026/0417", 30, "issued", "TLP:CLEAR"), row("IN/2026/0500", 30, "issued", "TLP:CLEAR")]),
    );
    let (one, other) = (house.reader(&[Role::Officer], Label::Red).key, house.reader(&[Role::Officer], Label::Red).key);
    for (n, number, answer, status) in
        [(1, "IN/2026/0417", "not_issued", "reported_false"), (2, "IN/2026/0500", "cancelled", "cancelled")]
    {
        let (assessment, _) = judged(&house, &one, n, number).await;
        let asked = house
            .post(
                &one,
                &format!("/v1/assessments/{assessment}/verifications"),
                &json!({ "document": 0, "country": "IN" }),
            )
            .await;
        assert_eq!(asked.status, 201, "{}", asked.text);
        let asked = asked.json();
        assert_eq!(
            (&asked["state"], &asked["due_on"], &asked["language"]),
            (&json!("asked"), &json!("2026-12-01"), &json!("en"))
        );
        let letter = asked["letter"].as_str().unwrap();
        for says in [number, "DALBERGIA LATIFOLIA", "2026-12-01", "5 m³", "No answer is not taken for a"] {
            assert!(letter.contains(says), "{says}: {letter}");
        }
        // Asked once, it is not asked again.
        let again = house
            .post(
                &one,
                &format!("/v1/assessments/{assessment}/verifications"),
                &json!({ "document": 0, "country": "IN" }),
            )
            .await;
        assert_eq!(again.status, 409, "{}", again.text);
        let path = format!("/v1/verifications/{}/events", asked["id"].as_str().unwrap());
        assert_eq!(house.post(&one, &path, &told("reminded")).await.status, 409, "it is not late yet");
        let wrong = json!({ "what": "answered", "answer": "altered" });
        assert_eq!(house.post(&one, &path, &wrong).await.status, 409);
        let answered =
            house.post(&one, &path, &json!({ "what": "answered", "answer": answer, "note": "by telephone" })).await;
        assert_eq!(answered.status, 200, "{}", answered.text);
        let change = answered.json()["register_change"].as_str().unwrap().to_owned();
        // Nothing acts before another person has signed.
        let problems =
            async |n: usize| of_paper(&house.post(&one, "/v1/assessments", &bill(n, number, 5.0)).await.json()).1;
        assert!(!problems(10 * n).await.iter().any(|code| code == status));
        assert_eq!(
            house.post(&one, &format!("/v1/register/changes/{change}/signatures"), &json!({})).await.status,
            409
        );
        assert_eq!(
            house.post(&other, &format!("/v1/register/changes/{change}/signatures"), &json!({})).await.status,
            200
        );
        let after = problems(100 * n).await;
        assert!(after.iter().any(|code| code == status), "{number}: {after:?}");
    }
    let entries = house.office.store.entries(0, 1_000).unwrap();
    let count = |kind: Kind| entries.iter().filter(|entry| entry.kind == kind).count();
    assert_eq!((count(Kind::VerificationAsked), count(Kind::VerificationTold)), (2, 2));
    let store = &house.office.store;
    let before = store.verifications(true, 10).unwrap();
    store.rebuild().unwrap();
    assert_eq!(store.verifications(true, 10).unwrap(), before);
    assert_eq!((before.len(), store.verifications(false, 10).unwrap().len()), (2, 0));
    // A paper that the register never knew is held as what it is.
    let (assessment, _) = judged(&house, &one, 7, "IN/2026/7777").await;
    let asked = house
        .post(&one, &format!("/v1/assessments/{assessment}/verifications"), &json!({ "document": 0, "country": "IN" }))
        .await
        .json();
    let path = format!("/v1/verifications/{}/events", asked["id"].as_str().unwrap());
    let answered = house.post(&one, &path, &json!({ "what": "answered", "answer": "not_issued" })).await.json();
    let change = answered["register_change"].as_str().expect("a change is proposed").to_owned();
    assert_eq!(house.post(&other, &format!("/v1/register/changes/{change}/signatures"), &json!({})).await.status, 200);
    let (_, problems) = of_paper(&house.post(&one, "/v1/assessments", &bill(8, "IN/2026/7777", 5.0)).await.json());
    assert!(problems.iter().any(|code| code == "reported_false"), "{problems:?}");
}

async fn what_cannot_be_asked_is_refused(ground: Ground) {
    let house = house(ground, &register(&[row("IN/2026/0417", 30, "issued", "TLP:CLEAR")]));
    let one = house.reader(&[Role::Officer], Label::Clear).key;
    let (assessment, _) = judged(&house, &one, 1, "IN/2026/9417").await;
    let ask = format!("/v1/assessments/{assessment}/verifications");
    for (form, status) in [
        (json!({ "document": 1, "country": "IN" }), 409),
        (json!({ "document": -1, "country": "IN" }), 422),
        (json!({ "document": 0, "country": "India" }), 422),
        (json!({ "document": 0, "country": "IN", "language": "de" }), 422),
        (json!({ "document": 0 }), 422),
    ] {
        assert_eq!(house.post(&one, &ask, &form).await.status, status, "{form}");
    }
    assert_eq!(
        house
            .post(&one, "/v1/assessments/a_none/verifications", &json!({ "document": 0, "country": "IN" }))
            .await
            .status,
        404
    );
    assert_eq!(house.get(&one, "/v1/verifications/v_none").await.status, 404);
    // In the language of the country, unless another one is asked for.
    let asked = house.post(&one, &ask, &json!({ "document": 0, "country": "MG" })).await.json();
    assert!(
        asked["language"] == "fr" && asked["letter"].as_str().unwrap().contains("Vérification d'un document"),
        "{asked}"
    );
    let path = format!("/v1/verifications/{}/events", asked["id"].as_str().unwrap());
    // The issuer first, then the Secretariat; and no answer is none before its day.
    for early in [
        json!({ "what": "secretariat", "why": "x" }),
        json!({ "what": "answered", "answer": "no_answer" }),
        json!({ "what": "acknowledged", "until": "2026-11-01" }),
    ] {
        assert_eq!(house.post(&one, &path, &early).await.status, 409, "{early}");
    }
    for wrong in
        [told("lost"), json!({}), json!({ "what": "secretariat" }), json!({ "what": "answered", "answer": "yes" })]
    {
        assert_eq!(house.post(&one, &path, &wrong).await.status, 422, "{wrong}");
    }
    house.at("2026-12-02T08:00:00Z");
    let late = house.get(&one, path.trim_end_matches("/events")).await.json();
    assert_eq!((&late["is_late"], &late["is_confirmed"]), (&json!(true), &json!(false)));
    assert_eq!(house.post(&one, &path, &told("reminded")).await.json()["reminded_on"], json!(["2026-12-02"]));
    let silent = house.post(&one, &path, &json!({ "what": "answered", "answer": "no_answer" })).await.json();
    assert_eq!((&silent["is_confirmed"], silent.get("register_change")), (&json!(false), None));
    let secretariat = house.post(&one, &path, &json!({ "what": "secretariat", "why": "no answer" })).await.json();
    assert_eq!(secretariat["state"], "with_secretariat");
}
