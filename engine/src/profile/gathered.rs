//! Evidence becomes facts: the values that tests look at, in the words of the view.
//!
//! One function per view, in the order of `view.rs`. A field that is not set stays a gap.

use super::facts::{Facts, Filling, Values};
use super::value::Value;
use super::view::{View, alert, consignment, container, document, item, measure, party, taxon};
use crate::alerts::WatchList;
use crate::codes::CountryCode;
use crate::evidence::documents::DocumentEvidence;
use crate::evidence::history::HistoryEvidence;
use crate::evidence::listing::Coverage;
use crate::evidence::measures::MeasureEvidence;
use crate::evidence::{Evidence, Finding, ItemEvidence, TaxonEvidence, form};
use crate::manifest::{Consignment, Fault, GoodsItem, Manifest, Severity};
use crate::names::{Mention, Method, Verdict};
use crate::reference::{References, Strength};

const NOT_DECLARED: &str = "not declared";
const NO_VOLUME: &str = "mass or volume is not declared";
const NO_ORIGIN: &str = "the origin is not declared";

/// What the facts are made from.
#[derive(Debug, Clone, Copy)]
pub struct Gathered<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// The consignment.
    pub consignment: &'a Consignment,
    /// Its evidence.
    pub evidence: &'a Evidence,
    /// Faults of the manifest.
    pub faults: &'a [Fault],
    /// Reference tables.
    pub references: &'a References,
    /// Watch list.
    pub watch_list: &'a WatchList,
}

/// All facts of a consignment.
pub fn facts(from: &Gathered<'_>) -> Facts {
    let mut facts = Facts::new(consignment_values(from));
    for (n, (evidence, goods)) in from.evidence.items.iter().zip(&from.consignment.goods_items).enumerate() {
        facts.push(View::Item, Some(n), n, item_values(from, evidence, goods));
        for (t, found) in evidence.taxa.iter().enumerate().filter(|(_, taxon)| !taxon.is_alternative) {
            facts.push(View::Taxon, Some(n), t, taxon_values(from, evidence, found, goods));
        }
        for (m, found) in evidence.measures.iter().enumerate() {
            facts.push(View::Measure, Some(n), m, measure_values(evidence, found));
        }
    }
    for (n, found) in from.evidence.documents.iter().enumerate() {
        facts.push(View::Document, found.item, n, document_values(from, found));
    }
    for (n, found) in from.evidence.alerts.iter().enumerate() {
        let item = if from.evidence.items.len() == 1 { Some(0) } else { None };
        facts.push(View::Alert, item, n, alert_values(found));
    }
    for n in 0..from.evidence.parties.len() {
        facts.push(View::Party, None, n, party_values(from, n));
    }
    for (n, found) in from.evidence.equipment.containers.iter().enumerate() {
        let mut values = Filling::of(View::Container);
        values
            .set(container::F::number as usize, Value::text(&found.number))
            .set(
                container::F::check_digit_holds as usize,
                Value::bool_or(found.check_digit_holds, "not a container number"),
            )
            .set(container::F::size_type as usize, Value::text_or(found.size_type.as_deref(), NOT_DECLARED))
            .set(container::F::is_reefer as usize, Value::Bool(found.is_reefer))
            .set(container::F::load_kg as usize, Value::number_or(found.load_kg, "shared, or a mass is not declared"))
            .set(
                container::F::overweight as usize,
                Value::bool_or(found.overweight, "shared, or a mass is not declared"),
            )
            .set(container::F::vgm_differs as usize, Value::Bool(found.vgm_differs == Some(true)));
        facts.push(View::Container, None, n, values.done());
    }
    facts
}

fn country(country: Option<CountryCode>, why: &str) -> Value {
    country.map_or_else(|| Value::unknown(why), |country| Value::text(country.as_str()))
}

fn consignment_values(from: &Gathered<'_>) -> Values {
    use consignment::F;
    let (evidence, route) = (from.evidence, &from.evidence.route);
    let mut genera: Vec<&str> = evidence.items.iter().flat_map(genera).collect();
    genera.sort_unstable();
    genera.dedup();
    let timber = |(item, goods): (&ItemEvidence, &GoodsItem)| {
        item.names.verdict >= Verdict::Review
            || form::is_raw_wood(item.form.form)
            || goods.hs_code.as_ref().is_some_and(|hs| matches!(hs.chapter(), "44" | "92" | "94"))
    };
    let special: Vec<&str> =
        evidence.items.iter().flat_map(|item| item.wording.special.iter().map(String::as_str)).collect();
    let items_mass: Option<f64> = from.consignment.goods_items.iter().map(|item| item.gross_mass_kg).sum();
    let mass_differs = items_mass
        .zip(from.consignment.gross_mass_kg)
        .filter(|_| !from.consignment.goods_items.is_empty())
        .map(|(items, whole)| (items - whole).abs() > 0.05 * whole.max(1.0));
    let value = from.consignment.value.as_ref();
    let usd = value.filter(|v| v.currency.as_deref() == Some("USD")).and_then(crate::manifest::Money::number);
    let lots = |count: fn(usize, usize) -> usize| match &evidence.history {
        HistoryEvidence::NotKept => Value::unknown("no history is kept here"),
        HistoryEvidence::Unavailable(why) => Value::unknown(why),
        HistoryEvidence::Kept { small, of_unknown_size, .. } => Value::Number(count(*small, *of_unknown_size) as f64),
    };
    let lost = from.faults.iter().filter(|fault| fault.severity == Severity::Lost).count();
    let routes: Vec<&str> = route.risk_routes.iter().map(|route| route.id.as_str()).collect();
    let mut values = Filling::of(View::Consignment);
    values
        .set(F::procedure as usize, Value::text_or(evidence.procedure.procedure.map(|p| p.as_str()), NOT_DECLARED))
        .set(F::passes_through as usize, Value::Bool(evidence.procedure.passes_through))
        .set(F::loading_country as usize, country(route.loading, NOT_DECLARED))
        .set(F::first_country as usize, country(route.first, NOT_DECLARED))
        .set(F::discharge_country as usize, country(route.discharge, NOT_DECLARED))
        .set(F::destination_country as usize, country(route.destination, NOT_DECLARED))
        .set(F::consignor_country as usize, country(route.consignor, NOT_DECLARED))
        .set(F::consignee_country as usize, country(route.consignee, NOT_DECLARED))
        .set(F::countries as usize, Value::texts(route.countries.iter().map(CountryCode::as_str)))
        .set(F::hubs as usize, Value::texts(route.hubs.iter().map(CountryCode::as_str)))
        .set(F::on_risk_route as usize, Value::Bool(!routes.is_empty()))
        .set(F::risk_routes as usize, Value::texts(routes))
        .set(F::n_items as usize, Value::Number(from.consignment.goods_items.len() as f64))
        .set(F::n_containers as usize, Value::Number(evidence.equipment.containers.len() as f64))
        .set(F::gross_mass_kg as usize, Value::number_or(from.consignment.gross_mass_kg, NOT_DECLARED))
        .set(F::value_usd as usize, Value::number_or(usd, "no value in USD"))
        .set(
            F::names_listed_genus as usize,
            Value::Bool(evidence.items.iter().any(|i| i.names.verdict == Verdict::Flag)),
        )
        .set(F::has_timber as usize, Value::Bool(evidence.items.iter().zip(&from.consignment.goods_items).any(timber)))
        .set(F::genera as usize, Value::texts(genera))
        .set(F::special_claims as usize, Value::texts(special))
        .set(F::imo_number_holds as usize, Value::bool_or(evidence.equipment.imo_holds, NOT_DECLARED))
        .set(
            F::arrives_before_departure as usize,
            Value::bool_or(evidence.equipment.arrives_before_departure, "a day is not declared"),
        )
        .set(F::mass_differs as usize, Value::bool_or(mass_differs, NOT_DECLARED))
        .set(F::small_lots_30_days as usize, lots(|small, _| small))
        .set(F::lots_of_unknown_size_30_days as usize, lots(|_, unknown| unknown))
        .set(F::faults_lost as usize, Value::Number(lost as f64));
    values.done()
}

/// The genera that the engine looks for.
const LISTED_GENERA: [&str; 3] = ["Dalbergia", "Diospyros", "Osyris"];

/// Listed genera that the words name, or may name where they fit several.
fn genera(item: &ItemEvidence) -> impl Iterator<Item = &str> {
    let mentions = item.names.mentions.iter().filter(|m| m.verdict >= Verdict::Review);
    let readings = mentions.flat_map(|m| {
        let others = m.alternatives.iter().map(String::as_str).filter(|_| !m.in_scope || m.verdict == Verdict::Review);
        std::iter::once(m.genus.as_str()).chain(others)
    });
    readings.map(crate::reference::genus_of).filter(|genus| LISTED_GENERA.contains(genus))
}

fn set_of<'a>(texts: impl Iterator<Item = &'a str>) -> Value {
    let mut set: Vec<&str> = texts.collect();
    set.sort_unstable();
    set.dedup();
    Value::texts(set)
}

fn item_values(from: &Gathered<'_>, evidence: &ItemEvidence, goods: &GoodsItem) -> Values {
    let mut values = Filling::of(View::Item);
    item_names(&mut values, from, evidence, goods);
    item_goods(&mut values, from, evidence, goods);
    item_physics(&mut values, evidence, goods);
    values.done()
}

fn item_names(values: &mut Filling, from: &Gathered<'_>, evidence: &ItemEvidence, goods: &GoodsItem) {
    use item::F;
    let mentions = &evidence.names.mentions;
    let hs = goods.hs_code.as_ref();
    let is_latin = |m: &Mention| {
        matches!(
            m.method,
            Method::Scientific | Method::Synonym | Method::Abbreviated | Method::Misspelling | Method::Declared
        )
    };
    let latin: Vec<&str> = mentions.iter().filter(|m| is_latin(m)).map(|m| m.genus.as_str()).collect();
    let trade_conflicts = mentions
        .iter()
        .filter(|m| m.method == Method::TradeName && m.strength == Strength::Exclusive)
        .any(|m| !latin.is_empty() && !latin.contains(&m.genus.as_str()) && (m.in_scope || m.lookalike));
    let verdict = serde_json::to_value(evidence.names.verdict).ok();
    let verdict = verdict.as_ref().and_then(|v| v.as_str()).unwrap_or("none");
    let named: Vec<&TaxonEvidence> = evidence.taxa.iter().filter(|taxon| !taxon.is_alternative).collect();
    let in_scope: Vec<&Mention> = mentions.iter().filter(|m| m.in_scope).collect();
    let hongmu = named
        .iter()
        .filter(|t| matches!(t.genus.as_str(), "Dalbergia" | "Diospyros" | "Pterocarpus" | "Millettia" | "Senna"))
        .count();
    values
        .set(F::description as usize, Value::text(&goods.description))
        .set(F::hs as usize, Value::text_or(hs.map(|hs| hs.as_str()), NOT_DECLARED))
        .set(F::hs_chapter as usize, Value::text_or(hs.map(|hs| hs.chapter()), NOT_DECLARED))
        .set(F::hs_heading as usize, Value::text_or(hs.and_then(|hs| hs.heading()), NOT_DECLARED))
        .set(F::origin as usize, country(evidence.origin, NOT_DECLARED))
        .set(F::verdict as usize, Value::text(verdict))
        .set(F::genera as usize, set_of(genera(evidence)))
        .set(F::taxa as usize, set_of(named.iter().map(|taxon| taxon.taxon.as_str())))
        .set(
            F::lookalikes as usize,
            set_of(mentions.iter().filter(|m| m.lookalike && !m.in_scope).map(|m| m.genus.as_str())),
        )
        .set(F::names_other_wood as usize, Value::Bool(mentions.iter().any(|m| !m.in_scope && !m.lookalike)))
        .set(F::declared_name as usize, Value::text_or(goods.scientific_name.as_deref(), NOT_DECLARED))
        .set(F::latin_name_given as usize, Value::Bool(!latin.is_empty()))
        .set(F::trade_name_conflicts as usize, Value::Bool(trade_conflicts))
        .set(
            F::old_name as usize,
            Value::Bool(!in_scope.is_empty() && in_scope.iter().all(|m| m.method == Method::Synonym)),
        )
        .set(F::misspelt_name as usize, Value::Bool(in_scope.iter().any(|m| m.method == Method::Misspelling)))
        .set(F::n_hongmu as usize, Value::Number(hongmu as f64));
    let open = evidence.names.verdict == Verdict::Review;
    let strictest = evidence
        .taxa
        .iter()
        .filter(|taxon| open || !taxon.is_alternative)
        .filter(|t| t.listing.coverage > Coverage::NotListed)
        .max_by_key(|t| (t.listing.coverage, t.listing.appendix));
    let covered = strictest.map(|t| t.listing.coverage).unwrap_or_default();
    // A name that fits a listed wood among others, or that may not be wood at all, leaves the coverage open.
    let coverage = if evidence.names.verdict == Verdict::Review { covered.min(Coverage::Unclear) } else { covered };
    let due = match coverage {
        Coverage::Covered => "due",
        Coverage::Unclear => "unclear",
        Coverage::Exempt | Coverage::NotListed => "not_due",
    };
    let appendix = strictest.and_then(|t| t.listing.appendix).map_or("none", |appendix| appendix.as_str());
    let reason = strictest.map(|t| t.listing.reason.clone()).unwrap_or_default();
    values
        .set(F::appendix as usize, Value::text(appendix))
        .set(F::coverage as usize, Value::text(coverage.as_str()))
        .set(F::coverage_reason as usize, Value::text(&reason))
        .set(F::document_due as usize, Value::text(due));
    let whole = from.consignment.documents.iter();
    let documents: Vec<_> = goods.documents.iter().chain(whole).collect();
    values
        .set(F::n_documents as usize, Value::Number(documents.len() as f64))
        .set(
            F::n_cites_documents as usize,
            Value::Number(documents.iter().filter(|d| d.kind.is_cites()).count() as f64),
        )
        .set(F::document_kinds as usize, set_of(documents.iter().map(|d| d.kind.as_str())));
}

fn item_goods(values: &mut Filling, from: &Gathered<'_>, evidence: &ItemEvidence, goods: &GoodsItem) {
    use item::F;
    let wording = &evidence.wording;
    let form_of = |form: Option<crate::reference::Form>| form.map_or("", |form| form.as_str());
    let named = !evidence.names.mentions.is_empty();
    let chapter = goods.hs_code.as_ref().map(|hs| hs.chapter());
    let wood_chapter = chapter == Some("44");
    let raw = form::is_raw_wood(evidence.form.form);
    // Wood is named, no kind is, and little else is said.
    let vague = !named
        && wording.says_wood
        && wording.n_other_words <= 3
        && (wood_chapter || chapter.is_none() || chapter == Some("94"))
        && evidence.form.form != Some(crate::reference::Form::Charcoal);
    let edition = goods.hs_edition.or_else(|| Some(crate::reference::HsCodes::edition_on(from.evidence.as_of)));
    let tropical =
        goods.hs_code.as_ref().and_then(|hs| from.references.hs.lookup(hs, edition)).is_some_and(|row| row.tropical);
    let from_waste = evidence.form.by_words == Some(crate::reference::Form::Root)
        || wording.forms.contains(&crate::reference::Form::Root)
        || wording.forms.contains(&crate::reference::Form::Fuelwood);
    values
        .set(F::form as usize, Value::text(evidence.form.form.map_or("other", |form| form.as_str())))
        .set(F::form_by_hs as usize, Value::text(form_of(evidence.form.by_hs)))
        .set(F::form_by_words as usize, Value::text(form_of(evidence.form.by_words)))
        .set(F::form_conflicts as usize, Value::Bool(evidence.form.conflicts))
        .set(F::is_raw_wood as usize, Value::Bool(raw))
        .set(F::is_wood as usize, Value::Bool(wood_chapter || raw || evidence.names.verdict >= Verdict::Review))
        .set(F::is_finished as usize, Value::Bool(form::is_finished(evidence.form.form)))
        .set(F::is_plant_food as usize, Value::Bool(form::is_plant_food(evidence.form.form)))
        .set(F::vague as usize, Value::Bool(vague))
        .set(F::evasive as usize, Value::Bool(wording.evasive))
        .set(F::species_missing as usize, Value::Bool(!named && tropical))
        .set(F::claims as usize, set_of(wording.claims.iter().map(String::as_str)))
        .set(F::from_stump_or_waste as usize, Value::Bool(from_waste));
}

fn item_physics(values: &mut Filling, evidence: &ItemEvidence, goods: &GoodsItem) {
    use item::F;
    let physics = &evidence.physics;
    let expected =
        physics.expected_kg_m3.map(|(low, high)| format!("{low:.0} to {high:.0} kg/m³ ({})", physics.expected_of));
    let cover = physics.cover.as_ref();
    values
        .set(F::gross_mass_kg as usize, Value::number_or(goods.gross_mass_kg, NOT_DECLARED))
        .set(F::net_mass_kg as usize, Value::number_or(goods.net_mass_kg, NOT_DECLARED))
        .set(F::volume_m3 as usize, Value::number_or(goods.volume_m3, NOT_DECLARED))
        .set(F::density_kg_m3 as usize, Value::number_or(physics.density_kg_m3, NO_VOLUME))
        .set(
            F::density as usize,
            match (physics.density, physics.expected_kg_m3) {
                (Some(density), _) => Value::text(density),
                (None, Some(_)) => Value::unknown(NO_VOLUME),
                (None, None) => Value::text("not_applicable"),
            },
        )
        .set(F::density_expected as usize, Value::text_or(expected.as_deref(), "none known for the declared wood"))
        .set(F::cover_goods as usize, Value::text(cover.map_or("", |cover| cover.id.as_str())))
        .set(F::cover_seen_in_cases as usize, Value::Bool(cover.is_some_and(|cover| cover.seen_as_cover)))
        .set(
            F::heavier_than_cover as usize,
            match cover {
                None => Value::Bool(false),
                Some(cover) => Value::bool_or(cover.heavier, NO_VOLUME),
            },
        )
        .set(F::as_dense_as_rosewood as usize, Value::bool_or(physics.as_dense_as_rosewood, NO_VOLUME))
        .set(F::kg_per_package as usize, Value::number_or(physics.kg_per_package, NOT_DECLARED))
        .set(F::value_per_m3_usd as usize, Value::number_or(physics.value_per_m3_usd, "no value in USD or no volume"))
        .set(F::value_per_kg_usd as usize, Value::number_or(physics.value_per_kg_usd, "no value in USD or no mass"))
        .set(F::value_too_low as usize, Value::Bool(physics.value_too_low == Some(true)))
        .set(F::net_above_gross as usize, Value::Bool(physics.net_above_gross == Some(true)))
        .set(F::fits_container as usize, Value::bool_or(physics.fits_container, "size or volume is not declared"));
}

fn taxon_values(from: &Gathered<'_>, item: &ItemEvidence, found: &TaxonEvidence, _goods: &GoodsItem) -> Values {
    use taxon::F;
    let mention = item.names.mentions.get(found.mention);
    let word = |value: Option<serde_json::Value>| value.and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let method = word(mention.and_then(|m| serde_json::to_value(m.method).ok()));
    let strength = word(mention.and_then(|m| serde_json::to_value(m.strength).ok()));
    let in_range = |country: Option<CountryCode>| {
        country.filter(|_| !found.range_states.is_empty()).map(|c| found.range_states.contains(&c))
    };
    let beside = item.origin.filter(|_| !found.range_states.is_empty()).map(|origin| {
        !found.range_states.contains(&origin)
            && found.range_states.iter().any(|range| from.references.countries.are_neighbours(origin, *range))
    });
    let partner_range = item.origin.filter(|_| !found.lookalike_of.is_empty()).map(|origin| {
        found.lookalike_of.iter().any(|listed| {
            from.references.listings.on(listed, Some(origin), None, from.evidence.as_of).acting().is_some()
        })
    });
    let departure = from.manifest.departure.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day());
    let days = departure
        .zip(found.listing.effective_from)
        .and_then(|(day, listed)| day.until(listed).ok())
        .map(|span| f64::from(span.get_days()));
    let mut values = Filling::of(View::Taxon);
    values
        .set(F::name as usize, Value::text(&found.taxon))
        .set(F::genus as usize, Value::text(&found.genus))
        .set(F::rank as usize, Value::text(mention.map_or("", |m| m.rank.as_str())))
        .set(F::method as usize, Value::text(&method))
        .set(F::strength as usize, Value::text(&strength))
        .set(F::similarity as usize, Value::Number(mention.map_or(0.0, |m| m.similarity)))
        .set(
            F::is_listed_genus as usize,
            Value::Bool(mention.is_some_and(|m| m.in_scope && m.verdict >= Verdict::Review)),
        )
        .set(F::is_lookalike as usize, Value::Bool(mention.is_some_and(|m| m.lookalike && !m.in_scope)))
        .set(F::lookalike_of as usize, Value::texts(&found.lookalike_of))
        .set(F::n_alternatives as usize, Value::Number(mention.map_or(0, |m| m.alternatives.len()) as f64))
        .set(F::appendix as usize, Value::text(found.listing.appendix.map_or("none", |a| a.as_str())))
        .set(F::annotation as usize, Value::text(found.listing.annotation.as_deref().unwrap_or_default()))
        .set(F::coverage as usize, Value::text(found.listing.coverage.as_str()))
        .set(F::range_states as usize, Value::texts(found.range_states.iter().map(CountryCode::as_str)))
        .set(F::origin_in_range as usize, Value::bool_or(in_range(item.origin), NO_ORIGIN))
        .set(F::origin_beside_range as usize, Value::bool_or(beside, NO_ORIGIN))
        .set(F::loaded_in_range as usize, Value::bool_or(in_range(from.evidence.route.first), NOT_DECLARED))
        .set(F::lookalike_range_matches as usize, Value::bool_or(partner_range, NO_ORIGIN))
        .set(F::listed_before_days as usize, Value::number_or(days, "a day is not known"));
    values.done()
}

fn measure_values(item: &ItemEvidence, found: &MeasureEvidence) -> Values {
    use measure::F;
    let taxon = item.taxa.get(found.taxon);
    let mention = taxon.and_then(|taxon| item.names.mentions.get(taxon.mention));
    let strength = mention.and_then(|m| serde_json::to_value(m.strength).ok());
    let may_not_be_wood = mention.is_some_and(|m| m.verdict == Verdict::Review);
    let covers = if may_not_be_wood { found.covers_form.min(Coverage::Unclear) } else { found.covers_form };
    let mut values = Filling::of(View::Measure);
    values
        .set(F::kind as usize, Value::text(found.kind.as_str()))
        .set(F::instrument as usize, Value::text(&found.instrument))
        .set(F::country as usize, Value::text(found.country.as_ref().map_or("", CountryCode::as_str)))
        .set(F::role as usize, Value::text(found.role))
        .set(F::direct as usize, Value::Bool(found.direct))
        .set(F::all_species as usize, Value::Bool(found.all_species))
        .set(F::taxon as usize, Value::text(taxon.map_or("", |taxon| taxon.taxon.as_str())))
        .set(F::strength as usize, Value::text(strength.as_ref().and_then(|s| s.as_str()).unwrap_or_default()))
        .set(F::covers_form as usize, Value::text(covers.as_str()))
        .set(F::status as usize, Value::text(if found.confirmed { "confirmed" } else { "unconfirmed" }))
        .set(F::summary as usize, Value::text(&found.summary));
    values.done()
}

fn document_values(from: &Gathered<'_>, found: &DocumentEvidence) -> Values {
    use document::F;
    let list = match found.item {
        Some(item) => from.consignment.goods_items.get(item).map(|item| &item.documents),
        None => Some(&from.consignment.documents),
    };
    let declared = list.and_then(|list| list.get(found.n));
    let best = found.candidates.first();
    let verdict = match found.verdict {
        Finding::Consistent => "consistent",
        Finding::Inconsistent => "inconsistent",
        Finding::Unverifiable => "unverifiable",
    };
    let text =
        |get: fn(&crate::manifest::Document) -> Option<&str>| Value::text_or(declared.and_then(get), NOT_DECLARED);
    let mut values = Filling::of(View::Document);
    values
        .set(F::kind as usize, Value::text(found.kind.as_str()))
        .set(F::is_cites as usize, Value::Bool(found.kind.is_cites()))
        .set(F::number as usize, text(|d| d.number.as_deref()))
        .set(F::country as usize, country(declared.and_then(|d| d.country).filter(|c| c.is_known()), NOT_DECLARED))
        .set(F::verdict as usize, Value::text(verdict))
        .set(F::problems as usize, set_of(found.problems.iter().map(|p| p.code.as_str())))
        .set(F::similarity as usize, Value::number_or(best.map(|c| c.similarity), "no candidate"))
        .set(F::relation as usize, Value::text(best.map_or("different", |c| c.relation.as_str())))
        .set(F::covers_listed_wood as usize, Value::Bool(found.covers_listed_wood))
        .set(F::wrong_kind_for_flow as usize, Value::Bool(found.wrong_kind_for_flow))
        .set(F::purpose as usize, Value::text_or(found.purpose.map(String::from).as_deref(), NOT_DECLARED))
        .set(F::source as usize, text(|d| d.source.as_deref()))
        .set(F::appendix as usize, Value::text_or(found.appendix, "no candidate"));
    values.done()
}

fn alert_values(found: &crate::evidence::alerts::AlertEvidence) -> Values {
    use alert::F;
    let names_this = found.on.iter().any(|on| matches!(*on, "vessel" | "container" | "permit" | "party" | "issuer"));
    let mut letters = found.reliability.chars();
    let reliability: String = letters.next().filter(char::is_ascii_alphabetic).map(String::from).unwrap_or_default();
    let credibility = letters.next().and_then(|c| c.to_digit(10)).unwrap_or(6);
    let mut values = Filling::of(View::Alert);
    values
        .set(F::id as usize, Value::text(&found.id))
        .set(F::number as usize, Value::text(&found.citation))
        .set(F::kind as usize, Value::text(&found.kind))
        .set(F::measure as usize, Value::text(&found.measure))
        .set(F::on as usize, Value::texts(&found.on))
        .set(F::names_this as usize, Value::Bool(names_this))
        .set(F::taxon_meets as usize, Value::Bool(found.on.contains(&"taxon")))
        .set(F::country_meets as usize, Value::Bool(found.on.contains(&"country")))
        .set(F::reliability as usize, Value::text(&reliability))
        .set(F::credibility as usize, Value::Number(f64::from(credibility)))
        .set(F::title as usize, Value::text(&found.title));
    values.done()
}

fn party_values(from: &Gathered<'_>, n: usize) -> Values {
    use party::F;
    let mut values = Filling::of(View::Party);
    let (Some(found), Some(declared)) = (from.evidence.parties.get(n), from.consignment.parties.get(n)) else {
        return values.done();
    };
    let watch = found.watch.as_ref();
    let entry = watch.and_then(|watch| from.watch_list.entry(watch.entry));
    values
        .set(F::role as usize, Value::text(declared.role.as_str()))
        .set(F::name as usize, Value::text(&declared.name))
        .set(F::country as usize, country(found.country, NOT_DECLARED))
        .set(F::to_order as usize, Value::Bool(found.to_order))
        .set(F::is_forwarder as usize, Value::Bool(found.is_forwarder))
        .set(F::deals_in_other_goods as usize, Value::Bool(found.deals_in_other_goods))
        .set(F::watch_list_id as usize, Value::text(entry.map_or("", |entry| entry.id.as_str())))
        .set(F::watch_list_similarity as usize, Value::Number(watch.map_or(0.0, |watch| watch.similarity)))
        .set(F::watch_list_reason as usize, Value::text(entry.map_or("", |entry| entry.reason.as_str())))
        .set(F::watch_list_reliability as usize, Value::text(entry.map_or("", |entry| entry.reliability.as_str())))
        .set(F::same_address_as as usize, Value::Number(found.same_address_as as f64));
    values.done()
}
