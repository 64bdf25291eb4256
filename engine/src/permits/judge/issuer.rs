//! Who issued: was it designated on that day, and is it under an alert?
//!
//! In: names of the issuer on paper and in the register, the authorities table, alerts on issuers. Out: problems.

use crate::permits::problem::{IssuerAlert, Judge, ProblemCode};
use crate::reference::Issuer;

pub(super) fn issuer(judge: &mut Judge<'_>, alerts: &[IssuerAlert]) {
    let (document, presented) = (judge.document, judge.asked.presented);
    let day = document.issued_on.or(presented.issued_on).or(presented.judged_on().map(|(day, _)| day));
    let country = document.issuing_country.or(presented.issuing_country);
    let names = [presented.issuing_authority, document.issuing_authority.as_deref()];
    if let (Some(country), Some(day)) = (country, day) {
        for name in names.into_iter().flatten() {
            match judge.references.authorities.issuer(country, name, day) {
                Issuer::Designated(..) | Issuer::NoneHeld => {}
                Issuer::NotOnThatDay(authority, _) => {
                    let why = format!("it was not designated to issue on {day}");
                    judge.add(ProblemCode::IssuerNotDesignated, name, &authority.name, &why);
                }
                Issuer::Unknown(nearest) => {
                    let nearest =
                        nearest.map_or_else(String::new, |(row, likeness)| format!("{} ({likeness:.2})", row.name));
                    let why = format!("no designated authority of {country} has this name");
                    judge.add(ProblemCode::IssuerNotDesignated, name, nearest, &why);
                }
            }
        }
    }
    for alert in alerts {
        let of_country = alert.country.is_none_or(|own| Some(own) == country);
        let of_authority = alert.authority.as_deref().is_none_or(|own| {
            names
                .into_iter()
                .flatten()
                .any(|name| strsim::jaro_winkler(&own.to_lowercase(), &name.to_lowercase()) >= 0.92)
        });
        let of_signatory = alert.signatory.as_deref().is_none_or(|own| {
            document
                .signatory
                .as_deref()
                .is_some_and(|name| strsim::jaro_winkler(&own.to_lowercase(), &name.to_lowercase()) >= 0.92)
        });
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
