//! Shared by the stories: one engine, one way to score.

use std::sync::LazyLock;

use palisander_engine::codes::Date;
use palisander_engine::manifest::parse::{Parsed, json_document};
use palisander_engine::{Assessment, Engine, Options};
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
    engine.assess(&parsed.manifest, &parsed.manifest.consignments[0], &parsed.faults, day(as_of))
}

pub fn hits(assessment: &Assessment) -> Vec<String> {
    assessment.hits.iter().map(|hit| format!("{}/{}", hit.profile, hit.indicator)).collect()
}
