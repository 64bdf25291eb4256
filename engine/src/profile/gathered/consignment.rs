//! Facts of the whole consignment.

use super::from::{Gathered, code, genera, set_of};
use crate::evidence::ItemEvidence;
use crate::evidence::history::HistoryEvidence;
use crate::manifest::{Function, GoodsItem, Severity};
use crate::names::Verdict;
use crate::profile::facts::{Fill, Values, Word};
use crate::profile::view::consignment;

pub(super) fn values(from: &Gathered<'_>) -> Values {
    let (evidence, route) = (from.evidence, &from.evidence.route);
    let timber = |(item, goods): (&ItemEvidence, &GoodsItem)| item.is_timber(goods);
    let special = evidence.items.iter().flat_map(|item| &item.wording.special);
    let items_mass: Option<f64> = from.consignment.goods_items.iter().map(|item| item.gross_mass_kg).sum();
    let mass_differs = items_mass
        .zip(from.consignment.gross_mass_kg)
        .filter(|_| !from.consignment.goods_items.is_empty())
        .map(|(items, whole)| (items - whole).abs() > 0.05 * whole.max(1.0));
    let not_kept = consignment::small_lots_30_days.gap;
    let lots = |count: fn(usize, usize) -> usize| match &evidence.history {
        HistoryEvidence::NotKept => Err(not_kept),
        HistoryEvidence::Unavailable(why) => Err(why.as_str()),
        HistoryEvidence::Kept { small, of_unknown_size, .. } => Ok(count(*small, *of_unknown_size) as f64),
    };
    // What is done to a filing can only be held against it; an original does nothing.
    let taken_back = match (from.manifest.function, &evidence.history) {
        (Function::Original | Function::Cancel, _) => Ok(false),
        (_, HistoryEvidence::NotKept) => Err(not_kept),
        (_, HistoryEvidence::Unavailable(why)) => Err(why.as_str()),
        (_, HistoryEvidence::Kept { .. }) => Ok(from.standing.listed_before),
    };
    let goods_before = from.standing.amends.as_ref().map(|filing| filing.goods.as_str()).unwrap_or_default();
    let lost = from.faults.iter().filter(|fault| fault.severity == Severity::Lost).count();
    let routes: Vec<&str> = route.risk_routes.iter().map(|route| route.id.as_str()).collect();
    let mut values = Fill::<consignment::V>::new(from.wanted);
    values
        .put(consignment::procedure, evidence.procedure.procedure.map(|p| Word(p.as_str())))
        .put(consignment::passes_through, evidence.procedure.passes_through)
        .put(consignment::loading_country, route.loading)
        .put(consignment::first_country, route.first)
        .put(consignment::discharge_country, route.discharge)
        .put(consignment::destination_country, route.destination)
        .put(consignment::consignor_country, route.consignor)
        .put(consignment::consignee_country, route.consignee)
        .put(consignment::countries, route.countries.iter().map(code))
        .put(consignment::hubs, route.hubs.iter().map(code))
        .put(consignment::on_risk_route, !routes.is_empty())
        .put(consignment::risk_routes, routes)
        .put(consignment::n_items, from.consignment.goods_items.len())
        .put(consignment::n_containers, evidence.equipment.containers.len())
        .put(consignment::gross_mass_kg, from.consignment.gross_mass_kg)
        .put(consignment::value_usd, evidence.totals.value_usd)
        .put(consignment::freight_above_value, evidence.totals.freight_above_value)
        .put(consignment::names_listed_genus, evidence.items.iter().any(|i| i.names.verdict == Verdict::Flag))
        .put(consignment::has_timber, evidence.items.iter().zip(&from.consignment.goods_items).any(timber))
        .put_with(consignment::genera, || set_of(evidence.items.iter().flat_map(|item| genera(from, item))))
        .put(consignment::special_claims, special)
        .put(consignment::imo_number_holds, evidence.equipment.imo_holds)
        .put(consignment::arrives_before_departure, evidence.equipment.arrives_before_departure)
        .put(consignment::mass_differs, mass_differs)
        .put(consignment::small_lots_30_days, lots(|small, _| small))
        .put(consignment::lots_of_unknown_size_30_days, lots(|_, unknown| unknown))
        .put(consignment::listed_wood_taken_back, taken_back)
        .put(consignment::goods_before, goods_before)
        .put(consignment::has_goods, !evidence.understanding.nothing)
        .put(consignment::unread_woods, &evidence.understanding.unread_woods)
        .put(consignment::faults_lost, lost);
    values.done()
}
