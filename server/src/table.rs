//! Assessments as a ranked table for people.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use palisander_engine::Assessment;
use serde::{Deserialize, Serialize};

/// How much of each assessment is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// One line each with the top reason.
    Short,
    /// Everything.
    Full,
}

/// True when standard output may be coloured: a terminal, and the person did not ask for none (`NO_COLOR`, as
/// no-color.org has it: set and not empty; `TERM=dumb`).
pub fn coloured() -> bool {
    let asked_for_none = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let plain = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && !asked_for_none && !plain
}

/// Widest bill that a column is made for.
const MAX_BILL: usize = 24;

/// One line of the table with what it shows of its assessment, and no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    lane: String,
    score: i64,
    high: i64,
    bill: String,
    why: String,
    /// Everything, when it is asked for.
    more: String,
}

impl Row {
    /// Columns that any bill gets.
    pub const MIN_WIDTH: usize = 8;

    /// What the table shows of an assessment.
    pub fn of(assessment: &Assessment, detail: Detail) -> Self {
        let top = assessment.hits.first();
        let mut more = String::new();
        if detail == Detail::Full {
            explain(&mut more, assessment);
        }
        Self {
            lane: assessment.lane.as_str().to_owned(),
            score: assessment.score,
            high: assessment.score_high,
            bill: assessment.consignment.chars().take(MAX_BILL).collect(),
            why: top.map(|hit| cite(&hit.reason, &hit.sources)).unwrap_or_default(),
            more,
        }
    }

    /// Columns that the bill needs.
    pub fn width(&self) -> usize {
        self.bill.chars().count().max(Self::MIN_WIDTH)
    }

    /// The line at a rank. `colour` adds terminal colours.
    pub fn show(&self, rank: usize, width: usize, colour: bool) -> String {
        let Self { lane, score, high, bill, why, more } = self;
        let lane = painted(lane, colour);
        format!("{rank:>4}  {lane}  {score:>5}  {high:>5}  {bill:<width$}  {why}\n{more}")
    }
}

/// The line above all.
pub fn head(width: usize) -> String {
    format!("{:>4}  {:<6}  {:>5}  {:>5}  {:<width$}  why\n", "rank", "lane", "score", "high", "bill")
}

fn cite(reason: &str, sources: &[String]) -> String {
    match sources.first() {
        Some(source) => format!("{reason} [{source}]"),
        None => reason.to_owned(),
    }
}

fn painted(lane: &str, colour: bool) -> String {
    let name = format!("{lane:<6}");
    let code = match lane {
        "red" => "1;37;41",
        "yellow" => "30;43",
        "blue" => "37;44",
        _ => "30;42",
    };
    if colour { format!("\u{1b}[{code}m{name}\u{1b}[0m") } else { name }
}

fn explain(text: &mut String, assessment: &Assessment) {
    let _ = writeln!(text, "      lane by {}", assessment.lane_because.join(", "));
    for taxon in &assessment.taxa {
        let _ = writeln!(
            text,
            "      names  `{}` at {} = {} ({}) {}",
            taxon.text, taxon.at, taxon.taxon, taxon.verdict, taxon.listing
        );
    }
    for hit in &assessment.hits {
        let points =
            if hit.counts { format!("{:+}", hit.points) } else { format!("({:+}, group {})", hit.points, hit.group) };
        let _ = writeln!(text, "      {points:>5}  {}/{}: {}", hit.profile, hit.indicator, hit.reason);
        for met in &hit.met {
            let means = met.means.as_ref().map(|means| format!(" = {means}")).unwrap_or_default();
            let similarity = met.similarity.map(|s| format!(" ({s:.2})")).unwrap_or_default();
            let _ = writeln!(text, "             {} `{}`{means}{similarity}", met.at, met.text);
        }
        let _ = writeln!(text, "             by {}", hit.sources.join("; "));
    }
    for open in &assessment.unverifiable {
        let _ = writeln!(text, "       open  {}/{}: {} ({:+})", open.profile, open.indicator, open.why, open.points);
    }
    for document in &assessment.documents {
        let declared = document.declared.as_deref().unwrap_or("without a number");
        let verdict = document.verdict.as_str();
        let _ = writeln!(text, "        doc  {declared} {}: {verdict} {}", document.kind, document.problems.join(", "));
    }
    for step in &assessment.next_steps {
        let _ = writeln!(text, "       next  {} {} {}", step.step, step.to, step.why);
    }
    for fault in &assessment.faults {
        let _ = writeln!(text, "      fault  {fault}");
    }
}
