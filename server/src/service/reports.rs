//! Reports, to whom they may be told.
//!
//! In: a caller, the name of a report, a year. Out: rows of the cases that he works on, or figures over all cases from which none can
//! be told. Not here: how they are made and written (`reports`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::Offset;
use palisander_engine::answers::Lane;
use palisander_engine::{Date, Label};
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::informed::is_seen;
use super::office::{Office, OfficeError};
use crate::cases::{Case, Counts, Outcome, Stage};
use crate::config::{MAX_CASES_READ, MAX_PAGE};
use crate::plans::{self, Plan};
use crate::reports::{
    COOPERATION, Definition, Examination, FINDINGS, Heard, LEAST, METHODS, Made, Offered, OnRecord, ReportAnswer,
    Request, SANCTIONS, TRENDS, Tally, answered, cooperation, findings, made, methods, questions, sanctions,
    suppressed, trends,
};
use crate::store::{
    Assessed, Batch, CaseQuestion, Found, Information, InformationKind, InformationQuestion, InformationState, Kind,
    ReaderKind, Role,
};
use crate::verifications::Answer;

/// The name of the figures.
pub const GUIDE: &str = "seizure-guide";

/// The name of the way from a bill to a conviction.
pub const FUNNEL: &str = "funnel";

/// How many of the bills of the step before came so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub step: &'static str,
    pub n: usize,
}

/// A figure as others may know it.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub question: &'static str,
    pub says: &'static str,
    /// None where a case could be told from it.
    pub n: Option<usize>,
    /// None where so few cases were asked that they could be told.
    pub of: Option<usize>,
}

/// Figures over all cases.
#[derive(Debug, Clone, Serialize)]
pub struct Guide {
    /// None where there are fewer than may be told.
    pub n_cases: Option<usize>,
    /// Cells of fewer cases are blank.
    pub least: usize,
    pub figures: Vec<Figure>,
}

/// Ids of what a number counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowsBehind {
    pub question: String,
    pub tally: Tally,
    pub year: i16,
    /// Of cases those that the caller works on; of examinations and requests all.
    pub n: usize,
    pub rows: Vec<String>,
}

/// An answer by form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportAnswerTold {
    pub year: i16,
    pub question: String,
    pub answer: String,
    #[serde(default)]
    pub note: String,
}

impl Office {
    /// Figures over the cases that were opened before this month; small ones are left out.
    pub fn guide(&self) -> Result<Guide, OfficeError> {
        let mut cases: Vec<Case> = self.all_cases()?;
        // Of whole months: who asks before and after a case is opened is told the same.
        let month = self.clock.today().first_of_month();
        cases.retain(|case| case.opened_on < month);
        let counts = Counts::of(&cases);
        let figure = |(one, n): (crate::cases::Count, Option<usize>)| Figure {
            question: one.question,
            says: one.says,
            n,
            of: (one.of == counts.n_cases || one.of >= LEAST).then_some(one.of),
        };
        let n_cases = (counts.n_cases == 0 || counts.n_cases >= LEAST).then_some(counts.n_cases);
        let mut figures: Vec<Figure> = suppressed(&counts, LEAST).into_iter().map(figure).collect();
        if n_cases.is_none() {
            figures.clear();
        }
        Ok(Guide { n_cases, least: LEAST, figures })
    }

    /// From the bills of a year that were picked out, yellow or red, to convictions: each step holds bills of the one before.
    pub fn funnel(&self, year: i16) -> Result<Vec<Step>, OfficeError> {
        let mut detected: BTreeSet<String> = BTreeSet::new();
        let end = Timestamp::MAX;
        self.each(Kind::Assessed, end, &mut |entry, said: Assessed| {
            if Offset::UTC.to_datetime(entry.at).year() == year {
                let picked = said.kept.into_iter().filter(|bill| bill.answered() >= Lane::Yellow);
                detected.extend(picked.map(|bill| bill.id));
            }
            Ok(())
        })?;
        let (mut examined, mut found): (BTreeSet<String>, BTreeSet<String>) = Default::default();
        let mut last = 0;
        loop {
            let reports = self.store.results(last, MAX_PAGE)?;
            let Some((seq, _)) = reports.last() else { break };
            last = *seq;
            for (_, report) in reports.into_iter().filter(|(_, report)| detected.contains(&report.bill)) {
                // A later report corrects an earlier one.
                match report.result {
                    Found::Found => found.insert(report.bill.clone()),
                    Found::Nothing => found.remove(&report.bill),
                };
                examined.insert(report.bill);
            }
        }
        let cases = self.all_cases()?;
        let of = |holds: &dyn Fn(&Case) -> bool| -> usize {
            let bills = cases.iter().filter(|case| holds(case)).filter_map(|case| case.opened_from.as_ref());
            bills.map(|from| &from.bill).filter(|bill| found.contains(*bill)).collect::<BTreeSet<_>>().len()
        };
        let is_charged = |case: &Case| !matches!(case.court.stage, Stage::None | Stage::NotProsecuted);
        let is_convicted = |case: &Case| is_charged(case) && case.court.outcome == Some(Outcome::Convicted);
        let is_seized = |case: &Case| case.balance().taken_in > 0;
        Ok(vec![
            Step { step: "picked out: yellow or red", n: detected.len() },
            Step { step: "examined", n: examined.len() },
            Step { step: "something was found", n: found.len() },
            Step { step: "seized", n: of(&is_seized) },
            Step { step: "charged", n: of(&|case| is_seized(case) && is_charged(case)) },
            Step { step: "convicted", n: of(&|case| is_seized(case) && is_convicted(case)) },
        ])
    }

    /// Rows of the cases that the caller works on.
    pub fn report_rows(
        &self,
        caller: &Caller,
        definition: &Definition,
        year: i16,
        may_be_shared: bool,
    ) -> Result<Made, OfficeError> {
        if !caller.roles.contains(&Role::Officer) {
            return Err(OfficeError::Barred(
                "rows of cases are for the officers who work on them; ask for the figures",
            ));
        }
        let mut cases = self.all_cases()?;
        cases.retain(|case| caller.reader.groups.contains(&case.lead) || !caller.reader.groups.is_disjoint(&case.with));
        Ok(made(definition, &cases, year, may_be_shared))
    }

    fn all_cases(&self) -> Result<Vec<Case>, OfficeError> {
        let asked = CaseQuestion { is_closed_too: true, bill: None };
        let found = self.store.cases(&asked, MAX_CASES_READ)?;
        // A report that leaves cases out says nothing.
        if found.len() >= MAX_CASES_READ {
            let why = format!("there are more cases than are read at once, MAX_CASES_READ ({MAX_CASES_READ})");
            return Err(OfficeError::Conflict(vec![why]));
        }
        Ok(found.into_iter().map(|(case, _)| case).collect())
    }
}

impl Office {
    /// A report that is a table over many records, or of questions; `None` where there is none of that name.
    pub fn figures(
        &self,
        caller: &Caller,
        name: &str,
        year: i16,
        since: Option<Date>,
    ) -> Result<Option<Made>, OfficeError> {
        let told = |made: Result<Made, String>| made.map(Some).map_err(|why| OfficeError::Wrong(vec![why]));
        if let Some(report) = questions(name) {
            let answers: Vec<_> = self.store.report_answers(name, year)?.into_iter().map(|(own, _)| own).collect();
            return Ok(Some(answered(&report, &self.on_record(caller)?, &answers, year)));
        }
        match name {
            FINDINGS => told(findings(year)),
            METHODS => Ok(Some(methods(&self.on_record(caller)?.examined, year))),
            SANCTIONS => Ok(Some(sanctions(&self.month_old_cases()?, year))),
            COOPERATION => {
                let since = since.ok_or_else(|| {
                    OfficeError::Wrong(vec![
                        "`since` says the day before and after which seizures are compared".to_owned(),
                    ])
                })?;
                // By days one seizure could be told from two askings.
                if since.day() != 1 {
                    return Err(OfficeError::Wrong(vec!["`since` is the first day of a month".to_owned()]));
                }
                Ok(Some(cooperation(&self.month_old_cases()?, since, self.clock.today().first_of_month())))
            }
            TRENDS => {
                let mut plans: Vec<Plan> =
                    plans::built_in().iter().filter_map(|(_, text)| plans::read(text).ok()).collect();
                // A plan of another group is not told by a table.
                plans.extend(self.plans_that_run(caller)?);
                told(trends(&self.offers(caller)?, &plans, year))
            }
            _ => Ok(None),
        }
    }

    /// Ids of the rows behind an answer, as far as the caller works on them.
    pub fn rows_behind(
        &self,
        caller: &Caller,
        name: &str,
        question: &str,
        year: i16,
    ) -> Result<Option<RowsBehind>, OfficeError> {
        let Some(report) = questions(name) else { return Ok(None) };
        let Some(own) = report.question(question) else { return Ok(None) };
        let Some(tally) = own.tally else {
            let why = "it is answered by form, or by nobody: there are no rows behind it".to_owned();
            return Err(OfficeError::Conflict(vec![why]));
        };
        if !caller.roles.contains(&Role::Officer) {
            return Err(OfficeError::Barred("rows are for the officers who work on them; ask for the figures"));
        }
        let mut record = self.on_record(caller)?;
        record
            .cases
            .retain(|case| caller.reader.groups.contains(&case.lead) || !caller.reader.groups.is_disjoint(&case.with));
        // What somebody told has a label of its own, and is asked for there.
        record.heard = None;
        if matches!(tally, Tally::Tips | Tally::Offers) {
            let why = "what somebody told has a label of its own; it is asked for by GET /v1/information".to_owned();
            return Err(OfficeError::Conflict(vec![why]));
        }
        let rows = tally.rows(&record, year);
        Ok(Some(RowsBehind { question: own.id.clone(), tally, year, n: rows.len(), rows }))
    }

    /// Puts an answer by form on record, in place of what was answered before.
    pub fn answer_report(
        &self,
        caller: &Caller,
        name: &str,
        told: ReportAnswerTold,
    ) -> Result<Option<ReportAnswer>, OfficeError> {
        let Some(report) = questions(name) else { return Ok(None) };
        let ReportAnswerTold { year, question, answer, note } = told;
        let (answer, note) = (answer.trim().to_owned(), note.trim().to_owned());
        let Some(own) = report.question(&question) else {
            let shown: String = question.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(OfficeError::Wrong(vec![format!("`{shown}` is no question of {name}")]));
        };
        let mut faults = own.unfit(&answer, &note);
        if !(1..=9_998).contains(&year) {
            faults.push("`year` is one of the calendar".to_owned());
        }
        if !faults.is_empty() {
            return Err(OfficeError::Wrong(faults));
        }
        if caller.reader.kind != ReaderKind::Person {
            return Err(OfficeError::Barred("a machine answers no question of a report"));
        }
        let said = ReportAnswer {
            report: name.to_owned(),
            year,
            question,
            answer,
            note,
            by: caller.reader.id.clone(),
            on: self.clock.today(),
        };
        let subject = format!("{name} {year} {}", said.question);
        let draft = self.says(&caller.reader.id, Kind::ReportAnswer, &subject, &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(Some(said))
    }

    /// What came on record before this month; how far a case has come is told as it stands. How much was told, of whatever label, is for
    /// those who may know all.
    fn on_record(&self, caller: &Caller) -> Result<OnRecord, OfficeError> {
        let month = self.clock.today().first_of_month();
        let mut record = OnRecord { cases: self.month_old_cases()?, ..OnRecord::default() };
        let mut last = 0;
        let mut examined: BTreeMap<String, Examination> = BTreeMap::new();
        loop {
            let reports = self.store.results(last, MAX_PAGE)?;
            let Some((seq, _)) = reports.last() else { break };
            last = *seq;
            // A later report corrects an earlier one.
            for (_, own) in reports.into_iter().filter(|(_, own)| own.reported_on < month) {
                let found = own.result == Found::Found;
                let chosen_by = own.chosen.map(|chosen| chosen.by).unwrap_or_default();
                // It was examined when it was first told of; what a laboratory says later moves it into no other year.
                let on = examined.get(&own.bill).map_or(own.reported_on, |before| before.on);
                let led_by = own.detected_by;
                examined.insert(own.bill.clone(), Examination { bill: own.bill, on, found, chosen_by, led_by });
            }
        }
        record.examined = examined.into_values().collect();
        let requests = self.store.verifications(true, MAX_CASES_READ)?.into_iter().map(|(own, _)| own);
        let requests = requests.filter(|own| own.asked_on < month);
        record.requests = requests
            .map(|own| Request {
                on: own.asked_on,
                is_answered: own.answer.is_some_and(|answer| answer != Answer::NoAnswer),
                id: own.id,
            })
            .collect();
        if caller.clearance() == Label::Red {
            let mut heard = Vec::new();
            self.each_information(Label::Red, &mut |own| {
                if own.received_on < month && own.told.kind != InformationKind::Integrity {
                    heard.push(Heard { id: own.id, on: own.received_on, kind: own.told.kind.as_str() });
                }
            })?;
            record.heard = Some(heard);
        }
        Ok(record)
    }

    fn month_old_cases(&self) -> Result<Vec<Case>, OfficeError> {
        let month = self.clock.today().first_of_month();
        let mut cases = self.all_cases()?;
        cases.retain(|case| case.opened_on < month);
        Ok(cases)
    }

    /// Offers on platforms that the caller may read of.
    fn offers(&self, caller: &Caller) -> Result<Vec<Offered>, OfficeError> {
        let mut offers = Vec::new();
        self.each_information(caller.clearance(), &mut |own| {
            if !is_seen(caller, &own) {
                return;
            }
            if let (Some(listing), false) = (own.told.listing, own.state == InformationState::Withdrawn) {
                let (platform, seen_on) = (listing.platform, listing.seen_on);
                offers.push(Offered { seen_on, platform, title: own.told.title, taxa: own.told.taxa });
            }
        })?;
        Ok(offers)
    }

    fn each_information(&self, label: Label, each: &mut dyn FnMut(Information)) -> Result<(), OfficeError> {
        let mut asked =
            InformationQuestion { label, teller: String::new(), state: None, before: u64::MAX, limit: MAX_PAGE };
        loop {
            let page = self.store.informations(&asked)?;
            let Some((_, seq)) = page.last() else { return Ok(()) };
            asked.before = *seq;
            page.into_iter().for_each(|(own, _)| each(own));
        }
    }
}
