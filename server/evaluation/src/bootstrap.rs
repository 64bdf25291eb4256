//! How much a figure would move with other ships and other traders: the pigeonhole bootstrap (Owen 2007), which resamples both
//! kinds of clusters and gives each bill the product of its two weights. Bills of one ship or firm are not independent, and an
//! interval that takes them so is too narrow.

use serde::Serialize;

use crate::hash;
use crate::interval::LEVEL;
use crate::table::Table;

/// Resamples.
const RESAMPLES: u64 = 400;

/// Between these lies the figure in 95 of 100 resamples; `None` where there is nothing to resample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Span {
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// Clusters of each row.
#[derive(Debug)]
pub struct Bootstrap {
    ships: Vec<u32>,
    traders: Vec<u32>,
}

impl Bootstrap {
    /// Of this table.
    pub fn new(table: &Table) -> Self {
        Self {
            ships: table.rows.iter().map(|row| row.ship).collect(),
            traders: table.rows.iter().map(|row| row.trader).collect(),
        }
    }

    /// Of the share of marked rows among those that count.
    pub fn span(&self, marked: &[bool], counted: &[bool]) -> Span {
        let clusters = self.ships.iter().zip(&self.traders);
        let rows: Vec<(u64, u64, bool)> = clusters
            .zip(marked.iter().zip(counted))
            .filter(|(_, (_, counted))| **counted)
            .map(|((ship, trader), (marked, _))| (u64::from(*ship), u64::from(*trader), *marked))
            .collect();
        let mut shares: Vec<f64> = (0..RESAMPLES)
            .filter_map(|resample| {
                let (mut marked, mut all) = (0.0, 0.0);
                for (ship, trader, is_marked) in &rows {
                    // Ships and traders have numbers of their own; the high bit keeps them apart.
                    let weight = hash::weight(*ship, resample) * hash::weight(*trader | 1 << 40, resample);
                    all += weight;
                    marked += if *is_marked { weight } else { 0.0 };
                }
                (all > 0.0).then(|| marked / all)
            })
            .collect();
        shares.sort_by(f64::total_cmp);
        let at = |share: f64| shares.get((share * (shares.len().saturating_sub(1)) as f64).round() as usize).copied();
        Span { low: at((1.0 - LEVEL) / 2.0), high: at(1.0 - (1.0 - LEVEL) / 2.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(clusters: u32) -> Bootstrap {
        let ids: Vec<u32> = (0..400).map(|n| n % clusters).collect();
        Bootstrap { ships: ids.clone(), traders: ids }
    }

    #[test]
    fn few_clusters_give_wide_spans() {
        // Half of the clusters are found whole, the others not at all.
        let width = |clusters: u32| {
            let found: Vec<bool> = (0..400).map(|n| (n % clusters).is_multiple_of(2)).collect();
            let span = of(clusters).span(&found, &[true; 400]);
            span.high.unwrap() - span.low.unwrap()
        };
        assert!(width(8) > 2.0 * width(400), "{} {}", width(8), width(400));
        assert_eq!(of(4).span(&[false; 400], &[false; 400]), Span::default());
    }
}
