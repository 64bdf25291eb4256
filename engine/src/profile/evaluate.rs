//! Runs every indicator over the facts of one consignment. Everything is evaluated; nothing decides here.

use rhai::{CallFnOptions, Scope};

use super::facts::{Facts, Frame, Subject};
use super::indicator::{Indicator, Status};
use super::load::ProfileSet;
use super::sandbox::{self, Budget, MAX_OPERATIONS_A_BILL};
use super::value::Value;
use crate::codes::{Date, Period};
use crate::label::Label;

/// How a test came out for one subject. What is not met is not reported.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    Met,
    /// It could not be told; the reason.
    Unverifiable(String),
    /// The script failed; the message.
    Failed(String),
}

/// One indicator over one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Index of the indicator.
    pub indicator: usize,
    /// Index of the subject among those of its view.
    pub subject: usize,
    /// How it came out.
    pub state: State,
}

impl ProfileSet {
    /// Outcomes by indicator, then by subject. Only what the index does not rule out is asked.
    pub fn evaluate(&self, facts: &Facts, as_of: Date) -> Vec<Outcome> {
        self.evaluate_under(Label::Red, facts, as_of)
    }

    /// The same without the indicators under a stricter label than `clearance`: they take no share of the budget either.
    pub fn evaluate_under(&self, clearance: Label, facts: &Facts, as_of: Date) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let mut budget = Budget::of_a_bill();
        self.index.candidates(facts, |n, s, frame, rest| {
            let acts = |indicator: &&Indicator| indicator.handling <= clearance && self.acts(indicator, as_of);
            let Some(indicator) = self.indicators.get(n).filter(acts) else { return };
            let state = match rest.or(indicator.native.as_ref()) {
                Some(op) => match op.truth(frame) {
                    Ok(true) => State::Met,
                    Ok(false) => return,
                    Err(why) => State::Unverifiable(why.to_string()),
                },
                None => match self.interpret_within(indicator, frame, &mut budget) {
                    Ok(Value::Bool(true)) => State::Met,
                    Ok(Value::Unknown(why)) => State::Unverifiable(why.to_string()),
                    Ok(_) => return,
                    Err(why) => State::Failed(why),
                },
            };
            outcomes.push(Outcome { indicator: n, subject: s, state });
        });
        outcomes.sort_unstable_by_key(|outcome| (outcome.indicator, outcome.subject));
        outcomes
    }

    /// Does it act on that day?
    pub fn acts(&self, indicator: &Indicator, as_of: Date) -> bool {
        self.profile_of(indicator).is_some_and(|profile| {
            let from = profile.effective.from.filter(|_| !self.has_begun);
            profile.status != Status::Deprecated && Period { from, ..profile.effective }.contains(as_of)
        })
    }

    /// One test: native where there is a native form, else interpreted.
    pub fn test(&self, indicator: &Indicator, facts: &Facts, subject: &Subject) -> Result<Value, String> {
        let frame = facts.frame(indicator.each, subject);
        match &indicator.native {
            Some(op) => Ok(op.value(&frame).into_owned()),
            None => self.interpret(indicator, &frame),
        }
    }

    /// The same by the interpreter, which is the meaning.
    pub fn interpret(&self, indicator: &Indicator, frame: &Frame<'_>) -> Result<Value, String> {
        self.interpret_within(indicator, frame, &mut Budget::of_a_bill())
    }

    /// The same; what does not get its turn within the budget is an error.
    fn interpret_within(&self, indicator: &Indicator, frame: &Frame<'_>, budget: &mut Budget) -> Result<Value, String> {
        let profile = self.profile_of(indicator).ok_or("its profile is gone")?;
        let arguments: Vec<rhai::Dynamic> = indicator
            .takes
            .iter()
            .map(|view| sandbox::argument(*view, frame.values(*view).cloned().unwrap_or_else(|| Vec::new().into())))
            .collect();
        let options = CallFnOptions::new().eval_ast(false);
        let (mut scope, script) = (Scope::new(), profile.ast());
        let call = || {
            let answer: Result<rhai::Dynamic, _> =
                self.engine().call_fn_with_options(options, &mut scope, script, &indicator.name, arguments);
            answer.map_err(|error| error.to_string()).and_then(sandbox::returned)
        };
        budget.spend(call).unwrap_or_else(|| {
            Err(format!("the interpreted tests of this bill used up their {MAX_OPERATIONS_A_BILL} operations"))
        })
    }
}
