//! What was missed below the cut, from the draw alone: the estimate of Horvitz and Thompson, the doubly robust one, and how much
//! both rest on.
//!
//! In: a selection with its logged chances, and final results. Out: [`Missed`], or a [`Refusal`] where a part of the bills had no
//! chance of being drawn or gave no result: then nothing can be said, and nothing is. Bills that were drawn and not examined are
//! counted (officers did not follow the draw, GAO-02-215R) and shown as what the estimate would be at either end.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::hash;
use crate::interval::{LEVEL, Share};
use crate::selection::{Arm, Opened, Selection};

/// Places of the order that one step of the model holds.
const MODEL_STEPS: usize = 8;

/// Of the drawn bills so many must have a final result.
const LEAST_FOLLOWED: f64 = 0.5;

/// Why nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
pub enum Refusal {
    /// Bills of a stratum had no chance.
    #[error("no estimate: {n_bills} bills, places {from} to {to} of the order, had no chance of being drawn")]
    NoSupport { from: usize, to: usize, n_bills: usize },
    /// None of those drawn in a stratum has a result.
    #[error("no estimate: none of the {n_drawn} bills drawn from places {from} to {to} has a final result")]
    NoResults { from: usize, to: usize, n_drawn: usize },
    /// Most of those drawn have no result: who was examined is not who was drawn.
    #[error(
        "no estimate: {n_answered} of {n_drawn} drawn bills have a final result; the draw was not followed, or results are still to come"
    )]
    NotFollowed { n_answered: usize, n_drawn: usize },
    /// There is no bill below the cut.
    #[error("no estimate is needed: every bill was opened")]
    NothingLeft,
}

/// What is estimated to have gone by.
#[derive(Debug, Clone, Serialize)]
pub struct Missed {
    /// Bills below the cut, how many of them were drawn, and have a final result.
    pub n_bills: usize,
    pub n_drawn: usize,
    pub n_answered: usize,
    /// Of the drawn ones, those that were examined: did officers follow the draw?
    pub followed: Share,
    pub n_found: usize,
    /// Planted bills below the cut, with those drawn.
    pub horvitz_thompson: f64,
    pub doubly_robust: f64,
    /// Between these with 95 %: exact for each stratum, put together by Bonferroni.
    pub low: f64,
    pub high: f64,
    /// The estimate if none, or all, of the bills without a result held something.
    pub if_none: f64,
    pub if_all: f64,
    /// Bills that the weighted draw is worth as a plain one.
    pub effective_sample: f64,
    /// Share of all planted bills that the opened top found, with what the interval leaves open.
    pub recall: f64,
    pub recall_low: f64,
    pub recall_high: f64,
}

/// Estimates what was missed. `places` gives each bill's result, `None` where there is no final one.
pub fn missed(selection: &Selection, result: &dyn Fn(&str) -> Option<bool>) -> Result<Missed, Refusal> {
    if selection.strata.iter().all(|stratum| stratum.n_bills == 0) {
        return Err(Refusal::NothingLeft);
    }
    let drawn = || selection.opened.iter().filter(|one| one.arm == Arm::Draw);
    let n_all = drawn().count();
    let n_known = drawn().filter(|one| result(&one.consignment).is_some()).count();
    let n_strata = selection.strata.iter().filter(|stratum| stratum.n_bills > 0).count().max(1);
    let level = 1.0 - (1.0 - LEVEL) / n_strata as f64;
    // Cross-fitted: each half of the draw is held against a model that has not seen it, else the estimate leans on itself.
    let half = |name: &str| hash::draw("half", name) < 0.5;
    let models = [true, false].map(|seen| Model::new(selection, &|name| result(name).filter(|_| half(name) == seen)));
    let (mut ht, mut dr, mut low, mut high) = (0.0, 0.0, 0.0, 0.0);
    let (mut if_none, mut if_all, mut weights, mut squares) = (0.0, 0.0, 0.0, 0.0);
    let (mut n_bills, mut n_drawn, mut n_answered, mut n_found) = (0, 0, 0, 0);
    if n_known > 0 && (n_known as f64) < LEAST_FOLLOWED * n_all as f64 {
        return Err(Refusal::NotFollowed { n_answered: n_known, n_drawn: n_all });
    }
    for stratum in selection.strata.iter().filter(|stratum| stratum.n_bills > 0) {
        let (from, to) = (stratum.from, stratum.to);
        if stratum.n_drawn == 0 {
            return Err(Refusal::NoSupport { from, to, n_bills: stratum.n_bills });
        }
        let of = |place: usize| (from..=to).contains(&place);
        let answered: Vec<(&Opened, bool)> =
            drawn().filter(|one| of(one.place)).filter_map(|one| Some((one, result(&one.consignment)?))).collect();
        if answered.is_empty() {
            return Err(Refusal::NoResults { from, to, n_drawn: stratum.n_drawn });
        }
        let found = answered.iter().filter(|(_, found)| *found).count();
        // Those without a result are taken to be like those with one; the two ends say what that rests on.
        let weight = stratum.n_bills as f64 / answered.len() as f64;
        ht += found as f64 * weight;
        let robust = models.iter().zip([true, false]).filter_map(|(model, seen)| {
            let unseen: Vec<f64> = answered
                .iter()
                .filter(|(one, _)| half(&one.consignment) != seen)
                .map(|(one, found)| f64::from(u8::from(*found)) - model.at(one.place))
                .collect();
            let modelled: f64 = (from..=to).map(|place| model.at(place)).sum();
            let residual = unseen.iter().sum::<f64>() * stratum.n_bills as f64 / unseen.len() as f64;
            (!unseen.is_empty()).then_some(modelled + residual)
        });
        let robust: Vec<f64> = robust.collect();
        dr += robust.iter().sum::<f64>() / robust.len().max(1) as f64;
        let exact = Share::at(found as u64, answered.len() as u64, level);
        // At least what was found, at most all but what was seen to hold nothing.
        low += (exact.low * stratum.n_bills as f64).max(found as f64);
        high += (exact.high * stratum.n_bills as f64).min((stratum.n_bills - (answered.len() - found)) as f64);
        let missing = stratum.n_drawn - answered.len();
        let whole = stratum.n_bills as f64 / stratum.n_drawn as f64;
        if_none += found as f64 * whole;
        if_all += (found + missing) as f64 * whole;
        weights += weight * answered.len() as f64;
        squares += weight * weight * answered.len() as f64;
        n_bills += stratum.n_bills;
        n_drawn += stratum.n_drawn;
        n_answered += answered.len();
        n_found += found;
    }
    let top =
        selection.opened.iter().filter(|one| one.arm == Arm::Top && result(&one.consignment) == Some(true)).count()
            as f64;
    let recall = |missed: f64| if top + missed > 0.0 { top / (top + missed) } else { 0.0 };
    Ok(Missed {
        n_bills,
        n_drawn,
        n_answered,
        followed: Share::new(n_answered as u64, n_drawn as u64),
        n_found,
        horvitz_thompson: ht,
        doubly_robust: dr.max(0.0),
        low,
        high,
        if_none,
        if_all,
        effective_sample: if squares > 0.0 { weights * weights / squares } else { 0.0 },
        recall: recall(ht),
        recall_low: recall(high),
        recall_high: recall(low),
    })
}

/// How often something is found at a place of the order, from all results: steps of equal length, drawn towards the mean.
struct Model {
    steps: Vec<f64>,
    length: f64,
}

impl Model {
    fn new(selection: &Selection, result: &dyn Fn(&str) -> Option<bool>) -> Self {
        let n = selection.n_bills.max(1) as f64;
        let length = n / MODEL_STEPS as f64;
        let mut seen: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        let (mut found, mut all) = (0.0, 0.0);
        for one in &selection.opened {
            let Some(is_found) = result(&one.consignment) else { continue };
            let step = ((one.place - 1) as f64 / length) as usize;
            let own = seen.entry(step).or_default();
            (own.0, own.1) = (own.0 + f64::from(u8::from(is_found)), own.1 + 1.0);
            // Steps without results lean on the draw, not on the top of the order, where finds are many.
            if one.arm == Arm::Draw {
                (found, all) = (found + f64::from(u8::from(is_found)), all + 1.0);
            }
        }
        let mean: f64 = if all > 0.0 { found / all } else { 0.0 };
        let step = |n: usize| {
            let (found, all) = seen.get(&n).copied().unwrap_or_default();
            (found + mean) / (all + 1.0)
        };
        Self { steps: (0..MODEL_STEPS).map(step).collect(), length }
    }

    fn at(&self, place: usize) -> f64 {
        let step = ((place.saturating_sub(1)) as f64 / self.length) as usize;
        self.steps.get(step.min(MODEL_STEPS - 1)).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::{Candidate, select};

    const N: usize = 4_000;

    /// Planted bills stand towards the top, and some far below.
    fn is_planted(name: &str) -> bool {
        let n: usize = name.get(1..).unwrap().parse().unwrap();
        n < 40 && n.is_multiple_of(2) || n < 400 && n.is_multiple_of(20) || n.is_multiple_of(250)
    }

    fn chosen(key: u32, random: f64) -> Selection {
        let bill = |n: usize| Candidate {
            consignment: format!("B{n:05}"),
            rank_key: format!("{n:05}"),
            score: (N - n) as f64,
            lane: "green".to_owned(),
            reason: String::new(),
        };
        select((0..N).map(bill).collect(), 400, random, &key.to_string())
    }

    #[test]
    fn estimates_hit_the_truth_on_average_and_intervals_hold_it() {
        let n = 300;
        let (mut ht, mut dr, mut held, mut truth) = (0.0, 0.0, 0, 0.0);
        for key in 0..n {
            let selection = chosen(key, 0.05);
            let missed = missed(&selection, &|name| Some(is_planted(name))).unwrap();
            let below = (selection.n_top..N).filter(|n| is_planted(&format!("B{n:05}"))).count() as f64;
            truth = below;
            ht += missed.horvitz_thompson / f64::from(n);
            dr += missed.doubly_robust / f64::from(n);
            held += u32::from(missed.low <= below && below <= missed.high);
            assert!(missed.effective_sample > 50.0 && missed.effective_sample <= missed.n_answered as f64 + 1e-6);
        }
        assert!((ht - truth).abs() < 0.12 * truth, "Horvitz-Thompson {ht} of {truth}");
        assert!((dr - truth).abs() < 0.12 * truth, "doubly robust {dr} of {truth}");
        assert!(f64::from(held) >= 0.95 * f64::from(n), "{held} of {n} intervals hold the truth");
    }

    #[test]
    fn nothing_is_said_where_nothing_was_drawn_or_told() {
        let none = chosen(1, 0.0);
        assert!(matches!(missed(&none, &|name| Some(is_planted(name))), Err(Refusal::NoSupport { .. })));
        let untold = chosen(1, 0.05);
        let of_top = |name: &str| (name < "B02000").then(|| is_planted(name));
        assert!(matches!(missed(&untold, &of_top), Err(Refusal::NoResults { .. })));
        // Few results of many draws: officers looked at others.
        let few = |name: &str| name.ends_with('5').then(|| is_planted(name));
        assert!(matches!(missed(&untold, &few), Err(Refusal::NotFollowed { .. })), "{:?}", missed(&untold, &few));
        // Some missing results are told by the two ends.
        let some = |name: &str| (!name.ends_with('7')).then(|| is_planted(name));
        let told = missed(&untold, &some).unwrap();
        assert!(told.if_none < told.horvitz_thompson + 1e-9 && told.if_all > told.if_none, "{told:?}");
        assert!(told.followed.n < told.followed.of);
    }
}
