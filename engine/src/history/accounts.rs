//! Who took what from each permit, in the order of the edition.
//!
//! In: the claims of all records in order, and what stood on their accounts before. Out: for a permit and a key, what was accepted before it, the asking
//! consignment left out. A claim is accepted as far as the permit allows, with its tolerance; a consignment counts once,
//! with the most that any accepted version of it asked. What stands later never changes what stood before.
//! Cost: built once, one step a claim; a question is a binary search.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::record::{Claimed, Key, Remembered};
use crate::codes::Date;
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

/// What stands on an account before the records of an edition: a consignment, and what it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booked {
    /// Key of the permit or quota.
    pub permit: String,
    /// Which consignment ([`Key::who`]).
    pub who: String,
    /// Bill of lading.
    pub bill: String,
    /// Taken, millionths of the base unit.
    pub micro: i64,
    /// Port where it was presented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// Departure and arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<(Date, Date)>,
}

/// What stands on accounts before, by account.
pub type Openings = BTreeMap<String, Vec<Booked>>;

/// One accepted claim, and what the permit's account holds after it.
#[derive(Debug, Clone)]
struct Step {
    /// `None` = it stood there before.
    record: Option<u32>,
    /// Bill of what stood there before.
    bill: Option<String>,
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
    /// What stood there before is in it.
    is_opened: bool,
}

/// The accounts of all permits.
#[derive(Debug, Clone, Default)]
pub(super) struct Accounts {
    by_permit: HashMap<String, Account>,
}

impl Accounts {
    pub(super) fn build(records: &[Remembered], openings: &Openings) -> Self {
        let mut accounts = Self::default();
        let mut travels: HashMap<String, Vec<Trip>> = HashMap::new();
        for (permit, booked) in openings {
            let account = accounts.by_permit.entry(permit.clone()).or_default();
            account.is_opened = true;
            for one in booked {
                account.open(one);
                account.follow(travels.entry(permit.clone()).or_default(), &Trip::of(&one.port, one.days));
            }
        }
        for (n, record) in (0_u32..).zip(records) {
            for claim in &record.claims {
                let account = accounts.by_permit.entry(claim.permit.clone()).or_default();
                if account.accept(n, &record.key, claim) {
                    let travel = travels.entry(claim.permit.clone()).or_default();
                    account.follow(travel, &Trip::of(&claim.port, claim.days));
                }
            }
        }
        accounts
    }

    /// Does the account hold what stood there before the records?
    pub(super) fn is_opened(&self, permit: &str) -> bool {
        self.by_permit.get(permit).is_some_and(|account| account.is_opened)
    }

    pub(super) fn before(&self, records: &[Remembered], permit: &str, own: &Key) -> Spending {
        let Some((account, steps)) = self.steps_before(records, permit, own) else { return Spending::default() };
        let Some(last) = steps.last() else { return Spending::default() };
        let who = account.numbers.get(&own.who()).copied();
        let is_own = |step: &&Step| Some(step.who) == who;
        let taken_by_own = who.and_then(|who| account.last_of(who, steps.len())).map_or(0, |step| step.own_micro);
        let mut by: Vec<String> = Vec::new();
        for step in steps.iter().take(MAX_TRAVEL).filter(|step| !is_own(step)) {
            let bill = bill(records, step);
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

    /// What each consignment took before `own`, in the order in which they came; `own` is left out.
    pub(super) fn taken_before(&self, records: &[Remembered], permit: &str, own: &Key) -> Vec<Booked> {
        let Some((account, steps)) = self.steps_before(records, permit, own) else { return Vec::new() };
        let own = own.who();
        let mut whose: Vec<(&String, &usize)> = account.numbers.iter().filter(|(who, _)| **who != own).collect();
        whose.sort_by_key(|(_, n)| **n);
        let taken = whose.into_iter().filter_map(|(who, n)| {
            let last = account.last_of(*n, steps.len())?;
            let record = last.record.and_then(|record| records.get(record as usize));
            let claim = record.and_then(|record| record.claims.iter().find(|claim| claim.permit == permit));
            Some(Booked {
                permit: permit.to_owned(),
                who: who.clone(),
                bill: bill(records, last),
                micro: last.own_micro,
                port: last.port.clone(),
                days: claim.and_then(|claim| claim.days),
            })
        });
        taken.collect()
    }

    fn steps_before(&self, records: &[Remembered], permit: &str, own: &Key) -> Option<(&Account, &[Step])> {
        let account = self.by_permit.get(permit)?;
        let is_before = |step: &Step| match step.record {
            None => true,
            Some(record) => records.get(record as usize).is_some_and(|record| record.key < *own),
        };
        let end = account.steps.partition_point(is_before);
        Some((account, account.steps.get(..end).unwrap_or_default()))
    }
}

/// The bill of a step.
fn bill(records: &[Remembered], step: &Step) -> String {
    let of_record = || Some(records.get(step.record? as usize)?.key.bill.clone());
    step.bill.clone().or_else(of_record).unwrap_or_default()
}

/// What others took, of what stands on an account without any edition. `own` is left out.
pub(super) fn spending(booked: &[Booked], own: &Key) -> Spending {
    let mut account = Account::default();
    let mut travel = Vec::new();
    let who = own.who();
    for one in booked.iter().filter(|one| one.who != who) {
        account.open(one);
        account.follow(&mut travel, &Trip::of(&one.port, one.days));
    }
    let Some(last) = account.steps.last() else { return Spending::default() };
    let mut by: Vec<String> = Vec::new();
    for step in account.steps.iter().take(MAX_TRAVEL) {
        let bill = step.bill.clone().unwrap_or_default();
        if by.len() < NAMED && !by.contains(&bill) {
            by.push(bill);
        }
    }
    let at = |n: usize| account.steps.get(n).and_then(|step| step.port.clone());
    let elsewhere = last.elsewhere.and_then(|(a, b)| at(a).zip(at(b)));
    Spending { micro: last.micro, n: last.n, by, elsewhere }
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
        let who = *self.numbers.entry(key.who()).or_insert(next);
        let (used, own) = self.used(who);
        let more = claim.micro.saturating_sub(own);
        if more <= 0 || used.saturating_add(more) > claim.allowed_micro {
            return false;
        }
        self.book(who, claim.micro, more, Some(record), None, claim.port.clone());
        true
    }

    /// Books what stood there before, whatever the permit allows: it was accepted then.
    fn open(&mut self, booked: &Booked) {
        let next = self.numbers.len();
        let who = *self.numbers.entry(booked.who.clone()).or_insert(next);
        let more = booked.micro.saturating_sub(self.used(who).1);
        self.book(who, booked.micro, more, None, Some(booked.bill.clone()), booked.port.clone());
    }

    /// What all have taken, and what one of them.
    fn used(&self, who: usize) -> (i64, i64) {
        let own = self.last_of(who, usize::MAX).map_or(0, |step| step.own_micro);
        (self.steps.last().map_or(0, |step| step.micro), own)
    }

    fn book(
        &mut self,
        who: usize,
        own_micro: i64,
        more: i64,
        record: Option<u32>,
        bill: Option<String>,
        port: Option<String>,
    ) {
        let (used, n, elsewhere) = self.steps.last().map_or((0, 0, None), |step| (step.micro, step.n, step.elsewhere));
        let is_first = self.last_of(who, usize::MAX).is_none_or(|step| step.own_micro == 0);
        if who >= self.by_who.len() {
            self.by_who.resize_with(who + 1, Vec::new);
        }
        if let Some(steps) = self.by_who.get_mut(who) {
            steps.push(self.steps.len());
        }
        let micro = used.saturating_add(more);
        let n = n + usize::from(is_first);
        self.steps.push(Step { record, bill, who, own_micro, micro, n, elsewhere, port });
    }

    /// Was the permit elsewhere in the days of the step booked last?
    fn follow(&mut self, travel: &mut Vec<Trip>, trip: &Trip) {
        let Some(at) = self.steps.len().checked_sub(1) else { return };
        let who = |n: usize| self.steps.get(n).map(|step| step.who);
        let meets = |other: &&Trip| who(other.step) != who(at) && other.overlaps_elsewhere(trip);
        let other = travel.iter().find(meets).map(|other| other.step);
        if let (Some(other), Some(step)) = (other, self.steps.get_mut(at))
            && step.elsewhere.is_none()
        {
            step.elsewhere = Some((other, at));
        }
        if travel.len() < MAX_TRAVEL {
            travel.push(Trip { step: at, ..trip.clone() });
        }
    }
}

/// Where a paper was presented, and in which days.
#[derive(Debug, Clone)]
struct Trip {
    step: usize,
    port: Option<String>,
    days: Option<(Date, Date)>,
}

impl Trip {
    fn of(port: &Option<String>, days: Option<(Date, Date)>) -> Self {
        Self { step: 0, port: port.clone(), days }
    }

    /// One paper cannot be at two ports in the same days.
    fn overlaps_elsewhere(&self, other: &Self) -> bool {
        let elsewhere = self.port.is_some() && other.port.is_some() && self.port != other.port;
        let (Some((from, to)), Some((other_from, other_to))) = (self.days, other.days) else { return false };
        elsewhere && from <= other_to && other_from <= to
    }
}
