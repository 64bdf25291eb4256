//! Reports, to whom they may be told.
//!
//! In: a caller, the name of a report, a year. Out: rows of the cases that he works on, or figures over all cases from which none can
//! be told. Not here: how they are made and written (`reports`).

use serde::Serialize;

use super::caller::Caller;
use super::office::{Office, OfficeError};
use crate::cases::{Case, Counts};
use crate::config::MAX_CASES_READ;
use crate::reports::{Definition, LEAST, Made, made, suppressed};
use crate::store::{CaseQuestion, Role};

/// The name of the figures.
pub const GUIDE: &str = "seizure-guide";

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
    /// Figures over all cases; small ones are left out.
    pub fn guide(&self) -> Result<Guide, OfficeError> {
        let cases: Vec<Case> = self.all_cases()?;
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
