//! Lanes: what a score means, and from where.
//!
//! In: `lanes.toml`, the shipped one or an office's own. Out: [`Lanes`].

use std::collections::BTreeMap;

use crate::words::words;
use serde::Deserialize;

words! {
    /// Control channel, ordered by strictness. Meanings are those of ASYCUDA; see `rules/lanes.toml`.
    pub enum Lane {
        /// Release without a look.
        Green = "green",
        /// Release, audit later.
        Blue = "blue",
        /// Documents are checked before release.
        Yellow = "yellow",
        /// Physical examination: the container is opened.
        Red = "red",
    }
}

/// The thresholds between lanes and the floors of failed inputs, as `rules/lanes.toml` states them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lanes {
    /// Lowest score of each lane above green, points.
    pub thresholds: Thresholds,
    /// Floors for what is not a hit.
    pub floors: Floors,
    /// What each lane means, for people.
    pub meaning: BTreeMap<String, String>,
}

impl Lanes {
    /// The shipped ones. `None` only when the shipped file does not hold, which no engine opens with.
    pub fn shipped() -> Option<Self> {
        toml::from_str(&super::folder::base().lanes).ok()
    }

    /// Each lane and what it means, the strictest first.
    pub fn meanings(&self) -> Vec<(Lane, &str)> {
        let meaning = |lane: &Lane| (*lane, self.meaning.get(lane.as_str()).map_or("", String::as_str));
        Lane::ALL.iter().rev().map(meaning).collect()
    }

    /// The lane that a score alone reaches.
    pub fn by_score(&self, score: i64) -> Lane {
        self.thresholds.lane(score)
    }

    pub(super) fn is_at_least_as_strict_as(&self, other: &Self) -> bool {
        let (own, shipped) = (self.thresholds, other.thresholds);
        own.blue <= shipped.blue
            && own.yellow <= shipped.yellow
            && own.red <= shipped.red
            && own.blue <= own.yellow
            && own.yellow <= own.red
            && self.floors.fault >= other.floors.fault
            && self.floors.failed_profile >= other.floors.failed_profile
    }
}

/// Lowest score of each lane, points.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here blue.
    pub blue: i64,
    /// From here yellow.
    pub yellow: i64,
    /// From here red.
    pub red: i64,
}

impl Thresholds {
    /// The lane that a score alone reaches.
    pub fn lane(&self, score: i64) -> Lane {
        match score {
            _ if score >= self.red => Lane::Red,
            _ if score >= self.yellow => Lane::Yellow,
            _ if score >= self.blue => Lane::Blue,
            _ => Lane::Green,
        }
    }
}

/// Floors that hold whatever the score.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// A value of the manifest could not be read.
    pub fault: Lane,
    /// A profile failed or did not load.
    pub failed_profile: Lane,
}
