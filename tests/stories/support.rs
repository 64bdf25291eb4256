//! Shared by the stories: one engine, one way to score.

use std::sync::LazyLock;

use palisander_engine::manifests::{Parsed, json_document};
use palisander_engine::rules::RuleSource;
use palisander_engine::{Assessment, Date, Engine, Options};
use serde_json::Value;

pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open(&Options::default()).unwrap());

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn parse(value: &Value) -> Parsed {
    json_document(value.to_string().as_bytes()).unwrap()
}

pub fn score(value: &Value, as_of: &str) -> Assessment {
    score_with(&ENGINE, value, as_of)
}

pub fn score_with(engine: &Engine, value: &Value, as_of: &str) -> Assessment {
    let parsed = parse(value);
    engine.assess(&parsed.manifest, &parsed.manifest.consignments[0], &parsed.faults_of(0), day(as_of))
}

pub fn hits(assessment: &Assessment) -> Vec<String> {
    assessment.hits.iter().map(|hit| format!("{}/{}", hit.profile, hit.indicator)).collect()
}

/// `profile.toml` of a profile with one indicator `t` over items; `more` is put before the indicator.
pub fn profile_toml(name: &str) -> String {
    format!(
        "id = \"{name}\"\nuuid = \"00000000-0000-0000-0000-{:012}\"\ntitle = \"t\"\nowner = \"o\"\nstatus = \"test\"\nversion = 1\nreview_by = \"2090-01-01\"\ngenera = []\nwhy = \"w\"\nsources = [\"CITES Res. Conf. 11.3\"]\ninnocent_explanations = [\"none\"]\n\n[[indicators]]\nname = \"t\"\neach = \"item\"\npoints = 50\nreason = \"{{item.description}}\"\n",
        name.len()
    )
}

/// An engine with the shipped rules and one more profile of these files.
pub fn engine_with_files(name: &str, files: &[(&str, &str)]) -> Engine {
    static N: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let n = N.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let top = std::env::temp_dir().join(format!("palisander-rules-{}-{n}", std::process::id()));
    let dir = top.join(name);
    std::fs::create_dir_all(dir.join("cases")).unwrap();
    for (file, text) in files {
        std::fs::write(dir.join(file), text).unwrap();
    }
    let engine = ENGINE.with_rules(&RuleSource { overlay: Some(dir), ..RuleSource::default() }).unwrap();
    std::fs::remove_dir_all(top).unwrap();
    engine
}

/// An engine with the shipped rules and one more profile with this script.
pub fn engine_with(name: &str, script: &str) -> Engine {
    engine_with_files(name, &[("profile.toml", &profile_toml(name)), ("profile.rhai", script)])
}
