//! Other lots to the same receivers, up to the day of a consignment.
//!
//! In: the records of an edition in order. Out: for the receivers of a lot, how many small lots and lots of unknown size
//! come until the day of a key, each consignment once: lots of one day are told of each other, whatever their order. Large lots are not filed: they add up to nothing small.
//! Cost: one look-up a receiver, and at most [`MAX_LOOKED`] records of each list; so a receiver of a million lots costs
//! its next bill no more than one of a thousand.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::record::{Identity, Key, Lot, Remembered, Size};
use crate::codes::Date;

/// Lots that are counted; rules ask for ten at most.
pub const MAX_LOTS: usize = 100;
/// Records of one receiver that are looked at, the latest first: versions of one bill count once.
pub const MAX_LOOKED: usize = 1_000;
/// Bills that are named.
const NAMED: usize = 10;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Lots {
    /// Small ones, at most [`MAX_LOTS`].
    pub small: usize,
    /// Of unknown size, at most [`MAX_LOTS`].
    pub of_unknown_size: usize,
    /// Some of their bills.
    pub bills: Vec<String>,
}

/// Records by receiver, in the order of the edition.
#[derive(Debug, Clone, Default)]
pub(super) struct ByReceiver {
    small: HashMap<String, Vec<u32>>,
    unknown: HashMap<String, Vec<u32>>,
}

impl ByReceiver {
    pub(super) fn build(records: &[Remembered]) -> Self {
        let mut by = Self::default();
        for (n, record) in (0_u32..).zip(records) {
            let Some(lot) = &record.lot else { continue };
            let map = match lot.size {
                Size::Small => &mut by.small,
                Size::Unknown => &mut by.unknown,
                Size::Large => continue,
            };
            for receiver in &lot.receivers {
                map.entry(receiver.clone()).or_default().push(n);
            }
        }
        by
    }

    pub(super) fn find(&self, records: &[Remembered], lot: &Lot, from: Date, own: &Key) -> Lots {
        let small = in_map(&self.small, records, lot, from, own);
        // A consignment with a version of either size is counted once, as the smaller.
        let mut unknown = in_map(&self.unknown, records, lot, from, own);
        unknown.retain(|identity, _| !small.contains_key(identity));
        // An importer that gets its goods under its own name, each lot under a permit of its own that agrees, hides nothing by
        // getting them often. One lot of another kind among them, and all count.
        if small.values().chain(unknown.values()).all(|is_repeat| *is_repeat) {
            return Lots::default();
        }
        let mut bills: Vec<String> =
            small.keys().chain(unknown.keys()).map(|identity| identity.bill().to_owned()).collect();
        bills.truncate(NAMED);
        Lots { small: small.len(), of_unknown_size: unknown.len(), bills }
    }
}

fn in_map<'a>(
    map: &HashMap<String, Vec<u32>>,
    records: &'a [Remembered],
    lot: &Lot,
    from: Date,
    own: &Key,
) -> BTreeMap<Identity<'a>, bool> {
    let mut found = BTreeMap::new();
    let key = |n: &u32| records.get(*n as usize).map(|record| &record.key);
    let repeats = |n: u32| {
        let other = records.get(n as usize).and_then(|record| record.lot.as_ref());
        other.is_some_and(|other| lot.repeats(other))
    };
    for list in lot.receivers.iter().filter_map(|receiver| map.get(receiver)) {
        let until = list.partition_point(|n| key(n).is_some_and(|key| key.on <= own.on));
        let latest_first = list.get(..until).unwrap_or_default().iter().rev().take(MAX_LOOKED);
        let latest_first = latest_first.filter_map(|n| Some((*n, key(n)?)));
        for (n, key) in latest_first.take_while(|(_, key)| key.on >= from) {
            if found.len() >= MAX_LOTS {
                return found;
            }
            if key.identity() != own.identity() {
                // A later version of a bill may say otherwise: each must be a repeat.
                let is_repeat = found.entry(key.identity()).or_insert(true);
                *is_repeat &= repeats(n);
            }
        }
    }
    found
}
