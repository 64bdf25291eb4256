//! What does an indicator cost in native form, in Rhai's interpreter, and written by hand in Rust over the same facts?
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use criterion::{Criterion, criterion_group, criterion_main};
use palisander_benches::{ENGINE, as_of, parsed_of};
use palisander_engine::profile::Facts;
use palisander_engine::profile::value::Value;
use palisander_engine::profile::view::{View, item};
use palisander_tests::generator::Made;

fn facts() -> Vec<Facts> {
    let parsed = parsed_of(Made::Planted, 64);
    parsed
        .iter()
        .map(|p| {
            let one = &p.manifest.consignments[0];
            let evidence = ENGINE.gather(&p.manifest, one, as_of());
            ENGINE.facts(&p.manifest, one, &evidence, &p.faults)
        })
        .collect()
}

fn native_and_interpreted(c: &mut Criterion) {
    let facts = facts();
    let set = &ENGINE.profiles;
    let n = set.indicators.len();
    let mut group = c.benchmark_group(format!("{n} indicators over 64 consignments"));
    let run = |interpreted: bool| -> (usize, usize) {
        let (mut met, mut tests) = (0, 0);
        for facts in &facts {
            for indicator in &set.indicators {
                for subject in facts.of(indicator.each) {
                    let answer = if interpreted {
                        set.interpret(indicator, &facts.frame(indicator.each, subject))
                    } else {
                        set.test(indicator, facts, subject)
                    };
                    met += usize::from(answer == Ok(Value::Bool(true)));
                    tests += 1;
                }
            }
        }
        (met, tests)
    };
    let expected = run(true);
    assert_eq!(run(false), expected, "the native form answers as the interpreter");
    group.bench_function("native", |b| b.iter(|| assert_eq!(run(false), expected)));
    group.bench_function("interpreted", |b| b.iter(|| assert_eq!(run(true), expected)));
    group.finish();
}

/// One indicator three ways.
fn by_hand(c: &mut Criterion) {
    use item::F;
    let facts = facts();
    let set = &ENGINE.profiles;
    let indicator = set.indicators.iter().find(|i| i.name == "no_document_declared").unwrap();
    let hand = |facts: &Facts| {
        facts
            .of(View::Item)
            .iter()
            .filter(|subject| {
                matches!(&subject.values[F::document_due as usize], Value::Text(due) if &**due == "due")
                    && matches!(subject.values[F::n_cites_documents as usize], Value::Number(n) if n == 0.0)
            })
            .count()
    };
    let expected: usize = facts.iter().map(hand).sum();
    let mut group = c.benchmark_group("one indicator");
    group.bench_function("by hand", |b| b.iter(|| assert_eq!(facts.iter().map(hand).sum::<usize>(), expected)));
    let count = |interpreted: bool| -> usize {
        facts
            .iter()
            .flat_map(|facts| facts.of(View::Item).iter().map(move |subject| (facts, subject)))
            .filter(|(facts, subject)| {
                let answer = if interpreted {
                    set.interpret(indicator, &facts.frame(View::Item, subject))
                } else {
                    set.test(indicator, facts, subject)
                };
                answer == Ok(Value::Bool(true))
            })
            .count()
    };
    group.bench_function("native", |b| b.iter(|| assert_eq!(count(false), expected)));
    group.bench_function("interpreted", |b| b.iter(|| assert_eq!(count(true), expected)));
    group.finish();
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20).warm_up_time(std::time::Duration::from_millis(500)).measurement_time(std::time::Duration::from_secs(2)); targets = native_and_interpreted, by_hand }
criterion_main!(benches);
