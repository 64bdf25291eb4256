//! Two sets of rules, indicator by indicator: what appeared, what went, what became weaker or stronger.
//!
//! In: two sets as they loaded. Out: [`Compared`], one for each profile or indicator that differs and moves something. A change is
//! called weaker or stronger only where that is proven ([`implied`](super::implied)); bills tell the rest (`trial.rs`). Not here:
//! words for people, sentences of reasons, citations: they move no lane.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::codes::Period;
use crate::profile::native::Op;
use crate::profile::{Indicator, Lane, Lanes, Profile, ProfileSet, Status};

use super::effort::Effort;
use super::implied::implies;

/// Steps that proofs about all changes may take; what is not proven then is told by bills.
const MAX_STEPS: usize = 20_000_000;

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It can only bring more points, a graver lane or more hits.
    Stronger,
    /// It can only bring less.
    Weaker,
    /// It moves nothing.
    Same,
    /// It may bring more on one bill and less on another; only bills tell.
    Untold,
}

/// One thing that is said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `points`, `floor`, `group`, `test`, `status`, `days`, or a threshold or floor of the lanes.
    pub what: &'static str,
    /// As it was; of a test its clauses as a rule writer writes them, a line each.
    pub before: String,
    /// As it is now.
    pub after: String,
    pub way: Way,
}

/// How it differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Differs {
    /// It was not there; which way that goes.
    Appeared(Way),
    /// It is no longer there; which way that goes.
    Went(Way),
    /// It says otherwise.
    Changed(Vec<Change>),
}

/// A profile or an indicator that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    pub profile: String,
    /// `None` = the profile as a whole.
    pub indicator: Option<String>,
    pub differs: Differs,
}

impl Compared {
    /// Ways of all that it says.
    pub fn ways(&self) -> Vec<Way> {
        match &self.differs {
            Differs::Appeared(way) | Differs::Went(way) => vec![*way],
            Differs::Changed(changes) => changes.iter().map(|change| change.way).collect(),
        }
    }
}

/// Everything by which the second set differs from the first, by profile and then by name.
pub fn changes(before: &ProfileSet, after: &ProfileSet) -> Vec<Compared> {
    let (mut found, effort) = (Vec::new(), Effort::of(MAX_STEPS));
    let sides =
        [before, after].map(|set| set.profiles.iter().map(|own| (own.id.as_str(), own)).collect::<BTreeMap<_, _>>());
    let [old, new] = &sides;
    for (id, profile) in old {
        let Some(other) = new.get(id) else { continue };
        let changes = head_changes(profile, other);
        if !changes.is_empty() {
            found.push(Compared { profile: (*id).to_owned(), indicator: None, differs: Differs::Changed(changes) });
        }
    }
    let [old, new] = [before, after].map(by_name);
    for (key, own) in &old {
        match new.get(key) {
            None => found.push(alone(key, Differs::Went(way(own, Way::Weaker)))),
            Some(other) => {
                let changes = indicator_changes(own, other, &effort);
                if !changes.is_empty() {
                    let (profile, indicator) = (key.0.to_owned(), Some(key.1.to_owned()));
                    found.push(Compared { profile, indicator, differs: Differs::Changed(changes) });
                }
            }
        }
    }
    let appeared = new.iter().filter(|(key, _)| !old.contains_key(*key));
    found.extend(appeared.map(|(key, own)| alone(key, Differs::Appeared(way(own, Way::Stronger)))));
    found.sort_by(|a, b| (&a.profile, &a.indicator).cmp(&(&b.profile, &b.indicator)));
    found
}

/// By which the thresholds and floors of the lanes differ.
pub fn lane_changes(before: &Lanes, after: &Lanes) -> Vec<Change> {
    let (old, new) = (before.thresholds, after.thresholds);
    let thresholds =
        [("blue from", old.blue, new.blue), ("yellow from", old.yellow, new.yellow), ("red from", old.red, new.red)];
    let points = |n: i64| format!("{n} points");
    // A lower threshold is passed by more.
    let mut found: Vec<Change> = thresholds
        .into_iter()
        .filter_map(|(what, old, new)| change(what, points(old), points(new), Some(new.cmp(&old).reverse())))
        .collect();
    let floors = [
        ("floor of a value that cannot be read", before.floors.fault, after.floors.fault),
        ("floor of a profile that fails", before.floors.failed_profile, after.floors.failed_profile),
    ];
    let lane = |lane: Lane| lane.as_str().to_owned();
    found.extend(
        floors.into_iter().filter_map(|(what, old, new)| change(what, lane(old), lane(new), Some(new.cmp(&old)))),
    );
    found
}

/// An indicator and its profile.
type Own<'s> = (&'s Profile, &'s Indicator);

fn by_name(set: &ProfileSet) -> BTreeMap<(&str, &str), Own<'_>> {
    let own = |one| Some((set.profile_of(one)?, one));
    let owns = set.indicators.iter().filter_map(own);
    owns.map(|(profile, one): Own<'_>| ((profile.id.as_str(), one.name.as_str()), (profile, one))).collect()
}

/// Which way it goes that there is such an indicator, where it moves a lane or a score at all.
fn way((profile, indicator): &Own<'_>, moving: Way) -> Way {
    let moves = is_heard(profile.status) && (indicator.points > 0 || indicator.floor.is_some());
    if moves { moving } else { Way::Same }
}

fn is_heard(status: Status) -> bool {
    matches!(status, Status::Test | Status::Stable)
}

fn alone(key: &(&str, &str), differs: Differs) -> Compared {
    Compared { profile: key.0.to_owned(), indicator: Some(key.1.to_owned()), differs }
}

/// A change, unless both say the same. `more`: how the second stands to the first; `None` = nobody can tell.
fn change(what: &'static str, before: String, after: String, more: Option<std::cmp::Ordering>) -> Option<Change> {
    let way = match more {
        Some(std::cmp::Ordering::Greater) => Way::Stronger,
        Some(std::cmp::Ordering::Less) => Way::Weaker,
        Some(std::cmp::Ordering::Equal) => Way::Same,
        None => Way::Untold,
    };
    (before != after).then_some(Change { what, before, after, way })
}

fn head_changes(before: &Profile, after: &Profile) -> Vec<Change> {
    let status = |profile: &Profile| profile.status.as_str().to_owned();
    let more = is_heard(after.status).cmp(&is_heard(before.status));
    let mut found: Vec<Change> = change("status", status(before), status(after), Some(more)).into_iter().collect();
    let (old, new) = (before.effective, after.effective);
    let more = match (spans(new, old), spans(old, new)) {
        (true, true) => Some(std::cmp::Ordering::Equal),
        (true, false) => Some(std::cmp::Ordering::Greater),
        (false, true) => Some(std::cmp::Ordering::Less),
        (false, false) => None,
    };
    found.extend(change("days", days(old), days(new), more));
    if !is_heard(before.status) && !is_heard(after.status) {
        found.iter_mut().for_each(|change| change.way = Way::Same);
    }
    found
}

/// Does the first hold every day of the second?
fn spans(own: Period, other: Period) -> bool {
    let begins = own.from.is_none_or(|from| other.from.is_some_and(|other| from <= other));
    let ends = own.to.is_none_or(|to| other.to.is_some_and(|other| other <= to));
    begins && ends
}

fn days(period: Period) -> String {
    match (period.from, period.to) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("until {to}"),
        (Some(from), Some(to)) => format!("from {from} until {to}"),
    }
}

fn indicator_changes(before: &Own<'_>, after: &Own<'_>, effort: &Effort<'_>) -> Vec<Change> {
    let (old, new) = (before.1, after.1);
    let floor = |floor: Option<Lane>| floor.map_or("none", |lane| lane.as_str()).to_owned();
    let all = [
        test_change(before, after, effort),
        change("points", old.points.to_string(), new.points.to_string(), Some(new.points.cmp(&old.points))),
        change("floor", floor(old.floor), floor(new.floor), Some(new.floor.cmp(&old.floor))),
        // Alone it may count for more, among others for less.
        change("group", old.group.clone(), new.group.clone(), None),
    ];
    let mut found: Vec<Change> = all.into_iter().flatten().collect();
    if !is_heard(before.0.status) && !is_heard(after.0.status) {
        found.iter_mut().for_each(|change| change.way = Way::Same);
    }
    found
}

fn test_change(before: &Own<'_>, after: &Own<'_>, effort: &Effort<'_>) -> Option<Change> {
    let (old, new) = (before.1, after.1);
    match (&old.native, &new.native) {
        (Some(own), Some(other)) if own == other && old.each == new.each => None,
        (Some(own), Some(other)) => {
            let way = match (old.each == new.each, implies(own, other, effort), implies(other, own, effort)) {
                (true, true, true) => Way::Same,
                (true, true, false) => Way::Stronger,
                (true, false, true) => Way::Weaker,
                _ => Way::Untold,
            };
            let shown = |one: &Indicator, op: &Op| format!("for each {}:\n{}", one.each.name(), clauses(op));
            Some(Change { what: "test", before: shown(old, own), after: shown(new, other), way })
        }
        // Scripts that are run as they stand are the same when their file is.
        (None, None) if before.0.rhai == after.0.rhai => None,
        (own, other) => {
            let shown =
                |op: &Option<Op>| op.as_ref().map_or_else(|| "a script that is run as it stands".to_owned(), clauses);
            Some(Change { what: "test", before: shown(own), after: shown(other), way: Way::Untold })
        }
    }
}

/// A test as a rule writer writes it, a clause a line.
fn clauses(op: &Op) -> String {
    let lines = |parts: &[Op], word: &str| {
        let part = |part: &Op| match part {
            Op::And(_) | Op::Or(_) => format!("({})", part.show()),
            other => other.show(),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(&format!("\n{word} "))
    };
    match op {
        Op::And(parts) => lines(parts, "and"),
        Op::Or(parts) => lines(parts, "or"),
        other => other.show(),
    }
}
