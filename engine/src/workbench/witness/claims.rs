//! What is proven of indicators from their tests, and the bill on which each can be seen.
//!
//! In: native indicators. Out: those that never or always hold, pairs that always hold together, those that another of their
//! group hides, and weak ones that alone pass a threshold. Not here: lanes (`reach.rs`), promises (`promises.rs`).

use std::collections::BTreeSet;

use super::altered::{field, is_declared};
use super::bills::{Bill, Bills, Shows};
use super::found::{Claim, Witness, counts, is_heard, name};
use crate::assess::Engine;
use crate::codes::Period;
use crate::profile::native::Op;
use crate::profile::view::View;
use crate::profile::{Indicator, Lane};
use crate::workbench::cases::Ran;
use crate::workbench::implied::follows;
use crate::workbench::ways::{Way, always, core, ways};

/// A native indicator that is heard, with the ways in which it can be met.
struct Asked<'a> {
    indicator: &'a Indicator,
    op: &'a Op,
    name: String,
    profile: &'a str,
    effective: Period,
    fields: BTreeSet<(View, usize)>,
    /// `None` = more than are followed.
    ways: Option<Vec<Way<'a>>>,
}

/// All of them; of the profiles that are named, or of all.
pub(super) fn claims(engine: &Engine, only: Option<&[String]>, bills: &mut Bills<'_>) -> Vec<Witness> {
    let asked: Vec<Asked<'_>> = engine.profiles().indicators.iter().filter_map(|one| Asked::of(engine, one)).collect();
    let is_wanted = |one: &Asked<'_>| only.is_none_or(|only| only.iter().any(|id| id == one.profile));
    let mut found = Vec::new();
    for one in asked.iter().filter(|one| is_wanted(one)) {
        found.extend(one.never(bills).or_else(|| one.always(bills)));
        found.extend(one.lone(engine, bills));
    }
    for (n, one) in asked.iter().enumerate() {
        for other in asked.iter().skip(n + 1) {
            if is_wanted(one) || is_wanted(other) {
                found.extend(pair(one, other, bills));
            }
        }
    }
    found
}

impl<'a> Asked<'a> {
    fn of(engine: &'a Engine, indicator: &'a Indicator) -> Option<Self> {
        let op = indicator.native.as_ref()?;
        let profile = engine.profiles().profile_of(indicator).filter(|profile| is_heard(profile.status))?;
        Some(Self {
            indicator,
            op,
            name: name(engine, indicator),
            profile: profile.id.as_str(),
            effective: profile.effective,
            fields: indicator.reads.iter().copied().collect(),
            ways: ways(op, true),
        })
    }

    fn is_never(&self) -> bool {
        self.ways.as_ref().is_some_and(Vec::is_empty)
    }

    /// Answers for every subject of its view.
    fn answers(&self, ran: &Ran) -> Vec<Result<bool, ()>> {
        let subjects = ran.facts.of(self.indicator.each).iter();
        let frames = subjects.map(|subject| ran.facts.frame(self.indicator.each, subject));
        frames.map(|frame| self.op.truth(&frame).map_err(|_| ())).collect()
    }

    fn is_met(&self, ran: &Ran) -> bool {
        self.answers(ran).contains(&Ok(true))
    }

    /// Its test cannot be met: a bill on which all but one of the clauses that contradict each other hold.
    fn never(&self, bills: &mut Bills<'_>) -> Option<Witness> {
        if !self.is_never() {
            return None;
        }
        let parts = if let Op::And(parts) = self.op { parts.as_slice() } else { std::slice::from_ref(self.op) };
        let core = core(parts);
        let clauses: Vec<String> = core.iter().map(|part| format!("`{}`", part.show())).collect();
        let says = match clauses.as_slice() {
            [one] => format!("{one} never holds"),
            many => format!("{} cannot hold together", many.join(" and ")),
        };
        let shows = |ran: &Ran| self.nearest(ran, &core);
        let ways = core.iter().find_map(|part| ways(part, true).filter(|ways| !ways.is_empty())).unwrap_or_default();
        let bill = bills.seek(self.profile, &ways, &|_| true, &shows);
        Some(Witness { claim: Claim::NeverHolds, of: vec![self.name.clone()], says, bills: bill.into_iter().collect() })
    }

    /// The subject of a bill on which most of the clauses hold, and what is missing there.
    fn nearest(&self, ran: &Ran, core: &[&Op]) -> Shows {
        let subjects = ran.facts.of(self.indicator.each).iter();
        let of = |subject| {
            let frame = ran.facts.frame(self.indicator.each, subject);
            let (holds, lacks): (Vec<&Op>, Vec<&Op>) = core.iter().partition(|part| part.truth(&frame) == Ok(true));
            let shown = |parts: &[&Op]| parts.iter().map(|part| part.show()).collect::<Vec<_>>().join("`, `");
            let here = if holds.is_empty() { "here".to_owned() } else { format!("here `{}`, and so", shown(&holds)) };
            // One clause alone has none beside it that could hold.
            let rank = lacks.len().saturating_sub(1);
            (holds.len() + 1 >= core.len() || !holds.is_empty())
                .then(|| (rank, format!("{here} not `{}`", shown(&lacks))))
        };
        subjects.filter_map(of).min()
    }

    /// Its test is met by everything: the bill of which nothing else is to be said.
    fn always(&self, bills: &mut Bills<'_>) -> Option<Witness> {
        if !always(self.op) {
            return None;
        }
        let others = |ran: &Ran| {
            let hits = ran.assessment.hits.iter().filter(|hit| !self.is(&hit.profile, &hit.indicator));
            hits.count()
        };
        let shows = |ran: &Ran| {
            let says = || format!("it fires here, beside {} other(s)", others(ran));
            self.is_met(ran).then(|| (others(ran), says()))
        };
        let ways = self.ways.clone().unwrap_or_default();
        let bill = bills.seek(self.profile, &ways, &|_| true, &shows);
        Some(Witness {
            claim: Claim::AlwaysHolds,
            of: vec![self.name.clone()],
            says: format!("`{}` holds of every {} that it is asked of", self.op.show(), self.indicator.each.name()),
            bills: bill.into_iter().collect(),
        })
    }

    fn is(&self, profile: &str, indicator: &str) -> bool {
        profile == self.profile && indicator == self.indicator.name
    }

    /// It passes a threshold alone: from the points of red without a floor of red; or on a bill that its case holds to be green,
    /// with at most one entry of it declared otherwise.
    fn lone(&self, engine: &Engine, bills: &mut Bills<'_>) -> Option<Witness> {
        let lanes = &engine.profiles().lanes;
        let (points, floor) = (self.indicator.points, self.indicator.floor);
        if self.is_never()
            || !counts(engine, self.indicator)
            || points < lanes.thresholds.yellow
            || floor >= Some(lanes.by_score(points))
        {
            return None;
        }
        let witness = |says: String, bill| Witness {
            claim: Claim::LoneSignal,
            of: vec![self.name.clone()],
            says,
            bills: vec![bill],
        };
        let reached = lanes.by_score(points);
        if reached == Lane::Red {
            let shows = |ran: &Ran| {
                let others = ran.assessment.hits.len().saturating_sub(1);
                let says = || format!("it brings {points} of {} points here", ran.assessment.score);
                self.is_met(ran).then(|| (others, says()))
            };
            let ways = self.ways.clone().unwrap_or_default();
            let bill = bills.seek(self.profile, &ways, &|_| true, &shows)?;
            return Some(witness(format!("its {points} points alone reach red, and it has no floor of red"), bill));
        }
        let is_alone = |ran: &Ran| {
            let hits = &ran.assessment.hits;
            !hits.is_empty() && hits.iter().all(|hit| self.is(&hit.profile, &hit.indicator))
        };
        let shows = |ran: &Ran| {
            let lane = ran.assessment.lane;
            let says = || format!("nothing else fires here, and the lane is {}", lane.as_str());
            (lane >= Lane::Yellow && self.is_met(ran) && is_alone(ran)).then(|| (0, says()))
        };
        let weak: Vec<Way<'a>> = self.ways.as_ref()?.iter().filter(|way| is_one_entry(way)).cloned().collect();
        if weak.is_empty() {
            return None;
        }
        let is_ordinary = |bill: &Bill| bill.is_green && bill.profile != self.profile;
        let bill = bills.seek(self.profile, &weak, &is_ordinary, &shows)?;
        let says = format!(
            "one declared entry of an ordinary bill brings {points} points, which alone reach {}",
            reached.as_str()
        );
        Some(witness(says, bill))
    }
}

/// Does a way ask for no more than one entry that a declarant writes as he likes?
fn is_one_entry(way: &Way<'_>) -> bool {
    let mut asked = way.asked().map(|(of, _)| field(of));
    matches!((asked.next(), asked.next()), (Some(Some(field)), None) if is_declared(field))
}

/// Two indicators that always hold together, or of which one hides the other.
fn pair(one: &Asked<'_>, other: &Asked<'_>, bills: &mut Bills<'_>) -> Option<Witness> {
    if one.indicator.each != other.indicator.each || one.is_never() || other.is_never() {
        return None;
    }
    let follows = |a: &Asked<'_>, b: &Asked<'_>| {
        !a.fields.is_disjoint(&b.fields) && covers(&b.effective, &a.effective) && follows(a.op, a.ways.as_deref(), b.op)
    };
    let (there, back) = (follows(one, other), follows(other, one));
    let same_group = one.indicator.group == other.indicator.group;
    if there && back {
        let once = if same_group { "the lower of the two does nothing" } else { "one fact counts twice" };
        return Some(together(Claim::AlwaysTogether, one, other, format!("both are met by the same: {once}"), bills));
    }
    let (hidden, hides) = if there { (one, other) } else { (other, one) };
    let does_nothing =
        hides.indicator.points >= hidden.indicator.points && hides.indicator.floor >= hidden.indicator.floor;
    if !(there || back) || !same_group || !does_nothing {
        return None;
    }
    let says = format!(
        "whatever meets it meets `{}` of the same group, which brings {} points where it brings {}",
        hides.name, hides.indicator.points, hidden.indicator.points
    );
    Some(together(Claim::Hidden, hidden, hides, says, bills))
}

fn together(claim: Claim, one: &Asked<'_>, other: &Asked<'_>, says: String, bills: &mut Bills<'_>) -> Witness {
    let shows = |ran: &Ran| {
        let both = one.answers(ran).into_iter().zip(other.answers(ran)).any(|both| both == (Ok(true), Ok(true)));
        let score = ran.assessment.score;
        both.then(|| (ran.assessment.hits.len().saturating_sub(2), format!("both fire here, of {score} points in all")))
    };
    let ways = one.ways.clone().unwrap_or_default();
    let bill = bills.seek(one.profile, &ways, &|_| true, &shows);
    Witness { claim, of: vec![one.name.clone(), other.name.clone()], says, bills: bill.into_iter().collect() }
}

/// Does the first act on every day on which the second does?
fn covers(one: &Period, other: &Period) -> bool {
    let begins = one.from.is_none_or(|from| other.from.is_some_and(|other| from <= other));
    let ends = one.to.is_none_or(|to| other.to.is_some_and(|other| other <= to));
    begins && ends
}
