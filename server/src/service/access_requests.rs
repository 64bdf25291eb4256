//! How somebody without a key is let in: he asks, an administrator vets him, and he fetches his key.
//!
//! In: who asks and what for, with a proof of work; what an administrator says. Out: a token, shown once, by which the one who asked
//! sees how it stands and is told his key, once; a reader with roles, clearance, groups and a last day. Of the token only a keyed
//! hash is kept, and of the key as of every other. One administrator decides, as he does of every reader. Names that no text may
//! hold are not looked for here: who strikes them out of a request would tell an administrator whom they name.

use std::collections::BTreeSet;

use jiff::ToSpan;
use palisander_engine::{Date, Label};
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::doors::{Door, NOBODY, behind, new_token, proof_fault};
use super::office::{Faults, Office, OfficeError, still};
use super::readers::{KeyWish, NewKey, Wanted, line_fault};
use super::told::text_fault;
use crate::config::{ACCESS_DAYS, MAX_REASON_CHARS};
use crate::store::{AccessRequest, AccessState, Batch, Draft, Kind, ReaderKind, Role};

/// What somebody says who asks to be let in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    pub name: String,
    pub office: String,
    pub contact: String,
    pub purpose: String,
    /// A text that makes `SHA-256(purpose + proof)` begin with [`crate::config::PROOF_BITS`] bits of zero.
    pub proof: String,
}

/// Whom an administrator lets in.
#[derive(Debug, Clone)]
pub struct Approval {
    pub roles: BTreeSet<Role>,
    /// Ids of groups.
    pub groups: BTreeSet<String>,
    pub clearance: Label,
    pub expires_on: Date,
}

/// What the one who asked is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessStatus {
    pub state: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Last day on which the key may be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetch_by: Option<Date>,
}

/// In the words of the problem: whoever is not let in has no key to be told.
const BARRED: &str = "there is no key for this request; `GET` it to see how it stands";

impl Office {
    /// Takes a request; the token of who asks.
    pub fn ask_access(&self, asking: Asking) -> Result<String, OfficeError> {
        let Asking { name, office, contact, purpose, proof } = asking;
        let mut form = Vec::new();
        form.extend(proof_fault("purpose", &purpose, &proof));
        for (field, text) in [("name", &name), ("office", &office), ("contact", &contact)] {
            form.extend(line_fault(field, text));
        }
        form.extend(text_fault("purpose", &purpose, MAX_REASON_CHARS));
        form.extend(purpose.trim().is_empty().then(|| "`purpose` is empty".to_owned()));
        Faults { form, standing: Vec::new() }.checked()?;
        // Counted last: what is refused takes nobody's room.
        self.enters(Door::Access)?;
        let token = new_token()?;
        let trimmed = |text: String| text.trim().to_owned();
        let request = AccessRequest {
            id: self.access_id(&token),
            state: AccessState::Waiting,
            name: trimmed(name),
            office: trimmed(office),
            contact: trimmed(contact),
            purpose: trimmed(purpose),
            // The day says enough.
            asked_on: self.clock.today(),
            decided_by: None,
            decided_on: None,
            reader: None,
            reason: None,
        };
        self.store.append(Batch::of(self.says(NOBODY, Kind::AccessAsked, &request.id, &request)?))?;
        Ok(token)
    }

    /// How a request stands, for who holds its token.
    pub fn access_status(&self, token: &str) -> Result<AccessStatus, OfficeError> {
        let (request, _) = self.access_of(token)?;
        let fetch_by = last_day(&request).filter(|_| request.state == AccessState::Approved);
        let is_late = fetch_by.is_some_and(|last| last < self.clock.today());
        let state = if is_late { LAPSED } else { request.state.as_str() };
        Ok(AccessStatus { state, reason: request.reason, fetch_by: fetch_by.filter(|_| !is_late) })
    }

    /// The key of who was let in: told once, to who holds the token.
    pub fn collect_key(&self, token: &str) -> Result<NewKey, OfficeError> {
        let (mut request, seq) = self.access_of(token)?;
        match request.state {
            AccessState::Approved if last_day(&request).is_some_and(|last| self.clock.today() <= last) => {}
            AccessState::Collected => {
                let told = "the key was told before; an administrator makes another";
                return Err(OfficeError::Conflict(vec![told.to_owned()]));
            }
            AccessState::Waiting | AccessState::Approved | AccessState::Refused => {
                return Err(OfficeError::Barred(BARRED));
            }
        }
        let id = request.reader.clone().unwrap_or_default();
        let made = self.made_key(&id, KeyWish::default())?;
        request.state = AccessState::Collected;
        let mut drafts = vec![self.access_draft(&id, Kind::AccessCollected, &request, seq)?];
        drafts.push(self.says(&id, Kind::KeyAdded, &id, &made.record)?);
        self.append_of_readers(Batch { drafts, ..Batch::default() })?;
        Ok(made.told)
    }

    /// Lets him in: a reader is made, without a key yet.
    pub fn approve_access(&self, caller: &Caller, id: &str, approval: Approval) -> Result<AccessRequest, OfficeError> {
        let (mut request, seq) = self.waiting(caller, id)?;
        let Approval { roles, groups, clearance, expires_on } = approval;
        let wanted = Wanted {
            name: request.name.clone(),
            kind: ReaderKind::Person,
            roles,
            groups,
            clearance,
            expires_on: Some(expires_on),
            key: KeyWish::default(),
        };
        let reader = self.new_reader(&wanted)?;
        request.state = AccessState::Approved;
        request.reader = Some(reader.id.clone());
        self.decided(caller, &mut request);
        let drafts = vec![
            self.access_draft(&caller.reader.id, Kind::AccessApproved, &request, seq)?,
            self.says(&caller.reader.id, Kind::ReaderAdded, &reader.id, &reader)?,
        ];
        self.append_of_readers(Batch { drafts, ..Batch::default() })?;
        Ok(request)
    }

    /// Does not let him in, and says why.
    pub fn refuse_access(&self, caller: &Caller, id: &str, reason: &str) -> Result<AccessRequest, OfficeError> {
        let (mut request, seq) = self.waiting(caller, id)?;
        let mut form = Vec::new();
        form.extend(reason.trim().is_empty().then(|| "a reason is needed".to_owned()));
        form.extend(text_fault("reason", reason, MAX_REASON_CHARS));
        Faults { form, standing: Vec::new() }.checked()?;
        request.state = AccessState::Refused;
        request.reason = Some(reason.trim().to_owned());
        self.decided(caller, &mut request);
        let draft = self.access_draft(&caller.reader.id, Kind::AccessRefused, &request, seq)?;
        self.store.append(Batch::of(draft))?;
        Ok(request)
    }

    /// One request, for administrators.
    pub fn access_request(&self, id: &str) -> Result<(AccessRequest, u64), OfficeError> {
        let missing =
            || OfficeError::Missing { what: "request", id: id.chars().filter(|c| !c.is_control()).take(40).collect() };
        self.store.access_request(id)?.ok_or_else(missing)
    }

    fn access_of(&self, token: &str) -> Result<(AccessRequest, u64), OfficeError> {
        let found = self.store.access_request(&self.access_id(token))?;
        found.ok_or_else(|| OfficeError::Missing { what: "request", id: "of this token".to_owned() })
    }

    fn access_id(&self, token: &str) -> String {
        behind(&self.store.secret("tokens of requests to be let in"), "q", token)
    }

    fn waiting(&self, caller: &Caller, id: &str) -> Result<(AccessRequest, u64), OfficeError> {
        let (request, seq) = self.access_request(id)?;
        still(caller, seq)?;
        match request.state {
            AccessState::Waiting => Ok((request, seq)),
            other => Err(OfficeError::Conflict(vec![format!("it is {other}")])),
        }
    }

    fn decided(&self, caller: &Caller, request: &mut AccessRequest) {
        request.decided_by = Some(caller.reader.id.clone());
        request.decided_on = Some(self.clock.today());
    }

    /// How it stands now, unless somebody was faster.
    fn access_draft(&self, by: &str, kind: Kind, request: &AccessRequest, seq: u64) -> Result<Draft, OfficeError> {
        let draft = self.says(by, kind, &request.id, request)?;
        Ok(Draft { after: Some(seq), ..draft })
    }
}

/// Approved, and nobody fetched the key in time.
const LAPSED: &str = "lapsed";

/// Last day on which the key of who was let in may be fetched.
fn last_day(request: &AccessRequest) -> Option<Date> {
    request.decided_on.map(|day| day.saturating_add(i64::from(ACCESS_DAYS).days()))
}
