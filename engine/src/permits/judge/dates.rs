//! Days: issue, validity, extension, departure.
//!
//! In: the days of the paper, of the register and of the journey. Out: problems of time.

use crate::codes::{Appendix, Date};
use crate::permits::document::{PermitKind, Position};
use crate::permits::problem::{Judge, ProblemCode};

/// The day after `months` months.
fn months_after(day: Date, months: i32) -> Option<Date> {
    use jiff::ToSpan;
    day.checked_add(months.months()).ok()
}

pub(super) fn dates(judge: &mut Judge<'_>) {
    let presented = judge.asked.presented;
    let document = judge.document;
    let issued = document.issued_on.or(presented.issued_on);
    let expires = document.expires_on.or(presented.expires_on);
    for (declared, registered, which) in [
        (presented.issued_on, document.issued_on, "day of issue"),
        (presented.expires_on, document.expires_on, "last day of validity"),
    ] {
        let extended =
            which == "last day of validity" && document.extended_to.is_some() && declared == document.extended_to;
        if let (Some(declared), Some(registered)) = (declared, registered)
            && declared != registered
            && !extended
        {
            judge.add(ProblemCode::DateMismatch, declared, registered, &format!("the {which} on the paper is another"));
        }
    }
    let last_day = extended_to(judge, expires).or(expires);
    let limit = document.kind.longest_validity_months();
    if let (Some(issued), Some(expires), Some(months)) = (issued, expires, limit)
        && months_after(issued, months).is_some_and(|longest| expires > longest)
    {
        let why = format!("valid longer than the {months} months that a document of this type may be");
        judge.add(ProblemCode::ValidityTooLong, format!("{issued} to {expires}"), format!("{months} months"), &why);
    }
    let Some((day, which)) = presented.judged_on() else { return };
    if let Some(last_day) = last_day.filter(|last| day > *last) {
        // An extension that only the paper tells is no extension.
        let told = presented.claims_extension() && document.extended_to.is_none();
        let and = if told { "; the register holds no extension" } else { "" };
        judge.add(ProblemCode::Expired, day, last_day, &format!("it had expired at {which}{and}"));
    }
    let Some(issued) = issued.filter(|issued| day < *issued) else { return };
    if presented.departed_on.is_none() {
        return judge.add(ProblemCode::NotYetValid, day, issued, &format!("it was not issued yet at {which}"));
    }
    let appendix_one = document.positions.iter().any(|position| position.appendix == Some(Appendix::I));
    let said = document.retrospective || presented.claims_retrospective();
    if said {
        let why = if appendix_one {
            "issued after the goods had left; for Appendix I never allowed"
        } else {
            "issued after the goods had left and says so: allowed in stated exceptional cases only"
        };
        judge.add(ProblemCode::Retrospective, day, issued, why);
    }
    if !said || appendix_one {
        judge.add(ProblemCode::IssuedAfterDeparture, day, issued, "issued after the goods had left");
    }
}

/// Last day after a timber extension: wood of Appendix II or III in log, sawn or veneer, once, six months at most, the
/// goods being in the final port before the document expired.
fn extended_to(judge: &Judge<'_>, expires: Option<Date>) -> Option<Date> {
    let (document, presented) = (judge.document, judge.asked.presented);
    let registered = document.extended_to?;
    let expires = expires?;
    let wood = |position: &Position| {
        position.appendix != Some(Appendix::I)
            && position.term.as_deref().is_none_or(|term| matches!(term, "LOG" | "SAW" | "TIM" | "VEN"))
    };
    let in_port_in_time = presented.arrives_on.is_none_or(|arrives| arrives <= expires);
    let allowed = document.positions.iter().all(wood)
        && in_port_in_time
        && months_after(expires, 6).is_some_and(|longest| registered <= longest);
    allowed.then_some(registered)
}

/// Pre-Convention wood was acquired before the Convention first applied to it (Article VII.2, Resolution Conf. 13.6).
pub(super) fn acquired(judge: &mut Judge<'_>) {
    let (document, presented) = (judge.document, judge.asked.presented);
    let old = document.positions.iter().filter_map(|position| position.source).chain(presented.source);
    if document.kind != PermitKind::PreConvention && !old.into_iter().any(|source| source == 'O') {
        return;
    }
    let listings = &judge.references.listings;
    let first = judge.asked.taxa.iter().filter_map(|taxon| listings.first_day(taxon, presented.origin)).min();
    let latest = [document.acquired_on, presented.acquired_on].into_iter().flatten().max();
    if let (Some(first), Some(latest)) = (first, latest)
        && latest >= first
    {
        let why = "acquired on or after the day on which the Convention first applied to it: not pre-Convention";
        judge.add(ProblemCode::AcquiredAfterListing, latest, first, why);
    }
}
