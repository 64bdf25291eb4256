//! Sealed holds: a controlled delivery, ordered by two persons. Its consignment is let through while it is watched.
//!
//! In: a caller cleared for all, a bill of lading, the order, and until when. Out: entries. While a hold acts the engine says
//! nothing of its bills, so that whoever asks is answered as of any bill that no rule speaks of, in whatever way he asks; each
//! bill that it meets is on record with what came. When it is over its bills are judged as they came and stand in their lanes,
//! under the ids by which they were answered. To everybody else holds do not exist. Not here: what the engine leaves
//! unsaid (the engine), how a bill met is written (`recorder`).

use std::io::Read;
use std::sync::Arc;

use flate2::read::GzDecoder;
use jiff::{SignedDuration, Timestamp};
use palisander_engine::answers::Lane;
use palisander_engine::{Assessment, Engine, Label, SealedBills};
use serde::Serialize;
use serde_json::json;

use super::caller::{Caller, OPERATOR};
use super::ledger::Accounts;
use super::live::Live;
use super::office::{Faults, Office, OfficeError, still};
use super::recorder::{LOWER, Recorder, Sent};
use crate::bundle::answered;
use crate::config::{MAX_BODY_BYTES, MAX_FIELD_CHARS, MAX_HOLD_DAYS, MAX_HOLDS, MAX_HOLDS_SHOWN, MAX_REASON_CHARS};
use crate::hex;
use crate::secret;
use crate::store::{Batch, Draft, Hold, HoldMet, HoldState, Kind, ReaderKind, StoreError};

/// How often it is tried to end a hold between the bills that come.
const MAX_TRIES: usize = 5;
const OWN: &str = "who proposed a hold does not sign it; another person has to";
const MACHINE: &str = "a machine neither proposes nor signs a hold";

/// What somebody wants to have let through.
#[derive(Debug, Clone)]
pub struct WantedHold {
    /// Bill of lading.
    pub consignment: String,
    /// The order or law by which.
    pub instrument: String,
    pub reason: String,
    pub expires_at: Timestamp,
}

/// A bill that a hold has met, as it is.
#[derive(Debug, Clone, Serialize)]
pub struct LetThrough {
    /// Outward id of the assessment, as the sender was told it.
    pub id: String,
    pub consignment: String,
    pub by: String,
    /// By the engine that answers now; `None` where the bytes that came cannot be read any more.
    pub lane: Option<Lane>,
    /// What it says.
    pub answer: Option<Assessment>,
}

/// A hold with the bills that it has met.
#[derive(Debug, Clone, Serialize)]
pub struct ShownHold {
    #[serde(flatten)]
    pub hold: Hold,
    /// `second` while another person has to sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<&'static str>,
    /// The last of them.
    pub bills: Vec<LetThrough>,
    pub n_bills: usize,
}

impl Office {
    /// Proposes a hold: nothing is let through until another person signs.
    pub fn propose_hold(&self, caller: &Caller, wanted: WantedHold) -> Result<Hold, OfficeError> {
        if caller.reader.kind != ReaderKind::Person {
            return Err(self.stopped_hold(caller, "", MACHINE)?);
        }
        self.unfit(&wanted)?.checked()?;
        let WantedHold { consignment, instrument, reason, expires_at } = wanted;
        let hold = Hold {
            id: secret::id("h")?,
            consignment: consignment.trim().to_owned(),
            instrument: instrument.trim().to_owned(),
            reason: reason.trim().to_owned(),
            expires_at,
            state: HoldState::Waits,
            by: caller.reader.id.clone(),
            at: self.clock.now(),
            signed_by: None,
            signed_at: None,
            ended_by: None,
            ended_at: None,
        };
        self.store.append(Batch::of(self.says_hold(&caller.reader.id, Kind::HoldProposed, &hold)?))?;
        Ok(hold)
    }

    /// The second person signs: from then on it acts.
    pub fn sign_hold(&self, caller: &Caller, id: &str) -> Result<Hold, OfficeError> {
        let (mut hold, seq) = self.known_hold(id)?;
        if caller.reader.kind != ReaderKind::Person {
            return Err(self.stopped_hold(caller, id, MACHINE)?);
        }
        if hold.by == caller.reader.id {
            return Err(self.stopped_hold(caller, id, OWN)?);
        }
        still(caller, seq)?;
        let now = self.clock.now();
        match hold.state {
            HoldState::Waits if hold.expires_at > now => {}
            HoldState::Waits => return Err(conflict("it would have expired already")),
            HoldState::Acts => return Err(conflict("it acts already")),
            HoldState::Ended | HoldState::Dropped => return Err(conflict("it is over")),
        }
        hold.state = HoldState::Acts;
        hold.signed_by = Some(caller.reader.id.clone());
        hold.signed_at = Some(now);
        let mut draft = self.says_hold(&caller.reader.id, Kind::HoldActs, &hold)?;
        draft.second = Some(hold.by.clone());
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        Ok(hold)
    }

    /// Ends a hold before its time, or takes it back: one person is enough, since its bills go to stricter lanes.
    pub fn end_hold(&self, caller: &Caller, live: &Live, id: &str) -> Result<Hold, OfficeError> {
        let mut tries = 0;
        loop {
            let (hold, seq) = self.known_hold(id)?;
            still(caller, seq)?;
            let live = match hold.state {
                HoldState::Waits => None,
                HoldState::Acts => Some(live),
                HoldState::Ended | HoldState::Dropped => return Err(conflict("it is over")),
            };
            match self.over(hold, seq, &caller.reader.id, live) {
                // A bill came meanwhile, which is freed with the others.
                Err(OfficeError::Store(StoreError::Moved { .. })) if tries < MAX_TRIES => tries += 1,
                done => return done,
            }
        }
    }

    /// Ends the holds of the live engine that have expired. Where a bill comes meanwhile, or another process ends it, it is left
    /// to the next look.
    pub fn end_expired(&self, live: &Live) -> Result<(), OfficeError> {
        let now = self.clock.now();
        for hold in live.holds.expired(now) {
            let (hold, seq) = self.known_hold(&hold.id)?;
            if !hold.acts() {
                continue;
            }
            match self.over(hold, seq, OPERATOR, Some(live)) {
                Ok(_) | Err(OfficeError::Store(StoreError::Moved { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Do holds exist to a caller? To those alone who are cleared for all.
    pub fn may_hold(&self, caller: &Caller) -> bool {
        caller.clearance() == Label::Red
    }

    /// Holds as they stand, the latest first.
    pub fn holds(&self) -> Result<Vec<Hold>, OfficeError> {
        Ok(self.store.holds(MAX_HOLDS)?.into_iter().map(|(hold, _)| hold).collect())
    }

    /// A hold with the bills that it has met, judged as they came by what is known now.
    pub fn shown_hold(&self, caller: &Caller, live: &Live, id: &str) -> Result<ShownHold, OfficeError> {
        let (hold, _) = self.known_hold(id)?;
        let met = self.store.holds_met(id)?;
        let frank = live.engine.frank();
        let last = met.iter().rev().take(MAX_HOLDS_SHOWN);
        let bills = last.map(|(met, seq)| {
            let body = self.came(met)?;
            let answer = body.and_then(|body| self.judged(&frank, Label::Red, met, *seq, &body));
            let (id, consignment, by) = (met.bill.clone(), met.consignment.clone(), met.by.clone());
            Ok(LetThrough { id, consignment, by, lane: answer.as_ref().map(|answer| answer.lane), answer })
        });
        let bills = bills.collect::<Result<Vec<_>, OfficeError>>()?;
        self.note_read(caller, id, Label::Red)?;
        let needs = (hold.state == HoldState::Waits).then_some("second");
        Ok(ShownHold { hold, needs, bills, n_bills: met.len() })
    }

    /// It is over. `live`: the engine that judges the bills which it let through.
    fn over(&self, mut hold: Hold, seq: u64, by: &str, live: Option<&Live>) -> Result<Hold, OfficeError> {
        let mut drafts = Vec::new();
        if let Some(live) = live {
            let frank =
                Live { engine: Arc::new(live.engine.frank()), edition: live.edition.clone(), holds: Arc::default() };
            let lower = LOWER.map(|label| (label, frank.engine.seen_under(label)));
            for (met, at) in self.store.holds_met(&hold.id)? {
                drafts.append(&mut self.freed(&frank, &lower, &met, at)?);
            }
        }
        hold.state = if live.is_some() { HoldState::Ended } else { HoldState::Dropped };
        hold.ended_by = Some(by.to_owned());
        hold.ended_at = Some(self.clock.now());
        let kind = if live.is_some() { Kind::HoldEnded } else { Kind::HoldDropped };
        let mut draft = self.says_hold(by, kind, &hold)?;
        draft.after = Some(seq);
        drafts.insert(0, draft);
        self.store.append(Batch { drafts, ..Batch::default() })?;
        Ok(hold)
    }

    /// A bill that was let through, as it would have been recorded: by the whole engine, and as each lower label may know it.
    /// Nothing where what came is erased or cannot be read any more.
    fn freed(
        &self,
        frank: &Live,
        lower: &[(Label, Engine)],
        met: &HoldMet,
        at: u64,
    ) -> Result<Vec<Draft>, OfficeError> {
        let body = self.came(met)?;
        let whole = body.as_ref().and_then(|body| self.judged(&frank.engine, Label::Red, met, at, body));
        let (Some(body), Some(whole)) = (body, whole) else {
            tracing::error!(bill = met.bill, "a bill that was let through cannot be judged any more");
            return Ok(Vec::new());
        };
        let (by, media_type, read) = (met.by.as_str(), met.media_type.as_str(), met.read.clone());
        let sent = Sent { by, body: &body, media_type, read, as_of: met.as_of, live: frank, outside: None };
        let mut recorder = Recorder::begin(self, sent)?;
        recorder.freed(&met.bill, met.n, &whole)?;
        if !recorder.keeps() {
            return Ok(Vec::new());
        }
        for (label, engine) in lower {
            if let Some(seen) = self.judged(engine, *label, met, at, &body) {
                recorder.seen(met.n, *label, &seen)?;
            }
        }
        recorder.drafts(&body)
    }

    /// The answer to a bill that was let through, by an engine that speaks of it.
    fn judged(&self, engine: &Engine, label: Label, met: &HoldMet, at: u64, body: &Arc<[u8]>) -> Option<Assessment> {
        // What it drew itself, and others since, does not count against it.
        let accounts = Accounts::before(Arc::clone(&self.store), label, at);
        answered(engine, body, &met.read, met.n, met.as_of, Some(&accounts)).ok()
    }

    /// The bytes that came; `None` when they are erased.
    fn came(&self, met: &HoldMet) -> Result<Option<Arc<[u8]>>, OfficeError> {
        let packed = hex::read(&met.payload).map(|digest| self.store.body(&digest)).transpose()?.flatten();
        let Some(packed) = packed else { return Ok(None) };
        let mut plain = Vec::new();
        let read = GzDecoder::new(&*packed.bytes).take(MAX_BODY_BYTES as u64).read_to_end(&mut plain);
        read.map_err(|error| StoreError::Damaged(error.to_string()))?;
        Ok(Some(plain.into()))
    }

    /// A hold, with the number of the last entry about it: that it met a bill is one.
    fn known_hold(&self, id: &str) -> Result<(Hold, u64), OfficeError> {
        let shown = || id.chars().filter(|c| !c.is_control()).take(40).collect();
        // Read first: what comes between makes an act late and not wrong.
        let at = self.store.last_about(id)?;
        let (hold, _) = self.store.hold(id)?.ok_or_else(|| OfficeError::Missing { what: "hold", id: shown() })?;
        Ok((hold, at))
    }

    fn says_hold(&self, by: &str, kind: Kind, hold: &Hold) -> Result<Draft, OfficeError> {
        let mut draft = self.says(by, kind, &hold.id, hold)?;
        draft.label = Label::Red;
        Ok(draft)
    }

    fn stopped_hold(&self, caller: &Caller, id: &str, why: &str) -> Result<OfficeError, OfficeError> {
        let mut draft =
            self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &json!({ "hold": id, "why": why }))?;
        draft.label = Label::Red;
        self.store.append(Batch::of(draft))?;
        Ok(conflict(why))
    }

    fn unfit(&self, wanted: &WantedHold) -> Result<Faults, OfficeError> {
        let WantedHold { consignment, instrument, reason, expires_at } = wanted;
        let Faults { mut form, mut standing } = Faults::default();
        if SealedBills::key(consignment).is_empty() {
            form.push("`consignment`, the number of the bill of lading, is needed".to_owned());
        }
        for (field, text, most, limit) in [
            ("consignment", consignment, MAX_FIELD_CHARS, "MAX_FIELD_CHARS"),
            ("instrument", instrument, MAX_REASON_CHARS, "MAX_REASON_CHARS"),
            ("reason", reason, MAX_REASON_CHARS, "MAX_REASON_CHARS"),
        ] {
            match text.trim().chars().count() {
                0 if field != "consignment" => form.push(format!("`{field}` is needed")),
                n if n > most => form.push(format!("`{field}` is over {limit} ({most})")),
                _ => {}
            }
        }
        let now = self.clock.now();
        let most = now + SignedDuration::from_hours(24 * MAX_HOLD_DAYS);
        if *expires_at <= now || *expires_at > most {
            standing.push(format!("`expires_at` is in the future, within MAX_HOLD_DAYS ({MAX_HOLD_DAYS}) days"));
        }
        let is_same = |hold: &Hold| SealedBills::key(&hold.consignment) == SealedBills::key(consignment);
        if self.store.acting_holds(u64::MAX >> 1)?.iter().any(is_same) {
            standing.push("a hold acts on this consignment already".to_owned());
        }
        Ok(Faults { form, standing })
    }
}

fn conflict(why: &str) -> OfficeError {
    OfficeError::Conflict(vec![why.to_owned()])
}
