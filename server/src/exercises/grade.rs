//! What a profile finds among the bills of an exercise, and the grade for it.

use palisander_engine::Engine;
use palisander_engine::manifests::json_document;
use palisander_engine::rules::{self, cases};
use serde::Serialize;

use super::practice::{Kind, Practice};
use crate::words::words;

words! {
    /// How well it was done.
    Grade {
        /// Not yet: the list says what is missing.
        Fail = "not yet",
        /// It finds more than half and leaves most of the honest alone.
        Pass = "pass",
        /// It finds nearly all, and its cases hold it.
        Merit = "merit",
        /// What a published profile should be.
        Distinction = "distinction",
    }
}

/// At least so much of the planted, at most so much of the honest, at least so many changes noticed by its cases.
const GRADES: [(Grade, f64, f64, f64); 3] =
    [(Grade::Distinction, 0.9, 0.025, 0.9), (Grade::Merit, 0.75, 0.05, 0.75), (Grade::Pass, 0.5, 0.125, 0.5)];

/// A bill that the profile took for what it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flagged {
    pub consignment: String,
    pub kind: Kind,
    pub method: String,
    /// Indicators that were met; none where it was missed.
    pub indicators: Vec<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Graded {
    pub profile: String,
    pub planted: usize,
    /// Of them those that it found.
    pub found: usize,
    pub honest: usize,
    /// Of them those that it took for planted.
    pub falsely: usize,
    /// Cases of its own that fail.
    pub failing_cases: usize,
    pub mutants: usize,
    /// Changes of the rule that some case notices.
    pub noticed: usize,
    pub grade: Grade,
    /// Planted bills that it missed, honest ones that it flagged.
    pub mistakes: Vec<Flagged>,
}

impl Graded {
    /// Shares found, falsely flagged, and noticed.
    pub fn shares(&self) -> [f64; 3] {
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        [share(self.found, self.planted), share(self.falsely, self.honest), share(self.noticed, self.mutants)]
    }
}

/// Tries the profile `id` of an engine, which holds the register and alerts of the exercise, on its bills.
pub fn graded(engine: &Engine, id: &str, practice: &Practice) -> Result<Graded, String> {
    let own = engine.profiles().profiles.iter().find(|profile| profile.id == id);
    let own = own.ok_or_else(|| format!("the rules hold no profile `{id}`"))?;
    let (mut planted, mut found, mut honest, mut falsely, mut mistakes) = (0, 0, 0, 0, Vec::new());
    for bill in &practice.bills {
        let bytes = bill.manifest.to_string();
        let parsed = json_document(bytes.as_bytes()).map_err(|error| format!("{}: {error}", bill.consignment))?;
        let consignment = parsed.manifest.consignments.first().ok_or("a bill without a bill")?;
        let answer = engine.assess(&parsed.manifest, consignment, &parsed.faults_of(0), bill.day);
        let hits = answer.hits.iter().chain(&answer.shadow_hits).filter(|hit| hit.profile == id);
        let indicators: Vec<String> = hits.map(|hit| hit.indicator.clone()).collect();
        let is_met = !indicators.is_empty();
        match bill.kind {
            Kind::Planted => (planted, found) = (planted + 1, found + usize::from(is_met)),
            _ => (honest, falsely) = (honest + 1, falsely + usize::from(is_met)),
        }
        if is_met != (bill.kind == Kind::Planted) {
            let (consignment, method) = (bill.consignment.clone(), bill.method.clone());
            mistakes.push(Flagged { consignment, kind: bill.kind, method, indicators });
        }
    }
    let ran = cases::run_of(engine, own);
    let failing_cases = ran.iter().filter(|ran| !ran.result.failures.is_empty()).count();
    let held = rules::hold(engine, &ran);
    let held = held.iter().filter(|held| held.profile == id);
    let (mutants, noticed) = held.fold((0, 0), |(all, killed), held| (all + held.mutants, killed + held.killed));
    let profile = id.to_owned();
    let grade = Grade::Fail;
    let mut graded =
        Graded { profile, planted, found, honest, falsely, failing_cases, mutants, noticed, grade, mistakes };
    let [recall, false_share, noticed] = graded.shares();
    let fits = |(_, least, most, held): &&(Grade, f64, f64, f64)| {
        failing_cases == 0 && recall >= *least && false_share <= *most && noticed >= *held
    };
    graded.grade = GRADES.iter().find(fits).map_or(Grade::Fail, |(grade, ..)| *grade);
    Ok(graded)
}
