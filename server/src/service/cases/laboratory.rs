//! What a laboratory found comes back: to everybody who works on the case, and to those who measure rules.
//!
//! In: a caller, a case, a finding. Out: an entry of the case, and where it settles what the examination found a later result of the
//! bill with it, both or neither.

use std::collections::BTreeSet;

use palisander_engine::tables::References;

use super::{Beside, ShownCase};
use crate::cases::{Case, LabFinding, LabTold, LabVerdict, Unfit, finding_faults};
use crate::service::caller::Caller;
use crate::service::office::{Faults, Office, OfficeError};
use crate::store::{Draft, Found, Kind, Reported, Stage};

impl Office {
    /// A laboratory has answered of a sample; whoever works on the case tells it.
    pub fn case_finding(
        &self,
        caller: &Caller,
        tables: &References,
        id: &str,
        told: LabTold,
    ) -> Result<ShownCase, OfficeError> {
        let today = self.clock.today();
        let laboratory = tables.directory.laboratories.iter().find(|row| row.id == told.laboratory);
        let settles = told.settles_result.then_some(told.verdict);
        let change = |case: &mut Case| {
            let Unfit { form, mut standing } =
                finding_faults(&case.custody, case.findings.len(), case.opened_from.is_some(), &told);
            match laboratory {
                None => standing.push("`laboratory` is an id of GET /v1/directory/laboratories".to_owned()),
                Some(row) => case.findings.push(LabFinding {
                    n: case.findings.len() + 1,
                    told_on: today,
                    told_by: caller.reader.id.clone(),
                    quality: row.quality_on(today),
                    told,
                }),
            }
            Ok(Faults { form, standing })
        };
        let settled = |case: &Case| {
            let drafts = self.settled_result(caller, case, settles)?.into_iter().collect();
            Ok(Beside { bodies: Vec::new(), drafts })
        };
        self.case_changed_with(caller, id, (Kind::CaseFinding, false), change, settled)
    }

    /// The result that a finding makes of the last one of the bill.
    fn settled_result(
        &self,
        caller: &Caller,
        case: &Case,
        verdict: Option<LabVerdict>,
    ) -> Result<Option<Draft>, OfficeError> {
        let result = match verdict {
            Some(LabVerdict::Confirmed) => Found::Found,
            Some(LabVerdict::Other) => Found::Nothing,
            Some(LabVerdict::Undetermined) | None => return Ok(None),
        };
        let Some(from) = &case.opened_from else { return Ok(None) };
        let subject = format!("result of {}", from.bill);
        let last = self.store.last_about(&subject)?;
        let Some((_, before)) = self.store.results(last.saturating_sub(1), 1)?.pop().filter(|(seq, _)| *seq == last)
        else {
            return Err(OfficeError::Conflict(vec!["there is no result of the bill that it could settle".to_owned()]));
        };
        let is_found = result == Found::Found;
        let said = Reported {
            reported_on: self.clock.today(),
            state: Stage::Final,
            result,
            // Nothing led to what was not found.
            detected_by: if is_found { before.detected_by } else { BTreeSet::new() },
            offence: before.offence.filter(|_| is_found),
            case: Some(case.id.clone()),
            note: "by the finding of a laboratory".to_owned(),
            by: caller.reader.id.clone(),
            ..before
        };
        let mut draft = self.says(&caller.reader.id, Kind::Result, &subject, &said)?;
        draft.after = Some(last);
        Ok(Some(draft))
    }
}
