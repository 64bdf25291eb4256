//! What an entry means to a reader who is told of events: a small message of kinds and ids, or nothing.
//!
//! In: an entry, and a reader as he is now. Out: messages, without names, numbers of entries and anything that a body says.
//! What a call would not show him is not told: to those outside only their own bills exist, to a carrier no lanes.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::access::Audience;
use super::caller::Caller;
use super::informed::is_seen;
use super::office::{Office, OfficeError};
use crate::hex;
use crate::store::{
    Deciding, Decision, Entry, Event, Information, InformationState, Job, JobState, Kind, Only, Reported,
};

/// A message, as its body says it (Standard Webhooks).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    #[serde(rename = "type")]
    pub event: Event,
    /// When it happened.
    pub timestamp: Timestamp,
    pub data: About,
}

/// Ids of what it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct About {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub information: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
}

impl Office {
    /// What an entry means to a reader, in the order in which it is told.
    pub fn messages(&self, entry: &Entry, caller: &Caller, only: &Only) -> Result<Vec<Message>, OfficeError> {
        let message = |event, data| Message { event, timestamp: entry.at, data };
        let audience = caller.audience();
        let is_inside = audience >= Some(Audience::Officer);
        Ok(match entry.kind {
            Kind::Proposed | Kind::Confirmed | Kind::Raised | Kind::Lowered | Kind::Waived => {
                let Some(Decision { id, bill, kind, .. }) = self.said_in(entry)? else { return Ok(Vec::new()) };
                let about = About { assessment: Some(bill.clone()), ..About::default() };
                let mut all = Vec::new();
                if is_inside {
                    let event =
                        if entry.kind == Kind::Proposed { Event::DecisionProposed } else { Event::DecisionMade };
                    all.push(message(event, About { decision: Some(id), ..about.clone() }));
                }
                let is_other = entry.kind != Kind::Proposed && kind != Deciding::Confirmed;
                if is_other && (is_inside || self.is_own_lane(caller, &bill)?) {
                    all.push(message(Event::LaneChanged, about));
                }
                all
            }
            Kind::Result if is_inside => {
                let found: Option<Reported> = self.said_in(entry)?;
                let about = |said: Reported| About { assessment: Some(said.bill), ..About::default() };
                found.map(|said| message(Event::ResultRecorded, about(said))).into_iter().collect()
            }
            Kind::InformationWithdrawn => {
                let has_read = self.store.readers_of(&entry.subject)?.contains(&caller.reader.id);
                let about = About { information: Some(entry.subject.clone()), ..About::default() };
                has_read.then(|| message(Event::InformationWithdrawn, about)).into_iter().collect()
            }
            Kind::InformationLive | Kind::InformationShared | Kind::LabelLowered => {
                let found: Option<Information> = self.said_in(entry)?;
                let is_told = |one: &Information| {
                    one.state == InformationState::Live && is_seen(caller, one) && only.is_met(&one.told)
                };
                let event = match entry.kind {
                    Kind::InformationLive => Event::InformationLive,
                    _ => Event::InformationShared,
                };
                let about = |one: Information| About { information: Some(one.id), ..About::default() };
                found.filter(is_told).map(|one| message(event, about(one))).into_iter().collect()
            }
            // The bills that it let through are in their lanes.
            Kind::HoldEnded => {
                let mut all = Vec::new();
                for (met, _) in self.store.holds_met(&entry.subject)? {
                    let is_told = self.store.bill(&met.bill)?.is_some() && is_inside;
                    if is_told || self.is_own_lane(caller, &met.bill)? {
                        all.push(message(Event::LaneChanged, About { assessment: Some(met.bill), ..About::default() }));
                    }
                }
                all
            }
            Kind::JobEnded => {
                let is_told =
                    |job: &Job| job.by == caller.reader.id && matches!(job.state, JobState::Done | JobState::Failed);
                let found: Option<Job> = self.said_in(entry)?;
                let about = |job: Job| About { job: Some(job.id), ..About::default() };
                found.filter(is_told).map(|job| message(Event::JobEnded, about(job))).into_iter().collect()
            }
            _ => Vec::new(),
        })
    }

    /// Is the bill one that an importer sent? To a carrier lanes do not exist.
    fn is_own_lane(&self, caller: &Caller, bill: &str) -> Result<bool, OfficeError> {
        let is_importer = caller.audience() == Some(Audience::Importer);
        Ok(is_importer && self.store.bill(bill)?.is_some_and(|bill| bill.reader == caller.reader.id))
    }

    fn said_in<T: serde::de::DeserializeOwned>(&self, entry: &Entry) -> Result<Option<T>, OfficeError> {
        let body = self.store.body(&entry.body)?;
        Ok(body.and_then(|body| serde_json::from_slice(&body.bytes).ok()))
    }

    /// The id of a message: the same each time that it is sent, and nothing that tells how many entries there are.
    pub fn message_id(&self, webhook: &str, seq: u64, event: Event) -> String {
        let secret = self.store.secret("ids of messages");
        let hash = Sha256::new().chain_update(secret).chain_update(webhook).chain_update(seq.to_be_bytes());
        let hash: [u8; 32] = hash.chain_update(event.as_str()).finalize().into();
        format!("msg_{}", hex::shown(hash.get(..16).unwrap_or_default()))
    }
}
