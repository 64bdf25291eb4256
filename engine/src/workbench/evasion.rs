//! What it costs a smuggler to silence an indicator: the cheapest change of one fact, and what still speaks then.
//!
//! In: the facts of bills on which indicators fire, such as their cases. Out: for each indicator its [`Evasion`]. A change is of
//! one fact, to a value that the indicator's own test tells apart; the whole of the rules is asked again. Cheap is a figure that
//! is stated a little otherwise, dear are other words or another paper. Not here: what moves the lane of one bill (`turns.rs`).
//! Cost: one evaluation for each value tried, at most [`MAX_TRIED`] for an indicator.

use std::collections::BTreeSet;

use serde::Serialize;

use super::alternatives::Alternatives;
use super::turns::{Altered, Judge, Place, Tried};
use crate::assess::Engine;
use crate::codes::Date;
use crate::profile::field::Stands;
use crate::profile::value::Value;
use crate::profile::{Facts, Indicator, Lane, State};

/// Values that are tried for one indicator.
const MAX_TRIED: usize = 2_000;

/// A bill on which indicators fire.
pub struct Fired<'a> {
    pub facts: &'a Facts,
    pub as_of: Date,
}

/// What silences an indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evasion {
    pub profile: String,
    pub indicator: String,
    /// The cheapest change found; `None` = no single fact silences it on any bill at hand.
    pub change: Option<Silenced>,
    /// Bills at hand on which it fires.
    pub bills: usize,
}

/// A change, and what comes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Silenced {
    pub fact: Altered,
    pub means: Means,
    /// By how much a figure changes, as a share of itself; `None` = it is no figure, or was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<f64>,
    pub lane_before: Lane,
    pub lane_after: Lane,
    pub score_before: i64,
    pub score_after: i64,
    /// Indicators that speak only then, as profile/indicator.
    pub speak_then: Vec<String>,
    /// Indicators that go on speaking.
    pub still_speak: usize,
}

/// By what a change is made, the cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// A figure is stated otherwise.
    Figure,
    /// Another entry of the declaration.
    Entry,
    /// Another paper.
    Paper,
    /// Other words for the goods, which an officer reads.
    Words,
    /// Something that is not declared: a record, or what follows from others, would have to be otherwise.
    Record,
}

/// The cheapest way around every native indicator that acts, by the bills at hand.
pub fn evasions(engine: &Engine, bills: &[Fired<'_>]) -> Vec<Evasion> {
    let profiles = engine.profiles();
    let outcomes: Vec<_> = bills.iter().map(|bill| profiles.evaluate(bill.facts, bill.as_of)).collect();
    let mut found = Vec::new();
    for (n, indicator) in profiles.indicators.iter().enumerate() {
        if indicator.native.is_none() || profiles.is_shadow(indicator) {
            continue;
        }
        let alternatives = Alternatives::of(std::iter::once(indicator));
        let (mut left, mut n_bills) = (MAX_TRIED, 0);
        let mut cheapest: Option<Silenced> = None;
        for (bill, outcomes) in bills.iter().zip(&outcomes) {
            let met = outcomes.iter().filter(|one| one.indicator == n && one.state == State::Met);
            let subjects: Vec<usize> = met.map(|one| one.subject).collect();
            // Where it fires on several things at once no single fact is to be expected.
            let [subject] = subjects.as_slice() else {
                n_bills += usize::from(!subjects.is_empty());
                continue;
            };
            n_bills += 1;
            let judge = Judge { engine, facts: bill.facts, as_of: bill.as_of, lost: false };
            for place in places(bill.facts, indicator, *subject) {
                for tried in judge.alternatives(&alternatives, place) {
                    let Some(rest) = left.checked_sub(1) else { break };
                    left = rest;
                    let Some(silenced) = silenced(&judge, n, &tried) else { continue };
                    if cheapest.as_ref().is_none_or(|own| is_cheaper(&silenced, own)) {
                        cheapest = Some(silenced);
                    }
                }
            }
        }
        let profile = profiles.profile_of(indicator).map(|profile| profile.id.clone()).unwrap_or_default();
        found.push(Evasion { profile, indicator: indicator.name.clone(), change: cheapest, bills: n_bills });
    }
    found
}

fn places(facts: &Facts, indicator: &Indicator, subject: usize) -> BTreeSet<Place> {
    let read = indicator.reads.iter();
    read.filter_map(|(view, field)| Some((*view, facts.seen(indicator.each, subject, *view)?, *field))).collect()
}

/// What becomes of the bill, where the indicator does not speak any more.
fn silenced(judge: &Judge<'_>, indicator: usize, tried: &Tried) -> Option<Silenced> {
    let profiles = judge.engine.profiles();
    let met = |facts: &Facts| -> BTreeSet<usize> {
        let outcomes = profiles.evaluate(facts, judge.as_of);
        outcomes.into_iter().filter(|one| one.state == State::Met).map(|one| one.indicator).collect()
    };
    let altered = judge.with(&[tried]);
    let after = met(&altered);
    if after.contains(&indicator) {
        return None;
    }
    let before = met(judge.facts);
    let name = |n: &usize| {
        let one = profiles.indicators.get(*n)?;
        Some(format!("{}/{}", profiles.profile_of(one)?.id, one.name))
    };
    let (was, is) = (judge.reach(judge.facts), judge.reach(&altered));
    let by = by(judge, tried);
    Some(Silenced {
        fact: judge.altered(tried)?,
        means: means(tried.place, by),
        by,
        lane_before: was.lane,
        lane_after: is.lane,
        score_before: was.score,
        score_after: is.score,
        speak_then: after.difference(&before).filter_map(name).collect(),
        still_speak: after.intersection(&before).count(),
    })
}

fn by(judge: &Judge<'_>, tried: &Tried) -> Option<f64> {
    let (view, n, field) = tried.place;
    match (judge.facts.of(view).get(n)?.values.get(field)?, &tried.value) {
        (Value::Number(was), Value::Number(is)) if *was != 0.0 => Some((is - was) / was),
        _ => None,
    }
}

fn means((view, _, field): Place, by: Option<f64>) -> Means {
    match (by, view.fields().get(field).map(|spec| spec.stands)) {
        (Some(_), _) => Means::Figure,
        (None, Some(Stands::Item(_) | Stands::Whole(_) | Stands::MassAndVolume | Stands::HsCode)) => Means::Entry,
        (None, Some(Stands::Documents)) => Means::Paper,
        (None, Some(Stands::Words | Stands::Names)) => Means::Words,
        (None, Some(Stands::Subject | Stands::Nowhere) | None) => Means::Record,
    }
}

/// By its means, by how much a figure changes, then by how little is left.
fn is_cheaper(one: &Silenced, other: &Silenced) -> bool {
    let by = |one: &Silenced| one.by.unwrap_or_default().abs();
    let order = one.means.cmp(&other.means).then(by(one).total_cmp(&by(other)));
    order.then((one.lane_after, one.score_after).cmp(&(other.lane_after, other.score_after))).is_lt()
}
