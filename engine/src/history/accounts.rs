//! Who took what from each permit, in the order of the edition.
//!
//! In: the claims of all records in order. Out: for a permit and a key, what was accepted before it, the asking
//! consignment left out. A claim is accepted as far as the permit allows, with its tolerance; a consignment counts once,
//! with the most that any accepted version of it asked. What stands later never changes what stood before.
//! Cost: built once, one step a claim; a question is a binary search.

use std::collections::HashMap;

use serde::Serialize;

use super::record::{Claimed, Key, Remembered};
use crate::permits::{MAX_TRAVEL, NAMED, Spent};

/// Millionths of the base unit in one.
const MICRO: f64 = 1_000_000.0;

/// What others took, with the exact sum.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Spending {
    /// Millionths of the permit's base unit.
    pub micro: i64,
    /// Number of consignments.
    pub n: usize,
    /// The first of them.
    pub by: Vec<String>,
    /// Two ports at which it was in the same days.
    pub elsewhere: Option<(String, String)>,
}

impl From<&Spending> for Spent {
    fn from(from: &Spending) -> Self {
        let Spending { micro, n, by, elsewhere } = from.clone();
        Self { used: micro as f64 / MICRO, n, by, elsewhere }
    }
}

/// One accepted claim, and what the permit's account holds after it.
#[derive(Debug, Clone)]
struct Step {
    record: u32,
    /// Who, as a number within the account.
    who: usize,
    /// What this consignment has taken in all.
    own_micro: i64,
    /// What all have taken.
    micro: i64,
    /// How many consignments.
    n: usize,
    /// Two steps that were at two ports in the same days.
    elsewhere: Option<(usize, usize)>,
    port: Option<String>,
}

/// The account of one permit.
#[derive(Debug, Clone, Default)]
struct Account {
    steps: Vec<Step>,
    /// Numbers of the consignments.
    numbers: HashMap<String, usize>,
    /// Steps of each consignment, in order.
    by_who: Vec<Vec<usize>>,
}

/// The accounts of all permits.
#[derive(Debug, Clone, Default)]
pub(super) struct Accounts {
    by_permit: HashMap<String, Account>,
}

impl Accounts {
    pub(super) fn build(records: &[Remembered]) -> Self {
        let mut accounts = Self::default();
        let mut travels: HashMap<&str, Vec<(usize, &Claimed)>> = HashMap::new();
        for (n, record) in (0_u32..).zip(records) {
            for claim in &record.claims {
                let account = accounts.by_permit.entry(claim.permit.clone()).or_default();
                if account.accept(n, &record.key, claim) {
                    let travel = travels.entry(&claim.permit).or_default();
                    account.follow(travel, claim);
                }
            }
        }
        accounts
    }

    pub(super) fn before(&self, records: &[Remembered], permit: &str, own: &Key) -> Spending {
        let Some(account) = self.by_permit.get(permit) else { return Spending::default() };
        let key = |step: &Step| records.get(step.record as usize).map(|record| &record.key);
        let end = account.steps.partition_point(|step| key(step).is_some_and(|key| key < own));
        let steps = account.steps.get(..end).unwrap_or_default();
        let Some(last) = steps.last() else { return Spending::default() };
        let who = account.numbers.get(&own.identity().text()).copied();
        let is_own = |step: &&Step| Some(step.who) == who;
        let taken_by_own = who.and_then(|who| account.last_of(who, end)).map_or(0, |step| step.own_micro);
        let mut by: Vec<String> = Vec::new();
        for step in steps.iter().take(MAX_TRAVEL).filter(|step| !is_own(step)) {
            let bill = key(step).map(|key| key.bill.clone()).unwrap_or_default();
            if by.len() < NAMED && !by.contains(&bill) {
                by.push(bill);
            }
        }
        let at = |n: usize| steps.get(n).filter(|step| !is_own(step)).and_then(|step| step.port.clone());
        Spending {
            micro: last.micro - taken_by_own,
            n: last.n - usize::from(taken_by_own > 0),
            by,
            elsewhere: last.elsewhere.and_then(|(a, b)| at(a).zip(at(b))),
        }
    }
}

impl Account {
    /// The last step of a consignment among the first `end`.
    fn last_of(&self, who: usize, end: usize) -> Option<&Step> {
        let steps = self.by_who.get(who)?;
        let n = steps.partition_point(|n| *n < end).checked_sub(1)?;
        steps.get(n).and_then(|n| self.steps.get(*n))
    }

    /// Books a claim if the permit allows it.
    fn accept(&mut self, record: u32, key: &Key, claim: &Claimed) -> bool {
        let next = self.numbers.len();
        let who = *self.numbers.entry(key.identity().text()).or_insert(next);
        let own = self.last_of(who, usize::MAX).map_or(0, |step| step.own_micro);
        let (used, n, elsewhere) = self.steps.last().map_or((0, 0, None), |step| (step.micro, step.n, step.elsewhere));
        let more = claim.micro.saturating_sub(own);
        if more <= 0 || used.saturating_add(more) > claim.allowed_micro {
            return false;
        }
        if who >= self.by_who.len() {
            self.by_who.resize_with(who + 1, Vec::new);
        }
        if let Some(steps) = self.by_who.get_mut(who) {
            steps.push(self.steps.len());
        }
        self.steps.push(Step {
            record,
            who,
            own_micro: claim.micro,
            micro: used.saturating_add(more),
            n: n + usize::from(own == 0),
            elsewhere,
            port: claim.port.clone(),
        });
        true
    }

    /// Was the permit elsewhere in the days of the step booked last?
    fn follow<'a>(&mut self, travel: &mut Vec<(usize, &'a Claimed)>, claim: &'a Claimed) {
        let Some(at) = self.steps.len().checked_sub(1) else { return };
        let who = |n: usize| self.steps.get(n).map(|step| step.who);
        let meets = |other: &&(usize, &Claimed)| who(other.0) != who(at) && overlaps_elsewhere(other.1, claim);
        let other = travel.iter().find(meets).map(|(n, _)| *n);
        if let (Some(other), Some(step)) = (other, self.steps.get_mut(at))
            && step.elsewhere.is_none()
        {
            step.elsewhere = Some((other, at));
        }
        if travel.len() < MAX_TRAVEL {
            travel.push((at, claim));
        }
    }
}

/// One paper cannot be at two ports in the same days.
fn overlaps_elsewhere(a: &Claimed, b: &Claimed) -> bool {
    let elsewhere = a.port.is_some() && b.port.is_some() && a.port != b.port;
    let (Some((from, to)), Some((other_from, other_to))) = (a.days, b.days) else { return false };
    elsewhere && from <= other_to && other_from <= to
}
