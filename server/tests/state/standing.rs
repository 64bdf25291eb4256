//! `/readyz` and `/freshz`: what they say of the machinery, and what they keep from whoever may not know it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use palisander_engine::{Input, Inputs, Label};
use serde_json::{Value, json};

use crate::harness::{Answer, Ground, House, Role};
use crate::kill::Service;

fn alerts(lines: &[Value]) -> Inputs {
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    Inputs {
        alerts: Some(Input::Read { path: "alerts.ndjson".into(), bytes: text.into_bytes().into() }),
        ..Inputs::default()
    }
}

fn alert(id: &str, published_on: &str, handling: &str) -> Value {
    json!({ "id": id, "kind": "alert", "title": "told", "text": "told", "published_on": published_on, "handling": handling })
}

async fn asked(house: &House, path: &str) -> Answer {
    house.send(None, "GET", path, "").await
}

#[tokio::test]
async fn ages_are_of_what_everybody_may_know() {
    let of = async |lines: &[Value]| {
        let answer = asked(&House::with(&alerts(lines)), "/freshz").await;
        assert_eq!(answer.status, 200);
        answer
    };
    let known = alert("A", "2026-10-30", "TLP:CLEAR");
    let answer = of(std::slice::from_ref(&known)).await;
    assert_eq!(answer.json()["alerts"], json!({ "day": "2026-10-30", "days": 2 }));
    assert_eq!(answer.json()["today"], "2026-11-01");
    assert!(answer.json()["notifications"]["days"].as_i64().is_some_and(|days| days > 0), "{}", answer.text);
    assert_eq!((&answer.json()["register"], &answer.json()["history"]), (&Value::Null, &Value::Null));
    for label in ["TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"] {
        let with_another = of(&[known.clone(), alert("B", "2026-10-31", label)]).await;
        assert_eq!(with_another.text, answer.text, "{label}");
    }
    let clear =
        of(&[known.clone(), alert("B", "2026-10-31", "TLP:CLEAR"), alert("C", "2026-11-02", "TLP:CLEAR")]).await;
    assert_eq!(clear.json()["alerts"]["days"], 1, "what is dated ahead is not known yet");
}

#[tokio::test]
async fn a_log_that_waits_long_for_its_signature_is_told() {
    let house = House::new();
    house.reader(&[Role::Officer], Label::Red);
    let ready = asked(&house, "/readyz").await;
    assert_eq!((ready.status, ready.json()), (200, json!({ "status": "ready", "degraded": [] })));
    house.at("2026-11-01T08:04:59Z");
    assert_eq!(asked(&house, "/readyz").await.json()["status"], "ready");
    house.at("2026-11-01T08:06:00Z");
    let waits = asked(&house, "/readyz").await;
    assert_eq!((waits.status, waits.json()), (200, json!({ "status": "degraded", "degraded": ["log_unsigned"] })));
    house.office.store.checkpoint().unwrap();
    assert_eq!(asked(&house, "/readyz").await.json()["status"], "degraded", "it counts for a second");
    house.at("2026-11-01T08:06:01Z");
    assert_eq!(asked(&house, "/readyz").await.json()["status"], "ready");
    assert!(asked(&house, "/freshz").await.json()["checkpoint_at"].is_string());
}

/// That a row did not load is known to those who see the counters: it may be of a record that nobody else may know of.
#[tokio::test]
async fn what_did_not_load_is_told_to_those_who_run_the_service() {
    let house = House::with(&alerts(&[json!({ "id": "A", "handling": "TLP:RED", "published_on": "soon" })]));
    assert_eq!(asked(&house, "/readyz").await.json(), json!({ "status": "ready", "degraded": [] }));
    let administrator = house.reader(&[Role::Administrator], Label::Clear).key;
    let counters = house.get(&administrator, "/metrics").await.text;
    for line in ["palisander_degraded{way=\"edition_incomplete\"} 1", "palisander_degraded{way=\"store_away\"} 0"] {
        assert!(counters.contains(line), "{line}\n{counters}");
    }
}

#[test]
fn a_store_that_is_away_is_told_in_time_and_until_it_is_back() {
    let Some(mut ground) = Ground::database() else { return };
    let service = Service::start(&ground);
    let status = |path: &str| service.call("", "GET", path, "");
    assert_eq!(status("/readyz").map(|(status, _)| status), Some(200));
    Arc::get_mut(&mut ground.database.as_mut().unwrap().0).unwrap().kill();
    std::thread::sleep(Duration::from_millis(1_100));
    let began = Instant::now();
    let (code, body) = status("/readyz").unwrap();
    assert!(code == 503 && body.contains("store_away") && began.elapsed() < Duration::from_secs(10), "{code} {body}");
    assert_eq!(status("/healthz").map(|(status, _)| status), Some(200), "the process lives");
    Arc::get_mut(&mut ground.database.as_mut().unwrap().0).unwrap().begin();
    let until = Instant::now() + Duration::from_secs(60);
    while status("/readyz").map(|(status, _)| status) != Some(200) {
        assert!(Instant::now() < until, "it is not ready again");
        std::thread::sleep(Duration::from_millis(200));
    }
}
