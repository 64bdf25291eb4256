//! What would change the lane of a bill: the smallest sets of facts that bring it lower or higher, and what its open points
//! hang on.
//!
//! In: the facts of a bill, as rules see them. Out: [`Turns`], each of them judged by the rules themselves: facts are put as
//! they would have to be, and every indicator is asked again. The values that are tried are those that the rules tell apart.
//! A fact is changed alone, as a paper or a look at the goods would settle it; what hangs on it in other facts stays.
//! Not here: how each indicator came to its answer (`explain.rs`).
//! Cost: one evaluation for each set tried, [`MAX_TRIED`] at most.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::Serialize;

use super::alternatives::Alternatives;
use crate::assess::Engine;
use crate::assessment::{Reached, Tally, counted};
use crate::codes::Date;
use crate::profile::native::Op;
use crate::profile::value::Value;
use crate::profile::view::View;
use crate::profile::{Facts, Indicator, Lane, Outcome, State};

/// Sets of facts that are tried for one bill.
const MAX_TRIED: usize = 4_000;
/// Facts in a set that is sought exhaustively.
const MAX_FACTS: usize = 3;
/// Facts that sets of several are made of: those that move the score most.
const MAX_COMBINED: usize = 20;
/// Sets that are told in each direction, and open facts.
const MAX_TOLD: usize = 8;

/// One fact as it would have to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Altered {
    /// What it is a fact of: `item`, `document`, `consignment` …
    pub of: &'static str,
    /// Number of that subject among those of its kind, from 0.
    pub subject: usize,
    /// Number of the goods item that it belongs to, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<usize>,
    /// Name of the field.
    pub field: &'static str,
    /// What the field is, in words.
    pub meaning: &'static str,
    /// Its value now, or why it is unknown.
    pub now: String,
    /// What it would be.
    pub then: String,
}

/// What a bill would come to under other facts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turn {
    /// The facts that would be otherwise.
    pub facts: Vec<Altered>,
    pub lane: Lane,
    pub lane_high: Lane,
    pub score: i64,
    pub score_high: i64,
}

/// An open fact, and how far what it turns out to be decides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Open {
    /// The value that leaves least.
    pub at_best: Turn,
    /// The value that brings most.
    pub at_worst: Turn,
}

/// What would change the lane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turns {
    pub lane: Lane,
    pub lane_high: Lane,
    pub score: i64,
    pub score_high: i64,
    /// Towards a lower lane: sets of as few facts as it takes, the lowest lane first.
    pub down: Vec<Turn>,
    /// Are there none of fewer facts? No where the first set was found by taking the fact that lowers most, again and again.
    pub down_is_smallest: bool,
    /// Towards a higher lane, the highest first.
    pub up: Vec<Turn>,
    /// Open facts that decide something, those that decide most first.
    pub open: Vec<Open>,
    /// Was every set tried that the limits foresee?
    pub complete: bool,
}

/// Looks for what would change the lane. `lost`: a value of the manifest could not be read, which holds a floor.
pub fn turns(engine: &Engine, facts: &Facts, as_of: Date, lost: bool) -> Turns {
    let mut search = Search { judge: Judge { engine, facts, as_of, lost }, left: MAX_TRIED };
    let outcomes = engine.profiles().evaluate(facts, as_of);
    let now = search.judge.tallied(facts, &outcomes);
    let alternatives = Alternatives::of(acting(engine, as_of));
    let met = search.places(&outcomes, |state| matches!(state, State::Met), |_, _| true);
    let open = search.places(&outcomes, |state| matches!(state, State::Unverifiable(_)), is_gap);
    let near = search.near();
    let down = search.tried(&alternatives, &met);
    let up = search.tried(&alternatives, &open.union(&near).copied().collect());
    let (down, down_is_smallest) = search.down(now, down);
    let open = search.open(now, &open, &up);
    let up = search.up(now, up);
    let Reached { score, score_high, lane, lane_high } = now;
    Turns { lane, lane_high, score, score_high, down, down_is_smallest, up, open, complete: search.left > 0 }
}

/// Indicators that move something on that day.
fn acting(engine: &Engine, as_of: Date) -> impl Iterator<Item = &Indicator> {
    let profiles = engine.profiles();
    profiles.indicators.iter().filter(move |one| profiles.acts(one, as_of) && !profiles.is_shadow(one))
}

/// A field of one subject.
pub(super) type Place = (View, usize, usize);

/// A field of one subject with another value.
#[derive(Debug, Clone)]
pub(super) struct Tried {
    pub(super) place: Place,
    pub(super) value: Value,
    /// The value in words.
    then: String,
}

fn is_gap(facts: &Facts, (view, n, field): Place) -> bool {
    facts.of(view).get(n).is_some_and(|subject| matches!(subject.values.get(field), Some(Value::Unknown(_))))
}

/// One bill, and the rules that judge it under other facts.
pub(super) struct Judge<'a> {
    pub(super) engine: &'a Engine,
    pub(super) facts: &'a Facts,
    pub(super) as_of: Date,
    /// A value of the manifest could not be read, which holds a floor.
    pub(super) lost: bool,
}

impl Judge<'_> {
    /// What a bill of these facts comes to.
    pub(super) fn reach(&self, facts: &Facts) -> Reached {
        self.tallied(facts, &self.engine.profiles().evaluate(facts, self.as_of))
    }

    fn tallied(&self, facts: &Facts, outcomes: &[Outcome]) -> Reached {
        let profiles = self.engine.profiles();
        let mut tally = Tally::new(profiles);
        for outcome in outcomes {
            let Some(indicator) = profiles.indicators.get(outcome.indicator) else { continue };
            let Some(subject) = facts.of(indicator.each).get(outcome.subject) else { continue };
            tally.hear(indicator, &counted(facts, indicator, subject, &outcome.state));
        }
        tally.reached(self.lost)
    }

    /// The facts with these values in them.
    pub(super) fn with(&self, changes: &[&Tried]) -> Facts {
        changes.iter().fold(self.facts.clone(), |facts, Tried { place: (view, n, field), value, .. }| {
            facts.with(*view, *n, *field, value.clone())
        })
    }

    /// The other values of a field that the rules tell apart.
    pub(super) fn alternatives(&self, alternatives: &Alternatives<'_>, place: Place) -> Vec<Tried> {
        let (view, n, field) = place;
        let now = self.facts.of(view).get(n).and_then(|subject| subject.values.get(field));
        let values = now.map(|now| alternatives.to(view, field, now)).unwrap_or_default();
        values.into_iter().map(|(value, then)| Tried { place, value, then }).collect()
    }

    /// How a value that was tried is told.
    pub(super) fn altered(&self, one: &Tried) -> Option<Altered> {
        let (view, n, field) = one.place;
        let (subject, spec) = (self.facts.of(view).get(n)?, view.fields().get(field)?);
        Some(Altered {
            of: view.name(),
            subject: n,
            item: subject.item.filter(|_| view != View::Item),
            field: spec.name,
            meaning: spec.meaning,
            now: subject.values.get(field)?.show(),
            then: one.then.clone(),
        })
    }
}

struct Search<'a> {
    judge: Judge<'a>,
    left: usize,
}

/// A value that was tried, and what the bill then comes to.
type Effect = (Tried, Reached);

impl Search<'_> {
    /// What the bill comes to with these values; `None` = as many were tried as may be.
    fn with(&mut self, changes: &[&Effect]) -> Option<Reached> {
        self.left = self.left.checked_sub(1)?;
        let changes: Vec<&Tried> = changes.iter().map(|(tried, _)| tried).collect();
        Some(self.judge.reach(&self.judge.with(&changes)))
    }

    /// Fields that indicators in a certain state read.
    fn places(
        &self,
        outcomes: &[Outcome],
        state: impl Fn(&State) -> bool,
        wanted: impl Fn(&Facts, Place) -> bool,
    ) -> BTreeSet<Place> {
        let mut places = BTreeSet::new();
        for outcome in outcomes.iter().filter(|outcome| state(&outcome.state)) {
            let Some(indicator) = self.judge.engine.profiles().indicators.get(outcome.indicator) else { continue };
            let read = indicator.reads.iter().filter_map(|(view, field)| {
                Some((*view, self.judge.facts.seen(indicator.each, outcome.subject, *view)?, *field))
            });
            places.extend(read.filter(|place| wanted(self.judge.facts, *place)));
        }
        places
    }

    /// Fields of the one clause by which an indicator is not met.
    fn near(&self) -> BTreeSet<Place> {
        let mut places = BTreeSet::new();
        for indicator in acting(self.judge.engine, self.judge.as_of) {
            for n in 0..self.judge.facts.of(indicator.each).len() {
                let clause = missing(self.judge.facts, indicator, n);
                let read = clause.into_iter().flat_map(Op::fields);
                places.extend(
                    read.filter_map(|(view, field)| {
                        Some((view, self.judge.facts.seen(indicator.each, n, view)?, field))
                    }),
                );
            }
        }
        places
    }

    /// Every alternative of these fields, alone.
    fn tried(&mut self, alternatives: &Alternatives<'_>, places: &BTreeSet<Place>) -> Vec<Effect> {
        let nothing = Reached { score: 0, score_high: 0, lane: Lane::Green, lane_high: Lane::Green };
        let mut effects = Vec::new();
        for tried in places.iter().flat_map(|place| self.judge.alternatives(alternatives, *place)).collect::<Vec<_>>() {
            let mut effect = (tried, nothing);
            let Some(reached) = self.with(&[&effect]) else { return effects };
            effect.1 = reached;
            effects.push(effect);
        }
        effects
    }

    fn turn(&self, changes: &[&Effect], reached: Reached) -> Turn {
        let Reached { score, score_high, lane, lane_high } = reached;
        let facts = changes.iter().filter_map(|(tried, _)| self.judge.altered(tried)).collect();
        Turn { facts, lane, lane_high, score, score_high }
    }

    fn down(&mut self, now: Reached, tried: Vec<Effect>) -> (Vec<Turn>, bool) {
        let lowers = |reached: &Reached| reached.lane < now.lane;
        let mut helps: Vec<Effect> =
            tried.into_iter().filter(|one| lowers(&one.1) || one.1.score < now.score).collect();
        helps.sort_by_key(|one| (one.1.lane, one.1.score, one.0.place));
        let mut found = self.sets(&helps, lowers);
        found.sort_by_key(|turn| (turn.lane, turn.score));
        found.truncate(MAX_TOLD);
        if found.is_empty() && now.lane > Lane::Green {
            return (self.one_by_one(now, &helps).into_iter().collect(), false);
        }
        (found, true)
    }

    fn up(&mut self, now: Reached, tried: Vec<Effect>) -> Vec<Turn> {
        let raises = |reached: &Reached| reached.lane > now.lane;
        let mut helps: Vec<Effect> =
            tried.into_iter().filter(|one| raises(&one.1) || one.1.score > now.score).collect();
        helps.sort_by_key(|one| (Reverse(one.1.lane), Reverse(one.1.score), one.0.place));
        let mut found = self.sets(&helps, raises);
        found.sort_by_key(|turn| (Reverse(turn.lane), Reverse(turn.score)));
        found.truncate(MAX_TOLD);
        found
    }

    /// What the open facts decide: for each the values that leave least and bring most.
    fn open(&self, now: Reached, places: &BTreeSet<Place>, tried: &[Effect]) -> Vec<Open> {
        let of = |place: &Place| {
            let own = || tried.iter().filter(|one| one.0.place == *place);
            let best = own().min_by_key(|one| (one.1.lane_high, one.1.score_high, one.1.score))?;
            let worst = own().max_by_key(|one| (one.1.lane, one.1.score))?;
            let decides = best.1.score_high < now.score_high || worst.1.score > now.score;
            let turn = |one: &Effect| self.turn(&[one], one.1);
            decides.then(|| Open { at_best: turn(best), at_worst: turn(worst) })
        };
        let mut open: Vec<Open> = places.iter().filter_map(of).collect();
        open.sort_by_key(|one| (Reverse(one.at_worst.lane), Reverse(one.at_worst.score), one.at_best.score_high));
        open.truncate(MAX_TOLD);
        open
    }

    /// The smallest sets that do it: all single ones, else all pairs, else all of three.
    fn sets(&mut self, helps: &[Effect], does: impl Fn(&Reached) -> bool) -> Vec<Turn> {
        let single = helps.iter().filter(|one| does(&one.1));
        let single: Vec<Turn> = single.map(|one| self.turn(&[one], one.1)).collect();
        if !single.is_empty() {
            return once(single);
        }
        let few: Vec<&Effect> = helps.iter().take(MAX_COMBINED).collect();
        for size in 2..=MAX_FACTS {
            let mut found = Vec::new();
            for set in combinations(&few, size) {
                let Some(reached) = self.with(&set) else { return found };
                if does(&reached) {
                    found.push(self.turn(&set, reached));
                }
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// Takes the fact that lowers most, again and again, until the lane falls.
    fn one_by_one(&mut self, now: Reached, helps: &[Effect]) -> Option<Turn> {
        let (mut taken, mut reached): (Vec<&Effect>, Reached) = (Vec::new(), now);
        while reached.lane >= now.lane {
            let mut best: Option<(Reached, &Effect)> = None;
            for one in helps.iter().filter(|one| taken.iter().all(|other| other.0.place != one.0.place)) {
                let set: Vec<&Effect> = taken.iter().copied().chain([one]).collect();
                let then = self.with(&set)?;
                if best.as_ref().is_none_or(|(least, _)| (then.lane, then.score) < (least.lane, least.score)) {
                    best = Some((then, one));
                }
            }
            let (then, one) = best.filter(|(then, _)| (then.lane, then.score) < (reached.lane, reached.score))?;
            taken.push(one);
            reached = then;
        }
        Some(self.turn(&taken, reached))
    }
}

/// The one clause of an indicator that does not hold for subject `n`, while all others do.
pub(super) fn missing<'i>(facts: &Facts, indicator: &'i Indicator, n: usize) -> Option<&'i Op> {
    let Some(Op::And(parts)) = &indicator.native else { return None };
    let subject = facts.of(indicator.each).get(n)?;
    let frame = facts.frame(indicator.each, subject);
    let mut missing = None;
    for part in parts {
        match part.truth(&frame) {
            Ok(true) => {}
            Ok(false) if missing.is_none() => missing = Some(part),
            Ok(false) | Err(_) => return None,
        }
    }
    missing
}

/// Sets of several of these, of other fields each.
fn combinations<'t>(all: &[&'t Effect], size: usize) -> Vec<Vec<&'t Effect>> {
    let mut sets: Vec<(usize, Vec<&Effect>)> = vec![(0, Vec::new())];
    for _ in 0..size {
        let longer = |(from, set): &(usize, Vec<&'t Effect>)| {
            let rest = all.iter().copied().enumerate().skip(*from);
            let other = rest.filter(|(_, one)| set.iter().all(|own| own.0.place != one.0.place));
            other.map(|(n, one)| (n + 1, set.iter().copied().chain([one]).collect())).collect::<Vec<_>>()
        };
        sets = sets.iter().flat_map(longer).collect();
    }
    sets.into_iter().map(|(_, set)| set).collect()
}

/// Of several values of one field that bring the same lane only the first.
fn once(turns: Vec<Turn>) -> Vec<Turn> {
    let mut kept: Vec<Turn> = Vec::new();
    let place = |turn: &Turn| turn.facts.first().map(|fact| (fact.of, fact.subject, fact.field));
    for turn in turns {
        if !kept.iter().any(|own| place(own) == place(&turn) && own.lane == turn.lane) {
            kept.push(turn);
        }
    }
    kept
}
