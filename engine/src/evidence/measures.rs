//! Which measures touch the goods on the day, in which role of which country, and how surely.

use crate::codes::{CountryCode, Date};
use crate::manifest::{Consignment, GoodsItem};
use crate::names::{Method, Resolution};
use crate::reference::{
    Certainty, CountryRole, Form, Measure, MeasureKind, MeasureQuestion, MeasureStatus, References, Strength,
};

use super::TaxonEvidence;
use super::listing::Coverage;
use super::route::RouteEvidence;

/// One measure that touches an item.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureEvidence {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: MeasureKind,
    /// Instrument, as cited.
    pub instrument: String,
    /// Country that met it.
    pub country: Option<CountryCode>,
    /// Why that country matters: `origin`, `consignor`, `loading`, `permit`, `routing`, `destination`.
    pub role: &'static str,
    /// Origin, consignor, first loading or permit, not only the way.
    pub direct: bool,
    /// Covers every listed species.
    pub all_species: bool,
    /// Index among the item's taxa.
    pub taxon: usize,
    /// How surely it reaches the goods.
    pub certainty: Certainty,
    /// The form is inside the listing and the measure.
    pub covers_form: Coverage,
    /// The taxon is named in Latin or by a name of its own.
    pub sure_name: bool,
    /// Is the measure known to stand?
    pub confirmed: bool,
    /// What it says.
    pub summary: String,
}

/// Asks for every taxon in every role that a country plays.
#[allow(clippy::too_many_arguments, reason = "one call site; each argument is one source of the fact")]
pub fn gather(
    references: &References,
    taxa: &[TaxonEvidence],
    names: &Resolution,
    consignment: &Consignment,
    item: &GoodsItem,
    form: Option<Form>,
    origin: Option<CountryCode>,
    route: &RouteEvidence,
    as_of: Date,
) -> Vec<MeasureEvidence> {
    let permit = consignment.all_documents().filter(|(_, _, document)| document.kind.is_cites());
    let permit = permit.filter_map(|(_, _, document)| document.country).find(|country| country.is_known());
    let source_code = item.documents.iter().find_map(|document| document.source.as_deref());
    let mut found: Vec<MeasureEvidence> = Vec::new();
    for (n, taxon) in taxa.iter().enumerate().filter(|(_, taxon)| !taxon.is_alternative) {
        let mention = names.mentions.get(taxon.mention);
        let sure_name = mention.is_some_and(|m| m.method != Method::TradeName || m.strength == Strength::Exclusive);
        let population = mention.and_then(|m| m.population.first().copied()).filter(|_| origin.is_none());
        let listed = match taxon.listing.coverage {
            Coverage::Covered => Certainty::Yes,
            Coverage::Unclear => Certainty::Possibly,
            Coverage::Exempt | Coverage::NotListed => Certainty::No,
        };
        let exports =
            [("consignor", route.consignor), ("loading", route.first), ("loading", route.loading), ("permit", permit)];
        let mut asked = MeasureQuestion {
            taxon: &taxon.taxon,
            listed,
            day: as_of,
            origin: origin.or(population),
            export: None,
            transit: &route.countries,
            import: route.destination,
            form,
            source_code,
        };
        for acting in references.measures.acting(&asked) {
            let (role, direct) = match acting.met {
                Some((CountryRole::Origin, _)) => ("origin", true),
                Some((CountryRole::Import, _)) => ("destination", true),
                Some((CountryRole::Transit, _)) => ("routing", false),
                _ => ("origin", acting.measure.countries.is_empty()),
            };
            add(
                &mut found,
                acting.measure,
                acting.met.map(|(_, c)| c),
                role,
                direct,
                n,
                acting.certainty,
                listed,
                sure_name,
            );
        }
        for (role, country) in exports {
            let Some(country) = country else { continue };
            asked.export = Some(country);
            for acting in references.measures.acting(&asked) {
                if acting.met.is_some_and(|(met, _)| met == CountryRole::Export) {
                    add(&mut found, acting.measure, Some(country), role, true, n, acting.certainty, listed, sure_name);
                }
            }
        }
        for country in &route.countries {
            asked.export = Some(*country);
            if route.destination == Some(*country) {
                continue;
            }
            for acting in references.measures.acting(&asked) {
                if acting.met.is_some_and(|(met, _)| met == CountryRole::Export) {
                    add(
                        &mut found,
                        acting.measure,
                        Some(*country),
                        "routing",
                        false,
                        n,
                        acting.certainty,
                        listed,
                        sure_name,
                    );
                }
            }
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id).then(a.taxon.cmp(&b.taxon)));
    found
}

/// Keeps one entry for each measure: the most direct role, then the surest taxon.
#[allow(clippy::too_many_arguments, reason = "private; the fields of one entry")]
fn add(
    found: &mut Vec<MeasureEvidence>,
    measure: &Measure,
    country: Option<CountryCode>,
    role: &'static str,
    direct: bool,
    taxon: usize,
    certainty: Certainty,
    listed: Certainty,
    sure_name: bool,
) {
    if measure.kind == MeasureKind::Guidance {
        return;
    }
    let covers_form = match (certainty, listed) {
        (Certainty::No, _) => Coverage::Exempt,
        (Certainty::Possibly, _) | (_, Certainty::Possibly) => Coverage::Unclear,
        (Certainty::Yes, _) => Coverage::Covered,
    };
    let entry = MeasureEvidence {
        id: measure.id.clone(),
        kind: measure.kind,
        instrument: measure.instrument.clone(),
        country,
        role,
        direct,
        all_species: measure.taxa.iter().any(|taxon| taxon == "listed" || taxon == "any"),
        taxon,
        certainty,
        sure_name,
        covers_form,
        confirmed: measure.status == MeasureStatus::Confirmed,
        summary: measure.carve_out.clone().unwrap_or_default(),
    };
    match found.iter_mut().find(|known| known.id == entry.id) {
        Some(known) => {
            if (entry.direct, entry.certainty, entry.sure_name) > (known.direct, known.certainty, known.sure_name) {
                *known = entry;
            }
        }
        None => found.push(entry),
    }
}
