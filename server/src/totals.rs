//! Totals of a run.

use palisander_engine::profile::Lane;
use palisander_engine::stream::Scored;

/// Consignments by lane, and what could not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Consignments scored.
    pub consignments: u64,
    /// By lane: green, blue, yellow, red.
    pub green: u64,
    /// Blue.
    pub blue: u64,
    /// Yellow.
    pub yellow: u64,
    /// Red.
    pub red: u64,
    /// Parts that held no manifest.
    pub unreadable: u64,
    /// Faults found in the input.
    pub faults: u64,
}

impl Totals {
    /// Counts one.
    pub fn add(&mut self, scored: &Scored) {
        match scored {
            Scored::Answer(answer) => {
                self.consignments += 1;
                self.faults += answer.faults.len() as u64;
                match answer.lane {
                    Lane::Green => self.green += 1,
                    Lane::Blue => self.blue += 1,
                    Lane::Yellow => self.yellow += 1,
                    Lane::Red => self.red += 1,
                }
            }
            Scored::Unreadable(_) => self.unreadable += 1,
            Scored::Empty(faults) => self.faults += faults.len() as u64,
        }
    }
}
