//! Assessments as a ranked table for people.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use palisander_engine::Assessment;
use palisander_engine::profile::Lane;

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

/// The ranked table. `colour` adds terminal colours.
pub fn ranked(assessments: &[Assessment], detail: Detail, colour: bool) -> String {
    let mut text = String::new();
    let width = assessments.iter().map(|a| a.consignment.chars().count()).max().unwrap_or(0).clamp(8, 24);
    let _ = writeln!(text, "{:>4}  {:<6}  {:>5}  {:>5}  {:<width$}  why", "rank", "lane", "score", "high", "bill");
    for (n, assessment) in assessments.iter().enumerate() {
        let lane = painted(assessment.lane, colour);
        let bill: String = assessment.consignment.chars().take(24).collect();
        let (score, high) = (assessment.score, assessment.score_high);
        let why = assessment.hits.first().map(|hit| cite(&hit.reason, &hit.sources)).unwrap_or_default();
        let _ = writeln!(text, "{:>4}  {lane}  {score:>5}  {high:>5}  {bill:<width$}  {why}", n + 1);
        if detail == Detail::Full {
            explain(&mut text, assessment);
        }
    }
    text
}

fn cite(reason: &str, sources: &[String]) -> String {
    match sources.first() {
        Some(source) => format!("{reason} [{source}]"),
        None => reason.to_owned(),
    }
}

fn painted(lane: Lane, colour: bool) -> String {
    let name = format!("{:<6}", lane.as_str());
    if !colour {
        return name;
    }
    let code = match lane {
        Lane::Red => "1;37;41",
        Lane::Yellow => "30;43",
        Lane::Blue => "37;44",
        Lane::Green => "30;42",
    };
    format!("\u{1b}[{code}m{name}\u{1b}[0m")
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
