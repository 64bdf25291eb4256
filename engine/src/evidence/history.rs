//! What earlier consignments show. The engine reads history through one trait: on the command line the earlier lines of
//! the run in input order, in the service the store.

use crate::codes::Date;
use crate::permits::{Ledger, MemoryLedger};

/// What is kept of a consignment that names listed wood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Bill of lading.
    pub consignment: String,
    /// Day it arrives, else departs, else as-of.
    pub on: Date,
    /// Folded consignee names and addresses.
    pub receivers: Vec<String>,
}

/// A lot is small up to this volume, m³. The seed document's seizures of Siamese rosewood had 0.69 and 0.67 m³ each
/// (CoP17 Doc. 25 para 42); three of them still fit a small van.
pub const SMALL_LOT_M3: f64 = 2.0;
/// Days that count together.
pub const DAYS: i32 = 30;

/// What the history says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryEvidence {
    /// No history is kept here.
    NotKept,
    /// Earlier consignments of listed wood to the same consignee or address within [`DAYS`].
    Kept {
        /// How many.
        n_lots: usize,
        /// Their bills, at most ten.
        bills: Vec<String>,
    },
}

/// Earlier consignments of listed wood.
pub trait History {
    /// Earlier ones to any of these receivers from `from` to `to`, in the order they were seen.
    fn to_receivers(&self, receivers: &[String], from: Date, to: Date) -> Vec<&Seen>;
    /// Keeps one.
    fn keep(&mut self, seen: Seen);
    /// What consignments have taken from permits.
    fn ledger(&self) -> &dyn Ledger;
}

/// A history in memory.
#[derive(Debug, Default)]
pub struct RunHistory {
    seen: Vec<Seen>,
    by_receiver: std::collections::HashMap<String, Vec<usize>>,
    ledger: MemoryLedger,
}

impl History for RunHistory {
    fn to_receivers(&self, receivers: &[String], from: Date, to: Date) -> Vec<&Seen> {
        let mut found: Vec<usize> =
            receivers.iter().filter_map(|receiver| self.by_receiver.get(receiver)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        let seen = found.into_iter().filter_map(|n| self.seen.get(n));
        seen.filter(|seen| from <= seen.on && seen.on <= to).collect()
    }

    fn keep(&mut self, seen: Seen) {
        for receiver in &seen.receivers {
            self.by_receiver.entry(receiver.clone()).or_default().push(self.seen.len());
        }
        self.seen.push(seen);
    }

    fn ledger(&self) -> &dyn Ledger {
        &self.ledger
    }
}
