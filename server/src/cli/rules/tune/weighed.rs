//! Bills as they are remembered for other points: what fired, where and when they arrive, what is known of them.
//!
//! In: bills judged under one set of rules. Out: [`Port`]; of a bill under other points its lane and score. Cost: memory by bills,
//! some hundred bytes each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use palisander_engine::Date;
use palisander_engine::answers::Lane;
use palisander_engine::bills::Trial;
use palisander_engine::rules::{ProfileSet, Thresholds};

use crate::cli::rules::flip::Bill;

/// Points, groups and floors of all indicators, and the thresholds.
#[derive(Debug, Clone)]
pub struct Model {
    pub points: Vec<i64>,
    groups: Vec<usize>,
    floors: Vec<Option<Lane>>,
    /// Does it move anything? What is tried in shadow does not.
    pub counts: Vec<bool>,
    pub thresholds: Thresholds,
}

impl Model {
    /// As the rules state it.
    pub fn of(profiles: &ProfileSet) -> Self {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let mut groups = Vec::new();
        for indicator in &profiles.indicators {
            let next = names.len();
            groups.push(*names.entry(indicator.group.as_str()).or_insert(next));
        }
        let all = &profiles.indicators;
        Self {
            points: all.iter().map(|one| one.points).collect(),
            groups,
            floors: all.iter().map(|one| one.floor).collect(),
            counts: all.iter().map(|one| !profiles.is_shadow(one)).collect(),
            thresholds: profiles.lanes.thresholds,
        }
    }

    /// Lane and score of a bill on which these fire; within a group only the highest counts.
    pub fn standing(&self, met: &[u32], held: Lane) -> (Lane, i64) {
        let of = |n: &u32| {
            let n = *n as usize;
            let counts = self.counts.get(n).copied().unwrap_or_default();
            counts.then(|| {
                (self.groups.get(n).copied().unwrap_or_default(), self.points.get(n).copied().unwrap_or_default())
            })
        };
        let mut by_group: Vec<(usize, i64)> = met.iter().filter_map(of).collect();
        by_group.sort_unstable_by_key(|(group, points)| (*group, Reverse(*points)));
        by_group.dedup_by_key(|(group, _)| *group);
        let score: i64 = by_group.iter().map(|(_, points)| points).sum();
        let is_counted = |n: &&u32| self.counts.get(**n as usize).copied().unwrap_or_default();
        let floors = met.iter().filter(is_counted).filter_map(|n| self.floors.get(*n as usize).copied().flatten());
        (floors.fold(self.thresholds.lane(score).max(held), Lane::max), score)
    }
}

/// One bill as it is remembered: what fired on it, and what is known.
#[derive(Debug)]
pub struct Weighed {
    pub consignment: String,
    /// Places of the indicators that fired.
    pub met: Vec<u32>,
    /// The lane that something else than a hit holds.
    pub held: Lane,
    /// The order among equals.
    pub key: String,
    /// Was something found? `None` = nobody knows.
    pub found: Option<bool>,
}

/// A port on a day.
#[derive(Debug, Default)]
pub struct Berth {
    pub day: Option<Date>,
    /// Places of its bills.
    pub bills: Vec<usize>,
}

/// All bills, by port and day.
#[derive(Debug)]
pub struct Port {
    pub model: Model,
    pub capacity: usize,
    pub bills: Vec<Weighed>,
    pub berths: Vec<Berth>,
    places: BTreeMap<(Option<String>, Option<Date>), usize>,
}

impl Port {
    /// Nothing taken yet. `capacity`: bills that each port opens a day.
    pub fn new(model: Model, capacity: usize) -> Self {
        Self { model, capacity, bills: Vec::new(), berths: Vec::new(), places: BTreeMap::new() }
    }

    /// Remembers a bill.
    pub fn take(&mut self, trial: &Trial<'_>, tried: &Bill, found: Option<bool>) {
        let [_, judged] = &tried.judged;
        let place = |number: &usize| {
            let [_, place] = trial.named().get(*number)?.stands;
            place.and_then(|place| u32::try_from(place).ok())
        };
        let met: Vec<u32> = judged.met.iter().filter_map(place).collect();
        let (lane, _) = self.model.standing(&met, Lane::Green);
        let held = if judged.lane > lane { judged.lane } else { Lane::Green };
        let next = self.berths.len();
        let berth = *self.places.entry((tried.port.clone(), tried.day)).or_insert(next);
        if berth == next {
            self.berths.push(Berth { day: tried.day, bills: Vec::new() });
        }
        if let Some(berth) = self.berths.get_mut(berth) {
            berth.bills.push(self.bills.len());
        }
        let (consignment, key) = (tried.consignment.clone(), judged.rank_key.clone());
        self.bills.push(Weighed { consignment, met, held, key, found });
    }

    /// Bills that were taken.
    pub fn n_bills(&self) -> usize {
        self.bills.len()
    }

    /// Those of which something is known.
    pub fn n_known(&self) -> usize {
        self.bills.iter().filter(|bill| bill.found.is_some()).count()
    }
}
