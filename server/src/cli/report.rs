//! `palisander report`: reports over the cases of a service, at the machine that keeps them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use palisander_engine::Date;
use serde_json::json;

use super::out::{self, put, putln};
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, INCOMPLETE, OK, UNREADABLE, safe, say};
use crate::cases::{Case, Counts};
use crate::config::MAX_CASES_READ;
use crate::reports::{
    COOPERATION, Definition, FINDINGS, METHODS, Made, SANCTIONS, Shape, TRENDS, asking, made, names, questions,
    shipped, written,
};
use crate::service::reports::{FUNNEL, GUIDE, RowsBehind};
use crate::service::{Caller, Clock, Office, OfficeError};
use crate::store::{CaseQuestion, Role};

/// Make a report of a year, or the figures of a seizure assessment; without a name, list them
///
/// Rows are those of the calendar year of the day at the place of the seizure. Nobody is named in any report. NAME may be a file like
/// those in server/reports, so that an office changes the columns without a program.
///
///   palisander report --state state/
///   palisander report illegal-trade --year 2026 --out illegal-trade-2026.xlsx --state state/
///   palisander report seizure-guide --state state/
///   palisander report funnel --year 2026 --state state/
///   palisander report enforcement --year 2026 --state state/ --format csv
///   palisander report enforcement --year 2026 --state state/ --question convicted
///   palisander report cooperation --since 2026-06-01 --state state/
///
/// JSON of rows is one object: name, title, year, due_on, may_be_shared, titles, unconfirmed, rows, late, n_cases, quality (score, gaps).
/// JSON of seizure-guide: n_cases, counts (question, says, n, of), sentences_months, days_until_told,
/// assets (currency, state). JSON of funnel: year, steps (step, n).
///
/// Exit codes: 0 ok, 2 unreadable state or definition, 3 bad arguments, 4 it could not be written.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// A report by name, or a file that says what a report is made of
    name: Option<String>,
    /// Year of the seizures [default: this one]
    #[arg(long)]
    year: Option<i16>,
    /// Of `cooperation`: the day before and after which seizures are compared
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Of a report of questions: show the rows behind one of its answers
    #[arg(long, value_name = "ID")]
    question: Option<String>,
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
        asking().filter_map(questions).for_each(|report| putln!("{:<16} {}", report.name, report.title));
        putln!("{FINDINGS:<16} Findings, recommendations, clauses and profiles");
        putln!("{METHODS:<16} What led to finds, and how often each way of choosing finds something");
        putln!("{SANCTIONS:<16} How cases ended in court, by gravity");
        putln!("{COOPERATION:<16} Seizures before and after a day (--since)");
        putln!("{TRENDS:<16} Offers on platforms by quarter, wood, platform and form");
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
    let year = arguments.year.unwrap_or_else(|| crate::state::today().year());
    let report = match of_records(arguments, name, year)? {
        Some(Of::Rows(rows)) => {
            rows.rows.iter().for_each(|row| putln!("{row}"));
            say(&format!("{} rows are behind `{}` of {year}", rows.n, rows.question));
            return Ok(OK);
        }
        Some(Of::Table(report)) => report,
        None => made(&definition(name)?, &cases(&arguments.state)?, year, arguments.share),
    };
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
        "{} rows{} in {year}; {} % say something",
        report.rows.len(),
        report.n_cases.map(|n| format!(" of {n} seizures")).unwrap_or_default(),
        report.quality.score
    ));
    for gap in report.quality.gaps.iter().filter(|gap| gap.is_needed) {
        say(&format!("needed and empty: {}, {} of {}", gap.title, gap.empty, gap.of));
    }
    if !report.unconfirmed.is_empty() {
        say(&format!(
            "{} columns or questions are not confirmed to be those of the official document",
            report.unconfirmed.len()
        ));
    }
    Ok(OK)
}

/// What is made of many records, or the rows behind one of its answers.
enum Of {
    Table(Made),
    Rows(RowsBehind),
}

/// A report over many records; `None` where there is none of that name.
fn of_records(arguments: &Arguments, name: &str, year: i16) -> Result<Option<Of>, Stop> {
    if !asking().chain([FINDINGS, METHODS, SANCTIONS, COOPERATION, TRENDS]).any(|own| own == name) {
        return Ok(None);
    }
    let (_, store) = arguments.state.existing()?;
    let office = Office::new(Arc::from(store), Clock::default());
    let mut caller = Caller::at_the_machine(crate::state::today(), Role::Officer);
    // At the machine the cases of all groups are at hand.
    let groups = office.store.groups().map_err(|error| stop(UNREADABLE, error))?;
    caller.reader.groups = groups.into_iter().map(|group| group.id).collect();
    let failed = |error: OfficeError| stop(BAD_ARGUMENTS, error);
    if let Some(question) = &arguments.question {
        let rows = office.rows_behind(&caller, name, question, year).map_err(failed)?;
        let why = || stop(BAD_ARGUMENTS, format!("`{}` is no question of {name}", safe::line(question)));
        return rows.map(|rows| Some(Of::Rows(rows))).ok_or_else(why);
    }
    Ok(office.figures(&caller, name, year, arguments.since).map_err(failed)?.map(Of::Table))
}

fn definition(name: &str) -> Result<Definition, Stop> {
    if let Some(found) = shipped(name) {
        return Ok(found);
    }
    let known: Vec<&str> =
        names().chain(asking()).chain([FINDINGS, METHODS, SANCTIONS, COOPERATION, TRENDS, FUNNEL, GUIDE]).collect();
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
