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

/// A request as a program on this machine makes it.
fn asks(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "localhost:8080")
}

async fn send(method: &str, path: &str, media: &str, body: impl Into<Body>) -> (StatusCode, String, String) {
    let request = asks(method, path);
    let request = if media.is_empty() { request } else { request.header(header::CONTENT_TYPE, media) };
    answer(app(), request.body(body.into()).unwrap()).await
}

async fn answer(app: axum::Router, request: Request<Body>) -> (StatusCode, String, String) {
    let response = app.oneshot(request).await.unwrap();
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
    let remembered = palisander_engine::bills::remember(&engine, parts, day("2026-11-01")).records;
    let mut edition = Vec::new();
    palisander_engine::past::Edition::build(remembered).write(&mut edition).unwrap();
    let inputs = Inputs { history: Some(Input::Bytes(edition)), ..Inputs::default() };
    let with_edition = build_router(State::new(engine.with_inputs(&inputs).unwrap(), Some(day("2026-11-01"))));
    lines.reverse();
    for app in [app(), with_edition.clone()] {
        let request = asks("POST", "/v1/manifests");
        let request = request.header(header::CONTENT_TYPE, "application/x-ndjson");
        let response = app.oneshot(request.body(Body::from(lines.join("\n"))).unwrap()).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 30).await.unwrap();
        let mut found: Vec<String> = String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect();
        let summary: Value = serde_json::from_str(&found.pop().unwrap()).unwrap();
        assert!(summary["summary"]["history"]["edition"].as_str().unwrap().starts_with("b3:"));
        assert_eq!(by_bill(&found), by_bill(&expected));
    }
    for line in lines.iter().take(10) {
        let request = asks("POST", "/v1/assessments");
        let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(line.clone())).unwrap();
        let response = with_edition.clone().oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 30).await.unwrap();
        let answer = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(expected.contains(&answer), "{answer}");
    }
}

async fn found(app: &axum::Router, query: &str) -> Vec<String> {
    let request = asks("GET", &format!("/v1/alerts?{query}")).body(Body::empty()).unwrap();
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
        ("GET", "/v1/alerts?country=Atlantis", "", "", 422),
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

/// Pages of other sites get no answer, whatever they ask and however they dress it.
#[tokio::test]
async fn other_hosts_and_origins_are_refused() {
    let bill = Port::new(2).of(Made::Planted).to_string();
    for (method, path, media, body) in [
        ("GET", "/v1/alerts?q=rosewood", "", ""),
        ("GET", "/readyz", "", ""),
        ("POST", "/v1/manifests", "text/plain", bill.as_str()),
        ("POST", "/v1/assessments", "application/json", bill.as_str()),
    ] {
        for (name, value, status) in [
            ("host", "palisander.evil.example", 421),
            ("host", "127.0.0.1.evil.example:8080", 421),
            ("origin", "http://evil.example", 403),
            ("origin", "null", 403),
            ("sec-fetch-site", "cross-site", 403),
            ("origin", "http://localhost:8080", 200),
            ("sec-fetch-site", "same-origin", 200),
        ] {
            let mut request = asks(method, path).body(Body::from(body.to_owned())).unwrap();
            if !media.is_empty() {
                request.headers_mut().insert(header::CONTENT_TYPE, media.parse().unwrap());
            }
            let name: axum::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name.clone(), value.parse().unwrap());
            let (found, kind, text) = answer(app(), request).await;
            assert_eq!(found.as_u16(), status, "{method} {path} {name}: {value}: {text}");
            assert!(status == 200 || kind == "application/problem+json");
        }
    }
}

/// What could not be read at all is the caller's to mend, and no success; one bill that was read makes it a stream.
#[tokio::test]
async fn a_body_that_cannot_be_read_is_no_success() {
    let line = Port::new(3).of(Made::Honest).to_string();
    let broken = "{ no json\n".repeat(300);
    for (media, body, status) in [
        ("application/json", "{".to_owned(), 422),
        ("application/json", String::new(), 422),
        ("application/json", "[]".to_owned(), 422),
        ("application/json", "{\"manifest\":{\"consignments\":7}}".to_owned(), 422),
        ("application/x-ndjson", broken.clone(), 422),
        ("application/x-ndjson", format!("{broken}{line}\n"), 200),
        ("text/csv", "a,b\n1,2\n".to_owned(), 422),
        ("application/edifact", "UNB+".to_owned(), 422),
        ("application/edifact", "no edifact".to_owned(), 422),
        ("application/xml", "<a><b></a>".to_owned(), 422),
        ("application/xml", "<html/>".to_owned(), 422),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK\u{3}\u{4}".to_owned(), 422),
        ("application/octet-stream", "%PDF-1.7".to_owned(), 422),
        ("", "\u{0}\u{1}".to_owned(), 422),
    ] {
        let (found, kind, text) = send("POST", "/v1/manifests", media, body.clone()).await;
        assert_eq!(found.as_u16(), status, "{media} {body:.40}: {text:.300}");
        assert_eq!(kind == "application/problem+json", status != 200, "{media} {body:.40}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A packed body is the body; what cannot be unpacked is said to be so.
#[tokio::test]
async fn packed_bodies() {
    let text = Port::new(4).ndjson(300);
    let bill = Port::new(2).of(Made::Planted).to_string();
    let zstd =
        |text: &str| ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    for (path, media, text) in
        [("/v1/manifests", "application/x-ndjson", &text), ("/v1/assessments", "application/json", &bill)]
    {
        let (_, _, plain) = send("POST", path, media, text.clone()).await;
        for (encoding, body, status) in [
            ("gzip", gzip(text.as_bytes()), 200),
            ("zstd", zstd(text), 200),
            ("identity", text.clone().into_bytes(), 200),
            ("br", text.clone().into_bytes(), 415),
            ("gzip", text.clone().into_bytes(), 422),
            ("zstd", gzip(text.as_bytes()), 422),
            ("gzip", gzip(&vec![b' '; 70 << 20]), 413),
        ] {
            let request = asks("POST", path).header(header::CONTENT_TYPE, media);
            let request = request.header(header::CONTENT_ENCODING, encoding).body(Body::from(body)).unwrap();
            let (found, _, body) = answer(app(), request).await;
            assert_eq!(found.as_u16(), status, "{path} {encoding}: {body:.200}");
            assert!(status != 200 || body == plain, "{path} {encoding}");
        }
    }
}

/// A table comes with its mapping: in the same form, or by the name under which it is stored.
#[tokio::test]
async fn tables_with_a_mapping() {
    use std::collections::BTreeMap;
    let table = "xxa,xxb\nB1,ROSEWOOD LOGS\n";
    let mapping = "header_row = 1\n[columns]\nxxa = \"bill_of_lading\"\nxxb = \"description\"\n";
    let part = |name: &str, media: &str, text: &str| {
        format!("--q\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n{media}\r\n{text}\r\n")
    };
    let csv = "Content-Type: text/csv\r\n";
    let form = |parts: &[String]| format!("{}--q--\r\n", parts.concat());
    let stored = palisander_engine::manifests::Mapping::from_toml(mapping).unwrap();
    let state = State::new(Engine::open(&Options::default()).unwrap(), Some(day("2026-11-01")));
    let app = build_router(state.with(Default::default(), BTreeMap::from([("port".to_owned(), stored)])));
    let (file, own) = (part("file", csv, table), part("mapping", "", mapping));
    for (path, media, body, status) in [
        ("/v1/manifests?mapping=port", "text/csv", table.to_owned(), 200),
        ("/v1/manifests?mapping=other", "text/csv", table.to_owned(), 404),
        ("/v1/manifests?mapping=../port", "text/csv", table.to_owned(), 404),
        ("/v1/manifests", "text/csv", table.to_owned(), 422),
        ("/v1/manifests", "multipart/form-data; boundary=q", form(&[file.clone(), own.clone()]), 200),
        ("/v1/manifests?mapping=port", "multipart/form-data; boundary=q", form(std::slice::from_ref(&file)), 200),
        ("/v1/manifests?mapping=port", "multipart/form-data; boundary=q", form(&[file.clone(), own.clone()]), 400),
        ("/v1/manifests", "multipart/form-data; boundary=q", form(std::slice::from_ref(&own)), 400),
        ("/v1/manifests", "multipart/form-data; boundary=q", form(&[file.clone(), file.clone()]), 400),
        ("/v1/manifests", "multipart/form-data; boundary=q", form(&[file.clone(), part("else", "", "")]), 400),
        ("/v1/manifests", "multipart/form-data; boundary=q", form(&[file.clone(), part("mapping", "", "x = 1")]), 422),
        ("/v1/manifests", "multipart/form-data; boundary=q", file.clone(), 400),
        ("/v1/manifests", "multipart/form-data", file.clone(), 415),
    ] {
        let request = asks("POST", path).header(header::CONTENT_TYPE, media).body(Body::from(body)).unwrap();
        let (found, _, text) = answer(app.clone(), request).await;
        assert_eq!(found.as_u16(), status, "{path} {media}: {text}");
        if status == 200 {
            let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
            assert_eq!((&first["consignment"], &first["lane"]), (&"B1".into(), &"yellow".into()), "{path}");
        }
    }
}

/// An unknown caller sees the lane and no word of a record under TLP:RED.
#[tokio::test]
async fn what_only_some_may_see_is_not_told() {
    let head = "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,country_of_export,\
                country_of_origin,country_of_destination,taxon,appendix,source,purpose,term,quantity,unit,\
                security_stamp,status,handling";
    let row = |handling: &str| {
        format!(
            "{head}\nID7,export,KESTREL OFFICE,ID,2026-09-01,2027-02-01,KESTREL EXPORT,KESTREL IMPORT,ID,ID,NL,\
                 Dalbergia latifolia,II,W,T,LOG,1,m3,KESTREL STAMP,reported_false,{handling}\n"
        )
    };
    let bill = serde_json::json!({ "manifest": { "reference": "R", "consignments": [{ "bill_of_lading": "B",
        "goods_items": [{ "description": "SONOKELING DALBERGIA LATIFOLIA LOGS", "origin": "ID", "volume_m3": 20.0,
            "documents": [{ "kind": "cites_export_permit", "number": "ID7" }] }] }] } });
    for (handling, is_told) in
        [("TLP:CLEAR", true), ("TLP:AMBER", true), ("TLP:AMBER+STRICT", false), ("TLP:RED", false), ("?", false)]
    {
        let inputs = Inputs { register: Some(Input::Bytes(row(handling).into_bytes())), ..Inputs::default() };
        let engine = Engine::open(&Options::default()).unwrap().with_inputs(&inputs).unwrap();
        let app = build_router(State::new(engine, Some(day("2026-11-01"))));
        for (path, media) in [("/v1/assessments", "application/json"), ("/v1/manifests", "application/x-ndjson")] {
            let request = asks("POST", path).header(header::CONTENT_TYPE, media);
            let (_, _, text) = answer(app.clone(), request.body(Body::from(bill.to_string())).unwrap()).await;
            assert_eq!(text.contains("KESTREL"), is_told, "{handling} {path}: {text}");
            assert_eq!(text.contains("information held; ask the duty desk"), !is_told, "{handling} {path}");
            assert!(text.contains("\"lane\":\"red\""), "{handling} {path}");
        }
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_problem() {
    let request = asks("POST", "/v1/manifests")
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
    let app = palisander::build_router_with(state, std::time::Duration::from_millis(50));
    // A bill is answered before any clock ticks: what never ends is one that is never sent whole.
    let never: tokio_stream::Pending<Result<Vec<u8>, std::io::Error>> = tokio_stream::pending();
    let request = asks("POST", "/v1/assessments")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(never))
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
}
