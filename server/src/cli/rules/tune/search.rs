//! The search for points and thresholds that find more with the same openings.
//!
//! In: bills by port and day. Out: [`Report`]. One number is moved at a time; the change that finds most more on the days that are
//! learned from, and no less on those that are kept for checking, is taken, and the search goes on from there. Not here: who
//! applies it (nobody but a person).
//! Cost: for each number that is tried the bills on which it counts, on all cores.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use palisander_engine::Date;
use palisander_engine::answers::Lane;
use palisander_engine::rules::{MAX_POINTS, ProfileSet};
use rayon::prelude::*;
use serde::Serialize;

use super::weighed::{Berth, Model, Port};
use crate::cli::safe;

/// By how much points and thresholds are moved, as shares of themselves.
const MOVES: [(i64, i64); 6] = [(1, 2), (3, 4), (9, 10), (5, 4), (3, 2), (2, 1)];
/// Points of the writer's own indicators are also tried at every number that some rule has, this many at most.
const MAX_NUMBERS: usize = 64;
/// Points are told in steps of five.
const STEP: i64 = 5;
/// An indicator that fires on fewer bills of which something is known teaches nothing.
const MIN_KNOWN: usize = 5;
/// Bills that are named of those that come in and go out.
const MAX_TOLD: usize = 6;

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Finds {
    /// Opened bills where something was found.
    pub found: u64,
    /// Opened bills of which something is known.
    pub opened: u64,
    /// Bills in all where something was found.
    pub of: u64,
}

/// A bill that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decides {
    pub consignment: String,
    pub found: Option<bool>,
}

/// One number that would be another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// `profile/indicator`, or `lanes/yellow`.
    pub what: String,
    pub from: i64,
    pub to: i64,
    /// It stands in the shipped set, of which an office may only raise points and lower thresholds.
    pub shipped: bool,
    /// On the first two thirds of the days: before, after.
    pub learned: [Finds; 2],
    /// On the last third.
    pub checked: [Finds; 2],
    pub comes_in: Vec<Decides>,
    pub goes_out: Vec<Decides>,
}

/// What the search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub bills: usize,
    /// Bills of which something is known.
    pub known: usize,
    /// Ports and days.
    pub berths: usize,
    pub capacity: usize,
    /// Under the rules as they are: learned, checked.
    pub now: [Finds; 2],
    /// The first day that is only checked on; `None` = there is none.
    pub checked_from: Option<Date>,
    pub suggestions: Vec<Suggestion>,
}

/// What is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knob {
    Points(usize),
    Threshold(Lane),
}

/// A number that is tried.
#[derive(Debug, Clone, Copy)]
struct Move {
    knob: Knob,
    from: i64,
    to: i64,
}

/// Bills, and what is opened of them as things stand.
pub struct Search {
    port: Port,
    checked_from: Option<Date>,
    /// Of each bill as things stand.
    standing: Vec<(Lane, i64)>,
    /// By indicator, the berths of the bills on which it fires.
    touches: Vec<BTreeSet<usize>>,
    /// Is it of the writer's own profiles?
    own: Vec<bool>,
    /// By indicator, bills of the learned days of which something is known.
    teaches: Vec<usize>,
    /// Of each berth as things stand.
    opened: Vec<Vec<usize>>,
}

impl Search {
    /// Ready to look. `own`: ids of the profiles that the writer has by himself.
    pub fn new(port: Port, profiles: &ProfileSet, own: &[String]) -> Self {
        let is_own = |one| profiles.profile_of(one).is_some_and(|profile| own.contains(&profile.id));
        let own = profiles.indicators.iter().map(is_own).collect();
        let checked_from = checked_from(&port);
        let n = port.model.points.len();
        let (mut touches, mut teaches) = (vec![BTreeSet::new(); n], vec![0; n]);
        for (b, berth) in port.berths.iter().enumerate() {
            let is_learned = !is_checked(berth, checked_from);
            for bill in berth.bills.iter().filter_map(|bill| port.bills.get(*bill)) {
                for met in &bill.met {
                    let place = *met as usize;
                    if let (Some(touches), Some(teaches)) = (touches.get_mut(place), teaches.get_mut(place)) {
                        touches.insert(b);
                        *teaches += usize::from(is_learned && bill.found.is_some());
                    }
                }
            }
        }
        let standing = port.bills.iter().map(|bill| port.model.standing(&bill.met, bill.held)).collect();
        let mut search = Self { port, checked_from, standing, touches, own, teaches, opened: Vec::new() };
        search.opened =
            (0..search.port.berths.len()).map(|berth| search.top(berth, &search.port.model, None)).collect();
        search
    }

    /// Looks for at most `most` changes.
    pub fn suggest(mut self, profiles: &ProfileSet, most: usize) -> Report {
        let mut report = Report {
            bills: self.port.n_bills(),
            known: self.port.n_known(),
            berths: self.port.berths.len(),
            capacity: self.port.capacity,
            now: self.finds(&self.opened),
            checked_from: self.checked_from,
            suggestions: Vec::new(),
        };
        let mut moved: Vec<Knob> = Vec::new();
        while report.suggestions.len() < most {
            let Some((best, opened)) = self.best(&moved) else { break };
            report.suggestions.push(self.told(best, &opened, profiles));
            apply(&mut self.port.model, best);
            self.standing = self.port.bills.iter().map(|bill| self.port.model.standing(&bill.met, bill.held)).collect();
            self.opened = opened;
            moved.push(best.knob);
        }
        report
    }

    /// The change that finds most more where it is learned, and no less where it is checked; each number is moved once.
    fn best(&self, moved: &[Knob]) -> Option<(Move, Vec<Vec<usize>>)> {
        let [now, now_checked] = self.finds(&self.opened);
        let moves: Vec<Move> = self.moves().into_iter().filter(|one| !moved.contains(&one.knob)).collect();
        let tried = moves.par_iter().filter_map(|one| {
            let opened = self.under(*one);
            let [learned, checked] = self.finds(&opened);
            let more = learned.found.checked_sub(now.found).filter(|more| *more > 0)?;
            let by = (one.to - one.from).abs();
            (checked.found >= now_checked.found).then_some((more, Reverse(by), *one, opened))
        });
        let order = |one: &(u64, Reverse<i64>, Move, Vec<Vec<usize>>)| (one.0, one.1);
        let best = tried.max_by(|a, b| order(a).cmp(&order(b)))?;
        Some((best.2, best.3))
    }

    fn moves(&self) -> Vec<Move> {
        let model = &self.port.model;
        let taught = |n: &usize| {
            self.teaches.get(*n).is_some_and(|known| *known >= MIN_KNOWN)
                && model.counts.get(*n).is_some_and(|counts| *counts)
        };
        let known: BTreeSet<i64> = model.points.iter().copied().filter(|points| *points > 0).collect();
        let of_points = (0..model.points.len()).filter(taught).flat_map(|n| {
            let from = model.points.get(n).copied().unwrap_or_default();
            let mut to = numbers(from, MAX_POINTS);
            if self.own.get(n).copied().unwrap_or_default() {
                to.extend(known.iter().take(MAX_NUMBERS).filter(|known| **known != from));
            }
            to.into_iter().map(move |to| Move { knob: Knob::Points(n), from, to })
        });
        let of_lanes = [Lane::Blue, Lane::Yellow, Lane::Red].into_iter().flat_map(|lane| {
            let from = threshold(model, lane);
            numbers(from, i64::MAX).into_iter().map(move |to| Move { knob: Knob::Threshold(lane), from, to })
        });
        of_points.chain(of_lanes.filter(|one| is_in_order(model, *one))).collect()
    }

    /// What each berth opens under a change.
    fn under(&self, one: Move) -> Vec<Vec<usize>> {
        let mut model = self.port.model.clone();
        apply(&mut model, one);
        let of = |berth: usize| {
            let changed = match one.knob {
                Knob::Points(n) => self.touches.get(n).is_some_and(|touches| touches.contains(&berth)),
                Knob::Threshold(_) => true,
            };
            if changed {
                self.top(berth, &model, Some(one.knob))
            } else {
                self.opened.get(berth).cloned().unwrap_or_default()
            }
        };
        (0..self.port.berths.len()).map(of).collect()
    }

    /// The first of a berth in the strict order, above green. `changed`: what stands otherwise than before.
    fn top(&self, berth: usize, model: &Model, changed: Option<Knob>) -> Vec<usize> {
        let bills = self.port.berths.get(berth).map(|berth| berth.bills.as_slice()).unwrap_or_default();
        let of = |place: &usize| {
            let bill = self.port.bills.get(*place)?;
            let as_it_was = match changed {
                Some(Knob::Points(n)) => !bill.met.iter().any(|met| *met as usize == n),
                Some(Knob::Threshold(_)) => false,
                None => true,
            };
            let (lane, score) =
                if as_it_was { *self.standing.get(*place)? } else { model.standing(&bill.met, bill.held) };
            (lane > Lane::Green).then_some((Reverse(lane), Reverse(score), bill.key.as_str(), *place))
        };
        let mut order: Vec<_> = bills.iter().filter_map(of).collect();
        order.sort_unstable();
        order.into_iter().take(self.port.capacity).map(|(.., place)| place).collect()
    }

    /// What is found: learned, checked.
    fn finds(&self, opened: &[Vec<usize>]) -> [Finds; 2] {
        let mut finds = [Finds::default(); 2];
        for (berth, opened) in self.port.berths.iter().zip(opened) {
            let [learned, checked] = &mut finds;
            let finds = if is_checked(berth, self.checked_from) { checked } else { learned };
            let found = |place: &usize| self.port.bills.get(*place).and_then(|bill| bill.found);
            finds.of += berth.bills.iter().filter(|place| found(place) == Some(true)).count() as u64;
            finds.found += opened.iter().filter(|place| found(place) == Some(true)).count() as u64;
            finds.opened += opened.iter().filter(|place| found(place).is_some()).count() as u64;
        }
        finds
    }

    fn told(&self, one: Move, opened: &[Vec<usize>], profiles: &ProfileSet) -> Suggestion {
        let ([learned, checked], [then, then_checked]) = (self.finds(&self.opened), self.finds(opened));
        let (before, after): (BTreeSet<usize>, BTreeSet<usize>) =
            (self.opened.iter().flatten().copied().collect(), opened.iter().flatten().copied().collect());
        let (what, shipped) = match one.knob {
            Knob::Points(n) => {
                let indicator = profiles.indicators.get(n);
                let profile =
                    indicator.and_then(|one| profiles.profile_of(one)).map_or("", |profile| profile.id.as_str());
                let name = indicator.map_or("", |one| one.name.as_str());
                (format!("{profile}/{name}"), !self.own.get(n).copied().unwrap_or_default())
            }
            Knob::Threshold(lane) => (format!("lanes/{}", lane.as_str()), true),
        };
        Suggestion {
            what,
            from: one.from,
            to: one.to,
            shipped,
            learned: [learned, then],
            checked: [checked, then_checked],
            comes_in: self.deciding(after.difference(&before)),
            goes_out: self.deciding(before.difference(&after)),
        }
    }

    /// The bills of which something is known first, finds before others.
    fn deciding<'p>(&self, places: impl Iterator<Item = &'p usize>) -> Vec<Decides> {
        let mut bills: Vec<Decides> = places
            .filter_map(|place| self.port.bills.get(*place))
            .map(|bill| Decides { consignment: safe::line(&bill.consignment).into_owned(), found: bill.found })
            .collect();
        bills.sort_by_key(|bill| (bill.found.is_none(), bill.found != Some(true), bill.consignment.clone()));
        bills.truncate(MAX_TOLD);
        bills
    }
}

/// The day from which bills are only checked on: two thirds of the days lie before it.
fn checked_from(port: &Port) -> Option<Date> {
    let days: BTreeSet<Date> = port.berths.iter().filter_map(|berth| berth.day).collect();
    days.iter().nth(days.len() * 2 / 3).copied().filter(|_| days.len() > 1)
}

fn is_checked(berth: &Berth, from: Option<Date>) -> bool {
    from.is_some_and(|from| berth.day.is_some_and(|day| day >= from))
}

/// Other numbers in place of one, in steps, each once.
fn numbers(from: i64, most: i64) -> BTreeSet<i64> {
    let step = |number: i64| (number + STEP / 2) / STEP * STEP;
    let moved = MOVES.iter().map(|(times, by)| step(from * times / by).clamp(STEP, most));
    moved.filter(|to| *to != from).collect()
}

fn threshold(model: &Model, lane: Lane) -> i64 {
    match lane {
        Lane::Red => model.thresholds.red,
        Lane::Yellow => model.thresholds.yellow,
        _ => model.thresholds.blue,
    }
}

fn apply(model: &mut Model, one: Move) {
    match one.knob {
        Knob::Points(n) => {
            if let Some(points) = model.points.get_mut(n) {
                *points = one.to;
            }
        }
        Knob::Threshold(Lane::Red) => model.thresholds.red = one.to,
        Knob::Threshold(Lane::Yellow) => model.thresholds.yellow = one.to,
        Knob::Threshold(_) => model.thresholds.blue = one.to,
    }
}

fn is_in_order(model: &Model, one: Move) -> bool {
    let mut then = model.clone();
    apply(&mut then, one);
    then.thresholds.blue < then.thresholds.yellow && then.thresholds.yellow < then.thresholds.red
}
