//! The report of a case to the financial intelligence unit: who may have it, and when it is handed over.
//!
//! In: a caller, a case, a channel. Out: the report with what it lacks; once it is complete, an entry that says what was handed over. Names
//! stand in it: it is for those who may read them, and goes by its own channel alone. Not here: what it holds (`cases`).

use palisander_engine::tables::References;
use serde::Serialize;

use super::{CLOSED, NOT_LEAD, leads};
use crate::cases::{Body, CaseState, Sent, SuspicionReport, suspicion};
use crate::hex;
use crate::service::caller::Caller;
use crate::service::office::{Office, OfficeError, still};
use crate::store::{Batch, Kind, Sealed};

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

    /// Hands a complete report to the unit's channel. What goes out is on record before it goes, and what did not arrive after it.
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
        let digest = hex::shown(&Sealed::new(report.xml.clone().into_bytes())?.digest);
        let before = case.clone();
        if let Some(notice) = case.notices.get_mut(at) {
            (notice.state, notice.sent_on) = (Sent::Sent, Some(self.clock.today()));
            notice.note = format!("report {digest}");
        }
        let mut draft = self.says_case(caller, Kind::CaseNotice, &case)?;
        draft.after = Some(seq);
        let written = self.store.append(Batch::of(draft))?.first().map(|receipt| receipt.seq);
        match channel.deliver(&report.xml) {
            Ok(receipt) => Ok(SuspicionSent { case: id.to_owned(), digest, receipt }),
            Err(why) => {
                let mut draft = self.says_case(caller, Kind::CaseNotice, &before)?;
                draft.after = written;
                self.store.append(Batch::of(draft))?;
                Err(OfficeError::Conflict(vec![format!("the unit did not take it, and it is due still: {why}")]))
            }
        }
    }
}
