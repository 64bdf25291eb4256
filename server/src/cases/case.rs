//! One case, and the way that it goes: opened, secured, investigated, prosecuted, closed.
//!
//! In: what is told of it. Out: the case as it stands, and everything that stands in the way of its next step. A case is closed
//! only when nobody was forgotten: the two halves of Annex 3 of CoP17 Doc. 25 that fail most are follow-up and reporting.

use std::collections::BTreeSet;

use palisander_engine::{CountryCode, Date};
use serde::{Deserialize, Serialize};

use super::attached::{Attachment, AttachmentKind};
use super::court::{Court, Stage};
use super::custody::{Balance, Happened, Line};
use super::decide::{About, Choice, Settled};
use super::facts::Facts;
use super::follow::{Body, HandOver, Notice, OUTCOME_DAYS, Progress, Sent, Task, days_between};
use super::laboratory::LabFinding;
use crate::words::words;

words! {
    /// How far a case has come.
    CaseState {
        Opened = "opened",
        Secured = "secured",
        Investigating = "investigating",
        Prosecuting = "prosecuting",
        Closed = "closed",
    }
}

impl CaseState {
    /// Where it can go from here.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Opened => &[Self::Secured],
            Self::Secured => &[Self::Investigating],
            Self::Investigating => &[Self::Prosecuting, Self::Closed],
            Self::Prosecuting => &[Self::Closed],
            Self::Closed => &[],
        }
    }
}

/// A bill from whose examination a case was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedFrom {
    /// Outward id of the assessment.
    pub bill: String,
    /// Bill of lading.
    pub consignment: String,
}

/// A case as it stands, without a name in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    /// None where it did not begin with a bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_from: Option<OpenedFrom>,
    pub opened_on: Date,
    pub opened_by: String,
    /// Group that leads it.
    pub lead: String,
    /// Groups that work on it beside the lead.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub with: BTreeSet<String>,
    pub state: CaseState,
    pub facts: Facts,
    /// Is it large, so that support and a report of a significant case are due? Once it was told to be, it stays so.
    pub is_large: bool,
    /// Some of the goods are listed in Appendix I, or may be. Once it was told, it stays so.
    pub is_appendix_one: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custody: Vec<Line>,
    /// What laboratories found of samples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<LabFinding>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hand_overs: Vec<HandOver>,
    #[serde(default)]
    pub court: Court,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Settled>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<Date>,
}

impl Case {
    /// Where its goods are.
    pub fn balance(&self) -> Balance {
        Balance::of(&self.custody)
    }

    /// What was decided last.
    pub fn settled(&self, about: About) -> Option<&Settled> {
        self.decisions.iter().rev().find(|one| one.about == about)
    }

    /// Countries whose impact statement is due and not among the files, and whether it was asked for.
    pub fn impact_lacking(&self) -> Vec<(CountryCode, bool)> {
        let is_here = |country: CountryCode| {
            let of = |one: &Attachment| one.kind == AttachmentKind::ImpactStatement && one.country == Some(country);
            self.attachments.iter().any(of)
        };
        let due = self.notices.iter().filter(|one| one.to == Body::Impact && one.state != Sent::Declined);
        let asked = due.filter_map(|one| Some((one.country?, one.state != Sent::Due)));
        asked.filter(|(country, _)| !is_here(*country)).collect()
    }

    /// Everything that stands in the way of a step; nothing when it can be taken.
    pub fn hinders(&self, to: CaseState) -> Vec<String> {
        if !self.state.next().contains(&to) {
            let next: Vec<&str> = self.state.next().iter().map(|state| state.as_str()).collect();
            return vec![match next.as_slice() {
                [] => "it is closed".to_owned(),
                next => format!("from `{}` it goes to {}", self.state, next.join(" or ")),
            }];
        }
        match to {
            CaseState::Opened => Vec::new(),
            CaseState::Secured => self.unsecured(),
            CaseState::Investigating => Vec::new(),
            CaseState::Prosecuting => self.uncharged(),
            CaseState::Closed => self.unfinished(),
        }
    }

    fn unsecured(&self) -> Vec<String> {
        let is_taken = self.balance().taken_in > 0;
        (!is_taken).then(|| "nothing was taken into custody: tell what was seized".to_owned()).into_iter().collect()
    }

    fn uncharged(&self) -> Vec<String> {
        let is_charged = !matches!(self.court.stage, Stage::None | Stage::NotProsecuted);
        (!is_charged).then(|| "nobody is charged: tell the court's stage and charges".to_owned()).into_iter().collect()
    }

    /// What is open before a case can be closed.
    pub fn unfinished(&self) -> Vec<String> {
        let mut open = Vec::new();
        if self.is_large && self.settled(About::Wist).is_none() {
            open.push("it is large: decide whether a Wildlife Incident Support Team is asked for (`wist`)".to_owned());
        }
        if self.settled(About::MoneyTrail).is_none() {
            open.push("decide whether the money is followed (`money_trail`)".to_owned());
        }
        match self.settled(About::Disposal) {
            None => open.push("decide what becomes of the goods (`disposal`)".to_owned()),
            Some(settled) if settled.choice == Choice::Sold && self.is_appendix_one => {
                open.push("what is in Appendix I is never sold: decide again what becomes of the goods".to_owned());
            }
            Some(settled) => open.extend(self.not_disposed_of(settled.choice)),
        }
        let balance = self.balance();
        if balance.missing > 0 {
            let marks: Vec<&str> = balance.missing_marks.iter().map(String::as_str).collect();
            let named = if marks.is_empty() { String::new() } else { format!(": {}", marks.join(", ")) };
            open.push(format!("{} pieces are missing since the last count{named}", balance.missing));
        }
        if balance.sampled > 0 {
            open.push(format!("{} pieces are away for examination: tell them as returned", balance.sampled));
        }
        open.extend(balance.waits.iter().map(|n| format!("line {n} of custody waits for a second signature")));
        let tasks = self.tasks.iter().filter(|task| task.state == Progress::Open);
        open.extend(tasks.map(|task| format!("lead {} is open: {}", task.n, task.what)));
        let notices = self.notices.iter().filter(|notice| notice.state == Sent::Due);
        open.extend(notices.map(|notice| format!("{} is not told and no reason is given", notice.called())));
        if !self.court.is_over() {
            open.push(format!(
                "the court's stage is `{}`: tell how it ended, or why nobody is prosecuted",
                self.court.stage
            ));
        }
        open
    }

    /// Goods that are still held although something else was decided.
    fn not_disposed_of(&self, choice: Choice) -> Option<String> {
        let is_kept = matches!(choice, Choice::Stored);
        let Balance { held, .. } = self.balance();
        (!is_kept && held > 0).then(|| format!("{held} pieces are still held; `{choice}` was decided"))
    }

    /// Samples of which nobody says what was found, for so long as whoever hands a case over may be without a word.
    fn unanswered(&self, today: Date) -> impl Iterator<Item = String> {
        let went = |line: &Line| jiff::tz::Offset::UTC.to_datetime(line.at).date();
        let is_told = |line: &Line| self.findings.iter().any(|finding| finding.told.sample == line.n);
        let away = self.custody.iter().filter(move |line| {
            line.told.event == Happened::Sampled
                && line.counts()
                && !is_told(line)
                && days_between(went(line), today) > OUTCOME_DAYS
        });
        away.map(move |line| {
            format!(
                "line {} of custody went to an examination on {}, and nobody says what was found",
                line.n,
                went(line)
            )
        })
    }

    /// Everything that somebody should look at today, in words.
    pub fn due(&self, today: Date) -> Vec<String> {
        let mut due = Vec::new();
        if self.state != CaseState::Closed {
            let late = self
                .tasks
                .iter()
                .filter(|task| task.state == Progress::Open && task.due.is_some_and(|day| day < today));
            due.extend(
                late.map(|task| format!("lead {} was due on {}: {}", task.n, task.due.unwrap_or(today), task.what)),
            );
            let notices = self.notices.iter().filter(|notice| notice.state == Sent::Due);
            due.extend(notices.map(|notice| format!("{} has to be told", notice.called())));
            due.extend(
                self.balance().waits.iter().map(|n| format!("line {n} of custody waits for a second signature")),
            );
            due.extend(self.unanswered(today));
        }
        let silent = self.hand_overs.iter().filter(|over| over.is_due(today));
        due.extend(
            silent.map(|over| format!("handed over on {} to {}, and nobody says how it ended", over.on, over.to)),
        );
        due
    }
}
