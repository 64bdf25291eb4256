//! What the goods are said to be worth, against what such goods fetch.
//!
//! In: an item with its value, mass and volume, and the day. Out: [`PriceEvidence`]: the value in dollars at the rate of
//! the month, for each m³ and kg, and how it stands against the woods or the goods that are named. Where it cannot be
//! compared the gap is told. Reference values are orders of magnitude, so only what lies far outside them counts.
//! Sources: datasets/values, datasets/cover-goods, datasets/currency-rates, datasets/currency-pegs; indicators F09 and F10.

use crate::codes::Date;
use crate::manifest::{Consignment, GoodsItem, Money};
use crate::reference::References;

use super::weighing::From;

/// A value under this share of the low reference value is too low (indicators F09).
pub const LOW_VALUE_SHARE: f64 = 0.3;
/// A value over this many times the high reference value is too high (indicators F10).
pub const HIGH_VALUE_TIMES: f64 = 3.0;
/// From this amount on a sum of one or two figures and zeros is round.
const ROUND_FROM: f64 = 10_000.0;

/// An amount of money in dollars.
#[derive(Debug, Clone, PartialEq)]
pub struct InDollars {
    /// USD.
    pub usd: f64,
    /// The amount as declared, and the rate that it was changed at.
    pub told: String,
}

/// Value of an item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceEvidence {
    /// The amount as declared and its rate; empty = no value, or none in a currency with a rate.
    pub told: String,
    /// USD/m³.
    pub per_m3_usd: Option<f64>,
    /// USD/kg.
    pub per_kg_usd: Option<f64>,
    /// Against the woods looked for that it names; `None` = none is named, or the gap says why not.
    pub of_wood: Option<Standing>,
    /// Against the other goods that it names.
    pub of_goods: Option<Standing>,
    /// Why the value is compared with nothing; `None` = it was compared, or the goods have no reference value.
    pub gap: Option<Gap>,
    /// A large sum of one or two figures and zeros; `None` = no value.
    pub is_round: Option<bool>,
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
            Self::ValueOfSeveral => "one value is declared for several items",
            Self::NoRate => "its currency is not told or has no rate on that day",
            Self::NoMeasure => "its mass or volume is not declared",
        }
    }
}

/// An amount in dollars at the rate of the month; `None` = no number, no currency, no rate.
pub fn in_dollars(money: &Money, references: &References, day: Date) -> Option<InDollars> {
    let (amount, currency) = (money.number()?, money.currency.as_deref()?);
    let rate = references.currencies.on(currency, day)?;
    let told = if rate.month.is_empty() {
        format!("{} {currency}", money.amount)
    } else {
        format!("{} {currency}, {:.4} USD each in {}", money.amount, rate.usd, rate.month)
    };
    Some(InDollars { usd: amount * rate.usd, told })
}

/// Value and freight of a consignment in dollars.
pub fn totals(references: &References, consignment: &Consignment, day: Date) -> TotalsEvidence {
    let usd = |money: &Money| in_dollars(money, references, day).map(|money| money.usd);
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
    let (value, told) = match value {
        Ok(value) => (Ok(value.usd), value.told),
        Err(gap) => (Err(gap), String::new()),
    };
    let per_m3 = value.and_then(|usd| volume.map(|m3| usd / m3).ok_or(Gap::NoMeasure));
    let per_kg = value.and_then(|usd| mass.map(|kg| usd / kg).ok_or(Gap::NoMeasure));
    let of_wood = of_wood(from, per_m3, per_kg);
    let of_goods = if from.taxa.iter().any(|taxon| !taxon.is_alternative) { Ok(None) } else { of_goods(from, per_kg) };
    PriceEvidence {
        told,
        per_m3_usd: per_m3.ok(),
        per_kg_usd: per_kg.ok(),
        gap: of_wood.err().or(of_goods.err()),
        of_wood: of_wood.ok().flatten(),
        of_goods: of_goods.ok().flatten(),
        is_round,
    }
}

/// Against the widest range of the woods named; nothing where one of them has no reference value.
fn of_wood(from: &From<'_>, per_m3: Result<f64, Gap>, per_kg: Result<f64, Gap>) -> Result<Option<Standing>, Gap> {
    let mut all: Option<(bool, bool)> = None;
    for taxon in from.taxa.iter().filter(|taxon| !taxon.is_alternative) {
        let Some(reference) = from.references.densities.value_of(&taxon.taxon) else { return Ok(None) };
        let Some(rate) = from.references.currencies.on(&reference.currency, from.as_of) else { return Ok(None) };
        let value = match reference.per.as_str() {
            "m3" => per_m3?,
            "t" => per_kg? * 1_000.0,
            _ => return Ok(None),
        };
        let (low, high) = (reference.value_low * rate.usd, reference.value_high * rate.usd);
        let (is_low, is_high) = (value < low * LOW_VALUE_SHARE, value > high * HIGH_VALUE_TIMES);
        all = Some(all.map_or((is_low, is_high), |(l, h)| (l && is_low, h && is_high)));
    }
    Ok(all.map(standing))
}

/// Against the widest range of the goods named; nothing where one of them has no reference value.
fn of_goods(from: &From<'_>, per_kg: Result<f64, Gap>) -> Result<Option<Standing>, Gap> {
    let goods = from.goods;
    let low = goods.iter().map(|goods| goods.value_low_usd_t).collect::<Option<Vec<f64>>>();
    let high = goods.iter().map(|goods| goods.value_high_usd_t).collect::<Option<Vec<f64>>>();
    let (Some(low), Some(high)) = (low, high) else { return Ok(None) };
    let (Some(low), Some(high)) = (low.into_iter().reduce(f64::min), high.into_iter().reduce(f64::max)) else {
        return Ok(None);
    };
    let value = per_kg? * 1_000.0;
    Ok(Some(standing((value < low * LOW_VALUE_SHARE, value > high * HIGH_VALUE_TIMES))))
}

fn standing((is_low, is_high): (bool, bool)) -> Standing {
    match (is_low, is_high) {
        (true, _) => Standing::TooLow,
        (_, true) => Standing::TooHigh,
        _ => Standing::Usual,
    }
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
