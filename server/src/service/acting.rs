//! Sealed holds that act now: which bills they let through, as the engine takes them.
//!
//! Not here: who orders one and how it ends (`holds`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use palisander_engine::SealedBills;

use crate::store::Hold;

/// Holds that act, by the bill that each lets through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds(BTreeMap<String, Hold>);

impl Holds {
    /// Holds by their bills; of two on one bill the later.
    pub fn of(holds: Vec<Hold>) -> Self {
        let mut own: BTreeMap<String, Hold> = BTreeMap::new();
        for hold in holds {
            let key = SealedBills::key(&hold.consignment);
            if own.get(&key).is_none_or(|other| (other.signed_at, &other.id) < (hold.signed_at, &hold.id)) {
                own.insert(key, hold);
            }
        }
        Self(own)
    }

    /// The hold on a bill.
    pub fn on(&self, consignment: &str) -> Option<&Hold> {
        if self.0.is_empty() { None } else { self.0.get(&SealedBills::key(consignment)) }
    }

    /// Those that are over by that time.
    pub fn expired(&self, now: Timestamp) -> impl Iterator<Item = &Hold> {
        self.0.values().filter(move |hold| hold.expires_at <= now)
    }

    /// Does none act?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their ids, in the order of the bills.
    pub fn ids(&self) -> Vec<&str> {
        self.0.values().map(|hold| hold.id.as_str()).collect()
    }

    /// Their bills, as the engine takes them.
    pub fn bills(&self) -> SealedBills {
        SealedBills::of(self.0.values().map(|hold| hold.consignment.as_str()))
    }
}
