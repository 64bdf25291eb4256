//! `palisander report`: reports over the cases of a service, at the machine that keeps them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::out::{self, put, putln};
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, INCOMPLETE, OK, UNREADABLE, safe, say};
use crate::cases::{Case, Counts};
use crate::config::MAX_CASES_READ;
use crate::reports::{Definition, Shape, made, names, shipped, written};
use crate::service::reports::{FUNNEL, GUIDE};
use crate::service::{Clock, Office};
use crate::store::CaseQuestion;

/// Make a report of a year, or the figures of a seizure assessment; without a name, list them
///
/// Rows are those of the calendar year of the day at the place of the seizure. Nobody is named in any report. NAME may be a file like
/// those in server/reports, so that an office changes the columns without a program.
///
///   palisander report --state state/
///   palisander report illegal-trade --year 2026 --out illegal-trade-2026.xlsx --state state/
///   palisander report seizure-guide --state state/
///   palisander report funnel --year 2026 --state state/
///
/// JSON of rows is one object: name, title, year, due_on, may_be_shared, titles, unconfirmed, rows, late, n_cases, quality (score, gaps).
/// JSON of seizure-guide: n_cases, counts (question, says, n, of), sentences_months, days_until_told,
/// assets (currency, state). JSON of funnel: year, steps (step, n).
///
/// Exit codes: 0 ok, 2 unreadable state or definition, 3 bad arguments, 4 it could not be written.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// A report, `seizure-guide`, `funnel`, or a file that says what a report is made of
    name: Option<String>,
    /// Year of the seizures [default: this one]
    #[arg(long)]
    year: Option<i16>,
    /// Others may use the data (the flag that the report asks for)
    #[arg(long)]
    share: bool,
    /// Write it here; its end says how: .csv, .xlsx, .json, .html
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How it is written [default: by the end of FILE, else csv]
    #[arg(long, value_enum)]
    format: Option<Shape>,
    #[command(flatten)]
    state: State,
}

/// Runs the command; the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    reported(arguments).unwrap_or_else(|Stop { code, why }| {
        say(&why);
        code
    })
}

fn stop(code: u8, why: impl std::fmt::Display) -> Stop {
    Stop { code, why: why.to_string() }
}

fn reported(arguments: &Arguments) -> Result<u8, Stop> {
    let Some(name) = &arguments.name else {
        names().filter_map(shipped).for_each(|report| putln!("{:<16} {}", report.name, report.title));
        putln!("{FUNNEL:<16} From the bills that were picked out to convictions");
        putln!("{GUIDE:<16} Figures of a seizure assessment (CITES CoP17 Doc. 25, Annex 3)");
        return Ok(OK);
    };
    let by_name = arguments.out.as_ref().and_then(|path| Shape::of_name(&path.to_string_lossy()));
    if name == FUNNEL {
        let year = arguments.year.unwrap_or_else(|| crate::state::today().year());
        let (_, store) = arguments.state.existing()?;
        let office = Office::new(Arc::from(store), Clock::default());
        let steps = office.funnel(year).map_err(|error| stop(UNREADABLE, error))?;
        if arguments.format.or(by_name) == Some(Shape::Json) {
            putln!("{}", json!({ "year": year, "steps": steps }));
        } else {
            putln!("{year}, each of those before it:");
            steps.iter().for_each(|step| putln!("{:>8} {}", step.n, step.step));
        }
        return Ok(OK);
    }
    if name == GUIDE {
        let counts = Counts::of(&cases(&arguments.state)?);
        if arguments.format.or(by_name) == Some(Shape::Json) {
            putln!("{}", json!(counts));
        } else {
            put!("{}", in_words(&counts));
        }
        return Ok(OK);
    }
    let definition = definition(name)?;
    let year = arguments.year.unwrap_or_else(|| crate::state::today().year());
    let report = made(&definition, &cases(&arguments.state)?, year, arguments.share);
    let shape = arguments.format.or(by_name).unwrap_or(Shape::Csv);
    let bytes = written(&report, shape).map_err(|why| stop(INCOMPLETE, why))?;
    match &arguments.out {
        Some(path) => std::fs::write(path, bytes)
            .map_err(|error| stop(INCOMPLETE, format!("`{}` cannot be written: {error}", path.display())))?,
        None => {
            if let Err(error) = out::stdout().write_all(&bytes) {
                return Ok(out::ended(&error));
            }
        }
    }
    say(&format!(
        "{} rows of {} seizures in {year}; {} % of the cells say something",
        report.rows.len(),
        report.n_cases,
        report.quality.score
    ));
    for gap in report.quality.gaps.iter().filter(|gap| gap.is_needed) {
        say(&format!("needed and empty: {}, {} of {}", gap.title, gap.empty, gap.of));
    }
    if !report.unconfirmed.is_empty() {
        say(&format!("{} columns are not confirmed to be those of the official sheet", report.unconfirmed.len()));
    }
    Ok(OK)
}

fn definition(name: &str) -> Result<Definition, Stop> {
    if let Some(found) = shipped(name) {
        return Ok(found);
    }
    let known: Vec<&str> = names().chain([FUNNEL, GUIDE]).collect();
    let text = std::fs::read_to_string(name).map_err(|error| {
        let why =
            format!("`{}` is no report ({}) and no file that can be read: {error}", safe::line(name), known.join(", "));
        stop(BAD_ARGUMENTS, why)
    })?;
    Definition::read(&text).map_err(|faults| stop(UNREADABLE, faults.join("\n")))
}

fn cases(state: &State) -> Result<Vec<Case>, Stop> {
    let (_, store) = state.existing()?;
    let asked = CaseQuestion { is_closed_too: true, bill: None };
    let found = store.cases(&asked, MAX_CASES_READ).map_err(|error| stop(UNREADABLE, error))?;
    Ok(found.into_iter().map(|(case, _)| case).collect())
}

fn in_words(counts: &Counts) -> String {
    let mut text = format!("{} cases\n", counts.n_cases);
    for one in &counts.counts {
        let _ = writeln!(text, "{:>5} of {:<5} {}", one.n, one.of, one.says);
    }
    if let (Some(least), Some(most)) = (counts.sentences_months.first(), counts.sentences_months.last()) {
        let _ = writeln!(text, "sentences from {least} to {most} months");
    }
    let days = &counts.days_until_told;
    if let (Some(middle), Some(most)) = (days.get(days.len() / 2), days.last()) {
        let _ = writeln!(text, "countries were told after {middle} days (the middle), at most {most}");
    }
    for (currency, states) in &counts.assets {
        let states: Vec<String> = states.iter().map(|(state, value)| format!("{value} {state}")).collect();
        let _ = writeln!(text, "assets in {currency}: {}", states.join(", "));
    }
    text
}
