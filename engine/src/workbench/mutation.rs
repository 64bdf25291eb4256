//! Small changes of a rule (mutants), and which of them no case would notice.

use serde::Serialize;

use super::cases::Ran;
use crate::assess::Engine;
use crate::profile::native::Op;
use crate::profile::value::Value as Fact;
use crate::profile::{Facts, Indicator};

/// How well the cases hold one indicator.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    pub profile: String,
    pub indicator: String,
    /// Cases of its profile in which it fires.
    pub fires: usize,
    /// In which it has a subject and does not.
    pub near_misses: usize,
    /// Number of changed profiles tried.
    pub mutants: usize,
    /// Changes that some case notices.
    pub killed: usize,
    /// Changes that no case notices.
    pub survivors: Vec<String>,
}

/// Runs every mutant of every native indicator over the facts of all cases.
pub fn hold(engine: &Engine, ran: &[Ran]) -> Vec<Held> {
    let mut held = Vec::new();
    for indicator in &engine.profiles().indicators {
        let profile = engine.profiles().profile_of(indicator).map(|profile| profile.id.clone()).unwrap_or_default();
        let answers = |op: &Op| -> Vec<Vec<Fact>> { ran.iter().map(|ran| over(op, indicator, &ran.facts)).collect() };
        let Some(op) = &indicator.native else { continue };
        let truth = answers(op);
        let fires = truth.iter().filter(|case| case.contains(&Fact::Bool(true))).count();
        let near_misses = truth.iter().filter(|case| !case.is_empty() && !case.contains(&Fact::Bool(true))).count();
        let mutants = mutants(op);
        let survivors: Vec<String> =
            mutants.iter().filter(|mutant| answers(&mutant.1) == truth).map(|mutant| mutant.0.clone()).collect();
        held.push(Held {
            profile,
            indicator: indicator.name.clone(),
            fires,
            near_misses,
            mutants: mutants.len(),
            killed: mutants.len() - survivors.len(),
            survivors,
        });
    }
    held
}

fn over(op: &Op, indicator: &Indicator, facts: &Facts) -> Vec<Fact> {
    let subjects = facts.of(indicator.each).iter();
    // The reason of a gap is no answer: two gaps are alike.
    let alike = |fact: Fact| if matches!(fact, Fact::Unknown(_)) { Fact::unknown("") } else { fact };
    subjects.map(|subject| alike(op.value(&facts.frame(indicator.each, subject)).into_owned())).collect()
}

/// Small changes of a test, each with its description: a clause dropped, a comparison turned, a threshold moved, a code
/// replaced, a `not` taken away.
pub fn mutants(op: &Op) -> Vec<(String, Op)> {
    let mut found = Vec::new();
    change(op, &mut |what, changed| found.push((what, changed)));
    found
}

fn change(op: &Op, found: &mut dyn FnMut(String, Op)) {
    match op {
        Op::And(parts) | Op::Or(parts) => {
            let whole = |parts: Vec<Op>| if matches!(op, Op::And(_)) { Op::And(parts) } else { Op::Or(parts) };
            for (n, part) in parts.iter().enumerate() {
                let mut fewer = parts.clone();
                fewer.remove(n);
                found(format!("without `{}`", part.show()), whole(fewer));
                change(part, &mut |what, changed| {
                    let mut other = parts.clone();
                    if let Some(slot) = other.get_mut(n) {
                        *slot = changed;
                    }
                    found(what, whole(other));
                });
            }
        }
        Op::Not(part) => {
            found(format!("`{}` without not", part.show()), part.as_ref().clone());
            change(part, &mut |what, changed| found(what, Op::Not(changed.into())));
        }
        Op::Compare(how, a, b) => {
            let changed = Op::Compare(how.opposite(), a.clone(), b.clone());
            found(format!("`{}` turned to `{}`", op.show(), changed.show()), changed);
            if let Op::Constant(Fact::Number(number)) = b.as_ref() {
                // A count above 0 is a count of at least 1: only moves past a whole number are changes.
                for factor in if *number == 0.0 { &[1.0][..] } else { &[0.1, 10.0][..] } {
                    let moved = if *number == 0.0 { *factor } else { number * factor };
                    let changed = Op::Compare(*how, a.clone(), Op::Constant(Fact::Number(moved)).into());
                    found(format!("`{}` moved to `{}`", op.show(), changed.show()), changed);
                }
            }
        }
        Op::Contains(set, item) => {
            found(format!("`{}` turned to its opposite", op.show()), Op::Not(op.clone().into()));
            if let Op::Constant(Fact::Texts(members)) = set.as_ref() {
                // Dropping a member is noticed only by a case of that member; one drop stands for the list.
                if let Some((first, rest)) = members.split_first() {
                    let fewer = Op::Constant(Fact::texts(rest.iter().map(AsRef::as_ref)));
                    if !rest.is_empty() {
                        found(format!("`{}` without {first}", op.show()), Op::Contains(fewer.into(), item.clone()));
                    }
                }
            }
        }
        Op::Field(view, field)
            if view.fields().get(*field).is_some_and(|f| f.kind == crate::profile::field::Kind::Bool) =>
        {
            found(format!("`{}` turned to its opposite", op.show()), Op::Not(op.clone().into()));
        }
        Op::Shares(..) | Op::StartsWith(..) => {
            found(format!("`{}` turned to its opposite", op.show()), Op::Not(op.clone().into()));
        }
        _ => {}
    }
}
