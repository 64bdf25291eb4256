//! Facts of measures, documents, alerts, parties and containers.

use super::from::{Gathered, set_of};
use crate::evidence::ItemEvidence;
use crate::evidence::alerts::AlertEvidence;
use crate::evidence::documents::DocumentEvidence;
use crate::evidence::equipment::ContainerEvidence;
use crate::evidence::listing::Coverage;
use crate::evidence::measures::{MeasureEvidence, Reach};
use crate::names::Verdict;
use crate::profile::facts::{Fill, Said, Values, Word};
use crate::profile::view::{alert, container, document, measure, party};

pub(super) fn measure(from: &Gathered<'_>, item: &ItemEvidence, found: &MeasureEvidence) -> Values {
    let taxon = item.taxa.get(found.taxon);
    let mention = taxon.and_then(|taxon| item.names.mentions.get(taxon.mention));
    let may_not_be_wood = mention.is_some_and(|m| m.verdict == Verdict::Review);
    let covers = if may_not_be_wood { found.covers_form.min(Coverage::Unclear) } else { found.covers_form };
    let (country, role, direct) = match &found.reach {
        Reach::Everywhere => (Ok(""), Ok(""), Ok(true)),
        Reach::Country(country, role) => (Ok(country.as_str()), Ok(role.as_str()), Ok(role.is_direct())),
        Reach::NotKnown(why) => (Err(*why), Err(*why), Err(*why)),
    };
    let mut values = Fill::<measure::V>::new(from.wanted);
    values
        .put(measure::kind, Word(found.kind.as_str()))
        .put(measure::instrument, found.instrument.as_str())
        .put(measure::country, country.map(Word))
        .put(measure::role, role.map(Word))
        .put(measure::direct, direct)
        .put(measure::all_species, found.all_species)
        .put(measure::taxon, taxon.map_or("", |taxon| taxon.taxon.as_str()))
        .put(measure::strength, Word(mention.map_or("", |mention| mention.strength.as_str())))
        .put(measure::covers_form, Word(covers.as_str()))
        .put(measure::status, Word(if found.confirmed { "confirmed" } else { "unconfirmed" }))
        .put(measure::summary, found.summary.as_str())
        .put(measure::last_seen, found.last_seen.as_str());
    values.done()
}

pub(super) fn document(from: &Gathered<'_>, found: &DocumentEvidence) -> Values {
    let list = match found.item {
        Some(item) => from.consignment.goods_items.get(item).map(|item| &item.documents),
        None => Some(&from.consignment.documents),
    };
    let declared = list.and_then(|list| list.get(found.n));
    let best = found.candidates.first();
    let mut values = Fill::<document::V>::new(from.wanted);
    values
        .put(document::kind, Word(found.kind.as_str()))
        .put(document::is_cites, found.kind.is_cites())
        .put(document::number, declared.and_then(|d| d.number.as_deref()))
        .put(document::country, declared.and_then(|d| d.country).filter(|c| c.is_known()))
        .put(document::verdict, Word(found.verdict.as_str()))
        .put_with(document::problems, || set_of(found.problems.iter().map(|p| p.code.as_str())))
        .put(document::similarity, best.map(|c| c.similarity))
        .put(document::relation, Word(best.map_or("different", |c| c.relation.as_str())))
        .put(document::covers_listed_wood, found.covers_listed_wood)
        .put(document::wrong_kind_for_flow, found.wrong_kind_for_flow)
        .put_with(document::purpose, || found.purpose.map(String::from).map(Said))
        .put(document::source, declared.and_then(|d| d.source.as_deref()))
        .put(document::appendix, found.appendix.map(Word))
        .put(document::issued_that_day, found.burst.map_or(0.0, |burst| burst.count as f64))
        .put(document::serials_left_out, found.apart.map_or(0.0, |apart| apart.left_out as f64))
        .put(document::stamp_also_on, found.apart.map_or(0.0, |apart| apart.same_stamp as f64))
        .put(document::usual_a_day, found.burst.map_or(0.0, |burst| burst.usual as f64));
    values.done()
}

pub(super) fn alert(from: &Gathered<'_>, found: &AlertEvidence) -> Values {
    let names_this = found.on.iter().any(|on| matches!(*on, "vessel" | "container" | "permit" | "party" | "issuer"));
    let mut values = Fill::<alert::V>::new(from.wanted);
    values
        .put(alert::id, &found.id)
        .put(alert::number, &found.citation)
        .put(alert::kind, &found.kind)
        .put(alert::measure, &found.measure)
        .put(alert::on, &found.on)
        .put(alert::names_this, names_this)
        .put(alert::of_another_way, found.of_another_way)
        .put(alert::taxon_meets, found.on.contains(&"taxon"))
        .put(alert::country_meets, found.on.contains(&"country"))
        .put(alert::graded, Word(found.graded.as_str()))
        .put(alert::title, &found.title);
    values.done()
}

pub(super) fn party(from: &Gathered<'_>, n: usize) -> Values {
    let mut values = Fill::<party::V>::new(from.wanted);
    let (Some(found), Some(declared)) = (from.evidence.parties.get(n), from.consignment.parties.get(n)) else {
        return values.done();
    };
    let watch = found.watch.as_ref();
    let entry = watch.and_then(|watch| from.watch_list.entry(watch.entry));
    values
        .put(party::role, Word(declared.role.as_str()))
        .put(party::name, &declared.name)
        .put(party::country, found.country)
        .put(party::to_order, found.to_order)
        .put(party::is_forwarder, found.is_forwarder)
        .put(party::deals_in_other_goods, found.deals_in_other_goods)
        .put(party::watch_list_id, entry.map_or("", |entry| entry.id.as_str()))
        .put(party::watch_list_similarity, watch.map_or(0.0, |watch| watch.similarity))
        .put(party::watch_list_reason, entry.map_or("", |entry| entry.reason.as_str()))
        .put(party::watch_list_reliability, entry.map_or("", |entry| entry.reliability.as_str()))
        .put(party::same_address_as, found.same_address_as);
    values.done()
}

pub(super) fn container(from: &Gathered<'_>, found: &ContainerEvidence) -> Values {
    let mut values = Fill::<container::V>::new(from.wanted);
    values
        .put(container::number, found.number.as_str())
        .put(container::check_digit_holds, found.check_digit_holds)
        .put(container::size_type, found.size_type.as_deref())
        .put(container::is_reefer, found.is_reefer)
        .put(container::load_kg, found.load_kg)
        .put(container::overweight, found.overweight)
        .put(container::vgm_differs, found.vgm_differs == Some(true));
    values.done()
}
