//! Does one test hold whenever another does? Told from their clauses alone, never from examples.
//!
//! In: two native tests over the same subject. Out: true only where it is proven: wherever the first is met, the second is met,
//! whatever is unknown. False says nothing. A test with one more `and` is met by less, one with one more `or` by more; a
//! threshold, a list and a beginning of a text are compared by their values. Not here: what is said of it (`compared.rs`).
//! Cost: at most [`MAX_QUESTIONS`] pairs of parts.

use crate::profile::native::Op;
use crate::profile::value::{Compare, Value};

/// Pairs of parts that are looked at. The largest shipped test has some forty parts.
const MAX_QUESTIONS: usize = 20_000;
/// Numbers closer than this share of the larger, or of 1, may be equal to the interpreter, which forgives a rounding.
const APART: f64 = 1e-9;

/// Is the second met wherever the first is?
pub fn implies(first: &Op, second: &Op) -> bool {
    Proof { left: MAX_QUESTIONS }.yes(first, second)
}

struct Proof {
    left: usize,
}

impl Proof {
    /// One more question; false when there were too many.
    fn may_ask(&mut self) -> bool {
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }

    /// If `a` is true, is `b`?
    fn yes(&mut self, a: &Op, b: &Op) -> bool {
        if !self.may_ask() {
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
            _ => clause(a, b),
        }
    }

    /// If `a` is false, is `b`?
    fn no(&mut self, a: &Op, b: &Op) -> bool {
        if !self.may_ask() {
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
            // Both look at the same thing, so that one is known where the other is: `b` true would make `a` true.
            _ => clause(b, a),
        }
    }
}

/// Of two clauses about the same thing.
fn clause(a: &Op, b: &Op) -> bool {
    match (Asked::of(a), Asked::of(b)) {
        (Some(a), Some(b)) => a.of == b.of && a.about.within(&b.about),
        _ => false,
    }
}

/// A clause about one thing.
struct Asked<'o> {
    of: &'o Op,
    about: About<'o>,
}

/// What a clause says of it.
enum About<'o> {
    /// It is a number that stands so to this one.
    Number(Compare, f64),
    /// It is one of these texts.
    OneOf(Vec<&'o str>),
    /// It is not this text.
    Other(&'o str),
    /// It begins with this.
    Begins(&'o str),
    /// It is a set or text, and holds one of these.
    Holds(Vec<&'o str>),
}

impl<'o> Asked<'o> {
    fn of(op: &'o Op) -> Option<Self> {
        match op {
            Op::Compare(how, a, b) => match (&**a, &**b) {
                (of, Op::Constant(value)) => Self::compared(of, *how, value),
                (Op::Constant(value), of) => Self::compared(of, mirrored(*how), value),
                _ => None,
            },
            Op::Contains(set, item) => match (&**set, &**item) {
                (Op::Constant(Value::Texts(set)), of) => {
                    Some(Self { of, about: About::OneOf(set.iter().map(AsRef::as_ref).collect()) })
                }
                (of, Op::Constant(Value::Text(text))) => Some(Self { of, about: About::Holds(vec![text]) }),
                _ => None,
            },
            Op::Shares(a, b) => match (&**a, &**b) {
                (of, Op::Constant(Value::Texts(set))) | (Op::Constant(Value::Texts(set)), of) => {
                    Some(Self { of, about: About::Holds(set.iter().map(AsRef::as_ref).collect()) })
                }
                _ => None,
            },
            Op::StartsWith(of, prefix) => match &**prefix {
                Op::Constant(Value::Text(text)) => Some(Self { of, about: About::Begins(text) }),
                _ => None,
            },
            _ => None,
        }
    }

    fn compared(of: &'o Op, how: Compare, value: &'o Value) -> Option<Self> {
        let about = match (how, value) {
            (how, Value::Number(number)) => About::Number(how, *number),
            (Compare::Equal, Value::Text(text)) => About::OneOf(vec![text]),
            (Compare::NotEqual, Value::Text(text)) => About::Other(text),
            _ => return None,
        };
        Some(Self { of, about })
    }
}

fn mirrored(how: Compare) -> Compare {
    match how {
        Compare::Less => Compare::Greater,
        Compare::LessOrEqual => Compare::GreaterOrEqual,
        Compare::Greater => Compare::Less,
        Compare::GreaterOrEqual => Compare::LessOrEqual,
        same => same,
    }
}

impl About<'_> {
    /// Does whatever this is said of also meet the other?
    fn within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(how, a), Self::Number(other, b)) => number_within(*how, *a, *other, *b),
            (Self::OneOf(own), Self::OneOf(others)) | (Self::Holds(own), Self::Holds(others)) => {
                own.iter().all(|text| others.contains(text))
            }
            (Self::OneOf(own), Self::Other(text)) => !own.contains(text),
            (Self::OneOf(own), Self::Begins(with)) => own.iter().all(|text| text.starts_with(*with)),
            (Self::Other(own), Self::Other(text)) => own == text,
            (Self::Begins(own), Self::Begins(with)) => own.starts_with(*with),
            (Self::Begins(own), Self::Other(text)) => !text.starts_with(*own),
            _ => false,
        }
    }
}

/// Does every number that stands so to `a` stand so to `b`?
fn number_within(how: Compare, a: f64, other: Compare, b: f64) -> bool {
    let gap = APART * a.abs().max(b.abs()).max(1.0);
    let (is_same, is_above, is_below) = (a == b, a - b > gap, b - a > gap);
    match (how, other) {
        (Compare::Greater | Compare::GreaterOrEqual | Compare::Equal, Compare::Greater | Compare::GreaterOrEqual) => {
            is_above || is_same && (other == how || other == Compare::GreaterOrEqual)
        }
        (Compare::Less | Compare::LessOrEqual | Compare::Equal, Compare::Less | Compare::LessOrEqual) => {
            is_below || is_same && (other == how || other == Compare::LessOrEqual)
        }
        (Compare::Greater, Compare::NotEqual) => is_above || is_same,
        (Compare::GreaterOrEqual, Compare::NotEqual) => is_above,
        (Compare::Less, Compare::NotEqual) => is_below || is_same,
        (Compare::LessOrEqual, Compare::NotEqual) => is_below,
        (Compare::Equal, Compare::NotEqual) => is_above || is_below,
        (Compare::Equal, Compare::Equal) | (Compare::NotEqual, Compare::NotEqual) => is_same,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::{Engine, Options};
    use crate::profile::RuleSource;
    use crate::profile::facts::Facts;
    use crate::profile::{ProfileSet, RuleText};
    use crate::workbench::cases;

    /// Tests over an item, as a rule writer writes them.
    fn tests(written: &[&str]) -> Vec<Op> {
        let script: String =
            written.iter().enumerate().map(|(n, test)| format!("/// T.\nfn t{n}(item) {{ {test} }}\n")).collect();
        let one = |n| {
            format!("[[indicators]]\nname = \"t{n}\"\neach = \"item\"\npoints = 1\ngroup = \"g\"\nreason = \"r\"\n")
        };
        let head = "id = \"p\"\nuuid = \"8c0d7c52-1f3f-4c8e-9d7e-0c5b7f6f2a11\"\ntitle = \"T\"\nowner = \"o\"\nstatus = \"test\"\n\
            version = 1\nreview_by = \"2090-01-01\"\neffective_from = \"2020-01-01\"\ngenera = []\nwhy = \"w\"\nsources = [\"CITES Art. III\"]\n\
            innocent_explanations = [\"e\"]\n";
        let toml = format!("{head}{}", (0..written.len()).map(one).collect::<String>());
        let texts = [("p/profile.toml", toml), ("p/profile.rhai", script)];
        let texts = texts.map(|(path, text)| RuleText { path: path.to_owned(), text }).to_vec();
        let set = ProfileSet::load(&RuleSource { texts, ..RuleSource::default() }, &|_| true).unwrap();
        let own = |n: usize| set.indicators.iter().find(|own| own.name == format!("t{n}"));
        let native = |n: usize| own(n).and_then(|own| own.native.clone());
        (0..written.len()).map(|n| native(n).unwrap_or_else(|| panic!("{}: {:?}", written[n], set.faults))).collect()
    }

    #[test]
    fn narrower_tests_are_told_and_nothing_else_is() {
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
        ];
        for (narrow, wide, both) in rows {
            let [narrow, wide] = tests(&[narrow, wide]).try_into().unwrap();
            assert!(implies(&narrow, &wide), "{} → {}", narrow.show(), wide.show());
            assert_eq!(implies(&wide, &narrow), both, "{} → {}", wide.show(), narrow.show());
        }
        let [one, other] = tests(&["item.is_wood", "item.origin == \"GA\""]).try_into().unwrap();
        assert!(!implies(&one, &other) && !implies(&other, &one));
    }

    /// Whatever is said to be proven holds on the facts of all shipped cases, for every pair of shipped tests and their mutants.
    #[test]
    fn nothing_is_proven_that_a_bill_refutes() {
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
                for (a, b) in [(op, other), (other, op)].into_iter().filter(|(a, b)| implies(a, b)) {
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
