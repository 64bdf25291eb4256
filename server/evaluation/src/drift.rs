//! A change of how often examinations find something, seen soon after it begins (row B13).
//!
//! In: final results in the order of their reports. Out: where a change was seen, and whether up or down. Two cumulative sums of
//! log likelihood ratios (Page 1954), one for half as many finds as usual and one for twice as many; an alarm when one passes a
//! bound that honest noise passes once in [`QUIET`] results on average. What is usual is taken from the first results.
//! Also [`shift`]: how far two distributions of scores lie apart (population stability index).

use serde::Serialize;

/// Results from which the usual share is taken, at least, and finds among them: a share of none is no share.
const LEARNED: usize = 100;
const LEARNED_FINDS: usize = 10;
/// Results between false alarms, on average, at least.
const QUIET: f64 = 6_000.0;

/// A change that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Change {
    /// Results until the alarm, from 1.
    pub at: usize,
    /// The result after which the sum began to grow: about where the change is.
    pub since: usize,
    pub upward: bool,
    /// Usual share, and the share since.
    pub usual: f64,
    pub now: f64,
}

/// One of the two sums.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    value: f64,
    since: usize,
    n: f64,
    found: f64,
}

impl Sum {
    fn take(&mut self, place: usize, found: bool, usual: f64, other: f64) -> bool {
        let step = if found { (other / usual).ln() } else { ((1.0 - other) / (1.0 - usual)).ln() };
        self.value += step;
        (self.n, self.found) = (self.n + 1.0, self.found + f64::from(u8::from(found)));
        if self.value <= 0.0 {
            *self = Self { since: place, ..Self::default() };
        }
        // The mean time to a false alarm is at least the exponential of the bound (Lorden 1971).
        self.value > QUIET.ln()
    }
}

/// The first change in these results, if there is one.
pub fn change(results: &[bool]) -> Option<Change> {
    let finds = results.iter().enumerate().filter(|(_, found)| **found).map(|(place, _)| place + 1);
    let learned = finds.skip(LEARNED_FINDS - 1).find(|n| *n >= LEARNED)?;
    let found = results.iter().take(learned).filter(|found| **found).count() as f64;
    let usual = ((found - 0.5) / learned as f64).clamp(0.001, 0.9);
    let (low, high) = (usual / 2.0, (usual * 2.0).min((1.0 + usual) / 2.0));
    let start = Sum { since: learned, ..Sum::default() };
    let (mut down, mut up) = (start, start);
    for (place, found) in results.iter().enumerate().skip(learned) {
        let fell = down.take(place + 1, *found, usual, low);
        let rose = up.take(place + 1, *found, usual, high);
        if fell || rose {
            let sum = if rose { up } else { down };
            return Some(Change {
                at: place + 1,
                since: sum.since,
                upward: rose,
                usual,
                now: sum.found / sum.n.max(1.0),
            });
        }
    }
    None
}

/// How far the scores of two periods lie apart: 0 the same, from 0.25 on another distribution. Steps by tenths of the first.
pub fn shift(before: &[f64], after: &[f64]) -> Option<f64> {
    const STEPS: usize = 10;
    let mut sorted = before.to_vec();
    sorted.sort_by(f64::total_cmp);
    let bounds: Vec<f64> = (1..STEPS).filter_map(|n| sorted.get(sorted.len() * n / STEPS).copied()).collect();
    if bounds.is_empty() || after.is_empty() {
        return None;
    }
    let shares = |of: &[f64]| -> Vec<f64> {
        let mut counts = [0.5; STEPS];
        for score in of {
            let step = bounds.iter().filter(|bound| score >= bound).count();
            if let Some(count) = counts.get_mut(step) {
                *count += 1.0;
            }
        }
        counts.iter().map(|count| count / (of.len() as f64 + STEPS as f64 / 2.0)).collect()
    };
    Some(shares(before).iter().zip(shares(after)).map(|(a, b)| (b - a) * (b / a).ln()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash;

    /// Results with a share, and another from a place on.
    fn results(seed: u64, n: usize, share: f64, from: usize, then: f64) -> Vec<bool> {
        let unit = |n: usize| (hash::mixed(seed, n as u64) >> 11) as f64 / (1_u64 << 53) as f64;
        (0..n).map(|place| unit(place) < if place < from { share } else { then }).collect()
    }

    #[test]
    fn b13_a_planted_drift_is_found_within_150_results_and_noise_is_not() {
        let (mut seen, mut false_alarms) = (0, 0);
        for seed in 0..100 {
            let fell = change(&results(seed, 800, 0.3, 300, 0.08));
            seen += u32::from(fell.is_some_and(|one| !one.upward && (300..450).contains(&one.at)));
            false_alarms += u32::from(change(&results(seed, 400, 0.3, 400, 0.3)).is_some());
            let rose = change(&results(seed, 800, 0.1, 300, 0.35));
            seen += u32::from(rose.is_some_and(|one| one.upward && (300..450).contains(&one.at)));
        }
        assert!(seen >= 180, "{seen} of 200 planted changes");
        assert!(false_alarms <= 12, "{false_alarms} of 100 quiet runs");
    }

    #[test]
    fn b13_a_shift_of_scores_is_seen() {
        let scores = |seed: u64, by: f64| -> Vec<f64> {
            (0..2_000).map(|n| (hash::mixed(seed, n) % 1_000) as f64 / 10.0 + by).collect()
        };
        assert!(shift(&scores(1, 0.0), &scores(2, 0.0)).unwrap() < 0.05);
        assert!(shift(&scores(1, 0.0), &scores(2, 25.0)).unwrap() > 0.25);
        assert_eq!(shift(&[], &[1.0]), None);
    }
}
