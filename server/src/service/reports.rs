//! Reports, to whom they may be told.
//!
//! In: a caller, the name of a report, a year. Out: rows of the cases that he works on, or figures over all cases from which none can
//! be told. Not here: how they are made and written (`reports`).

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::Offset;
use palisander_engine::answers::Lane;
use serde::Serialize;

use super::caller::Caller;
use super::office::{Office, OfficeError};
use crate::cases::{Case, Counts, Outcome, Stage};
use crate::config::{MAX_CASES_READ, MAX_PAGE};
use crate::reports::{Definition, LEAST, Made, made, suppressed};
use crate::store::{Assessed, CaseQuestion, Found, Kind, Role};

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
