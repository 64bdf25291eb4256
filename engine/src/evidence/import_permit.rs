//! Is the import permit there that the Convention or the importer's law asks for?
//!
//! In: the taxa of an item with their listings, the documents, procedure and destination, day. Out: [`ImportPermit`].
//! Appendix I needs one always (Article III), Appendix II where the law of the State of import asks for it; what that law
//! asks is open where it is not known. Specimens from before the listing need none under the Convention. A reservation
//! changes nothing here: comparable papers stay due (Resolution Conf. 4.25). Source: datasets/import-permit-rules/card.toml.

use super::listing::Coverage;
use super::{TaxonEvidence, procedure::ProcedureEvidence};
use crate::codes::{Appendix, CountryCode, Date};
use crate::manifest::{Consignment, DocumentKind, GoodsItem, Procedure};
use crate::reference::{ImportLaw, References};

/// What is known of the import permit of an item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ImportPermit {
    /// None is asked for.
    #[default]
    NotDue,
    /// One is declared.
    Declared,
    /// The instrument asks for one, and none is declared.
    Missing(String),
    /// Whether one is due is not known; why.
    NotKnown(String),
}

impl ImportPermit {
    /// As rules name it; `None` = not known.
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::NotDue => Some("not_due"),
            Self::Declared => Some("declared"),
            Self::Missing(_) => Some("missing"),
            Self::NotKnown(_) => None,
        }
    }
}

/// What it is asked with.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    pub references: &'a References,
    pub consignment: &'a Consignment,
    pub item: &'a GoodsItem,
    pub taxa: &'a [TaxonEvidence],
    pub procedure: &'a ProcedureEvidence,
    /// Where the way of the goods ends, by its places.
    pub destination: Option<CountryCode>,
    /// Country of the consignee.
    pub consignee: Option<CountryCode>,
    /// Day whose law counts.
    pub as_of: Date,
}

/// Asks for the strictest Appendix that surely covers the goods.
pub fn gather(from: &From<'_>) -> ImportPermit {
    let covered = from.taxa.iter().filter(|taxon| !taxon.is_alternative && taxon.listing.coverage == Coverage::Covered);
    let Some(appendix) = covered.filter_map(|taxon| taxon.listing.appendix).max() else { return ImportPermit::NotDue };
    let documents = || from.item.documents.iter().chain(&from.consignment.documents);
    let declared = |kind: DocumentKind| documents().any(|document| document.kind == kind);
    if declared(DocumentKind::CitesImportPermit) {
        return ImportPermit::Declared;
    }
    if appendix == Appendix::III {
        return ImportPermit::NotDue;
    }
    if declared(DocumentKind::CitesPreConventionCertificate) {
        return match appendix {
            Appendix::I => ImportPermit::NotDue,
            _ => ImportPermit::NotKnown("what the importer's law asks for pre-Convention wood is not held".to_owned()),
        };
    }
    let country = imported_into(from);
    match from.references.import_permits.on(country, appendix, from.as_of) {
        ImportLaw::Asks(law) => ImportPermit::Missing(law.to_owned()),
        ImportLaw::DoesNot => ImportPermit::NotDue,
        ImportLaw::NotKnown => ImportPermit::NotKnown(match country {
            Some(country) => format!("whether the law of {country} asks for an import permit is not known"),
            None => "the country of import is not declared".to_owned(),
        }),
    }
}

/// Where the goods are imported in the end. Goods that only pass are not imported where they are discharged.
fn imported_into(from: &From<'_>) -> Option<CountryCode> {
    let places = &from.consignment.places;
    let passes = matches!(from.procedure.procedure, Some(Procedure::Transit | Procedure::Transhipment));
    let has_end = places.final_destination.is_some() || places.delivery.is_some();
    from.destination.filter(|_| has_end || !passes).or(from.consignee)
}
