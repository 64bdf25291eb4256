//! What officers decide about a bill: its lane stands, is raised, is lowered, is waived.
//!
//! In: a caller, a bill, what he decides and why. Out: an entry, and the lane in force. To raise takes one person; to lower or
//! waive takes two different ones, and two keys of one person are one person. What a law of the product stops is written down as
//! `refused`, with who tried. Not here: who may read a bill (`render`, `access`).

use palisander_engine::answers::Lane;
use palisander_engine::{Date, Label};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::caller::Caller;
use super::office::{Faults, Office, OfficeError, still};
use crate::config::{MAX_REASON_CHARS, MAX_WAIVER_DAYS};
use crate::hex;
use crate::secret;
use crate::store::{Batch, Bill, Deciding, Decision, Kind, Once, ReaderKind, StoreError};

/// What somebody decides.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub kind: Deciding,
    pub lane: Option<Lane>,
    pub reason: String,
    pub until: Option<Date>,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecided {
    /// It does not fit, or the store does not answer.
    Office(OfficeError),
    /// A law of the product stops it, and the attempt is on record.
    Refused(String),
}

impl<E: Into<OfficeError>> From<E> for Undecided {
    fn from(error: E) -> Self {
        Self::Office(error.into())
    }
}

/// A decision as it stands after the call.
#[derive(Debug, Clone, Serialize)]
pub struct Decided {
    #[serde(flatten)]
    pub decision: Decision,
    /// `second` while another person has to sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<&'static str>,
    pub lane_in_force: Lane,
}

/// Why somebody who may not know what made a lane does not lower it.
const UNKNOWING: &str = "information held; ask the duty desk: who lowers a lane has to know what made it";

/// What of an answer is looked at here.
#[derive(Deserialize)]
struct Seen {
    lane: Lane,
}

/// What is written of an attempt that was stopped.
#[derive(Serialize)]
struct Attempt<'a> {
    bill: &'a str,
    decision: Option<&'a str>,
    kind: Deciding,
    why: &'a str,
}

impl Office {
    /// The key under which a caller does something once, with the digest of what he sent.
    pub fn once(caller: &Caller, key: &str, what: &str, body: &[u8]) -> Once {
        let digest = Sha256::new().chain_update(what).chain_update([0]).chain_update(body).finalize().into();
        Once { key: format!("{} {key}", caller.reader.id), digest }
    }

    /// Decides about a bill, or proposes to a second person.
    pub fn decide(
        &self,
        caller: &Caller,
        bill: &str,
        wanted: Wanted,
        once: Option<Once>,
    ) -> Result<Decided, Undecided> {
        // Read in this order, so that what comes between makes the entry late and not the decision wrong.
        let after = self.store.last_about(bill)?;
        still(caller, after)?;
        let bill = self.bill(bill)?;
        if caller.reader.kind != ReaderKind::Person {
            return Err(self.refused(caller, &bill.id, None, wanted.kind, "a machine signs nothing")?);
        }
        if let Some(decision) = self.done_before(once.as_ref())? {
            return self.as_it_stands(decision);
        }
        self.faults(&bill, &wanted).checked()?;
        if matches!(wanted.kind, Deciding::Lowered | Deciding::Waived) && !self.knows_why(caller, &bill)? {
            return Err(self.refused(caller, &bill.id, None, wanted.kind, UNKNOWING)?);
        }
        let Wanted { kind, lane, reason, until } = wanted;
        let lane = matches!(kind, Deciding::Raised | Deciding::Lowered).then_some(lane).flatten();
        let decision = Decision {
            id: secret::id("d")?,
            bill: bill.id.clone(),
            kind,
            lane,
            reason: reason.trim().to_owned(),
            until: until.filter(|_| kind == Deciding::Waived),
            by: caller.reader.id.clone(),
            at: self.clock.now(),
            signed_by: None,
            signed_at: None,
        };
        let entry = match kind {
            Deciding::Confirmed => Kind::Confirmed,
            Deciding::Raised => Kind::Raised,
            Deciding::Lowered | Deciding::Waived => Kind::Proposed,
        };
        let mut draft = self.says(&caller.reader.id, entry, &bill.id, &decision)?;
        draft.after = Some(after);
        let receipts = self.store.append(Batch { drafts: vec![draft], once: once.clone(), ..Batch::default() })?;
        // The same was sent twice at once, and the other one came first.
        let first = if receipts.iter().any(|receipt| receipt.again) { self.done_before(once.as_ref())? } else { None };
        self.as_it_stands(first.unwrap_or(decision))
    }

    /// The second person signs what another one proposed.
    pub fn sign(&self, caller: &Caller, id: &str) -> Result<Decided, Undecided> {
        let (mut decision, seq) = self.store.decision(id)?.ok_or_else(|| missing("decision", id))?;
        let refused = |why| self.refused(caller, &decision.bill, Some(&decision.id), decision.kind, why);
        if caller.reader.kind != ReaderKind::Person {
            return Err(refused("a machine signs nothing")?);
        }
        if decision.by == caller.reader.id {
            return Err(refused("two different persons have to sign; the same one cannot sign twice")?);
        }
        if !decision.needs_two() || decision.signed_by.is_some() {
            return Err(OfficeError::Conflict(vec!["this decision waits for nobody".to_owned()]).into());
        }
        if decision.until.is_some_and(|last| last < self.clock.today()) {
            return Err(OfficeError::Conflict(vec!["the last day of this waiver is over".to_owned()]).into());
        }
        if !self.knows_why(caller, &self.bill(&decision.bill)?)? {
            return Err(refused(UNKNOWING)?);
        }
        decision.signed_by = Some(caller.reader.id.clone());
        decision.signed_at = Some(self.clock.now());
        let entry = if decision.kind == Deciding::Waived { Kind::Waived } else { Kind::Lowered };
        let mut draft = self.says(&caller.reader.id, entry, &decision.bill, &decision)?;
        draft.second = Some(decision.by.clone());
        // What was decided since the proposal was not before the eyes of the one who proposed.
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        self.as_it_stands(decision)
    }

    /// A bill that is kept, by its outward id.
    pub fn bill(&self, id: &str) -> Result<Bill, OfficeError> {
        self.store.bill(id)?.ok_or_else(|| missing("assessment", id))
    }

    /// May the caller know what made the lane? Where the answer that he may know has another, what decided is hidden from him,
    /// and he cannot weigh it.
    fn knows_why(&self, caller: &Caller, bill: &Bill) -> Result<bool, OfficeError> {
        let digest = bill.sights.get(&caller.clearance()).and_then(|sight| hex::read(&sight.answer));
        let body = digest.map(|digest| self.store.body(&digest)).transpose()?.flatten();
        let seen: Option<Seen> = body.and_then(|body| serde_json::from_slice(&body.bytes).ok());
        Ok(seen.is_some_and(|seen| seen.lane == bill.assessed))
    }

    /// Writes that a reader was shown what is AMBER or above.
    pub fn note_read(&self, caller: &Caller, bill: &str, label: Label) -> Result<(), OfficeError> {
        let said = serde_json::json!({ "bill": bill, "label": label });
        let mut draft = self.says(&caller.reader.id, Kind::Read, &caller.reader.id, &said)?;
        draft.label = label;
        self.store.append(Batch::of(draft))?;
        Ok(())
    }

    fn as_it_stands(&self, decision: Decision) -> Result<Decided, Undecided> {
        let decision = self.store.decision(&decision.id)?.map_or(decision, |(now, _)| now);
        let lane_in_force = self.bill(&decision.bill)?.in_force(self.clock.today());
        let needs = (!decision.is_in_force()).then_some("second");
        Ok(Decided { decision, needs, lane_in_force })
    }

    /// What was done before under the same key; an error when it came with something else.
    fn done_before(&self, once: Option<&Once>) -> Result<Option<Decision>, Undecided> {
        let Some(once) = once else { return Ok(None) };
        let Some(receipt) = self.store.done(once)? else { return Ok(None) };
        let entry = self.store.entries(receipt.seq.saturating_sub(1), 1)?.pop();
        let body = entry.map(|entry| self.store.body(&entry.body)).transpose()?.flatten();
        let decision = body.and_then(|body| serde_json::from_slice(&body.bytes).ok());
        decision.map(Some).ok_or_else(|| StoreError::Damaged("what was done before is gone".to_owned()).into())
    }

    fn faults(&self, bill: &Bill, wanted: &Wanted) -> Faults {
        let Wanted { kind, lane, reason, until } = wanted;
        let today = self.clock.today();
        let in_force = bill.in_force(today);
        let Faults { mut form, mut standing } = Faults::default();
        let n_chars = reason.trim().chars().count();
        if n_chars == 0 && *kind != Deciding::Confirmed {
            form.push("a reason is needed".to_owned());
        }
        if n_chars > MAX_REASON_CHARS {
            form.push(format!("the reason is over MAX_REASON_CHARS ({MAX_REASON_CHARS})"));
        }
        match (kind, lane) {
            (Deciding::Raised | Deciding::Lowered, None) => form.push(format!("`lane` is needed: {kind} to which")),
            // Under a waiver lies the lane that two persons agreed on: one alone ends the waiver, and goes no lower than that.
            (Deciding::Raised, Some(lane)) if *lane > in_force && *lane >= bill.decided => {}
            (Deciding::Raised, Some(_)) if bill.is_waived(today) => {
                standing.push(format!("`lane` has to be {} or stricter, from which it was waived", bill.decided));
            }
            (Deciding::Raised, Some(_)) => {
                standing.push(format!("`lane` has to be stricter than {in_force}, which is in force"));
            }
            (Deciding::Lowered, Some(lane)) if *lane < in_force => {}
            (Deciding::Lowered, Some(_)) => {
                standing.push(format!("`lane` has to be less strict than {in_force}, which is in force"));
            }
            (Deciding::Confirmed | Deciding::Waived, Some(_)) => form.push(format!("{kind} takes no `lane`")),
            (Deciding::Confirmed | Deciding::Waived, None) => {}
        }
        match (kind, until) {
            (Deciding::Waived, None) => form.push("`until`, the last day of the waiver, is needed".to_owned()),
            (Deciding::Waived, Some(last)) => {
                let days = (*last - today).get_days();
                if !(0..=MAX_WAIVER_DAYS).contains(&days) {
                    let most = format!("MAX_WAIVER_DAYS ({MAX_WAIVER_DAYS})");
                    standing.push(format!("a waiver ends today or within {most} days, not on {last}"));
                }
            }
            (_, Some(_)) => form.push(format!("{kind} takes no `until`")),
            (_, None) => {}
        }
        Faults { form, standing }
    }

    /// Puts an attempt on record.
    fn refused(
        &self,
        caller: &Caller,
        bill: &str,
        decision: Option<&str>,
        kind: Deciding,
        why: &str,
    ) -> Result<Undecided, OfficeError> {
        let said = Attempt { bill, decision, kind, why };
        let draft = self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(Undecided::Refused(why.to_owned()))
    }
}

fn missing(what: &'static str, id: &str) -> OfficeError {
    OfficeError::Missing { what, id: id.chars().filter(|c| !c.is_control()).take(40).collect() }
}
