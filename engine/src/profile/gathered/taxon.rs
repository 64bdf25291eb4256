//! Facts of a taxon that an item names.

use super::from::{Gathered, code};
use crate::codes::CountryCode;
use crate::evidence::{ItemEvidence, TaxonEvidence};
use crate::names::Verdict;
use crate::profile::facts::{Fill, Values, Word};
use crate::profile::view::taxon;
use crate::reference::Certainty;

pub(super) fn values(from: &Gathered<'_>, item: &ItemEvidence, found: &TaxonEvidence) -> Values {
    let mention = item.names.mentions.get(found.mention);
    let no_range = || format!("the range of {} is not known", found.taxon);
    let in_range = |country: Option<CountryCode>, why: &str| match country {
        _ if found.range_states.is_empty() => Err(no_range()),
        None => Err(why.to_owned()),
        Some(country) => Ok(found.range_states.contains(&country)),
    };
    let neighbours = |origin: CountryCode| {
        found.range_states.iter().any(|range| from.references.countries.are_neighbours(origin, *range))
    };
    let beside = in_range(item.origin, taxon::origin_beside_range.gap)
        .map(|inside| !inside && item.origin.is_some_and(neighbours));
    let partner_range = match item.origin {
        _ if found.lookalike_of.is_empty() => Err(format!("{} is not known to be sold as a listed wood", found.taxon)),
        None => Err(taxon::lookalike_range_matches.gap.to_owned()),
        Some(origin) => Ok(found.lookalike_of.iter().any(|listed| {
            from.references.listings.on(listed, Some(origin), None, from.evidence.as_of).acting().is_some()
        })),
    };
    let (reserved, reserved_by) = reservations(from, found);
    let departure = from.manifest.departure.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day());
    let days = || {
        let listed = departure.zip(found.listing.effective_from);
        listed.and_then(|(day, listed)| day.until(listed).ok()).map(|span| f64::from(span.get_days()))
    };
    let mut values = Fill::<taxon::V>::new(from.wanted);
    values
        .put(taxon::name, &found.taxon)
        .put(taxon::genus, &found.genus)
        .put(taxon::rank, mention.map_or("", |m| m.rank.as_str()))
        .put(taxon::method, Word(mention.map_or("", |m| m.method.as_str())))
        .put(taxon::strength, Word(mention.map_or("", |m| m.strength.as_str())))
        .put(taxon::similarity, mention.map_or(0.0, |m| m.similarity))
        .put(taxon::is_listed_genus, mention.is_some_and(|m| m.in_scope && m.verdict >= Verdict::Review))
        .put(taxon::is_lookalike, mention.is_some_and(|m| m.lookalike && !m.in_scope))
        .put(taxon::lookalike_of, &found.lookalike_of)
        .put(taxon::n_alternatives, mention.map_or(0, |m| m.alternatives.len()))
        .put(taxon::appendix, Word(found.listing.appendix.map_or("none", |a| a.as_str())))
        .put(taxon::annotation, found.listing.annotation.as_deref().unwrap_or_default())
        .put(taxon::coverage, Word(found.listing.coverage.as_str()))
        .put(taxon::range_states, found.range_states.iter().map(code))
        .put(taxon::origin_in_range, in_range(item.origin, taxon::origin_in_range.gap))
        .put(taxon::origin_beside_range, beside)
        .put(taxon::loaded_in_range, in_range(from.evidence.route.first, taxon::loaded_in_range.gap))
        .put(taxon::lookalike_range_matches, partner_range)
        .put(taxon::reserved, reserved)
        .put(taxon::reserved_by, reserved_by.iter().map(code))
        .put_with(taxon::listed_before_days, days);
    values.done()
}

/// Does a Party on the way hold a reservation on the taxon; and which Parties do or may.
fn reservations(from: &Gathered<'_>, found: &TaxonEvidence) -> (Result<bool, String>, Vec<CountryCode>) {
    let route = &from.evidence.route;
    let mut parties: Vec<CountryCode> = route.countries.iter().copied().chain(route.destination).collect();
    parties.sort_unstable();
    parties.dedup();
    let held = |party: &CountryCode| from.references.reservations.held(*party, &found.counted, from.evidence.as_of);
    let (mut sure, mut open) = (Vec::new(), Vec::new());
    for party in parties {
        match held(&party) {
            Certainty::Yes => sure.push(party),
            Certainty::Possibly => open.push(party),
            Certainty::No => {}
        }
    }
    match (sure.is_empty(), open.is_empty()) {
        (false, _) => (Ok(true), sure),
        (true, true) => (Ok(false), Vec::new()),
        (true, false) => {
            let names = open.iter().map(CountryCode::as_str).collect::<Vec<_>>().join(", ");
            (Err(format!("whether {names} holds a reservation on {} is not known", found.counted)), open)
        }
    }
}
