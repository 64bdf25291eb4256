//! The Common Expression Language (crate `cel`): a program for each rule, a context for each subject.

use ::cel::{Context, Program, Value};
use palisander_engine::rules::View;

use super::{Met, Pass, words};
use crate::seen::{Consignment, Rule, has_gaps};
use crate::tree::Test;

fn written(test: &Test) -> String {
    let joined = |parts: &[Test], by: &str| {
        let parts: Vec<String> = parts.iter().map(written).collect();
        format!("({})", parts.join(by))
    };
    let named = |field: &crate::tree::Field| format!("{}.{}", field.view, field.name);
    let guarded = |field, text: String| match has_gaps(field) {
        true => format!("({} != null && {text})", named(field)),
        false => text,
    };
    match test {
        Test::All(parts) => joined(parts, " && "),
        Test::Any(parts) => joined(parts, " || "),
        Test::Is(field, true) if !has_gaps(field) => named(field),
        Test::Is(field, yes) => format!("{} == {yes}", named(field)),
        Test::Text(field, true, word) => format!("{} == {word:?}", named(field)),
        Test::Text(field, false, word) => guarded(field, format!("{} != {word:?}", named(field))),
        Test::OneOf(field, set) => format!("{} in {}", named(field), words(set, "[", "]")),
        Test::Holds(field, word) => format!("{word:?} in {}", named(field)),
        Test::Shares(field, set) => format!("{}.exists(one, one in {})", named(field), words(set, "[", "]")),
        Test::Number(field, how, number) => guarded(field, format!("{} {how} {number:?}", named(field))),
    }
}

/// Programs by view, contexts by consignment.
pub fn pass<'a>(rules: &[Rule], all: &[Consignment]) -> Pass<'a> {
    let programs: Vec<(usize, View, Program)> =
        rules.iter().map(|rule| (rule.n, rule.each, Program::compile(&written(&rule.test)).unwrap())).collect();
    let context = |frame: &serde_json::Value| {
        let mut context = Context::default();
        for (name, value) in frame.as_object().unwrap() {
            context.add_variable_from_value(name.as_str(), ::cel::to_value(value).unwrap());
        }
        context
    };
    let contexts: Vec<Vec<(View, usize, Context<'static, 'static>)>> = all
        .iter()
        .map(|one| one.subjects.iter().map(|subject| (subject.view, subject.n, context(&subject.frame))).collect())
        .collect();
    Box::new(move || -> Met {
        let of = |subjects: &Vec<(View, usize, Context<'_, '_>)>| {
            let mut met = Vec::new();
            for (view, subject, context) in subjects {
                for (n, _, program) in programs.iter().filter(|(_, each, _)| each == view) {
                    match program.execute(context).unwrap() {
                        Value::Bool(true) => met.push((*n, *subject)),
                        Value::Bool(false) => {}
                        other => panic!("rule {n} gives {other:?}"),
                    }
                }
            }
            met.sort_unstable();
            met
        };
        contexts.iter().map(of).collect()
    })
}
