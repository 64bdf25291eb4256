//! What to read, to learn and to look at: chapters for indicators, the library, checks on the spot, look-alikes.
//!
//! In: nothing. Out: rows. Not here: what is shown to whom. Sources: datasets/guidance/card.toml, datasets/library/card.toml,
//! datasets/site-checks/card.toml, datasets/taxa/card.toml.

use serde::{Deserialize, Serialize};

use super::fields::{self, Confidence};
use crate::words::words;

words! {
    /// Where on the goods something is to be seen.
    pub enum LooksAt {
        Heartwood = "heartwood",
        Sapwood = "sapwood",
        EndGrain = "end_grain",
        Surface = "surface",
        Smell = "smell",
        Weight = "weight",
        Packing = "packing",
    }
}

/// What is read and learnt for an indicator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Guidance {
    pub profile: String,
    /// Name of the indicator, or `*` for every other of the profile.
    pub indicator: String,
    /// Entry of the library; empty = none.
    pub chapter: String,
    /// Entry of the library that is a course; empty = none.
    pub course: String,
    /// Why there is neither.
    pub none_because: String,
    pub confidence: Confidence,
}

/// An entry of the library, as far as it is pointed to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LibraryEntry {
    /// Id that never changes.
    pub id: String,
    /// Such as `handbook`, `course` or `tool`.
    pub kind: String,
    pub title: String,
    #[serde(deserialize_with = "fields::parts")]
    pub topics: Vec<String>,
    /// ISO 639-1 codes of its own text.
    pub language: String,
    /// `public` or `restricted`.
    pub access: String,
    #[serde(deserialize_with = "fields::flag")]
    pub invented: bool,
}

/// Something to look at on the spot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SiteCheck {
    /// Species, or `Genus spp.`.
    pub taxon: String,
    pub part: LooksAt,
    /// What is to be seen.
    pub look: String,
    /// Look-alikes that it tells the wood from.
    #[serde(deserialize_with = "fields::parts")]
    pub tells_from: Vec<String>,
    pub confidence: Confidence,
}

/// A taxon, and what it is sold as or mistaken for.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct LikeRow {
    pub(super) scientific_name: String,
    #[serde(deserialize_with = "fields::parts")]
    pub(super) lookalike_of: Vec<String>,
}
