//! Slips that people make in a profile: of nine in ten the first thing that the report says is right, with the place and what
//! to write. Each table was written before what the program says of it.

use std::path::{Path, PathBuf};

use palisander::cli::checked;
use rayon::prelude::*;
use serde_json::Value;

use crate::support::ENGINE;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/slips")
}

/// The sound profile as it is after somebody has slipped.
fn slipped(slip: &Value, top: &Path) -> PathBuf {
    let (from, to) = (corpus().join("gabon-ebony"), top.join("gabon-ebony"));
    std::fs::create_dir_all(to.join("cases")).unwrap();
    let cases = std::fs::read_dir(from.join("cases")).unwrap().map(|entry| entry.unwrap().file_name());
    let cases: Vec<String> = cases.map(|name| format!("cases/{}", name.to_string_lossy())).collect();
    for name in ["profile.toml", "profile.rhai"].into_iter().map(str::to_owned).chain(cases) {
        let mut text = std::fs::read_to_string(from.join(&name)).unwrap();
        for change in slip["changes"].as_array().into_iter().flatten().filter(|_| slip["file"] == name.as_str()) {
            let (from, to) = (change[0].as_str().unwrap(), change[1].as_str().unwrap());
            assert!(text.contains(from), "{}: `{from}` is not in {name}", slip["slip"]);
            text = text.replacen(from, to, 1);
        }
        std::fs::write(to.join(&name), text).unwrap();
    }
    to
}

fn findings(slip: &Value) -> Vec<Value> {
    let top = tempfile::tempdir().unwrap();
    let folder = slipped(slip, top.path());
    let (text, _) = checked(&ENGINE.judging(&folder).unwrap(), Some(&folder), true);
    let report: Value = serde_json::from_str(&text).unwrap();
    report["findings"].as_array().unwrap().clone()
}

/// Says why the first finding is not right: in another place, or without a word that somebody needs. A word may have others for it
/// behind `|`.
fn amiss(slip: &Value) -> Option<String> {
    let found = findings(slip);
    let first = found.first().cloned().unwrap_or_default();
    let said = format!("{} / {}", first["what"].as_str().unwrap_or("nothing"), first["fix"].as_str().unwrap_or(""));
    let at = slip["at"].as_str().unwrap();
    let line = first["span"]["line"].to_string();
    let (file, told_in) = (slip["file"].as_str().unwrap(), first["file"].as_str().unwrap_or("nowhere"));
    let is_there = file.starts_with(told_in) && (at.is_empty() || at.split('|').any(|at| at == line));
    let wanted = slip["says"].as_array().unwrap().iter().map(|words| words.as_str().unwrap());
    let missing: Vec<&str> = wanted.filter(|words| !words.split('|').any(|word| said.contains(word))).collect();
    let is_right = is_there && missing.is_empty();
    (!is_right)
        .then(|| format!("{}: line {line} of {}: {said}; wanted: {missing:?} at {at}", slip["slip"], first["file"]))
}

fn measure(table: &str, of: usize, right: usize) {
    let text = std::fs::read_to_string(corpus().join(table)).unwrap();
    let slips: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(slips.len(), of, "{table}");
    let amiss: Vec<String> = slips.par_iter().filter_map(amiss).collect();
    println!("{table}: {} of {of} first messages are right\n{}", of - amiss.len(), amiss.join("\n"));
    assert!(of - amiss.len() >= right, "{table}: {} of {of}\n{}", of - amiss.len(), amiss.join("\n"));
}

#[test]
fn the_profile_without_a_slip_has_nothing_to_say() {
    assert_eq!(findings(&Value::Null), Vec::<Value>::new());
}

#[test]
fn the_first_message_is_right_for_nine_slips_of_ten() {
    measure("first.jsonl", 40, 36);
}

/// Slips of other kinds: fewer of them are known.
#[test]
fn of_other_slips_most_are_told() {
    measure("other.jsonl", 15, 12);
}

#[test]
fn what_does_not_load_comes_first_in_every_report() {
    let slip = serde_json::json!({ "file": "profile.rhai", "changes": [["item.form ==", "item.form ="]] });
    let top = tempfile::tempdir().unwrap();
    let folder = slipped(&slip, top.path());
    let engine = ENGINE.judging(&folder).unwrap();
    let only = Some(["gabon-ebony".to_owned()].to_vec());
    let (text, has_findings) = checked(&engine, Some(&folder), false);
    assert!(has_findings && text.starts_with("error[P031]"), "{text}");
    let (text, fails) = palisander::cli::tested(&engine, only.as_deref(), palisander::cli::Report::Table, false);
    assert!(fails && text.starts_with("error[P031]"), "{text}");
    let (text, _) = palisander::cli::tested(&engine, only.as_deref(), palisander::cli::Report::Json, false);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["unloaded"][0]["code"], "P031", "{text}");
    let (text, _) = palisander::cli::tested(&engine, only.as_deref(), palisander::cli::Report::Junit, false);
    assert!(text.contains("failures=\"1\" skipped=\"0\">\n    <testcase classname=\"gabon-ebony\""), "{text}");
}
