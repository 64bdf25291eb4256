//! The report of a case to the financial intelligence unit: who may have it, and when it is handed over.
//!
//! In: a caller, a case, a channel. Out: the report with what it lacks; once it is complete, an entry that says what was handed over. Names
//! stand in it: it is for those who may read them, and goes by its own channel alone. Not here: what it holds (`cases`).

use palisander_engine::tables::References;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{CLOSED, NOT_LEAD, leads};
use crate::cases::{Body, CaseState, Sent, SuspicionReport, suspicion};
use crate::hex;
use crate::service::caller::Caller;
use crate::service::office::{Office, OfficeError, still};
use crate::store::{Batch, Kind, Sealed, StoreError};

/// How often it is tried to put on record that a report has arrived.
const MAX_TRIES: usize = 5;
const NO_CHANNEL: &str = "no channel to the unit is set up here; take the report from this case and send it by hand";

/// A report that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuspicionSent {
    pub case: String,
    /// SHA-256 of what was handed over, hexadecimal digits.
    pub digest: String,
    /// What the unit said of it.
    pub receipt: String,
}

impl Office {
    /// The report, to those who may read the names in it.
    pub fn suspicion_report(
        &self,
        caller: &Caller,
        tables: &References,
        id: &str,
    ) -> Result<SuspicionReport, OfficeError> {
        let (case, _) = self.known_case(caller, id)?;
        let names = self.entities(caller, id)?;
        Ok(suspicion(&case, &names, tables, self.clock.today()))
    }

    /// Hands a complete report to the unit's channel. What goes out is on record before it goes, and that it arrived after it.
    pub fn send_suspicion(&self, caller: &Caller, tables: &References, id: &str) -> Result<SuspicionSent, OfficeError> {
        let (mut case, seq) = self.known_case(caller, id)?;
        if !leads(caller, &case) {
            return Err(OfficeError::Barred(NOT_LEAD));
        }
        still(caller, seq)?;
        let report = self.suspicion_report(caller, tables, id)?;
        let mut standing: Vec<String> = report.missing.iter().map(|what| format!("it lacks {what}")).collect();
        if case.state == CaseState::Closed {
            standing.push(CLOSED.to_owned());
        }
        let due = case.notices.iter().position(|own| own.to == Body::Fiu && own.state == Sent::Due);
        if due.is_none() {
            standing
                .push("no report to the unit is due: it is once the money is followed, until it was sent".to_owned());
        }
        let channel = self.suspicions.as_ref();
        if channel.is_none() {
            standing.push(NO_CHANNEL.to_owned());
        }
        let (Some(at), Some(channel), true) = (due, channel, standing.is_empty()) else {
            return Err(OfficeError::Conflict(standing));
        };
        let digest = hex::shown(&Sha256::digest(report.xml.as_bytes()));
        let sealed = Sealed::new(report.xml.clone().into_bytes())?;
        // It stays due until the unit has it: whatever breaks between, nobody takes it for told.
        if let Some(notice) = case.notices.get_mut(at) {
            notice.note = format!("report {digest} is handed over, kept as {}", hex::shown(&sealed.digest));
        }
        let mut draft = self.says_case(caller, Kind::CaseNotice, &case)?;
        draft.after = Some(seq);
        draft.more.push(sealed);
        self.store.append(Batch::of(draft))?;
        let receipt = channel.deliver(&report.xml).map_err(|why| {
            OfficeError::Conflict(vec![format!("the unit did not take it, and it is due still: {why}")])
        })?;
        let today = self.clock.today();
        for _ in 0..MAX_TRIES {
            // Others may have told something of the case meanwhile.
            let Some((mut case, seq)) = self.store.case(id)? else { break };
            if let Some(notice) = case.notices.get_mut(at) {
                (notice.state, notice.sent_on) = (Sent::Sent, Some(today));
                notice.note = format!("report {digest}, receipt {receipt}");
            }
            let mut draft = self.says_case(caller, Kind::CaseNotice, &case)?;
            draft.after = Some(seq);
            match self.store.append(Batch::of(draft)) {
                Ok(_) => return Ok(SuspicionSent { case: id.to_owned(), digest, receipt }),
                Err(StoreError::Moved { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let why = format!("the unit has it, receipt {receipt}; tell the notice as sent");
        Err(OfficeError::Conflict(vec![why]))
    }
}
