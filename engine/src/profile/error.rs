//! What can be wrong with a profile.

use std::fmt;

/// One fault of a profile, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileFault {
    /// Stable code, such as `P012`.
    pub code: &'static str,
    /// Name of the profile's folder.
    pub profile: String,
    /// File within it.
    pub file: &'static str,
    /// Indicator that it is about, where it is about one.
    pub indicator: Option<String>,
    /// Line and column in that file, from 1, where known.
    pub place: Option<(usize, usize)>,
    /// Text of that line.
    pub line: Option<String>,
    /// What is wrong, in words a customs officer understands.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// What a fault points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Span {
    /// Line, from 1.
    pub line: usize,
    /// Column of the first character, from 1.
    pub column: usize,
    /// Column after the last character.
    pub end_column: usize,
}

impl ProfileFault {
    /// Without a place.
    pub fn new(code: &'static str, profile: &str, file: &'static str, what: String, fix: String) -> Self {
        Self { code, profile: profile.to_owned(), file, indicator: None, place: None, line: None, what, fix }
    }

    /// The word, text or sign at its place.
    pub fn span(&self) -> Option<Span> {
        let (line, column) = self.place?;
        let rest: Vec<char> = self.line.as_deref().unwrap_or_default().chars().skip(column - 1).collect();
        let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
        let length = match rest.first() {
            Some('"') => rest.iter().skip(1).position(|c| *c == '"').map_or(rest.len(), |end| end + 2),
            Some(c) if is_word(c) => rest.iter().take_while(|c| is_word(c)).count(),
            _ => 1,
        };
        Some(Span { line, column, end_column: column + length })
    }
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
    Unreadable { folder: String, why: String },
    /// `lanes.toml` is missing or wrong; without lanes there is no answer.
    #[error("rules/lanes.toml: {0}")]
    Lanes(String),
}
