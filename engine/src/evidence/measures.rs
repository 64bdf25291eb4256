//! Which measures touch the goods on the day, in which role of which country, and how surely.
//!
//! In: the taxa of an item, its form and origin, the way of the consignment. Out: [`MeasureEvidence`], each measure once. A
//! measure of a country is met only by that country; where origin or way is not known it may be, and says so
//! ([`Reach::NotKnown`]): never a match without a country. Not here: what a measure is (`reference`), what it counts
//! (`rules/trade-measures`).

use crate::codes::{CountryCode, Date};
use crate::manifest::GoodsItem;
use crate::names::{Method, Resolution};
use crate::reference::{
    ActingMeasure, Certainty, CountryRole, Form, MeasureKind, MeasureQuestion, MeasureStatus, References, Strength,
};

use super::TaxonEvidence;
use super::listing::Coverage;
use super::route::RouteEvidence;
use crate::words::words;

words! {
    /// Why a country matters to a measure; the later, the more direct.
    pub enum Role {
        /// A port on the way, or a country of transit.
        Routing = "routing",
        /// The CITES document was issued there.
        Permit = "permit",
        /// The goods were loaded there.
        Loading = "loading",
        /// The consignor has an address there.
        Consignor = "consignor",
        /// The goods go there.
        Destination = "destination",
        /// The wood grew there.
        Origin = "origin",
    }
}

impl Role {
    /// Not only a port on the way.
    pub fn is_direct(self) -> bool {
        self != Self::Routing
    }
}

/// By which country a measure was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It names countries, and which of them meets it is not known; why.
    NotKnown(&'static str),
    /// This one, in this role.
    Country(CountryCode, Role),
    /// It holds for every country.
    Everywhere,
}

impl Reach {
    /// How directly: not known, on the way, at the origin, consignor, loading, permit or destination.
    fn directness(&self) -> u8 {
        match self {
            Self::NotKnown(_) => 0,
            Self::Country(_, role) if !role.is_direct() => 1,
            Self::Country(..) | Self::Everywhere => 2,
        }
    }
}

const NO_ORIGIN: &str = "the origin is not declared";
const NO_WAY: &str = "origin and route are not known";
const NO_ROUTE: &str = "the route is not known";

/// One measure that touches an item.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureEvidence {
    pub id: String,
    pub kind: MeasureKind,
    /// Instrument, as cited.
    pub instrument: String,
    /// By which country it was met.
    pub reach: Reach,
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
    /// Day on which it was last seen in force, where the day that counts is later and no end is known; or empty.
    pub last_seen: String,
}

/// What the measures of an item are asked with.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    pub references: &'a References,
    pub taxa: &'a [TaxonEvidence],
    pub names: &'a Resolution,
    pub item: &'a GoodsItem,
    pub form: Option<Form>,
    pub origin: Option<CountryCode>,
    /// Claims of the goods text.
    pub claims: &'a [&'a str],
    pub route: &'a RouteEvidence,
    /// Day that counts.
    pub as_of: Date,
}

/// Asks for every taxon in every role that a country plays.
pub fn gather(from: &From<'_>) -> Vec<MeasureEvidence> {
    let mut found = Vec::new();
    for (n, taxon) in from.taxa.iter().enumerate().filter(|(_, taxon)| !taxon.is_alternative) {
        OfTaxon::new(from, n, taxon).ask(&mut found);
    }
    found.sort_by(|a, b| a.id.cmp(&b.id).then(a.taxon.cmp(&b.taxon)));
    found
}

/// Questions about one taxon.
struct OfTaxon<'a> {
    from: &'a From<'a>,
    n: usize,
    asked: MeasureQuestion<'a>,
    sure_name: bool,
    /// Countries that the goods may have been exported from, in the order in which they are asked.
    exports: Vec<(Role, CountryCode)>,
}

impl<'a> OfTaxon<'a> {
    fn new(from: &'a From<'a>, n: usize, taxon: &'a TaxonEvidence) -> Self {
        let mention = from.names.mentions.get(taxon.mention);
        let sure_name = mention.is_some_and(|m| m.method != Method::TradeName || m.strength == Strength::Exclusive);
        let population = mention.and_then(|m| m.population.first().copied()).filter(|_| from.origin.is_none());
        let listed = match taxon.listing.coverage {
            Coverage::Covered => Certainty::Yes,
            Coverage::Unclear => Certainty::Possibly,
            Coverage::Exempt | Coverage::NotListed => Certainty::No,
        };
        let route = from.route;
        // What no plantation supplies is out of no rule for being said to come from one.
        let grown = from.origin.or(population);
        let plantations = &from.references.plantations;
        let impossible =
            !from.claims.is_empty() && grown.is_some_and(|origin| plantations.none_supplies(&taxon.counted, origin));
        let asked = MeasureQuestion {
            taxon: &taxon.counted,
            listed,
            day: from.as_of,
            origin: from.origin.or(population),
            export: None,
            transit: &route.countries,
            import: route.destination,
            form: from.form,
            claims: if impossible { &[] } else { from.claims },
            source_code: from.item.documents.iter().find_map(|document| document.source.as_deref()),
        };
        let places = [
            (Role::Consignor, route.consignor),
            (Role::Loading, route.first),
            (Role::Loading, route.loading),
            (Role::Permit, route.permit),
        ];
        let direct = places.into_iter().filter_map(|(role, country)| Some((role, country?)));
        let passed = route.countries.iter().filter(|country| route.destination != Some(**country));
        let exports = direct.chain(passed.map(|country| (Role::Routing, *country))).collect();
        Self { from, n, asked, sure_name, exports }
    }

    fn ask(&self, found: &mut Vec<MeasureEvidence>) {
        let measures = &self.from.references.measures;
        for acting in measures.acting(&self.asked) {
            let reach = match acting.met {
                Some((CountryRole::Origin, country)) => Reach::Country(country, Role::Origin),
                Some((CountryRole::Import, country)) => Reach::Country(country, Role::Destination),
                Some((CountryRole::Transit, country)) => Reach::Country(country, Role::Routing),
                Some((CountryRole::Export, country)) => Reach::Country(country, Role::Loading),
                None if acting.measure.countries.is_empty() => Reach::Everywhere,
                None => self.not_known(),
            };
            self.add(found, &acting, reach);
        }
        for (role, country) in &self.exports {
            let asked = MeasureQuestion { export: Some(*country), ..self.asked };
            for acting in measures.acting_on_export(&asked) {
                self.add(found, &acting, Reach::Country(*country, *role));
            }
        }
    }

    fn not_known(&self) -> Reach {
        Reach::NotKnown(match (self.asked.origin, self.exports.is_empty()) {
            (Some(_), _) => NO_ROUTE,
            (None, true) => NO_WAY,
            (None, false) => NO_ORIGIN,
        })
    }

    /// Keeps one entry for each measure: the most direct role, then the surest taxon.
    fn add(&self, found: &mut Vec<MeasureEvidence>, acting: &ActingMeasure<'_>, reach: Reach) {
        let measure = acting.measure;
        if measure.kind == MeasureKind::Guidance {
            return;
        }
        // Where the country is open, the goods alone say whether it covers them.
        let certainty = if matches!(reach, Reach::NotKnown(_)) { acting.goods } else { acting.certainty };
        let covers_form = match (certainty, self.asked.listed) {
            (Certainty::No, _) => Coverage::Exempt,
            (Certainty::Possibly, _) | (_, Certainty::Possibly) => Coverage::Unclear,
            (Certainty::Yes, _) => Coverage::Covered,
        };
        let entry = MeasureEvidence {
            id: measure.id.clone(),
            kind: measure.kind,
            instrument: measure.instrument.clone(),
            reach,
            all_species: measure.taxa.iter().any(|taxon| matches!(taxon.as_str(), "listed" | "any")),
            taxon: self.n,
            certainty,
            sure_name: self.sure_name,
            covers_form,
            confirmed: measure.status == MeasureStatus::Confirmed,
            summary: measure.carve_out.clone().unwrap_or_default(),
            last_seen: measure.last_seen_before(self.from.as_of).map(|day| day.to_string()).unwrap_or_default(),
        };
        let weight = |e: &MeasureEvidence| (e.reach.directness(), e.certainty, e.sure_name);
        match found.iter_mut().find(|known| known.id == entry.id) {
            Some(known) if weight(&entry) > weight(known) => *known = entry,
            Some(_) => {}
            None => found.push(entry),
        }
    }
}
