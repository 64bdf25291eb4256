//! What can be wrong with a profile.

use std::fmt;

/// One fault of a profile, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFault {
    /// Stable code, such as `P012`.
    pub code: &'static str,
    /// Profile folder.
    pub profile: String,
    /// File within it.
    pub file: &'static str,
    /// Line and column in that file, where known.
    pub place: Option<(usize, usize)>,
    /// What is wrong, in words a customs officer understands.
    pub what: String,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for ProfileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.code, self.profile, self.file)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.what)?;
        if !self.fix.is_empty() {
            write!(f, " ({})", self.fix)?;
        }
        Ok(())
    }
}

/// The rules could not be loaded at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The folder cannot be read.
    #[error("rules folder `{folder}` cannot be read: {why}")]
    Unreadable {
        /// Folder.
        folder: String,
        /// Why.
        why: String,
    },
    /// `lanes.toml` is missing or wrong; without lanes there is no answer.
    #[error("rules/lanes.toml: {0}")]
    Lanes(String),
}
