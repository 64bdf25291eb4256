//! Bills that were let go and that something told since would have stopped: released on one day, looked at again on another.
//!
//! In: information that acts, days. Out: bills of those days whose lane would be stricter now because of it, with both lanes. They are
//! judged again from the bytes that came, as of today. No lane moves by this: an officer raises it, or not. Not looked at are batches
//! that were all green, of which nothing is kept; their files are searched by `palisander rules hunt`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use palisander_engine::answers::Lane;
use palisander_engine::notices::leans_on;
use palisander_engine::{Engine, Label};
use serde::Serialize;

use super::caller::Caller;
use super::effects::named;
use super::ledger::Accounts;
use super::office::{Office, OfficeError};
use crate::bundle::answered;
use crate::config::{MAX_EFFECTS, MAX_RESELECTION_DAYS, MAX_RESELECTION_JUDGED};
use crate::store::{Assessed, Bill, InformationState, Kind};

/// A bill that was let go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reselected {
    /// Outward id of the assessment.
    pub id: String,
    pub consignment: String,
    pub lane_then: Lane,
    pub lane_in_force: Lane,
    pub lane_now: Lane,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reselection {
    pub bills: Vec<Reselected>,
    /// Bills that were judged again.
    pub judged: usize,
    /// Bills whose bytes are erased.
    pub erased: usize,
    /// Bills of batches that were all green: nothing of them is kept.
    pub green: u64,
    /// False when there are more bills than are told, or were judged.
    pub is_whole: bool,
}

impl Office {
    /// Bills of the last days that were let go and that a piece of information would stop now.
    pub fn reselection(&self, caller: &Caller, live: &Engine, id: &str, days: u32) -> Result<Reselection, OfficeError> {
        let (information, _) = self.handled(caller, id)?;
        if !(1..=MAX_RESELECTION_DAYS).contains(&days) {
            let most = format!("`days` is 1 to MAX_RESELECTION_DAYS ({MAX_RESELECTION_DAYS})");
            return Err(OfficeError::Wrong(vec![most]));
        }
        if information.state != InformationState::Live {
            return Err(OfficeError::Conflict(vec!["it does not act: nothing would be otherwise by it".to_owned()]));
        }
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let (record, today) = (named(&information), self.clock.today());
        let since = self.clock.now() - SignedDuration::from_hours(24 * i64::from(days));
        let mut found = Reselection { is_whole: true, ..Reselection::default() };
        let mut let_go: BTreeMap<u64, Vec<Bill>> = BTreeMap::new();
        self.each(Kind::Assessed, Timestamp::MAX, &mut |entry, said: Assessed| {
            if entry.at < since {
                return Ok(());
            }
            if said.payload.is_none() {
                found.green += said.n_bills;
            }
            for kept in said.kept {
                let bill = self.bill(&kept.id)?;
                // One that a hold let through stands in its last entry.
                if bill.in_force(today) <= Lane::Blue && bill.seq == entry.seq {
                    let_go.entry(entry.seq).or_default().push(bill);
                }
            }
            Ok(())
        })?;
        // The latest first: what left last is nearest.
        for bills in let_go.into_values().rev() {
            let Some(first) = bills.first() else { continue };
            let Some((said, body)) = self.batch_of(first)? else {
                found.erased += bills.len();
                continue;
            };
            for bill in bills {
                if found.judged >= MAX_RESELECTION_JUDGED || found.bills.len() >= MAX_EFFECTS {
                    found.is_whole = false;
                    return Ok(found);
                }
                let Some(place) = said.kept.iter().find(|kept| kept.id == bill.id).map(|kept| kept.n) else { continue };
                found.judged += 1;
                let accounts = Accounts::before(Arc::clone(&self.store), Label::Red, bill.seq);
                let Ok(answer) = answered(live, &body, &said.read, place, today, Some(&accounts)) else { continue };
                let lane_in_force = bill.in_force(today);
                if answer.lane <= lane_in_force {
                    continue;
                }
                let value = serde_json::to_value(&answer).unwrap_or_default();
                if leans_on(&value, &record).is_empty() {
                    continue;
                }
                found.bills.push(Reselected {
                    id: bill.id,
                    consignment: bill.consignment,
                    lane_then: bill.assessed,
                    lane_in_force,
                    lane_now: answer.lane,
                });
            }
        }
        Ok(found)
    }
}
