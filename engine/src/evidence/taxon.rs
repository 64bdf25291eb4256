//! The taxa that an item names, each with what the Appendices say of it.

use super::{Sources, listing, route, wording};
use crate::codes::{CountryCode, Date};
use crate::manifest::GoodsItem;
use crate::names::{Mention, Resolution, Verdict};
use crate::reference::{Form, genus_of};

/// One taxon of an item.
#[derive(Debug, Clone)]
pub struct TaxonEvidence {
    /// Index of the mention in the item's names.
    pub mention: usize,
    /// Accepted name or genus.
    pub taxon: String,
    pub genus: String,
    /// Accepted name under which the law counts it, mostly its own.
    pub counted: String,
    /// Is it the same words' other reading?
    pub is_alternative: bool,
    pub range_states: Vec<CountryCode>,
    /// Listed taxa that it is sold as.
    pub lookalike_of: Vec<String>,
    /// What the Appendices say.
    pub listing: listing::ListingEvidence,
}

/// Listed genera and substitutes among the mentions, each with its other readings.
#[allow(clippy::too_many_arguments, reason = "one call site; each argument is one source of the fact")]
pub(super) fn gather(
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
        let counted = sources.references.united.counted(taxon);
        // Where one name is counted as another, it grows where either is told to grow.
        let records = [Some(taxon), Some(counted).filter(|counted| *counted != taxon)];
        let records = || records.into_iter().flatten().filter_map(|name| sources.names.taxon(name));
        let mut range_states: Vec<CountryCode> = Vec::new();
        for state in records().flat_map(|record| &record.range_states) {
            if !range_states.contains(state) {
                range_states.push(*state);
            }
        }
        // A name that is used for one population only (bois de rose: Madagascar) says where the wood grew.
        let population = match (origin, found.population.as_slice()) {
            (None, [only]) => Some(*only),
            (origin, _) => origin,
        };
        let listing = listing::gather(
            sources.references,
            &listing::Question {
                taxon: counted,
                origin: population,
                export: route.export_country(),
                names: sources.names,
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
            counted: counted.to_owned(),
            range_states,
            lookalike_of: records().next().map(|record| record.lookalike_of.clone()).unwrap_or_default(),
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
