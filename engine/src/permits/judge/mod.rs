//! What is wrong with a presented document, given the document of the register that it claims to be.
//!
//! In: both, their comparison, the facts and alerts. Out: a verdict and every problem with the two values that met, and
//! what the goods would take from the document. The verdict says consistent, inconsistent or unverifiable; it never says
//! that a paper is false. Each file judges one subject and knows no other. Not here: what others took (`settle.rs`).
//! Sources: Resolution Conf. 12.3; CITES CoP17 Doc. 25 para. 44 and Annex 2.

mod dates;
mod endorsement;
mod goods;
pub(super) mod issuer;
mod paper;
pub(super) mod quantity;

use super::compare::{Comparison, Prepared};
use super::document::Document;
use super::issuer::IssuerFound;
use super::number::Relation;
use super::problem::{Judge, MatchContext, Problem, ProblemCode, Taking, Verdict, in_order};

/// What was found.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) problems: Vec<Problem>,
    /// Whom the name of the issuer means.
    pub(super) issuer: Option<IssuerFound>,
    pub(super) taking: Option<Taking>,
}

/// Judges a presented document against the document of the register.
pub(super) fn judge(
    asked: &Prepared<'_>,
    document: &Document,
    comparison: &Comparison,
    context: &MatchContext<'_>,
) -> Judged {
    let mut judge = Judge { asked, document, references: context.references, problems: Vec::new() };
    if comparison.relation == Some(Relation::Near) {
        let declared = asked.presented.number.unwrap_or_default();
        judge.add(
            ProblemCode::NumberAltered,
            declared,
            &document.number,
            "the other fields agree with this number of the register",
        );
    }
    paper::status(&mut judge);
    let taking = quantity::judge(&mut judge);
    dates::dates(&mut judge);
    dates::acquired(&mut judge);
    paper::kind(&mut judge);
    let issuer = issuer::issuer(&mut judge, context.issuer_alerts);
    goods::parties(&mut judge, comparison);
    goods::goods(&mut judge, comparison);
    goods::origin_permit(&mut judge);
    goods::term(&mut judge);
    paper::codes(&mut judge);
    endorsement::endorsement(&mut judge);
    let mut problems = judge.problems;
    in_order(&mut problems);
    let support = comparison.support();
    let open = problems.iter().any(|problem| problem.code.is_open());
    let verdict = match problems.iter().all(|problem| problem.code.is_open()) {
        false => Verdict::Inconsistent,
        true if open => Verdict::Unverifiable,
        // A number alone confirms nothing.
        true if support.agree == 0 => Verdict::Unverifiable,
        true => Verdict::Consistent,
    };
    Judged { verdict, problems, issuer, taking }
}
