//! What an engine was made of, as an entry says it: enough to make it again.

use palisander_engine::Stated;
use serde::{Deserialize, Serialize};

/// What an `edition_loaded` entry says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionLoaded {
    /// Digest of all the rest.
    pub id: String,
    /// Version of the program.
    pub program: String,
    /// What the engine says of itself.
    pub stated: Stated,
    /// Files beside what is built in, by their paths.
    pub files: Vec<EditionFile>,
    /// Number of the last entry about information or rulesets that it was made with; what acted after it is part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub news: Option<u64>,
}

/// A file of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionFile {
    /// `inputs/alerts`, `rules/…`, `data/…`.
    pub path: String,
    pub n_bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Digests of the bodies that hold it in their order, each packed by gzip.
    pub parts: Vec<String>,
}
