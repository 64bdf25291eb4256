//! Which alerts meet the consignment on its day, and on what.

use crate::alerts::{AlertLookup, AlertQuestion};
use crate::codes::{CountryCode, Date};
use crate::label::Label;
use crate::manifest::{Consignment, Manifest};
use crate::reference::Graded;

use super::ItemEvidence;
use super::route::RouteEvidence;

/// One alert that meets the consignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertEvidence {
    /// Index of the record.
    pub record: usize,
    /// Id of the record.
    pub id: String,
    /// How it is cited.
    pub citation: String,
    pub kind: String,
    /// What it asks for.
    pub measure: String,
    pub title: String,
    /// What met it.
    pub on: Vec<&'static str>,
    /// It met on the ship alone, says where its goods come from, and no timber here comes from there or passes there. A
    /// ship carries the goods of many shippers.
    pub of_another_way: bool,
    /// What its grade says.
    pub graded: Graded,
    /// Who may see it.
    pub handling: Label,
}

/// Asks the lookup once for the whole consignment.
pub fn gather(
    lookup: &AlertLookup,
    manifest: &Manifest,
    consignment: &Consignment,
    items: &[ItemEvidence],
    route: &RouteEvidence,
    as_of: Date,
) -> Vec<AlertEvidence> {
    let means = manifest.transport_means.as_ref();
    let taxa: Vec<&str> = items.iter().flat_map(|item| item.taxa.iter().map(|taxon| taxon.taxon.as_str())).collect();
    let mut containers: Vec<&str> = Vec::new();
    for item in &consignment.goods_items {
        containers.extend(item.in_containers.iter().map(|place| place.container.as_str()));
    }
    let asked = AlertQuestion {
        day: Some(as_of),
        taxa,
        origin: route.origins.iter().flatten().copied().collect(),
        export: [route.consignor, route.first, route.loading].into_iter().flatten().collect(),
        transit: route.countries.clone(),
        destination: [route.destination, route.discharge].into_iter().flatten().collect(),
        imo: means.and_then(|means| means.imo.as_deref()),
        vessel: means.and_then(|means| means.name.as_deref()),
        containers,
        permits: consignment.all_documents().filter_map(|(_, _, document)| document.number.as_deref()).collect(),
        parties: consignment.parties.iter().map(|party| party.name.as_str()).collect(),
        issuers: consignment.all_documents().filter_map(|(_, _, d)| d.issuing_authority.as_deref()).collect(),
    };
    let evidence = lookup.meet(&asked).into_iter().filter_map(|found| {
        let record = lookup.record(found.record)?;
        Some(AlertEvidence {
            record: found.record,
            id: record.id.clone(),
            citation: record.citation().to_owned(),
            kind: record.kind.clone(),
            measure: record.measure.clone().unwrap_or_default(),
            title: record.title.clone(),
            of_another_way: matches!(found.on.as_slice(), ["vessel"] | ["vessel", "taxon"])
                && is_of_another_way(&record.way(), consignment, items, route),
            on: found.on,
            graded: record.graded,
            handling: record.label(),
        })
    });
    evidence.collect()
}

/// No timber of this bill comes from these countries or passes them, and all of it says where it comes from: what is not
/// said can be any of them.
fn is_of_another_way(
    way: &[CountryCode],
    consignment: &Consignment,
    items: &[ItemEvidence],
    route: &RouteEvidence,
) -> bool {
    let timber = items.iter().zip(&consignment.goods_items).filter(|(item, goods)| item.is_timber(goods));
    let mut origins = timber.map(|(item, _)| item.origin);
    !way.is_empty()
        && !route.countries.is_empty()
        && !route.countries.iter().any(|country| way.contains(country))
        && origins.all(|origin| origin.is_some_and(|origin| !way.contains(&origin)))
}
