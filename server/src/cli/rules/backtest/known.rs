//! What results or a truth say of the bills, and how well either set of rules puts the right ones first.
//!
//! In: the files that `evaluate` reads. Out: for a bill whether something was found; in the end [`Found`] under either set. Bills
//! that nobody looked at are unknown and stand in no figure. Cost: memory by bills with a known result.

use std::collections::BTreeMap;
use std::path::Path;

use palisander_engine::bills::Judged;
use palisander_evaluation::{Answer, Baselines, Found, Results, Scored, Table, Truth};

use super::both::Both;
use crate::cli::INCOMPLETE;
use crate::cli::evaluate::{self, Stop};
use crate::cli::rules::flip::Bill;

/// Bills with what is known of them.
pub struct Known {
    finals: Results,
    truth: BTreeMap<String, bool>,
    baselines: Baselines,
    scored: Both<BTreeMap<String, Scored>>,
    /// Bills that came by, and whether something was found in them.
    seen: BTreeMap<String, bool>,
}

impl Known {
    /// From results of examinations, or from the truth of a simulated world.
    pub fn read(results: Option<&Path>, truth: Option<&Path>) -> Result<Option<Self>, Stop> {
        if results.is_none() && truth.is_none() {
            return Ok(None);
        }
        let mut made = BTreeMap::new();
        if let Some(path) = truth {
            evaluate::read(path, &mut |one: Truth| {
                made.insert(one.consignment, one.planted);
            })?;
        }
        Ok(Some(Self {
            finals: results.map(evaluate::results).transpose()?.unwrap_or_default(),
            truth: made,
            baselines: Baselines::shipped().map_err(|error| (INCOMPLETE, error.to_string()))?,
            scored: Default::default(),
            seen: BTreeMap::new(),
        }))
    }

    /// Whether something was found in it; `None` where nobody knows. Where it stands is remembered.
    pub fn take(&mut self, tried: &Bill) -> Option<bool> {
        let found = self.of(&tried.consignment)?;
        // Of a bill that is filed twice the first filing stands.
        if self.seen.insert(tried.consignment.clone(), found).is_none() {
            for (scored, judged) in self.scored.iter_mut().zip(&tried.judged) {
                let answer = answer(&tried.consignment, judged);
                scored.insert(tried.consignment.clone(), Scored::new(&answer, &self.baselines));
            }
        }
        Some(found)
    }

    /// Whether something was found in a bill; `None` where nobody knows.
    pub fn of(&self, consignment: &str) -> Option<bool> {
        self.truth.get(consignment).copied().or_else(|| self.finals.of(consignment))
    }

    /// Bills of the files whose result is known.
    pub fn n_seen(&self) -> usize {
        self.seen.len()
    }

    /// What is found under either set when 1, 2, 5 and 10 % of the known bills are opened; `None` where none is known.
    pub fn figures(self) -> Option<Both<Found>> {
        let bills: Vec<Truth> = self.seen.iter().map(|(bill, found)| evaluate::examined(bill, *found)).collect();
        let [before, after] = self.scored;
        let figures = |scored, name: &str| {
            let found = Found::of_answers(&Table::new(scored, bills.iter().cloned()), usize::MAX)?;
            Some(Found { name: name.to_owned(), ..found })
        };
        Some([figures(before, "rules before")?, figures(after, "rules after")?])
    }
}

fn answer(consignment: &str, judged: &Judged) -> Answer {
    Answer {
        consignment: consignment.to_owned(),
        score: judged.score as f64,
        rank_key: judged.rank_key.clone(),
        lane: judged.lane.as_str().to_owned(),
        hits: Vec::new(),
        goods: Vec::new(),
        parties: Vec::new(),
        containers: Vec::new(),
    }
}
