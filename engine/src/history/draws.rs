//! What a batch of consignments takes from permits, and what it gives back.
//!
//! In: its records in their order, and what stands on the accounts before. Out: a [`Draw`] for each claim: the whole of it where
//! the permit allows it with its tolerance, else nothing. A filing that replaces another one of its bill stands in its place; one
//! that takes it back, or the whole manifest, gives back. The sum of what was accepted on a permit never passes what it allows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::accounts::Openings;
use super::record::{Claimed, Remembered};
use crate::codes::Date;
use crate::manifest::Function;
use crate::permits::{PermitKey, TOLERANCE};

/// What one consignment takes from one permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    /// Key of the permit or quota.
    pub permit: String,
    /// Which consignment.
    pub who: String,
    /// Which manifest of its sender; empty where the sender is not named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filing: String,
    /// Bill of lading.
    pub bill: String,
    /// Asked, millionths of the base unit; nothing where it gives back.
    pub micro: i64,
    /// Accepted as covered: all of it, or nothing.
    pub accepted: i64,
    /// What the permit allows with its tolerance.
    pub allowed_micro: i64,
    /// Port where it is presented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// Departure and arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<(Date, Date)>,
}

/// What filings that take back or replace are about, as the ledger knows it.
pub struct GivenBack {
    /// Accounts from which each consignment has taken.
    pub of_who: BTreeMap<String, BTreeSet<String>>,
    /// Consignments of each manifest that have taken anything, with their bills.
    pub of_filing: BTreeMap<String, BTreeMap<String, String>>,
    /// Consignments that the sender of the batch may take back or replace.
    pub may: BTreeSet<String>,
}

/// Consignments and manifests that records take back or replace: what is asked of the ledger first.
pub fn acted_on(records: &[Remembered]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut whose, mut filings) = (BTreeSet::new(), BTreeSet::new());
    for record in records.iter().filter(|record| acts(record)) {
        let _ = match (is_whole(record), record.key.filing()) {
            (true, Some(filing)) => filings.insert(filing),
            _ => whose.insert(record.key.who()),
        };
    }
    (whose, filings)
}

fn function(record: &Remembered) -> Function {
    record.filing.as_ref().map_or(Function::Original, |filing| filing.function)
}

fn acts(record: &Remembered) -> bool {
    function(record) != Function::Original && !record.key.sender.is_empty()
}

/// Does it take back a whole manifest?
fn is_whole(record: &Remembered) -> bool {
    function(record) == Function::Cancel && record.key.bill.is_empty()
}

/// What records draw, in their order. `openings` hold every account that they claim, or that is given back.
pub fn draws(records: &[Remembered], openings: &Openings, back: &GivenBack) -> Vec<Draw> {
    let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
    for (permit, booked) in openings {
        let account = accounts.entry(permit.clone()).or_default();
        for one in booked {
            account.set(&one.who, one.micro);
        }
    }
    let mut drawn = Vec::new();
    for record in records {
        let who = record.key.who();
        let filing = record.key.filing().unwrap_or_default();
        if acts(record) && is_whole(record) {
            for (who, bill) in back.of_filing.get(&filing).into_iter().flatten() {
                release(&mut accounts, back, who, bill, &filing, &BTreeSet::new(), &mut drawn);
            }
            continue;
        }
        if acts(record) {
            let claimed = record.claims.iter().map(|claim| claim.permit.as_str()).collect();
            release(&mut accounts, back, &who, &record.key.bill, &filing, &claimed, &mut drawn);
        }
        for claim in &record.claims {
            let account = accounts.entry(claim.permit.clone()).or_default();
            let before = account.of(&who);
            let replaces = acts(record) && back.may.contains(&who);
            if !replaces && before >= claim.micro {
                continue;
            }
            let others = account.sum - before;
            // What is used up takes no more, not even within the tolerance of measuring.
            let fits = others < least_full(claim) && others.saturating_add(claim.micro) <= claim.allowed_micro;
            // What does not fit leaves what was accepted before, unless it stands in its place.
            let accepted = match (fits, replaces) {
                (true, _) => claim.micro,
                (false, true) => 0,
                (false, false) => before,
            };
            account.set(&who, accepted);
            drawn.push(draw(claim, &who, &record.key.bill, &filing, accepted));
        }
    }
    drawn
}

/// The least that uses a permit up, by which bills are told that nothing is left: its quantity without the tolerance, which quotas
/// have none of.
fn least_full(claim: &Claimed) -> i64 {
    let allowed = claim.allowed_micro as f64;
    let tolerance = if PermitKey::of_account(&claim.permit).is_quota() { 0.0 } else { TOLERANCE };
    (allowed / (1.0 + tolerance) * (1.0 - USED_UP)).floor() as i64
}

/// Less than this part left of a permit is nothing.
const USED_UP: f64 = 1e-6;

/// What was accepted on an account.
#[derive(Default)]
struct Account {
    by: BTreeMap<String, i64>,
    sum: i64,
}

impl Account {
    fn of(&self, who: &str) -> i64 {
        self.by.get(who).copied().unwrap_or(0)
    }

    fn set(&mut self, who: &str, micro: i64) {
        let before = self.by.insert(who.to_owned(), micro).unwrap_or(0);
        self.sum = self.sum.saturating_add(micro - before);
    }
}

fn draw(claim: &Claimed, who: &str, bill: &str, filing: &str, accepted: i64) -> Draw {
    let Claimed { permit, micro, allowed_micro, port, days } = claim.clone();
    let (who, bill, filing) = (who.to_owned(), bill.to_owned(), filing.to_owned());
    Draw { permit, who, filing, bill, micro, accepted, allowed_micro, port, days }
}

/// Gives back what a consignment has on every account but those that it claims anew.
fn release(
    accounts: &mut BTreeMap<String, Account>,
    back: &GivenBack,
    who: &str,
    bill: &str,
    filing: &str,
    but: &BTreeSet<&str>,
    drawn: &mut Vec<Draw>,
) {
    if !back.may.contains(who) {
        return;
    }
    for permit in back.of_who.get(who).into_iter().flatten().filter(|permit| !but.contains(permit.as_str())) {
        let account = accounts.entry(permit.clone()).or_default();
        if account.of(who) > 0 {
            account.set(who, 0);
            let nothing = Claimed { permit: permit.clone(), micro: 0, allowed_micro: 0, port: None, days: None };
            drawn.push(draw(&nothing, who, bill, filing, 0));
        }
    }
}
