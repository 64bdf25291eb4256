//! What others took from a permit, held against what the goods would take.
//!
//! In: a match, and what stands on the permit before this consignment. Out: the same match with the problems of reuse and
//! quantity; where it cannot be told, a problem that says so, and what was consistent is unverifiable. Not here: who stands
//! before whom (`history`), nor any booking (`ledger`).

use super::judge::quantity::TOLERANCE;
use super::ledger::Use;
use super::problem::{Problem, ProblemCode, Taking, Verdict, in_order};
use super::register::PermitMatch;

/// Consignments named in one problem; the rest is counted.
pub const NAMED: usize = 10;
/// Uses that are held against each other for the same days at two ports: a permit has seldom more than two.
pub const MAX_TRAVEL: usize = 64;

/// What other consignments took from a permit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spent {
    /// Amount in the permit's base unit.
    pub used: f64,
    /// Consignments that took it.
    pub n: usize,
    /// The first of them, at most `NAMED`.
    pub by: Vec<String>,
    /// Two ports at which it was in the same days.
    pub elsewhere: Option<(String, String)>,
}

impl Spent {
    /// The uses of a ledger, in its order. The asking consignment's own are left out by the caller.
    pub fn of<'a>(uses: impl IntoIterator<Item = &'a Use>) -> Self {
        let uses: Vec<&Use> = uses.into_iter().collect();
        let port = |use_: &Use| use_.port.clone().unwrap_or_default();
        let first = || uses.iter().take(MAX_TRAVEL);
        let elsewhere = first().enumerate().find_map(|(n, a)| {
            let b = first().skip(n + 1).find(|b| a.overlaps_elsewhere(b))?;
            Some((port(a), port(b)))
        });
        Self {
            used: uses.iter().map(|use_| use_.amount()).sum(),
            n: uses.len(),
            by: uses.iter().take(NAMED).map(|use_| use_.consignment.clone()).collect(),
            elsewhere,
        }
    }

    fn names(&self) -> String {
        let named = self.by.join(", ");
        match self.n.saturating_sub(self.by.len()) {
            0 => named,
            more => format!("{named} and {more} more"),
        }
    }
}

/// Adds to what a match found what others took; `Err` says why it cannot be told.
pub fn settle(taking: &Taking, verdict: &mut Verdict, problems: &mut Vec<Problem>, spent: Result<&Spent, &str>) {
    match spent {
        Ok(spent) if spent.n == 0 => return,
        Ok(spent) => {
            problems.extend(amount(taking, spent));
            let why = "another consignment used it; a document is valid for one";
            problems.push(problem(ProblemCode::Reused, taking.number.clone(), spent.names(), why));
            if let Some((a, b)) = &spent.elsewhere {
                let why = format!("it was at {a} and at {b} in the same days");
                problems.push(problem(ProblemCode::Reused, taking.number.clone(), "two ports".to_owned(), &why));
            }
            *verdict = Verdict::Inconsistent;
        }
        Err(why) => {
            let why = format!("what other consignments took from it cannot be told: {why}");
            problems.push(problem(ProblemCode::LedgerUnavailable, taking.number.clone(), String::new(), &why));
            if *verdict == Verdict::Consistent {
                *verdict = Verdict::Unverifiable;
            }
        }
    }
    in_order(problems);
}

impl PermitMatch {
    /// The same match with what others took from the document.
    pub fn settled(mut self, spent: Result<&Spent, &str>) -> Self {
        if let Some(taking) = self.taking.clone() {
            settle(&taking, &mut self.verdict, &mut self.problems, spent);
        }
        self
    }
}

/// Nothing is left, or less than the goods need.
fn amount(taking: &Taking, spent: &Spent) -> Option<Problem> {
    let (allowed, unit) = (taking.allowed, taking.unit);
    let left = (allowed - spent.used).max(0.0);
    if spent.used >= allowed * (1.0 - 1e-6) {
        let why = "earlier consignments used it up";
        return Some(problem(ProblemCode::QuantityExhausted, spent.names(), format!("{allowed:.3} {unit}"), why));
    }
    let least = taking.least.filter(|least| *least > left + allowed * TOLERANCE + 1e-9)?;
    let why = "the goods exceed what earlier consignments left";
    let code = ProblemCode::QuantityExceeded;
    Some(problem(code, format!("{least:.3} {unit}"), format!("{left:.3} {unit} left"), why))
}

fn problem(code: ProblemCode, declared: String, registered: String, why: &str) -> Problem {
    Problem { code, declared, registered, why: why.to_owned() }
}
