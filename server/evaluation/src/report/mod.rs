//! The evaluation as one thing: what is found, by method, with which intervals, beside which baselines; for machines as JSON and
//! for an officer as a page that needs nothing from outside.

mod html;
mod svg;

use std::collections::BTreeMap;

use serde::Serialize;

pub use svg::curves;

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

impl Found {
    /// What the answers find, without the rankings that they are compared with; `None` where there is no ranking.
    pub fn of_answers(table: &Table, capacity: usize) -> Option<Self> {
        let ranking = Ranking::all(table, &[]).into_iter().next()?;
        Some(found(table, &Bootstrap::new(table), &ranking, capacity))
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{Answer, Truth};
    use crate::baseline::Baselines;
    use crate::table::Scored;

    /// A thousand bills: planted ones are known by information, by a profile, by both or by neither.
    fn report() -> Report {
        let baselines = Baselines::shipped().unwrap();
        let (mut scored, mut truth) = (BTreeMap::new(), Vec::new());
        for n in 0..1_000 {
            let planted = n % 100 == 0;
            let alert = r#"{"profile":"alerts","indicator":"a","group":"alert-named","points":70}"#;
            let cover = r#"{"profile":"cover-loads","indicator":"b","group":"cover-load","points":60}"#;
            let (hits, score) = match (planted, n / 100 % 4) {
                (true, 0) => (alert.to_owned(), 70),
                (true, 1) => (cover.to_owned(), 60),
                (true, 2) => (format!("{alert},{cover}"), 130),
                _ => (String::new(), 0),
            };
            let text = format!(
                r#"{{"consignment":"B{n:04}","rank_key":"{:04}-B{n:04}","score":{score},"lane":"green","hits":[{hits}]}}"#,
                1_000 - score
            );
            let answer: Answer = serde_json::from_str(&text).unwrap();
            scored.insert(answer.consignment.clone(), Scored::new(&answer, &baselines));
            truth.push(Truth {
                consignment: format!("B{n:04}"),
                planted,
                day: format!("2026-09-{:02}", n % 5 + 1),
                port: "HKHKG".to_owned(),
                ship: format!("S{}", n % 40),
                consignor: format!("T{}", n % 90),
                made: if planted { "planted" } else { "goods" }.to_owned(),
                method: if planted { "cover_load<b>" } else { "" }.to_owned(),
                case: String::new(),
            });
        }
        // One that nobody answered counts as missed.
        truth.push(Truth { consignment: "LOST".to_owned(), ..truth[0].clone() });
        Report::new(&Table::new(scored, truth), &[], 2)
    }

    #[test]
    fn b05_information_and_profiles_together_find_what_each_finds_and_no_less() {
        let report = report();
        let found = |name: &str| report.rankings.iter().find(|one| one.name == name).unwrap().at[0].recall.n;
        // Of ten planted: 3 by information, 3 by profile, 2 by both, 2 by nothing; ten bills are 1 %.
        assert!((5..=6).contains(&found("information only")), "{}", found("information only"));
        assert!((5..=6).contains(&found("profiles only")), "{}", found("profiles only"));
        assert_eq!(found(ANSWERS), 8);
        assert!(found("chance") <= 2);
    }

    #[test]
    fn figures_count_bills_without_an_answer_as_missed() {
        let report = report();
        assert_eq!((report.n_planted, report.n_planted_unanswered, report.n_bills), (11, 1, 1_000));
        let own = &report.answers().unwrap().at[0];
        assert_eq!((own.recall.n, own.recall.of, own.n_opened), (8, 11, 10));
        assert!((own.lift.unwrap() - 0.8 / 0.011).abs() < 0.01, "{own:?}");
        // Two a port and day over five days are ten bills.
        assert_eq!(report.answers().unwrap().at_capacity.n_opened, 10);
    }

    #[test]
    fn the_page_needs_nothing_from_outside_and_shows_no_markup_of_others() {
        let page = report().html("A <title>");
        for outside in ["<script", "http://", "https://", "src=", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("cover load&lt;b&gt;") && !page.contains("load<b>") && page.contains("A &lt;title&gt;"));
        assert_eq!(page.matches("<svg").count(), 2);
    }
}
