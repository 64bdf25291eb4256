//! Where the goods come from, pass and go: by codes, by words, by the parties' addresses.

use crate::codes::{CountryCode, Unlocode};
use crate::manifest::fields::{address, consignment as bill, goods_item, party};
use crate::manifest::{Consignment, Location, Manifest, PartyRole, Place};
use crate::reference::{Node, References};

/// A smuggling route that the way follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskRoute {
    pub id: String,
    /// Taxa that took it.
    pub taxa: Vec<String>,
    pub source: String,
    /// All its nodes, or all but the last.
    pub complete: bool,
}

/// The way of the goods.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RouteEvidence {
    /// Declared origin of each item.
    pub origins: Vec<Option<CountryCode>>,
    /// Country of the first port of loading.
    pub first: Option<CountryCode>,
    /// Country of loading on this ship.
    pub loading: Option<CountryCode>,
    /// Country of discharge.
    pub discharge: Option<CountryCode>,
    /// Country of destination.
    pub destination: Option<CountryCode>,
    /// Country of the consignor.
    pub consignor: Option<CountryCode>,
    /// Country of the consignee.
    pub consignee: Option<CountryCode>,
    /// Country that issued the first CITES document that says so.
    pub permit: Option<CountryCode>,
    /// Every country on the way, in order, each once.
    pub countries: Vec<CountryCode>,
    /// Countries between first and last where timber has been relayed.
    pub hubs: Vec<CountryCode>,
    /// Smuggling routes followed.
    pub risk_routes: Vec<RiskRoute>,
}

impl RouteEvidence {
    /// Origin of item `n`.
    pub fn origin_of_item(&self, n: usize) -> Option<CountryCode> {
        self.origins.get(n).copied().flatten()
    }

    /// Where the goods were exported: the consignor's country, else the first loading.
    pub fn export_country(&self) -> Option<CountryCode> {
        self.consignor.or(self.first).or(self.loading)
    }
}

/// Reads the way.
pub fn gather(references: &References, manifest: &Manifest, consignment: &Consignment) -> RouteEvidence {
    let places = &consignment.places;
    let stop = |place: &Option<Location>| place.as_ref().map(|place| Stop::of(references, place)).unwrap_or_default();
    let call = |call: &Option<crate::manifest::Call>| {
        let place = call.as_ref().and_then(|call| call.unlocode.as_ref());
        place.and_then(|place| Stop::of(references, place).country)
    };
    let sea = [stop(&places.original_loading), stop(&places.loading), stop(&places.transhipment)];
    let end = [stop(&places.discharge), stop(&places.delivery), stop(&places.final_destination)];
    let loading = sea[1].country.or_else(|| call(&manifest.departure));
    let first = sea[0].country.or(loading);
    let discharge = end[0].country.or_else(|| call(&manifest.arrival));
    let destination = end[2].country.or(end[1].country).or(discharge);
    let party = |roles: [PartyRole; 2]| {
        roles.into_iter().find_map(|role| {
            let (n, party) = consignment.parties.iter().enumerate().find(|(_, party)| party.role == role)?;
            let address = party.address.as_ref()?;
            known(address.country).or_else(|| {
                let at = Place::HEAD.entry(bill::parties, n).field(party::address).field(address::country);
                original(references, consignment, at)
            })
        })
    };
    let routing = routing(references, consignment);
    let origins = consignment
        .goods_items
        .iter()
        .enumerate()
        .map(|(n, item)| {
            known(item.origin)
                .or_else(|| original(references, consignment, Place::HEAD.item(n).field(goods_item::origin)))
        })
        .collect();
    let consignor = party([PartyRole::Consignor, PartyRole::Exporter]);
    let consignee = party([PartyRole::Consignee, PartyRole::Importer]);
    let mut nodes: Vec<Node> = Vec::new();
    let push = |nodes: &mut Vec<Node>, node: Node| {
        if nodes.last().is_none_or(|last| *last != node) {
            nodes.push(node);
        }
    };
    consignor.into_iter().for_each(|country| push(&mut nodes, Node::Country(country)));
    sea.iter().filter_map(|stop| stop.node).for_each(|node| push(&mut nodes, node));
    routing.iter().for_each(|country| push(&mut nodes, Node::Country(*country)));
    end.iter().filter_map(|stop| stop.node).for_each(|node| push(&mut nodes, node));
    let routed: Vec<Node> =
        routing.iter().map(|country| Node::Country(*country)).chain(end.iter().filter_map(|stop| stop.node)).collect();
    let mut countries: Vec<CountryCode> = Vec::new();
    for country in routing.iter().copied().chain(nodes.iter().map(|node| node.country())) {
        if country.is_known() && !countries.contains(&country) {
            countries.push(country);
        }
    }
    let papers = consignment.all_documents().filter(|(_, _, document)| document.kind.is_cites());
    let permit = papers.filter_map(|(_, _, document)| known(document.country)).next();
    let risk_routes = risk_routes(references, &[&nodes, &routed]);
    let ends = [first, destination, consignor];
    let hubs = countries
        .iter()
        .copied()
        .filter(|country| !ends.contains(&Some(*country)))
        .filter(|country| references.ports.relays(*country))
        .collect();
    RouteEvidence {
        origins,
        first,
        loading,
        discharge,
        destination,
        consignor,
        consignee,
        permit,
        countries,
        hubs,
        risk_routes,
    }
}

fn risk_routes(references: &References, ways: &[&Vec<Node>]) -> Vec<RiskRoute> {
    let mut followed: Vec<RiskRoute> = Vec::new();
    for found in ways.iter().flat_map(|way| references.routes.followed(way)) {
        let known = followed.iter_mut().find(|route| route.id == found.route.id);
        match known {
            Some(route) => route.complete |= found.complete,
            None => followed.push(RiskRoute {
                id: found.route.id.clone(),
                taxa: found.route.taxa.clone(),
                source: found.route.source.clone(),
                complete: found.complete,
            }),
        }
    }
    followed.sort_by(|a, b| a.id.cmp(&b.id));
    followed
}

fn known(country: Option<CountryCode>) -> Option<CountryCode> {
    country.filter(|country| country.is_known())
}

/// The countries passed: codes, then those in words that the country table knows.
fn routing(references: &References, consignment: &Consignment) -> Vec<CountryCode> {
    let in_words = consignment.originals.iter().filter(|original| original.at.is_of(bill::routing));
    let found = in_words.filter_map(|original| references.countries.find(&original.text)).map(|country| country.code);
    let mut routing = consignment.routing.clone();
    for country in found {
        if !routing.contains(&country) {
            routing.push(country);
        }
    }
    routing
}

/// A country that was declared in words.
fn original(references: &References, consignment: &Consignment, at: Place) -> Option<CountryCode> {
    let text = consignment.originals.iter().find(|original| original.at == at)?;
    references.countries.find(&text.text).map(|country| country.code)
}

/// A place of the way, looked up once.
#[derive(Debug, Clone, Copy, Default)]
struct Stop {
    /// The place, or its country where no place is known.
    node: Option<Node>,
    /// Its country; of a code that no list has, that of its first two letters.
    country: Option<CountryCode>,
}

impl Stop {
    fn of(references: &References, place: &Location) -> Self {
        let by_letters = |code: Unlocode| references.countries.get(code.country()).map(|country| country.code);
        let shaped = place.unlocode();
        // Nearly every place is a port that the list has.
        if let Some((code, port)) = shaped.and_then(|code| references.ports.get(code).map(|port| (code, port))) {
            return Self { node: Some(Node::Place(code)), country: Some(port.country) };
        }
        if let Some(code) = place_code(references, place, shaped) {
            let country = references.ports.get(code).map(|port| port.country).or_else(|| by_letters(code));
            return Self { node: Some(Node::Place(code)), country };
        }
        let by_name = references.countries.find(place.as_str()).map(|country| country.code);
        let country = by_name.or_else(|| shaped.and_then(by_letters));
        Self { node: shaped.map(Node::Place).or(country.map(Node::Country)), country }
    }
}

/// The place that is meant: a code of the list, else a name. A text of five letters may be either (`LAGOS` is no place of
/// Laos), so a code counts only when the list has it.
fn place_code(references: &References, place: &Location, shaped: Option<Unlocode>) -> Option<Unlocode> {
    let is_listed = |code: &Unlocode| references.ports.get(*code).is_some() || references.places.has(*code);
    let by_name = || references.ports.find(place.as_str()).map(|port| port.locode);
    let by_list = || references.places.find(place.as_str(), &references.countries);
    shaped.filter(is_listed).or_else(by_name).or_else(by_list)
}
