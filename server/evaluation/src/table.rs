//! Answers and truth put together: one row a bill, with what figures need.

use std::collections::BTreeMap;

use crate::answers::{Answer, Truth};
use crate::baseline::Baselines;

/// A bill with what was answered and what is true of it.
#[derive(Debug, Clone)]
pub struct Row {
    pub consignment: String,
    /// Strict order of the run: the smaller, the sooner.
    pub rank_key: String,
    pub score: f64,
    pub lane: String,
    /// Points of information alone, and of profiles alone.
    pub information: f64,
    pub profiles: f64,
    /// Points of each baseline, in the order of [`Baselines::NAMES`].
    pub baselines: [f64; 2],
    pub planted: bool,
    pub made: String,
    pub method: String,
    pub case: String,
    /// Clusters.
    pub ship: u32,
    pub trader: u32,
    /// Port and day.
    pub berth: u32,
}

/// All bills that have both an answer and a truth.
#[derive(Debug, Default)]
pub struct Table {
    pub rows: Vec<Row>,
    /// Answers without a truth, and truths without an answer.
    pub n_unknown: usize,
    pub n_unanswered: usize,
    /// Planted bills without an answer: they count as missed.
    pub n_planted_unanswered: usize,
    pub n_berths: usize,
}

/// Numbers for texts.
#[derive(Default)]
struct Codes(BTreeMap<String, u32>);

impl Codes {
    fn of(&mut self, text: &str) -> u32 {
        if let Some(code) = self.0.get(text) {
            return *code;
        }
        let code = self.0.len() as u32;
        self.0.insert(text.to_owned(), code);
        code
    }
}

/// What is kept of an answer until the truth is known.
#[derive(Debug)]
pub struct Scored {
    rank_key: String,
    score: f64,
    lane: String,
    information: f64,
    profiles: f64,
    baselines: [f64; 2],
}

impl Scored {
    /// From an answer.
    pub fn new(answer: &Answer, baselines: &Baselines) -> Self {
        let [information, profiles] = baselines.parts(answer);
        Self {
            rank_key: answer.rank_key.clone(),
            score: answer.score,
            lane: answer.lane.clone(),
            information,
            profiles,
            baselines: baselines.points(answer),
        }
    }
}

impl Table {
    /// Puts answers and truth together by bill; the order of either does not matter.
    pub fn new(mut answers: BTreeMap<String, Scored>, truth: impl IntoIterator<Item = Truth>) -> Self {
        let mut own = Self::default();
        let (mut ships, mut traders, mut berths) = (Codes::default(), Codes::default(), Codes::default());
        for known in truth {
            let Some(scored) = answers.remove(&known.consignment) else {
                own.n_unanswered += 1;
                own.n_planted_unanswered += usize::from(known.planted);
                continue;
            };
            own.rows.push(Row {
                rank_key: scored.rank_key,
                score: scored.score,
                lane: scored.lane,
                information: scored.information,
                profiles: scored.profiles,
                baselines: scored.baselines,
                planted: known.planted,
                ship: ships.of(&known.ship),
                trader: traders.of(&known.consignor),
                berth: berths.of(&format!("{} {}", known.port, known.day)),
                made: known.made,
                method: known.method,
                case: known.case,
                consignment: known.consignment,
            });
        }
        own.n_unknown = answers.len();
        own.n_berths = berths.0.len();
        own.rows.sort_by(|a, b| a.consignment.cmp(&b.consignment));
        own
    }

    /// Planted bills, answered or not.
    pub fn n_planted(&self) -> u64 {
        (self.rows.iter().filter(|row| row.planted).count() + self.n_planted_unanswered) as u64
    }
}
