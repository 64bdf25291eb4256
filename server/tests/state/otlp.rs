//! A collector is told of every request, and of none what it said.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Said;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message;

use crate::harness::Ground;
use crate::kill::{Service, key};
use crate::secrets::bills;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const STEP: &str = "00f067aa0ba902b7";

/// Head and body of a request.
type Sent = (String, Vec<u8>);

/// A collector that keeps what it is sent.
struct Stub {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Stub {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stub = Self { address: listener.local_addr().unwrap(), sent: Arc::default() };
        let sent = Arc::clone(&stub.sent);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(one) = taken(stream) else { continue };
                sent.lock().unwrap().push(one);
            }
        });
        stub
    }

    fn endpoint(&self) -> String {
        format!("http://{}/v1/traces", self.address)
    }

    fn told(&self) -> Vec<ResourceSpans> {
        let sent = self.sent.lock().unwrap();
        let read = |body: &Vec<u8>| ExportTraceServiceRequest::decode(body.as_slice()).unwrap().resource_spans;
        sent.iter().flat_map(|(_, body)| read(body)).collect()
    }

    fn spans(&self) -> Vec<Span> {
        self.told().into_iter().flat_map(|told| told.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

/// Reads one request and says that it was taken.
fn taken(mut stream: TcpStream) -> Option<Sent> {
    let (mut bytes, mut more) = (Vec::new(), [0; 4_096]);
    let end = loop {
        let n = stream.read(&mut more).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&more[..n]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.split("content-length: ").nth(1)?.lines().next()?.trim().parse().ok()?;
    let mut body = bytes.split_off(end);
    while body.len() < length {
        let n = stream.read(&mut more).ok().filter(|n| *n > 0)?;
        body.extend_from_slice(&more[..n]);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok()?;
    Some((head, body))
}

fn ask(service: &Service, key: &str, request: &str, head: &str, body: &str) {
    let mut stream = service.connect().unwrap();
    let length = body.len();
    let authorization = if key.is_empty() { String::new() } else { format!("Authorization: Bearer {key}\r\n") };
    let text = format!(
        "{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{authorization}{head}Connection: close\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 "), "{request}");
}

fn serving(endpoint: &str) -> (Ground, Service) {
    let ground = Ground::file();
    let mut arguments = ground.arguments();
    arguments.extend(["--otlp-endpoint".to_owned(), endpoint.to_owned()]);
    let service = Service::begun(&arguments, &[]);
    (ground, service)
}

/// Tells it to stop, and waits until it has.
fn stopped(service: &mut Child) {
    let told = Command::new("kill").arg("-TERM").arg(service.id().to_string()).status().unwrap();
    assert!(told.success());
    let until = Instant::now() + Duration::from_secs(30);
    while service.try_wait().unwrap().is_none() {
        assert!(Instant::now() < until, "it does not stop");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn attribute(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Said::StringValue(text) => Some(text.clone()),
        Said::IntValue(number) => Some(number.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_collector_is_told_of_every_request_and_of_none_what_it_said() {
    let stub = Stub::new();
    let (ground, mut service) = serving(&stub.endpoint());
    let importer = key(&ground, "importer");
    let bill = bills()[4].to_string();
    let parent = |flags: &str| format!("traceparent: 00-{TRACE}-{STEP}-{flags}\r\n");
    ask(&service, &importer, "POST /v1/assessments", &parent("01"), &bill);
    // Whoever sent this one records nothing of it.
    ask(&service, &importer, "POST /v1/assessments", &parent("00"), &bill);
    ask(&service, "", "GET /v1/tips/a-token-that-nobody-may-learn?secret=also", "", "");
    ask(&service, &importer, "GET /v1/no/such/path/as-told-by-mistake", "", "");
    ask(&service, "", "BREW /healthz", "tracestate: vendor=canary\r\n", "");
    // What waits is told on the way out.
    stopped(&mut service.process);

    let spans = stub.spans();
    let mut seen: Vec<(&str, Option<String>)> =
        spans.iter().map(|span| (span.name.as_str(), attribute(span, "http.response.status_code"))).collect();
    seen.sort();
    let status = |code: u16| Some(code.to_string());
    let expected = [
        ("GET", status(404)),
        ("GET /v1/tips/{token}", status(404)),
        ("POST /v1/assessments", status(200)),
        ("_OTHER", status(405)),
    ];
    assert_eq!(seen, expected);
    let own = spans.iter().find(|span| span.name == "POST /v1/assessments").unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!((hex(&own.trace_id).as_str(), hex(&own.parent_span_id).as_str()), (TRACE, STEP));
    assert_eq!(attribute(own, "http.route").as_deref(), Some("/v1/assessments"));
    assert_eq!(own.kind, SpanKind::Server as i32);
    assert!(own.end_time_unix_nano > own.start_time_unix_nano);
    let other = spans.iter().find(|span| span.name == "GET").unwrap();
    assert!(other.trace_id != own.trace_id && other.parent_span_id.is_empty());
    // Its caller's mistake is no fault of the service.
    assert!(spans.iter().all(|span| span.status.as_ref().is_none_or(|status| status.code != StatusCode::Error as i32)));
    let resources: Vec<_> = stub.told().into_iter().filter_map(|told| told.resource).collect();
    assert!(resources.iter().all(|resource| {
        resource.attributes.iter().any(|attribute| {
            let text = attribute.value.as_ref().and_then(|value| value.value.clone());
            attribute.key == "service.name" && text == Some(Said::StringValue("palisander".to_owned()))
        })
    }));

    let sent = stub.sent.lock().unwrap();
    assert!(sent.iter().all(|(head, _)| head.starts_with("post /v1/traces http/1.1")));
    assert!(sent.iter().all(|(head, _)| head.contains("content-type: application/x-protobuf")));
    let all: Vec<u8> = sent.iter().flat_map(|(head, body)| [head.as_bytes(), body].concat()).collect();
    let all = String::from_utf8_lossy(&all);
    for word in ["a-token-that-nobody-may-learn", "secret", "as-told-by-mistake", "BREW", "canary", importer.as_str()] {
        assert!(!all.contains(word), "{word}");
    }
}

#[test]
fn a_collector_that_is_away_holds_up_nothing() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_ground, mut service) = serving(&format!("http://{nobody}/v1/traces"));
    for _ in 0..20 {
        assert_eq!(service.call("", "GET", "/healthz", "").map(|(status, _)| status), Some(200));
    }
    stopped(&mut service.process);
    let said = service.said.lock().unwrap();
    assert_eq!(said.matches("the collector does not take spans").count(), 1, "{said}");
}

#[test]
fn an_address_that_is_none_stops_the_start() {
    let (ground, program) = (Ground::file(), env!("CARGO_BIN_EXE_palisander"));
    for wrong in ["127.0.0.1:4318", "grpc://127.0.0.1:4317", "http://", "http://a b/"] {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--otlp-endpoint", wrong]).args(ground.arguments());
        let out = command.output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.code() == Some(3) && said.contains(&format!("--otlp-endpoint `{wrong}`")), "{said}");
    }
}
