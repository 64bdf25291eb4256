//! What a comparison of facts came to.

use crate::words::words;

words! {
    /// A fact that holds, does not hold, or cannot be told.
    pub enum Finding {
        /// The figures or fields agree.
        Consistent = "consistent",
        /// They contradict each other.
        Inconsistent = "inconsistent",
        /// It cannot be told.
        Unverifiable = "unverifiable",
    }
}
