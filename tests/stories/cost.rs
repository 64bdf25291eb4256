//! Work grows with its input: a bill of twice the items costs about twice as much, in every format.
//!
//! Ratios within one run, the best of several, with a wide margin: a square cost would be four.

use std::io::Cursor;
use std::time::{Duration, Instant};

use palisander_engine::bills::{self, Scored};
use palisander_engine::manifests::Manifest;
use palisander_engine::manifests::{Format, json_document, read};
use palisander_engine::past::Past;
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

fn time(text: &str, format: Format, n: usize) -> Duration {
    let mut shown = 0;
    let begun = Instant::now();
    let parts = read(Cursor::new(text.as_bytes().to_vec()), format);
    let done = bills::score(&ENGINE, parts, day("2026-11-01"), &Past::none(), &mut |scored| {
        let Scored::Answer(answer) = scored else { return Err(()) };
        shown += usize::from(answer.taxa.len() >= n);
        Ok(())
    });
    let took = begun.elapsed();
    assert_eq!((done, shown), (Ok(1), 1), "{}", format.name());
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
        let best = |text: &str, n: usize| (0..4).map(|_| time(text, format, n)).min().unwrap();
        let (one, two) = (best(&small, 700), best(&large, 1_400));
        let ratio = two.as_secs_f64() / one.as_secs_f64();
        println!("{}: {one:?} and {two:?}, {ratio:.2} times", format.name());
        assert!(ratio < 3.2, "{}: {ratio:.2} times", format.name());
    }
}
