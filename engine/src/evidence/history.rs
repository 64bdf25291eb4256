//! What earlier consignments show of this one's receivers.
//!
//! In: the answer of a history, or why there is none. Out: a fact for rules. Not here: how it is kept (`history`), who asks
//! it (`settle`).

/// A lot is small up to this volume, m³. The seed document's seizures of Siamese rosewood had 0.69 and 0.67 m³ each
/// (CoP17 Doc. 25 para 42); three of them still fit a small van.
pub const SMALL_LOT_M3: f64 = 2.0;
/// Days that count together.
pub const DAYS: i32 = 30;

/// What the history says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryEvidence {
    /// Nobody was asked yet, or no history is kept here.
    NotKept,
    /// A history is kept and cannot answer, and why.
    Unavailable(String),
    /// Earlier consignments of listed wood to the same consignee or address within [`DAYS`].
    Kept {
        /// Lots of at most [`SMALL_LOT_M3`].
        small: usize,
        /// Lots whose size cannot be told.
        of_unknown_size: usize,
        /// Some of their bills.
        bills: Vec<String>,
    },
}
