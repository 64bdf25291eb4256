//! The engine's public names are those that `lib.rs` lists by hand.

use std::path::Path;

fn engine() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src")
}

/// Modules of the engine are its own: each stands in `lib.rs` as private, and no list there is left to a star.
#[test]
fn modules_are_private_and_names_are_listed() {
    let text = std::fs::read_to_string(engine().join("lib.rs")).unwrap();
    let declared: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("mod ")).collect();
    let mut files: Vec<String> = std::fs::read_dir(engine())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "lib")
        .collect();
    files.sort();
    assert_eq!(declared, files.iter().map(|name| format!("mod {name};")).collect::<Vec<_>>());
    for line in text.lines() {
        assert!(!(line.contains("pub mod") && line.ends_with(';')), "a whole module is public: {line}");
        assert!(!line.contains('*') || line.trim_start().starts_with("//"), "a star lists nothing: {line}");
    }
}

/// Whoever holds an engine cannot change it: its fields are private.
#[test]
fn the_engine_has_no_public_field() {
    let text = std::fs::read_to_string(engine().join("assess.rs")).unwrap();
    let body = text.split("pub struct Engine {").nth(1).unwrap().split("\n}").next().unwrap();
    assert!(body.contains("references:") && !body.contains("pub "), "{body}");
}
