//! Rego (crate `regorus`): one policy of thirty rules over a whole consignment, on its virtual machine.

use std::fmt::Write as _;

use palisander_engine::rules::View;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

use super::{Met, Pass, words};
use crate::seen::{Consignment, Rule};
use crate::tree::{Field, Test};

const MET: &str = "data.thirty.met";

/// A line that holds; comparisons of what is unknown with anything are no.
fn line(test: &Test) -> String {
    let named = |field: &Field| match field.view.as_str() {
        "consignment" => format!("input.consignment[0].{}", field.name),
        view => format!("{view}.{}", field.name),
    };
    match test {
        Test::Is(field, yes) => format!("{} == {yes}", named(field)),
        Test::Text(field, true, word) => format!("{} == {word:?}", named(field)),
        Test::Text(field, false, word) => format!("{0} != null; {0} != {word:?}", named(field)),
        Test::OneOf(field, set) => format!("{} in {}", named(field), words(set, "{", "}")),
        Test::Holds(field, word) => format!("{word:?} in {}", named(field)),
        Test::Shares(field, set) => format!("some one in {}; one in {}", named(field), words(set, "{", "}")),
        Test::Number(field, how, number) => format!("{} {how} {number}", named(field)),
        Test::All(_) | Test::Any(_) => unreachable!("cases have neither"),
    }
}

fn policy(rules: &[Rule]) -> String {
    let mut text = String::from("package thirty\nimport rego.v1\n");
    for rule in rules {
        let view = rule.each.name();
        for case in rule.test.cases() {
            let lines: Vec<String> = case.into_iter().map(line).collect();
            let item = match rule.each {
                View::Taxon => "; item := input.item[taxon.item_at]",
                _ => "",
            };
            writeln!(
                text,
                "met contains [{}, s] if {{ some s, {view} in input.{view}{item}; {} }}",
                rule.n,
                lines.join("; ")
            )
            .unwrap();
        }
    }
    text
}

/// The program, inputs by consignment.
pub fn pass<'a>(rules: &[Rule], all: &[Consignment]) -> Pass<'a> {
    let mut engine = Engine::new();
    engine.add_policy("thirty.rego".to_owned(), policy(rules)).unwrap();
    let compiled = engine.compile_with_entrypoint(&MET.into()).unwrap();
    let mut vm = RegoVM::new();
    vm.load_program(Compiler::compile_from_policy(&compiled, &[MET]).unwrap());
    let inputs: Vec<Value> = all.iter().map(|one| Value::from_json_str(&one.whole.to_string()).unwrap()).collect();
    Box::new(move || -> Met {
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let mut of = |input: &Value| {
            vm.set_input(input.clone());
            let met = vm.execute().unwrap();
            let pair = |pair: &Value| (number(&pair[0_usize]), number(&pair[1_usize]));
            met.as_set().unwrap().iter().map(pair).collect()
        };
        inputs.iter().map(&mut of).collect()
    })
}
