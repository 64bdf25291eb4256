//! Is this taxon, from this population, in this form, covered by the Appendices on this day?
//!
//! In: taxon × origin × export × form × claims × day. Out: covered, unclear, exempt or not listed, with the Appendix, the
//! annotation and the reason in words.

use super::wording::WordingEvidence;
use crate::codes::{Appendix, CountryCode, Date};
use crate::manifest::GoodsItem;
use crate::names::NameIndex;
use crate::reference::{Annotation, Cover, Form, Listing, References, TaxonWords};
use crate::words::words;

words! {
    /// Does the listing cover the goods? Ordered from the least to the most.
    #[derive(Default)]
    pub enum Coverage {
        /// The taxon, or this population of it, is in no Appendix on the day.
        #[default]
        NotListed = "not_listed",
        /// Listed, and the annotation leaves this form out.
        Exempt = "exempt",
        /// It cannot be told: origin, species, form or a condition is not known.
        Unclear = "unclear",
        Covered = "covered",
    }
}

/// What the Appendices say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListingEvidence {
    /// Strictest Appendix that acts or may act.
    pub appendix: Option<Appendix>,
    /// Annotation of that row.
    pub annotation: Option<String>,
    pub coverage: Coverage,
    /// Why, in words.
    pub reason: String,
    /// Instrument that brought the listing.
    pub instrument: Option<String>,
    /// First day of the listing that acts, or of the next one.
    pub effective_from: Option<Date>,
}

/// Goods about which the Appendices are asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Accepted name or genus.
    pub taxon: &'a str,
    /// Where it grew.
    pub origin: Option<CountryCode>,
    /// Where it was exported.
    pub export: Option<CountryCode>,
    /// What grows where.
    pub names: &'a NameIndex,
    pub form: Option<Form>,
    pub item: &'a GoodsItem,
    pub wording: &'a WordingEvidence,
    /// Day that counts.
    pub as_of: Date,
}

/// Mass up to which finished goods under #15 are outside the listing, kg of wood of the species.
/// Source: annotation #15 (datasets/annotations).
pub const SMALL_MASS_KG: f64 = 10.0;

/// Goods over this mass are a commercial load, kg (datasets: indicators C19).
pub const COMMERCIAL_FROM_KG: f64 = 100.0;

/// Asks the listings and the annotation.
pub fn gather(references: &References, asked: &Question<'_>) -> ListingEvidence {
    let mut listed = references.listings.on(asked.taxon, asked.origin, asked.export, asked.as_of);
    if listed.acting().is_none()
        && !listed.possible.is_empty()
        && let Some(only) = asked.origin.and_then(|origin| asked.names.only_species(asked.taxon, origin))
    {
        // A genus of which one species grows there: Osyris of Tanzania is Osyris lanceolata.
        listed = references.listings.on(&only.scientific_name, asked.origin, asked.export, asked.as_of);
    }
    let (row, sure) = match (listed.acting(), listed.possible.first()) {
        (Some(row), _) => (row, true),
        (None, Some(row)) => (*row, false),
        (None, None) => return not_listed(references, asked),
    };
    let annotation = row.annotation.as_deref().and_then(|id| references.annotations.on(id, asked.as_of));
    let (coverage, reason) = covers(row, annotation, asked, references);
    let (coverage, reason) =
        if sure || coverage == Coverage::Exempt { (coverage, reason) } else { (Coverage::Unclear, unsure(row, asked)) };
    ListingEvidence {
        appendix: Some(row.appendix),
        annotation: row.annotation.clone(),
        coverage,
        reason,
        instrument: Some(row.instrument.clone()),
        effective_from: Some(row.effective_from),
    }
}

fn not_listed(references: &References, asked: &Question<'_>) -> ListingEvidence {
    let next = references
        .listings
        .rows()
        .iter()
        .filter(|row| row.effective_from > asked.as_of)
        .filter(|row| {
            row.meets(TaxonWords::of(asked.taxon), asked.origin, asked.export) != crate::reference::Certainty::No
        })
        .map(|row| row.effective_from)
        .min();
    let origin = asked.origin.map(|origin| format!(" of {origin}")).unwrap_or_default();
    let reason = match next {
        Some(day) => format!("{}{origin} is in no Appendix on {}; listed from {day}", asked.taxon, asked.as_of),
        None => format!("{}{origin} is in no Appendix on {}", asked.taxon, asked.as_of),
    };
    ListingEvidence { reason, effective_from: next, ..ListingEvidence::default() }
}

fn unsure(row: &Listing, asked: &Question<'_>) -> String {
    match (asked.origin, row.population.is_empty()) {
        (None, false) => {
            let populations: Vec<&str> = row.population.iter().map(CountryCode::as_str).collect();
            format!(
                "Appendix {} for the populations of {}; the origin is not declared",
                row.appendix.as_str(),
                populations.join(", ")
            )
        }
        _ => format!("Appendix {} for {}; the species is not told", row.appendix.as_str(), row.taxon),
    }
}

/// What the row and its annotation say about the form.
fn covers(
    row: &Listing,
    annotation: Option<&Annotation>,
    asked: &Question<'_>,
    references: &References,
) -> (Coverage, String) {
    let appendix = row.appendix.as_str();
    let Some(id) = row.annotation.as_deref() else {
        return (Coverage::Covered, format!("Appendix {appendix}: every part and derivative"));
    };
    let Some(annotation) = annotation else {
        return (Coverage::Unclear, format!("Appendix {appendix} with {id}, whose text of that day is not held"));
    };
    let Some(form) = asked.form else {
        return (Coverage::Unclear, format!("Appendix {appendix} {id}: the form of the goods is not told"));
    };
    let said = form.as_str().replace('_', " ");
    match annotation.cover(form) {
        Cover::Covered => (Coverage::Covered, format!("Appendix {appendix} {id} covers {said}")),
        Cover::Exempt => (Coverage::Exempt, format!("Appendix {appendix} {id} leaves out {said}")),
        Cover::ExemptIf(conditions) => exempt_if(conditions, (appendix, id), form, asked, references),
    }
}

/// A form that is outside only when conditions hold: each is met, broken, or not known.
fn exempt_if(
    conditions: &[String],
    (appendix, id): (&str, &str),
    form: Form,
    asked: &Question<'_>,
    references: &References,
) -> (Coverage, String) {
    let mut open = Vec::new();
    let said = form.as_str().replace('_', " ");
    for condition in conditions {
        match holds(condition, form, asked, references) {
            Some(true) => {}
            Some(false) => {
                return (Coverage::Covered, format!("Appendix {appendix} {id} covers {said}: {}", broken(condition)));
            }
            None => open.push(in_words(condition)),
        }
    }
    if open.is_empty() {
        (
            Coverage::Exempt,
            format!(
                "Appendix {appendix} {id} leaves out {said}: {}",
                conditions.iter().map(|c| in_words(c)).collect::<Vec<_>>().join(", ")
            ),
        )
    } else {
        (Coverage::Unclear, format!("Appendix {appendix} {id}: {said} is outside only if {}", open.join(" and ")))
    }
}

fn holds(condition: &str, form: Form, asked: &Question<'_>, references: &References) -> Option<bool> {
    let claims = &asked.wording.claims;
    let mass = asked.item.net_mass_kg.or(asked.item.gross_mass_kg);
    match condition {
        // Bulk words or bulk packages contradict retail packing; the claim itself is to be seen.
        "retail_packed" if claims.contains("retail_packed") => Some(true),
        "retail_packed" => {
            let bulk = asked.item.packages.iter().filter_map(|packages| packages.kind.as_deref());
            let bulk = bulk.filter_map(|code| references.units.package(code)).any(|kind| kind.wholesale);
            let raw =
                matches!(form, Form::Oil | Form::Extract | Form::Powder | Form::Other) && !claims.contains("finished");
            if bulk || raw { Some(false) } else { None }
        }
        "finished" => {
            if asked.wording.forms.contains(&Form::Blank) {
                Some(false)
            } else if claims.contains("finished") || super::form::is_finished(Some(form)) {
                Some(true)
            } else {
                None
            }
        }
        // The limit is on wood of the species; goods that weigh less than it altogether are surely under it.
        // Raw wood is all wood of the species; in finished goods the share of it is not told.
        "max_10kg_per_shipment" => match mass {
            Some(mass) if mass <= SMALL_MASS_KG => Some(true),
            Some(_) if super::form::is_raw_wood(Some(form)) => Some(false),
            _ => None,
        },
        "max_10kg_per_item" => {
            let n = asked.item.packages.iter().filter_map(|packages| packages.n).sum::<u64>();
            // Of goods whose single item is lighter than the limit no item can hold more of the wood.
            let heading = asked.item.hs_code.as_ref().and_then(|code| references.covers.of_code(code));
            let is_small = heading.and_then(|row| row.item_high_kg).is_some_and(|kg| kg <= SMALL_MASS_KG);
            match mass {
                _ if is_small && super::form::is_finished(Some(form)) => Some(true),
                Some(mass) if n > 0 && mass / n as f64 <= SMALL_MASS_KG => Some(true),
                _ => None,
            }
        }
        // A load is trade, whatever its purpose code says (indicators C19).
        "non_commercial" => {
            let commercial = asked.item.documents.iter().any(|document| document.purpose.as_deref() == Some("T"));
            if commercial || mass.is_some_and(|mass| mass > COMMERCIAL_FROM_KG) { Some(false) } else { None }
        }
        _ => None,
    }
}

/// What is said of a condition that does not hold.
fn broken(condition: &str) -> String {
    match condition {
        "non_commercial" => "the trade is commercial".to_owned(),
        "max_10kg_per_shipment" => "more than 10 kg of the wood in the shipment".to_owned(),
        "max_10kg_per_item" => "more than 10 kg of the wood in an item".to_owned(),
        other => format!("not {}", in_words(other)),
    }
}

fn in_words(condition: &str) -> &str {
    match condition {
        "retail_packed" => "packed and ready for retail sale",
        "finished" => "finished goods",
        "max_10kg_per_shipment" => "at most 10 kg of the wood in the shipment",
        "max_10kg_per_item" => "at most 10 kg of the wood in each item",
        "non_commercial" => "the trade is not commercial",
        "re_export" => "a re-export",
        other => other,
    }
}
