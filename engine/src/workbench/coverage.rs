//! Which branches of each test the cases reach.
//!
//! A branch is one answer of one clause: yes, no, and *unverifiable* where something that it looks at may be unknown.
//! Clauses are asked one by one, so that a clause behind another that already decided counts too.

use serde::Serialize;

use super::cases::Ran;
use crate::assess::Engine;
use crate::profile::native::Op;
use crate::profile::value::Value as Fact;
use crate::profile::view::View;
use crate::profile::{Facts, Indicator};

/// How far the cases reach into one indicator.
#[derive(Debug, Clone, Serialize)]
pub struct Covered {
    pub profile: String,
    pub indicator: String,
    /// Branches of its test.
    pub branches: usize,
    /// Branches that some case takes.
    pub taken: usize,
    /// Those that none takes: the clause and the answer.
    pub missing: Vec<String>,
}

/// Coverage of every indicator by the facts of all cases.
pub fn coverage(engine: &Engine, ran: &[Ran]) -> Vec<Covered> {
    let cover = |indicator: &Indicator| {
        let branches: Vec<(String, bool)> = match &indicator.native {
            Some(op) => {
                let mut clauses = Vec::new();
                leaves(op, &mut clauses);
                clauses.into_iter().flat_map(|clause| of_clause(clause, indicator, ran)).collect()
            }
            // Its clauses cannot be told apart: the whole is one.
            None => {
                let test = |facts: &Facts| {
                    let subjects = facts.of(indicator.each).iter();
                    subjects.map(|s| engine.profiles().test(indicator, facts, s)).collect::<Vec<_>>()
                };
                let answers: Vec<_> = ran.iter().flat_map(|ran| test(&ran.facts)).collect();
                [true, false].map(|yes| (format!("the script: {yes}"), answers.contains(&Ok(Fact::Bool(yes))))).into()
            }
        };
        let missing: Vec<String> = branches.iter().filter(|(_, taken)| !taken).map(|(what, _)| what.clone()).collect();
        Covered {
            profile: engine.profiles().profile_of(indicator).map(|profile| profile.id.clone()).unwrap_or_default(),
            indicator: indicator.name.clone(),
            branches: branches.len(),
            taken: branches.len() - missing.len(),
            missing,
        }
    };
    engine.profiles().indicators.iter().map(cover).collect()
}

/// What `and`, `or` and `not` join.
fn leaves<'o>(op: &'o Op, found: &mut Vec<&'o Op>) {
    match op {
        Op::And(parts) | Op::Or(parts) => parts.iter().for_each(|part| leaves(part, found)),
        Op::Not(part) => leaves(part, found),
        clause => found.push(clause),
    }
}

fn of_clause(clause: &Op, indicator: &Indicator, ran: &[Ran]) -> Vec<(String, bool)> {
    let mut taken = [false; 3];
    let answer = |fact: &Fact| match fact {
        Fact::Bool(true) => 0,
        Fact::Unknown(_) => 2,
        _ => 1,
    };
    for facts in ran.iter().map(|ran| &ran.facts) {
        for subject in facts.of(indicator.each) {
            let value = clause.value(&facts.frame(indicator.each, subject));
            if let Some(taken) = taken.get_mut(answer(&value)) {
                *taken = true;
            }
        }
    }
    let can_be = match clause {
        Op::Constant(constant) => {
            let only = answer(constant);
            [only == 0, only == 1, only == 2]
        }
        clause => [true, true, may_be_open(clause, indicator)],
    };
    let words = ["yes", "no", "unverifiable"];
    let branches = words.into_iter().zip(can_be).zip(taken).filter(|((_, can_be), _)| *can_be);
    branches.map(|((word, _), taken)| (format!("`{}` {word}", clause.show()), taken)).collect()
}

/// May something that it looks at be unknown? A document or an alert may belong to no item.
fn may_be_open(clause: &Op, indicator: &Indicator) -> bool {
    let by_itself = matches!(indicator.each, View::Document | View::Alert);
    let is_gap = |(view, field): &(View, usize)| {
        *view == View::Item && by_itself || view.fields().get(*field).is_some_and(|field| field.may_be_unknown())
    };
    !matches!(clause, Op::Known(_)) && clause.fields().iter().any(is_gap)
}
