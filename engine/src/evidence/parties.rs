//! Who: watch list, order clauses, forwarders, lines of business, shared addresses.

use crate::alerts::{WatchMatch, WatchedParty};
use crate::codes::{CountryCode, Date};
use crate::label::Label;
use crate::manifest::{Consignment, Party};
use crate::names::Verdict;

use super::{ItemEvidence, Sources};

/// What is known of one party of a consignment.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyEvidence {
    /// Country of its address.
    pub country: Option<CountryCode>,
    /// An order clause, not a company.
    pub to_order: bool,
    /// A forwarder or agent.
    pub is_forwarder: bool,
    /// Another line of business while the goods are wood.
    pub deals_in_other_goods: bool,
    /// The entry of the watch list that met best.
    pub watch: Option<WatchMatch>,
    /// Who may see that entry.
    pub watch_handling: Label,
    /// Other parties of this consignment, of another name, under the same address.
    pub same_address_as: usize,
}

/// Street and city as one text.
pub fn address_text(party: &Party) -> String {
    let Some(address) = &party.address else { return String::new() };
    match (address.street.as_deref(), address.city.as_deref()) {
        (Some(street), Some(city)) => [street, " ", city].concat(),
        (one, other) => one.or(other).unwrap_or_default().to_owned(),
    }
}

/// Looks at every party.
pub fn gather(
    sources: &Sources<'_>,
    consignment: &Consignment,
    items: &[ItemEvidence],
    as_of: Date,
) -> Vec<PartyEvidence> {
    let wood =
        items.iter().any(|item| item.names.verdict >= Verdict::Review || super::form::is_raw_wood(item.form.form));
    let addresses: Vec<String> = consignment.parties.iter().map(address_text).collect();
    let one = |(party, address): (&Party, &String)| {
        let words = sources.words.of_name(&party.name);
        let country = party.address.as_ref().and_then(|address| address.country).filter(|country| country.is_known());
        let watch = if words.to_order || sources.watch_list.is_empty() {
            None
        } else {
            sources.watch_list.closest(&WatchedParty { name: &party.name, country, address }, as_of)
        };
        let entry = watch.as_ref().and_then(|watch| sources.watch_list.entry(watch.entry));
        let watch_handling = entry.map(|entry| entry.handling).unwrap_or_default();
        let same_address_as = consignment
            .parties
            .iter()
            .zip(&addresses)
            .filter(|(other, own)| other.name != party.name && !address.is_empty() && *own == address)
            .count();
        PartyEvidence {
            country,
            to_order: words.to_order,
            is_forwarder: words.forwarder,
            deals_in_other_goods: wood && !words.trades.is_empty(),
            watch,
            watch_handling,
            same_address_as,
        }
    };
    consignment.parties.iter().zip(&addresses).map(one).collect()
}
