//! The answer as a place in the order, and which indicators led there: for whoever compares rules over very many bills.
//!
//! In: the outcomes. Out: a [`Verdict`]. Lane, score and key are those of the full answer of the same bill; no sentence is made.
//! Not here: which verdicts are compared (`workbench::trial`).

use super::conclude::{Told, rank_key};
use super::given::Concluding;
use super::tally::counted;
use crate::profile::{Lane, Outcome, State};

/// Where a bill stands, and by which indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub lane: Lane,
    pub score: i64,
    /// The lower text is the more urgent.
    pub rank_key: String,
    /// Places of the indicators that fired in the set of rules, those in shadow too; rising.
    pub met: Vec<usize>,
    /// Of those that could not be told of any subject and fired for none; rising.
    pub open: Vec<usize>,
}

/// Concludes without a sentence.
pub fn conclude(from: &Concluding<'_>, outcomes: &[Outcome]) -> Verdict {
    let reached = Told::of(from, outcomes, false).reached();
    let (mut met, mut open) = (Vec::new(), Vec::new());
    // Outcomes come by indicator, so that each place stands once and in order.
    for outcome in outcomes {
        let Some(indicator) = from.profiles.indicators.get(outcome.indicator) else { continue };
        let Some(subject) = from.facts.of(indicator.each).get(outcome.subject) else { continue };
        let list = match &*counted(from.facts, indicator, subject, &outcome.state) {
            State::Met => &mut met,
            State::Unverifiable(_) | State::Failed(_) => &mut open,
        };
        if list.last() != Some(&outcome.indicator) {
            list.push(outcome.indicator);
        }
    }
    open.retain(|place| met.binary_search(place).is_err());
    Verdict { lane: reached.lane, score: reached.score, rank_key: rank_key(&reached, from), met, open }
}
