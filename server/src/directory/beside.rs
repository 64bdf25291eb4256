//! What stands beside the next step of a case: whom to call, which laboratory, what is done by the book, what to look at.
//!
//! In: a case, the tables of an office, a moment, a language that somebody speaks. Out: [`Beside`]. Where there is nobody, it says none.
//! Not here: the step and its law (`cases::advice`).

use std::collections::BTreeSet;

use jiff::Timestamp;
use palisander_engine::tables::{
    FindSize, Helper, HelperKind, LabQuestion, Material, Procedure, ProcedureSubject, References,
};
use serde::Serialize;

use super::duty::{DutyWish, on_duty};
use super::guidance::{Checks, site_checks};
use super::laboratories::{FoundLaboratory, LabWish, hub};
use super::procedures::procedure;
use crate::cases::{AgencyKind, Case};

/// The procedure of an agency.
#[derive(Debug, Clone, Serialize)]
pub struct AgencyProcedure<'a> {
    pub agency: AgencyKind,
    /// None where it has none.
    pub procedure: Option<&'a Procedure>,
}

/// What stands beside the next step.
#[derive(Debug, Clone, Serialize)]
pub struct Beside<'a> {
    /// On duty now; called for large and unusual cases alone.
    pub champions: Vec<&'a Helper>,
    /// On duty now, of the language that was asked.
    pub interpreters: Vec<&'a Helper>,
    /// On duty now, trained for one of the woods.
    pub trained_officers: Vec<&'a Helper>,
    /// The nearest that tells species of wood.
    pub laboratory: Option<FoundLaboratory<'a>>,
    /// Of each agency that made the find, the edition of the day.
    pub procedures: Vec<AgencyProcedure<'a>>,
    /// What to look at, for each wood that is named.
    pub checks: Vec<Checks<'a>>,
    /// In words, for whoever stands before the goods.
    pub says: Vec<String>,
}

/// What stands beside the next step of a case at a moment.
pub fn beside<'a>(case: &Case, tables: &'a References, language: Option<&str>, at: Timestamp) -> Beside<'a> {
    let day = jiff::tz::Offset::UTC.to_datetime(at).date();
    let country = case.facts.place.country;
    let taxa: BTreeSet<String> =
        case.facts.goods.iter().filter_map(|goods| Some(tables.accepted_name(goods.taxon.as_ref()?))).collect();
    let called = |kind: HelperKind, language: Option<&str>| {
        let wish = DutyWish {
            kind: Some(kind),
            country: Some(country),
            language: language.map(str::to_owned),
            ..DutyWish::default()
        };
        let knows = |taxon: &String| on_duty(tables, &DutyWish { taxon: Some(taxon.clone()), ..wish.clone() }, at);
        // An interpreter knows languages; woods, or of which nobody knows the name, are anybody's.
        if kind == HelperKind::Interpreter || taxa.is_empty() {
            return on_duty(tables, &wish, at);
        }
        let mut all: Vec<&Helper> = Vec::new();
        for row in taxa.iter().flat_map(knows) {
            if !all.iter().any(|own| own.id == row.id) {
                all.push(row);
            }
        }
        all
    };
    let is_unusual = case.is_large || case.is_appendix_one || case.facts.arrests > 0;
    let champions = if is_unusual { called(HelperKind::Champion, None) } else { Vec::new() };
    let interpreters = language.map_or_else(Vec::new, |language| called(HelperKind::Interpreter, Some(language)));
    let trained_officers = called(HelperKind::TrainedOfficer, None);
    let wish = LabWish {
        material: Some(Material::Wood),
        questions: BTreeSet::from([LabQuestion::Species]),
        ..LabWish::default()
    };
    let laboratory = hub(tables, &wish, country, day);
    let size = if case.is_large { FindSize::Large } else { FindSize::Any };
    let of_agency = |agency: &AgencyKind| AgencyProcedure {
        agency: *agency,
        procedure: procedure(tables, ProcedureSubject::Find, agency.as_str(), size, day),
    };
    let procedures: Vec<AgencyProcedure<'_>> = case.facts.agencies.iter().map(of_agency).collect();
    let checks: Vec<Checks<'_>> = taxa.iter().map(|taxon| site_checks(tables, taxon)).collect();

    let mut says = Vec::new();
    if is_unusual {
        says.push(duty("champion", &champions));
    }
    says.extend(language.map(|language| duty(&format!("interpreter for {language}"), &interpreters)));
    says.push(duty("trained officer", &trained_officers));
    says.push(match &laboratory {
        Some(one) => format!("laboratory: {}, {}", one.row.name, one.row.channel),
        None => "laboratory: none".to_owned(),
    });
    says.extend(procedures.iter().map(|one| match one.procedure {
        Some(row) => format!("procedure of {}: {}, edition {}", one.agency, row.title, row.edition),
        None => format!("procedure of {}: none", one.agency),
    }));
    says.extend(checks.iter().filter(|one| one.is_none).map(|one| format!("what to look at for {}: none", one.taxon)));
    Beside { champions, interpreters, trained_officers, laboratory, procedures, checks, says }
}

fn duty(what: &str, on: &[&Helper]) -> String {
    match on {
        [] => format!("{what}: none on duty"),
        all => format!("{what}: {}", all.iter().map(|row| row.channel.as_str()).collect::<Vec<_>>().join(", ")),
    }
}
