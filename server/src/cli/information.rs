//! `palisander information`: what people tell, at the machine that keeps the state.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use palisander_engine::lines::{Line, Lines};
use palisander_engine::tables::{DataSource, References};
use palisander_engine::{Date, Label};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::out::{self, putln};
use super::safe::line;
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::config::MAX_FORM_BYTES;
use crate::hex;
use crate::meant::in_words;
use crate::service::information::Grading;
use crate::service::informed::Due;
use crate::service::readers::OPERATOR;
use crate::service::{Caller, Clock, Office, OfficeError};
use crate::store::{Grade, Information, InformationQuestion, InformationState, Role, WhatTold};

/// What is done with information.
#[derive(Subcommand)]
pub enum Command {
    /// Take on a file of reports that another office graded
    ///
    /// NDJSON, one report a line: what `POST /v1/information` takes, and `grade`, `label`, `purpose`. Grades stay as their scheme
    /// writes them; a file says by which they were given. What does not fit is told with its line, and the rest is taken on.
    Import(Import),
    /// Show what is live and needs somebody: it has ended, ends soon, or its day of review has passed
    Due(DueOf),
    /// Register names that no free text may hold: read from standard input, a line each, and kept as keyed hashes alone
    ///
    /// They stand for a source whose code is told instead. The register of who that is belongs in another system.
    ///
    ///   palisander information names --state DIR --code SRC-7 < names.txt
    #[command(verbatim_doc_comment)]
    Names(Names),
}

/// A file that is taken on.
#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    state: State,
    /// The scheme by which it is graded: europol_4x4, uk_5x5x5, uk_3x5x2 or admiralty_6x6
    #[arg(long, value_name = "SCHEME")]
    scheme: String,
    /// Have it act at once, where one person may
    #[arg(long)]
    live: bool,
    /// NDJSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// What needs somebody.
#[derive(Args)]
pub struct DueOf {
    #[command(flatten)]
    state: State,
    /// Days within which an end is soon
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = clap::value_parser!(i32).range(0..=3_660))]
    within: i32,
    /// One JSON document, for programs
    #[arg(long)]
    json: bool,
    /// Columns to write for [default: the terminal's]
    #[arg(long, value_name = "N")]
    columns: Option<u16>,
}

/// Names that are registered.
#[derive(Args)]
pub struct Names {
    #[command(flatten)]
    state: State,
    /// The code that stands for who bears these names: capitals, digits and `-`
    #[arg(long, value_name = "CODE")]
    code: String,
}

/// Runs it; the exit code.
pub fn run(command: &Command) -> u8 {
    let done = match command {
        Command::Import(import) => imported(import),
        Command::Due(due) => listed(due),
        Command::Names(names) => registered(names),
    };
    done.unwrap_or_else(|Stop { code, why }| {
        say(&why);
        code
    })
}

fn office(state: &State) -> Result<Office, Stop> {
    let (_, store) = state.existing()?;
    Ok(Office::new(Arc::from(store), Clock::default()))
}

fn stop(error: &OfficeError) -> Stop {
    let code =
        if matches!(error, OfficeError::Wrong(_) | OfficeError::Conflict(_)) { BAD_ARGUMENTS } else { UNREADABLE };
    Stop { code, why: error.to_string() }
}

fn unreadable(why: impl std::fmt::Display) -> Stop {
    Stop { code: UNREADABLE, why: why.to_string() }
}

/// One line of a file: what is told, and what the office that graded it says of it.
#[derive(Deserialize)]
struct Row {
    grade: RowGrade,
    label: String,
    purpose: String,
    #[serde(default)]
    groups: BTreeSet<String>,
    #[serde(flatten)]
    told: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowGrade {
    source: String,
    content: String,
}

fn imported(import: &Import) -> Result<u8, Stop> {
    let references = References::load(&DataSource::Embedded).map_err(unreadable)?;
    if !references.gradings.schemes().any(|scheme| scheme == import.scheme) {
        let known = references.gradings.schemes().collect::<Vec<_>>().join(", ");
        let why = format!("`{}` is no scheme of grades; the schemes are {known}", import.scheme);
        return Err(Stop { code: BAD_ARGUMENTS, why });
    }
    let file = std::fs::File::open(&import.file)
        .map_err(|error| unreadable(format!("`{}` cannot be read: {error}", import.file.display())))?;
    let office = office(&import.state)?;
    let caller = Caller::at_the_machine(office.clock.today(), Role::Handler);
    let (mut taken, mut refused) = (0_u64, 0_u64);
    for text in Lines::new(std::io::BufReader::new(file), MAX_FORM_BYTES) {
        let (n, done) = match text {
            Line::Text(_, text) if text.trim_ascii().is_empty() => continue,
            Line::Text(n, text) => (n, taken_on(&office, &caller, &references, import, &text)),
            Line::TooLong(n) => (n, Err(format!("over MAX_FORM_BYTES ({MAX_FORM_BYTES})"))),
            Line::Failed(_, error) => return Err(unreadable(error)),
        };
        match done {
            Ok(information) => {
                taken += 1;
                putln!("{} {} {}", information.id, information.state, line(&information.told.title));
            }
            Err(why) => {
                refused += 1;
                say(&format!("line {n}: {why}"));
            }
        }
    }
    say(&format!("{taken} taken on, {refused} refused"));
    Ok(if refused > 0 { FINDINGS } else { OK })
}

fn taken_on(
    office: &Office,
    caller: &Caller,
    references: &References,
    import: &Import,
    text: &[u8],
) -> Result<Information, String> {
    let row: Row = serde_json::from_slice(text).map_err(|error| in_words(&error))?;
    let told: WhatTold =
        serde_json::from_value(serde_json::Value::Object(row.told)).map_err(|error| in_words(&error))?;
    let label = Label::read(&row.label).ok_or_else(|| format!("`{}` is no label of TLP 2.0", line(&row.label)))?;
    let grade = Grade { scheme: import.scheme.clone(), source: row.grade.source, content: row.grade.content };
    let says = |error: OfficeError| error.to_string();
    let grading = Grading {
        grade,
        label,
        purpose: row.purpose,
        groups: row.groups,
        effective_from: None,
        effective_to: None,
        review_by: None,
    };
    // The same line again, in this file or another, is the same report.
    let once = Office::once(caller, &format!("import {}", hex::shown(&Sha256::digest(text))), &import.scheme, text);
    office.take_on(caller, &references.gradings, told, grading, import.live, once).map_err(says)
}

fn listed(of: &DueOf) -> Result<u8, Stop> {
    let office = office(&of.state)?;
    let (mut found, mut before): (Vec<(Information, Due)>, u64) = (Vec::new(), u64::MAX);
    loop {
        let asked = InformationQuestion {
            label: Label::Red,
            teller: OPERATOR.to_owned(),
            state: Some(InformationState::Live),
            before,
            limit: STEP,
        };
        let page = office.store.informations(&asked).map_err(unreadable)?;
        let Some((_, last)) = page.last() else { break };
        before = *last;
        let due = page.into_iter().filter_map(|(one, _)| Some((office.due(&one, of.within)?, one)));
        found.extend(due.map(|(due, one)| (one, due)));
    }
    if of.json {
        let all: Vec<_> = found
            .iter()
            .map(|(one, due)| {
                serde_json::json!({ "id": one.id, "title": one.told.title, "due": due,
                    "effective_to": one.told.effective_to, "review_by": one.told.review_by })
            })
            .collect();
        putln!("{}", serde_json::json!({ "due": all }));
        return Ok(OK);
    }
    if found.is_empty() {
        putln!("Nothing needs anybody.");
        return Ok(OK);
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(out::columns(of.columns));
    table.set_header(["information", "what", "last day", "review", "title"]);
    for (one, due) in &found {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let what = serde_json::to_value(due).ok().and_then(|due| due.as_str().map(str::to_owned)).unwrap_or_default();
        table.add_row([
            one.id.clone(),
            what,
            day(one.told.effective_to),
            day(one.told.review_by),
            line(&one.told.title).into_owned(),
        ]);
    }
    // An id that is broken over two lines is not copied whole.
    if let Some(id) = table.column_mut(0) {
        id.set_constraint(ColumnConstraint::ContentWidth);
    }
    putln!("{table}");
    Ok(OK)
}

/// Records that are read at once.
const STEP: usize = 500;

fn registered(of: &Names) -> Result<u8, Stop> {
    let names: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>().map_err(unreadable)?;
    let names: Vec<String> = names.into_iter().filter(|name| !name.trim().is_empty()).collect();
    if names.is_empty() {
        let why = "give names on standard input, a line each: `palisander information names --code SRC-7 < names.txt`";
        return Err(Stop { code: BAD_ARGUMENTS, why: why.to_owned() });
    }
    let office = office(&of.state)?;
    let n = office.add_holder(OPERATOR, &of.code, &names).map_err(|error| stop(&error))?;
    say(&format!("{} names stand behind {}: {n} keyed hashes are kept, and no name", names.len(), of.code));
    Ok(OK)
}
