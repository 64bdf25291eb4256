//! What does the rule step cost? Natively and by index, in Rhai's interpreter, written by hand in Rust over the same
//! facts; with thirty indicators, a thousand, ten thousand; with those that are shipped.
//!
//! Ratios are of one run: the ways take turns, and the least of many counts. Equal outcomes are asserted, times are not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod generated;
mod hand;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use palisander_benches::{ENGINE, as_of, parsed_of};
use palisander_engine::rules::{Facts, Outcome, ProfileSet, State, Value};
use palisander_tests::generator::Made;

/// Run as a test, small sizes show that the answers hold.
fn is_bench() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Timber, honest and planted: what has nothing to do with timber costs no rules.
fn facts() -> Vec<Facts> {
    let n = if is_bench() { 64 } else { 4 };
    let parsed = [parsed_of(Made::Honest, n), parsed_of(Made::Planted, n)].concat();
    let of = |p: &palisander_engine::manifests::Parsed| {
        let one = &p.manifest.consignments[0];
        ENGINE.facts(&ENGINE.settle(ENGINE.gather(&p.manifest, one, as_of()), &ENGINE.past()), &p.faults_of(0))
    };
    parsed.iter().map(of).collect()
}

/// Every test in the interpreter, nothing left out.
fn interpreted(set: &ProfileSet, facts: &Facts) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (n, indicator) in set.indicators.iter().enumerate() {
        for (s, subject) in facts.of(indicator.each).iter().enumerate() {
            let state = match set.interpret(indicator, &facts.frame(indicator.each, subject)) {
                Ok(Value::Bool(true)) => State::Met,
                Ok(Value::Unknown(why)) => State::Unverifiable(why.to_string()),
                Ok(_) => continue,
                Err(why) => State::Failed(why),
            };
            outcomes.push(Outcome { indicator: n, subject: s, state });
        }
    }
    outcomes
}

/// The least that each way takes for all facts, in turns.
fn least<const N: usize>(turns: usize, ways: [&dyn Fn(); N]) -> [Duration; N] {
    let mut least = [Duration::MAX; N];
    for _ in 0..if is_bench() { turns } else { 1 } {
        for (way, least) in ways.iter().zip(&mut least) {
            let start = Instant::now();
            way();
            *least = start.elapsed().min(*least);
        }
    }
    least
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// P5: thirty, natively, by hand and interpreted.
fn thirty(c: &mut Criterion) {
    let (facts, set) = (facts(), generated::profiles(30));
    assert!(set.indicators.iter().all(|indicator| indicator.native.is_some()));
    let mut n_outcomes = 0;
    for facts in &facts {
        let outcomes = set.evaluate(facts, as_of());
        assert_eq!(outcomes, hand::evaluate(facts));
        assert_eq!(outcomes, interpreted(&set, facts));
        n_outcomes += outcomes.len();
    }
    let run = |way: &dyn Fn(&Facts) -> Vec<Outcome>| {
        for facts in &facts {
            black_box(way(black_box(facts)));
        }
    };
    let native = || run(&|facts| set.evaluate(facts, as_of()));
    let by_hand = || run(&hand::evaluate);
    let by_rhai = || run(&|facts| interpreted(&set, facts));
    let [n, h] = least(500, [&native, &by_hand]);
    let [n_again, r] = least(20, [&native, &by_rhai]);
    let each = |all: Duration| all.as_nanos() / facts.len() as u128;
    println!(
        "thirty indicators, {} consignments, {n_outcomes} outcomes: native {} ns, by hand {} ns, interpreted {} ns",
        facts.len(),
        each(n),
        each(h),
        each(r)
    );
    println!("native / by hand {:.2}, interpreted / native {:.0}", ratio(n, h), ratio(r, n_again));
    let mut group = c.benchmark_group("thirty indicators");
    group.bench_function("native", |b| b.iter(native));
    group.bench_function("by hand", |b| b.iter(by_hand));
    group.bench_function("interpreted", |b| b.iter(by_rhai));
    group.finish();
}

/// P6: thirty, a thousand, ten thousand.
fn many(c: &mut Criterion) {
    let facts = facts();
    let sizes = if is_bench() { [30, 1_000, 10_000] } else { [30, 60, 200] };
    let sets = sizes.map(|n| {
        let start = Instant::now();
        let set = generated::profiles(n);
        println!("{n} indicators load in {:.2?}; {:?}", start.elapsed(), set.extent());
        set
    });
    let outcomes = sets.each_ref().map(|set| {
        let all = facts.iter().map(|facts| set.evaluate(facts, as_of()));
        all.map(|outcomes| outcomes.len()).sum::<usize>()
    });
    for (set, facts) in sets.iter().flat_map(|set| facts.iter().take(2).map(move |facts| (set, facts))) {
        assert_eq!(set.evaluate(facts, as_of()), interpreted(set, facts));
    }
    let run = |set: &ProfileSet| {
        for facts in &facts {
            black_box(set.evaluate(black_box(facts), as_of()));
        }
    };
    let [few, more, most] = least(200, [&|| run(&sets[0]), &|| run(&sets[1]), &|| run(&sets[2])]);
    let each = |all: Duration| all.as_nanos() / facts.len() as u128;
    println!("{sizes:?} indicators, {outcomes:?} outcomes: {} ns, {} ns, {} ns", each(few), each(more), each(most));
    println!("ratios 1, {:.2}, {:.2}", ratio(more, few), ratio(most, few));
    let mut group = c.benchmark_group("many indicators");
    for (n, set) in sizes.iter().zip(&sets) {
        group.bench_function(format!("{n}"), |b| b.iter(|| run(set)));
    }
    group.finish();
}

/// The shipped rules.
fn shipped(c: &mut Criterion) {
    let (facts, set) = (facts(), ENGINE.profiles());
    for facts in &facts {
        let acting = |outcome: &Outcome| set.acts(&set.indicators[outcome.indicator], as_of());
        let expected: Vec<Outcome> = interpreted(set, facts).into_iter().filter(acting).collect();
        assert_eq!(set.evaluate(facts, as_of()), expected);
    }
    let native = || facts.iter().for_each(|facts| drop(black_box(set.evaluate(facts, as_of()))));
    let by_rhai = || facts.iter().for_each(|facts| drop(black_box(interpreted(set, facts))));
    let [n, r] = least(20, [&native, &by_rhai]);
    let lowered = set.indicators.iter().filter(|indicator| indicator.native.is_some()).count();
    println!(
        "shipped: {lowered} of {} indicators lowered, {:?}; {} ns a consignment, interpreted / native {:.0}",
        set.indicators.len(),
        set.extent(),
        n.as_nanos() / facts.len() as u128,
        ratio(r, n)
    );
    let mut group = c.benchmark_group("shipped indicators");
    group.bench_function("native", |b| b.iter(native));
    group.finish();
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)); targets = thirty, many, shipped }
criterion_main!(benches);
