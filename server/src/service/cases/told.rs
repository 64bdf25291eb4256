//! What is told of a case while it goes on: custody, leads, notices, hand-overs, its court, decisions, and its steps.
//!
//! In: a caller and what he tells. Out: an entry each, and the case as it stands then. Not here: whether a step can be taken (`cases`).

use std::collections::BTreeSet;

use palisander_engine::Date;
use palisander_engine::tables::References;

use super::{ShownCase, missing, notify};
use crate::cases::{
    About, Body, Case, CaseState, Choice, Court, CustodyTold, Facts, HandOver, Line, MAX_CASE_ROWS, OutcomeTold,
    Progress, Sent, Settled, Task, Unfit, custody_faults, decision_faults, reason_faults, task_faults,
};
use crate::service::caller::Caller;
use crate::service::office::{Faults, Office, OfficeError};
use crate::store::{Batch, Kind, ReaderKind};

const MACHINE: &str = "a machine signs for no goods";
const OWN: &str = "who told a line of custody does not sign for it; another person has to";

impl Office {
    /// Other facts; what they call for beside what is there is added.
    pub fn case_facts(
        &self,
        caller: &Caller,
        tables: &References,
        id: &str,
        facts: Facts,
    ) -> Result<ShownCase, OfficeError> {
        let facts = facts.tidied();
        let faults = self.unfit_facts(&facts);
        self.case_changed(caller, id, Kind::CaseFacts, true, |case| {
            case.facts = facts;
            self.follows(case, tables, &BTreeSet::new());
            Ok(faults)
        })
    }

    /// Something happened to its goods; whoever works on it tells that.
    pub fn case_custody(&self, caller: &Caller, id: &str, told: CustodyTold) -> Result<ShownCase, OfficeError> {
        self.case_changed(caller, id, Kind::CaseCustody, false, |case| {
            let Unfit { form, standing } = custody_faults(&case.custody, &told);
            let (n, at, by) = (case.custody.len() + 1, self.clock.now(), caller.reader.id.clone());
            case.custody.push(Line { n, at, by, told, signed_by: None, signed_at: None, is_dropped: false });
            Ok(Faults { form, standing })
        })
    }

    /// The other person signs for a line: what was moved has arrived with him, what was handed out or destroyed he has seen go.
    pub fn sign_custody(&self, caller: &Caller, id: &str, n: usize) -> Result<ShownCase, OfficeError> {
        let (case, _) = self.known_case(caller, id)?;
        let is_own = case.custody.iter().any(|line| line.n == n && line.waits() && line.by == caller.reader.id);
        if caller.reader.kind != ReaderKind::Person {
            return Err(self.stopped_case(caller, id, MACHINE)?);
        }
        if is_own {
            return Err(self.stopped_case(caller, id, OWN)?);
        }
        let now = self.clock.now();
        self.case_changed(caller, id, Kind::CaseCustody, false, |case| {
            let line = line_of(case, n)?;
            let standing = if line.waits() { Vec::new() } else { vec![format!("line {n} waits for nobody")] };
            line.signed_by = Some(caller.reader.id.clone());
            line.signed_at = Some(now);
            Ok(Faults { form: Vec::new(), standing })
        })
    }

    /// An attempt that a law stopped is on record.
    fn stopped_case(&self, caller: &Caller, id: &str, why: &str) -> Result<OfficeError, OfficeError> {
        let said = serde_json::json!({ "case": id, "why": why });
        let draft = self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(OfficeError::Conflict(vec![why.to_owned()]))
    }

    /// Who told a line takes it back before it is signed.
    pub fn drop_custody(&self, caller: &Caller, id: &str, n: usize) -> Result<ShownCase, OfficeError> {
        self.case_changed(caller, id, Kind::CaseCustody, false, |case| {
            let line = line_of(case, n)?;
            let may = line.waits() && line.by == caller.reader.id;
            line.is_dropped = true;
            let standing =
                if may { Vec::new() } else { vec![format!("line {n} is not yours to take back, or does not wait")] };
            Ok(Faults { form: Vec::new(), standing })
        })
    }

    /// One more lead.
    pub fn case_lead(
        &self,
        caller: &Caller,
        id: &str,
        what: String,
        due: Option<Date>,
    ) -> Result<ShownCase, OfficeError> {
        self.case_changed(caller, id, Kind::CaseLead, true, |case| {
            let form = task_faults(&what, case.tasks.len());
            let n = case.tasks.len() + 1;
            case.tasks.push(Task {
                n,
                what,
                template: None,
                due,
                state: Progress::Open,
                note: String::new(),
                ended_by: None,
            });
            Ok(Faults { form, standing: Vec::new() })
        })
    }

    /// A lead was followed, or is not for a reason.
    pub fn end_lead(
        &self,
        caller: &Caller,
        id: &str,
        n: usize,
        state: Progress,
        note: String,
    ) -> Result<ShownCase, OfficeError> {
        self.case_changed(caller, id, Kind::CaseLead, true, |case| {
            let task = case.tasks.iter_mut().find(|task| task.n == n).ok_or_else(|| missing("lead", &n.to_string()))?;
            task.state = state;
            task.note = note.trim().to_owned();
            task.ended_by = (state != Progress::Open).then(|| caller.reader.id.clone());
            Ok(Faults { form: reason_faults(state == Progress::Declined, &note), standing: Vec::new() })
        })
    }

    /// Somebody was told, has answered, or is not told for a reason.
    pub fn case_notice(
        &self,
        caller: &Caller,
        id: &str,
        n: usize,
        state: Sent,
        note: String,
    ) -> Result<ShownCase, OfficeError> {
        let today = self.clock.today();
        self.case_changed(caller, id, Kind::CaseNotice, true, |case| {
            let notice =
                case.notices.iter_mut().find(|one| one.n == n).ok_or_else(|| missing("notice", &n.to_string()))?;
            let mut faults = Faults { form: reason_faults(state == Sent::Declined, &note), standing: Vec::new() };
            match (notice.state, state) {
                (Sent::Due | Sent::Declined, Sent::Sent | Sent::Declined) => {}
                (Sent::Sent, Sent::Answered) => {}
                (from, to) => faults.standing.push(format!("from `{from}` it does not become `{to}`")),
            }
            notice.state = state;
            notice.note = note.trim().to_owned();
            match state {
                Sent::Sent => notice.sent_on = Some(today),
                Sent::Answered => notice.answered_on = Some(today),
                Sent::Due | Sent::Declined => {}
            }
            Ok(faults)
        })
    }

    /// Another group takes the lead; who had it goes on seeing the goods and how it ends.
    pub fn hand_over(&self, caller: &Caller, id: &str, to: &str) -> Result<ShownCase, OfficeError> {
        let taker = self.acting_group(to)?;
        let on = self.clock.today();
        self.case_changed(caller, id, Kind::CaseHandedOver, true, |case| {
            let mut faults = Faults::default();
            if taker.is_none() || to == case.lead {
                faults.standing.push("`to` is another group that acts".to_owned());
            }
            let (n, by) = (case.hand_overs.len() + 1, caller.reader.id.clone());
            case.hand_overs.push(HandOver {
                n,
                to: to.to_owned(),
                on,
                by,
                state: OutcomeTold::Waits,
                outcome: String::new(),
            });
            let before = std::mem::replace(&mut case.lead, to.to_owned());
            case.with.insert(before);
            case.with.remove(to);
            Ok(faults)
        })
    }

    /// Another group works on it beside the lead.
    pub fn join_case(&self, caller: &Caller, id: &str, group: &str) -> Result<ShownCase, OfficeError> {
        let joins = self.acting_group(group)?;
        self.case_changed(caller, id, Kind::CaseHandedOver, true, |case| {
            let is_new = joins.is_some() && group != case.lead && case.with.insert(group.to_owned());
            let standing = if is_new {
                Vec::new()
            } else {
                vec!["`group` is one that acts and does not work on it yet".to_owned()]
            };
            Ok(Faults { form: Vec::new(), standing })
        })
    }

    /// Whoever took over says how it ended, or that it is not to be shared.
    pub fn case_outcome(
        &self,
        caller: &Caller,
        id: &str,
        n: usize,
        state: OutcomeTold,
        outcome: String,
    ) -> Result<ShownCase, OfficeError> {
        self.case_changed(caller, id, Kind::CaseHandedOver, true, |case| {
            let over = case
                .hand_overs
                .iter_mut()
                .find(|one| one.n == n)
                .ok_or_else(|| missing("hand-over", &n.to_string()))?;
            let mut form = reason_faults(state == OutcomeTold::Outcome, &outcome);
            if state == OutcomeTold::Waits {
                form.push("`state` is `outcome` or `not_to_be_shared`".to_owned());
            }
            over.state = state;
            over.outcome = outcome.trim().to_owned();
            Ok(Faults { form, standing: Vec::new() })
        })
    }

    /// What its court made of it.
    pub fn case_court(&self, caller: &Caller, id: &str, court: Court) -> Result<ShownCase, OfficeError> {
        let form = court.faults();
        self.case_changed(caller, id, Kind::CaseCourt, true, |case| {
            case.court = court;
            Ok(Faults { form, standing: Vec::new() })
        })
    }

    /// What everybody has to decide. Whoever asks for support or follows the money has somebody to tell of it.
    pub fn case_decision(
        &self,
        caller: &Caller,
        id: &str,
        about: About,
        choice: Choice,
        reason: String,
    ) -> Result<ShownCase, OfficeError> {
        let on = self.clock.today();
        self.case_changed(caller, id, Kind::CaseDecided, true, |case| {
            let mut form = decision_faults(about, choice, &reason, case.is_appendix_one);
            if case.decisions.len() >= MAX_CASE_ROWS {
                form.push(format!("a case has up to MAX_CASE_ROWS ({MAX_CASE_ROWS}) decisions"));
            }
            let (by, reason) = (caller.reader.id.clone(), reason.trim().to_owned());
            case.decisions.push(Settled { about, choice, reason, by, on });
            match (about, choice) {
                (About::Wist, Choice::Requested) => notify(case, Body::Wist, None, None),
                (About::MoneyTrail, Choice::Followed) => notify(case, Body::Fiu, None, None),
                _ => {}
            }
            Ok(Faults { form, standing: Vec::new() })
        })
    }

    /// A step on its way. What hinders it is told, all at once.
    pub fn move_case(&self, caller: &Caller, id: &str, to: CaseState) -> Result<ShownCase, OfficeError> {
        let today = self.clock.today();
        self.case_changed(caller, id, Kind::CaseMoved, true, |case| {
            let standing = case.hinders(to);
            case.state = to;
            case.closed_on = (to == CaseState::Closed).then_some(today);
            Ok(Faults { form: Vec::new(), standing })
        })
    }
}

fn line_of(case: &mut Case, n: usize) -> Result<&mut Line, OfficeError> {
    case.custody.iter_mut().find(|line| line.n == n).ok_or_else(|| missing("line of custody", &n.to_string()))
}
