//! The gate: how many inspections a change of rules may add.
//!
//! In: what was added by port and day, and by which indicator. Out: [`Gated`], the whole and each indicator by itself.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Serialize;

use super::berths::{Berths, Where};

/// The most that may be added: at each port a day or a week of arrivals, or over all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxAdded {
    pub n: u64,
    pub each: Each,
}

/// Over what it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    /// At a port on a day.
    Day,
    /// At a port in a week of ISO 8601.
    Week,
    /// All ports and days together.
    Whole,
}

impl FromStr for MaxAdded {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (n, each) = match text.split_once('/') {
            None => (text, Each::Whole),
            Some((n, "day")) => (n, Each::Day),
            Some((n, "week")) => (n, Each::Week),
            Some((_, other)) => return Err(format!("`{other}` is neither day nor week")),
        };
        let n = n.trim().parse().map_err(|_| format!("`{n}` is no whole number; write 3, 3/day or 3/week"))?;
        Ok(Self { n, each })
    }
}

impl std::fmt::Display for MaxAdded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.each {
            Each::Day => write!(f, "{}/day", self.n),
            Each::Week => write!(f, "{}/week", self.n),
            Each::Whole => write!(f, "{}", self.n),
        }
    }
}

/// The most that was added in one of the spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Most {
    pub n: u64,
    /// Where and when; empty over all, or where nothing was added.
    pub at: String,
    /// True when it is no more than may be.
    pub holds: bool,
}

/// What the gate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gated {
    /// As it was asked for.
    pub max_added: String,
    pub whole: Most,
    /// By number of the indicator, those that have a part in anything added.
    pub by_indicator: BTreeMap<usize, Most>,
}

impl MaxAdded {
    /// Holds what was added against it.
    pub fn hold(self, berths: &Berths) -> Gated {
        let (mut whole, mut by_indicator) = (BTreeMap::new(), BTreeMap::<usize, BTreeMap<String, u64>>::new());
        for (at, added, parts) in berths.added() {
            let span = self.span(at);
            *whole.entry(span.clone()).or_default() += added;
            for (number, n) in parts {
                *by_indicator.entry(*number).or_default().entry(span.clone()).or_default() += n;
            }
        }
        Gated {
            max_added: self.to_string(),
            whole: self.most(&whole),
            by_indicator: by_indicator.iter().map(|(number, spans)| (*number, self.most(spans))).collect(),
        }
    }

    /// The first of the spans with the most.
    fn most(self, spans: &BTreeMap<String, u64>) -> Most {
        let n = spans.values().copied().max().unwrap_or(0);
        let at = spans.iter().find(|(_, own)| **own == n && n > 0).map(|(at, _)| at.clone()).unwrap_or_default();
        Most { n, at, holds: n <= self.n }
    }

    fn span(self, at: &Where) -> String {
        let port = at.port.as_deref().unwrap_or("port not said");
        let day = |show: &dyn Fn(palisander_engine::Date) -> String| at.day.map_or("day not said".to_owned(), show);
        match self.each {
            Each::Whole => String::new(),
            Each::Day => format!("{port} {}", day(&|day| day.to_string())),
            Each::Week => {
                let week = |day: palisander_engine::Date| {
                    let week = day.iso_week_date();
                    format!("{}-W{:02}", week.year(), week.week())
                };
                format!("{port} {}", day(&week))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_written_as_it_is_read() {
        for text in ["3/day", "12/week", "0", "400"] {
            assert_eq!(text.parse::<MaxAdded>().unwrap().to_string(), text);
        }
        for text in ["", "x", "3/month", "-1", "3/", "/day", "1.5/day"] {
            assert!(text.parse::<MaxAdded>().is_err(), "{text}");
        }
    }
}
