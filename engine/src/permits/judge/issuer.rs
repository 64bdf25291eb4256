//! Who issued: was it designated on that day, and is it under an alert?
//!
//! In: names of the issuer on paper and in the register, the authorities table, alerts on issuers. Out: whom the name means,
//! and problems. The paper is judged without a register as well: whose papers count is law, not record.

use crate::codes::{CountryCode, Date};
use crate::permits::document::Document;
use crate::permits::issuer::{IssuerFound, IssuerStanding};
use crate::permits::presented::PresentedPermit;
use crate::permits::problem::{IssuerAlert, Judge, Problem, ProblemCode};
use crate::reference::References;

/// Adds the problems of the issuer; gives whom the name on the paper means, else the one in the register.
pub(super) fn issuer(judge: &mut Judge<'_>, alerts: &[IssuerAlert]) -> Option<IssuerFound> {
    let (document, presented) = (judge.document, judge.asked.presented);
    let day = document.issued_on.or(presented.issued_on).or(presented.judged_on().map(|(day, _)| day));
    let country = document.issuing_country.or(presented.issuing_country);
    let found = named(presented, Some(document), country, day, judge.references);
    judge.problems.extend(found.iter().filter_map(|found| problem(found, country, day)));
    under_alert(judge, alerts, country, day);
    found.into_iter().next()
}

/// The same for a paper of which the register holds nothing.
pub(in crate::permits) fn of_paper(
    presented: &PresentedPermit<'_>,
    references: &References,
) -> (Option<IssuerFound>, Option<Problem>) {
    let day = presented.issued_on.or(presented.judged_on().map(|(day, _)| day));
    let country = presented.issuing_country.filter(|country| country.is_known());
    let found = named(presented, None, country, day, references).into_iter().next();
    let problem = found.as_ref().and_then(|found| problem(found, country, day));
    (found, problem)
}

/// Whom each name of the issuer means: that of the paper first.
fn named(
    presented: &PresentedPermit<'_>,
    document: Option<&Document>,
    country: Option<CountryCode>,
    day: Option<Date>,
    references: &References,
) -> Vec<IssuerFound> {
    let (Some(country), Some(day)) = (country, day) else { return Vec::new() };
    let registered = document.and_then(|document| document.issuing_authority.as_deref());
    let names = presented.issuing_authority.into_iter().chain(registered);
    names.filter_map(|name| IssuerFound::of(name, country, day, references)).collect()
}

fn problem(found: &IssuerFound, country: Option<CountryCode>, day: Option<Date>) -> Option<Problem> {
    let nearest = found.authority.clone().unwrap_or_default();
    let (registered, why) = match (found.standing, country, day) {
        (IssuerStanding::NotOnThatDay, _, Some(day)) => (nearest, format!("it was not designated to issue on {day}")),
        (IssuerStanding::Unknown, Some(country), _) => {
            let nearest = found.likeness.map_or_else(String::new, |likeness| format!("{nearest} ({likeness:.2})"));
            (nearest, format!("no designated authority of {country} has this name"))
        }
        _ => return None,
    };
    let declared = found.declared.clone();
    Some(Problem { code: ProblemCode::IssuerNotDesignated, declared, registered, why })
}

fn under_alert(judge: &mut Judge<'_>, alerts: &[IssuerAlert], country: Option<CountryCode>, day: Option<Date>) {
    let (document, presented) = (judge.document, judge.asked.presented);
    let like = |own: &str, name: &str| strsim::jaro_winkler(&own.to_lowercase(), &name.to_lowercase()) >= 0.92;
    for alert in alerts {
        let of_country = alert.country.is_none_or(|own| Some(own) == country);
        let names = [presented.issuing_authority, document.issuing_authority.as_deref()];
        let of_authority =
            alert.authority.as_deref().is_none_or(|own| names.into_iter().flatten().any(|name| like(own, name)));
        let signed = [presented.signatory, document.signatory.as_deref()];
        let of_signatory =
            alert.signatory.as_deref().is_none_or(|own| signed.into_iter().flatten().any(|name| like(own, name)));
        let said = alert.country.is_some() || alert.authority.is_some() || alert.signatory.is_some();
        if said && of_country && of_authority && of_signatory && day.is_none_or(|day| alert.issued.contains(day)) {
            let name = document.issuing_authority.clone().or(presented.issuing_authority.map(str::to_owned));
            judge.add(
                ProblemCode::IssuerUnderAlert,
                name.unwrap_or_default(),
                &alert.source,
                "documents of this issuer and time are under an alert",
            );
        }
    }
}
