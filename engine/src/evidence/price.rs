//! What the goods are said to be worth, against what such goods fetch.
//!
//! In: an item with its value, mass and volume, and the day. Out: [`PriceEvidence`]: the value in dollars at the rate of
//! the month, for each m³ and kg, and how it stands against the woods or the goods that are named. Where it cannot be
//! compared the gap is told; one value for several items is held against what all of them fetch together. Reference values are orders of magnitude, so only what lies far outside them counts.
//! Sources: datasets/values, datasets/cover-goods, datasets/currency-rates, datasets/currency-pegs; indicators F09 and F10.

use crate::codes::Date;
use crate::manifest::{Consignment, GoodsItem, Money};
use crate::reference::{Rate, References};

use super::weighing::From;

/// A value under this share of the low reference value is too low (indicators F09).
pub const LOW_VALUE_SHARE: f64 = 0.3;
/// A value over this many times the high reference value is too high (indicators F10).
pub const HIGH_VALUE_TIMES: f64 = 3.0;
/// From this amount on a sum of one or two figures and zeros is round.
const ROUND_FROM: f64 = 10_000.0;

/// Value of an item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceEvidence {
    /// What the value was changed at; `None` = no value, or none in a currency with a rate.
    pub rate: Option<Rate>,
    /// Items that the value of the whole bill was held against together; `None` = it is this item's alone.
    pub n_items: Option<usize>,
    /// USD/m³.
    pub per_m3_usd: Option<f64>,
    /// USD/kg.
    pub per_kg_usd: Option<f64>,
    /// Against the woods looked for that it names; `None` = none is named, or the gap says why not.
    pub of_wood: Option<Standing>,
    /// Against the other goods that it names.
    pub of_goods: Option<Standing>,
    /// What such goods fetch for the mass or volume declared; `None` = no reference value, or no measure.
    pub fetches: Option<Fetches>,
    /// Why the value is compared with nothing; `None` = it was compared, or the goods have no reference value.
    pub gap: Option<Gap>,
    /// A large sum of one or two figures and zeros; `None` = no value.
    pub is_round: Option<bool>,
}

/// What goods fetch in all, USD, and whether they are woods looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fetches {
    pub low_usd: f64,
    pub high_usd: f64,
    pub is_wood: bool,
}

impl Fetches {
    /// How a value in dollars stands against it.
    fn standing(self, usd: f64) -> Standing {
        match () {
            () if usd < self.low_usd * LOW_VALUE_SHARE => Standing::TooLow,
            () if usd > self.high_usd * HIGH_VALUE_TIMES => Standing::TooHigh,
            () => Standing::Usual,
        }
    }
}

/// Value and freight of a consignment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TotalsEvidence {
    /// The value of the whole, or the sum of the items' values, USD.
    pub value_usd: Option<f64>,
    /// The carriage costs more than the goods; `None` = one of the two is not told, or has no rate.
    pub freight_above_value: Option<bool>,
}

/// How a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    TooLow,
    Usual,
    TooHigh,
}

/// What is missing to compare a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// No amount is declared.
    NoValue,
    /// One amount stands for several items.
    ValueOfSeveral,
    /// The currency is not told, or has no rate on that day.
    NoRate,
    /// The reference value is for another measure than the declared ones.
    NoMeasure,
}

impl Gap {
    /// The gap in words, for the answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoValue => "no value is declared",
            Self::ValueOfSeveral => {
                "one value is declared for several items, and not all of them have a reference value"
            }
            Self::NoRate => "its currency is not told or has no rate on that day",
            Self::NoMeasure => "its mass or volume is not declared",
        }
    }
}

/// An amount in dollars at the rate of the month, and that rate; `None` = no number, no currency, no rate.
fn in_dollars(money: &Money, references: &References, day: Date) -> Option<(f64, Rate)> {
    let (amount, currency) = (money.number()?, money.currency.as_deref()?);
    let rate = references.currencies.on(currency, day)?;
    Some((amount * rate.usd, rate))
}

/// The value of an item as declared, and the rate that it was changed at; empty where it has none.
pub fn told(price: &PriceEvidence, consignment: &Consignment, item: &GoodsItem) -> String {
    let money = match price.n_items {
        None => declared(consignment, item).ok(),
        Some(_) => consignment.value.as_ref(),
    };
    let Some((money, rate)) = money.zip(price.rate.as_ref()) else { return String::new() };
    let mut told = format!("{} {}", money.amount, money.currency.as_deref().unwrap_or_default());
    if !rate.month.is_empty() {
        // Small money has its first figures far behind the point.
        let places = if rate.usd < 0.01 { 7 } else { 4 };
        told.push_str(&format!(", {:.places$} USD each in {}", rate.usd, rate.month));
    }
    if let Some(n) = price.n_items {
        told.push_str(&format!(" for {n} items"));
    }
    told
}

/// Value and freight of a consignment in dollars.
pub fn totals(references: &References, consignment: &Consignment, day: Date) -> TotalsEvidence {
    let usd = |money: &Money| in_dollars(money, references, day).map(|(usd, _)| usd);
    let items = &consignment.goods_items;
    let value_usd = match &consignment.value {
        Some(whole) => usd(whole),
        None if items.is_empty() => None,
        None => items.iter().map(|item| item.value.as_ref().and_then(usd)).sum(),
    };
    let freight = consignment.freight.as_ref().and_then(usd);
    TotalsEvidence { value_usd, freight_above_value: freight.zip(value_usd).map(|(freight, value)| freight > value) }
}

/// The value declared for an item: its own, or that of the consignment when it is the only item.
fn declared<'a>(consignment: &'a Consignment, item: &'a GoodsItem) -> Result<&'a Money, Gap> {
    match (&item.value, &consignment.value) {
        (Some(own), _) => Ok(own),
        (None, Some(whole)) if consignment.goods_items.len() == 1 => Ok(whole),
        (None, Some(_)) => Err(Gap::ValueOfSeveral),
        (None, None) => Err(Gap::NoValue),
    }
}

/// Compares an item of this mass, kg, and volume, m³.
pub(super) fn gather(from: &From<'_>, mass: Option<f64>, volume: Option<f64>) -> PriceEvidence {
    let money = declared(from.consignment, from.item);
    let value = money.and_then(|money| in_dollars(money, from.references, from.as_of).ok_or(Gap::NoRate));
    let is_round = money.ok().and_then(Money::number).map(is_round);
    let (value, rate) = match value {
        Ok((usd, rate)) => (Ok(usd), Some(rate)),
        Err(gap) => (Err(gap), None),
    };
    let fetches = match from.taxa.iter().any(|taxon| !taxon.is_alternative) {
        true => woods_fetch(from, mass, volume),
        false => goods_fetch(from, mass),
    };
    let standing = match (fetches, value) {
        (Ok(None), _) => Ok(None),
        (Ok(Some(fetches)), Ok(usd)) => Ok(Some((fetches, fetches.standing(usd)))),
        (_, Err(gap)) | (Err(gap), _) => Err(gap),
    };
    let found = |is_wood: bool| {
        let met = standing.ok().flatten().filter(|(fetches, _)| fetches.is_wood == is_wood);
        met.map(|(_, standing)| standing)
    };
    PriceEvidence {
        rate,
        n_items: None,
        per_m3_usd: value.ok().zip(volume).map(|(usd, m3)| usd / m3),
        per_kg_usd: value.ok().zip(mass).map(|(usd, kg)| usd / kg),
        fetches: fetches.ok().flatten(),
        gap: standing.err(),
        of_wood: found(true),
        of_goods: found(false),
        is_round,
    }
}

/// Items of which one value stands for several: what they fetch together says how it stands. It is too low already where the
/// items with a reference value alone fetch more; else all of them must have one.
pub(super) fn of_several(
    references: &References,
    consignment: &Consignment,
    prices: &mut [&mut PriceEvidence],
    day: Date,
) {
    let Some(whole) = &consignment.value else { return };
    let shares = |price: &PriceEvidence| price.gap == Some(Gap::ValueOfSeveral);
    if !prices.iter().any(|price| shares(price)) {
        return;
    }
    let usd = |money: &Money| in_dollars(money, references, day).map(|(usd, _)| usd);
    let own: Option<f64> = consignment.goods_items.iter().filter_map(|item| item.value.as_ref()).map(usd).sum();
    let Some(((whole, rate), own)) = in_dollars(whole, references, day).zip(own) else {
        prices.iter_mut().filter(|price| shares(price)).for_each(|price| price.gap = Some(Gap::NoRate));
        return;
    };
    let left = (whole - own).max(0.0);
    // Every item without a value of its own is in the sum, whether it has a reference value or not.
    let without = prices.iter().zip(&consignment.goods_items).filter(|(_, item)| item.value.is_none());
    let fetches: Vec<Option<Fetches>> = without.map(|(price, _)| price.fetches).collect();
    let known = || fetches.iter().flatten();
    let together = Fetches {
        low_usd: known().map(|fetches| fetches.low_usd).sum(),
        high_usd: known().map(|fetches| fetches.high_usd).sum(),
        is_wood: false,
    };
    let standing = match together.standing(left) {
        Standing::TooLow => Standing::TooLow,
        _ if fetches.iter().any(Option::is_none) => return,
        standing => standing,
    };
    let n_items = fetches.len();
    for price in prices.iter_mut().filter(|price| shares(price)) {
        (price.gap, price.rate, price.n_items) = (None, Some(rate.clone()), Some(n_items));
        match price.fetches {
            Some(Fetches { is_wood: true, .. }) => price.of_wood = Some(standing),
            Some(_) => price.of_goods = Some(standing),
            None => {}
        }
    }
}

/// The widest range of the woods named; nothing where one of them has no reference value.
fn woods_fetch(from: &From<'_>, mass: Option<f64>, volume: Option<f64>) -> Result<Option<Fetches>, Gap> {
    let mut all: Option<Fetches> = None;
    for taxon in from.taxa.iter().filter(|taxon| !taxon.is_alternative) {
        let Some(reference) = from.references.densities.value_of(&taxon.taxon) else { return Ok(None) };
        let Some(rate) = from.references.currencies.on(&reference.currency, from.as_of) else { return Ok(None) };
        let measure = match reference.per.as_str() {
            "m3" => volume,
            "t" => mass.map(|kg| kg / 1_000.0),
            _ => return Ok(None),
        };
        let usd = rate.usd * measure.ok_or(Gap::NoMeasure)?;
        let (low_usd, high_usd) = (reference.value_low * usd, reference.value_high * usd);
        all = Some(match all {
            None => Fetches { low_usd, high_usd, is_wood: true },
            Some(all) => {
                Fetches { low_usd: all.low_usd.min(low_usd), high_usd: all.high_usd.max(high_usd), is_wood: true }
            }
        });
    }
    Ok(all)
}

/// The widest range of the goods named; nothing where one of them has no reference value.
fn goods_fetch(from: &From<'_>, mass: Option<f64>) -> Result<Option<Fetches>, Gap> {
    let goods = from.goods;
    let low = goods.iter().map(|goods| goods.value_low_usd_t).collect::<Option<Vec<f64>>>();
    let high = goods.iter().map(|goods| goods.value_high_usd_t).collect::<Option<Vec<f64>>>();
    let (Some(low), Some(high)) = (low, high) else { return Ok(None) };
    let (Some(low), Some(high)) = (low.into_iter().reduce(f64::min), high.into_iter().reduce(f64::max)) else {
        return Ok(None);
    };
    let tonnes = mass.ok_or(Gap::NoMeasure)? / 1_000.0;
    Ok(Some(Fetches { low_usd: low * tonnes, high_usd: high * tonnes, is_wood: false }))
}

/// A large amount of one or two figures and zeros: nobody measured or counted for it.
fn is_round(amount: f64) -> bool {
    if amount < ROUND_FROM {
        return false;
    }
    let step = 10_f64.powi(amount.log10().floor() as i32 - 1);
    (amount / step - (amount / step).round()).abs() < 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_sums() {
        for (amount, expected) in [
            (10_000.0, true),
            (250_000.0, true),
            (1_200_000.0, true),
            (251_000.0, false),
            (12_345.0, false),
            (9_000.0, false),
            (180_000.5, false),
            (0.0, false),
        ] {
            assert_eq!(is_round(amount), expected, "{amount}");
        }
    }
}
