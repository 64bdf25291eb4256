//! Whose goods and which: holder, importer, taxa, origin.
//!
//! In: the comparison of the fields. Out: problems where a field is another.

use super::quantity::matching;
use crate::parties::SAME_PARTY;
use crate::permits::compare::{Comparison, taxon_similarity};
use crate::permits::document::{EMPTY_BOX, PermitKind, Position};
use crate::permits::problem::{Judge, ProblemCode};
use crate::reference::Form;

pub(super) fn parties(judge: &mut Judge<'_>, comparison: &Comparison) {
    let (document, presented) = (judge.document, judge.asked.presented);
    for (field, declared, registered) in
        [("holder", presented.holder, &document.exporter), ("importer", presented.importer, &document.importer)]
    {
        if let Some(similarity) = comparison.field(field).filter(|similarity| *similarity < SAME_PARTY) {
            let registered = registered.clone().unwrap_or_default();
            let why = format!("the {field} is another (likeness {similarity:.2})");
            judge.add(ProblemCode::HolderMismatch, declared.unwrap_or_default(), registered, &why);
        }
    }
}

pub(super) fn goods(judge: &mut Judge<'_>, comparison: &Comparison) {
    let (document, presented) = (judge.document, judge.asked.presented);
    let registered = |pick: fn(&Position) -> Option<String>| {
        let mut values: Vec<String> = document.positions.iter().filter_map(pick).collect();
        values.dedup();
        values.join(" | ")
    };
    // Every taxon of the goods must be on the document, not only the best one.
    for taxon in &judge.asked.taxa {
        let best = document
            .positions
            .iter()
            .map(|position| taxon_similarity(taxon, &position.taxon, judge.references))
            .fold(f64::NAN, f64::max);
        if best < 0.75 {
            judge.add(
                ProblemCode::TaxonMismatch,
                taxon,
                registered(|p| Some(p.taxon.clone())),
                "the document is for another taxon",
            );
        }
    }
    if comparison.field("origin") == Some(0.0) {
        let declared = presented.origin.map_or_else(String::new, |origin| origin.to_string());
        judge.add(
            ProblemCode::OriginMismatch,
            declared,
            registered(|p| p.origin.map(|o| o.to_string())),
            "the document is for another country of origin",
        );
    }
    // Resolution Conf. 12.3: a re-export certificate states the country of origin of what it covers.
    if document.kind == PermitKind::ReExport && document.positions.iter().any(|position| position.origin.is_none()) {
        judge.add(
            ProblemCode::OriginMissing,
            presented.origin.map_or_else(String::new, |origin| origin.to_string()),
            "",
            "a re-export certificate states where the goods come from; this one does not",
        );
    }
}

/// A re-export certificate names the permit of the country of origin, or the certificate of the last re-export (boxes 12 and
/// 12a). Pre-Convention wood has none. What a register does not keep is not missed.
pub(super) fn origin_permit(judge: &mut Judge<'_>) {
    let document = judge.document;
    let lacks = |position: &&Position| {
        position.origin_permit.as_deref() == Some(EMPTY_BOX)
            && position.origin.is_some()
            && position.source != Some('O')
    };
    let lacking = document.positions.iter().find(lacks).filter(|_| document.kind == PermitKind::ReExport);
    if let Some(origin) = lacking.and_then(|position| position.origin) {
        judge.add(
            ProblemCode::OriginPermitMissing,
            origin,
            "",
            "a re-export certificate names the permit under which the goods left their country of origin; this one does not",
        );
    }
}

/// Are the goods in a form that papers under the document's term are written for? A position without a term says nothing.
pub(super) fn term(judge: &mut Judge<'_>) {
    let references = judge.references;
    let form = judge.asked.presented.term.and_then(|term| term.parse::<Form>().ok());
    let Some(form) = form.filter(|form| *form != Form::Other) else { return };
    let positions: Vec<&Position> = judge.document.positions.iter().collect();
    let mut others: Vec<&str> = Vec::new();
    for position in matching(judge, &positions) {
        let Some(term) = position.term.as_deref().and_then(|code| references.codes.term(code)) else { return };
        if term.forms.contains(&form) || references.near_forms.takes(&term.code, form) {
            return;
        }
        others.push(&term.name);
    }
    others.dedup();
    if !others.is_empty() {
        let why = "the document is for goods in another form";
        judge.add(ProblemCode::TermMismatch, form.as_str().replace('_', " "), others.join(" | "), why);
    }
}
