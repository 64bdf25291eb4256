//! What does each step cost for one consignment, beside serde_json reading the same bytes into its own values?
//! Ordinary goods (no timber) and timber with a document, apart.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use palisander_benches::{ENGINE, as_of, bytes_of, parsed_of};
use palisander_engine::answers::Lane;
use palisander_engine::manifests::json_document;
use palisander_engine::papers::{MatchContext, PresentedPermit, Register};
use palisander_engine::woods::NameQuery;
use palisander_tests::generator::Made;

const N: usize = 64;

fn steps(c: &mut Criterion) {
    for (name, made) in [("plain", Made::Plain), ("timber", Made::Honest)] {
        let bytes = bytes_of(made, N);
        let parsed = parsed_of(made, N);
        assert_eq!(parsed.len(), N);
        let mut group = c.benchmark_group(name);
        group.throughput(criterion::Throughput::Elements(N as u64));
        group.bench_function("yardstick: serde_json Value", |b| {
            b.iter(|| {
                bytes
                    .iter()
                    .map(|b| serde_json::from_slice::<serde_json::Value>(b).unwrap())
                    .filter(|v| v.is_object())
                    .count()
            });
        });
        group.bench_function("parse", |b| {
            b.iter(|| {
                let n = bytes.iter().map(|b| json_document(b).unwrap()).filter(|p| p.faults().is_empty()).count();
                assert_eq!(n, N);
            });
        });
        group.bench_function("names", |b| {
            b.iter(|| {
                let verdicts = parsed.iter().map(|p| {
                    let item = &p.manifest.consignments[0].goods_items[0];
                    let query =
                        NameQuery { text: &item.description, hs: item.hs_code.as_ref(), ..NameQuery::default() };
                    ENGINE.names().resolve(&query).mentions.len()
                });
                let n: usize = verdicts.sum();
                assert_eq!(n == 0, made == Made::Plain);
            });
        });
        group.bench_function("evidence", |b| {
            b.iter(|| {
                parsed
                    .iter()
                    .map(|p| ENGINE.gather(&p.manifest, &p.manifest.consignments[0], as_of()).evidence().items.len())
                    .sum::<usize>()
            });
        });
        let bills = parsed.iter().map(|p| (&p.manifest, &p.manifest.consignments[0]));
        let gathered: Vec<_> = bills.map(|(manifest, one)| ENGINE.gather(manifest, one, as_of())).collect();
        group.bench_function("settle", |b| {
            b.iter_batched(
                || gathered.clone(),
                |gathered| gathered.into_iter().map(|g| ENGINE.settle(g, &ENGINE.past()).slice().len()).sum::<usize>(),
                BatchSize::SmallInput,
            );
        });
        let settled: Vec<_> = gathered.into_iter().map(|g| ENGINE.settle(g, &ENGINE.past())).collect();
        group.bench_function("facts", |b| {
            b.iter(|| settled.iter().map(|s| ENGINE.facts(s, &[]).consignment.len()).sum::<usize>());
        });
        let facts: Vec<_> = settled.iter().map(|s| ENGINE.facts(s, &[])).collect();
        group.bench_function("profiles", |b| {
            b.iter(|| facts.iter().map(|f| ENGINE.profiles().evaluate(f, as_of()).len()).sum::<usize>());
        });
        group.bench_function("whole: bytes to answer", |b| {
            b.iter(|| {
                let lanes = bytes.iter().map(|bytes| {
                    let p = json_document(bytes).unwrap();
                    ENGINE.assess(&p.manifest, &p.manifest.consignments[0], &p.faults_of(0), as_of()).lane
                });
                let above_green = lanes.filter(|lane| *lane > Lane::Green).count();
                assert_eq!(above_green > 0, made == Made::Honest);
            });
        });
        group.finish();
    }
}

/// A register of 100,000 documents: the number is there, altered, or absent.
fn permits(c: &mut Criterion) {
    let mut csv = String::from(
        "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,country_of_export,country_of_origin,country_of_destination,taxon,appendix,source,purpose,term,quantity,unit,security_stamp,status\n",
    );
    for n in 0..100_000_u32 {
        let (a, b) = (n % 977, n % 313);
        csv.push_str(&format!("26TZ{n:06},export,Wildlife Division,TZ,2026-08-01,2027-01-31,EXAMPLE TRADER {a} LTD,SAMPLE IMPORTER {b} GMBH,TZ,TZ,DE,Dalbergia melanoxylon,II,W,T,SAW,{},m3,S{n:07},issued\n", 5 + n % 20));
    }
    let (register, faults) = Register::from_csv(csv.as_bytes());
    assert_eq!((register.len(), faults.len()), (100_000, 0));
    let context = MatchContext::new(ENGINE.references());
    let mut group = c.benchmark_group("permits in 100,000");
    for (name, number, found) in
        [("present", "26TZ004711", true), ("confusable", "26TZO04711", true), ("absent", "26TZ9X1200", false)]
    {
        let presented = PresentedPermit {
            number: Some(number),
            holder: Some(if found { "EXAMPLE TRADER 803 LTD" } else { "NOBODY AT ALL SARL" }),
            taxa: vec!["Dalbergia melanoxylon"],
            as_of: Some(as_of()),
            ..PresentedPermit::default()
        };
        group.bench_function(name, |b| {
            b.iter_batched(
                || presented.clone(),
                |p| assert_eq!(register.match_permit(&p, &context).matched, found),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// Alerts by lookup: does the cost depend on their number?
fn alerts(c: &mut Criterion) {
    use palisander_engine::notices::{AlertLookup, AlertQuestion, AlertRecord, RecordCountry, shipped_records};
    let mut group = c.benchmark_group("alerts");
    for n in [1_000_usize, 100_000] {
        let mut records = shipped_records(ENGINE.references());
        for i in 0..n {
            let (a, b) = (b'A' + (i % 26) as u8, b'A' + (i / 26 % 26) as u8);
            let code = std::str::from_utf8(&[a, b]).unwrap().parse().unwrap();
            records.push(AlertRecord {
                id: format!("SYN-{i}"),
                taxa: vec![format!("Genus{} spp.", i % 500)],
                countries: vec![RecordCountry { code, role: String::new() }],
                ..AlertRecord::default()
            });
        }
        let lookup = AlertLookup::build(records);
        let mg: palisander_engine::CountryCode = "MG".parse().unwrap();
        let asked = AlertQuestion {
            day: Some(as_of()),
            taxa: vec!["Dalbergia maritima"],
            origin: vec![mg],
            transit: vec![mg],
            ..AlertQuestion::default()
        };
        let met = lookup.meet(&asked).len();
        assert!(met > 0);
        group.bench_function(format!("meet among {n}"), |b| b.iter(|| assert_eq!(lookup.meet(&asked).len(), met)));
    }
    group.finish();
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20).warm_up_time(std::time::Duration::from_millis(500)).measurement_time(std::time::Duration::from_secs(2)); targets = steps, permits, alerts }
criterion_main!(benches);
