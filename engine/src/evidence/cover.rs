//! What goods can weigh by what they are called: cover goods, woods of other genera, else goods of an HS heading.
//!
//! In: an item that names none of the woods looked for, its density, its mass for each package. Out: [`CoverEvidence`].
//! A line is judged by the goods that it names; its HS code speaks only where it names none, or where code and words
//! speak of different chapters, and then the wider range counts. Sources: datasets/cover-goods, datasets/hs-densities,
//! datasets/timbers.

use crate::manifest::GoodsItem;
use crate::reference::{CoverGoods, Form, References};

use super::weighing::{From, GROSS_MARGIN, HIGH_MARGIN, range_of};

/// Goods that loads have been hidden under, and what they can weigh.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverEvidence {
    /// Id of the goods or of the wood; empty = an HS code alone.
    pub id: String,
    /// What was weighed, in words.
    pub weighed_as: String,
    /// A case is known.
    pub seen_as_cover: bool,
    /// Heavier than such goods can be; `None` = no density.
    pub heavier: Option<bool>,
    /// A piece weighs more than a piece of such goods can.
    pub piece_too_heavy: bool,
}

/// Chapters in which the words of a wood say what the goods are made of throughout.
const OF_WOOD: [&str; 2] = ["44", "94"];

/// Weighs the goods; `None` = they name a wood that is looked for, or nothing is known of them.
pub(super) fn gather(from: &From<'_>, density: Option<f64>, kg_per_package: Option<f64>) -> Option<CoverEvidence> {
    if from.taxa.iter().any(|taxon| !taxon.is_alternative) {
        return None;
    }
    let (item, goods) = (from.item, from.goods);
    let chapter = item.hs_code.as_ref().map(|code| code.chapter());
    let is_wood = chapter.is_none_or(|chapter| OF_WOOD.contains(&chapter)) || is_raw(from.form);
    let timbers = if is_wood { from.timbers } else { &[] };
    if goods.is_empty() && timbers.is_empty() {
        return of_code(from, density, kg_per_package);
    }
    let packed = if item.net_mass_kg.is_some_and(|kg| kg > 0.0) { 1.0 } else { GROSS_MARGIN };
    let of_goods = goods.iter().map(|goods| goods.density_high_kg_m3 * HIGH_MARGIN);
    let of_timbers = timbers.iter().map(|timber| range_of(timber, from.form).1 * packed);
    let high = of_goods.chain(of_timbers).fold(0.0, f64::max);
    let high = beyond_chapter(from, goods).map_or(high, |other| other.max(high));
    let ids = goods.iter().map(|goods| goods.id.as_str()).chain(timbers.iter().map(|timber| timber.timber.as_str()));
    let ids: Vec<&str> = ids.collect();
    // The goods of a case first: the others are what they were said to be made of or packed in.
    let first = goods.iter().find(|goods| goods.seen_as_cover).map(|goods| goods.id.as_str());
    Some(CoverEvidence {
        id: first.or_else(|| ids.first().copied()).unwrap_or_default().to_owned(),
        weighed_as: ids.join(", ").replace('-', " "),
        seen_as_cover: first.is_some() || timbers.iter().any(|timber| timber.cover),
        heavier: density.map(|density| density > high),
        piece_too_heavy: piece_too_heavy(from, goods, kg_per_package),
    })
}

/// The cover goods that the words name; `key` is the description folded.
pub(super) fn named<'a>(references: &'a References, item: &GoodsItem, key: &str) -> Vec<&'a CoverGoods> {
    let mut goods = references.covers.all_in(key);
    // `cotton shirts` are no cotton: under a code of another chapter only goods of a case are still what was named.
    if let Some(code) = &item.hs_code {
        goods.retain(|goods| goods.seen_as_cover || goods.is_of_chapter(code));
    }
    goods
}

/// Upper end by the HS code where none of the goods named stands in its chapter; endless where nothing is known of it.
fn beyond_chapter(from: &From<'_>, goods: &[&CoverGoods]) -> Option<f64> {
    let code = from.item.hs_code.as_ref()?;
    let is_strange = !goods.is_empty() && goods.iter().all(|goods| !goods.is_of_chapter(code));
    let row = || from.references.covers.of_code(code).map(|row| row.density_high_kg_m3 * HIGH_MARGIN);
    is_strange.then(|| row().unwrap_or(f64::INFINITY))
}

/// By the HS code alone. A wood heading says nothing of the kind; charcoal, pellets and boards are told by their codes.
fn of_code(from: &From<'_>, density: Option<f64>, kg_per_package: Option<f64>) -> Option<CoverEvidence> {
    let code = from.item.hs_code.as_ref()?;
    let covers = &from.references.covers;
    let (goods, row) = (covers.by_hs(code), covers.of_code(code));
    let goods = goods.filter(|_| code.chapter() != "44" || row.is_some());
    if goods.is_none() && row.is_none() {
        return None;
    }
    let pieces: Vec<&CoverGoods> = goods.into_iter().collect();
    Some(CoverEvidence {
        id: goods.map(|goods| goods.id.clone()).unwrap_or_default(),
        weighed_as: format!("goods of HS {}", row.map_or(code.as_str(), |row| row.hs.as_str())),
        seen_as_cover: goods.is_some_and(|goods| goods.seen_as_cover),
        heavier: match row {
            Some(row) => density.map(|density| density > row.density_high_kg_m3 * HIGH_MARGIN),
            None => Some(false),
        },
        piece_too_heavy: piece_too_heavy(from, &pieces, kg_per_package),
    })
}

/// Single pieces that weigh more than a piece of any of the goods.
fn piece_too_heavy(from: &From<'_>, goods: &[&CoverGoods], kg_per_package: Option<f64>) -> bool {
    let mut kinds = from.item.packages.iter().filter(|packages| packages.n.is_some_and(|n| n > 1));
    let is_piece = |code: &str| from.references.units.package(code).is_some_and(|kind| kind.piece);
    let in_pieces = kinds.any(|packages| packages.kind.as_deref().is_some_and(is_piece));
    let highest = goods.iter().map(|goods| goods.piece_high_kg).collect::<Option<Vec<f64>>>();
    let highest = highest.and_then(|all| all.into_iter().reduce(f64::max));
    in_pieces && kg_per_package.zip(highest).is_some_and(|(kg, highest)| kg > highest)
}

fn is_raw(form: Option<Form>) -> bool {
    super::form::is_raw_wood(form)
}
