//! Orders of bills: by the answers, by baselines, by parts of the answer, by chance; and what each finds when so many are opened.

use serde::Serialize;

use crate::baseline::Baselines;
use crate::bootstrap::{Bootstrap, Span};
use crate::hash;
use crate::interval::Share;
use crate::table::{Row, Table};

/// Shares of the bills that are opened, in percent.
pub const OPENED_PERCENT: [f64; 4] = [1.0, 2.0, 5.0, 10.0];

/// An order of all bills.
#[derive(Debug)]
pub struct Ranking {
    pub name: String,
    /// Places of rows, the first to be opened first.
    pub order: Vec<usize>,
}

/// Order of a file of answers, as it stands.
pub const ANSWERS: &str = "answers";

impl Ranking {
    /// The order of the answers, and those that it is compared with.
    pub fn all(table: &Table, others: &[(String, Vec<f64>)]) -> Vec<Self> {
        let mut order: Vec<usize> = (0..table.rows.len()).collect();
        let key = |place: &usize| table.rows.get(*place).map(|row| (row.rank_key.as_str(), row.consignment.as_str()));
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut all = vec![Self { name: ANSWERS.to_owned(), order }];
        let by = |name: &str, points: &dyn Fn(&Row) -> f64| Self::by_points(name, table, &points);
        for (place, name) in Baselines::NAMES.iter().enumerate() {
            all.push(by(name, &|row| row.baselines.get(place).copied().unwrap_or(0.0)));
        }
        for (name, points) in others {
            let mut at = points.iter();
            let given: Vec<f64> = table.rows.iter().map(|_| at.next().copied().unwrap_or(f64::NEG_INFINITY)).collect();
            all.push(Self::sorted(name, table, &given));
        }
        all.push(by("chance", &|_| 0.0));
        all.push(by("information only", &|row| row.information));
        all.push(by("profiles only", &|row| row.profiles));
        all
    }

    fn by_points(name: &str, table: &Table, points: &dyn Fn(&Row) -> f64) -> Self {
        let given: Vec<f64> = table.rows.iter().map(points).collect();
        Self::sorted(name, table, &given)
    }

    /// The most points first; equal points in an order that nobody chose.
    fn sorted(name: &str, table: &Table, points: &[f64]) -> Self {
        let lot: Vec<f64> = table.rows.iter().map(|row| hash::draw(name, &row.consignment)).collect();
        let mut order: Vec<usize> = (0..table.rows.len()).collect();
        let at = |of: &[f64], place: usize| of.get(place).copied().unwrap_or(0.0);
        order.sort_by(|a, b| at(points, *b).total_cmp(&at(points, *a)).then(at(&lot, *a).total_cmp(&at(&lot, *b))));
        Self { name: name.to_owned(), order }
    }

    /// Is each row opened when `n` are?
    pub fn opened(&self, n: usize) -> Vec<bool> {
        let mut opened = vec![false; self.order.len()];
        for place in self.order.iter().take(n) {
            if let Some(own) = opened.get_mut(*place) {
                *own = true;
            }
        }
        opened
    }

    /// Is each row opened when every port opens `n` a day?
    pub fn opened_each(&self, table: &Table, n: usize) -> Vec<bool> {
        let mut left = vec![n; table.n_berths];
        let mut opened = vec![false; self.order.len()];
        for place in &self.order {
            let berth = table.rows.get(*place).map_or(0, |row| row.berth as usize);
            if let (Some(left), Some(own)) = (left.get_mut(berth).filter(|left| **left > 0), opened.get_mut(*place)) {
                *left -= 1;
                *own = true;
            }
        }
        opened
    }
}

/// What is found when these bills are opened.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// How they were chosen: `1 %`, or `20 a port and day`.
    pub opened: String,
    pub n_opened: u64,
    pub recall: Share,
    pub recall_clusters: Span,
    pub precision: Share,
    pub precision_clusters: Span,
    /// Precision over the share of planted bills in all.
    pub lift: Option<f64>,
}

impl Figure {
    /// Of these bills.
    pub fn new(table: &Table, bootstrap: &Bootstrap, name: String, opened: &[bool]) -> Self {
        let taken = || table.rows.iter().zip(opened).filter(|(_, opened)| **opened).map(|(row, _)| row);
        let n_opened = taken().count() as u64;
        let n_found = taken().filter(|row| row.planted).count() as u64;
        let n_planted = table.n_planted();
        let precision = Share::new(n_found, n_opened);
        let base = n_planted as f64 / (table.rows.len().max(1)) as f64;
        let mark = |of: &dyn Fn(&Row, bool) -> bool| -> Vec<bool> {
            table.rows.iter().zip(opened).map(|(row, opened)| of(row, *opened)).collect()
        };
        let found = mark(&|row, opened| row.planted && opened);
        let planted = mark(&|row, _| row.planted);
        Self {
            opened: name,
            n_opened,
            recall: Share::new(n_found, n_planted),
            recall_clusters: bootstrap.span(&found, &planted),
            precision,
            precision_clusters: bootstrap.span(&found, opened),
            lift: precision.share.filter(|_| base > 0.0).map(|share| share / base),
        }
    }
}

/// Bills that a share of all is.
pub fn n_of(table: &Table, percent: f64) -> usize {
    (table.rows.len() as f64 * percent / 100.0).round() as usize
}
