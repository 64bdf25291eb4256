//! Evidence: facts about one consignment, with their source and without points.
//!
//! In: a consignment, its manifest's head, and the frozen [`Sources`]. Out: [`Evidence`], the twelve kinds of facts. Each
//! is known or says why it is not; a gap is never innocence. Siblings here do not ask each other; this file,
//! [`item`] and [`taxon`] join them. Not here: what counts how much (`profile`, `assessment`).

pub mod alerts;
#[cfg(test)]
mod checks;
pub mod cover;
pub mod documents;
pub mod equipment;
mod finding;
pub mod form;
pub mod history;
pub mod import_permit;
mod item;
pub mod listing;
pub mod measures;
pub mod neighbours;
pub mod parties;
pub mod physics;
pub mod price;
pub mod procedure;
pub mod quota;
pub mod route;
mod sources;
mod taxon;
mod timber;
pub mod understanding;
mod weighing;
pub mod wording;

pub use finding::Finding;
pub use item::ItemEvidence;
pub use neighbours::Neighbours;
pub use sources::Sources;
pub use taxon::TaxonEvidence;

use crate::codes::Date;
use crate::manifest::Consignment;
use crate::names::Verdict;
use crate::permits::Claim;

/// All facts of one consignment.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Day whose law, measures, alerts and register count.
    pub as_of: Date,
    /// Items in the order of the manifest.
    pub items: Vec<ItemEvidence>,
    /// Whether the goods were understood.
    pub understanding: understanding::Understanding,
    /// Places of the voyage and what they say of origin and known routes.
    pub route: route::RouteEvidence,
    pub procedure: procedure::ProcedureEvidence,
    /// Value and freight of the whole.
    pub totals: price::TotalsEvidence,
    /// Parties in the order of the manifest.
    pub parties: Vec<parties::PartyEvidence>,
    /// Containers and ship.
    pub equipment: equipment::EquipmentEvidence,
    /// Documents against the register.
    pub documents: Vec<documents::DocumentEvidence>,
    /// Alerts that meet the consignment.
    pub alerts: Vec<alerts::AlertEvidence>,
    /// What it asks of the permits that were matched.
    pub claims: Vec<Claim>,
    /// What earlier consignments show; set when it is settled.
    pub history: history::HistoryEvidence,
}

impl Evidence {
    /// The strongest verdict of the items.
    pub fn verdict(&self) -> Verdict {
        self.items.iter().map(|item| item.names.verdict).max().unwrap_or_default()
    }
}

/// Gathers every kind of fact for one consignment.
pub fn gather(sources: &Sources<'_>, neighbours: &Neighbours<'_>, consignment: &Consignment, as_of: Date) -> Evidence {
    let manifest = neighbours.manifest;
    let route = route::gather(sources.references, manifest, consignment);
    let procedure = procedure::gather(consignment);
    let totals = price::totals(sources.references, consignment, as_of);
    let equipment = equipment::gather(neighbours, consignment);
    let mut items: Vec<ItemEvidence> = consignment
        .goods_items
        .iter()
        .enumerate()
        .map(|(n, item)| item::gather(sources, &route, &equipment, consignment, n, item, as_of))
        .collect();
    let mut prices: Vec<_> = items.iter_mut().map(|item| &mut item.price).collect();
    price::of_several(sources.references, consignment, &mut prices, as_of);
    papers_due(sources, neighbours, consignment, &mut items, &route, &procedure, as_of);
    let understanding = understanding::gather(sources, neighbours, consignment, &items);
    let parties = parties::gather(sources, consignment, &items, as_of);
    let (documents, mut claims) = documents::gather(sources, manifest, consignment, &items, as_of);
    claims.extend(quota::claims(items.iter().flat_map(|item| &item.quotas), &consignment.bill_of_lading));
    let alerts = alerts::gather(sources.alerts, manifest, consignment, &items, &route, as_of);
    Evidence {
        as_of,
        items,
        understanding,
        route,
        procedure,
        totals,
        parties,
        equipment,
        documents,
        alerts,
        claims,
        history: history::HistoryEvidence::NotKept,
    }
}

/// What importers and quotas ask of each item.
fn papers_due(
    sources: &Sources<'_>,
    neighbours: &Neighbours<'_>,
    consignment: &Consignment,
    items: &mut [ItemEvidence],
    route: &route::RouteEvidence,
    procedure: &procedure::ProcedureEvidence,
    as_of: Date,
) {
    let references = sources.references;
    let departure = neighbours.manifest.departure.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day());
    for (evidence, item) in items.iter_mut().zip(&consignment.goods_items) {
        if evidence.taxa.is_empty() {
            continue;
        }
        evidence.import_permit = import_permit::gather(&import_permit::From {
            references,
            consignment,
            item,
            taxa: &evidence.taxa,
            procedure,
            destination: route.destination,
            consignee: route.consignee,
            as_of,
        });
        evidence.quotas = quota::gather(&quota::From {
            references,
            item,
            taxa: &evidence.taxa,
            origin: evidence.origin,
            leaves_on: departure.unwrap_or(as_of),
        });
    }
    let mut quotas: Vec<_> = items.iter_mut().flat_map(|item| &mut item.quotas).collect();
    quota::join(&mut quotas);
}
