//! What makes the questions does not know how they are answered: the simulator and the evaluation use nothing of the engine, the
//! server or the rules, and share no file with them but public tables.

use std::path::{Path, PathBuf};

use super::arrows::sources;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What is wrong with a source file or a manifest of a crate: crates of the engine, and files from outside its own folder.
fn faults(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        let foreign =
            ["palisander_engine", "palisander-engine", "palisander_tests", "palisander-tests", "palisander::"];
        if foreign.iter().any(|name| line.contains(name)) || line == "palisander.workspace = true" {
            found.push(format!("uses the engine or what stands on it: {line}"));
        }
        for macro_name in ["include_str!", "include_bytes!", "include!", "include_dir!"] {
            let Some((_, rest)) = line.split_once(macro_name) else { continue };
            let up = rest.matches("../").count();
            let shared = rest.contains("datasets/") && !rest.contains("rules/");
            // One step up leads from src/ to the crate's own folder, two from a folder in src/.
            if rest.contains("rules/") || (up > 2 && !shared) {
                found.push(format!("reads what the engine reads: {line}"));
            }
        }
        if ["\"rules/", "/rules/", "datasets\\", "../engine", "CARGO_MANIFEST_DIR"]
            .iter()
            .any(|path| line.contains(path))
        {
            found.push(format!("names a folder of others: {line}"));
        }
    }
    found
}

#[test]
fn simulator_and_evaluation_use_nothing_of_the_engine() {
    for name in ["server/simulator", "server/evaluation"] {
        let folder = root().join(name);
        let mut files = sources(&folder.join("src"));
        assert!(files.len() > 10, "{name} has its files");
        files.push(folder.join("Cargo.toml"));
        for file in files {
            let found = faults(&std::fs::read_to_string(&file).unwrap());
            assert!(found.is_empty(), "{}: {found:#?}", file.display());
        }
    }
}

#[test]
fn no_table_of_the_world_is_a_table_of_the_rules() {
    // A file of the world that stands in rules/ or datasets/ under the same content would be shared knowledge.
    let texts = |folder: &str, ending: &str| -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        let mut folders = vec![root().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path)
                } else if path.to_string_lossy().ends_with(ending) {
                    files.push(path)
                }
            }
        }
        files.into_iter().filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?))).collect()
    };
    let shipped: Vec<(PathBuf, String)> = [texts("rules", ".toml"), texts("datasets", ".csv")].concat();
    for (own, text) in texts("server/simulator/world", ".csv") {
        let rows: std::collections::BTreeSet<&str> = text.lines().skip(1).collect();
        for (other, shipped) in &shipped {
            let shared = shipped.lines().filter(|line| rows.contains(line)).count();
            assert!(shared * 10 < rows.len(), "{} shares {shared} rows with {}", own.display(), other.display());
        }
    }
}

#[test]
fn planted_ties_are_found() {
    let cases = [
        ("use palisander_engine::Engine;", 1),
        ("palisander-engine.workspace = true", 1),
        ("let t = include_str!(\"../../../rules/lanes.toml\");", 2),
        ("let t = include_str!(\"../../../../tests/labelled/goods.jsonl\");", 1),
        ("let t = include_str!(\"../../../datasets/ports/ports.csv\");", 0),
        ("let t = include_str!(\"../world/goods.csv\");", 0),
        ("// palisander_engine is not used here", 0),
    ];
    for (text, n) in cases {
        assert_eq!(faults(text).len(), n, "{text}: {:?}", faults(text));
    }
}
