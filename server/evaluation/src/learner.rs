//! A small learner of shallow trees over raw fields: to see whether something that should be hard is told by a shortcut.
//!
//! In: rows of named features, yes or no, with a label each. Out: a tree of at most three questions that was learned on one set of
//! rows, and what it tells on another. Every question is tried at the root; below the most telling of them the best question is
//! taken, level by level.

use std::collections::{BTreeMap, BTreeSet};

/// Numbers are asked about at these quantiles, in thousandths: closer at the ends, where a shortcut of few rows would lie.
const QUANTILES: [usize; 21] =
    [0, 2, 5, 10, 20, 50, 100, 150, 200, 300, 400, 500, 600, 700, 800, 850, 900, 950, 980, 990, 998];
/// Values and words are asked about when so many rows have them.
const LEAST_ROWS: usize = 12;
/// First questions below which trees are grown.
const ROOTS: usize = 24;

/// A raw field of a row.
#[derive(Debug, Clone)]
pub enum Field {
    /// A number; −1 where nothing is written.
    Number(f64),
    /// A value, or several words.
    Values(Vec<String>),
}

/// A row: fields by name, and whether it is what is looked for.
#[derive(Debug, Clone)]
pub struct Sample {
    pub fields: BTreeMap<&'static str, Field>,
    pub label: bool,
}

/// A question to a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Is the number above this?
    Above(&'static str, f64),
    /// Is this one of the values?
    Has(&'static str, String),
}

impl Question {
    fn met(&self, sample: &Sample) -> bool {
        match self {
            Self::Above(name, bound) => matches!(sample.fields.get(name), Some(Field::Number(n)) if n > bound),
            Self::Has(name, value) => {
                matches!(sample.fields.get(name), Some(Field::Values(own)) if own.contains(value))
            }
        }
    }
}

/// A set of rows.
#[derive(Debug, Clone, PartialEq)]
struct Rows(Vec<u64>);

impl Rows {
    fn of(n: usize, rows: impl Iterator<Item = usize>) -> Self {
        let mut words = vec![0_u64; n.div_ceil(64)];
        for row in rows {
            if let Some(word) = words.get_mut(row / 64) {
                *word |= 1 << (row % 64);
            }
        }
        Self(words)
    }

    fn n(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & !b).collect())
    }

    fn n_both(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a & b).count_ones()).sum()
    }

    fn n_all(&self, one: &Self, two: &Self) -> u32 {
        self.0.iter().zip(&one.0).zip(&two.0).map(|((a, b), c)| (a & b & c).count_ones()).sum()
    }
}

/// Rows that a tree is learned from.
#[derive(Debug)]
pub struct Learner {
    questions: Vec<(Question, Rows)>,
    all: Rows,
    labels: Rows,
}

/// A tree of questions, asked from the root.
#[derive(Debug, Clone)]
pub enum Tree {
    /// Share of labelled rows that were learned here.
    Leaf(f64),
    /// Yes, then no.
    Asks(Question, Box<Tree>, Box<Tree>),
}

impl Learner {
    /// Over these rows.
    pub fn new(samples: &[Sample]) -> Self {
        let mut numbers: BTreeMap<&'static str, Vec<(usize, f64)>> = BTreeMap::new();
        let mut values: BTreeMap<(&'static str, &String), BTreeSet<usize>> = BTreeMap::new();
        for (row, sample) in samples.iter().enumerate() {
            for (&name, field) in &sample.fields {
                match field {
                    Field::Number(n) => numbers.entry(name).or_default().push((row, *n)),
                    Field::Values(own) => own.iter().for_each(|value| {
                        values.entry((name, value)).or_default().insert(row);
                    }),
                }
            }
        }
        let n = samples.len();
        let mut questions = Vec::new();
        for (name, of) in numbers {
            let mut sorted: Vec<f64> = of.iter().map(|(_, n)| *n).collect();
            sorted.sort_by(f64::total_cmp);
            let mut bounds: Vec<f64> =
                QUANTILES.iter().filter_map(|n| sorted.get(sorted.len() * n / 1_000).copied()).collect();
            bounds.dedup();
            for bound in bounds {
                let above = of.iter().filter(|(_, n)| *n > bound).map(|(row, _)| *row);
                questions.push((Question::Above(name, bound), Rows::of(n, above)));
            }
        }
        for ((name, value), rows) in values {
            if (LEAST_ROWS..n).contains(&rows.len()) {
                questions.push((Question::Has(name, value.clone()), Rows::of(n, rows.into_iter())));
            }
        }
        let labelled = samples.iter().enumerate().filter(|(_, sample)| sample.label).map(|(row, _)| row);
        Self { questions, all: Rows::of(n, 0..n), labels: Rows::of(n, labelled) }
    }

    /// Questions that are asked.
    pub fn n_questions(&self) -> usize {
        self.questions.len()
    }

    /// Trees of up to `depth` questions, one for each of the most telling first ones; labelled rows weigh so many times as much
    /// as others.
    pub fn trees(&self, depth: usize, weight: f64) -> Vec<Tree> {
        let mut roots: Vec<(f64, &(Question, Rows))> =
            self.questions.iter().map(|own| (self.impurity(&self.all, &own.1, weight), own)).collect();
        roots.sort_by(|a, b| a.0.total_cmp(&b.0));
        roots.iter().take(ROOTS).map(|(_, own)| self.asking(own, &self.all, depth, weight)).collect()
    }

    fn asking(&self, (question, met): &(Question, Rows), rows: &Rows, depth: usize, weight: f64) -> Tree {
        let grow = |rows: Rows| self.grow(&rows, depth - 1, weight);
        Tree::Asks(question.clone(), Box::new(grow(rows.and(met))), Box::new(grow(rows.without(met))))
    }

    fn grow(&self, rows: &Rows, depth: usize, weight: f64) -> Tree {
        let (n, labelled) = (rows.n(), rows.n_both(&self.labels));
        let leaf = Tree::Leaf(f64::from(labelled) / f64::from(n.max(1)));
        if depth == 0 || labelled == 0 || labelled == n {
            return leaf;
        }
        let scored = self.questions.iter().map(|own| (self.impurity(rows, &own.1, weight), own));
        match scored.min_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((_, own)) => self.asking(own, rows, depth, weight),
            None => leaf,
        }
    }

    /// Gini's impurity of the two parts.
    fn impurity(&self, rows: &Rows, met: &Rows, weight: f64) -> f64 {
        let (n, labelled) = (f64::from(rows.n()), f64::from(rows.n_both(&self.labels)));
        let (yes, found) = (f64::from(rows.n_both(met)), f64::from(rows.n_all(met, &self.labels)));
        let part = |all: f64, labelled: f64| {
            let (own, other) = (labelled * weight, all - labelled);
            if own + other == 0.0 { 0.0 } else { 2.0 * own * other / (own + other) }
        };
        part(yes, found) + part(n - yes, labelled - found)
    }
}

impl Tree {
    /// What the tree thinks of a row.
    pub fn of(&self, sample: &Sample) -> f64 {
        match self {
            Self::Leaf(share) => *share,
            Self::Asks(question, yes, no) => {
                if question.met(sample) {
                    yes.of(sample)
                } else {
                    no.of(sample)
                }
            }
        }
    }

    /// Share of the labelled rows among the `percent` of the rows that the tree would open; of equal ones, their part.
    pub fn recall_at(&self, samples: &[Sample], percent: f64) -> f64 {
        let mut leaves: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
        for sample in samples {
            let leaf = leaves.entry(self.of(sample).to_bits()).or_default();
            leaf.0 += 1.0;
            leaf.1 += f64::from(u8::from(sample.label));
        }
        let mut leaves: Vec<(f64, f64, f64)> =
            leaves.into_iter().map(|(bits, (n, own))| (f64::from_bits(bits), n, own)).collect();
        leaves.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut left, mut found) = (samples.len() as f64 * percent / 100.0, 0.0);
        for (_, n, own) in &leaves {
            let part = (left / n).min(1.0);
            found += own * part;
            left -= n * part;
        }
        let all: f64 = leaves.iter().map(|(.., own)| own).sum();
        if all > 0.0 { found / all } else { 0.0 }
    }

    /// Mean of the shares of labelled and of other rows that are told right, at the best cut.
    pub fn balanced(&self, samples: &[Sample]) -> f64 {
        let given: Vec<(f64, bool)> = samples.iter().map(|sample| (self.of(sample), sample.label)).collect();
        let n = |label: bool| given.iter().filter(|(_, own)| *own == label).count().max(1) as f64;
        let right = |cut: f64| {
            let yes = given.iter().filter(|(share, label)| *label && *share >= cut).count() as f64 / n(true);
            let no = given.iter().filter(|(share, label)| !*label && *share < cut).count() as f64 / n(false);
            f64::midpoint(yes, no)
        };
        given.iter().map(|(share, _)| right(*share)).fold(0.5, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row is labelled when two of its fields say so together, now and then by chance.
    fn samples(seed: u64) -> Vec<Sample> {
        let row = |n: u64| {
            let bits = crate::hash::mixed(seed, n);
            let (mass, kind) = (bits % 1_000, if bits >> 20 & 3 == 0 { "log" } else { "sawn" });
            let fields = [
                ("mass", Field::Number(mass as f64)),
                ("kind", Field::Values(vec![kind.to_owned()])),
                ("noise", Field::Number((bits >> 40) as f64)),
            ];
            Sample {
                fields: fields.into_iter().collect(),
                label: mass >= 980 && kind == "log" || bits >> 30 & 4_095 == 0,
            }
        };
        (0..20_000).map(row).collect()
    }

    #[test]
    fn what_two_questions_tell_is_found_and_held_elsewhere() {
        let (learned, held) = (samples(1), samples(2));
        let learner = Learner::new(&learned);
        let best = |depth: usize| {
            let trees = learner.trees(depth, 100.0).into_iter();
            let best = trees.max_by(|a, b| a.recall_at(&learned, 1.0).total_cmp(&b.recall_at(&learned, 1.0))).unwrap();
            best.recall_at(&held, 1.0)
        };
        let (one, two) = (best(1), best(2));
        assert!(two > 0.85 && one < 0.6, "one question {one}, two {two}");
        let chance = Tree::Leaf(0.1);
        assert!((chance.recall_at(&held, 1.0) - 0.01).abs() < 1e-9 && chance.balanced(&held) < 0.500_1);
    }
}
