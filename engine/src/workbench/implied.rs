//! Does one test hold whenever another does? Told from their clauses alone, never from examples.
//!
//! In: two native tests over the same subject. Out: true only where it is proven: wherever the first is met, the second is met,
//! whatever is unknown. False says nothing. A test with one more `and` is met by less, one with one more `or` by more; a
//! threshold, a list and a beginning of a text are compared by their values; and whatever holds in every way in which the first
//! can be met follows from it. Not here: what is said of it (`compared.rs`).
//! Cost: what the caller lets it take, at most [`MAX_STEPS`] for one pair.

use super::clause::Clause;
use super::effort::{Effort, weight};
use super::ways::{Way, ways};
use crate::profile::native::Op;
use crate::profile::value::Value;

/// Steps in which a pair is looked at. All pairs of a shipped profile together take some ten thousand.
const MAX_STEPS: usize = 500_000;

/// Is the second met wherever the first is?
pub(super) fn implies(first: &Op, second: &Op, effort: &Effort<'_>) -> bool {
    follows(first, ways(first, true, effort).as_deref(), second, effort)
}

/// The same with the ways in which the first can be met; `None` = there are more than are followed.
pub(super) fn follows(first: &Op, ways: Option<&[Way<'_>]>, second: &Op, effort: &Effort<'_>) -> bool {
    let effort = effort.part(MAX_STEPS);
    Proof { effort: &effort }.yes(first, second)
        || ways.is_some_and(|ways| ways.iter().all(|way| way.meets(second, &effort)))
}

struct Proof<'e> {
    effort: &'e Effort<'e>,
}

impl Proof<'_> {
    /// One more question; false when there were too many.
    fn may_ask(&self, of: &Op) -> bool {
        self.effort.spend(1 + weight(of))
    }

    /// If `a` is true, is `b`?
    fn yes(&self, a: &Op, b: &Op) -> bool {
        if !self.may_ask(b) {
            return false;
        }
        match (a, b) {
            _ if a == b => true,
            (Op::Constant(Value::Bool(false)), _) | (_, Op::Constant(Value::Bool(true))) => true,
            (Op::Or(parts), _) => parts.iter().all(|part| self.yes(part, b)),
            (_, Op::And(parts)) => parts.iter().all(|part| self.yes(a, part)),
            (Op::And(parts), Op::Or(others)) => {
                parts.iter().any(|part| self.yes(part, b)) || others.iter().any(|part| self.yes(a, part))
            }
            (Op::And(parts), _) => parts.iter().any(|part| self.yes(part, b)),
            (_, Op::Or(parts)) => parts.iter().any(|part| self.yes(a, part)),
            (Op::Not(a), Op::Not(b)) => self.no(a, b),
            _ => within(a, b, true),
        }
    }

    /// If `a` is false, is `b`?
    fn no(&self, a: &Op, b: &Op) -> bool {
        if !self.may_ask(b) {
            return false;
        }
        match (a, b) {
            _ if a == b => true,
            (Op::Constant(Value::Bool(true)), _) | (_, Op::Constant(Value::Bool(false))) => true,
            (Op::And(parts), _) => parts.iter().all(|part| self.no(part, b)),
            (_, Op::Or(parts)) => parts.iter().all(|part| self.no(a, part)),
            (Op::Or(parts), Op::And(others)) => {
                parts.iter().any(|part| self.no(part, b)) || others.iter().any(|part| self.no(a, part))
            }
            (Op::Or(parts), _) => parts.iter().any(|part| self.no(part, b)),
            (_, Op::And(parts)) => parts.iter().any(|part| self.no(a, part)),
            (Op::Not(a), Op::Not(b)) => self.yes(a, b),
            _ => within(a, b, false),
        }
    }
}

/// Of two clauses about the same thing, as they hold.
fn within(a: &Op, b: &Op, yes: bool) -> bool {
    let (a, b) = (Clause::of(a, yes), Clause::of(b, yes));
    a.of == b.of && a.said.within(&b.said)
}

#[cfg(test)]
mod tests {
    use super::super::checks::tests;
    use super::*;
    use crate::assess::{Engine, Options};
    use crate::profile::facts::Facts;
    use crate::workbench::cases;

    #[test]
    fn narrower_tests_are_told_and_nothing_else_is() {
        let effort = Effort::of(usize::MAX);
        // (narrower, wider, is it proven the other way round too)
        let rows = [
            ("item.is_wood and item.origin == \"GA\"", "item.is_wood", false),
            ("item.is_wood", "item.is_wood or item.origin == \"GA\"", false),
            ("item.gross_mass_kg > 20", "item.gross_mass_kg > 10", false),
            ("item.gross_mass_kg > 10", "item.gross_mass_kg >= 10", false),
            ("item.gross_mass_kg <= 0.1", "item.gross_mass_kg < 0.2", false),
            ("item.origin == \"GA\"", "item.origin in [\"GA\", \"CM\"]", false),
            ("item.origin in [\"GA\", \"CM\"]", "item.origin in [\"CM\", \"GA\"]", true),
            ("not(item.origin in [\"GA\", \"CM\"])", "not(item.origin in [\"GA\"])", false),
            ("not(item.gross_mass_kg > 10)", "not(item.gross_mass_kg > 20)", false),
            (
                "\"Dalbergia\" in item.genera and item.is_wood",
                "item.genera.shares([\"Dalbergia\", \"Diospyros\"])",
                false,
            ),
            ("item.hs.starts_with(\"4407\")", "item.hs.starts_with(\"44\")", false),
            ("item.is_wood and item.gross_mass_kg > 9", "item.gross_mass_kg > 9 and item.is_wood", true),
            (
                "item.origin in [\"GA\", \"CM\"] and item.origin != \"GA\" and item.is_wood",
                "item.origin == \"CM\"",
                false,
            ),
            ("item.gross_mass_kg > item.net_mass_kg", "item.net_mass_kg < item.gross_mass_kg", true),
            ("item.words.says([\"ebony\"])", "item.words.says([\"ebony\", \"rosewood\"])", false),
            ("item.origin == \"GA\"", "known(item.origin)", false),
            ("item.is_wood and not(item.is_wood)", "item.origin == \"GA\"", false),
        ];
        for (narrow, wide, both) in rows {
            let [narrow, wide] = tests(&[narrow, wide]).try_into().unwrap();
            assert!(implies(&narrow, &wide, &effort), "{} → {}", narrow.show(), wide.show());
            assert_eq!(implies(&wide, &narrow, &effort), both, "{} → {}", wide.show(), narrow.show());
        }
        let [one, other] = tests(&["item.is_wood", "item.origin == \"GA\""]).try_into().unwrap();
        assert!(!implies(&one, &other, &effort) && !implies(&other, &one, &effort));
    }

    /// Whatever is said to be proven holds on the facts of all shipped cases, for every pair of shipped tests and their mutants.
    #[test]
    fn nothing_is_proven_that_a_bill_refutes() {
        let effort = Effort::of(usize::MAX);
        let engine = Engine::open(&Options::default()).unwrap();
        let facts: Vec<Facts> = cases::run_all(&engine).into_iter().map(|ran| ran.facts).collect();
        let mut proven = 0;
        for indicator in &engine.profiles().indicators {
            let Some(op) = &indicator.native else { continue };
            let mut others: Vec<Op> =
                super::super::mutation::mutants(op).into_iter().map(|(_, mutant)| mutant).collect();
            others.extend(
                engine
                    .profiles()
                    .indicators
                    .iter()
                    .filter(|one| one.each == indicator.each)
                    .filter_map(|one| one.native.clone()),
            );
            for other in &others {
                for (a, b) in [(op, other), (other, op)].into_iter().filter(|(a, b)| implies(a, b, &effort)) {
                    proven += 1;
                    for subject_of in &facts {
                        for subject in subject_of.of(indicator.each) {
                            let frame = subject_of.frame(indicator.each, subject);
                            let refuted = a.truth(&frame) == Ok(true) && b.truth(&frame) != Ok(true);
                            assert!(!refuted, "{} → {}", a.show(), b.show());
                        }
                    }
                }
            }
        }
        assert!(proven > 500, "{proven}");
    }
}
