//! What an examination found: the officer who opened the container tells it, and a later report corrects an earlier one.
//!
//! In: a caller, a bill, what was found and what led to it. Out: an entry. Only final reports count for those who measure
//! (`palisander evaluate --results` reads them as they are handed out). Not here: the case that follows a find.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::caller::Caller;
use super::office::{Office, OfficeError, still};
use crate::config::MAX_REASON_CHARS;
use crate::store::{Batch, Detection, Found, Kind, Reported, Stage};

/// What is reported.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub state: Stage,
    pub result: Found,
    /// What had a part in it, where something was found.
    #[serde(default)]
    pub detected_by: BTreeSet<Detection>,
    /// In words, for those who read the bill.
    #[serde(default)]
    pub note: String,
}

impl Office {
    /// Puts a report on record.
    pub fn report(&self, caller: &Caller, bill: &str, report: Report) -> Result<Reported, OfficeError> {
        if caller.acts_on.is_some() {
            still(caller, self.store.last_about(bill)?)?;
        }
        let bill = self.bill(bill)?;
        let mut faults = Vec::new();
        match (report.result, report.detected_by.is_empty()) {
            (Found::Found, true) => faults.push("`detected_by` says what led to the find; it is needed".to_owned()),
            (Found::Nothing, false) => {
                faults.push("nothing was found, so nothing led to it; leave `detected_by` out".to_owned())
            }
            _ => {}
        }
        if report.note.chars().count() > MAX_REASON_CHARS {
            faults.push(format!("the note is over MAX_REASON_CHARS ({MAX_REASON_CHARS})"));
        }
        if !faults.is_empty() {
            return Err(OfficeError::Wrong(faults));
        }
        let said = Reported {
            bill: bill.id.clone(),
            consignment: bill.consignment.clone(),
            reported_on: self.clock.today(),
            state: report.state,
            result: report.result,
            detected_by: report.detected_by,
            note: report.note.trim().to_owned(),
            by: caller.reader.id.clone(),
        };
        let draft = self.says(&caller.reader.id, Kind::Result, &format!("result of {}", bill.id), &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(said)
    }
}
