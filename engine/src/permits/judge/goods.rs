//! Whose goods and which: holder, importer, taxa, origin.
//!
//! In: the comparison of the fields. Out: problems where a field is another.

use crate::parties::SAME_PARTY;
use crate::permits::compare::{Comparison, taxon_similarity};
use crate::permits::document::{PermitKind, Position};
use crate::permits::problem::{Judge, ProblemCode};

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
