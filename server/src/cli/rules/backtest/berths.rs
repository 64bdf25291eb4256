//! Inspections by port of discharge and day: how many were asked for, how many are now, and what is opened where there is room
//! for so many.
//!
//! In: bills with whether either set of rules asks for an inspection. Out: [`Berth`]s and, for a gate, who has a part in what is
//! added. Cost: memory by ports and days, at most [`MAX_BERTHS`] of them, never by bills.

use std::collections::{BTreeMap, BTreeSet};

use palisander_engine::Date;
use serde::Serialize;

use super::both::Both;
use crate::cli::rules::flip::Bill;
use crate::cli::safe;

/// Ports and days that are told apart: thirty ports over a year. Ports are words of manifests, which may invent them.
pub const MAX_BERTHS: usize = 12_000;

/// A port and a day of arrival; bills beyond [`MAX_BERTHS`] and those that do not say stand under neither.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Where {
    /// As declared, safe to print; `None` = not said.
    pub port: Option<String>,
    /// `None` = not said.
    pub day: Option<Date>,
}

/// Inspections at one port on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Berth {
    #[serde(flatten)]
    pub at: Where,
    /// Bills that arrive.
    pub n_bills: u64,
    /// Inspections that the rules ask for, before and after.
    pub asked: Both<u64>,
    /// Asked for only under the new rules.
    pub added: u64,
    /// Asked for only under the old ones.
    pub dropped: u64,
    /// Where a capacity is given: what there is room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<Room>,
}

/// What is opened of the inspections asked for: the most urgent, as many as there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Room {
    /// Opened under the new rules that were not under the old ones.
    pub opened_now: u64,
    /// Opened under the old rules that are no longer: pushed out, or no longer asked for.
    pub opened_no_more: u64,
    /// Asked for without room, before and after.
    pub left: Both<u64>,
}

/// Counts of all of them.
#[derive(Debug, Default)]
pub struct Berths {
    capacity: Option<usize>,
    all: BTreeMap<Where, Counts>,
    n_seen: u64,
}

#[derive(Debug, Default)]
struct Counts {
    n_bills: u64,
    asked: Both<u64>,
    added: u64,
    dropped: u64,
    /// By number of the indicator: inspections added in which it has a part.
    by_indicator: BTreeMap<usize, u64>,
    /// The most urgent under either, by key, with the number of the bill in the stream.
    opened: Both<BTreeMap<String, u64>>,
}

impl Berths {
    /// Nothing counted; where a capacity is given the most urgent are kept.
    pub fn new(capacity: Option<usize>) -> Self {
        Self { capacity, ..Self::default() }
    }

    /// Counts a bill. `parts`: numbers of the indicators that have a part in an added inspection.
    pub fn take(&mut self, tried: &Bill, is_inspected: Both<bool>, parts: &[usize]) {
        self.n_seen += 1;
        let port = tried.port.as_deref().map(|port| safe::line(port).into_owned());
        let at = Where { port, day: tried.day };
        let has_room = self.all.len() < MAX_BERTHS || self.all.contains_key(&at);
        let counts = self.all.entry(if has_room { at } else { Where { port: None, day: None } }).or_default();
        counts.n_bills += 1;
        let [was, is] = is_inspected;
        counts.added += u64::from(is && !was);
        counts.dropped += u64::from(was && !is);
        for number in parts {
            *counts.by_indicator.entry(*number).or_default() += 1;
        }
        let sides = counts.asked.iter_mut().zip(&mut counts.opened).zip(&tried.judged).zip(is_inspected);
        for (((asked, opened), judged), _) in sides.filter(|(_, is_inspected)| *is_inspected) {
            *asked += 1;
            let Some(capacity) = self.capacity else { continue };
            opened.insert(judged.rank_key.clone(), self.n_seen);
            if opened.len() > capacity {
                opened.pop_last();
            }
        }
    }

    /// Of each port and day, in order.
    pub fn told(&self) -> Vec<Berth> {
        let berth = |(at, counts): (&Where, &Counts)| Berth {
            at: at.clone(),
            n_bills: counts.n_bills,
            asked: counts.asked,
            added: counts.added,
            dropped: counts.dropped,
            room: self.capacity.map(|_| counts.room()),
        };
        self.all.iter().map(berth).collect()
    }

    /// Inspections added at each port and day, and of each indicator its part.
    pub fn added(&self) -> impl Iterator<Item = (&Where, u64, &BTreeMap<usize, u64>)> {
        self.all.iter().map(|(at, counts)| (at, counts.added, &counts.by_indicator))
    }
}

impl Counts {
    fn room(&self) -> Room {
        let [before, after] = &self.opened;
        let bills = |opened: &BTreeMap<String, u64>| opened.values().copied().collect::<BTreeSet<_>>();
        let (was, is) = (bills(before), bills(after));
        let [asked, asked_after] = self.asked;
        Room {
            opened_now: is.difference(&was).count() as u64,
            opened_no_more: was.difference(&is).count() as u64,
            left: [asked - before.len() as u64, asked_after - after.len() as u64],
        }
    }
}
