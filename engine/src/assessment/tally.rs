//! What outcomes come to: score, lanes, and what open points could still bring.
//!
//! In: the state of every indicator for every subject, as it counts. Out: [`Reached`]. Points lie from 0 to 1,000, so that one
//! more hit never lowers a score; within a group only the highest counts, and an open point only by what it would bring
//! beyond it. Not here: sentences (`conclude.rs`), which fields met (`explain.rs`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::profile::facts::Subject;
use crate::profile::value::Value;
use crate::profile::view::{View, measure};
use crate::profile::{Facts, Indicator, Lane, ProfileSet, State};

/// What the outcomes come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    pub score: i64,
    pub score_high: i64,
    pub lane: Lane,
    pub lane_high: Lane,
}

/// Points and floors, outcome by outcome.
#[derive(Debug)]
pub struct Tally<'a> {
    profiles: &'a ProfileSet,
    /// The highest points that each group brings.
    met: BTreeMap<&'a str, i64>,
    /// The highest points that each group could still bring.
    open: BTreeMap<&'a str, i64>,
    /// The highest floor among the hits.
    floor: Option<Lane>,
    /// The highest floor among the open points.
    open_floor: Option<Lane>,
    /// A profile that acts failed, or did not load.
    pub(super) failed: bool,
}

impl<'a> Tally<'a> {
    /// Nothing heard yet.
    pub fn new(profiles: &'a ProfileSet) -> Self {
        let (met, open) = Default::default();
        Self { profiles, met, open, floor: None, open_floor: None, failed: false }
    }

    /// Counts one state, which is [`counted`]. What is tried in shadow counts nothing.
    pub fn hear(&mut self, indicator: &'a Indicator, state: &State) {
        if self.profiles.is_shadow(indicator) {
            return;
        }
        match state {
            State::Met => {
                let points = self.met.entry(indicator.group.as_str()).or_default();
                *points = (*points).max(indicator.points);
                self.floor = self.floor.max(indicator.floor);
            }
            State::Unverifiable(_) => self.raise(indicator),
            State::Failed(_) => {
                self.failed = true;
                self.raise(indicator);
            }
        }
    }

    fn raise(&mut self, indicator: &'a Indicator) {
        let points = self.open.entry(indicator.group.as_str()).or_default();
        *points = (*points).max(indicator.points);
        self.open_floor = self.open_floor.max(indicator.floor);
    }

    /// Score and lanes; `lost`: a value of the manifest could not be read.
    pub fn reached(&self, lost: bool) -> Reached {
        let score: i64 = self.met.values().sum();
        let rise = |(group, points): (&&str, &i64)| (points - self.met.get(group).unwrap_or(&0)).max(0);
        let score_high = score + self.open.iter().map(rise).sum::<i64>();
        let (lanes, floors) = (&self.profiles.lanes, &self.profiles.lanes.floors);
        let lost = lost.then_some(floors.fault);
        let failed = self.failed.then_some(floors.failed_profile);
        let lane = [self.floor, lost, failed].into_iter().flatten().fold(lanes.by_score(score), Lane::max);
        let lane_high = lane.max(lanes.by_score(score_high)).max(self.open_floor.unwrap_or(lane));
        Reached { score, score_high, lane, lane_high }
    }
}

/// The state as it counts. A measure is met only by a country: where none is known to have met it, what a rule says of it is
/// open, however the rule is written.
pub fn counted<'s>(facts: &Facts, indicator: &Indicator, subject: &Subject, state: &'s State) -> Cow<'s, State> {
    if indicator.each == View::Measure
        && matches!(state, State::Met)
        && let Some(Value::Unknown(why)) = facts.frame(View::Measure, subject).get(View::Measure, measure::country.n)
    {
        return Cow::Owned(State::Unverifiable(why.to_string()));
    }
    Cow::Borrowed(state)
}
