//! From example bills to a test: what all bills of one pile share, and no bill of the other.
//!
//! In: the facts of bills that a rule must fire on, and of bills that it must not. Out: [`Learned`], a test over goods items in
//! the words of the rule language; `None` when nothing that a rule may look at parts them. Only what has words, codes or a yes is
//! looked at: two examples say nothing of a threshold. Not here: whether the test is wise (its writer reads it, cases hold it).
//! Cost: values of one bill times the items of all.

use crate::profile::Facts;
use crate::profile::field::Domain;
use crate::profile::native::Op;
use crate::profile::value::{Compare, Value};
use crate::profile::view::View;

/// A test that parts the bills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// As a rule writer would write it.
    pub test: String,
    /// It looks at the consignment too, not only at the item.
    pub of_consignment: bool,
}

/// Clauses of one learned test: more of them describe the examples, not the risk.
const MAX_CLAUSES: usize = 8;

/// A test that fires on every bill of `hits` and on none of `misses`.
pub fn learn(hits: &[Facts], misses: &[Facts]) -> Option<Learned> {
    let first = hits.first()?;
    let items = 0..first.of(View::Item).len();
    items.into_iter().find_map(|item| parted(candidates(first, item), hits, misses)).map(|clauses| Learned {
        test: clauses.iter().map(Op::show).collect::<Vec<_>>().join(" and "),
        of_consignment: clauses.iter().flat_map(Op::fields).any(|(view, _)| view == View::Consignment),
    })
}

/// Clauses that hold together in every hit and in no miss: first those that name codes of a table, then the one that leaves out the
/// most of what is left.
fn parted(candidates: Vec<(u8, Op)>, hits: &[Facts], misses: &[Facts]) -> Option<Vec<Op>> {
    let mut clauses: Vec<Op> = Vec::new();
    let mut left: Vec<&Facts> = misses.iter().collect();
    while clauses.is_empty() || !left.is_empty() {
        let mut best: Option<(usize, u8, &Op)> = None;
        for (rank, candidate) in candidates.iter().filter(|(_, candidate)| !clauses.contains(candidate)) {
            let with: Vec<&Op> = clauses.iter().chain([candidate]).collect();
            if !hits.iter().all(|facts| fires(&with, facts)) {
                continue;
            }
            let stays = left.iter().filter(|facts| fires(&with, facts)).count();
            // What leaves out nothing is taken only to begin with a code.
            let is_better = best.is_none_or(|(other, of, _)| (stays, *rank) < (other, of));
            if is_better && (stays < left.len() || clauses.is_empty() && *rank == 0) {
                best = Some((stays, *rank, candidate));
            }
        }
        let (_, _, clause) = best?;
        clauses.push(clause.clone());
        let with: Vec<&Op> = clauses.iter().collect();
        left.retain(|facts| fires(&with, facts));
        if clauses.len() > MAX_CLAUSES {
            return None;
        }
    }
    Some(clauses)
}

/// Does some item meet all clauses?
fn fires(clauses: &[&Op], facts: &Facts) -> bool {
    facts.of(View::Item).iter().any(|item| {
        let frame = facts.frame(View::Item, item);
        clauses.iter().all(|clause| clause.truth(&frame) == Ok(true))
    })
}

/// Every clause that holds for an item of a bill, with how good a description it is: 0 is a code of a table, 1 a word, 2 a yes or a
/// no, 3 digits of the HS code.
fn candidates(facts: &Facts, item: usize) -> Vec<(u8, Op)> {
    let Some(subject) = facts.of(View::Item).get(item) else { return Vec::new() };
    let frame = facts.frame(View::Item, subject);
    let mut found = Vec::new();
    for view in [View::Item, View::Consignment] {
        for (n, field) in view.fields().iter().enumerate() {
            let rank = match field.domain {
                Domain::Of(_) => 0,
                Domain::Words(_) => 1,
                Domain::Digits(..) => 3,
                Domain::Any | Domain::Declared | Domain::Folded | Domain::Share | Domain::Count => 2,
            };
            let own = Op::Field(view, n);
            match frame.value(view, n) {
                Value::Bool(true) => found.push((2, own)),
                Value::Bool(false) => found.push((2, Op::Not(own.into()))),
                Value::Text(text) if rank != 2 && !text.is_empty() => {
                    let word = Op::Constant(Value::Text(text));
                    found.push((rank, Op::Compare(Compare::Equal, own.into(), word.into())));
                }
                Value::Texts(set) if rank != 2 => found.extend(set.iter().map(|member| {
                    let word = Op::Constant(Value::Text(member.clone()));
                    (rank, Op::Contains(own.clone().into(), word.into()))
                })),
                _ => {}
            }
        }
    }
    found
}
