//! Thirty rules: natively, by hand, and by other engines; which of them which subject meets must be the same.

use std::hint::black_box;
use std::path::Path;

use palisander_engine::rules::{Facts, Outcome, State};
use palisander_tests::generator::Made;
use serde_json::{Value, json};

use crate::engines::{Met, zen_words};
use crate::rounds::{Way, compare as timed};
use crate::seen::{Consignment, Rule, rules};
use crate::tree::Test;
use crate::{ENGINE, as_of, child, generated, hand, parsed_of};

const SUBJECT: &str = "thirty rules";
/// Timber consignments of each make, honest and planted.
const EACH: usize = 64;

fn facts() -> Vec<Facts> {
    let parsed = [parsed_of(Made::Honest, EACH), parsed_of(Made::Planted, EACH)].concat();
    let of = |parsed: &palisander_engine::manifests::Parsed| {
        let one = &parsed.manifest.consignments[0];
        let gathered = ENGINE.gather(&parsed.manifest, one, as_of());
        ENGINE.facts(&ENGINE.settle(gathered, &ENGINE.past()), &parsed.faults_of(0))
    };
    parsed.iter().map(of).collect()
}

/// What json-rules-engine takes for a test: facts are named `view.field`.
fn conditions(test: &Test) -> Value {
    let named = |field: &crate::tree::Field| format!("{}.{}", field.view, field.name);
    let one =
        |field, operator: &str, value: Value| json!({ "fact": named(field), "operator": operator, "value": value });
    match test {
        Test::All(parts) => json!({ "all": parts.iter().map(conditions).collect::<Vec<_>>() }),
        Test::Any(parts) => json!({ "any": parts.iter().map(conditions).collect::<Vec<_>>() }),
        Test::Is(field, yes) => one(field, "equal", json!(yes)),
        Test::Text(field, true, word) => one(field, "equal", json!(word)),
        Test::Text(field, false, word) => {
            json!({ "all": [one(field, "notEqual", Value::Null), one(field, "notEqual", json!(word))] })
        }
        Test::OneOf(field, set) => one(field, "in", json!(set)),
        Test::Holds(field, word) => one(field, "contains", json!(word)),
        Test::Shares(field, set) => one(field, "shares", json!(set)),
        Test::Number(field, how, number) => {
            let operator = match *how {
                "==" => "equal",
                ">" => "greaterThan",
                _ => "greaterThanInclusive",
            };
            one(field, operator, json!(number))
        }
    }
}

/// Rules by view, and of each consignment the subjects with their facts under flat names.
fn question(rules: &[Rule], all: &[Consignment]) -> Value {
    let rule = |rule: &Rule| {
        let test = conditions(&rule.test);
        let conditions = if test.get("fact").is_some() { json!({ "all": [test] }) } else { test };
        json!({ "n": rule.n, "each": rule.each.name(), "conditions": conditions, "zen": zen_words::written(&rule.test) })
    };
    let subject = |subject: &crate::seen::Subject| {
        let mut flat = serde_json::Map::new();
        for (view, fields) in subject.frame.as_object().unwrap() {
            flat.extend(
                fields.as_object().unwrap().iter().map(|(name, value)| (format!("{view}.{name}"), value.clone())),
            );
        }
        json!({ "each": subject.view.name(), "n": subject.n, "facts": flat, "frame": subject.frame })
    };
    let consignment = |one: &Consignment| one.subjects.iter().map(subject).collect::<Vec<_>>();
    json!({ "rules": rules.iter().map(rule).collect::<Vec<_>>(), "consignments": all.iter().map(consignment).collect::<Vec<_>>() })
}

fn met(outcomes: Vec<Outcome>) -> Vec<(usize, usize)> {
    let met = outcomes.into_iter().filter(|outcome| outcome.state == State::Met);
    met.map(|outcome| (outcome.indicator, outcome.subject)).collect()
}

/// Asserts that all say the same, then times them in turns.
pub fn compare(folder: &Path) {
    let (facts, set, rules) = (facts(), generated::profiles(generated::THIRTY.len()), rules());
    let all: Vec<Consignment> = facts.iter().map(|facts| Consignment::of(facts, &rules)).collect();
    let expected: Met = all.iter().map(|one| one.met.clone()).collect();
    let n_met: usize = expected.iter().map(Vec::len).sum();
    assert!(n_met > EACH, "{n_met} are met: too little for a comparison");
    let own: Met = facts.iter().map(|facts| met(set.evaluate(facts, as_of()))).collect();
    assert_eq!(own, expected);

    let mut ways = vec![
        Way::new("Palisander", || {
            facts.iter().for_each(|facts| drop(black_box(set.evaluate(black_box(facts), as_of()))))
        }),
        Way::new("by hand in Rust", || {
            facts.iter().for_each(|facts| drop(black_box(hand::evaluate(black_box(facts)))))
        }),
    ];
    #[allow(unused_macros, reason = "a build may have none of the peers")]
    macro_rules! peer {
        ($feature:literal, $name:literal, $module:ident) => {
            #[cfg(feature = $feature)]
            {
                let mut pass = crate::engines::$module::pass(&rules, &all);
                assert_eq!(pass(), expected, "{}", $name);
                ways.push(Way::new($name, move || drop(black_box(pass()))));
            }
            #[cfg(not(feature = $feature))]
            crate::rounds::left_out(SUBJECT, $name, "the build is without it");
        };
    }
    peer!("cel", "cel", cel);
    peer!("regorus", "regorus", rego);
    peer!("zen-expression", "zen-expression", zen);
    let file = folder.join("rules.json");
    std::fs::write(&file, question(&rules, &all).to_string()).unwrap();
    ways.extend(child::way(SUBJECT, "zen-engine (PyPI)", child::RULES, &file, &json!(expected)));
    ways.extend(child::way(SUBJECT, "json-rules-engine (npm)", child::NODE, &file, &json!(expected)));
    timed(SUBJECT, ways);
}
