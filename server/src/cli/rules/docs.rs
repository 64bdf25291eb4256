//! `palisander rules docs`

use std::fmt::Write as _;
use std::path::Path;

use palisander_engine::{Engine, rules};
use serde_json::json;

use super::shape::Shape;
use crate::cli::{OK, UNREADABLE, say};

/// The catalogue, as Markdown.
fn catalogue(engine: &Engine) -> String {
    let mut text = String::from(
        "# Catalogue of profiles\n\nWritten by `palisander rules docs` from the profiles. Points add up; within a group only the highest hit counts; a floor is the\nlowest lane that a hit allows.\n",
    );
    let lanes = &engine.profiles().lanes;
    let _ = writeln!(
        text,
        "\nLanes: blue from {} points, yellow from {}, red from {}.",
        lanes.thresholds.blue, lanes.thresholds.yellow, lanes.thresholds.red
    );
    for (id, indicators) in rules::by_profile(engine) {
        let Some(profile) = engine.profiles().profiles.iter().find(|profile| profile.id == id) else { continue };
        let _ = writeln!(text, "\n## {} (`{id}`)\n\n{}\n", profile.title, profile.why.trim());
        let _ = writeln!(
            text,
            "Sources: {}.  \nInnocent explanations: {}.\n",
            profile.sources.join("; "),
            profile.innocent_explanations.join("; ")
        );
        let _ = writeln!(
            text,
            "| indicator | looks at | points | floor | group | what it means |\n| --- | --- | ---: | --- | --- | --- |"
        );
        for indicator in indicators {
            let floor = indicator.floor.map_or("", |lane| lane.as_str());
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {floor} | {} | {} |",
                indicator.name,
                indicator.each.name(),
                indicator.points,
                indicator.group,
                indicator.doc
            );
        }
    }
    text
}

/// Every file of `rules/` that is written from the code and the profiles, with its text.
pub fn written(engine: &Engine) -> Vec<(String, String)> {
    let mut files = vec![
        ("catalogue.md".to_owned(), catalogue(engine)),
        ("reference.md".to_owned(), rules::view_reference(engine)),
    ];
    files.extend(rules::definitions().into_iter().map(|(name, text)| (format!("definitions/{name}"), text)));
    files
}

/// Writes them into `out`.
pub fn docs(engine: &Engine, out: &Path, shape: &Shape) -> u8 {
    let definitions = out.join("definitions");
    if let Err(error) = std::fs::create_dir_all(&definitions) {
        say(&format!("`{}` cannot be made: {error}", definitions.display()));
        return UNREADABLE;
    }
    let mut files = Vec::new();
    for (name, text) in written(engine) {
        let path = out.join(&name);
        if let Err(error) = std::fs::write(&path, text) {
            say(&format!("`{}` cannot be written: {error}", path.display()));
            return UNREADABLE;
        }
        files.push(path.display().to_string());
    }
    shape.put(&json!({ "written": files }), || format!("written: {}", files.join(", ")));
    OK
}
