//! C01: every control against corruption that the table names has tests that stand, and every risk of the source has a control.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where tests stand.
const ROOMS: [&str; 4] = ["engine", "server", "tests/stories", "benches"];
/// Paragraphs of the source that name risks of the trade chain.
const RISKS: [&str; 6] = ["para. 16", "para. 17", "para. 18", "para. 19", "para. 20", "para. 23"];

/// Names of functions that are tests, each with whether something stands before it that leaves it out.
fn tests(folder: &Path, found: &mut BTreeMap<String, bool>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                tests(&path, found);
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for (n, line) in lines.iter().enumerate() {
                let Some(rest) = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn ")) else { continue };
                let name = rest.split(['(', '<']).next().unwrap();
                let before = &lines[n.saturating_sub(3)..n];
                let is_test =
                    before.iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"));
                // Named in a list of those that run on each store, or that take properties.
                let is_listed = lines.iter().any(|line| *line == format!("{name},"));
                if is_test || is_listed || text.contains("proptest! {") {
                    found.insert(name.to_owned(), before.iter().any(|line| line.starts_with("#[ignore")));
                }
            }
        }
    }
}

#[test]
fn c01_every_control_has_a_test_and_every_risk_a_control() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut all = BTreeMap::new();
    ROOMS.iter().for_each(|room| tests(&top.join(room), &mut all));
    assert!(all.len() > 400, "{} tests were found", all.len());
    let mut table = csv::Reader::from_path(top.join("datasets/controls/controls.csv")).unwrap();
    let mut risks = BTreeSet::new();
    let mut missing = Vec::new();
    for row in table.deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        risks.insert(row["paragraph"].clone());
        assert!(!row["test"].is_empty(), "{}", row["id"]);
        missing.extend(
            row["test"]
                .split('|')
                .filter(|name| all.get(*name) != Some(&false))
                .map(|name| format!("{}: {name}", row["id"])),
        );
    }
    assert!(missing.is_empty(), "no such test: {missing:?}");
    let open: Vec<&&str> = RISKS.iter().filter(|risk| !risks.contains(**risk)).collect();
    assert!(open.is_empty(), "no control against {open:?}");
}
