//! Tips of those who do not say who they are.

use axum::body::Body;
use axum::http::{Request, header};
use palisander::service::doors::proves;
use palisander::store::{InformationKind, InformationQuestion, Role};
use palisander_engine::Label;
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House};

fn all() -> InformationQuestion {
    InformationQuestion { label: Label::Red, teller: String::new(), state: None, before: u64::MAX >> 1, limit: 9 }
}

/// The proof of work for a text.
pub fn proof(text: &str) -> String {
    (0_u64..).map(|n| format!("{n:x}")).find(|proof| proves(text, proof)).unwrap()
}

/// A text and the proof of work for it.
fn proven(text: &str) -> Value {
    json!({ "text": text, "proof": proof(text) })
}

async fn sent(house: &House, tip: &Value) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri("/v1/tips")
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "QUOLLFANG/7")
        .header(header::REFERER, "http://localhost/ZIBETGLEN")
        .header(header::COOKIE, "XERUSHUSK=1")
        .header("x-forwarded-for", "203.0.113.77");
    house.sends(request.body(Body::from(tip.to_string())).unwrap()).await
}

/// Nothing of the sender is kept, and the token works once for each question.
#[tokio::test]
async fn i03_e07_a_tip_leaves_no_trace_of_its_sender() {
    let house = House::told(Ground::file());
    let handler = house.reader(&[Role::Handler], Label::Red).key;
    let mut tip = proven("Rosewood under the rice, berth 4");
    tip["from"] = json!("carrier");
    tip["vessels"] = json!([{ "name": "DEMO QUAY" }]);
    let taken = sent(&house, &tip).await;
    assert_eq!(taken.status, 201, "{}", taken.text);
    let token = taken.json()["token"].as_str().unwrap().to_owned();
    let path = format!("/v1/tips/{token}");
    let status = async || house.send(None, "GET", &path, "").await.json();
    assert_eq!(status().await, json!({ "state": "received" }));
    let (information, _) = house.office.store.informations(&all()).unwrap().remove(0);
    assert_eq!((information.told.kind, information.by.clone()), (InformationKind::Tip, None));
    assert_eq!(information.told.source_kind.as_str(), "carrier");
    let of = |act: &str| format!("/v1/information/{}/{act}", information.id);
    assert_eq!(house.post(&handler, &of("questions"), &json!({ "question": "Which night?" })).await.status, 200);
    assert_eq!(house.post(&handler, &of("questions"), &json!({ "question": "And who?" })).await.status, 409);
    assert_eq!(status().await, json!({ "state": "received", "question": "Which night?" }));
    let answer = json!({ "answer": "Tuesday" }).to_string();
    assert_eq!(house.send(None, "POST", &path, &answer).await.status, 200);
    assert_eq!(house.send(None, "POST", &path, &answer).await.status, 409, "it is answered");
    assert!(house.get(&handler, &format!("/v1/information/{}", information.id)).await.text.contains("Tuesday"));
    assert_eq!(house.post(&handler, &of("close"), &json!({ "reason": "known" })).await.status, 200);
    assert_eq!(status().await, json!({ "state": "closed" }));
    for wrong in ["0".repeat(32), "x".to_owned(), token.to_uppercase() + "0"] {
        assert_eq!(house.send(None, "GET", &format!("/v1/tips/{wrong}"), "").await.status, 404);
    }
    // The store is searched, byte by byte, for what came with the request.
    drop(house.office.store.checkpoint().unwrap());
    for file in std::fs::read_dir(house.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for word in ["QUOLLFANG", "ZIBETGLEN", "XERUSHUSK", "203.0.113.77", &token] {
            assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word} is kept");
        }
    }
}

/// Without work nothing is taken; a name that no text may hold is taken out and not refused, so that nobody learns whom it names;
/// more than a bucketful in a minute waits.
#[tokio::test]
async fn i03_tips_are_bounded_and_tell_nobody_who_is_registered() {
    let house = House::told(Ground::file());
    house.office.add_holder("operator", "SRC-1", &["Jonathan Ashcombe".to_owned()]).unwrap();
    let mut lazy = proven("a");
    lazy["proof"] = json!("0");
    assert_eq!(sent(&house, &lazy).await.status, 422);
    let named = sent(&house, &proven("Ask J. Ashcombe about the logs, he knows")).await;
    let other = sent(&house, &proven("Ask J. Ashworth about the logs, he knows")).await;
    assert_eq!((named.status, other.status, named.text.len()), (201, 201, other.text.len()));
    // In whatever field, and with a word in each of two.
    let mut spread = proven("logs");
    spread["vessels"] = json!([{ "name": "Jonathan Ashcombe" }]);
    spread["containers"] = json!(["J. Ashcombe"]);
    let mut halves = proven("logs of Jonathan");
    halves["parties"] = json!(["Ashcombe"]);
    assert_eq!((sent(&house, &spread).await.status, sent(&house, &halves).await.status), (201, 201));
    for (information, _) in house.office.store.informations(&all()).unwrap() {
        let text = json!(information).to_string();
        assert!(!text.contains("Ashcombe"), "{text}");
    }
    let kept: Vec<String> =
        house.office.store.informations(&all()).unwrap().into_iter().map(|(one, _)| one.told.text).collect();
    assert_eq!(kept[2..], ["Ask J. Ashworth about the logs, he knows", "Ask … … about the logs, he knows"]);
    let tip = proven("the same again and again");
    let mut taken = 4;
    loop {
        let answer = sent(&house, &tip).await;
        match answer.status {
            201 => taken += 1,
            429 => {
                assert!(answer.headers.contains_key(header::RETRY_AFTER));
                break;
            }
            other => panic!("{other}: {}", answer.text),
        }
    }
    // While it was filled some came back.
    assert!(taken >= palisander::config::TIPS_A_MINUTE.get(), "{taken}");
    // The bucket fills again, a tip at a time.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while sent(&house, &tip).await.status != 201 {
        assert!(std::time::Instant::now() < until, "nobody is heard any more");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}
