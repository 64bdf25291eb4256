//! `palisander alerts`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use palisander_engine::notices::{
    AlertIndex, AlertRecord, AlertResult, AlertSearch, JudgedQuery, SearchContext, Vocabulary, evaluate, leans_on,
    library_records, read_records, shipped_records,
};
use palisander_engine::tables::{DataSource, References};
use palisander_engine::woods::NameIndex;
use palisander_engine::{CountryCode, Date};

use super::safe;
use super::source::Sources;
use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::cli::out::{put, putln};

/// Alerts, Notifications and library: search them, read a file of them, measure the search.
#[derive(Subcommand)]
pub enum Command {
    /// Find records by words in any language, numbers, names of woods and countries
    ///
    ///   palisander alerts search "rosewood from Madagascar"
    ///   palisander alerts search --as-of 2014-03-01 "Notif. 39 of 2013"
    ///   palisander alerts search --kind focal_point --country KE ""
    ///
    /// The shipped records are searched, with those of --alerts. With --as-of only what counts on that day is found:
    /// published, in force and not withdrawn.
    #[command(verbatim_doc_comment)]
    Search(Search),
    /// Read an alert file and say what does not fit
    Import {
        /// Only check; nothing is kept (the engine reads alerts at start)
        #[arg(long)]
        check: bool,
        /// Alerts, one JSON object a line
        file: PathBuf,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Which consignments one alert would change, and how: lane and score without it and with it
    ///
    ///   palisander alerts hunt --alert X-17 --alerts alerts.ndjson --consignments past.ndjson
    ///
    /// What is known on the day of the hunt (--as-of) counts, also for consignments of the past. Only what the alert can
    /// touch by its numbers, names, countries and woods is scored.
    #[command(verbatim_doc_comment)]
    Hunt {
        /// Id or number of the alert
        #[arg(long, value_name = "ID")]
        alert: String,
        /// Manifests, in any format; fastest as NDJSON
        #[arg(long, value_name = "FILE", required = true)]
        consignments: Vec<PathBuf>,
        #[command(flatten)]
        sources: Sources,
        /// Also those that it meets without a change of lane or score
        #[arg(long)]
        all: bool,
        /// How to answer
        #[arg(long, value_enum, default_value_t = Answer::Table)]
        format: Answer,
    },
    /// Which assessments leaned on a record that is retracted, and which records repeat it
    Retract {
        /// Id or number of the record
        #[arg(long, value_name = "ID")]
        alert: String,
        /// Assessments, NDJSON as `palisander score` writes them
        #[arg(long, value_name = "FILE", required = true)]
        assessments: Vec<PathBuf>,
        /// Alerts, NDJSON; added to those that ship
        #[arg(long, value_name = "FILE")]
        alerts: Option<PathBuf>,
    },
    /// Records that somebody must look at again: a day of review has passed, or they end soon
    Due {
        /// Alerts, NDJSON; added to those that ship
        #[arg(long, value_name = "FILE")]
        alerts: Option<PathBuf>,
        /// Day [default: today in UTC]
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: Option<Date>,
        /// How soon an end counts
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        within: i32,
    },
    /// Measure the search against judged questions: recall@10, MRR, date errors, every question
    Evaluate {
        /// JSON lines: {"id","query","relevant":[ids],"as_of"}
        questions: PathBuf,
        /// The records that the questions were judged against; only they are searched
        #[arg(long, value_name = "FILE")]
        alerts: PathBuf,
        /// Search the shipped records and the library too
        #[arg(long)]
        with_shipped: bool,
        /// JSON instead of a table
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of the search.
#[derive(Args)]
pub struct Search {
    /// What is looked for
    query: Vec<String>,
    /// Alerts, JSON lines; added to those that ship
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// Only what counts on this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Date>,
    /// Only this kind: notification, alert, suspension, seizure, operation, focal_point, laboratory, tool …
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only records of this country, or of all: a code, or a name in any language
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Only records of this wood: its genus's notices count
    #[arg(long, value_name = "TAXON")]
    taxon: Option<String>,
    /// Only this measure: zero_quota, quota, suspension, export_ban, verify_permits …
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    /// Only this status: in_force, superseded, withdrawn
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only texts of this language, such as fr
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Number of records shown at most
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// A folder that keeps the index between calls
    #[arg(long, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Reference tables instead of the built-in ones: a folder like datasets/
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How to answer
    #[arg(long, value_enum, default_value_t = Answer::Table)]
    format: Answer,
}

/// How a result is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Answer {
    /// For people
    Table,
    /// One result a line
    Ndjson,
    /// One array
    Json,
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    let done = match command {
        Command::Search(arguments) => search(arguments),
        Command::Import { check: _, file, json } => import(file, *json),
        Command::Hunt { alert, consignments, sources, all, format } => {
            super::hunt::run(alert, consignments, sources, *all, *format == Answer::Table)
        }
        Command::Retract { alert, assessments, alerts } => retract(alert, assessments, alerts.as_deref()),
        Command::Due { alerts, as_of, within } => due(alerts.as_deref(), *as_of, *within),
        Command::Evaluate { questions, alerts, with_shipped, json } => measure(questions, alerts, *with_shipped, *json),
    };
    done.unwrap_or_else(|(code, error)| {
        say(&error);
        code
    })
}

type Done = Result<u8, (u8, String)>;

fn unreadable(error: impl ToString) -> (u8, String) {
    (UNREADABLE, error.to_string())
}

/// The tables and what reads questions.
fn context(source: &DataSource) -> Result<(References, SearchContext), (u8, String)> {
    let references = References::load(source).map_err(unreadable)?;
    let names = Arc::new(NameIndex::build(source).map_err(unreadable)?);
    let vocabulary = Arc::new(Vocabulary::build(source, &references).map_err(unreadable)?);
    Ok((references, SearchContext { vocabulary, names }))
}

/// Records of a file; faults are told.
fn records(file: &Path) -> Result<Vec<AlertRecord>, (u8, String)> {
    let bytes = read(file)?;
    let (records, faults) = read_records(&bytes);
    for fault in faults.iter().take(20) {
        say(&format!("{} line {}: {}", file.display(), fault.line, fault.what));
    }
    if let Some(more) = faults.len().checked_sub(20).filter(|more| *more > 0) {
        say(&format!("and {more} more"));
    }
    Ok(records)
}

fn read(file: &Path) -> Result<Vec<u8>, (u8, String)> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    bytes.map_err(|error| unreadable(format!("`{}` cannot be read: {error}", file.display())))
}

fn search(arguments: &Search) -> Done {
    let source = arguments.data.clone().map_or(DataSource::Embedded, DataSource::Folder);
    let (references, context) = context(&source)?;
    let country = arguments.country.as_deref().map(|text| country(text, &references)).transpose()?;
    let mut all = shipped_records(&references);
    all.extend(library_records(&source).map_err(unreadable)?);
    if let Some(file) = &arguments.alerts {
        all.extend(records(file)?);
    }
    let index = match &arguments.index {
        Some(folder) => AlertIndex::open(folder, &all, &context).map_err(unreadable)?,
        None => AlertIndex::build(&all, &context).map_err(unreadable)?,
    };
    let query = arguments.query.join(" ");
    let results = index.search(&AlertSearch {
        text: &query,
        as_of: arguments.as_of,
        kind: arguments.kind.as_deref(),
        country,
        taxon: arguments.taxon.as_deref(),
        measure: arguments.measure.as_deref(),
        status: arguments.status.as_deref(),
        handling: None,
        language: arguments.language.as_deref(),
        limit: arguments.limit,
    });
    print(&results, arguments.format)
}

fn country(text: &str, references: &References) -> Result<CountryCode, (u8, String)> {
    let found = references.countries.find(text).map(|country| country.code);
    found.ok_or_else(|| (BAD_ARGUMENTS, format!("--country `{text}` is neither a code nor a name of a country")))
}

fn print(results: &[AlertResult], format: Answer) -> Done {
    match format {
        Answer::Ndjson => {
            for result in results {
                putln!("{}", serde_json::to_string(result).map_err(unreadable)?);
            }
        }
        Answer::Json => putln!("{}", serde_json::to_string_pretty(results).map_err(unreadable)?),
        Answer::Table if results.is_empty() => putln!("nothing found"),
        Answer::Table => put!("{}", table(results)),
    }
    Ok(OK)
}

/// Three lines a result.
fn table(results: &[AlertResult]) -> String {
    let mut out = String::new();
    for result in results {
        let record = &result.record;
        let day = |day: Option<Date>, open: &str| day.map_or(open.to_owned(), |day| day.to_string());
        let _ = writeln!(
            out,
            "{:>3}  {:.2}  {}  {}",
            result.rank,
            result.score,
            safe::line(&result.id),
            safe::line(&result.title)
        );
        let acts = format!("{} to {}", day(result.effective_from, "…"), day(result.effective_to, "…"));
        let status = record.status.as_deref().unwrap_or("in_force");
        let handling = record.label();
        let kind = &record.kind;
        let invented = if record.invented { ", invented" } else { "" };
        let _ = writeln!(
            out,
            "           {kind}, {status}, {acts}, {handling}{invented}; {}",
            safe::line(&result.why.join("; "))
        );
        let _ = writeln!(out, "           {}", safe::line(&result.snippet));
    }
    out
}

fn import(file: &Path, as_json: bool) -> Done {
    let (records, faults) = read_records(&read(file)?);
    for fault in &faults {
        match (as_json, serde_json::to_string(fault)) {
            (true, Ok(line)) => putln!("{line}"),
            _ => putln!("line {}: {}", fault.line, fault.what),
        }
    }
    say(&format!("{} records read, {} fault(s)", records.len(), faults.len()));
    Ok(if faults.is_empty() { OK } else { FINDINGS })
}

/// Shipped records, library and those of a file.
fn all_records(file: Option<&Path>) -> Result<Vec<AlertRecord>, (u8, String)> {
    let references = References::load(&DataSource::Embedded).map_err(unreadable)?;
    let mut all = shipped_records(&references);
    all.extend(library_records(&DataSource::Embedded).map_err(unreadable)?);
    if let Some(file) = file {
        all.extend(records(file)?);
    }
    Ok(all)
}

fn retract(alert: &str, assessments: &[PathBuf], alerts: Option<&Path>) -> Done {
    let all = all_records(alerts)?;
    let record = all.iter().rev().find(|record| record.id == alert || record.citation() == alert);
    let record = record.ok_or_else(|| (BAD_ARGUMENTS, format!("--alert `{alert}` is the id of no record")))?;
    let repeating = all.iter().filter(|other| other.id != record.id && other.origin() == record.id);
    for other in repeating {
        putln!("{}", serde_json::json!({ "record": other.id, "repeats": record.id }));
    }
    let mut n = 0;
    for file in assessments {
        let text = String::from_utf8_lossy(&read(file)?).into_owned();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let assessment: serde_json::Value = serde_json::from_str(line).map_err(|error| {
                unreadable(format!("`{}` holds a line that is no assessment: {error}", file.display()))
            })?;
            let hits = leans_on(&assessment, record);
            if !hits.is_empty() {
                n += 1;
                let field = |name: &str| assessment.get(name).cloned().unwrap_or_default();
                let answer = serde_json::json!({
                    "consignment": field("consignment"), "assessment_id": field("assessment_id"), "as_of": field("as_of"),
                    "lane": field("lane"), "score": field("score"), "hits": hits,
                });
                putln!("{answer}");
            }
        }
    }
    say(&format!("{n} assessment(s) leaned on {}", record.id));
    Ok(if n == 0 { OK } else { FINDINGS })
}

fn due(alerts: Option<&Path>, as_of: Option<Date>, within: i32) -> Done {
    let all = all_records(alerts)?;
    let day = as_of.unwrap_or_else(crate::state::today);
    let due = palisander_engine::notices::due(&all, day, within);
    for (record, why) in &due {
        let day = |day: Option<Date>| day.map_or("-".to_owned(), |day| day.to_string());
        putln!(
            "{}  review {}  ends {}  {why}  {}",
            safe::line(&record.id),
            day(record.review_by),
            day(record.effective_to),
            safe::line(&record.title)
        );
    }
    Ok(if due.is_empty() { OK } else { FINDINGS })
}

fn measure(questions: &Path, alerts: &Path, with_shipped: bool, as_json: bool) -> Done {
    let (references, context) = context(&DataSource::Embedded)?;
    let mut all = Vec::new();
    if with_shipped {
        all.extend(shipped_records(&references));
        all.extend(library_records(&DataSource::Embedded).map_err(unreadable)?);
    }
    all.extend(records(alerts)?);
    let text = String::from_utf8_lossy(&read(questions)?).into_owned();
    let (mut judged, mut unread) = (Vec::new(), 0);
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<JudgedQuery>(line) {
            Ok(question) => judged.push(question),
            Err(error) => {
                say(&format!("{} line {}: {error}", questions.display(), n + 1));
                unread += 1;
            }
        }
    }
    let index = AlertIndex::build(&all, &context).map_err(unreadable)?;
    let figures = evaluate(&index, &judged);
    if as_json {
        putln!("{}", serde_json::to_string_pretty(&figures).map_err(unreadable)?);
    } else {
        for outcome in &figures.outcomes {
            putln!(
                "{:<8} recall {:.2}  rr {:.2}  date errors {}  {}",
                outcome.id,
                outcome.recall_at_10,
                outcome.reciprocal_rank,
                outcome.date_errors,
                outcome.query
            );
            putln!("         {}", outcome.results.join(", "));
            if !outcome.missing.is_empty() {
                putln!("         missing {}", outcome.missing.join(", "));
            }
        }
        putln!(
            "recall@10 {:.3}  MRR {:.3}  date errors {}  over {} questions; {} of {} without an answer got one",
            figures.recall_at_10,
            figures.mrr,
            figures.date_errors,
            figures.questions,
            figures.false_answers,
            figures.unanswerable
        );
    }
    Ok(if unread == 0 { OK } else { UNREADABLE })
}
