//! The table of duties says which tests show them: no test that is named is missing, and no test that bears a duty's name is left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::ENGINE;

/// Duties in the name of a function of a test: `g13_g21_a_case_…` shows two.
fn duties_of(name: &str) -> Vec<String> {
    let is_duty = |part: &&str| {
        part.len() == 3
            && part.starts_with(|c: char| c.is_ascii_lowercase())
            && part[1..].bytes().all(|b| b.is_ascii_digit())
    };
    let is_number = |part: &&str| matches!(*part, "u16" | "u32" | "u64");
    name.split('_').take_while(|part| is_duty(part) && !is_number(part)).map(str::to_uppercase).collect()
}

/// Functions of tests in the sources, by the duties that they bear in their names.
fn named_in_sources() -> BTreeMap<String, Vec<String>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut folders: Vec<PathBuf> = ["engine", "server", "tests"].iter().map(|folder| top.join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            match file.extension() {
                _ if file.is_dir() => folders.push(file),
                Some(end) if end == "rs" => take(&std::fs::read_to_string(file).unwrap(), &mut found),
                _ => {}
            }
        }
    }
    found.values_mut().for_each(|names| names.sort());
    found
}

/// Functions of one source.
fn take(text: &str, found: &mut BTreeMap<String, Vec<String>>) {
    for (_, after) in text.lines().filter_map(|line| line.split_once("fn ")) {
        let name: String = after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        for duty in duties_of(&name) {
            let own = found.entry(duty).or_default();
            if !own.contains(&name) {
                own.push(name.clone());
            }
        }
    }
}

#[test]
fn every_duty_names_the_tests_that_show_it() {
    let named = named_in_sources();
    let rows = ENGINE.references().duties.rows();
    let unknown: Vec<&String> = named.keys().filter(|duty| !rows.iter().any(|row| row.duty == **duty)).collect();
    assert!(unknown.is_empty(), "tests are named by duties that are none: {unknown:?}");
    if std::env::var_os("UPDATE").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/duties/duties.csv");
        let mut table = csv::Writer::from_path(path).unwrap();
        table.write_record(["duty", "paragraphs", "what", "tests"]).unwrap();
        for row in rows {
            let tests = named.get(&row.duty).map(|names| names.join("|")).unwrap_or_default();
            table.write_record([&row.duty, &row.paragraphs, &row.what, &tests]).unwrap();
        }
        return;
    }
    for row in rows {
        let due = named.get(&row.duty).cloned().unwrap_or_default();
        assert_eq!(row.tests, due, "{}: run this test with UPDATE=1", row.duty);
    }
    let shown = rows.iter().filter(|row| !row.tests.is_empty()).count();
    println!("{shown} of {} duties are shown by a test", rows.len());
}

#[test]
fn a_name_bears_its_duties_and_no_others() {
    assert_eq!(duties_of("g13_g21_m02_a_case"), ["G13", "G21", "M02"]);
    assert!(duties_of("a_case_g13").is_empty() && duties_of("p1_x").is_empty() && duties_of("u64_of").is_empty());
}
