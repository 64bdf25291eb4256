//! What is proven of indicators from their tests, and the bill on which each can be seen.
//!
//! In: native indicators. Out: those that never or always hold, pairs that always hold together, those that another of their
//! group hides, and weak ones that alone pass a threshold. Not here: lanes (`reach.rs`), promises (`promises.rs`).

use std::collections::{BTreeMap, BTreeSet};

use super::altered::{field, is_declared};
use super::bills::{Bill, Bills, Shows};
use super::found::{Claim, Witness, counts, is_heard, name};
use crate::assess::Engine;
use crate::codes::Period;
use crate::profile::native::Op;
use crate::profile::view::View;
use crate::profile::{Indicator, Lane};
use crate::workbench::cases::Ran;
use crate::workbench::effort::{Effort, weight};
use crate::workbench::implied::follows;
use crate::workbench::ways::{Way, always, core, ways};

/// Steps that proofs about the tests of one profile may take. The largest of the shipped ones takes some ten thousand.
const MAX_STEPS: usize = 20_000_000;

/// A native indicator that is heard.
struct Asked<'a> {
    indicator: &'a Indicator,
    op: &'a Op,
    name: String,
    profile: &'a str,
    effective: Period,
    fields: BTreeSet<(View, usize)>,
    weight: usize,
    is_never: bool,
}

/// What is left for the proofs about each profile.
type Efforts<'a> = BTreeMap<&'a str, Effort<'a>>;

/// All of them; of the profiles that are named, or of all.
pub(super) fn claims(engine: &Engine, only: Option<&[String]>, bills: &mut Bills<'_>) -> Vec<Witness> {
    let ids = engine.profiles().profiles.iter().map(|profile| profile.id.as_str());
    let efforts: Efforts<'_> = ids.map(|id| (id, Effort::of(MAX_STEPS))).collect();
    let indicators = engine.profiles().indicators.iter();
    let asked: Vec<Asked<'_>> = indicators.filter_map(|one| Asked::of(engine, one, &efforts)).collect();
    let is_wanted = |one: &Asked<'_>| only.is_none_or(|only| only.iter().any(|id| id == one.profile));
    let mut found = Vec::new();
    for one in asked.iter().filter(|one| is_wanted(one)) {
        let Some(effort) = efforts.get(one.profile) else { continue };
        found.extend(one.never(effort, bills).or_else(|| one.always(effort, bills)));
        found.extend(one.lone(engine, effort, bills));
    }
    let covered = covered(&asked, &is_wanted, &efforts);
    for (n, one) in asked.iter().enumerate() {
        let Some(effort) = efforts.get(one.profile) else { continue };
        let both: Vec<&Asked<'_>> = alike(n, &covered).filter_map(|m| asked.get(m)).collect();
        let hides = asked.iter().enumerate().filter(|(m, other)| hides(one, other) && is_one_way(n, *m, &covered));
        let hides: Vec<&Asked<'_>> = hides.map(|(_, other)| other).collect();
        // One of many that are met by the same, and the gravest of many that hide it, say enough.
        found.extend(both.first().filter(|other| is_wanted(one) || is_wanted(other)).map(|first| {
            let is_one_group = one.indicator.group == first.indicator.group;
            let once = if is_one_group { "the lower of the two does nothing" } else { "one fact counts twice" };
            let says = format!("both are met by the same: {once}");
            together(Claim::AlwaysTogether, first, one, says, effort, bills)
        }));
        let gravest = hides.iter().rev().max_by_key(|other| (other.indicator.points, other.indicator.floor));
        found.extend(gravest.filter(|other| is_wanted(one) || is_wanted(other)).map(|other| {
            let others = if hides.len() > 1 { format!("; {} more hide it", hides.len() - 1) } else { String::new() };
            let says = format!(
                "whatever meets it meets `{}` of the same group, which brings {} points where it brings {}{others}",
                other.name, other.indicator.points, one.indicator.points
            );
            together(Claim::Hidden, one, other, says, effort, bills)
        }));
    }
    let is_named = |id: &str| only.is_none_or(|only| only.iter().any(|own| own == id));
    let spent = efforts.iter().filter(|(id, effort)| effort.was_short() && is_named(id));
    found.extend(spent.map(|(id, _)| {
        Witness {
            claim: Claim::NotFollowed,
            of: vec![(*id).to_owned()],
            says: "its tests have more choices than can be followed, and of some nothing is proven: write them shorter"
                .to_owned(),
            bills: Vec::new(),
        }
    }));
    found
}

/// For each by its place those that are met whenever it is; only pairs of which one is wanted are looked at.
fn covered(asked: &[Asked<'_>], is_wanted: &dyn Fn(&Asked<'_>) -> bool, efforts: &Efforts<'_>) -> Vec<BTreeSet<usize>> {
    let of = |(n, one): (usize, &Asked<'_>)| {
        let effort = efforts.get(one.profile);
        let own_ways = effort.and_then(|effort| ways(one.op, true, effort));
        let is_met_with = |(m, other): &(usize, &Asked<'_>)| {
            // The heavier test bears what the pair takes, so that a tangled one silences nobody else.
            let effort = efforts.get(if one.weight >= other.weight { one.profile } else { other.profile });
            let may_be = n != *m && (is_wanted(one) || is_wanted(other)) && may_cover(one, other);
            let is_proven =
                |effort: &Effort<'_>| !effort.is_spent() && follows(one.op, own_ways.as_deref(), other.op, effort);
            may_be && effort.is_some_and(is_proven)
        };
        asked.iter().enumerate().filter(is_met_with).map(|(m, _)| m).collect()
    };
    asked.iter().enumerate().map(of).collect()
}

/// Do both ask about the same, on days of which the second has all of the first?
fn may_cover(one: &Asked<'_>, other: &Asked<'_>) -> bool {
    one.indicator.each == other.indicator.each
        && !one.is_never
        && !other.is_never
        && !one.fields.is_disjoint(&other.fields)
        && covers(&other.effective, &one.effective)
}

/// Those before it that are met by the same.
fn alike(n: usize, covered: &[BTreeSet<usize>]) -> impl Iterator<Item = usize> {
    let own = covered.get(n).into_iter().flatten().copied();
    own.take_while(move |m| *m < n).filter(move |m| covered.get(*m).is_some_and(|other| other.contains(&n)))
}

fn is_one_way(n: usize, m: usize, covered: &[BTreeSet<usize>]) -> bool {
    let has = |a: usize, b: usize| covered.get(a).is_some_and(|own| own.contains(&b));
    has(n, m) && !has(m, n)
}

/// Would the second leave nothing to do to the first, were it met with it?
fn hides(one: &Asked<'_>, other: &Asked<'_>) -> bool {
    let (one, other) = (one.indicator, other.indicator);
    one.group == other.group && other.points >= one.points && other.floor >= one.floor
}

impl<'a> Asked<'a> {
    fn of(engine: &'a Engine, indicator: &'a Indicator, efforts: &Efforts<'_>) -> Option<Self> {
        let op = indicator.native.as_ref()?;
        let profile = engine.profiles().profile_of(indicator).filter(|profile| is_heard(profile.status))?;
        let effort = efforts.get(profile.id.as_str())?;
        Some(Self {
            indicator,
            op,
            name: name(engine, indicator),
            profile: profile.id.as_str(),
            effective: profile.effective,
            fields: indicator.reads.iter().copied().collect(),
            weight: weight(op),
            is_never: ways(op, true, effort).is_some_and(|ways| ways.is_empty()),
        })
    }

    /// The ways in which it can be met; none where they cannot be followed.
    fn ways(&self, effort: &Effort<'_>) -> Vec<Way<'a>> {
        ways(self.op, true, effort).unwrap_or_default()
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
    fn never(&self, effort: &Effort<'_>, bills: &mut Bills<'_>) -> Option<Witness> {
        if !self.is_never {
            return None;
        }
        let parts = if let Op::And(parts) = self.op { parts.as_slice() } else { std::slice::from_ref(self.op) };
        let core = core(parts, effort);
        let clauses: Vec<String> = core.iter().map(|part| format!("`{}`", part.show())).collect();
        let says = match clauses.as_slice() {
            [one] => format!("{one} never holds"),
            many => format!("{} cannot hold together", many.join(" and ")),
        };
        let shows = |ran: &Ran| self.nearest(ran, &core);
        let ways =
            core.iter().find_map(|part| ways(part, true, effort).filter(|ways| !ways.is_empty())).unwrap_or_default();
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
    fn always(&self, effort: &Effort<'_>, bills: &mut Bills<'_>) -> Option<Witness> {
        if !always(self.op, effort) {
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
        let ways = self.ways(effort);
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
    fn lone(&self, engine: &Engine, effort: &Effort<'_>, bills: &mut Bills<'_>) -> Option<Witness> {
        let lanes = &engine.profiles().lanes;
        let (points, floor) = (self.indicator.points, self.indicator.floor);
        if self.is_never
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
            let ways = self.ways(effort);
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
        let weak: Vec<Way<'a>> = self.ways(effort).into_iter().filter(is_one_entry).collect();
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

fn together(
    claim: Claim,
    one: &Asked<'_>,
    other: &Asked<'_>,
    says: String,
    effort: &Effort<'_>,
    bills: &mut Bills<'_>,
) -> Witness {
    let shows = |ran: &Ran| {
        let both = one.answers(ran).into_iter().zip(other.answers(ran)).any(|both| both == (Ok(true), Ok(true)));
        let score = ran.assessment.score;
        both.then(|| (ran.assessment.hits.len().saturating_sub(2), format!("both fire here, of {score} points in all")))
    };
    let ways = one.ways(effort);
    let bill = bills.seek(one.profile, &ways, &|_| true, &shows);
    Witness { claim, of: vec![one.name.clone(), other.name.clone()], says, bills: bill.into_iter().collect() }
}

/// Does the first act on every day on which the second does?
fn covers(one: &Period, other: &Period) -> bool {
    let begins = one.from.is_none_or(|from| other.from.is_some_and(|other| from <= other));
    let ends = one.to.is_none_or(|to| other.to.is_some_and(|other| other <= to));
    begins && ends
}
