//! One slip of a script, as it is told to whoever wrote it.

/// What is wrong at a place, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slip {
    /// Line and column, from 1.
    pub(super) place: (usize, usize),
    pub(super) what: String,
    pub(super) fix: String,
    /// It is one wherever it stands, also in a script that the parser takes.
    pub(super) is_sure: bool,
    /// Function in whose text it stands.
    pub(super) function: Option<String>,
}
