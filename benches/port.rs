//! A port at work: what does a bill cost from bytes to answer beside a typed read of the same bytes; what does a day of
//! bills cost beside reading and writing alone, on one thread and on two; a ship of 15,000 bills; a register of a million?
//!
//! Ratios are of one run: the ways take turns, and the least of many counts. `benches/goals/run` reads what is printed here
//! and holds it against the goals. Yardsticks are serde_json into the manifest's own types, and out of the same answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Cursor;
use std::time::{Duration, Instant};

use palisander_benches::{ENGINE, as_of, bytes_of, port};
use palisander_engine::answers::bytes;
use palisander_engine::bills::{self, Scored};
use palisander_engine::manifests::{Format, Manifest, edifact_segments, json_document, read};
use palisander_engine::{Assessment, Engine, Input, Inputs};
use palisander_tests::generator::Made;
use palisander_tests::writers::{cuscar, ship};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Bills of one make that are taken one by one.
const FEW: usize = 256;

#[derive(serde::Deserialize)]
struct Wrapped {
    manifest: Manifest,
}

/// Run as a test, small sizes show that the answers hold.
fn is_bench() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

fn sized(bench: usize, test: usize) -> usize {
    if is_bench() { bench } else { test }
}

fn typed(bytes: &[u8]) -> usize {
    serde_json::from_slice::<Wrapped>(bytes).unwrap().manifest.consignments.len()
}

fn assess(engine: &Engine, document: &[u8]) -> Assessment {
    let p = json_document(document).unwrap();
    engine.assess(&p.manifest, &p.manifest.consignments[0], &p.faults_of(0), as_of())
}

fn short(engine: &Engine, document: &[u8]) -> usize {
    let p = json_document(document).unwrap();
    let settled = engine.settle(engine.gather(&p.manifest, &p.manifest.consignments[0], as_of()), &engine.past());
    bytes(&engine.conclude_short(&settled, &p.faults_of(0))).unwrap().len()
}

/// The least that each way takes, in turns.
fn least<const N: usize>(turns: usize, ways: [&dyn Fn() -> usize; N]) -> [Duration; N] {
    let mut least = [Duration::MAX; N];
    for _ in 0..sized(turns, 1) {
        for (way, least) in ways.iter().zip(&mut least) {
            let start = Instant::now();
            black_box(way());
            *least = start.elapsed().min(*least);
        }
    }
    least
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// P1, P2: one bill after the other.
fn bill(name: &str, engine: &Engine, made: Made) {
    let documents = bytes_of(made, FEW);
    let answers: Vec<Assessment> = documents.iter().map(|document| assess(engine, document)).collect();
    let all = |way: &dyn Fn(&[u8]) -> usize| documents.iter().map(|document| way(document)).sum::<usize>();
    let write = || answers.iter().map(|answer| serde_json::to_vec(answer).unwrap().len()).sum::<usize>();
    let own = |document: &[u8]| bytes(&assess(engine, document)).unwrap().len();
    assert_eq!(all(&own), write(), "the bytes of the same answers");
    let ways: [&dyn Fn() -> usize; 5] = [
        &|| all(&typed),
        &|| all(&typed) + write(),
        &|| all(&|document| json_document(document).unwrap().manifest.consignments.len()),
        &|| all(&|document| short(engine, document)),
        &|| all(&own),
    ];
    let [read, read_and_write, parse, short, whole] = least(101, ways);
    let each = |all: Duration| all.as_nanos() / FEW as u128;
    println!(
        "{name}: typed read {} ns, with typed write {} ns; parse {} ns ({:.2}), short answer {} ns ({:.2}), full answer {} ns ({:.2} of read and write)",
        each(read),
        each(read_and_write),
        each(parse),
        ratio(parse, read),
        each(short),
        ratio(short, read),
        each(whole),
        ratio(whole, read_and_write)
    );
}

fn scored(text: &'static str, format: Format, threads: usize) -> usize {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mut written = 0;
        let past = ENGINE.past();
        let n = bills::score(&ENGINE, read(Cursor::new(text), format), as_of(), &past, &mut |one| match one {
            Scored::Answer(answer) => {
                written += bytes(&answer).unwrap().len();
                Ok(())
            }
            other => Err(format!("{other:?}")),
        });
        assert!(n.unwrap() > 0);
        written
    })
}

/// P4: a day of bills, a line each.
fn bulk() {
    let n = sized(8_192, 64);
    let text: &'static str = port(n).leak();
    let answers: Vec<Assessment> = text.lines().map(|line| assess(&ENGINE, line.as_bytes())).collect();
    let alone = || {
        let lines = text.lines().zip(&answers);
        lines.map(|(line, answer)| typed(line.as_bytes()) + serde_json::to_vec(answer).unwrap().len()).sum()
    };
    assert_eq!(scored(text, Format::Ndjson, 1), scored(text, Format::Ndjson, 2));
    let [alone, one, two] =
        least(7, [&alone, &|| scored(text, Format::Ndjson, 1), &|| scored(text, Format::Ndjson, 2)]);
    let rate = |all: Duration| n as f64 / all.as_secs_f64();
    println!(
        "bulk: {n} lines; read and write alone {:.0} a second, scored {:.0} on one thread ({:.2}), {:.0} on two ({:.2} times one)",
        rate(alone),
        rate(one),
        ratio(alone, one),
        rate(two),
        ratio(one, two)
    );
}

/// P10: a ship of many bills in CUSCAR.
fn one_ship() {
    let n = sized(15_000, 60);
    let text: &'static str = cuscar::write(&ship(42, n).0).leak();
    let bare = || edifact_segments(text.as_bytes()) as usize;
    let reading = || {
        let parts = read(Cursor::new(text.as_bytes()), Format::Cuscar).flatten();
        parts.map(|part| part.manifest.consignments.len()).sum::<usize>()
    };
    assert_eq!(reading(), n, "every bill is read");
    let [bare, reading, whole] = least(5, [&bare, &reading, &|| scored(text, Format::Cuscar, 2)]);
    println!(
        "ship: {n} bills in CUSCAR; read {:.2} times the bare reader, scored in {whole:.2?}",
        ratio(reading, bare)
    );
}

/// P2, P12: under a register of a million and 100,000 alerts.
fn million() {
    let (permits, alerts) = (sized(1_000_000, 500), sized(100_000, 50));
    let mut csv = String::from(
        "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,country_of_export,country_of_origin,country_of_destination,taxon,appendix,source,purpose,term,quantity,unit,security_stamp,status\n",
    );
    for n in 0..permits {
        let (a, b) = (n % 9_973, n % 3_313);
        let _ = writeln!(
            csv,
            "26TZ{n:07},export,Wildlife Division,TZ,2026-08-01,2027-01-31,EXAMPLE TRADER {a} LTD,SAMPLE IMPORTER {b} GMBH,TZ,TZ,DE,Dalbergia melanoxylon,II,W,T,SAW,{},m3,S{n:07},issued",
            5 + n % 20
        );
    }
    let mut ndjson = String::new();
    for n in 0..alerts {
        let (a, b) = (char::from(b'A' + (n % 26) as u8), char::from(b'A' + (n / 26 % 26) as u8));
        let genus = n % 500;
        let _ = writeln!(
            ndjson,
            r#"{{"id":"SYN-{n}","title":"alert {n}","taxa":["Genus{genus} spp."],"countries":[{{"code":"{a}{b}","role":""}}]}}"#
        );
    }
    let inputs = Inputs {
        register: Some(Input::Bytes(csv.into_bytes())),
        alerts: Some(Input::Bytes(ndjson.into_bytes())),
        ..Inputs::default()
    };
    let start = Instant::now();
    let engine = ENGINE.with_inputs(&inputs).unwrap();
    let took = start.elapsed();
    assert_eq!(engine.register().len(), permits);
    println!("start: {permits} permits and {alerts} alerts ready in {took:.2?}");
    bill("timber under a register", &engine, Made::Honest);
}

fn main() {
    // `--ship FILE`: the ship of P10 as a file, for whoever scores it by the command.
    if let Some(file) = std::env::args().skip_while(|told| told != "--ship").nth(1) {
        std::fs::write(file, cuscar::write(&ship(42, sized(15_000, 60)).0)).unwrap();
        return;
    }
    bill("plain", &ENGINE, Made::Plain);
    bill("timber", &ENGINE, Made::Honest);
    bulk();
    one_ship();
    million();
}
