//! How fast is each format read, beside the bare reader below it?
//!
//! Question: what does meaning cost over syntax? For each format the same ship of 2,000 bills is read by our reader and by
//! the reader of the library (or our own tokenizer) that only walks the syntax. The goal for CUSCAR is at most three times
//! the bare reader; both counts are asserted, so that a reader that skips bills does not look fast.

use std::hint::black_box;
use std::io::Cursor;
use std::sync::LazyLock;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use palisander_benches::xml_elements;
use palisander_engine::manifests::{Format, edifact_segments, read};
use palisander_tests::writers::{awmds, cuscar, ship};

/// Bills of the ship.
const BILLS: usize = 2_000;

/// The ship in every format.
struct Ship {
    cuscar: String,
    awmds: String,
    ndjson: String,
    json: String,
    csv: String,
}

static SHIP: LazyLock<Ship> = LazyLock::new(|| {
    let (manifest, _) = ship(42, BILLS);
    Ship {
        cuscar: cuscar::write(&manifest),
        awmds: awmds::write(&manifest),
        ndjson: palisander_benches::port(BILLS),
        json: serde_json::json!({ "manifest": manifest }).to_string(),
        csv: palisander_benches::ship_csv(&manifest),
    }
});

fn bills(text: &'static str, format: Format) -> usize {
    read(Cursor::new(text.as_bytes()), format).flatten().map(|part| part.manifest.consignments.len()).sum()
}

fn rows(text: &str) -> usize {
    csv::ReaderBuilder::new().from_reader(text.as_bytes()).byte_records().flatten().count()
}

fn values(text: &str) -> usize {
    text.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count()
}

fn formats(criterion: &mut Criterion) {
    let ship = &*SHIP;
    let mut group = criterion.benchmark_group("formats");
    let readers: [(&str, &'static str, Format); 5] = [
        ("cuscar", &ship.cuscar, Format::Cuscar),
        ("awmds", &ship.awmds, Format::Awmds),
        ("ndjson", &ship.ndjson, Format::Ndjson),
        ("json", &ship.json, Format::Json),
        ("csv", &ship.csv, Format::Csv),
    ];
    for (name, text, format) in readers {
        assert_eq!(bills(text, format), BILLS, "{name} reads every bill");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{name}/read"), |bencher| bencher.iter(|| bills(black_box(text), format)));
    }
    let segments = ship.cuscar.lines().count() as u64 - 1;
    assert_eq!(edifact_segments(ship.cuscar.as_bytes()), segments, "the bare tokenizer sees every segment");
    group.throughput(Throughput::Bytes(ship.cuscar.len() as u64));
    group.bench_function("cuscar/bare", |bencher| bencher.iter(|| edifact_segments(black_box(ship.cuscar.as_bytes()))));
    assert_eq!(xml_elements(&ship.awmds), ship.awmds.matches("</").count(), "the bare XML reader sees every element");
    group.throughput(Throughput::Bytes(ship.awmds.len() as u64));
    group.bench_function("awmds/bare", |bencher| bencher.iter(|| xml_elements(black_box(&ship.awmds))));
    assert_eq!(rows(&ship.csv), BILLS, "the bare CSV reader sees every row");
    group.throughput(Throughput::Bytes(ship.csv.len() as u64));
    group.bench_function("csv/bare", |bencher| bencher.iter(|| rows(black_box(&ship.csv))));
    assert_eq!(values(&ship.ndjson), BILLS, "serde_json sees every line");
    group.throughput(Throughput::Bytes(ship.ndjson.len() as u64));
    group.bench_function("ndjson/bare", |bencher| bencher.iter(|| values(black_box(&ship.ndjson))));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = formats
}
criterion_main!(benches);
