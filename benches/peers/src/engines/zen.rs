//! GoRules' expression language (crate `zen-expression`): byte code for each rule, a variable for each subject.

use palisander_engine::rules::View;
use zen_expression::expression::Standard;
use zen_expression::vm::VM;
use zen_expression::{Expression, Variable, compile_expression};

use super::zen_words::written;
use super::{Met, Pass};
use crate::seen::{Consignment, Rule};

/// Byte code by view, variables by consignment.
pub fn pass<'a>(rules: &[Rule], all: &[Consignment]) -> Pass<'a> {
    let programs: Vec<(usize, View, Expression<Standard>)> =
        rules.iter().map(|rule| (rule.n, rule.each, compile_expression(&written(&rule.test)).unwrap())).collect();
    let variables: Vec<Vec<(View, usize, Variable)>> = all
        .iter()
        .map(|one| {
            one.subjects.iter().map(|subject| (subject.view, subject.n, Variable::from(&subject.frame))).collect()
        })
        .collect();
    let mut vm = VM::new();
    Box::new(move || -> Met {
        let mut of = |subjects: &Vec<(View, usize, Variable)>| {
            let mut met = Vec::new();
            for (view, subject, variable) in subjects {
                for (n, _, program) in programs.iter().filter(|(_, each, _)| each == view) {
                    match program.evaluate_with(variable.clone(), &mut vm).unwrap() {
                        Variable::Bool(true) => met.push((*n, *subject)),
                        Variable::Bool(false) => {}
                        other => panic!("rule {n} gives {other:?}"),
                    }
                }
            }
            met.sort_unstable();
            met
        };
        variables.iter().map(&mut of).collect()
    })
}
