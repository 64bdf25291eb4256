//! Bills on which something may be seen: those of the cases, and the same with other figures and words.
//!
//! In: an engine with its rules. Out: the first or best bill that shows what is asked. Each is asked of the engine as it is told.
//! Not here: how a bill is altered (`altered.rs`).

use std::cell::OnceCell;

use serde_json::Value;

use super::super::cases::{self, Case, Ran};
use super::super::ways::Way;
use super::altered::altered;
use super::found::Shown;
use crate::assess::Engine;
use crate::profile::Lane;

/// Altered bills that are tried over all.
pub(super) const MAX_TRIED: usize = 6_000;
/// Altered bills that are tried for one claim.
const MAX_FOR_ONE: usize = 160;
/// Ways of a test that bills are altered by.
const MAX_WAYS: usize = 8;
/// Bills after which one that shows it well enough is taken.
const ENOUGH: usize = 40;

/// What a case expects: a bill is shown for what it is.
const EXPECTED: [&str; 8] =
    ["must_hit", "must_not_hit", "must_be_unverifiable", "lane", "lane_min", "lane_max", "cites", "known_gap"];

/// One bill, and what the engine says of it once it is asked.
pub(super) struct Bill {
    /// The profile of whose cases it is.
    pub(super) profile: String,
    /// As a case without what that expects.
    pub(super) case: Value,
    /// Its case holds that it is green.
    pub(super) is_green: bool,
    read: Case,
    ran: OnceCell<Option<Ran>>,
}

impl Bill {
    /// Nothing lies beside it that an engine would have to be made for.
    fn is_plain(&self) -> bool {
        self.read.register.is_none() && self.read.alerts.is_empty() && self.read.tables.is_empty()
    }
}

/// All bills at hand.
pub(super) struct Bills<'a> {
    engine: &'a Engine,
    pub(super) all: Vec<Bill>,
    left: usize,
}

/// How well a bill shows something: nothing is better than 0; `None` = not at all. With what is to be seen.
pub(super) type Shows = Option<(usize, String)>;

impl<'a> Bills<'a> {
    pub(super) fn of(engine: &'a Engine) -> Self {
        let profiles = engine.profiles().profiles.iter();
        let cases = profiles.flat_map(|profile| profile.cases.iter().map(move |(_, text)| (profile, text)));
        let read = cases.filter_map(|(profile, text)| {
            let read = cases::read(text).ok()?;
            let is_green = [read.lane, read.lane_max].contains(&Some(Lane::Green));
            let mut case: Value = serde_json::from_str(text).ok()?;
            case.as_object_mut()?.retain(|key, _| !EXPECTED.contains(&key.as_str()));
            Some(Bill { profile: profile.id.clone(), case, is_green, read, ran: OnceCell::new() })
        });
        Self { engine, all: read.collect(), left: MAX_TRIED }
    }

    /// The bills, those of the cases of `profile` first and plain ones before others.
    pub(super) fn order(&self, profile: &str) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by_key(|n| self.all.get(*n).map(|bill| (bill.profile != profile, !bill.is_plain())));
        order
    }

    /// What the engine says of a bill; asked once.
    pub(super) fn ran(&self, n: usize) -> Option<&Ran> {
        let bill = self.all.get(n)?;
        bill.ran.get_or_init(|| cases::run(self.engine, &bill.profile, "", &bill.read).ok()).as_ref()
    }

    /// The bill that shows it best: of the cases, those of `profile` first; else one that is altered so that a way is taken.
    pub(super) fn seek(
        &mut self,
        profile: &str,
        ways: &[Way<'_>],
        wanted: &dyn Fn(&Bill) -> bool,
        shows: &dyn Fn(&Ran) -> Shows,
    ) -> Option<Shown> {
        let mut order = self.order(profile);
        order.retain(|n| self.all.get(*n).is_some_and(wanted));
        let mut best: Option<(usize, Shown)> = None;
        let is_better =
            |best: &Option<(usize, Shown)>, rank: usize| best.as_ref().is_none_or(|(least, _)| rank < *least);
        for (looked, n) in order.iter().enumerate() {
            let (Some(bill), Some(ran)) = (self.all.get(*n), self.ran(*n)) else { continue };
            if let Some((rank, what)) = shows(ran).filter(|(rank, _)| is_better(&best, *rank)) {
                best = Some((rank, shown(bill.case.clone(), ran, what)));
            }
            if best.as_ref().is_some_and(|(rank, _)| *rank == 0 || looked >= ENOUGH) {
                return best.map(|(_, shown)| shown);
            }
        }
        let tried = ways.iter().take(MAX_WAYS).flat_map(|way| order.iter().map(move |n| (way, *n)));
        for (way, n) in tried.take(MAX_FOR_ONE).filter(|_| best.is_none()).collect::<Vec<_>>() {
            let Some(bill) = self.all.get(n).filter(|bill| bill.is_plain()) else { continue };
            let Some(case) = altered(&bill.case, way) else { continue };
            let Some(ran) = self.run(&case) else { continue };
            if let Some((rank, what)) = shows(&ran).filter(|(rank, _)| is_better(&best, *rank)) {
                best = Some((rank, shown(case, &ran, what)));
                if rank == 0 {
                    break;
                }
            }
        }
        best.map(|(_, shown)| shown)
    }

    /// Asks the engine about a case; `None` = it cannot be read, or as many were asked about as may be.
    pub(super) fn run(&mut self, case: &Value) -> Option<Ran> {
        self.left = self.left.checked_sub(1)?;
        let case = cases::read(&case.to_string()).ok()?;
        cases::run(self.engine, "", "", &case).ok()
    }
}

/// A bill as it is told.
pub(super) fn shown(case: Value, ran: &Ran, shows: String) -> Shown {
    let answer = &ran.assessment;
    let all = answer.hits.iter().chain(&answer.shadow_hits);
    let mut hits: Vec<String> = all.map(|hit| format!("{}/{}", hit.profile, hit.indicator)).collect();
    hits.dedup();
    Shown { case, shows, lane: answer.lane, score: answer.score, hits }
}
