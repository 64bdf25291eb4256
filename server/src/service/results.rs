//! What an examination found: the officer who opened the container tells it, and a later report corrects an earlier one.
//!
//! In: a caller, a bill, what was found and what led to it. Out: an entry. Only final reports count for those who measure
//! (`palisander evaluate --results` reads them as they are handed out). Not here: the case that follows a find (`cases`).

use std::collections::BTreeSet;

use palisander_engine::tables::References;
use serde::Deserialize;

use super::caller::Caller;
use super::cases::Opening;
use super::office::{Office, OfficeError, still};
use crate::cases::{Detection, OpenedFrom};
use crate::config::MAX_REASON_CHARS;
use crate::store::{Batch, Chosen, Found, Kind, Offence, Reported, Stage, Thorough};

/// What is reported.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub state: Stage,
    pub result: Found,
    /// What had a part in it, where something was found.
    #[serde(default)]
    pub detected_by: BTreeSet<Detection>,
    /// What sort of find it is.
    #[serde(default)]
    pub offence: Option<Offence>,
    /// How far the examination went.
    #[serde(default)]
    pub thorough: Option<Thorough>,
    /// Opens a case with it.
    #[serde(default)]
    pub case: Option<Opening>,
    /// In words, for those who read the bill.
    #[serde(default)]
    pub note: String,
}

impl Office {
    /// Puts a report on record.
    pub fn report(
        &self,
        caller: &Caller,
        tables: &References,
        bill: &str,
        report: Report,
    ) -> Result<Reported, OfficeError> {
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
        let is_found = report.result == Found::Found;
        if report.offence.is_some() && !is_found {
            faults.push("nothing was found, so it is no offence; leave `offence` out".to_owned());
        }
        if report.case.is_some() && !is_found {
            faults.push("a case is opened of a find; leave `case` out".to_owned());
        }
        if report.note.chars().count() > MAX_REASON_CHARS {
            faults.push(format!("the note is over MAX_REASON_CHARS ({MAX_REASON_CHARS})"));
        }
        if !faults.is_empty() {
            return Err(OfficeError::Wrong(faults));
        }
        let told_before = self.store.last_about(&format!("result of {}", bill.id))?;
        let from = OpenedFrom { bill: bill.id.clone(), consignment: bill.consignment.clone() };
        let opened = report.case.map(|opening| self.opening(caller, tables, opening, Some(from))).transpose()?;
        let (case, opening) = opened.unzip();
        let chosen = Chosen {
            by: bill
                .raised
                .as_ref()
                .filter(|raised| raised.lane > bill.assessed)
                .map_or("rules", |raised| raised.why.as_str())
                .to_owned(),
            lane: bill.raised.as_ref().map_or(bill.assessed, |raised| raised.lane.max(bill.assessed)),
            in_a_million: bill.raised.as_ref().and_then(|raised| raised.in_a_million),
        };
        let said = Reported {
            bill: bill.id.clone(),
            consignment: bill.consignment.clone(),
            reported_on: self.clock.today(),
            state: report.state,
            result: report.result,
            detected_by: report.detected_by,
            offence: report.offence,
            thorough: report.thorough,
            chosen: Some(chosen),
            case: case.map(|case| case.id),
            note: report.note.trim().to_owned(),
            by: caller.reader.id.clone(),
        };
        let subject = format!("result of {}", bill.id);
        let mut draft = self.says(&caller.reader.id, Kind::Result, &subject, &said)?;
        // Of two who open a case of one bill at the same time one does.
        draft.after = opening.is_some().then_some(told_before);
        let drafts = std::iter::once(draft).chain(opening).collect();
        self.store.append(Batch { drafts, ..Batch::default() })?;
        Ok(said)
    }
}
