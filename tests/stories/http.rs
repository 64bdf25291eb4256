//! The service, in process.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use palisander::build_router;
use palisander::state::State;
use palisander_engine::manifests::Format;
use palisander_engine::{Engine, Input, Inputs, Options};
use palisander_tests::generator::{Made, Port};
use serde_json::Value;
use tower::ServiceExt;

use crate::scoring::answers;
use crate::support::{day, score};

fn app() -> axum::Router {
    build_router(State::new(Engine::open(&Options::default()).unwrap(), Some(day("2026-11-01"))))
}

async fn send(method: &str, path: &str, media: &str, body: impl Into<Body>) -> (StatusCode, String, String) {
    let request = Request::builder().method(method).uri(path);
    let request = if media.is_empty() { request } else { request.header(header::CONTENT_TYPE, media) };
    let response = app().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 30).await.unwrap();
    (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn one_consignment() {
    let value = Port::new(2).of(Made::Planted);
    let (status, _, body) = send("POST", "/v1/assessments", "application/json", value.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body, serde_json::to_string(&score(&value, "2026-11-01")).unwrap());
}

#[tokio::test]
async fn ten_thousand_consignments_as_on_the_command_line() {
    let text = Port::new(4).ndjson(10_000);
    let (status, kind, body) = send("POST", "/v1/manifests", "application/x-ndjson", text.clone()).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/x-ndjson"));
    let mut lines: Vec<&str> = body.lines().collect();
    let summary: Value = serde_json::from_str(lines.pop().unwrap()).unwrap();
    assert_eq!(summary["summary"]["totals"]["consignments"], 10_000);
    assert_eq!(lines, answers(&text, Format::Ndjson));
}

/// The last line says whether all that was read is answered.
#[tokio::test]
async fn the_last_line_says_whether_it_is_complete() {
    let mut lines: Vec<String> = Port::new(6).ndjson(5).lines().map(str::to_owned).collect();
    for (spoilt, complete, counts) in [
        (false, true, serde_json::json!({ "read": 5, "answered": 5, "lost": 0, "unreadable": 0 })),
        (true, false, serde_json::json!({ "read": 4, "answered": 4, "lost": 0, "unreadable": 1 })),
    ] {
        if spoilt {
            lines[2] = "{ no json".to_owned();
        }
        let (_, _, body) = send("POST", "/v1/manifests", "application/x-ndjson", lines.join("\n")).await;
        let last: Value = serde_json::from_str(body.lines().last().unwrap()).unwrap();
        assert_eq!((&last["summary"]["complete"], &last["summary"]["counts"]), (&Value::Bool(complete), &counts));
    }
}

/// Whatever the order of the body, and whether or not the edition holds it already, a bill has one answer; a single call
/// against an edition of all has the same.
#[tokio::test]
async fn history_over_http_is_the_command_lines() {
    let mut lines: Vec<String> = {
        let mut port = Port::new(12);
        (0..60).map(|_| port.of(Made::Honest).to_string()).collect()
    };
    let expected = answers(&lines.join("\n"), Format::Ndjson);
    let by_bill = |lines: &[String]| {
        let bill = |line: &String| serde_json::from_str::<Value>(line).unwrap()["consignment"].to_string();
        lines.iter().map(|line| (bill(line), line.clone())).collect::<std::collections::BTreeMap<_, _>>()
    };
    let engine = Engine::open(&Options::default()).unwrap();
    let parts = palisander_engine::manifests::read(std::io::Cursor::new(lines.join("\n").into_bytes()), Format::Ndjson);
    let remembered = palisander_engine::bills::remember(&engine, parts, day("2026-11-01"));
    let mut edition = Vec::new();
    palisander_engine::past::Edition::build(remembered).write(&mut edition).unwrap();
    let inputs = Inputs { history: Some(Input::Bytes(edition)), ..Inputs::default() };
    let with_edition = build_router(State::new(engine.with_inputs(&inputs).unwrap(), Some(day("2026-11-01"))));
    lines.reverse();
    for app in [app(), with_edition.clone()] {
        let request = Request::builder().method("POST").uri("/v1/manifests");
        let request = request.header(header::CONTENT_TYPE, "application/x-ndjson");
        let response = app.oneshot(request.body(Body::from(lines.join("\n"))).unwrap()).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 30).await.unwrap();
        let mut found: Vec<String> = String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect();
        let summary: Value = serde_json::from_str(&found.pop().unwrap()).unwrap();
        assert!(summary["summary"]["history"]["edition"].as_str().unwrap().starts_with("b3:"));
        assert_eq!(by_bill(&found), by_bill(&expected));
    }
    for line in lines.iter().take(10) {
        let request = Request::builder().method("POST").uri("/v1/assessments");
        let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(line.clone())).unwrap();
        let response = with_edition.clone().oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 30).await.unwrap();
        let answer = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(expected.contains(&answer), "{answer}");
    }
}

async fn found(app: &axum::Router, query: &str) -> Vec<String> {
    let request = Request::builder().uri(format!("/v1/alerts?{query}")).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    body["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn alerts_are_found_by_words_facets_and_day() {
    let app = app();
    let of = |query: &'static str| found(&app, query);
    let number = "CITES Notif. 2013/039".to_owned();
    assert_eq!(of("q=Notif.%2039%20of%202013&as_of=2014-03-01").await.first(), Some(&number));
    let facets = "q=rosewood&country=Madagascar&taxon=Dalbergia%20maritima&as_of=2014-03-01";
    assert!(of(facets).await.contains(&number));
    assert!(!of("q=Notif.%2039%20of%202013&as_of=2013-01-01").await.contains(&number), "before it was published");
    assert_eq!(of("q=rosewood&limit=3").await.len(), 3);
    assert_eq!(of("q=%22%28AND%20%5B%5E~*&country=MG").await.len(), 10, "signs of no meaning leave the facets");
}

#[tokio::test]
async fn what_only_some_may_see_is_not_found() {
    let record = |id: &str, handling: &str| {
        serde_json::json!({ "id": id, "kind": "alert", "title": "Kestrelwood ring", "text": "Kestrelwood by night",
            "published_on": "2026-01-01", "handling": handling })
        .to_string()
    };
    let handled =
        [("open", "TLP:CLEAR"), ("green", "TLP:GREEN"), ("amber", "TLP:AMBER"), ("red", "TLP:RED"), ("x", "?")];
    let lines: Vec<String> = handled.iter().map(|(id, handling)| record(id, handling)).collect();
    let alerts = Some(Input::Bytes(lines.join("\n").into_bytes()));
    let engine = Engine::open(&Options::default()).unwrap();
    let engine = engine.with_inputs(&Inputs { alerts, ..Inputs::default() }).unwrap();
    let app = build_router(State::new(engine, Some(day("2026-11-01"))));
    assert_eq!(found(&app, "q=kestrelwood").await, ["open"]);
}

#[tokio::test]
async fn every_error_is_a_problem() {
    for (method, path, media, body, status) in [
        ("GET", "/nothing", "", "", 404),
        ("GET", "/v1/assessments", "", "", 405),
        ("POST", "/v1/assessments", "text/plain", "x", 415),
        ("POST", "/v1/manifests", "image/png", "x", 415),
        ("POST", "/v1/assessments", "application/json", "{ not json", 422),
        ("POST", "/v1/assessments", "application/json", "{\"manifest\":{\"consignments\":[]}}", 422),
        ("POST", "/v1/assessments?as_of=tomorrow", "application/json", "{}", 400),
        ("POST", "/v1/assessments?colour=red", "application/json", "{}", 400),
        ("POST", "/v1/alerts", "application/json", "{}", 405),
        ("GET", "/v1/alerts?country=Atlantis", "", "", 400),
        ("GET", "/v1/alerts?limit=0", "", "", 400),
        ("GET", "/v1/alerts?as_of=soon", "", "", 400),
    ] {
        let (found, kind, text) = send(method, path, media, body).await;
        assert_eq!((found.as_u16(), kind.as_str()), (status, "application/problem+json"), "{method} {path}: {text}");
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["status"], status);
        assert!(
            problem["type"].is_string()
                && problem["title"].is_string()
                && !problem["detail"].as_str().unwrap().is_empty()
        );
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_problem() {
    let request = Request::builder()
        .method("POST")
        .uri("/v1/manifests")
        .header(header::CONTENT_LENGTH, (palisander::config::MAX_BODY_BYTES + 1).to_string())
        .body(Body::empty())
        .unwrap();
    let response = app().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
}

#[tokio::test]
async fn health() {
    assert_eq!(send("GET", "/healthz", "", "").await.0, StatusCode::OK);
    let (status, _, body) = send("GET", "/readyz", "", "").await;
    assert_eq!(status, StatusCode::OK);
    let ready: Value = serde_json::from_str(&body).unwrap();
    for name in ["rules", "datasets", "alerts", "register", "watch_list"] {
        let edition = ready["editions"][name].as_str().unwrap();
        assert!(edition.starts_with("b3:") && edition.len() == 19, "{name}: {edition}");
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_a_problem() {
    let state = State::new(Engine::open(&Options::default()).unwrap(), Some(day("2026-11-01")));
    let app = palisander::build_router_with(state, std::time::Duration::from_nanos(1));
    let request = Request::builder()
        .method("POST")
        .uri("/v1/assessments")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(Port::new(2).of(Made::Planted).to_string()))
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
}
