//! A share with its exact interval (Clopper and Pearson 1934): never too narrow, whatever the count.

use serde::Serialize;
use statrs::function::beta::inv_beta_reg;

/// How sure intervals are.
pub const LEVEL: f64 = 0.95;

/// A share and what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many of how many.
    pub n: u64,
    pub of: u64,
    /// `None` of nothing.
    pub share: Option<f64>,
    pub low: f64,
    pub high: f64,
}

impl Share {
    /// With a two-sided interval of [`LEVEL`].
    pub fn new(n: u64, of: u64) -> Self {
        Self::at(n, of, LEVEL)
    }

    /// With a two-sided interval of this level.
    pub fn at(n: u64, of: u64, level: f64) -> Self {
        let n = n.min(of);
        let tail = (1.0 - level) / 2.0;
        let (hits, rest) = (n as f64, (of - n) as f64);
        let low = if n == 0 { 0.0 } else { inv_beta_reg(hits, rest + 1.0, tail) };
        let high = if n == of { 1.0 } else { inv_beta_reg(hits + 1.0, rest, 1.0 - tail) };
        Self { n, of, share: (of > 0).then(|| hits / of as f64), low, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_tables() {
        // R: binom.test(x, n)$conf.int
        let known = [
            (0, 10, 0.0, 0.3084971),
            (1, 10, 0.002_528_579, 0.445_016_1),
            (7, 20, 0.153_909_2, 0.592_189_1),
            (10, 10, 0.691_502_9, 1.0),
            (75, 100, 0.653_447_5, 0.831_220_3),
        ];
        for (n, of, low, high) in known {
            let share = Share::new(n, of);
            assert!((share.low - low).abs() < 1e-5 && (share.high - high).abs() < 1e-5, "{n} of {of}: {share:?}");
        }
        assert_eq!(Share::new(0, 0).share, None);
    }

    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        // Exact coverage over all counts of a binomial: at least the level.
        for p in [0.002_f64, 0.05, 0.3, 0.75] {
            let of = 60_u64;
            let (mut covered, mut chance) = (0.0, (1.0 - p).powi(60));
            for n in 0..=of {
                let share = Share::new(n, of);
                if share.low <= p && p <= share.high {
                    covered += chance;
                }
                chance *= (of - n) as f64 / (n + 1) as f64 * p / (1.0 - p);
            }
            assert!(covered >= LEVEL, "{p}: {covered}");
        }
    }
}
