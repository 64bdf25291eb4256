//! Compares a presented document with one of the register, field by field.
//!
//! In: both. Out: a similarity for every field that both have, and one combined similarity. Names are compared as in
//! `parties`, numbers as in `number`, the rest by its own nature; what one side lacks is not compared.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use serde::Serialize;

use super::candidates::Candidates;
use super::document::PermitKind;
use super::number::{self, FoldedNumber, Relation};
use super::presented::PresentedPermit;
use super::store::{Packed, PackedPosition, Store, Symbol, from_day};
use super::taxon_names;
use crate::codes::{CountryCode, Date};
use crate::parties::{self, PartyName, SAME_PARTY, WordCounts};
use crate::reference::{Measured, References, genus_of, is_genus};

/// Weights of the fields in the combined similarity. The number leads, the holder follows, because a number can be
/// copied and a name be common: only together do they carry 0.6. Goods and dates settle the rest. A field that one side
/// lacks drops out and the others share its weight.
pub const WEIGHTS: [(&str, f64); 9] = [
    ("number", 0.40),
    ("holder", 0.20),
    ("importer", 0.08),
    ("taxon", 0.12),
    ("quantity", 0.07),
    ("issued_on", 0.06),
    ("expires_on", 0.02),
    ("issuing_country", 0.03),
    ("origin", 0.02),
];

/// A presented document made ready for many comparisons.
pub(super) struct Prepared<'a> {
    pub(super) presented: &'a PresentedPermit<'a>,
    pub(super) number: Option<FoldedNumber>,
    /// Made when a document is to be compared: not where there is no register.
    holder: OnceCell<Option<PartyName>>,
    importer: OnceCell<Option<PartyName>>,
    counts: &'a WordCounts,
    /// Accepted names of the goods.
    pub(super) taxa: Vec<String>,
    /// Amounts in base units.
    pub(super) amounts: Vec<(f64, Measured)>,
    pub(super) references: &'a References,
    /// Likeness of the goods' taxa to register words met before: candidates share them.
    taxa_seen: RefCell<Vec<(Symbol, f64)>>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(presented: &'a PresentedPermit<'a>, references: &'a References, counts: &'a WordCounts) -> Self {
        let amounts = presented.quantities.iter().filter_map(|(amount, unit)| {
            let unit = references.units.find(unit)?;
            amount.is_finite().then_some((amount * unit.factor, unit.quantity))
        });
        Self {
            presented,
            number: presented.number.map(FoldedNumber::new).filter(|number| !number.is_empty()),
            holder: OnceCell::new(),
            importer: OnceCell::new(),
            counts,
            taxa: presented.taxa.iter().map(|taxon| references.accepted_name(taxon)).collect(),
            amounts: amounts.collect(),
            references,
            taxa_seen: RefCell::default(),
        }
    }

    pub(super) fn holder(&self) -> Option<&PartyName> {
        self.holder.get_or_init(|| self.name(self.presented.holder)).as_ref()
    }

    pub(super) fn importer(&self) -> Option<&PartyName> {
        self.importer.get_or_init(|| self.name(self.presented.importer)).as_ref()
    }

    fn name(&self, text: Option<&str>) -> Option<PartyName> {
        text.map(|text| PartyName::new(text).weighed(self.counts)).filter(|name| !name.is_empty())
    }

    /// Likeness of a register word to the nearest of the goods' taxa.
    fn taxon_likeness(&self, word: Symbol, store: &Store) -> f64 {
        if let Some((_, seen)) = self.taxa_seen.borrow().iter().find(|(seen, _)| *seen == word) {
            return *seen;
        }
        let text = store.words.get(word).unwrap_or("");
        let likeness = self.taxa.iter().map(|taxon| taxon_similarity(taxon, text, self.references)).fold(0.0, f64::max);
        self.taxa_seen.borrow_mut().push((word, likeness));
        likeness
    }

    /// Another part of the register follows, whose words are others.
    pub(super) fn turned(&self) {
        self.taxa_seen.borrow_mut().clear();
    }

    /// The goods' taxa in the register's own words: those that name the same accepted taxon.
    pub(super) fn register_words(&self, words: &BTreeMap<String, Vec<Symbol>>) -> Vec<Symbol> {
        self.taxa.iter().flat_map(|taxon| words.get(taxon).cloned().unwrap_or_default()).collect()
    }
}

/// How a presented document and one of the register stand to each other.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Relation of the numbers; `None` when none was presented.
    pub relation: Option<Relation>,
    /// Combined similarity, 0 to 1.
    pub similarity: f64,
    /// Similarity of every field that both have, 0 to 1.
    pub fields: BTreeMap<&'static str, f64>,
}

/// Agreements and contradictions of the fields other than the number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Support {
    pub(super) compared: u32,
    pub(super) agree: u32,
    pub(super) contradict: u32,
    pub(super) holder: bool,
    pub(super) goods: bool,
}

impl Comparison {
    /// A field's similarity.
    pub fn field(&self, name: &str) -> Option<f64> {
        self.fields.get(name).copied()
    }

    /// What the fields other than the number say.
    pub(super) fn support(&self) -> Support {
        let mut support = Support::default();
        for (name, agrees_from, contradicts_below) in [
            ("holder", 0.9, SAME_PARTY),
            ("importer", 0.9, SAME_PARTY),
            ("taxon", 0.8, 0.5),
            ("issued_on", 0.9, 0.5),
            ("quantity", 0.95, 0.5),
        ] {
            let Some(similarity) = self.field(name) else { continue };
            let agrees = similarity >= agrees_from - 1e-9;
            support.compared += 1;
            support.agree += u32::from(agrees);
            support.contradict += u32::from(similarity < contradicts_below);
            support.holder |= agrees && name == "holder";
            support.goods |= agrees && name == "taxon";
        }
        support.contradict += u32::from(self.field("issuing_country") == Some(0.0));
        support
    }
}

/// Compares with the document at a place of the store.
pub(super) fn compare(asked: &Prepared<'_>, store: &Store, index: &Candidates, packed: &Packed) -> Comparison {
    let presented = asked.presented;
    let mut fields: BTreeMap<&'static str, f64> = BTreeMap::new();
    let mut relation = None;
    if let Some(number) = &asked.number {
        let own = FoldedNumber::new(store.numbers.get(packed.number));
        let found = number::relation(number, &own);
        relation = Some(found);
        fields.insert("number", number::similarity_of(found, number, &own));
    }
    parties(asked, index, packed, &mut fields);
    let positions = store.positions_of(packed);
    if !asked.taxa.is_empty()
        && let Some(best) = positions.iter().map(|own| asked.taxon_likeness(own.taxon, store)).max_by(f64::total_cmp)
    {
        fields.insert("taxon", best);
    }
    if let Some(similarity) = quantity_similarity(asked, store, positions) {
        fields.insert("quantity", similarity);
    }
    for (name, declared, registered) in [
        ("issued_on", presented.issued_on, from_day(packed.issued_on)),
        ("expires_on", presented.expires_on, from_day(packed.expires_on)),
    ] {
        if let (Some(declared), Some(registered)) = (declared, registered) {
            fields.insert(name, day_similarity(declared, registered));
        }
    }
    if let Some(similarity) = country_similarity(presented.issuing_country, Some(packed.issuing_country)) {
        fields.insert("issuing_country", similarity);
    }
    let origins = positions.iter().filter_map(|own| country_similarity(presented.origin, Some(own.origin)));
    if let Some(best) = origins.max_by(f64::total_cmp) {
        fields.insert("origin", best);
    }
    let similarity = combined(&fields);
    Comparison { relation, similarity, fields }
}

fn parties(asked: &Prepared<'_>, index: &Candidates, packed: &Packed, fields: &mut BTreeMap<&'static str, f64>) {
    let like = |name: Option<&PartyName>, own: Symbol| Some(parties::similarity(name?, index.name(own)?));
    let exporter = like(asked.holder(), packed.exporter);
    // The holder of an import permit is the importer.
    let by_importer = asked.importer().is_none() || packed.kind == PermitKind::Import;
    let as_importer = if by_importer { like(asked.holder(), packed.importer) } else { None };
    if let Some(similarity) = [exporter, as_importer].into_iter().flatten().max_by(f64::total_cmp) {
        fields.insert("holder", similarity);
    }
    if let Some(similarity) = like(asked.importer(), packed.importer) {
        fields.insert("importer", similarity);
    }
}

/// 1 for the same accepted taxon, 0.8 when one side names the genus only, 0.3 for two species of one genus; the best of the
/// names in the register's box.
pub(super) fn taxon_similarity(declared: &str, registered: &str, references: &References) -> f64 {
    let names = taxon_names::in_box(registered).into_iter();
    let alike = names.map(|name| likeness(declared, &taxon_names::written_out(&name, genus_of(declared)), references));
    alike.fold(0.0, f64::max)
}

/// The same for one name of the box.
fn likeness(declared: &str, registered: &str, references: &References) -> f64 {
    let registered = references.accepted_name(registered);
    if declared.eq_ignore_ascii_case(&registered) {
        return 1.0;
    }
    if genus_of(declared).eq_ignore_ascii_case(genus_of(&registered)) {
        if is_genus(declared) || is_genus(&registered) {
            return 0.8;
        }
        // A slip of the pen in the epithet, not another species: no two accepted epithets are that near.
        let near = strsim::normalized_damerau_levenshtein(declared, &registered);
        let both_accepted =
            references.accepted_taxa.contains(declared) && references.accepted_taxa.contains(registered.as_str());
        return if near >= 0.9 && !both_accepted { near } else { 0.3 };
    }
    let near = strsim::normalized_damerau_levenshtein(declared, &registered);
    if near >= 0.88 { near } else { 0.0 }
}

/// Ratio of the lesser to the greater amount where both are of one measure; 0 where none is.
fn quantity_similarity(asked: &Prepared<'_>, store: &Store, positions: &[PackedPosition]) -> Option<f64> {
    if asked.amounts.is_empty() {
        return None;
    }
    let registered: Vec<(f64, Measured)> =
        positions.iter().filter_map(|own| amount_of(own, store, asked.references)).collect();
    if registered.is_empty() {
        return None;
    }
    let best = asked.amounts.iter().filter_map(|(amount, measured)| {
        let same: Vec<f64> = registered.iter().filter(|(_, own)| own == measured).map(|(own, _)| *own).collect();
        let total: f64 = same.iter().sum();
        same.into_iter().chain([total]).map(|own| ratio(*amount, own)).max_by(f64::total_cmp)
    });
    best.max_by(f64::total_cmp)
}

fn ratio(a: f64, b: f64) -> f64 {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    if high <= 0.0 { 1.0 } else { (low / high).clamp(0.0, 1.0) }
}

/// A position's quantity in base units.
pub(super) fn amount_of(own: &PackedPosition, store: &Store, references: &References) -> Option<(f64, Measured)> {
    let unit = references.units.find(store.words.get(own.unit)?)?;
    // A side that is not known is no number, and `min` gives the other.
    let usable = own.quantity.min(own.endorsed_quantity);
    usable.is_finite().then_some((usable * unit.factor, unit.quantity))
}

/// 1 on the day, 0.9 with day and month swapped, 0.7 within three days, else 0.
fn day_similarity(a: Date, b: Date) -> f64 {
    if a == b {
        return 1.0;
    }
    if a.year() == b.year() && a.month() == b.day() && a.day() == b.month() {
        return 0.9;
    }
    if (a - b).get_days().abs() <= 3 { 0.7 } else { 0.0 }
}

fn country_similarity(a: Option<CountryCode>, b: Option<CountryCode>) -> Option<f64> {
    let (a, b) = (a.filter(|c| c.is_known())?, b.filter(|c| c.is_known())?);
    Some(if a == b { 1.0 } else { 0.0 })
}

fn combined(fields: &BTreeMap<&'static str, f64>) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (name, weight) in WEIGHTS {
        if let Some(similarity) = fields.get(name) {
            sum += weight * similarity;
            weights += weight;
        }
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}
