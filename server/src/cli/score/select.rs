//! Which answers are shown. All are scored and counted, whichever are shown.

use std::collections::BTreeSet;

use palisander_engine::answers::Lane;

/// What was asked for.
#[derive(Debug, Default)]
pub struct Selection {
    /// This lane and those above.
    lane: Option<Lane>,
    /// Only these bills, folded; empty: all.
    bills: BTreeSet<String>,
    /// Those of them that were seen.
    seen: BTreeSet<String>,
    /// The most urgent.
    pub top: Option<usize>,
}

/// Bills are compared without letter case and blanks at their ends, as officers type them.
fn folded(bill: &str) -> String {
    bill.trim().to_uppercase()
}

impl Selection {
    /// The selection as asked for on the command line.
    pub fn new(lane: Option<Lane>, bills: &[String], top: Option<usize>) -> Self {
        Self { lane, bills: bills.iter().map(|bill| folded(bill)).collect(), seen: BTreeSet::new(), top }
    }

    /// Is it to be shown?
    pub fn takes(&mut self, consignment: &str, lane: Lane) -> bool {
        if !self.bills.is_empty() {
            let bill = folded(consignment);
            if !self.bills.contains(&bill) {
                return false;
            }
            self.seen.insert(bill);
        }
        self.lane.is_none_or(|least| lane >= least)
    }

    /// Bills that were asked for and did not come.
    pub fn missing(&self) -> Vec<String> {
        self.bills.difference(&self.seen).cloned().collect()
    }
}
