//! Permits. What does it cost to find the permit behind a paper, the permit that is not there included? Does the cost
//! grow with the register? Does the search find what looking at every document would find?
//!
//! Sizes: 10 thousand, 100 thousand and 1 million; `PALISANDER_BENCH_RECORDS=10000000` asks for that size alone.
//! Registers and papers are invented and seeded. Importer, taxon, quantity and days are as on the permit; number and
//! holder are damaged by so many edits.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use palisander_benches::ENGINE;
use palisander_engine::papers::{Change, MatchContext, Register, Status};
use palisander_tests::register::{Issued, Paper};

const SEED: u64 = 11;
const PAPERS: usize = 1_000;

fn is_test() -> bool {
    !std::env::args().any(|argument| argument == "--bench")
}

fn sizes() -> Vec<usize> {
    // Run as a test, a small register shows that the answers hold.
    if is_test() {
        return vec![2_000];
    }
    one_size().map_or_else(|| vec![10_000, 100_000, 1_000_000], |size| vec![size])
}

fn one_size() -> Option<usize> {
    std::env::var("PALISANDER_BENCH_RECORDS").ok()?.parse().ok()
}

/// Papers of one kind, with the place of their permit where there is one.
type Papers = Vec<(Option<usize>, Paper)>;

fn papers(issued: Issued, size: usize) -> BTreeMap<&'static str, Papers> {
    let count = if is_test() { 50 } else { PAPERS };
    let places = || (0..count).map(move |n| n * (size / count));
    let of = |number: usize, holder: usize| -> Papers {
        places().map(|n| (Some(n), issued.paper(n, number, holder))).collect()
    };
    let absent = |known: bool| -> Papers { places().map(|n| (None, issued.absent(n, known))).collect() };
    BTreeMap::from([
        ("a: as it is", of(0, 0)),
        ("b: 1 edit of the number", of(1, 0)),
        ("c: 1 edit of number and holder", of(1, 1)),
        ("d: 2 edits of number and holder", of(2, 2)),
        ("e: absent, holder known", absent(true)),
        ("f: absent", absent(false)),
    ])
}

/// Median and 99th percentile of single calls, and how many papers found their permit first.
fn asked(register: &Register, papers: &Papers, issued: Issued) -> (Duration, Duration, usize) {
    let context = MatchContext::new(ENGINE.references());
    let mut times = Vec::with_capacity(papers.len());
    let mut found = 0;
    for (place, paper) in papers {
        let presented = paper.presented();
        let start = Instant::now();
        let answer = black_box(register.match_permit(&presented, &context));
        times.push(start.elapsed());
        let first = answer.candidates.first().map(|candidate| candidate.document.number.clone());
        found += usize::from(place.is_some_and(|n| first == Some(issued.document(n).number)));
    }
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100], found)
}

/// How long until one changed permit acts beside all the others? What is there is shared, and answers as before.
fn one_change(register: &Register) {
    let Some(mut document) = register.documents().next() else { return };
    document.status = Status::Cancelled;
    let changes = vec![Change::Document(Box::new(document.clone()))];
    let start = Instant::now();
    let changed = register.changed_by(changes);
    println!("one permit changed among {}: {:.2} ms", register.len(), start.elapsed().as_secs_f64() * 1e3);
    assert_eq!(changed.len(), register.len());
    assert_eq!(changed.of_number(&document.number).first().map(|own| own.status), Some(Status::Cancelled));
}

/// The table of sizes and kinds; answers are asserted, times are printed.
fn growth(c: &mut Criterion) {
    let mut group = c.benchmark_group("permit match");
    for size in sizes() {
        let issued = Issued::new(SEED, size);
        let start = Instant::now();
        let register = Register::from_documents(issued.documents());
        println!(
            "register of {size}: built in {:.1} s, {} bytes a document besides {} texts",
            start.elapsed().as_secs_f64(),
            register.bytes() / size,
            register.n_texts()
        );
        assert_eq!(register.len(), size);
        one_change(&register);
        for (kind, papers) in papers(issued, size) {
            // Once to warm, once to tell.
            asked(&register, &papers, issued);
            let (median, p99, found) = asked(&register, &papers, issued);
            println!("  {kind:32} median {median:9.1?} p99 {p99:9.1?} first {found} of {}", papers.len());
            let least = match kind.as_bytes()[0] {
                b'a' | b'b' => papers.len() * 99 / 100,
                b'c' => papers.len() * 97 / 100,
                b'd' => papers.len() * 85 / 100,
                _ => 0,
            };
            assert!(found >= least, "{kind}: {found} of {} found first", papers.len());
            let context = MatchContext::new(ENGINE.references());
            let mut next = 0;
            group.bench_function(format!("{kind}, among {size}"), |b| {
                b.iter_batched(
                    || {
                        next = (next + 1) % papers.len();
                        papers[next].1.presented()
                    },
                    |presented| register.match_permit(&presented, &context),
                    BatchSize::SmallInput,
                );
            });
        }
    }
    group.finish();
}

/// The search beside looking at every document: how often it has the nearest one, and how many times faster it is than
/// a scan with the whole comparison, with strsim and with rapidfuzz on number and holder alone.
fn scan(_: &mut Criterion) {
    if one_size().is_some() {
        return;
    }
    let size = if is_test() { 2_000 } else { 100_000 };
    let issued = Issued::new(SEED, size);
    let register = Register::from_documents(issued.documents());
    let texts: Vec<(String, String)> =
        issued.documents().map(|document| (document.number, document.exporter.unwrap_or_default())).collect();
    let context = MatchContext::new(ENGINE.references());
    let (mut asked, mut agreed, mut search, mut scan) = (0, 0, Duration::ZERO, Duration::ZERO);
    let (mut strsim, mut rapidfuzz, mut yardsticks) = (Duration::ZERO, Duration::ZERO, 0_u32);
    for (kind, papers) in papers(issued, size) {
        for (n, (place, paper)) in papers.iter().enumerate() {
            // What has no permit has no nearest one that anybody would want.
            if place.is_none() || n % 5 != 0 {
                continue;
            }
            let presented = paper.presented();
            let start = Instant::now();
            let answer = register.match_permit(&presented, &context);
            search += start.elapsed();
            let start = Instant::now();
            let nearest = register.nearest_by_scan(&presented, &context).unwrap();
            scan += start.elapsed();
            asked += 1;
            let has = answer.candidates.iter().any(|own| own.number == nearest.number);
            agreed += usize::from(has);
            if !has {
                println!("  missed, {kind}: {} ({})", paper.0.number, nearest.number);
            }
            if n % 50 == 0 {
                yardsticks += 1;
                let (number, holder) = (presented.number.unwrap(), presented.holder.unwrap());
                let start = Instant::now();
                black_box(best(&texts, |(own, name)| {
                    0.6 * strsim::normalized_damerau_levenshtein(number, own) + 0.4 * strsim::jaro_winkler(holder, name)
                }));
                strsim += start.elapsed();
                let start = Instant::now();
                let numbers = ::rapidfuzz::distance::osa::BatchComparator::new(number.chars());
                let holders = ::rapidfuzz::distance::jaro_winkler::BatchComparator::new(holder.chars());
                black_box(best(&texts, |(own, name)| {
                    0.6 * numbers.normalized_similarity(own.chars()) + 0.4 * holders.similarity(name.chars())
                }));
                rapidfuzz += start.elapsed();
            }
        }
    }
    let per = |time: Duration, n: u32| time.as_secs_f64() * 1e6 / f64::from(n);
    let own = per(search, asked);
    println!("search beside a scan of {size}: has the nearest in {agreed} of {asked}; {own:.1} us a paper");
    println!("  whole comparison of all: {:.0} times as long", per(scan, asked) / own);
    println!("  strsim, number and holder: {:.0} times as long", per(strsim, yardsticks) / own);
    println!("  rapidfuzz, number and holder: {:.0} times as long", per(rapidfuzz, yardsticks) / own);
    assert!(agreed * 1_000 >= asked as usize * if is_test() { 980 } else { 999 }, "{agreed} of {asked}");
}

fn best(texts: &[(String, String)], score: impl Fn(&(String, String)) -> f64) -> Option<usize> {
    let scored = texts.iter().map(score).enumerate();
    scored.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(n, _)| n)
}

criterion_group!(benches, scan, growth);
criterion_main!(benches);
