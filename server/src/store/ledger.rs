//! What consignments drew from permits, as entries say it: one ledger for all that serve from a store.
//!
//! In: draws of a batch, said by its `assessed` entry; uses of an account in the order of the log. Out: how the account stands
//! to who may know so much. A batch is written only while the accounts that its answers rest on stand as they were read
//! ([`Met`]): so no two bills are told that the same part of a permit is left. Not here: SQL, and what a bill claims (the engine).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use palisander_engine::Label;
use palisander_engine::past::{Booked, Draw};
use serde::{Deserialize, Serialize};

/// A draw, and the clearances to whose engine it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    pub draw: Draw,
    pub labels: BTreeSet<Label>,
}

/// A use of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    pub drawn: Drawn,
    /// Who sent the bill.
    pub by: String,
    pub at: Timestamp,
}

/// An account that answers rest on, and the number of its last entry then; 0 without one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Met {
    pub account: String,
    pub last: u64,
}

/// How an account stands to a clearance: of each consignment the last that was said, in the order in which they came.
pub fn standing(uses: &[(u64, Use)], clearance: Label) -> Vec<Booked> {
    let mut order: Vec<Booked> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, one) in uses.iter().filter(|(_, one)| one.drawn.labels.contains(&clearance)) {
        let Draw { permit, who, bill, accepted, port, days, .. } = &one.drawn.draw;
        let booked = Booked {
            permit: permit.clone(),
            who: who.clone(),
            bill: bill.clone(),
            micro: *accepted,
            port: port.clone(),
            days: *days,
        };
        match places.get(who.as_str()).and_then(|n| order.get_mut(*n)) {
            Some(known) => *known = booked,
            None => {
                places.insert(who, order.len());
                order.push(booked);
            }
        }
    }
    order.retain(|booked| booked.micro > 0);
    order
}
