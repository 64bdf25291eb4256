//! The service, in process.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use palisander::build_router;
use palisander::state::State;
use palisander_engine::manifest::parse::Format;
use palisander_engine::{Engine, Options};
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
    assert_eq!(ready["editions"]["datasets"].as_str().unwrap().len(), 16);
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
