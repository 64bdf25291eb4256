//! What a column can say of goods of a case. Nothing here can reach a name: cases hold none.

use std::collections::BTreeSet;

use palisander_engine::CountryCode;

use crate::cases::{About, Case, Concealment, Finding, Outcome, SeizedGoods};
use crate::words::words;

words! {
    /// What a column says.
    Field {
        Number = "number",
        SeizedOn = "seized_on",
        Taxon = "taxon",
        Term = "term",
        SourceCode = "source_code",
        Quantity = "quantity",
        Unit = "unit",
        Location = "location",
        Agencies = "agencies",
        Reason = "reason",
        Transport = "transport",
        DetectedBy = "detected_by",
        Concealment = "concealment",
        Origin = "origin",
        Export = "export",
        Transit = "transit",
        Destination = "destination",
        Value = "value",
        Nationalities = "nationalities",
        Laws = "laws",
        Sanction = "sanction",
        Disposal = "disposal",
        More = "more",
    }
}

impl Field {
    /// What it says of goods of a case; nothing where nobody knows.
    pub fn of(self, case: &Case, goods: &SeizedGoods) -> String {
        let facts = &case.facts;
        match self {
            Self::Number => case.id.clone(),
            Self::SeizedOn => facts.seized_on.to_string(),
            Self::Taxon => goods.taxon.clone().unwrap_or_default(),
            Self::Term => goods.term.clone().unwrap_or_default(),
            Self::SourceCode => goods.source_code.clone().unwrap_or_default(),
            Self::Quantity => quantity(goods).map(|(number, _)| number).unwrap_or_default(),
            Self::Unit => quantity(goods).map(|(_, unit)| unit.to_owned()).unwrap_or_default(),
            Self::Location => format!("{}, {}", facts.place.name, facts.place.country),
            Self::Agencies => words_of(&facts.agencies),
            Self::Reason => reason(case),
            Self::Transport => facts.transport.map(|mode| mode.to_string()).unwrap_or_default(),
            Self::DetectedBy => words_of(&facts.detected_by),
            Self::Concealment => words_of(&facts.concealment),
            Self::Origin => codes(&facts.origin),
            Self::Export => codes(&facts.export),
            Self::Transit => codes(&facts.transit),
            Self::Destination => codes(&facts.destination),
            Self::Value => {
                goods.value.zip(goods.currency.as_ref()).map(|(n, code)| format!("{n} {code}")).unwrap_or_default()
            }
            Self::Nationalities => codes(&facts.nationalities.iter().copied().collect::<Vec<_>>()),
            Self::Laws => laws(case),
            Self::Sanction => sanction(case),
            Self::Disposal => case.settled(About::Disposal).map(|one| one.choice.to_string()).unwrap_or_default(),
            Self::More => more(case),
        }
    }
}

/// Volume before mass before pieces: the unit that CITES prefers for logs and sawn wood is m³.
fn quantity(goods: &SeizedGoods) -> Option<(String, &'static str)> {
    let volume = goods.volume_m3.map(|n| (n.to_string(), "m3"));
    volume
        .or_else(|| goods.mass_kg.map(|n| (n.to_string(), "kg")))
        .or_else(|| goods.pieces.map(|n| (n.to_string(), "pieces")))
}

fn words_of<T: std::fmt::Display>(words: &BTreeSet<T>) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn codes(countries: &[CountryCode]) -> String {
    countries.iter().map(CountryCode::as_str).collect::<Vec<_>>().join("; ")
}

fn reason(case: &Case) -> String {
    let has = |finding| case.facts.papers.iter().any(|paper| paper.finding == finding);
    let reasons = [
        (case.facts.papers.is_empty(), "no document"),
        (has(Finding::False) || has(Finding::Inconsistent), "invalid document"),
        (case.facts.concealment.contains(&Concealment::Misdeclared), "false declaration"),
    ];
    reasons.into_iter().filter(|(is_so, _)| *is_so).map(|(_, says)| says).collect::<Vec<_>>().join("; ")
}

fn laws(case: &Case) -> String {
    let charges =
        case.court.charges.iter().map(|charge| format!("{} {}", charge.law, charge.article).trim().to_owned());
    charges.collect::<Vec<_>>().join("; ")
}

fn sanction(case: &Case) -> String {
    if case.court.outcome != Some(Outcome::Convicted) {
        return String::new();
    }
    let months = case.court.sentence_months.map(|months| format!("{months} months"));
    let fine = case.court.fine.zip(case.court.currency.as_ref()).map(|(n, code)| format!("{n} {code}"));
    months.into_iter().chain(fine).collect::<Vec<_>>().join("; ")
}

fn more(case: &Case) -> String {
    let papers = case.facts.papers.iter().map(|paper| format!("{} {}: {}", paper.kind, paper.number, paper.finding));
    papers.collect::<Vec<_>>().join("; ")
}
