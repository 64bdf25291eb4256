//! The part of a long manifest that is being filled.
//!
//! In: bills with what was wrong with them. Out: a [`Parsed`] every [`limits::PART_BILLS`] bills, each with the head of
//! the file. What was lost in the head concerns every bill of the file, so each later part carries it again.

use std::collections::HashSet;

use super::super::fault::{Fault, Faults, Severity};
use super::super::fields::{Consignment, Equipment, Manifest, Unmapped};
use super::super::limits;
use super::super::reading::Reading;
use super::Parsed;

/// Bills that wait for their part to be full.
#[derive(Debug, Default)]
pub(super) struct OpenPart {
    /// Equipment and consignments of this part.
    pub manifest: Manifest,
    bills: Vec<Faults>,
    /// Faults of the head that came before this part.
    pub head: Faults,
    lost_in_head: Vec<Fault>,
    /// Containers of this part.
    equipped: HashSet<String>,
    n_closed: u64,
}

impl OpenPart {
    /// The first part, which begins with faults from before the manifest.
    pub fn after(waiting: Vec<Fault>) -> Self {
        let lost_in_head = waiting.iter().filter(|fault| fault.severity == Severity::Lost).cloned().collect();
        Self { head: waiting.into(), lost_in_head, ..Self::default() }
    }

    /// Index of the next consignment.
    pub fn next(&self) -> usize {
        self.manifest.consignments.len()
    }

    /// Parts closed so far.
    pub fn n_closed(&self) -> u64 {
        self.n_closed
    }

    /// True when there is something to send.
    pub fn has_something(&self) -> bool {
        !self.manifest.consignments.is_empty() || !self.manifest.equipment.is_empty() || !self.head.is_empty()
    }

    /// Adds a consignment with what was found while it was read. True when the part is full.
    pub fn add(&mut self, mut consignment: Consignment, mut reading: Reading) -> bool {
        let n = self.next();
        consignment.originals = std::mem::take(&mut reading.originals);
        self.bills.push(reading.take_faults().placed(|place| place.within(n)));
        let own = std::mem::take(&mut reading.unmapped);
        self.manifest.unmapped.extend(own.into_iter().map(|one| Unmapped { consignment: Some(n), ..one }));
        self.manifest.consignments.push(consignment);
        self.manifest.consignments.len() >= limits::PART_BILLS
    }

    /// Adds a container that the part does not have yet.
    pub fn equip(&mut self, one: Equipment) {
        if self.equipped.insert(one.container.clone()) {
            self.manifest.equipment.push(one);
        }
    }

    /// Adds a fault of consignment `n` of this part.
    pub fn fault(&mut self, n: usize, fault: Fault) {
        if self.bills.len() <= n {
            self.bills.resize_with(n + 1, Faults::default);
        }
        if let Some(bill) = self.bills.get_mut(n) {
            bill.push(Fault { place: fault.place.within(n), ..fault });
        }
    }

    /// The part with the head of the file; another one begins.
    pub fn close(&mut self, head: &Manifest, reading: &mut Reading) -> Parsed {
        let Manifest { consignments, equipment, mut unmapped, .. } = std::mem::take(&mut self.manifest);
        self.equipped.clear();
        let found = reading.take_faults();
        let again: Vec<Fault> = if self.n_closed > 0 { self.lost_in_head.clone() } else { Vec::new() };
        self.lost_in_head.extend(found.iter().filter(|fault| fault.severity == Severity::Lost).cloned());
        let mut faults = found;
        again.into_iter().for_each(|fault| faults.push(fault));
        faults.append(std::mem::take(&mut self.head));
        let mut all = std::mem::take(&mut reading.unmapped);
        all.append(&mut unmapped);
        self.n_closed += 1;
        let mut bills = std::mem::take(&mut self.bills);
        bills.resize_with(consignments.len(), Faults::default);
        let manifest = Manifest { consignments, equipment, unmapped: all, ..head.clone() };
        Parsed { manifest, head: faults, bills, summary: None }
    }
}
