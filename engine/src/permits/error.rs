//! What can be wrong with a register file or a use of a permit.

/// One fault of a row of a register file; the other rows are kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RowFault {
    /// Row or line in the file, the header being 1; `None` when the whole file is meant.
    pub row: Option<u64>,
    /// Column or field, where one is meant.
    pub column: Option<String>,
    /// What was found and what was expected.
    pub what: String,
    /// The row was left out (otherwise it was kept without the value).
    pub dropped: bool,
}

impl std::fmt::Display for RowFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.row {
            Some(row) => write!(f, "row {row}")?,
            None => write!(f, "file")?,
        }
        if let Some(column) = &self.column {
            write!(f, " column `{column}`")?;
        }
        write!(f, ": {}{}", self.what, if self.dropped { " (row left out)" } else { "" })
    }
}

/// A use of a permit was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// It would take more than the permit holds.
    #[error("{asked} asked of permit `{permit}`, {left} left of {allowed} with the tolerance")]
    Exceeded {
        permit: String,
        /// Asked, in millionths of the base unit.
        asked: i64,
        /// Left, in millionths of the base unit, tolerance included.
        left: i64,
        /// The permit's quantity with the tolerance, in millionths of the base unit.
        allowed: i64,
    },
    /// The same version of the consignment was booked with another content.
    #[error("version {version} of consignment `{consignment}` is booked with another content")]
    Conflict { consignment: String, version: u64 },
    /// A later version of the consignment is booked already.
    #[error("version {version} of consignment `{consignment}` is older than the booked version {booked}")]
    Stale {
        consignment: String,
        version: u64,
        /// Version that stands in the ledger.
        booked: u64,
    },
    /// The amount is negative, not finite or too large.
    #[error("`{0}` is not an amount")]
    Amount(String),
    /// Nothing of the consignment is booked on the permit.
    #[error("nothing of consignment `{consignment}` is booked on permit `{permit}`")]
    NotBooked { permit: String, consignment: String },
    /// The store behind the ledger failed; the use is not booked.
    #[error("the ledger cannot be reached: {0}")]
    Unavailable(String),
}
