//! What a profile finds among the bills of an exercise, and the grade for it.

use std::collections::BTreeSet;

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
    pub indicators: BTreeSet<String>,
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
        // Of several items or papers each may meet it.
        let indicators: BTreeSet<String> = hits.map(|hit| hit.indicator.clone()).collect();
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use palisander_engine::rules::RuleSource;
    use palisander_engine::{Engine, Input, Inputs, Options};

    use super::super::{exercise, made, names};
    use super::*;

    const HEAD: &str = r#"id = "learner"
uuid = "11111111-2222-5333-8444-555555555555"
title = "Heavy loads"
owner = "A. Learner"
status = "test"
version = 1
review_by = "2027-11-24"
genera = []
mandatory = false
why = """
Rosewood is heavier than what it is declared as. The mass and the volume tell it."""
sources = ["CITES CoP17 Doc. 25 para. 42"]
innocent_explanations = ["a volume that was mistyped"]

[[indicators]]
name = "heavy"
each = "item"
points = 10
group = "heavy"
reason = "{item.density_kg_m3} kg/m³"
"#;

    fn graded_by(test: &str, cases: &[(&str, &str)], practice: &Practice) -> Graded {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("learner");
        let write = |path: &Path, text: &str| std::fs::write(path, text).unwrap();
        std::fs::create_dir_all(profile.join("cases")).unwrap();
        write(&profile.join("profile.toml"), HEAD);
        write(
            &profile.join("profile.rhai"),
            &format!("/// Heavier than its name.\nfn heavy(item) {{\n    {test}\n}}\n"),
        );
        cases.iter().for_each(|(name, text)| write(&profile.join("cases").join(name), text));
        let options = Options {
            rules: RuleSource { overlay: Some(profile), ..RuleSource::default() },
            inputs: Inputs { register: Some(Input::Bytes(practice.register.clone())), ..Inputs::default() },
            ..Options::default()
        };
        let engine = Engine::open(&options).unwrap();
        assert!(engine.profiles().faults.is_empty(), "{:?}", engine.profiles().faults);
        graded(&engine, "learner", practice).unwrap()
    }

    fn case(volume: f64, hits: &str) -> String {
        format!(
            r#"{{"title": "t", "as_of": "2026-06-01", "consignment": {{"bill_of_lading": "C", "goods_items": [{{"item": 1,
            "description": "TEAK LUMBER", "hs_code": "440723", "gross_mass_kg": 20000, "net_mass_kg": 20000, "volume_m3": {volume}}}]}}, {hits}}}"#
        )
    }

    /// F16: sixty bills with the truth beside them; what a profile finds, flags and holds gives its grade.
    #[test]
    fn f16_a_learners_profile_is_tried_and_graded() {
        for name in names() {
            let exercise = exercise(name).unwrap();
            let practice = made(&exercise).unwrap();
            let of = |kind: Kind| practice.bills.iter().filter(|bill| bill.kind == kind).count();
            assert_eq!([Kind::Planted, Kind::Twin, Kind::Timber].map(of), [20; 3], "{name}");
            // All methods are asked for, and no order tells which is which.
            let methods = practice.bills.iter().filter(|bill| bill.kind == Kind::Planted).map(|bill| &bill.method);
            let methods: BTreeSet<_> = methods.collect();
            assert_eq!(methods.len(), exercise.methods.len(), "{name}");
            let beside = practice.bills.windows(2).filter(|pair| pair[0].kind == pair[1].kind).count();
            assert!((8..32).contains(&beside), "{name}: {beside}");
        }
        let practice = made(&exercise("weights").unwrap()).unwrap();
        assert_eq!(practice, made(&exercise("weights").unwrap()).unwrap(), "the same each time");
        let heavy = "item.density_kg_m3 > 900";
        let met = case(22.0, "\"must_hit\": [\"learner/heavy\"]");
        let missed = case(22.5, "\"must_not_hit\": [\"learner/heavy\"]");
        let cases = [("heavy.json", met.as_str()), ("right.json", missed.as_str())];
        let sound = graded_by(heavy, &cases, &practice);
        assert!(sound.grade == Grade::Pass && sound.found > 10 && sound.falsely > 0, "{sound:?}");
        assert_eq!(sound.mistakes.len(), sound.planted - sound.found + sound.falsely);
        // Whoever flags everything finds everything, and passes in nothing.
        let all = graded_by("item.gross_mass_kg > 0", &cases[..1], &practice);
        assert!(all.grade == Grade::Fail && all.found == 20 && all.falsely == 40, "{all:?}");
        // Without cases nobody could change it safely; with one that fails it is not done.
        assert_eq!(graded_by(heavy, &[], &practice).grade, Grade::Fail);
        let wrong = case(30.0, "\"must_hit\": [\"learner/heavy\"]");
        let broken = graded_by(heavy, &[cases[0], cases[1], ("wrong.json", &wrong)], &practice);
        assert_eq!((broken.grade, broken.failing_cases), (Grade::Fail, 1));
    }
}
