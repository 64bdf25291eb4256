//! What the tests of rules cost: at most, and measured.
//!
//! In: an engine and the facts of its cases. Out: [`Cost`] of each indicator. The bound is of the test itself and holds for any
//! bill; the time is of this machine, the least of several rounds, so that what else it does counts little. Not here: what the
//! rest of an answer costs (`benches/`).

use std::time::Instant;

use serde::Serialize;

use super::cases::Ran;
use crate::assess::Engine;
use crate::profile::Indicator;

/// Tests that are measured of one indicator in a round.
const MAX_TESTS: usize = 2_000;
/// Rounds, of which the fastest counts.
const ROUNDS: usize = 5;
/// Tests that a round has at least: a clock tells no single one.
const MIN_TESTS: usize = 2_000;

/// What the test of one indicator costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    pub profile: String,
    pub indicator: String,
    /// What it is asked of.
    pub each: &'static str,
    /// False: the interpreter runs it.
    pub native: bool,
    /// The most parts that one test asks, or operations after which the interpreter stops.
    pub worst_operations: u64,
    /// Fields that it reads, as view.field.
    pub reads: Vec<String>,
    /// Nanoseconds of one test on this machine, on the mean of the facts of all cases; `None` = no case has a subject for it.
    pub ns: Option<f64>,
}

/// Costs of all indicators, in the order of the rules.
pub fn costs(engine: &Engine, ran: &[Ran]) -> Vec<Cost> {
    let profiles = engine.profiles();
    let one = |indicator: &Indicator| Cost {
        profile: profiles.profile_of(indicator).map(|profile| profile.id.clone()).unwrap_or_default(),
        indicator: indicator.name.clone(),
        each: indicator.each.name(),
        native: indicator.native.is_some(),
        worst_operations: indicator.worst_operations(),
        reads: reads(indicator),
        ns: measured(engine, indicator, ran),
    };
    profiles.indicators.iter().map(one).collect()
}

fn reads(indicator: &Indicator) -> Vec<String> {
    let name = |(view, n): &(crate::profile::view::View, usize)| {
        view.fields().get(*n).map(|field| format!("{}.{}", view.name(), field.name))
    };
    indicator.reads.iter().filter_map(name).collect()
}

fn measured(engine: &Engine, indicator: &Indicator, ran: &[Ran]) -> Option<f64> {
    let subjects = ran.iter().flat_map(|ran| ran.facts.of(indicator.each).iter().map(move |one| (&ran.facts, one)));
    let subjects: Vec<_> = subjects.take(MAX_TESTS).collect();
    if subjects.is_empty() {
        return None;
    }
    let times = MIN_TESTS.div_ceil(subjects.len());
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for (facts, subject) in subjects.iter().cycle().take(subjects.len() * times) {
            let frame = facts.frame(indicator.each, subject);
            match &indicator.native {
                Some(op) => drop(std::hint::black_box(op.truth(&frame))),
                None => drop(std::hint::black_box(engine.profiles().test(indicator, facts, subject))),
            }
        }
        least = least.min(begun.elapsed().as_nanos() as f64 / (subjects.len() * times) as f64);
    }
    Some(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Options;
    use crate::workbench::cases;

    /// Every shipped indicator has a bound, and one that some case has a subject for has a time.
    #[test]
    fn every_shipped_test_has_its_cost() {
        let engine = Engine::open(&Options::default()).unwrap();
        let ran = cases::run_of(&engine, &engine.profiles().profiles[0]);
        let costs = costs(&engine, &ran);
        assert_eq!(costs.len(), engine.profiles().indicators.len());
        let has_subject = |each: &str| {
            ran.iter().any(|ran| !ran.facts.of(crate::profile::view::View::by_name(each).unwrap()).is_empty())
        };
        for cost in costs {
            assert!(cost.worst_operations >= cost.reads.len() as u64, "{cost:?}");
            assert_eq!(cost.ns.is_some(), has_subject(cost.each), "{cost:?}");
            assert!(cost.ns.is_none_or(|ns| ns > 0.0));
        }
    }
}
