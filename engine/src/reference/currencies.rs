//! Rates of currencies by month.
//!
//! In: a currency and a day. Out: its rate to the dollar, with the month that it is of. Sources:
//! datasets/currency-rates/card.toml, datasets/currency-pegs/card.toml.

use rustc_hash::FxHashMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields;
use super::load::DataSource;
use crate::codes::Date;

/// A rate older than this says nothing of a day any more.
const MAX_AGE_MONTHS: i32 = 12;
/// Currencies follow one another at most this often: MOP follows HKD.
const MAX_STEPS: usize = 3;

/// One currency in one month.
#[derive(Debug, Clone, Deserialize)]
pub struct CurrencyRate {
    /// ISO 4217.
    pub currency: String,
    /// Year and month.
    pub month: String,
    /// Units of it for one dollar.
    pub per_usd: f64,
}

/// A currency that follows another at a fixed rate.
#[derive(Debug, Clone, Deserialize)]
pub struct CurrencyPeg {
    /// ISO 4217.
    pub currency: String,
    /// The currency that it follows.
    pub to: String,
    /// Units of it for one of the other.
    pub rate: f64,
    /// First day of the rate.
    pub effective_from: Date,
}

/// Months since the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Month(i32);

impl Month {
    fn of(day: Date) -> Self {
        Self(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
    }

    fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
        (1..=12).contains(&month).then_some(Self(year * 12 + month - 1))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// What one unit of a currency is worth, and since when that is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Dollars for one unit.
    pub usd: f64,
    /// Year and month of the rate; empty for the dollar itself and for what follows it.
    pub month: String,
}

/// All currencies, with the months that they have rates of.
#[derive(Debug, Clone, Default)]
pub struct Currencies {
    /// By currency, in the order of the months.
    rates: FxHashMap<String, Vec<(Month, f64)>>,
    pegs: FxHashMap<String, CurrencyPeg>,
}

impl Currencies {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let mut rates: FxHashMap<String, Vec<(Month, f64)>> = FxHashMap::default();
        for row in fields::rows::<CurrencyRate>(source, "currency-rates", faults)? {
            let sound = Month::parse(&row.month).filter(|_| row.per_usd > 0.0 && row.per_usd.is_finite());
            if let Some(month) = sound {
                rates.entry(row.currency).or_default().push((month, row.per_usd));
            }
        }
        rates.values_mut().for_each(|months| months.sort_by_key(|(month, _)| *month));
        let pegs: Vec<CurrencyPeg> = fields::rows(source, "currency-pegs", faults)?;
        let pegs = pegs.into_iter().filter(|peg| peg.rate > 0.0).map(|peg| (peg.currency.clone(), peg)).collect();
        Ok(Self { rates, pegs })
    }

    /// The rate of a currency (ISO 4217, any case) on a day: of that month, else of the last before it. `None` for a
    /// currency without a rate, and where the last one is more than a year old.
    pub fn on(&self, currency: &str, day: Date) -> Option<Rate> {
        let mut code = currency.trim().to_ascii_uppercase();
        let mut usd = 1.0;
        for _ in 0..MAX_STEPS {
            if code == "USD" {
                return Some(Rate { usd, month: String::new() });
            }
            let Some(peg) = self.pegs.get(&code).filter(|peg| peg.effective_from <= day) else { break };
            usd /= peg.rate;
            code.clone_from(&peg.to);
        }
        let (months, wanted) = (self.rates.get(&code)?, Month::of(day));
        let last = months.partition_point(|(month, _)| *month <= wanted).checked_sub(1)?;
        let (month, per_usd) = months.get(last)?;
        (wanted.0 - month.0 <= MAX_AGE_MONTHS).then(|| Rate { usd: usd / per_usd, month: month.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::References;
    use super::*;

    #[test]
    fn a_currency_has_the_rate_of_its_month() {
        let currencies = References::load(&DataSource::Embedded).unwrap().currencies;
        let check = |currency: &str, day: &str, expected: Option<(f64, &str)>| {
            let found = currencies.on(currency, day.parse().unwrap());
            let found = found.map(|rate| ((rate.usd * 10_000.0).round() / 10_000.0, rate.month));
            assert_eq!(found, expected.map(|(usd, month)| (usd, month.to_owned())), "{currency} {day}");
        };
        check("usd", "2014-03-14", Some((1.0, "")));
        check("EUR", "2014-03-14", Some((1.3788, "2014-03")));
        // The franc of Central Africa follows the euro, the pataca the dollar of Hong Kong, the dirham the dollar.
        check("XAF", "2014-03-14", Some((0.0021, "2014-03")));
        check("MOP", "2014-03-14", Some((0.1251, "2014-03")));
        check("AED", "2014-03-14", Some((0.2723, "")));
        // The rouble has had no rate since March 2022; the ariary never had one.
        check("RUB", "2022-12-01", Some((0.0095, "2022-03")));
        check("RUB", "2024-12-01", None);
        check("MGA", "2014-03-14", None);
        check("EUR", "1998-01-01", None);
        check("", "2014-03-14", None);
    }
}
