//! I09: how long after information was set live is the first answer that rests on it, and the first search that finds it, in
//! another process on the same state, while a thousand calls a second are under way?
//!
//! Two services over one state, each with the look for news that `serve` has; the calls go to both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod client;

use std::collections::BTreeSet;
use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use palisander::build_router;
use palisander::config::NEWS_INTERVAL;
use palisander::service::live::{Engines, Loaded};
use palisander::service::readers::{KeyWish, OPERATOR, Wanted};
use palisander::service::{Clock, Office};
use palisander::state::State;
use palisander::store::{Place, ReaderKind, Role, Told};
use palisander_benches::bytes_of;
use palisander_engine::rules::RuleSource;
use palisander_engine::{Engine, Inputs, Label, Options};
use palisander_tests::generator::Made;
use serde_json::{Value, json};

use client::{read_whole, request};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Calls a second that are meant to be under way.
const CALLS_A_SECOND: u32 = 1_000;
/// Connections over which they come.
const CONNECTIONS: u32 = 8;
/// How often it is asked whether the news is there.
const LOOK: Duration = Duration::from_millis(5);

/// A service over a state, with its look for news.
struct Served {
    address: SocketAddr,
    office: Arc<Office>,
    _runtime: tokio::runtime::Runtime,
}

impl Served {
    fn start(engine: &Arc<Engine>, place: &Place) -> Self {
        let office = Office::new(Arc::from(place.open().unwrap()), Clock::default());
        let (engine, inputs, rules) = (Arc::clone(engine), Inputs::default(), RuleSource::default());
        let loaded = Loaded { engine, inputs, rules, sources: Vec::new(), pack: None, unpacked: None };
        let engines = Engines::loaded(Arc::new(move || Ok(loaded.clone())), Some(&office)).unwrap();
        let state = State::over(engines.clone(), None).of(office);
        let office = state.office.clone().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(palisander::edge::serve(listener, None, build_router(state), std::future::pending()));
        let own = Arc::clone(&office);
        runtime.spawn(async move {
            let mut due = tokio::time::interval(NEWS_INTERVAL);
            loop {
                due.tick().await;
                let (engines, office) = (engines.clone(), Arc::clone(&own));
                tokio::task::spawn_blocking(move || engines.follow(&office).unwrap()).await.unwrap();
            }
        });
        Self { address, office, _runtime: runtime }
    }

    fn reader(&self, role: Role, clearance: Label) -> String {
        let wanted = Wanted {
            name: "Desk".to_owned(),
            kind: ReaderKind::Person,
            roles: BTreeSet::from([role]),
            groups: BTreeSet::new(),
            clearance,
            expires_on: None,
            key: KeyWish::default(),
        };
        self.office.add_reader(OPERATOR, wanted).unwrap().key
    }
}

/// One connection.
struct Line {
    writer: TcpStream,
    reader: BufReader<TcpStream>,
    key: String,
}

impl Line {
    fn to(address: SocketAddr, key: &str) -> Self {
        let writer = TcpStream::connect(address).unwrap();
        writer.set_nodelay(true).unwrap();
        Self { reader: BufReader::new(writer.try_clone().unwrap()), writer, key: key.to_owned() }
    }

    fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Value {
        self.writer.write_all(&request(method, path, "application/json", &self.key, body)).unwrap();
        serde_json::from_slice(&read_whole(&mut self.reader)).unwrap()
    }
}

/// Calls at an even pace until it is over; how many there were.
fn calls(address: SocketAddr, key: &str, bodies: &[Vec<u8>], is_over: &AtomicBool, n: &AtomicUsize) {
    let mut line = Line::to(address, key);
    let pace = Duration::from_secs(1) * CONNECTIONS / CALLS_A_SECOND;
    let mut due = Instant::now();
    for body in bodies.iter().cycle() {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        assert!(line.ask("POST", "/v1/assessments", body)["lane"].is_string());
        n.fetch_add(1, Ordering::Relaxed);
        due += pace;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}

/// The calls end with it, also where the probe fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Tells something of a box by a word of its own, here; waits for it there. How long the answer and the search took.
fn told(n: usize, here: &mut Line, officer: &mut Line) -> (Duration, Duration) {
    let (container, word) = (format!("XXXU{n:07}"), format!("quetzal{n}"));
    let report = json!({ "kind": "report", "title": word, "text": "seen at the quay", "source_kind": "open",
        "containers": [container], "effective_to": "2030-06-30" });
    let id = here.ask("POST", "/v1/information", report.to_string().as_bytes())["id"].as_str().unwrap().to_owned();
    let grade = json!({ "grade": { "scheme": "europol_4x4", "source": "B", "content": "2" }, "label": "TLP:CLEAR",
        "purpose": "targeting" });
    here.ask("POST", &format!("/v1/information/{id}/grade"), grade.to_string().as_bytes());
    let bill = json!({ "reference": format!("R{n}"), "equipment": [{ "container": container }], "consignments": [{
        "bill_of_lading": format!("NEWS{n}"), "goods_items": [{ "description": "COTTON SHIRTS", "hs_code": "610910",
            "origin": "BD", "gross_mass_kg": 900, "in_containers": [{ "container": container }] }] }] })
    .to_string();
    assert_eq!(officer.ask("POST", "/v1/assessments", bill.as_bytes())["lane"], "green");
    let start = Instant::now();
    assert_eq!(here.ask("POST", &format!("/v1/information/{id}/live"), b"")["state"], "live");
    let (mut answered, mut found) = (None, None);
    while answered.is_none() || found.is_none() {
        if answered.is_none() && officer.ask("POST", "/v1/assessments", bill.as_bytes())["lane"] != "green" {
            answered = Some(start.elapsed());
        }
        let search = format!("/v1/alerts?q={word}&limit=5");
        if found.is_none() && !officer.ask("GET", &search, b"")["results"].as_array().unwrap().is_empty() {
            found = Some(start.elapsed());
        }
        assert!(start.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(LOOK);
    }
    (answered.unwrap(), found.unwrap())
}

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let rounds = if is_bench { 100 } else { 2 };
    let ground = tempfile::tempdir().unwrap();
    let place = Place::read(ground.path().to_str().unwrap(), Told::Argument, None).unwrap();
    let engine = Arc::new(Engine::open(&Options::default()).unwrap());
    let both = [Served::start(&engine, &place), Served::start(&engine, &place)];
    let officer = both[0].reader(Role::Officer, Label::Green);
    let handler = both[0].reader(Role::Handler, Label::Red);
    let bodies = bytes_of(Made::Plain, 64);
    let (is_over, n) = (AtomicBool::new(false), AtomicUsize::new(0));
    let start = Instant::now();
    let mut times = std::thread::scope(|scope| {
        for connection in 0..CONNECTIONS {
            let (officer, bodies, is_over, n) = (&officer, &bodies, &is_over, &n);
            let address = both[connection as usize % 2].address;
            scope.spawn(move || calls(address, officer, bodies, is_over, n));
        }
        let _over = Over(&is_over);
        let (mut here, mut there) = (Line::to(both[0].address, &handler), Line::to(both[1].address, &officer));
        (0..rounds).map(|n| told(n, &mut here, &mut there)).collect::<Vec<(Duration, Duration)>>()
    });
    let rate = n.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
    let mut of = |which: fn(&(Duration, Duration)) -> Duration| {
        times.sort_by_key(which);
        let at = |per_mille: usize| which(&times[(times.len() - 1) * per_mille / 1000]).as_secs_f64();
        format!("median {:.3} s, one in a hundred {:.3} s", at(500), at(990))
    };
    let (answer, hit) = (of(|times| times.0), of(|times| times.1));
    println!("news, {rate:.0} calls a second under way, {rounds} times: first answer {answer}; first search hit {hit}");
}
