//! The evaluation as one thing: what is found, by method, with which intervals, beside which baselines; for machines as JSON and
//! for an officer as a page that needs nothing from outside.

mod html;
mod svg;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bootstrap::Bootstrap;
use crate::drift::Change;
use crate::interval::Share;
use crate::missed::Missed;
use crate::ranking::{ANSWERS, Figure, OPENED_PERCENT, Ranking, n_of};
use crate::results::Source;
use crate::table::{Row, Table};

/// Points of the curve of finds over openings.
const CURVE: usize = 60;
/// The curve ends here, in percent.
const CURVE_TO: f64 = 12.0;

/// One ranking and what it finds.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    pub name: String,
    /// At 1, 2, 5 and 10 % of the bills.
    pub at: Vec<Figure>,
    pub at_capacity: Figure,
    /// Share of bills opened, in percent, and share of planted bills found.
    pub curve: Vec<(f64, f64)>,
}

/// What is found of one method when 1 % is opened.
#[derive(Debug, Clone, Serialize)]
pub struct Method {
    pub method: String,
    pub at_1_percent: Share,
    pub at_10_percent: Share,
    pub at_capacity: Share,
    /// At 1 %, by the other rankings.
    pub others_at_1_percent: BTreeMap<String, Share>,
    /// Of pairs, those whose planted bill stands strictly before its twin.
    pub above_twin: Share,
}

/// Honest bills by what they are, and how many of each lane they were given.
#[derive(Debug, Clone, Serialize)]
pub struct Lanes {
    pub made: String,
    pub n_bills: usize,
    pub lanes: BTreeMap<String, usize>,
}

/// The evaluation as it is told.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub n_bills: usize,
    pub n_planted: u64,
    pub n_unanswered: usize,
    pub n_planted_unanswered: usize,
    pub n_answers_without_truth: usize,
    /// Bills that each port opens a day, for `at_capacity`.
    pub capacity: usize,
    pub rankings: Vec<Found>,
    pub methods: Vec<Method>,
    pub lanes: Vec<Lanes>,
    /// From operations, where a selection was given: what was missed, or why nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<Missed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// From results, where they were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Told>,
    pub notes: Vec<&'static str>,
}

/// What results say by themselves.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    pub n_final: usize,
    pub n_preliminary: usize,
    pub hit_rate: Share,
    pub sources: Vec<Source>,
    /// The first change of the hit rate, if there is one.
    pub change: Option<Change>,
}

const NOTES: &[&str] = &[
    "intervals of shares are exact (Clopper and Pearson), 95 %; spans beside them resample ships and traders together (pigeonhole bootstrap)",
    "the last rankings are parts of the answers: hits of information alone, hits of profiles alone",
    "in a simulated world the share of planted bills is a choice: precision and lift must be read with it",
];

impl Report {
    /// Of a table, with other rankings by name: points of each row.
    pub fn new(table: &Table, others: &[(String, Vec<f64>)], capacity: usize) -> Self {
        let bootstrap = Bootstrap::new(table);
        let rankings = Ranking::all(table, others);
        let found = rankings.iter().map(|ranking| found(table, &bootstrap, ranking, capacity)).collect();
        Self {
            n_bills: table.rows.len(),
            n_planted: table.n_planted(),
            n_unanswered: table.n_unanswered,
            n_planted_unanswered: table.n_planted_unanswered,
            n_answers_without_truth: table.n_unknown,
            capacity,
            rankings: found,
            methods: methods(table, &rankings, capacity),
            lanes: lanes(table),
            missed: None,
            refused: None,
            results: None,
            notes: NOTES.to_vec(),
        }
    }

    /// The page for a browser, whole in itself.
    pub fn html(&self, title: &str) -> String {
        html::page(self, title)
    }

    /// The ranking of the answers.
    pub fn answers(&self) -> Option<&Found> {
        self.rankings.iter().find(|one| one.name == ANSWERS)
    }
}

fn found(table: &Table, bootstrap: &Bootstrap, ranking: &Ranking, capacity: usize) -> Found {
    let at = OPENED_PERCENT.iter().map(|percent| {
        let opened = ranking.opened(n_of(table, *percent));
        Figure::new(table, bootstrap, format!("{percent} %"), &opened)
    });
    let opened = ranking.opened_each(table, capacity);
    let named = format!("{capacity} a port and day");
    Found {
        name: ranking.name.clone(),
        at: at.collect(),
        at_capacity: Figure::new(table, bootstrap, named, &opened),
        curve: curve(table, ranking),
    }
}

fn curve(table: &Table, ranking: &Ranking) -> Vec<(f64, f64)> {
    let n_planted = table.n_planted().max(1) as f64;
    let mut found = vec![0_u64];
    for place in &ranking.order {
        let before = found.last().copied().unwrap_or(0);
        found.push(before + u64::from(table.rows.get(*place).is_some_and(|row| row.planted)));
    }
    let point = |n: usize| {
        let percent = CURVE_TO * n as f64 / CURVE as f64;
        let found = found.get(n_of(table, percent)).or(found.last()).copied().unwrap_or(0);
        (percent, found as f64 / n_planted)
    };
    (0..=CURVE).map(point).collect()
}

fn methods(table: &Table, rankings: &[Ranking], capacity: usize) -> Vec<Method> {
    let Some(own) = rankings.first() else { return Vec::new() };
    let mut place_of = vec![0; table.rows.len()];
    for (place, row) in own.order.iter().enumerate() {
        if let Some(at) = place_of.get_mut(*row) {
            *at = place;
        }
    }
    let opened: Vec<(&str, Vec<bool>)> =
        rankings.iter().map(|ranking| (ranking.name.as_str(), ranking.opened(n_of(table, 1.0)))).collect();
    let (ten, each) = (own.opened(n_of(table, 10.0)), own.opened_each(table, capacity));
    let names: std::collections::BTreeSet<&str> =
        table.rows.iter().filter(|row| row.planted).map(|row| row.method.as_str()).collect();
    let of = |name: &str, opened: &[bool]| {
        let rows = || table.rows.iter().zip(opened).filter(|(row, _)| row.planted && row.method == name);
        Share::new(rows().filter(|(_, opened)| **opened).count() as u64, rows().count() as u64)
    };
    let method = |name: &str| Method {
        method: name.to_owned(),
        at_1_percent: opened.first().map_or_else(|| Share::new(0, 0), |(_, opened)| of(name, opened)),
        at_10_percent: of(name, &ten),
        at_capacity: of(name, &each),
        others_at_1_percent: opened
            .iter()
            .skip(1)
            .map(|(other, opened)| ((*other).to_owned(), of(name, opened)))
            .collect(),
        above_twin: above_twin(table, &place_of, name),
    };
    names.into_iter().map(method).collect()
}

/// Pairs whose planted bill stands first; a case of several bills counts by its first ones.
fn above_twin(table: &Table, place_of: &[usize], method: &str) -> Share {
    let mut cases: BTreeMap<&str, [Option<usize>; 2]> = BTreeMap::new();
    let rows = table.rows.iter().zip(place_of).filter(|(row, _)| row.method == method && !row.case.is_empty());
    for (row, place) in rows {
        let [planted, twin] = cases.entry(&row.case).or_default();
        let own = if row.planted { planted } else { twin };
        *own = Some(own.map_or(*place, |before| before.min(*place)));
    }
    let pairs: Vec<(usize, usize)> =
        cases.values().filter_map(|[planted, twin]| Some(((*planted)?, (*twin)?))).collect();
    Share::new(pairs.iter().filter(|(planted, twin)| planted < twin).count() as u64, pairs.len() as u64)
}

fn lanes(table: &Table) -> Vec<Lanes> {
    let mut by: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &table.rows {
        by.entry(&row.made).or_default().push(row);
    }
    let of = |(made, rows): (&str, Vec<&Row>)| {
        let mut lanes: BTreeMap<String, usize> = BTreeMap::new();
        for row in &rows {
            *lanes.entry(row.lane.clone()).or_default() += 1;
        }
        Lanes { made: made.to_owned(), n_bills: rows.len(), lanes }
    };
    by.into_iter().map(of).collect()
}
