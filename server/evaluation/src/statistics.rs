//! How profiles do, for exchange between authorities (row B16): counts by indicator and nothing of any consignment.
//!
//! In: answers, and final results where there are some. Out: [`Exchange`]. No field holds a bill, a firm, a ship, a place, goods or
//! a day; counts below [`LEAST`] are not told, since a single bill could be guessed from them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::answers::Answer;
use crate::interval::Share;

/// Counts below this are not told.
pub const LEAST: u64 = 5;

/// Statistics of profiles.
#[derive(Debug, Clone, Serialize)]
pub struct Exchange {
    /// What the counts are over.
    pub n_answers: u64,
    pub n_examined: Option<u64>,
    pub n_found: Option<u64>,
    pub indicators: Vec<Line>,
    pub note: &'static str,
}

/// Counts of one indicator.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub profile: String,
    pub indicator: String,
    /// Answers that it stands in; `None` below the least count.
    pub n_hits: Option<u64>,
    pub n_examined: Option<u64>,
    pub n_found: Option<u64>,
    /// Finds of the examined, with the interval.
    pub hit_rate: Option<f64>,
    pub hit_rate_low: Option<f64>,
    pub hit_rate_high: Option<f64>,
}

#[derive(Debug, Default)]
struct Counts {
    hits: u64,
    examined: u64,
    found: u64,
}

/// Counts as they come.
#[derive(Debug, Default)]
pub struct Counting {
    n: Counts,
    by: BTreeMap<(String, String), Counts>,
}

impl Counting {
    /// One answer, and its final result where it was examined.
    pub fn take(&mut self, answer: &Answer, result: Option<bool>) {
        let names = answer.hits.iter().map(|hit| (hit.profile.clone(), hit.indicator.clone()));
        // An indicator counts once a bill, however many of its goods met it.
        let names: std::collections::BTreeSet<(String, String)> = names.collect();
        for name in names {
            self.by.entry(name).or_default().take(result);
        }
        self.n.take(result);
    }

    /// What may be told.
    pub fn exchange(self) -> Exchange {
        let told = |n: u64| (n >= LEAST).then_some(n);
        let line = |((profile, indicator), counts): ((String, String), Counts)| {
            let rate = told(counts.examined).map(|_| Share::new(counts.found, counts.examined));
            // A rate of few finds would tell the count.
            let rate = rate.filter(|_| counts.found == 0 || counts.found >= LEAST);
            Line {
                profile,
                indicator,
                n_hits: told(counts.hits),
                n_examined: told(counts.examined),
                n_found: told(counts.found),
                hit_rate: rate.and_then(|rate| rate.share),
                hit_rate_low: rate.map(|rate| rate.low),
                hit_rate_high: rate.map(|rate| rate.high),
            }
        };
        Exchange {
            n_answers: self.n.hits,
            n_examined: told(self.n.examined),
            n_found: told(self.n.found),
            indicators: self.by.into_iter().map(line).collect(),
            note: "counts below 5 are not told; nothing of a consignment is in here",
        }
    }
}

impl Counts {
    fn take(&mut self, result: Option<bool>) {
        self.hits += 1;
        self.examined += u64::from(result.is_some());
        self.found += u64::from(result == Some(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(n: usize, indicator: &str) -> Answer {
        let text = format!(
            r#"{{"consignment":"SECRETBILL{n}","hits":[{{"profile":"p","indicator":"{indicator}","group":"g","points":5}}],
                "goods":[{{"description":"SECRET GOODS"}}],"parties":[{{"role":"consignee","name":"SECRET FIRM"}}]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn exchange() -> Exchange {
        let mut counting = Counting::default();
        (0..40).for_each(|n| counting.take(&answer(n, "often"), (n < 20).then_some(n < 10)));
        (0..3).for_each(|n| counting.take(&answer(n, "rare"), Some(true)));
        counting.exchange()
    }

    #[test]
    fn b16_the_export_has_no_personal_field_and_nothing_of_a_consignment() {
        let told = serde_json::to_value(exchange()).unwrap();
        let mut keys = std::collections::BTreeSet::new();
        fn walk(value: &serde_json::Value, keys: &mut std::collections::BTreeSet<String>) {
            if let Some(map) = value.as_object() {
                for (key, value) in map {
                    keys.insert(key.clone());
                    walk(value, keys);
                }
            }
            value.as_array().into_iter().flatten().for_each(|value| walk(value, keys));
        }
        walk(&told, &mut keys);
        let allowed = [
            "n_answers",
            "n_examined",
            "n_found",
            "indicators",
            "note",
            "profile",
            "indicator",
            "n_hits",
            "hit_rate",
            "hit_rate_low",
            "hit_rate_high",
        ];
        let other: Vec<&String> = keys.iter().filter(|key| !allowed.contains(&key.as_str())).collect();
        assert!(other.is_empty(), "fields of the export that nobody agreed to: {other:?}");
        assert!(!told.to_string().contains("SECRET"), "{told}");
    }

    #[test]
    fn b16_small_counts_are_not_told() {
        let told = exchange();
        let line = |name: &str| told.indicators.iter().find(|line| line.indicator == name).unwrap().clone();
        assert_eq!(
            (line("often").n_hits, line("often").n_found, line("often").hit_rate),
            (Some(40), Some(10), Some(0.5))
        );
        let rare = line("rare");
        assert_eq!((rare.n_hits, rare.n_examined, rare.n_found, rare.hit_rate), (None, None, None, None));
    }
}
