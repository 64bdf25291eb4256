//! The cases of a profile from its texts: which fire an indicator, where they stand, and how they come out.
//!
//! In: the profile as it was judged, a point of one of its files. Out: places, lenses, a report. That a case holds what it says is told by
//! the findings (P071), so that `must_hit` is what fires.

use std::path::PathBuf;

use lsp_types::{CodeLens, Command, Location};
use palisander_engine::rules::Profile;
use palisander_engine::rules::cases::{self, CaseResult};
use serde_json::{Value, json};

use super::documents::{Document, Documents, Units, uri_of};
use super::findings::{Judged, quoted};
use super::home::{CASES, Home, LIBRARY, Part, RHAI, TOML};
use super::outline::{self, Named};
use super::point::Point;
use super::spot;
use crate::cli::safe;

/// The command that runs cases: of the profile in a folder, or of one of its indicators.
pub const RUN: &str = "palisander.runCases";

/// Cases that are named where several fail.
const MAX_NAMED: usize = 5;

/// Cases of a profile that must fire an indicator; all of them where none is named.
fn firing<'p>(profile: &'p Profile, indicator: Option<&str>) -> Vec<&'p (String, String)> {
    let name = indicator.map(|indicator| format!("{}/{indicator}", profile.id));
    let fires =
        |text: &str| name.as_ref().is_none_or(|name| cases::read(text).is_ok_and(|case| case.must_hit.contains(name)));
    profile.cases.iter().filter(|(_, text)| fires(text)).collect()
}

/// Lenses of a document: above the first line for all cases, above each indicator for those that fire it.
pub fn lenses(document: &Document, home: &Home, judged: &Judged, units: Units) -> Vec<CodeLens> {
    let Some((profile, folder)) = judged.profile(home).zip(uri_of(&home.folder)) else { return Vec::new() };
    let lens = |n: usize, title: String, indicator: Option<&str>| CodeLens {
        range: document.range(n, 0..0, units),
        command: Some(Command {
            title,
            command: RUN.to_owned(),
            arguments: Some(vec![json!({ "folder": folder.as_str(), "indicator": indicator })]),
        }),
        data: None,
    };
    let mut lenses = Vec::new();
    if !profile.cases.is_empty() {
        lenses.push(lens(0, format!("run all cases ({})", profile.cases.len()), None));
    }
    for own in named(document, home.part) {
        let n_firing = firing(profile, Some(&own.name)).len();
        if n_firing > 0 {
            lenses.push(lens(own.line, format!("run the cases that fire it ({n_firing})"), Some(&own.name)));
        }
    }
    lenses
}

/// What has a name in a document.
pub fn named(document: &Document, part: Part) -> Vec<Named> {
    match part {
        Part::Toml => outline::indicators(&document.text),
        Part::Rhai => outline::functions(&document.text),
        Part::Case => Vec::new(),
    }
}

/// How the cases came out: for programs, and in a sentence; whether one fails.
pub struct Report {
    pub document: Value,
    pub said: String,
    pub fails: bool,
}

/// Runs the cases of a profile, or those that must fire one indicator. `None` where the profile does not load.
pub fn run(judged: &Judged, home: &Home, indicator: Option<&str>) -> Option<Report> {
    let profile = judged.profile(home)?;
    let one = |(file, text): &&(String, String)| {
        let ran = cases::read(text).and_then(|case| cases::run(&judged.engine, &profile.id, file, &case));
        ran.map(|ran| ran.result).unwrap_or_else(|why| CaseResult {
            profile: profile.id.clone(),
            file: file.clone(),
            title: String::new(),
            failures: vec![why],
            known_gap: None,
        })
    };
    let results: Vec<CaseResult> = firing(profile, indicator).iter().map(one).collect();
    let fails = |result: &&CaseResult| !result.failures.is_empty() && result.known_gap.is_none();
    let failing: Vec<&CaseResult> = results.iter().filter(fails).collect();
    let (n_failed, n_passed) = (failing.len(), results.len() - failing.len());
    let named = failing.iter().take(MAX_NAMED).map(|one| format!("\n{}: {}", one.file, one.failures.join("; ")));
    let named: String = named.collect();
    let said = safe::lines(&format!("{}: {n_passed} passed, {n_failed} failed{named}", profile.id)).into_owned();
    let document = json!({ "passed": n_passed, "failed": n_failed, "cases": results });
    Some(Report { document, said, fails: n_failed > 0 })
}

/// The indicator that is named at a point, by its name alone.
fn indicator(point: &Point<'_>) -> Option<String> {
    let line = point.line();
    if point.home.part == Part::Case {
        let (_, name) = line.get(point.quoted()?)?.split_once('/')?;
        return Some(name.to_owned());
    }
    let own = named(point.document, point.home.part);
    let word = line.get(spot::word(line, point.at))?;
    own.into_iter().find(|own| own.name == word).map(|own| own.name)
}

/// From the name of an indicator to its function, and from the function to the indicator; from a call to what is called.
pub fn definition(point: &Point<'_>) -> Option<Location> {
    let (documents, units) = (point.known.documents, point.known.units);
    let place = |document: &Document, own: &Named| document.location(own.line, own.bytes.clone(), units);
    if point.home.part != Part::Rhai {
        let (script, name) = (documents.read(&point.home.file(RHAI))?, indicator(point)?);
        let own = outline::functions(&script.text).into_iter().find(|own| own.name == name)?;
        return Some(place(&script, &own));
    }
    let word = point.line().get(spot::word(point.line(), point.at))?;
    if let Some(own) = outline::functions(&point.document.text).into_iter().find(|own| own.name == word) {
        if own.line != point.n {
            return Some(place(point.document, &own));
        }
        let profile = documents.read(&point.home.file(TOML))?;
        let block = outline::indicators(&profile.text).into_iter().find(|block| block.name == word)?;
        return Some(place(&profile, &block));
    }
    let mut helpers = helpers(point.home, documents).into_iter();
    helpers.find_map(|helper| {
        let own = outline::functions(&helper.text).into_iter().find(|own| own.name == word)?;
        Some(place(&helper, &own))
    })
}

/// The scripts of helpers in the folder of rules.
fn helpers(home: &Home, documents: &Documents) -> Vec<Document> {
    let entries = std::fs::read_dir(home.root.join(LIBRARY)).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "rhai"));
    paths.sort();
    paths.iter().filter_map(|path| documents.read(path)).collect()
}

/// The cases that fire the indicator at a point, at the line that says so.
pub fn references(point: &Point<'_>, judged: &Judged) -> Option<Vec<Location>> {
    let (name, profile) = (indicator(point)?, judged.profile(point.home)?);
    let place = |file: &String| {
        let case = point.known.documents.read(&point.home.file(CASES).join(file))?;
        let (n, bytes) = quoted(&case, &format!("{}/{name}", profile.id)).unwrap_or((0, 0..0));
        Some(case.location(n, bytes, point.known.units))
    };
    Some(firing(profile, Some(&name)).into_iter().filter_map(|(file, _)| place(file)).collect())
}
