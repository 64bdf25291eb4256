//! What a piece of information did: which kept bills lean on it, what they would be now, and who has read it.
//!
//! In: information that acts or acted. Out: bills above green whose answer names it, each with its lane then, in force, and by the
//! engine that answers now. No lane falls by this: whoever lowers one needs a second person. Bills are judged again from the bytes
//! that came, as bundles are.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use flate2::read::GzDecoder;
use palisander_engine::answers::Lane;
use palisander_engine::notices::{AlertRecord, leans_on};
use palisander_engine::{Engine, Label};
use serde::Serialize;
use serde_json::Value;

use super::caller::Caller;
use super::ledger::Accounts;
use super::office::{Office, OfficeError};
use crate::bundle::answered;
use crate::config::{MAX_BODY_BYTES, MAX_EFFECTS, MAX_PAGE};
use crate::hex;
use crate::store::{Assessed, Bill, Information, QueueQuestion, StoreError};

/// A bill whose answer names the information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// Outward id of the assessment.
    pub id: String,
    pub consignment: String,
    pub lane_then: Lane,
    pub lane_in_force: Lane,
    /// By the engine that answers now; `None` where the bytes that came are erased or cannot be read any more.
    pub lane_now: Option<Lane>,
}

/// A batch as the log says it, and the bytes that came.
type Came = (Assessed, Arc<[u8]>);

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Effects {
    pub bills: Vec<Effect>,
    /// Readers who have read it, by id, as far as it was AMBER or stricter.
    pub readers: Vec<String>,
    /// False when there are more bills than are told.
    pub is_whole: bool,
}

impl Office {
    /// What a piece of information did.
    pub fn effects(&self, caller: &Caller, live: &Engine, id: &str) -> Result<Effects, OfficeError> {
        let (information, _) = self.handled(caller, id)?;
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let record = named(&information);
        let mut effects = Effects { readers: self.store.readers_of(id)?, is_whole: true, ..Effects::default() };
        let today = self.clock.today();
        // A batch is read once for all its bills.
        let mut batches: BTreeMap<u64, Option<Came>> = BTreeMap::new();
        self.each_kept_bill(Label::Red, &mut |bill| {
            if !self.leans(bill, &record, Label::Red)? {
                return Ok(true);
            }
            if effects.bills.len() == MAX_EFFECTS {
                effects.is_whole = false;
                return Ok(false);
            }
            if !batches.contains_key(&bill.seq) {
                batches.clear();
                batches.insert(bill.seq, self.batch_of(bill)?);
            }
            let now = batches.get(&bill.seq).and_then(Option::as_ref).and_then(|(said, body)| {
                let place = said.kept.iter().find(|kept| kept.id == bill.id)?.n;
                // What others drew since is no work of the information.
                let accounts = Accounts::before(Arc::clone(&self.store), Label::Red, bill.seq);
                answered(live, body, &said.read, place, said.as_of, Some(&accounts)).ok()
            });
            effects.bills.push(Effect {
                id: bill.id.clone(),
                consignment: bill.consignment.clone(),
                lane_then: bill.assessed,
                lane_in_force: bill.in_force(today),
                lane_now: now.map(|answer| answer.lane),
            });
            Ok(true)
        })?;
        Ok(effects)
    }

    /// Hands out the bills above green as a clearance orders them, until `each` says that it is enough.
    pub(super) fn each_kept_bill(
        &self,
        clearance: Label,
        each: &mut dyn FnMut(&Bill) -> Result<bool, OfficeError>,
    ) -> Result<(), OfficeError> {
        let on = self.clock.today();
        for lane in Lane::ALL.iter().rev().copied() {
            let mut after = None;
            loop {
                let page = self.store.queue(&QueueQuestion { clearance, lane, on, after, limit: MAX_PAGE })?;
                let Some(last) = page.last() else { break };
                let rank = last.sights.get(&clearance).map(|sight| sight.rank.clone()).unwrap_or_default();
                after = Some((rank, last.id.clone()));
                for bill in &page {
                    if !each(bill)? {
                        return Ok(());
                    }
                }
                if page.len() < MAX_PAGE {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Does the answer to a bill name the record, as a clearance may know it?
    pub(super) fn leans(&self, bill: &Bill, record: &AlertRecord, clearance: Label) -> Result<bool, OfficeError> {
        let digest = bill.sights.get(&clearance).and_then(|sight| hex::read(&sight.answer));
        let body = digest.map(|digest| self.store.body(&digest)).transpose()?.flatten();
        // What stands in no letter of it does not stand in a hit.
        let names = [record.id.as_str(), record.citation()];
        let Some(text) = body.and_then(|body| String::from_utf8(body.bytes).ok()) else { return Ok(false) };
        let stands = |name: &&str| {
            let written = serde_json::to_string(name).unwrap_or_default();
            text.contains(written.trim_matches('"'))
        };
        if !names.iter().any(stands) {
            return Ok(false);
        }
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        Ok(!leans_on(&answer, record).is_empty())
    }

    /// The batch of a bill, and the bytes that came; `None` when they are erased.
    pub(super) fn batch_of(&self, bill: &Bill) -> Result<Option<Came>, OfficeError> {
        let entry = self.store.entries(bill.seq.saturating_sub(1), 1)?.pop();
        let body = entry.map(|entry| self.store.body(&entry.body)).transpose()?.flatten();
        let Some(said) = body.and_then(|body| serde_json::from_slice::<Assessed>(&body.bytes).ok()) else {
            return Ok(None);
        };
        let packed = said.payload.as_deref().and_then(hex::read).map(|digest| self.store.body(&digest)).transpose()?;
        let Some(packed) = packed.flatten() else { return Ok(None) };
        let mut plain = Vec::new();
        let read = GzDecoder::new(&*packed.bytes).take(MAX_BODY_BYTES as u64).read_to_end(&mut plain);
        read.map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok(Some((said, plain.into())))
    }
}

/// The record by which answers name it.
pub(super) fn named(information: &Information) -> AlertRecord {
    AlertRecord { id: information.id.clone(), number: information.told.number.clone(), ..AlertRecord::default() }
}
