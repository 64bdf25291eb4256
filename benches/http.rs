//! The service over HTTP: what does a single call cost beside a null POST of the same bytes behind the same doors, with and without
//! a memory that is durable; what do single calls wait for while bulk is under way; does the time of an answer tell a secret?
//!
//! Client and service share one process and its cores, so that only ratios of one run say something: the ways take turns, and the
//! best of their turns counts. `benches/goals/run` reads what is printed here.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod client;
#[path = "../server/tests/state/cluster.rs"]
mod cluster;

use std::collections::BTreeSet;
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use palisander::config::REQUEST_TIMEOUT;
use palisander::router::build_router_beside;
use palisander::service::holds::WantedHold;
use palisander::service::live::{Engines, Loaded};
use palisander::service::readers::{KeyWish, NewKey, OPERATOR, Wanted};
use palisander::service::{Clock, Office};
use palisander::state::State;
use palisander::store::{Place, ReaderKind, Role, Told};
use palisander_benches::{as_of, bytes_of, port};
use palisander_engine::rules::RuleSource;
use palisander_engine::{Engine, Input, Inputs, Label, Options};
use palisander_tests::generator::Made;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use client::{read_whole, request};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Calls under way at once.
const IN_FLIGHT: usize = 256;
/// Turns of each way.
const TURNS: usize = 5;

/// Run as a test, a moment of each shows that the answers hold.
fn is_bench() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

fn turn() -> Duration {
    if is_bench() { Duration::from_secs(2) } else { Duration::from_millis(100) }
}

/// A service that listens, on threads of its own.
struct Served {
    address: SocketAddr,
    /// A key where it has a memory.
    key: String,
    _runtime: tokio::runtime::Runtime,
}

impl Served {
    fn start(engine: &Arc<Engine>, workers: usize, place: Option<&Place>) -> Self {
        let mut state = State::new(engine.as_ref().seen_under(Label::Red), Some(as_of()));
        let mut key = String::new();
        if let Some(place) = place {
            let office = Office::new(Arc::from(place.open().unwrap()), Clock::default());
            key = reader(&office, Role::Officer, Label::Green).key;
            state = state.of(office);
        }
        Self::over(state, key, workers)
    }

    fn over(state: State, key: String, workers: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build().unwrap();
        // As many bytes back as an ordinary answer has.
        let null = Router::new()
            .route("/null", post(|body: Bytes| async move { format!("{:>1$}", body.len(), ANSWER_BYTES) }));
        let router = build_router_beside(state, REQUEST_TIMEOUT, null);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(palisander::edge::serve(listener, None, router, std::future::pending()));
        Self { address, key, _runtime: runtime }
    }

    fn request(&self, path: &str, media: &str, body: &[u8]) -> Vec<u8> {
        request("POST", path, media, &self.key, body)
    }
}

/// Bytes of the null answer.
const ANSWER_BYTES: usize = 900;

/// Reads one answer; its status.
async fn answered(stream: &mut tokio::net::TcpStream, buffer: &mut Vec<u8>) -> u16 {
    buffer.clear();
    let mut piece = [0_u8; 16 << 10];
    loop {
        let n = stream.read(&mut piece).await.unwrap();
        assert!(n > 0, "the connection was closed: {}", String::from_utf8_lossy(buffer));
        buffer.extend_from_slice(&piece[..n]);
        let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).unwrap().to_ascii_lowercase();
        let length: usize = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        if buffer.len() >= end + 4 + length {
            return head[9..12].parse().unwrap();
        }
    }
}

/// Calls answered in a second, all of them well.
fn rate(served: &Served, path: &str, bodies: &[Vec<u8>], in_flight: usize) -> f64 {
    let requests: Arc<Vec<Vec<u8>>> =
        Arc::new(bodies.iter().map(|body| served.request(path, "application/json", body)).collect());
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address = served.address;
    client.block_on(async {
        let n = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let hands: Vec<_> = (0..in_flight)
            .map(|hand| {
                let (requests, n) = (Arc::clone(&requests), Arc::clone(&n));
                tokio::spawn(async move {
                    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let mut buffer = Vec::new();
                    for request in requests.iter().cycle().skip(hand) {
                        if start.elapsed() >= turn() {
                            break;
                        }
                        stream.write_all(request).await.unwrap();
                        let status = answered(&mut stream, &mut buffer).await;
                        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&buffer));
                        n.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for hand in hands {
            hand.await.unwrap();
        }
        n.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
    })
}

/// P3, by the number of workers, and what durability costs.
fn single_calls(engine: &Arc<Engine>) {
    let (plain, timber) = (bytes_of(Made::Plain, 64), bytes_of(Made::Honest, 64));
    let ground = tempfile::tempdir().unwrap();
    let cluster = cluster::Cluster::start();
    let in_file = Place::read(ground.path().join("state").to_str().unwrap(), Told::Argument, None).unwrap();
    let in_database = cluster
        .as_ref()
        .map(|cluster| Place::read(&cluster.state(), Told::Argument, Some(&ground.path().join("key"))).unwrap());
    for workers in [1, 2] {
        let mut ways = vec![("nothing kept", Served::start(engine, workers, None))];
        ways.push(("a file", Served::start(engine, workers, Some(&in_file))));
        if let Some(place) = &in_database {
            ways.push(("a database", Served::start(engine, workers, Some(place))));
        }
        // By way: null, plain, timber; the best of the turns.
        let mut best = vec![[0.0_f64; 3]; ways.len()];
        for _ in 0..if is_bench() { TURNS } else { 1 } {
            for ((_, served), best) in ways.iter().zip(&mut best) {
                best[0] = best[0].max(rate(served, "/null", &plain, IN_FLIGHT));
                best[1] = best[1].max(rate(served, "/v1/assessments", &plain, IN_FLIGHT));
                best[2] = best[2].max(rate(served, "/v1/assessments", &timber, IN_FLIGHT));
            }
        }
        for ((name, _), [null, plain, timber]) in ways.iter().zip(&best) {
            println!(
                "calls, {workers} workers, {name}: null {null:.0}, plain {plain:.0}, timber {timber:.0} a second; plain ÷ null {:.2}, \
                 plain ÷ nothing kept {:.2}, timber ÷ nothing kept {:.2}",
                plain / null,
                plain / best[0][1],
                timber / best[0][2],
            );
        }
    }
}

/// Times of `n` single calls on one connection, one after the other, sorted.
fn waits(served: &Served, request: &[u8], n: usize) -> Vec<Duration> {
    let stream = TcpStream::connect(served.address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    let mut times: Vec<Duration> = (0..n)
        .map(|_| {
            let start = Instant::now();
            writer.write_all(request).unwrap();
            read_whole(&mut reader);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

/// Single calls alone, and while bulk is under way on every other connection.
fn under_bulk(engine: &Arc<Engine>) {
    let served = Served::start(engine, 2, None);
    let one = served.request("/v1/assessments", "application/json", &bytes_of(Made::Plain, 1)[0]);
    let n_bills = if is_bench() { 20_000 } else { 200 };
    let bulk = served.request("/v1/manifests", "application/x-ndjson", port(n_bills).as_bytes());
    let n = if is_bench() { 5_000 } else { 50 };
    let at = |times: &[Duration], per_mille: usize| times[(times.len() - 1) * per_mille / 1000];
    let alone = waits(&served, &one, n);
    let is_over = AtomicBool::new(false);
    let n_bulk = AtomicUsize::new(0);
    let beside = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let mut stream = TcpStream::connect(served.address).unwrap();
                    stream.write_all(&bulk).unwrap();
                    let mut reader = BufReader::new(stream);
                    assert!(!read_whole(&mut reader).is_empty());
                    n_bulk.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(turn() / 4);
        let times = waits(&served, &one, n);
        is_over.store(true, Ordering::Relaxed);
        times
    });
    assert!(n_bulk.load(Ordering::Relaxed) > 0);
    println!(
        "single calls: median {:?}, one in a hundred {:?} alone; {:?}, {:?} beside two streams of {n_bills} bills; one in a hundred {:.2} times",
        at(&alone, 500),
        at(&alone, 990),
        at(&beside, 500),
        at(&beside, 990),
        at(&beside, 990).as_secs_f64() / at(&alone, 990).as_secs_f64(),
    );
}

/// The chance that differences of pairs whose sign is a matter of luck lie as far from nothing on the mean: of all signs that they
/// could have (Fisher's test of pairs).
fn p_value(apart: &[f64]) -> f64 {
    let seen = apart.iter().sum::<f64>().abs() * (1.0 - 1e-12);
    let all = 1u32 << apart.len();
    let as_far = (0..all).filter(|signs| {
        let signed = apart.iter().enumerate().map(|(n, apart)| if signs >> n & 1 == 1 { -apart } else { *apart });
        signed.sum::<f64>().abs() >= seen
    });
    as_far.count() as f64 / f64::from(all)
}

/// A service with a state of its own that takes on what it is told, and an officer's key.
fn told(engine: &Engine, ground: &std::path::Path) -> (State, Arc<Office>, String) {
    let place = Place::read(ground.to_str().unwrap(), Told::Argument, None).unwrap();
    let office = Office::new(Arc::from(place.open().unwrap()), Clock::default());
    let engine = Arc::new(engine.seen_under(Label::Red));
    let (inputs, rules) = (Inputs::default(), RuleSource::default());
    let loaded = Loaded { engine, inputs, rules, sources: Vec::new(), pack: None, unpacked: None };
    let engines = Engines::loaded(Arc::new(move || Ok(loaded.clone())), Some(&office)).unwrap();
    let state = State::over(engines, Some(as_of())).of(office);
    let office = state.office.clone().unwrap();
    let key = reader(&office, Role::Officer, Label::Green).key;
    (state, office, key)
}

/// A person with that role.
fn reader(office: &Office, role: Role, clearance: Label) -> NewKey {
    let wanted = Wanted {
        name: "Desk".to_owned(),
        kind: ReaderKind::Person,
        roles: BTreeSet::from([role]),
        groups: BTreeSet::new(),
        clearance,
        expires_on: None,
        key: KeyWish::default(),
    };
    office.add_reader(OPERATOR, wanted).unwrap()
}

/// G12: a service that knows something of a bill under TLP:RED; where it is asked for it lets that through.
fn held(engine: &Arc<Engine>, ground: &tempfile::TempDir, lets_through: bool) -> Served {
    let (state, office, key) = told(engine, ground.path());
    if lets_through {
        let [first, second] = [(); 2].map(|()| {
            let key = reader(&office, Role::Handler, Label::Red).key;
            office.caller(&key).unwrap()
        });
        let wanted = WantedHold {
            consignment: HELD.to_owned(),
            instrument: "order 7/26".to_owned(),
            reason: "to whom it goes".to_owned(),
            expires_at: jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24),
        };
        let hold = office.propose_hold(&first, wanted).unwrap();
        office.sign_hold(&second, &hold.id).unwrap();
        assert!(state.engines.follow(&office).unwrap());
    }
    Served::over(state, key, 1)
}

/// The bill that is let through, in a container of which something is known.
const HELD: &str = "SYNHELD0001";

fn held_bill() -> Vec<u8> {
    let bill = json!({ "reference": "R1", "equipment": [{ "container": "MSCU0000200" }], "consignments": [{
        "bill_of_lading": HELD, "parties": [{ "role": "consignor", "name": "KESTREL SAMPLE HARDWOODS LTD" }],
        "goods_items": [{ "description": "COTTON SHIRTS", "hs_code": "610910", "origin": "BD", "gross_mass_kg": 900,
            "in_containers": [{ "container": "MSCU0000200" }] }] }] });
    bill.to_string().into_bytes()
}

/// Rounds, each with two services of its own: calls to one pair of services are no independent sample.
const ROUNDS: usize = 20;
/// Hands that ask at once where it is measured whether time tells a secret.
const HANDS: usize = 10;

/// Times of calls to two services, each asked as often as the other, and the lengths of the answers.
fn in_turns(served: &[Served], requests: &[Vec<u8>; 2], pairs: usize) -> ([Vec<Duration>; 2], BTreeSet<usize>) {
    let mut lines: Vec<(BufReader<TcpStream>, TcpStream)> = served
        .iter()
        .map(|served| {
            let stream = TcpStream::connect(served.address).unwrap();
            stream.set_nodelay(true).unwrap();
            let writer = stream.try_clone().unwrap();
            (BufReader::new(stream), writer)
        })
        .collect();
    let (mut times, mut lengths) = ([Vec::new(), Vec::new()], BTreeSet::new());
    for pair in 0..pairs {
        // Who goes first takes turns.
        for which in [pair % 2, 1 - pair % 2] {
            let (reader, writer) = &mut lines[which];
            let start = Instant::now();
            writer.write_all(&requests[which]).unwrap();
            lengths.insert(read_whole(reader).len());
            times[which].push(start.elapsed());
        }
    }
    (times, lengths)
}

/// I02: two services that differ in one record under TLP:RED, asked in turns about bills whose lane it does not decide; and G12:
/// about one that is let through in the one.
fn timing() {
    let alert = |n: usize, label: &str| {
        json!({ "id": format!("A-{n}"), "kind": "alert", "title": "watched", "text": "watched", "published_on": "2026-10-01",
            "containers": [format!("MSCU{n:07}")], "parties": [format!("HARBOUR TIMBER {n} LIMITED")],
            "countries": [{ "code": "MG", "role": "origin" }], "taxa": ["Dalbergia"], "handling": label })
    };
    let known: String = (0..200).map(|n| format!("{}\n", alert(n, "TLP:CLEAR"))).collect();
    let open = |bytes: String| {
        let alerts = Some(Input::Read { path: "alerts.ndjson".into(), bytes: bytes.into_bytes().into() });
        Arc::new(
            Engine::open(&Options { inputs: Inputs { alerts, ..Inputs::default() }, ..Options::default() }).unwrap(),
        )
    };
    let engines = [open(known.clone()), open(format!("{known}{}\n", alert(200, "TLP:RED")))];
    let pairs = if is_bench() { 10_000 } else { 200 } / ROUNDS / HANDS;
    for (name, body) in [
        ("plain", bytes_of(Made::Plain, 1).remove(0)),
        ("planted", bytes_of(Made::Planted, 1).remove(0)),
        ("held", held_bill()),
    ] {
        let mut medians = [Vec::new(), Vec::new()];
        let mut lengths = BTreeSet::new();
        for round in 0..ROUNDS {
            let grounds = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
            // Who starts first is served a little better or worse as long as he runs: that takes turns, too.
            let started = [round % 2, 1 - round % 2].map(|which| {
                let served = match name {
                    "held" => held(&engines[which], &grounds[which], which == 1),
                    _ => {
                        let place = Place::read(grounds[which].path().to_str().unwrap(), Told::Argument, None).unwrap();
                        Served::start(&engines[which], 1, Some(&place))
                    }
                };
                (which, served)
            });
            let mut started = Vec::from(started);
            started.sort_by_key(|(which, _)| *which);
            let served: Vec<Served> = started.into_iter().map(|(_, served)| served).collect();
            let requests = [0, 1].map(|which| served[which].request("/v1/assessments", "application/json", &body));
            // An answer waits for its even time, so that several hands ask at once.
            let asked: Vec<_> = std::thread::scope(|scope| {
                let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(|| in_turns(&served, &requests, pairs))).collect();
                hands.into_iter().map(|hand| hand.join().unwrap()).collect()
            });
            let mut times = [Vec::new(), Vec::new()];
            for (of_hand, own) in asked {
                times.iter_mut().zip(of_hand).for_each(|(all, some)| all.extend(some));
                lengths.extend(own);
            }
            for (medians, times) in medians.iter_mut().zip(&mut times) {
                times.sort_unstable();
                medians.push(times[times.len() / 2].as_secs_f64() * 1e6);
            }
        }
        assert_eq!(lengths.len(), 1, "answers of one length");
        let apart: Vec<f64> = medians[1].iter().zip(&medians[0]).map(|(with, without)| with - without).collect();
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        println!(
            "timing, {name}: {} calls in {ROUNDS} rounds, {:.0} µs without the secret and {:+.1} µs with it, p = {:.3}",
            2 * pairs * HANDS * ROUNDS,
            mean(&medians[0]),
            mean(&apart),
            p_value(&apart),
        );
    }
}

fn main() {
    // Differences that go either way, and such that do not.
    let either: Vec<f64> = (0..20).map(|n| if n % 2 == 0 { 3.0 } else { -2.9 }).collect();
    let one: Vec<f64> = (0..20).map(|n| 1.0 + f64::from(n % 3)).collect();
    assert!(p_value(&either) > 0.5 && p_value(&one) < 1e-5);
    let engine = Arc::new(Engine::open(&Options::default()).unwrap());
    single_calls(&engine);
    under_bulk(&engine);
    timing();
}
