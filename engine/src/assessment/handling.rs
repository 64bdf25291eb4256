//! Who may see what is told: the strictest label of all that it rests on.
//!
//! In: an indicator and the subject that it is told of. Out: a [`Label`]. A hit, an open point and a next step quote the
//! record behind them (its number, its title, the words that met), so they are as secret as it is.
//! Not here: what a record without a label counts as (`label.rs`), who the reader is (the service).

use super::given::Concluding;
use crate::label::Label;
use crate::profile::Indicator;
use crate::profile::facts::Subject;
use crate::profile::field::Rests;
use crate::profile::view::View;

/// The strictest of the indicator's label and that of the record behind the subject.
pub(super) fn of(from: &Concluding<'_>, indicator: &Indicator, subject: &Subject) -> Label {
    let evidence = from.evidence;
    let record = match indicator.each {
        View::Alert => evidence.alerts.get(subject.n).map(|alert| alert.handling),
        View::Document if shows(indicator, Rests::Register) => {
            evidence.documents.get(subject.n).map(|document| document.handling)
        }
        View::Party if shows(indicator, Rests::WatchList) => {
            evidence.parties.get(subject.n).and_then(|party| party.watch.as_ref().map(|_| party.watch_handling))
        }
        _ => None,
    };
    indicator.handling.max(record.unwrap_or_default())
}

/// Does the indicator look at, or its sentences show, what stands in a record of that kind?
pub(super) fn shows(indicator: &Indicator, record: Rests) -> bool {
    let steps = indicator.next_steps.iter().flat_map(|step| [&step.to, &step.why]);
    let texts = [&indicator.reason, &indicator.settled_by].into_iter().chain(&indicator.sources).chain(steps);
    let shown = texts.flat_map(|text| text.slots());
    let rests = |(view, n): (View, usize)| view.fields().get(n).is_some_and(|field| field.rests == record);
    indicator.reads.iter().copied().chain(shown).any(rests)
}
