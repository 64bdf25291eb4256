//! Tokens of a folded text: where words begin and end and what stands between them.

use super::letters::Script;

/// What stands before a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing: only the script or the kind (letters, digits) changes.
    Glued,
    /// Spaces, hyphens, apostrophes, an abbreviating stop: a name may run across it.
    Soft,
    /// Commas, brackets, stops at the end of a sentence: a name may not run across it.
    Hard,
}

/// One word, number or run of a script without spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte in the folded text.
    pub start: usize,
    /// Byte after the last in the folded text.
    pub end: usize,
    /// What stands before it.
    pub gap: Gap,
    /// Script of its letters.
    pub script: Script,
    /// True when the original began with a capital letter.
    pub capital: bool,
    /// True when a stop follows at once (`D.`, `spp.`).
    pub stop: bool,
}

impl Token {
    /// Length in bytes of the folded form.
    pub fn width(&self) -> usize {
        self.end.saturating_sub(self.start)
    }
}
