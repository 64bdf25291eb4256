//! Evidence: facts about one consignment, with their source and without points.
//!
//! In: a consignment, its manifest's head, and the frozen [`Sources`]. Out: [`Evidence`], the twelve kinds of facts. Each
//! is known or says why it is not; a gap is never innocence. Siblings here do not import each other; this file joins
//! them. Not here: what counts how much (`profile`, `assessment`).

pub mod alerts;
pub mod documents;
pub mod equipment;
pub mod form;
pub mod history;
pub mod listing;
pub mod measures;
pub mod neighbours;
pub mod parties;
pub mod physics;
pub mod procedure;
pub mod route;
pub mod understanding;
pub mod wording;

pub use neighbours::Neighbours;

use crate::alerts::{AlertLookup, WatchList};
use crate::codes::{CountryCode, Date};
use crate::manifest::{Consignment, GoodsItem};
use crate::names::{Mention, NameIndex, NameQuery, Resolution, Verdict};
use crate::permits::{Claim, Register};
use crate::reference::{Form, References, genus_of};
use crate::words::words;

/// The frozen sources that facts come from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// Reference tables.
    pub references: &'a References,
    /// Names of taxa.
    pub names: &'a NameIndex,
    /// Words of goods texts.
    pub words: &'a wording::GoodsWords,
    /// Permit register.
    pub register: &'a Register,
    /// Alerts.
    pub alerts: &'a AlertLookup,
    /// Watch list.
    pub watch_list: &'a WatchList,
}

/// Facts of one goods item.
#[derive(Debug, Clone)]
pub struct ItemEvidence {
    /// What the words name.
    pub names: Resolution,
    /// Per mention that is a listed genus or a substitute: what the listing says.
    pub taxa: Vec<TaxonEvidence>,
    /// Form of the goods.
    pub form: form::FormEvidence,
    /// Wording.
    pub wording: wording::WordingEvidence,
    /// Declared origin, read from a code or from words.
    pub origin: Option<CountryCode>,
    /// Measures that touch it.
    pub measures: Vec<measures::MeasureEvidence>,
    /// Mass, volume, value.
    pub physics: physics::PhysicsEvidence,
}

/// One taxon of an item.
#[derive(Debug, Clone)]
pub struct TaxonEvidence {
    /// Index of the mention in the item's names.
    pub mention: usize,
    /// Accepted name or genus.
    pub taxon: String,
    /// Genus.
    pub genus: String,
    /// Is it the same words' other reading?
    pub is_alternative: bool,
    /// Range States.
    pub range_states: Vec<CountryCode>,
    /// Listed taxa that it is sold as.
    pub lookalike_of: Vec<String>,
    /// What the Appendices say.
    pub listing: listing::ListingEvidence,
}

/// All facts of one consignment.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Day whose law, measures, alerts and register count.
    pub as_of: Date,
    /// Items in the order of the manifest.
    pub items: Vec<ItemEvidence>,
    /// Whether the goods were understood.
    pub understanding: understanding::Understanding,
    /// The way.
    pub route: route::RouteEvidence,
    /// Procedure.
    pub procedure: procedure::ProcedureEvidence,
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
    let equipment = equipment::gather(neighbours, consignment);
    let understanding = understanding::gather(sources, neighbours, consignment);
    let items: Vec<ItemEvidence> = consignment
        .goods_items
        .iter()
        .enumerate()
        .map(|(n, item)| gather_item(sources, &route, &equipment, consignment, n, item, as_of))
        .collect();
    let parties = parties::gather(sources, consignment, &items, as_of);
    let (documents, claims) = documents::gather(sources, manifest, consignment, &items, as_of);
    let alerts = alerts::gather(sources.alerts, manifest, consignment, &items, &route, as_of);
    Evidence {
        as_of,
        items,
        understanding,
        route,
        procedure,
        parties,
        equipment,
        documents,
        alerts,
        claims,
        history: history::HistoryEvidence::NotKept,
    }
}

fn gather_item(
    sources: &Sources<'_>,
    route: &route::RouteEvidence,
    equipment: &equipment::EquipmentEvidence,
    consignment: &Consignment,
    n: usize,
    item: &GoodsItem,
    as_of: Date,
) -> ItemEvidence {
    let origin = route.origin_of_item(n);
    let names = sources.names.resolve(&NameQuery {
        text: &item.description,
        declared: item.scientific_name.as_deref(),
        common: item.common_name.as_deref(),
        hs: item.hs_code.as_ref(),
        origin,
        as_of: Some(as_of),
    });
    let wording = wording::gather(sources.words, item);
    let form = form::gather(sources.references, item, &wording, as_of);
    let taxa = taxa_of(sources, &names, item, &wording, form.form, origin, route, as_of);
    let measures = measures::gather(&measures::From {
        references: sources.references,
        taxa: &taxa,
        names: &names,
        consignment,
        item,
        form: form.form,
        origin,
        route,
        as_of,
    });
    let physics = physics::gather(sources.references, consignment, item, &names, &taxa, form.form, equipment);
    ItemEvidence { names, taxa, form, wording, origin, measures, physics }
}

/// Listed genera and substitutes among the mentions, each with its other readings.
#[allow(clippy::too_many_arguments, reason = "one call site; each argument is one source of the fact")]
fn taxa_of(
    sources: &Sources<'_>,
    names: &Resolution,
    item: &GoodsItem,
    wording: &wording::WordingEvidence,
    form: Option<Form>,
    origin: Option<CountryCode>,
    route: &route::RouteEvidence,
    as_of: Date,
) -> Vec<TaxonEvidence> {
    let mut taxa: Vec<TaxonEvidence> = Vec::new();
    let mut add = |mention: usize, found: &Mention, taxon: &str, is_alternative: bool| {
        if taxa.iter().any(|known| known.taxon == taxon) {
            return;
        }
        let record = sources.names.taxon(taxon);
        // A name that is used for one population only (bois de rose: Madagascar) says where the wood grew.
        let population = match (origin, found.population.as_slice()) {
            (None, [only]) => Some(*only),
            (origin, _) => origin,
        };
        let listing = listing::gather(
            sources.references,
            &listing::Question {
                taxon,
                origin: population,
                export: route.export_country(),
                form,
                item,
                wording,
                as_of,
            },
        );
        taxa.push(TaxonEvidence {
            mention,
            taxon: taxon.to_owned(),
            genus: genus_of(taxon).to_owned(),
            is_alternative,
            range_states: record.map(|record| record.range_states.clone()).unwrap_or_default(),
            lookalike_of: record.map(|record| record.lookalike_of.clone()).unwrap_or_default(),
            listing,
        });
    };
    for (n, mention) in names.mentions.iter().enumerate() {
        add(n, mention, &mention.taxon, false);
    }
    for (n, mention) in names.mentions.iter().enumerate().filter(|(_, mention)| mention.verdict >= Verdict::Review) {
        mention.alternatives.iter().take(4).for_each(|other| add(n, mention, other, true));
    }
    taxa
}

words! {
    /// A fact that holds, does not hold, or cannot be told.
    pub enum Finding {
        /// The figures or fields agree.
        Consistent = "consistent",
        /// They contradict each other.
        Inconsistent = "inconsistent",
        /// It cannot be told.
        Unverifiable = "unverifiable",
    }
}
