//! The service as hostile callers meet it, over the wire: half-sent requests, readers who do not read, bodies that swell.
//!
//! The service is a process of its own, so that its memory can be read. Linux only.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use palisander::config::{HEAD_TIMEOUT, MAX_CONNECTIONS, PACE_WINDOW};
use serde_json::Value;

const MB: u64 = 1 << 20;
/// What the service may hold above an idle one, whatever is sent.
const BOUND: u64 = 512 * MB;

struct Service {
    process: Child,
    address: SocketAddr,
    idle: u64,
}

impl Service {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_palisander"))
            .args(["serve", "--listen", "127.0.0.1:0", "--as-of", "2026-11-01"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "it did not start");
            let said: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(address) = said["address"].as_str() {
                break address.parse().unwrap();
            }
        };
        // Somebody must read what it says, and every line is one JSON object.
        std::thread::spawn(move || {
            log.lines().for_each(|line| {
                let line = line.unwrap_or_default();
                assert!(serde_json::from_str::<Value>(&line).unwrap_or_default().is_object(), "{line}");
            })
        });
        let mut service = Self { process, address, idle: 0 };
        service.single(Duration::from_secs(20));
        service.idle = service.memory("VmRSS");
        service
    }

    /// Bytes, by the kernel's account.
    fn memory(&self, what: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(what)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
    }

    fn stays_within_bound(&self) {
        let above = self.memory("VmHWM").saturating_sub(self.idle);
        assert!(above <= BOUND, "{} MB above idle", above / MB);
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
        stream
    }

    /// Sends as much as is taken; the other end may refuse the rest.
    fn sends(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect();
        let _ = stream.write_all(bytes);
        stream
    }

    /// An ordinary caller is answered within `patience`.
    fn single(&self, patience: Duration) {
        let body = r#"{"manifest":{"reference":"R","consignments":[{"bill_of_lading":"B","goods_items":[{"description":"BOLTS"}]}]}}"#;
        let began = Instant::now();
        let mut text = String::new();
        self.sends(&post("/v1/assessments", "application/json", "Connection: close\r\n", body.as_bytes()))
            .read_to_string(&mut text)
            .unwrap();
        assert!(text.starts_with("HTTP/1.1 200"), "{text:.300}");
        assert!(began.elapsed() < patience, "{:?}", began.elapsed());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn post(path: &str, media: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n{more}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn bills(n: usize) -> Vec<u8> {
    let one = |n| {
        let goods =
            r#"[{"description":"ROSEWOOD LOGS DALBERGIA","hs_code":"440349","origin":"MG","gross_mass_kg":2390}]"#;
        format!(
            "{{\"manifest\":{{\"reference\":\"R\",\"consignments\":[{{\"bill_of_lading\":\"B{n}\",\"goods_items\":{goods}}}]}}}}\n"
        )
    };
    (0..n).flat_map(|n| one(n).into_bytes()).collect()
}

/// True once the other end has closed. What it says before is read and dropped.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let mut bytes = [0; 4096];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => {
                return !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
            }
        }
    }
}

/// Heads and bodies that come a byte at a time are ended; nobody else waits.
#[test]
fn half_sent_requests_are_ended() {
    let service = Service::start();
    let starts: [&[u8]; 6] = [
        b"",
        b"\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-a: ",
        b"POST /v1/assessments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
        b"POST /v1/manifests HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ];
    let mut open: Vec<(&[u8], TcpStream)> =
        starts.iter().flat_map(|start| (0..10).map(|_| (*start, service.sends(start)))).collect();
    service.single(Duration::from_secs(5));
    let began = Instant::now();
    while !open.is_empty() {
        assert!(began.elapsed() < HEAD_TIMEOUT + PACE_WINDOW, "still open: {:?}", String::from_utf8_lossy(open[0].0));
        std::thread::sleep(Duration::from_millis(500));
        open.retain_mut(|(start, stream)| {
            let drip: &[u8] = if start.starts_with(b"\r") { b"\r\n" } else { b" " };
            let _ = if start.is_empty() || start.starts_with(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") {
                Ok(())
            } else {
                stream.write_all(drip)
            };
            !is_closed(stream)
        });
    }
    service.single(Duration::from_secs(5));
}

/// More connections than there are places: who has waited longest gives way, and an honest caller is served at once.
#[test]
fn a_crowd_that_says_nothing_keeps_nobody_out() {
    let service = Service::start();
    let head = b"POST /v1/manifests HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n{";
    let crowd: Vec<TcpStream> = (0..MAX_CONNECTIONS + 100).map(|_| service.sends(head)).collect();
    for _ in 0..5 {
        service.single(Duration::from_secs(5));
    }
    drop(crowd);
    service.stays_within_bound();
}

/// Seventy callers ask much and read nothing: single calls go on, streams of others are served as soon as they lose their
/// places, and memory has a bound.
#[test]
fn readers_who_do_not_read_lose_their_places() {
    let service = Service::start();
    let request = post("/v1/manifests", "application/x-ndjson", "", &bills(6_000));
    let held: Vec<TcpStream> = (0..70).map(|_| service.sends(&request)).collect();
    let began = Instant::now();
    let small = post("/v1/manifests", "application/x-ndjson", "Connection: close\r\n", &bills(5_000));
    let mut is_served = false;
    while !is_served {
        assert!(began.elapsed() < 6 * PACE_WINDOW, "a stream waits behind those who do not read");
        service.single(Duration::from_secs(10));
        let mut text = Vec::new();
        let _ = service.sends(&small).read_to_end(&mut text);
        is_served = String::from_utf8_lossy(&text).contains("\"complete\":true");
    }
    service.stays_within_bound();
    drop(held);
}

/// Bodies that swell in memory or unpacked, many at once: refused or scored, within the bound.
#[test]
fn bodies_that_swell_stay_within_the_bound() {
    let service = Service::start();
    let zeros = format!("{{\"manifest\":{{\"x\":[{}0],\"consignments\":[]}}}}", "0,".repeat(4 << 20));
    let commas = format!("bill_of_lading,description\n{}", format!("B{}\n", ",".repeat(400)).repeat(20_000));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&bills(200_000)).unwrap();
    let packed = packer.finish().unwrap();
    let requests = [
        post("/v1/manifests", "application/json", "", zeros.as_bytes()),
        post("/v1/assessments", "application/json", "", zeros.as_bytes()),
        post("/v1/manifests", "text/csv", "", commas.as_bytes()),
        post("/v1/manifests", "application/x-ndjson", "Content-Encoding: gzip\r\n", &packed),
    ];
    let held: Vec<TcpStream> = (0..6).flat_map(|_| requests.iter().map(|request| service.sends(request))).collect();
    for _ in 0..20 {
        service.single(Duration::from_secs(15));
        std::thread::sleep(Duration::from_millis(500));
    }
    service.stays_within_bound();
    drop(held);
}
