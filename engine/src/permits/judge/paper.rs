//! What the paper is: its status, its type for this trade, its source and purpose codes.
//!
//! In: the document of the register and the codes that the paper declares. Out: problems of kind and code.

use crate::codes::{Appendix, CountryCode};
use crate::permits::document::{EMPTY_BOX, PermitKind, Position, Status};
use crate::permits::problem::{Judge, ProblemCode};
use crate::reference::{References, Supply};

pub(super) fn status(judge: &mut Judge<'_>) {
    let status = judge.document.status;
    let (code, why) = match status {
        Status::Cancelled => (ProblemCode::Cancelled, "the issuer cancelled it"),
        Status::LostOrStolen => (ProblemCode::LostOrStolen, "it was reported lost or stolen"),
        Status::ReportedFalse => (ProblemCode::ReportedFalse, "it was reported false"),
        Status::Used => (ProblemCode::Reused, "the register marks it used; a document is valid for one consignment"),
        Status::Exhausted => (ProblemCode::QuantityExhausted, "the register marks it used up"),
        Status::Issued | Status::Endorsed | Status::Presented => return,
    };
    let number = judge.asked.presented.number.unwrap_or_default();
    judge.add(code, number, status.as_str(), why);
}

pub(super) fn kind(judge: &mut Judge<'_>) {
    let document = judge.document;
    let declared = judge.asked.presented.kind.and_then(|kind| kind.parse::<PermitKind>().ok());
    if let Some(declared) = declared.filter(|declared| {
        *declared != document.kind && *declared != PermitKind::Other && document.kind != PermitKind::Other
    }) {
        judge.add(
            ProblemCode::WrongType,
            declared.as_str(),
            document.kind.as_str(),
            "the register holds another type of document",
        );
    }
    let at = document.country_of_export.or(document.issuing_country);
    let (mut own, mut foreign, mut not_third) = (false, false, false);
    for position in &document.positions {
        let origin = position.origin.filter(|origin| origin.is_known());
        own |= origin.is_some() && origin == at;
        foreign |= origin.is_some() && at.is_some() && origin != at;
        not_third |= position.appendix.is_some_and(|appendix| appendix != Appendix::III);
    }
    let shown = |country: Option<CountryCode>| country.map_or_else(String::new, |country| country.to_string());
    match document.kind {
        PermitKind::ReExport if own && !foreign => {
            judge.add(
                ProblemCode::WrongType,
                "re-export",
                shown(at),
                "a re-export certificate for wood of the exporting State itself",
            );
        }
        PermitKind::Export if foreign && !own => {
            judge.add(
                ProblemCode::WrongType,
                "export",
                shown(at),
                "an export permit for wood of another State, where a re-export certificate is due",
            );
        }
        PermitKind::Origin if not_third => {
            judge.add(
                ProblemCode::WrongType,
                "origin",
                "Appendix III",
                "a certificate of origin serves Appendix III only",
            );
        }
        _ => {}
    }
}

pub(super) fn codes(judge: &mut Judge<'_>) {
    let (document, presented) = (judge.document, judge.asked.presented);
    for position in &document.positions {
        for source in [presented.source, position.source].into_iter().flatten() {
            if let Some((code, why)) = source_fault(source, position, judge.references) {
                judge.add(code, source, &position.taxon, &why);
            }
        }
        let wild = !matches!(position.source, Some('A' | 'D' | 'O'));
        let commercial = [presented.purpose, document.purpose].contains(&Some('T'));
        if position.appendix == Some(Appendix::I) && commercial && wild {
            judge.add(
                ProblemCode::PurposeForbidden,
                "T",
                &position.taxon,
                "commercial trade in wild wood of Appendix I is not permitted",
            );
        }
    }
}

/// Why a source code cannot be that of the wood, or what is not known of it.
fn source_fault(source: char, position: &Position, references: &References) -> Option<(ProblemCode, String)> {
    let implausible = |why: &str| Some((ProblemCode::SourceImplausible, why.to_owned()));
    let supply = |origin| references.plantations.supply(&position.taxon, origin, source);
    let origin = position.origin.filter(|origin| origin.is_known());
    match (source, origin.map(supply)) {
        ('C' | 'F' | 'R' | 'X', _) => implausible("this source code is for animals or the sea, not for wood"),
        ('D', _) if position.appendix.is_some_and(|appendix| appendix != Appendix::I) => {
            implausible("source D is for plants of Appendix I only")
        }
        ('A' | 'D' | 'Y', Some(Supply::No(row))) => {
            implausible(&format!("no {} supplies trade in this wood of this origin", row.operation))
        }
        // Box 12b: what is traded as source D comes from a registered operation, whose number the paper bears.
        ('D', _) if position.operation.as_deref() == Some(EMPTY_BOX) => {
            let why = "source D is of a registered operation, and the document names none (box 12b)";
            Some((ProblemCode::OperationMissing, why.to_owned()))
        }
        ('A' | 'D' | 'Y', Some(Supply::NotKnown)) => {
            let why = "whether an operation in its country of origin propagates this wood for trade is not known";
            Some((ProblemCode::OperationUnknown, why.to_owned()))
        }
        ('U', _) => implausible("source unknown must be justified"),
        _ => None,
    }
}
