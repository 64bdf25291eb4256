//! Other values that a field could have, as far as rules tell them apart.
//!
//! In: the tests of indicators. Out: for a field and its value those that at least one test answers otherwise: one value for
//! each set of answers, the nearest to what stands there. Not here: what comes of them (`turns.rs`).

use std::collections::BTreeMap;

use crate::profile::Indicator;
use crate::profile::facts::Frame;
use crate::profile::field::{Domain, Kind};
use crate::profile::native::Op;
use crate::profile::value::Value;
use crate::profile::view::View;

/// Values of one field that are tried at most.
const MAX_VALUES: usize = 64;

/// The clauses of all tests, by the one field that they look at.
pub(super) struct Alternatives<'a> {
    clauses: BTreeMap<(View, usize), Vec<&'a Op>>,
}

impl<'a> Alternatives<'a> {
    /// Gathers the clauses of native tests; an interpreted one says nothing of the values that it tells apart.
    pub(super) fn of(indicators: impl Iterator<Item = &'a Indicator>) -> Self {
        let mut clauses: BTreeMap<(View, usize), Vec<&Op>> = BTreeMap::new();
        for op in indicators.filter_map(|indicator| indicator.native.as_ref()) {
            op.visit(&mut |part| {
                let is_clause = !matches!(part, Op::And(_) | Op::Or(_) | Op::Not(_) | Op::Constant(_));
                if let ([field], true) = (part.fields().as_slice(), is_clause) {
                    let known = clauses.entry(*field).or_default();
                    if !known.contains(&part) {
                        known.push(part);
                    }
                }
            });
        }
        Self { clauses }
    }

    /// Values instead of `now`, each with its words.
    pub(super) fn to(&self, view: View, field: usize, now: &Value) -> Vec<(Value, String)> {
        let (Some(clauses), Some(spec)) = (self.clauses.get(&(view, field)), view.fields().get(field)) else {
            return Vec::new();
        };
        let constants = constants(clauses);
        let values = match spec.kind {
            Kind::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Kind::Number => numbers(&constants, spec.domain, now),
            Kind::Text => texts(&constants, spec.domain, now),
            Kind::Texts => sets(&constants, now),
        };
        let answers = |value: &Value| -> Vec<Option<bool>> {
            let mut row = vec![Value::Bool(false); view.fields().len()];
            if let Some(slot) = row.get_mut(field) {
                *slot = value.clone();
            }
            let row = row.into();
            clauses.iter().map(|clause| truth(clause, &Frame::of(view, &row))).collect()
        };
        let mut seen = vec![answers(now)];
        let mut kept = Vec::new();
        for value in values.into_iter().take(MAX_VALUES) {
            let said = answers(&value);
            if !seen.contains(&said) {
                seen.push(said);
                let words = in_words(now, &value);
                kept.push((value, words));
            }
        }
        kept
    }
}

/// Does a clause hold? Of one that is no test by itself, such as a number in a sum, nothing is told.
fn truth(clause: &Op, frame: &Frame<'_>) -> Option<bool> {
    match clause.value(frame).as_ref() {
        Value::Bool(yes) => Some(*yes),
        _ => None,
    }
}

/// Everything that the clauses compare with, sets member by member.
fn constants(clauses: &[&Op]) -> Vec<Value> {
    let mut found = Vec::new();
    for clause in clauses {
        clause.visit(&mut |part| match part {
            Op::Constant(Value::Texts(set)) => {
                found.push(Value::Texts(set.clone()));
                found.extend(set.iter().map(|text| Value::text(text)));
            }
            Op::Constant(value) => found.push(value.clone()),
            _ => {}
        });
    }
    found
}

/// Each threshold and its neighbours, the nearest to what stands there first.
fn numbers(constants: &[Value], domain: Domain, now: &Value) -> Vec<Value> {
    let step = |number: f64| if matches!(domain, Domain::Share) || number.abs() < 1.0 { 0.01 } else { 1.0 };
    let thresholds =
        constants.iter().filter_map(|value| if let Value::Number(number) = value { Some(*number) } else { None });
    let mut numbers: Vec<f64> = thresholds.flat_map(|n| [n - step(n), n, n + step(n)]).collect();
    numbers.retain(|number| !matches!(domain, Domain::Share | Domain::Count) || *number >= 0.0);
    let from = if let Value::Number(now) = now { *now } else { 0.0 };
    numbers.sort_by(|a, b| (a - from).abs().total_cmp(&(b - from).abs()));
    numbers.into_iter().map(Value::Number).collect()
}

/// Each text that some test asks for, and one that none does. Words are added to those that stand there.
fn texts(constants: &[Value], domain: Domain, now: &Value) -> Vec<Value> {
    let asked =
        constants.iter().filter_map(|value| if let Value::Text(text) = value { Some(text.as_ref()) } else { None });
    let stands = if let Value::Text(text) = now { text.as_ref() } else { "" };
    let put = |text: &str| match domain {
        Domain::Folded | Domain::Declared => Value::text(format!("{stands} {text}").trim()),
        _ => Value::text(text),
    };
    [Value::text("")].into_iter().chain(asked.map(put)).collect()
}

/// The set without a member or all that are asked for, and with one of those.
fn sets(constants: &[Value], now: &Value) -> Vec<Value> {
    let stands: Vec<&str> =
        if let Value::Texts(set) = now { set.iter().map(AsRef::as_ref).collect() } else { Vec::new() };
    let without = |gone: &dyn Fn(&str) -> bool| Value::texts(stands.iter().copied().filter(|text| !gone(text)));
    let mut sets = Vec::new();
    for constant in constants {
        match constant {
            Value::Text(text) if stands.contains(&text.as_ref()) => sets.push(without(&|own| *own == **text)),
            Value::Text(text) => sets.push(Value::texts(stands.iter().copied().chain([text.as_ref()]))),
            Value::Texts(set) => sets.push(without(&|own| set.iter().any(|text| **text == *own))),
            _ => {}
        }
    }
    sets.push(without(&|_| true));
    sets
}

/// A value as it would stand there; of a set what would be gone from it or added to it.
fn in_words(now: &Value, then: &Value) -> String {
    let (Value::Texts(before), Value::Texts(after)) = (now, then) else {
        return match then {
            Value::Text(text) if text.is_empty() => "none of those that rules ask for".to_owned(),
            other => other.show(),
        };
    };
    let gone: Vec<&str> = before.iter().filter(|text| !after.contains(text)).map(AsRef::as_ref).collect();
    let added: Vec<&str> = after.iter().filter(|text| !before.contains(text)).map(AsRef::as_ref).collect();
    match (gone.as_slice(), added.as_slice()) {
        ([], added) => format!("with {}", added.join(", ")),
        (gone, []) => format!("without {}", gone.join(", ")),
        _ => then.show(),
    }
}
