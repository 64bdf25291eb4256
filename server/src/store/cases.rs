//! Which cases are asked for. What a case is, its own room says (`cases`).

/// Which cases: of those that are not closed, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseQuestion {
    pub is_closed_too: bool,
    /// Only those that were opened from this bill.
    pub bill: Option<String>,
}
