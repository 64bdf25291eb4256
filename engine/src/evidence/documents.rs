//! Declared documents against the register.

use serde::Serialize;

use super::route::RouteEvidence;
use super::{Finding, ItemEvidence, Sources};
use crate::codes::Date;
use crate::manifest::{Consignment, DocumentKind, Manifest};

/// One declared document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentEvidence {
    /// Item it is declared for; `None` = the whole consignment.
    pub item: Option<usize>,
    /// Index in that list.
    pub n: usize,
    /// Kind.
    pub kind: DocumentKind,
    /// Verdict.
    pub verdict: Finding,
    /// Problems found.
    pub problems: Vec<Problem>,
    /// Candidates, best first.
    pub candidates: Vec<Candidate>,
    /// It is declared for wood that a listing covers.
    pub covers_listed_wood: bool,
    /// A kind that cannot cover this trade.
    pub wrong_kind_for_flow: bool,
}

/// One problem with the two values that met.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    /// Code.
    pub code: String,
    /// As declared.
    pub declared: String,
    /// As registered, or as the rule says.
    pub registered: String,
}

/// One candidate of the register.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Number.
    pub number: String,
    /// Relation of the numbers.
    pub relation: String,
    /// Combined similarity.
    pub similarity: f64,
    /// Per field.
    pub fields: std::collections::BTreeMap<String, f64>,
}

/// Looks at every declared document.
pub fn gather(
    _sources: &Sources<'_>,
    _manifest: &Manifest,
    consignment: &Consignment,
    items: &[ItemEvidence],
    _route: &RouteEvidence,
    _as_of: Date,
) -> Vec<DocumentEvidence> {
    consignment
        .all_documents()
        .map(|(item, n, document)| DocumentEvidence {
            item,
            n,
            kind: document.kind,
            verdict: Finding::Unverifiable,
            problems: Vec::new(),
            candidates: Vec::new(),
            covers_listed_wood: covers(items, item),
            wrong_kind_for_flow: false,
        })
        .collect()
}

fn covers(items: &[ItemEvidence], item: Option<usize>) -> bool {
    let covered = |item: &ItemEvidence| {
        item.taxa.iter().any(|t| !t.is_alternative && t.listing.coverage == super::listing::Coverage::Covered)
    };
    match item {
        Some(n) => items.get(n).is_some_and(covered),
        None => items.iter().any(covered),
    }
}
