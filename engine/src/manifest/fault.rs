//! What was wrong with the input, and where.

use serde::Serialize;

/// How much a fault takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something to know, such as a field that the canonical form does not have. Nothing was lost.
    Note,
    /// Read, but doubtful: totals that disagree, a code that nobody knows.
    Doubt,
    /// A value could not be read. The consignment can no longer come out in the lowest lane.
    Lost,
}

/// One fault with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Stable code, such as `wrong_type`.
    pub code: &'static str,
    /// How much it takes away.
    pub severity: Severity,
    /// Place: JSON pointer, `row 3 column volume_m3`, segment number or XML path.
    pub at: String,
    /// What stood there (shortened).
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl Fault {
    /// A fault; `found` is shortened to 120 characters.
    pub fn new(code: &'static str, severity: Severity, at: String, found: &str, expected: &str) -> Self {
        let mut short: String = found.chars().filter(|c| !c.is_control()).take(120).collect();
        if short.len() < found.len() && found.chars().nth(120).is_some() {
            short.push('…');
        }
        Self { code, severity, at, found: short, expected: expected.to_owned() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: found `{}`, expected {} ({})", self.at, self.found, self.expected, self.code)
    }
}

/// The bytes hold no manifest at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// Not the format it should be.
    #[error("not a manifest in {format}: {why} (at {at})")]
    Malformed {
        /// Format tried.
        format: &'static str,
        /// Place.
        at: String,
        /// Why.
        why: String,
    },
    /// A known message of another kind.
    #[error("{what}")]
    OtherMessage {
        /// What it is and why it is refused.
        what: String,
    },
    /// Larger than a named limit.
    #[error("{what} is over the limit of {limit} ({name})")]
    TooLarge {
        /// What.
        what: String,
        /// The limit.
        limit: usize,
        /// Its name in `manifest::limits`.
        name: &'static str,
    },
    /// The source could not be read.
    #[error("cannot read: {0}")]
    Io(String),
}
