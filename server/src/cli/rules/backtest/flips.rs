//! The bills whose lane changes, the most urgent kept: those that rise by the new order, those that fall by the old one.

use std::collections::BTreeMap;

use palisander_engine::Date;
use palisander_engine::answers::Lane;
use palisander_engine::bills::{Judged, Trial, Tried};
use serde::Serialize;

use crate::cli::safe;
use crate::cli::score::row;

/// A bill under both sets of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// Bill of lading.
    pub consignment: String,
    pub port: Option<String>,
    pub day: Option<Date>,
    pub before: Standing,
    pub after: Standing,
    /// Indicators that fire only under the new rules, as `profile/indicator`.
    pub added: Vec<String>,
    /// Those that fire only under the old ones.
    pub removed: Vec<String>,
    /// Ship and arrival, one line that is safe to print.
    pub ship: String,
    /// Goods in short, likewise.
    pub goods: String,
}

/// Lane and score under one set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub lane: Lane,
    /// Sum of the points that count.
    pub score: i64,
}

/// The most urgent of them.
#[derive(Debug, Default)]
pub struct Flips {
    most: usize,
    /// By the new order.
    up: BTreeMap<String, Flip>,
    /// By the old order.
    down: BTreeMap<String, Flip>,
}

impl Flip {
    /// Of a bill as it was tried; `None` where both say the same of it.
    pub fn of(trial: &Trial<'_>, tried: &Tried) -> Option<Self> {
        let answer = tried.answer.as_deref()?;
        let [before, after] = &tried.judged;
        let only = |own: &Judged, other: &Judged| {
            let numbers = own.met.iter().filter(|number| other.met.binary_search(number).is_err());
            numbers.filter_map(|number| trial.named().get(*number)).map(|one| one.to_string()).collect()
        };
        let standing = |judged: &Judged| Standing { lane: judged.lane, score: judged.score };
        Some(Self {
            consignment: safe::line(&tried.consignment).into_owned(),
            port: tried.port.as_deref().map(|port| safe::line(port).into_owned()),
            day: tried.day,
            before: standing(before),
            after: standing(after),
            added: only(after, before),
            removed: only(before, after),
            ship: safe::line(&row::ship(&answer.ship)).into_owned(),
            goods: safe::line(&row::goods(answer)).into_owned(),
        })
    }
}

impl Flips {
    /// Keeps at most so many each way.
    pub fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Keeps the bill if its lane changes and it is among the most urgent.
    pub fn take(&mut self, trial: &Trial<'_>, tried: &Tried) {
        let [before, after] = &tried.judged;
        let (kept, key) = match after.lane.cmp(&before.lane) {
            std::cmp::Ordering::Greater => (&mut self.up, &after.rank_key),
            std::cmp::Ordering::Less => (&mut self.down, &before.rank_key),
            std::cmp::Ordering::Equal => return,
        };
        let is_behind = kept.len() >= self.most && kept.last_key_value().is_none_or(|(last, _)| last <= key);
        if is_behind {
            return;
        }
        if let Some(flip) = Flip::of(trial, tried) {
            kept.insert(key.clone(), flip);
        }
        while kept.len() > self.most {
            kept.pop_last();
        }
    }

    /// Those that rise, the most urgent under the new rules first; then those that fall, the most urgent under the old first.
    pub fn into_lists(self) -> (Vec<Flip>, Vec<Flip>) {
        (self.up.into_values().collect(), self.down.into_values().collect())
    }
}
