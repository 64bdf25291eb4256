//! Exercises for those who learn to write profiles: a task, bills with the truth beside them, and a grade for a profile.
//!
//! In: an exercise by name, and a folder with a profile. Out: its bills, or what the profile finds among them. The bills are of a
//! simulated world, so nobody's trade is shown and a new seed is a new exercise. Not here: the world (`palisander_simulator`), the
//! cases of a profile (`rules::cases`).

mod grade;
mod practice;

use serde::Deserialize;

pub use grade::{Flagged, Grade, Graded, graded};
pub use practice::{KIND_SIZE, Kind, Practice, PracticeBill, made};

/// What is asked of a learner.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    pub title: String,
    /// What to do, in words.
    pub task: String,
    /// Seed of the world.
    pub seed: u64,
    /// Bills of the world.
    pub bills: u64,
    /// Days of the world.
    pub days: u32,
    /// How the planted bills smuggle.
    pub methods: Vec<String>,
}

/// Exercises by name.
const BUILT_IN: [(&str, &str); 2] = [
    ("weights", include_str!("../../exercises/weights.toml")),
    ("papers", include_str!("../../exercises/papers.toml")),
];

/// Names of all exercises, the one to begin with first.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// An exercise by name; `Err` says what stands there instead.
pub fn exercise(name: &str) -> Result<Exercise, String> {
    let known = || names().collect::<Vec<_>>().join(", ");
    let text = BUILT_IN.iter().find(|(own, _)| *own == name).map(|(_, text)| text);
    let text = text.ok_or_else(|| format!("there is no exercise `{name}`; there are: {}", known()))?;
    toml::from_str(text).map_err(|error| format!("exercise `{name}`: {error}"))
}
