//! What may be done next and under which laws, as the tables have it.
//!
//! In: a case, tables of powers and offences. Out: [`Advice`]. It is no legal advice: a row that nobody has confirmed says so, and what
//! no row tells is said to be unknown.

use palisander_engine::tables::{Needs, Offence, PowerAct, References};
use serde::Serialize;

use super::case::{Case, CaseState};
use super::facts::AgencyKind;

/// An act, and what it needs of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextAct {
    pub agency: AgencyKind,
    pub act: PowerAct,
    /// None where no table tells: ask whoever knows the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Needs>,
    /// Law and article, where they were read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub instrument: String,
    /// Is it more than a guess?
    pub is_known: bool,
    /// In words, for the agency at hand.
    pub says: String,
}

/// What may be done next, and under which laws.
#[derive(Debug, Clone, Serialize)]
pub struct Advice {
    pub acts: Vec<NextAct>,
    /// Laws that fit what happened.
    pub laws: Vec<Offence>,
}

/// Acts that come next in a state.
fn next(state: CaseState) -> &'static [PowerAct] {
    match state {
        CaseState::Opened => &[PowerAct::Stop, PowerAct::Open, PowerAct::Seize],
        CaseState::Secured => &[PowerAct::Sample, PowerAct::SearchPremises, PowerAct::Arrest],
        CaseState::Investigating => &[PowerAct::SearchPremises, PowerAct::Arrest, PowerAct::Sample],
        CaseState::Prosecuting | CaseState::Closed => &[],
    }
}

/// What may be done next in a case, by each agency that made the find.
pub fn advice(case: &Case, tables: &References) -> Advice {
    let place = &case.facts.place;
    let of = |agency: AgencyKind, act: PowerAct| {
        let power = tables.powers.of(place.country, agency.as_str(), place.kind.as_str(), act);
        let needs = power.map(|power| power.needs);
        let what = act.in_words();
        let says = match needs {
            Some(Needs::None) => format!("{agency}: {what}"),
            Some(Needs::Warrant) => format!("{agency}: a warrant of a court to {what}"),
            Some(Needs::Police) => format!("{agency}: police authorisation to {what}"),
            None => format!("{agency}: nobody here knows what it needs to {what}; ask a prosecutor"),
        };
        let instrument = power.map(|power| power.instrument.clone()).unwrap_or_default();
        NextAct { agency, act, needs, instrument, is_known: power.is_some_and(|power| power.is_known()), says }
    };
    let agencies = case.facts.agencies.iter();
    let acts = agencies.flat_map(|agency| next(case.state).iter().map(|act| of(*agency, *act))).collect();
    let happened: Vec<&str> = case.facts.happened().into_iter().map(super::facts::Pattern::as_str).collect();
    let laws = tables.offences.of(place.country, &happened).into_iter().cloned().collect();
    Advice { acts, laws }
}
