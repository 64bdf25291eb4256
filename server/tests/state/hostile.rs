//! Whatever is sent to any route, under the key of any role, the service answers, and holds no more afterwards than before.
//!
//! `PALISANDER_HOSTILE=200000` sends as many requests as a long night would bring.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use palisander::identity::ROUTES;
use palisander::store::Role;
use serde_json::{Map, Value, json};

use crate::harness::Ground;
use crate::kill::{Service, key};
use crate::secrets::bills;

/// Requests, unless more are asked for.
const REQUESTS: usize = 4_000;
const HANDS: usize = 4;
/// What it may hold more at the end than in the first half of them: some are forms that are taken, and caches fill late.
const GROWTH: u64 = 128 << 20;
/// Ids of answers that are asked for again, so that requests get further than the door.
const REMEMBERED: usize = 50;

/// Numbers that come in the same order every time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 1).unwrap() % n
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// What requests are made of.
struct Quarry {
    keys: Vec<String>,
    /// Names of fields that some form has.
    fields: Vec<String>,
    /// Files that readers were broken by, and texts that break readers of JSON.
    bodies: Vec<Vec<u8>>,
    bills: Vec<Value>,
}

const TEXTS: [&str; 22] = [
    "",
    " ",
    "null",
    "true",
    "-0",
    "1e999",
    "NaN",
    "\"x\"",
    "[]",
    "{}",
    "[[[[",
    "{\"a\":",
    "{\"a\":1,\"a\":2}",
    "\u{feff}{}",
    "{\"manifest\":null}",
    "{\"manifest\":{\"consignments\":[null,1,\"x\",[],{}]}}",
    "\"\\ud800\"",
    "{\"\\u0000\":\"\\u0000\"}",
    "{} {}",
    "{}\n\n{}\n[",
    "UNB+UNOC:3+A+B+260101:0000+1'UNH+1+CUSCAR:D:95B:UN'",
    "<a><b><![CDATA[",
];
const KINDS: [&str; 12] = [
    "application/json",
    "application/json; charset=utf-16",
    "application/x-ndjson",
    "text/csv",
    "application/xml",
    "application/edifact",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
    "text/plain",
    "/;;=",
];
const IDS: [&str; 10] = [
    "0",
    "a_00000000000000000000000000000000",
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "%ff%fe",
    "'%20OR%201=1--",
    "%E6%A8%B9",
    "-1",
    "18446744073709551616",
    "{id}",
];
const QUERIES: [&str; 14] = [
    "",
    "?limit=0",
    "?limit=18446744073709551616",
    "?limit=-1&limit=1",
    "?after=%00",
    "?after=0123456789abcdef",
    "?before=ffffffffffffffff",
    "?as_of=0000-00-00",
    "?as_of=9999-12-31",
    "?q=%F0%9F%8C%B3%22%20OR%20*",
    "?q=((((((((a",
    "?lane=red&lane=green",
    "?view=short&audience=analyst",
    "?%",
];
const HEADS: [&str; 12] = [
    "",
    "Idempotency-Key: \u{1}",
    "Idempotency-Key: k",
    "If-Match: *",
    "If-None-Match: W/\"\", \"\\\"\"",
    "Accept: a/b;q=NaN, */*;q=2",
    "Accept-Encoding: gzip;q=0, *",
    "Content-Encoding: gzip",
    "Content-Encoding: zstd",
    "Content-Encoding: br, gzip, gzip",
    "traceparent: 00-00000000000000000000000000000000-0000000000000000-00",
    "Range: bytes=-1,0-,5-2",
];

impl Quarry {
    fn of(ground: &Ground) -> Self {
        let keys = Role::ALL.iter().map(|role| key(ground, role.as_str())).collect();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let locked = std::fs::read(root.join("src/openapi/locked.json")).unwrap();
        let mut fields = Vec::new();
        named(&serde_json::from_slice(&locked).unwrap(), &mut fields);
        fields.sort();
        fields.dedup();
        let mut bodies: Vec<Vec<u8>> = TEXTS.iter().map(|text| text.as_bytes().to_vec()).collect();
        bodies.extend([
            b"[".repeat(100_000),
            b"{\"a\":".repeat(20_000),
            b"9".repeat(100_000),
            b"\xff\xfe{\x00}\x00".to_vec(),
        ]);
        bodies.push(format!("{{\"manifest\":\"{}\"}}", "x".repeat(300_000)).into_bytes());
        bodies.push(packed(&vec![0; 32 << 20]));
        bodies.push(packed(b"{}")[..12].to_vec());
        let corpus = std::fs::read_dir(root.join("../tests/corpus")).unwrap();
        for folder in corpus.map(|entry| entry.unwrap().path()) {
            let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
            bodies.extend(files.filter(|file| file.is_file()).map(|file| std::fs::read(file).unwrap()));
        }
        Self { keys, fields, bodies, bills: bills() }
    }

    fn value(&self, dice: &mut Dice, depth: usize) -> Value {
        match dice.below(12) {
            0 => Value::Null,
            1 => json!(dice.once_in(2)),
            2 => json!(-1),
            3 => json!(u64::MAX),
            4 => json!(1.5e300),
            5 => json!("TLP:RED"),
            6 => json!("2026-13-45"),
            7 => json!("\u{0}\u{202e}x"),
            8 => json!("x".repeat(dice.below(5_000))),
            9 => json!("2026-11-02T00:00:00Z"),
            10 if depth < 3 => (0..dice.below(4)).map(|_| self.value(dice, depth + 1)).collect(),
            _ if depth < 3 => self.form(dice, depth + 1),
            _ => json!("x"),
        }
    }

    fn form(&self, dice: &mut Dice, depth: usize) -> Value {
        let n = 1 + dice.below(6);
        (0..n).map(|_| (dice.of(&self.fields).clone(), self.value(dice, depth))).collect::<Map<_, _>>().into()
    }

    fn body(&self, dice: &mut Dice) -> Vec<u8> {
        match dice.below(4) {
            0 => self.form(dice, 0).to_string().into_bytes(),
            1 => {
                let mut bytes = dice.of(&self.bills).to_string().into_bytes();
                for _ in 0..dice.below(4) {
                    let at = dice.below(bytes.len());
                    bytes[at] = u8::try_from(dice.below(256)).unwrap();
                }
                bytes
            }
            _ => {
                let whole = dice.of(&self.bodies);
                let end = if dice.once_in(4) { dice.below(whole.len() + 1) } else { whole.len() };
                whole[..end].to_vec()
            }
        }
    }

    /// Bytes of a request.
    fn request(&self, dice: &mut Dice, ids: &VecDeque<String>) -> Vec<u8> {
        let (method, route, _) = dice.of(ROUTES);
        let mut path = String::new();
        for part in route.split_inclusive('}') {
            let (plain, is_open) = part.split_once('{').map_or((part, false), |(plain, _)| (plain, true));
            path.push_str(plain);
            if is_open {
                let known = (!ids.is_empty() && !dice.once_in(3)).then(|| ids[dice.below(ids.len())].clone());
                path.push_str(&known.unwrap_or_else(|| (*dice.of(&IDS)).to_owned()));
            }
        }
        let method = if dice.once_in(20) { dice.of(&["PUT", "PATCH", "OPTIONS", "BREW"]) } else { method };
        let body = if *method == "GET" && !dice.once_in(10) { Vec::new() } else { self.body(dice) };
        let mut head = format!("{method} {path}{} HTTP/1.1\r\nHost: localhost\r\n", dice.of(&QUERIES));
        head += &format!("Content-Length: {}\r\nContent-Type: {}\r\n", body.len(), dice.of(&KINDS));
        if !dice.once_in(10) {
            head += &format!("Authorization: Bearer {}\r\n", dice.of(&self.keys));
        }
        match dice.of(&HEADS) {
            &"" => {}
            line => head += &format!("{line}\r\n"),
        }
        if dice.once_in(50) {
            (0..80).for_each(|n| head += &format!("X-{n}: {}\r\n", "y".repeat(200)));
        }
        [head.as_bytes(), b"\r\n", &body].concat()
    }
}

fn named(schema: &Value, fields: &mut Vec<String>) {
    match schema {
        Value::Object(own) => own.iter().for_each(|(name, inner)| {
            if let (true, Some(properties)) = (name == "properties", inner.as_object()) {
                fields.extend(properties.keys().cloned());
            }
            named(inner, fields);
        }),
        Value::Array(all) => all.iter().for_each(|inner| named(inner, fields)),
        _ => {}
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// An answer.
struct Answered {
    status: u16,
    body: Vec<u8>,
    /// Is it the last one on its connection?
    is_last: bool,
}

/// The next answer; `None` = the connection ended without one.
fn answer(from: &mut impl BufRead) -> Option<Answered> {
    let (mut status, mut length, mut is_chunked, mut is_last) = (0, 0, false, false);
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|n| *n > 0)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() && status == 100 {
            (status, length) = (0, 0);
            continue;
        }
        if line.is_empty() {
            break;
        }
        if status == 0 {
            status = line.get(9..12)?.parse().ok()?;
        }
        length = line.strip_prefix("content-length: ").map_or(Some(length), |n| n.parse().ok())?;
        is_chunked |= line == "transfer-encoding: chunked";
        is_last |= line == "connection: close";
    }
    let mut body = Vec::new();
    if !is_chunked {
        body.resize(length, 0);
        from.read_exact(&mut body).ok()?;
        return Some(Answered { status, body, is_last });
    }
    loop {
        let mut line = String::new();
        from.read_line(&mut line).ok()?;
        let n = usize::from_str_radix(line.trim_end(), 16).ok()?;
        let start = body.len();
        body.resize(start + n + 2, 0);
        from.read_exact(&mut body[start..]).ok()?;
        if n == 0 {
            return Some(Answered { status, body, is_last });
        }
    }
}

fn ids_in(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(4_096)]).into_owned();
    let ids = text.split("\"id\":\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned));
    ids.filter(|id| id.len() < 60 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')).collect()
}

fn connected(address: SocketAddr) -> Option<(TcpStream, BufReader<TcpStream>)> {
    let stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    stream.set_write_timeout(Some(Duration::from_secs(60))).ok()?;
    let reader = BufReader::new(stream.try_clone().ok()?);
    Some((stream, reader))
}

/// Sends so many requests; how many were answered by class of status.
fn sent(service: SocketAddr, from: &Quarry, ids: &Mutex<VecDeque<String>>, seed: u64, n: usize) -> [usize; 6] {
    let (mut dice, mut answered, mut held) = (Dice(seed), [0; 6], None);
    for _ in 0..n {
        let request = from.request(&mut dice, &ids.lock().unwrap());
        let (mut stream, mut reader) = held.take().or_else(|| connected(service)).expect("it takes connections");
        let is_sent = stream.write_all(&request).is_ok();
        let Some(Answered { status, body, is_last }) = answer(&mut reader) else {
            // A body beyond its limit may end the connection before it is sent; the next one stands.
            answered[0] += 1;
            continue;
        };
        let head = String::from_utf8_lossy(&request[..request.len().min(600)]).into_owned();
        assert!(status < 500 || status == 503, "{status} {}\n{head}", String::from_utf8_lossy(&body));
        answered[usize::from(status / 100)] += 1;
        let mut ids = ids.lock().unwrap();
        ids.extend(ids_in(&body));
        let beyond = ids.len().saturating_sub(REMEMBERED);
        ids.drain(..beyond);
        drop(ids);
        if is_sent && !is_last {
            held = Some((stream, reader));
        }
    }
    answered
}

fn resident(service: &Service) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

#[test]
fn whatever_is_sent_to_any_route_is_answered_and_nothing_of_it_stays() {
    let n: usize = std::env::var("PALISANDER_HOSTILE").map_or(REQUESTS, |n| n.parse().unwrap());
    let ground = Ground::file();
    let mut arguments = ground.arguments();
    arguments.extend(["--rate".to_owned(), "0".to_owned()]);
    let service = Service::told(&arguments, &[]);
    let (from, ids) = (Arc::new(Quarry::of(&ground)), Arc::new(Mutex::new(VecDeque::new())));
    let round = |round: u64, n: usize| {
        let hands: Vec<_> = (0..HANDS as u64)
            .map(|hand| {
                let (from, ids, address) = (Arc::clone(&from), Arc::clone(&ids), service.address);
                let seed = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(round * 100 + hand + 1);
                std::thread::spawn(move || sent(address, &from, &ids, seed, n / HANDS))
            })
            .collect();
        let answered: Vec<[usize; 6]> = hands.into_iter().map(|hand| hand.join().unwrap()).collect();
        let sum = |class: usize| answered.iter().map(|by| by[class]).sum::<usize>();
        [0, 1, 2, 3, 4, 5].map(sum)
    };
    let (mut all, mut held) = ([0; 6], Vec::new());
    for eighth in 0..8 {
        let answered = round(eighth, n / 8);
        all = std::array::from_fn(|class| all[class] + answered[class]);
        held.push(resident(&service));
    }
    let shown: Vec<u64> = held.iter().map(|bytes| bytes >> 20).collect();
    println!("{n} requests: {all:?} by class of status; {shown:?} MB after each eighth of them");
    let first_half = held[..4].iter().max().unwrap();
    assert!(held[7] <= first_half + GROWTH, "{shown:?} MB");
    // They got further than the door, and not all of them.
    assert!(all[2] > n / 20 && all[4] > n / 4, "{all:?}");
    assert!(all[0] < n / 20, "{all:?}");
    let importer = key(&ground, "importer");
    let bill = bills()[4].to_string();
    assert_eq!(service.call(&importer, "POST", "/v1/assessments", &bill).map(|(status, _)| status), Some(200));
}
