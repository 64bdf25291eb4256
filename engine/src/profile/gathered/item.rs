//! Facts of a goods item.

use std::collections::BTreeSet;

use super::from::{Gathered, genera, set_of};
use crate::evidence::import_permit::ImportPermit;
use crate::evidence::listing::Coverage;
use crate::evidence::price::{self, Gap, Standing};
use crate::evidence::quota::{QuotaEvidence, QuotaState};
use crate::evidence::{ItemEvidence, TaxonEvidence, form, understanding};
use crate::manifest::fields::consignment::goods_items as ITEMS;
use crate::manifest::fields::{Field, goods_item};
use crate::manifest::{Fault, GoodsItem, Severity, code};
use crate::names::{Mention, Method, Verdict};
use crate::profile::facts::{Fill, Said, Values, Word};
use crate::profile::view::item;
use crate::reference::{Certainty, Form, Strength};
use crate::text::loose_key;

type Filling = Fill<item::V>;

/// The group whose woods are sold as one class.
const HONGMU: &str = "hongmu";

pub(super) fn values(from: &Gathered<'_>, n: usize, goods: &GoodsItem, evidence: &ItemEvidence) -> Values {
    let mut values = Filling::new(from.wanted);
    item_names(&mut values, from, evidence, goods);
    item_goods(&mut values, evidence, goods);
    item_papers(&mut values, evidence);
    item_physics(&mut values, from, evidence, goods);
    values.put(item::text_lost, text_lost(from, n));
    values.done()
}

/// Words of item `n` stood there and were not kept: whatever they named is open. Formats that know no better place tell it
/// of the item, or of the bill.
fn text_lost(from: &Gathered<'_>, n: usize) -> bool {
    const WORDS: [Field; 3] = [goods_item::description, goods_item::scientific_name, goods_item::common_name];
    let is_words = |fault: &Fault| WORDS.iter().any(|field| fault.place.is_of_entry(ITEMS, n, *field));
    let is_near = |fault: &Fault| fault.place.is_entry(ITEMS, n) || fault.place.is_whole();
    let mut lost = from.faults.iter().filter(|fault| fault.severity == Severity::Lost);
    lost.any(|fault| match fault.code {
        // What stood twice was kept.
        code::DUPLICATE_FIELD => false,
        code::FAILED_FORMULA | code::TEXT_TOO_LONG => is_words(fault) || is_near(fault),
        _ => is_words(fault),
    })
}

fn item_names(values: &mut Filling, from: &Gathered<'_>, evidence: &ItemEvidence, goods: &GoodsItem) {
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
    let named: Vec<&TaxonEvidence> = evidence.taxa.iter().filter(|taxon| !taxon.is_alternative).collect();
    let in_scope: Vec<&Mention> = mentions.iter().filter(|m| m.in_scope).collect();
    let of_taxa = mentions.iter().filter(|m| !m.in_scope && !m.lookalike).map(|m| m.taxon.as_str());
    let others: BTreeSet<&str> = of_taxa.chain(evidence.timbers.iter().map(String::as_str)).collect();
    let hongmu = named.iter().filter(|t| from.references.groups.is_of(&t.genus, HONGMU)).count();
    values
        .put(item::description, &goods.description)
        .put_with(item::words, || Said(words(goods)))
        .put(item::hs, hs.map(|hs| hs.as_str()))
        .put(item::hs_chapter, hs.map(|hs| Word(hs.chapter())))
        .put(item::hs_heading, hs.and_then(|hs| hs.heading()))
        .put(item::origin, evidence.origin)
        .put(item::verdict, Word(evidence.names.verdict.as_str()))
        .put_with(item::genera, || set_of(genera(from, evidence)))
        .put_with(item::taxa, || set_of(named.iter().map(|taxon| taxon.taxon.as_str())))
        .put_with(item::lookalikes, || {
            set_of(mentions.iter().filter(|m| m.lookalike && !m.in_scope).map(|m| m.genus.as_str()))
        })
        .put(item::names_other_wood, !others.is_empty())
        .put_with(item::other_woods, || set_of(others.iter().copied()))
        .put(item::declared_name, goods.scientific_name.as_deref())
        .put(item::latin_name_given, !latin.is_empty())
        .put(item::trade_name_conflicts, trade_conflicts)
        .put(item::old_name, !in_scope.is_empty() && in_scope.iter().all(|m| m.method == Method::Synonym))
        .put(item::misspelt_name, in_scope.iter().any(|m| m.method == Method::Misspelling))
        .put(item::n_hongmu, hongmu);
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
    let reason = strictest.map(|t| t.listing.reason.as_str()).unwrap_or_default();
    values
        .put(item::appendix, Word(appendix))
        .put(item::coverage, Word(coverage.as_str()))
        .put(item::coverage_reason, reason)
        .put(item::document_due, Word(due));
    let whole = from.consignment.documents.iter();
    let documents: Vec<_> = goods.documents.iter().chain(whole).collect();
    values
        .put(item::n_documents, documents.len())
        .put(item::n_cites_documents, documents.iter().filter(|d| d.kind.is_cites()).count())
        .put_with(item::document_kinds, || set_of(documents.iter().map(|d| d.kind.as_str())));
}

/// What the goods are called, folded, one text after the other.
fn words(goods: &GoodsItem) -> String {
    let names = [&goods.scientific_name, &goods.common_name].into_iter().flatten();
    let texts = std::iter::once(&goods.description).chain(names).map(|text| loose_key(text));
    texts.filter(|key| !key.is_empty()).collect::<Vec<_>>().join(" ")
}

fn item_goods(values: &mut Filling, evidence: &ItemEvidence, goods: &GoodsItem) {
    let wording = &evidence.wording;
    let form_of = |form: Option<Form>| Word(form.map_or("", |form| form.as_str()));
    let named = !evidence.names.mentions.is_empty() || !evidence.timbers.is_empty();
    let chapter = goods.hs_code.as_ref().map(|hs| hs.chapter());
    let wood_chapter = chapter == Some("44");
    let raw = form::is_raw_wood(evidence.form.form);
    // Wood is named, no kind is, and little else is said. No word at all under a code of wood says no more.
    let is_blank = crate::manifest::says_nothing(&goods.description);
    let solid =
        matches!(evidence.form.form, Some(Form::Log | Form::Sawn | Form::Veneer | Form::Blank | Form::TransformedWood));
    let only_a_form = solid && wood_chapter && wording.n_other_words == 0;
    // `NO ROSEWOOD`, `ROSEWOOD COLOUR`: the words say what the wood is not, or what it looks like, and not what it is.
    // A board of fibres that looks like a wood is of no kind of wood.
    let is_board = evidence.form.by_hs.is_some_and(|form| !form.is_raw_wood());
    let only_set_aside = solid && wood_chapter && !is_board && !evidence.names.excluded.is_empty();
    let says_little = (wording.says_wood || is_blank && wood_chapter || only_a_form) && wording.n_other_words <= 3;
    let vague = !named
        && (says_little || only_set_aside)
        && (wood_chapter || chapter.is_none() || chapter == Some("94"))
        && evidence.form.form != Some(Form::Charcoal);
    let from_waste = evidence.form.by_words == Some(Form::Root)
        || wording.forms.contains(&Form::Root)
        || wording.forms.contains(&Form::Fuelwood);
    values
        .put(item::form, Word(evidence.form.form.map_or("other", |form| form.as_str())))
        .put_with(item::as_form, || Said(said(evidence.form.form)))
        .put(item::form_by_hs, form_of(evidence.form.by_hs))
        .put(item::form_by_words, form_of(evidence.form.by_words))
        .put_with(item::forms, || set_of(wording.forms.iter().chain(&evidence.form.by_hs).map(|form| form.as_str())))
        .put_with(item::cover_goods_named, || set_of(evidence.cover_goods.iter().map(String::as_str)))
        .put(item::form_conflicts, evidence.form.conflicts)
        .put(item::is_raw_wood, raw)
        .put(item::is_wood, wood_chapter || raw || evidence.names.verdict >= Verdict::Review)
        .put(item::is_finished, form::is_finished(evidence.form.form))
        .put(item::is_plant_food, form::is_plant_food(evidence.form.form))
        .put(item::vague, vague)
        .put(item::kind_unknown, !named && !vague && wood_chapter && solid)
        .put(item::understood, understanding::is_understood(goods, &evidence.wording))
        .put(item::evasive, wording.evasive || is_blank)
        .put(item::species_missing, !named && evidence.form.tropical)
        .put_with(item::claims, || set_of(wording.claims.iter().map(String::as_str)))
        .put(item::from_stump_or_waste, from_waste);
}

/// A form as sentences say it.
fn said(form: Option<Form>) -> String {
    form.filter(|form| *form != Form::Other).map(|form| form.as_str().replace('_', " ")).unwrap_or_default()
}

/// What importers and quotas ask.
fn item_papers(values: &mut Filling, evidence: &ItemEvidence) {
    let (permit, law) = match &evidence.import_permit {
        ImportPermit::NotKnown(why) => (Err(why.as_str()), ""),
        ImportPermit::Missing(law) => (Ok("missing"), law.as_str()),
        other => (Ok(other.word().unwrap_or_default()), ""),
    };
    // The worst of several quotas is told.
    let weight = |quota: &&QuotaEvidence| match (&quota.state, quota.certainty) {
        (QuotaState::Zero, Certainty::Yes) => 4,
        (QuotaState::Exceeded, Certainty::Yes) => 3,
        (QuotaState::Within, _) => 1,
        _ => 2,
    };
    let worst = evidence.quotas.iter().max_by_key(weight);
    let state = match worst.map(|quota| (&quota.state, quota.certainty)) {
        None => Ok("none"),
        Some((QuotaState::Within, _)) => Ok("within"),
        Some((QuotaState::NotKnown(why), _)) => Err(why.as_str()),
        Some((_, Certainty::Possibly | Certainty::No)) => {
            Err("whether the quota counts these goods hangs on species, form or source code")
        }
        Some((QuotaState::Zero, _)) => Ok("zero"),
        Some((QuotaState::Exceeded, _)) => Ok("exceeded"),
    };
    let in_words =
        || worst.map(|quota| format!("{} {} for {}", quota.allowed, quota.unit, quota.of)).unwrap_or_default();
    values
        .put(item::import_permit, permit)
        .put(item::import_law, law)
        .put(item::quota, state.map(Word))
        .put_with(item::quota_said, || Said(in_words()))
        .put(item::quota_source, worst.map_or("", |quota| quota.instrument.as_str()));
}

fn item_physics(values: &mut Filling, from: &Gathered<'_>, evidence: &ItemEvidence, goods: &GoodsItem) {
    let physics = &evidence.physics;
    let expected =
        || physics.expected_kg_m3.map(|(low, high)| format!("{low:.0} to {high:.0} kg/m³ ({})", physics.expected_of));
    let cover = physics.cover.as_ref();
    // A value that cannot be compared is an open question; goods without a reference value are no question.
    let price_is = |found: Option<Standing>, asked: Standing| match (found, evidence.price.gap) {
        (None, Some(_)) => None,
        (found, _) => Some(found == Some(asked)),
    };
    let (of_wood, of_goods) = (evidence.price.of_wood, evidence.price.of_goods);
    let density = match (physics.density, physics.expected_kg_m3) {
        (None, None) => Some("not_applicable"),
        (density, _) => density,
    };
    values
        .put(item::gross_mass_kg, goods.gross_mass_kg)
        .put(item::net_mass_kg, goods.net_mass_kg)
        .put(item::volume_m3, goods.volume_m3)
        .put(item::has_volume, goods.volume_m3.is_some_and(|volume| volume > 0.0))
        .put(item::density_kg_m3, physics.density_kg_m3)
        .put(item::density, density.map(Word))
        .put_with(item::density_expected, || expected().map(Said))
        .put(item::cover_goods, cover.map_or("", |cover| cover.id.as_str()))
        .put(item::weighed_as, cover.map_or("", |cover| cover.weighed_as.as_str()))
        .put(item::piece_too_heavy, cover.is_some_and(|cover| cover.piece_too_heavy))
        .put(item::cover_seen_in_cases, cover.is_some_and(|cover| cover.seen_as_cover))
        .put(item::heavier_than_cover, cover.map_or(Some(false), |cover| cover.heavier))
        .put(item::as_dense_as_rosewood, physics.as_dense_as_rosewood)
        .put(item::kg_per_package, physics.kg_per_package)
        .put_with(item::value_declared, || Said(price::told(&evidence.price, from.consignment, goods)))
        .put(item::value_per_m3_usd, evidence.price.per_m3_usd)
        .put(item::value_per_kg_usd, evidence.price.per_kg_usd)
        .put(item::value_too_low, price_is(of_wood, Standing::TooLow))
        .put(item::value_too_high, price_is(of_wood, Standing::TooHigh))
        .put(item::cover_value_too_low, price_is(of_goods, Standing::TooLow))
        .put(item::cover_value_too_high, price_is(of_goods, Standing::TooHigh))
        .put(item::value_gap, Word(evidence.price.gap.map_or("", Gap::as_str)))
        .put(item::value_round, evidence.price.is_round)
        .put(item::net_above_gross, physics.net_above_gross == Some(true))
        .put(item::fits_container, physics.fits_container);
}
