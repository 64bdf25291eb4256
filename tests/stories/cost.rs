//! Work grows with its input: a bill of twice the items costs about twice as much, in every format.
//!
//! Ratios within one run, the best of several, with a wide margin: a square cost would be four.

use std::io::Cursor;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use palisander_engine::manifests::Manifest;
use palisander_engine::manifests::{Format, json_document, read};
use palisander_tests::writers::{awmds, cuscar, table};
use serde_json::{Value, json};

use crate::support::{ENGINE, day};

/// One bill of `n` items of listed wood, each in a container of its own under one permit that all of them cite.
fn bill(n: usize) -> Manifest {
    let item = |i: usize| {
        json!({
            "item": i + 1, "description": format!("ROSEWOOD SAWN LOT {i}"), "origin": "MG", "gross_mass_kg": 900.0,
            "volume_m3": 1.0, "in_containers": [{ "container": format!("ZZSU{i:07}") }],
            "documents": [{ "kind": "cites_export_permit", "code": "811", "number": "14MG000417", "country": "MG" }],
        })
    };
    let equipment = |i: usize| json!({ "container": format!("ZZSU{i:07}"), "size_type": "22G1" });
    let manifest = json!({
        "reference": "R",
        "equipment": (0..n).map(equipment).collect::<Vec<Value>>(),
        "consignments": [{ "bill_of_lading": "X", "goods_items": (0..n).map(item).collect::<Vec<Value>>() }],
    });
    json_document(json!({ "manifest": manifest }).to_string().as_bytes()).unwrap().manifest
}

/// Writes a manifest in a format.
type Writer = fn(&Manifest) -> String;

/// Time that this thread has spent on a core, which other work on the machine does not lengthen; where the system does
/// not say it, the time of day.
fn spent() -> Duration {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let on_core = told.and_then(|text| text.split(' ').next()?.parse().ok()).map(Duration::from_nanos);
    on_core.unwrap_or_else(|| BEGUN.elapsed())
}

/// Bytes to answer, on this thread.
fn time(text: &str, format: Format, n: usize) -> Duration {
    let begun = spent();
    let mut parts = read(Cursor::new(text.as_bytes().to_vec()), format);
    let parsed = parts.next().unwrap().unwrap();
    let answer =
        ENGINE.assess(&parsed.manifest, &parsed.manifest.consignments[0], &parsed.faults_of(0), day("2026-11-01"));
    let took = spent() - begun;
    assert!(answer.taxa.len() >= n, "{}", format.name());
    took
}

#[test]
fn twice_the_items_cost_twice() {
    let (small, large) = (bill(700), bill(1_400));
    let json = |manifest: &Manifest| json!({ "manifest": manifest }).to_string();
    let written: [(Format, Writer); 3] =
        [(Format::Csv, table::write), (Format::Cuscar, cuscar::write), (Format::Awmds, awmds::write)];
    let files = written.map(|(format, write)| (format, write(&small), write(&large)));
    for (format, small, large) in files.into_iter().chain([(Format::Json, json(&small), json(&large))]) {
        // Taken in turns, so that a slow moment of the machine meets both.
        let rounds: Vec<_> = (0..7).map(|_| (time(&small, format, 700), time(&large, format, 1_400))).collect();
        let one = rounds.iter().map(|(one, _)| *one).min().unwrap();
        let two = rounds.iter().map(|(_, two)| *two).min().unwrap();
        let ratio = two.as_secs_f64() / one.as_secs_f64();
        println!("{}: {one:?} and {two:?}, {ratio:.2} times", format.name());
        assert!(ratio < 3.5, "{}: {ratio:.2} times", format.name());
    }
}
