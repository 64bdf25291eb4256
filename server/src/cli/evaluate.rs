//! `palisander evaluate`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use palisander_evaluation::{
    Answer, Baselines, Counting, Report, Results, ResultsTold, Scored, Selection, Share, Table, Truth, change, lines,
    missed,
};
use serde::Deserialize;

use super::out::{put, putln};
use super::{BAD_ARGUMENTS, INCOMPLETE, OK, UNREADABLE, say};

/// Say honestly how good a ranking is: recall, precision and lift by method, with intervals, beside baselines
///
/// ANSWERS are what `score --format ndjson` wrote. With --truth (of `simulate`) it
/// tells what is found when 1, 2, 5 and 10 % of the bills are opened, and when
/// every port opens so many a day; intervals are exact (Clopper and Pearson), and
/// beside them stands how far a resample of ships and traders moves the figure.
/// Baselines: chance, a list of codes and words, weighted criteria over raw
/// fields; then information alone and profiles alone.
///
/// With --results only final states count; they tell the hit rate, what led to
/// finds, and whether the rate changed. With --selection (of `select`) the random
/// draw tells what was missed below the cut, or says why it cannot.
///
/// Examples:
///   palisander evaluate --truth world/truth.ndjson answers.ndjson
///   palisander evaluate --truth world/truth.ndjson --output report.html \
///     answers.ndjson
///   palisander evaluate --results results.ndjson --selection selected.json \
///     --statistics exchange.json answers.ndjson
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Answers, NDJSON
    #[arg(required = true)]
    answers: Vec<PathBuf>,
    /// What each bill was made to be, as `simulate` writes it
    #[arg(long, value_name = "FILE", required_unless_present = "results")]
    truth: Option<PathBuf>,
    /// Reports about examinations, NDJSON: consignment, reported_on, state (preliminary, final), result (found, nothing),
    /// detected_by
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
    /// What was opened and with which chance, as `select --format json` writes it; without --results the truth is what the
    /// examinations found
    #[arg(long, value_name = "FILE")]
    selection: Option<PathBuf>,
    /// Bills that each port opens a day
    #[arg(long, value_name = "N", default_value_t = 10)]
    capacity: usize,
    /// Another ranking to compare with: NDJSON of consignment and score; can be given several times
    #[arg(long = "ranking", value_name = "NAME=FILE")]
    rankings: Vec<String>,
    /// Write statistics of profiles for exchange: counts by indicator, nothing of any consignment
    #[arg(long, value_name = "FILE")]
    statistics: Option<PathBuf>,
    /// Write a page with pictures
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to answer
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Tables
    Table,
    /// One object with all figures
    Json,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> u8 {
    match evaluated(arguments) {
        Ok(()) => OK,
        Err((code, why)) => {
            say(&why);
            code
        }
    }
}

/// An exit code and why.
pub(super) type Stop = (u8, String);

fn evaluated(arguments: &Arguments) -> Result<(), Stop> {
    let baselines = Baselines::shipped().map_err(|error| (INCOMPLETE, error.to_string()))?;
    let results = arguments.results.as_deref().map(results).transpose()?;
    let (mut scored, mut order, mut counting) = (BTreeMap::new(), Vec::new(), Counting::default());
    for path in &arguments.answers {
        read(path, &mut |answer: Answer| {
            let result = results.as_ref().and_then(|results| results.of(&answer.consignment));
            counting.take(&answer, result);
            order.push(answer.consignment.clone());
            scored.insert(answer.consignment.clone(), Scored::new(&answer, &baselines));
        })?;
    }
    if let Some(path) = &arguments.statistics {
        written(path, &serde_json::to_string_pretty(&counting.exchange()).unwrap_or_default())?;
    }
    let mut truth = Vec::new();
    match &arguments.truth {
        Some(path) => read(path, &mut |one: Truth| truth.push(one))?,
        // From operations: what was found is what is known.
        None => truth.extend(results.iter().flat_map(|results| order.iter().filter_map(|bill| known(bill, results)))),
    }
    let planted: BTreeMap<String, bool> = truth.iter().map(|one| (one.consignment.clone(), one.planted)).collect();
    let table = Table::new(scored, truth);
    let others = arguments.rankings.iter().map(|given| ranking(given, &table)).collect::<Result<Vec<_>, Stop>>()?;
    let mut report = Report::new(&table, &others, arguments.capacity);
    if let Some(path) = &arguments.selection {
        let selection = selection(path)?;
        let examined = |bill: &str| match &results {
            Some(results) => results.of(bill),
            None => planted.get(bill).copied(),
        };
        match missed(&selection, &examined) {
            Ok(missed) => report.missed = Some(missed),
            Err(refusal) => report.refused = Some(refusal.to_string()),
        }
    }
    report.results = results.as_ref().map(told);
    if let Some(path) = &arguments.output {
        written(path, &report.html("How good the ranking is"))?;
    }
    match arguments.format {
        Form::Json => putln!("{}", serde_json::to_string_pretty(&report).unwrap_or_default()),
        Form::Table => put!("{}", shown(&report)),
    }
    Ok(())
}

fn open(path: &Path) -> Result<BufReader<File>, Stop> {
    let file =
        File::open(path).map_err(|error| (UNREADABLE, format!("`{}` cannot be read: {error}", path.display())))?;
    Ok(BufReader::with_capacity(1 << 20, file))
}

/// Each line of a file, in order.
pub(super) fn read<T: for<'de> Deserialize<'de>>(path: &Path, take: &mut dyn FnMut(T)) -> Result<(), Stop> {
    let read = lines(open(path)?, take);
    read.map(|_| ()).map_err(|error| (UNREADABLE, format!("`{}`: {error}", path.display())))
}

/// Results of examinations, the last final state of each bill.
pub(super) fn results(path: &Path) -> Result<Results, Stop> {
    Results::read(open(path)?).map_err(|error| (UNREADABLE, format!("`{}`: {error}", path.display())))
}

fn selection(path: &Path) -> Result<Selection, Stop> {
    serde_json::from_reader(open(path)?).map_err(|error| (UNREADABLE, format!("`{}`: {error}", path.display())))
}

fn written(path: &Path, text: &str) -> Result<(), Stop> {
    std::fs::write(path, format!("{text}\n"))
        .map_err(|error| (INCOMPLETE, format!("`{}` cannot be written: {error}", path.display())))
}

/// A bill with a final result; those nobody looked at are unknown and stand in no figure.
fn known(bill: &str, results: &Results) -> Option<Truth> {
    Some(examined(bill, results.of(bill)?))
}

/// A bill of which it is known whether something was found, and nothing else.
pub(super) fn examined(bill: &str, found: bool) -> Truth {
    Truth {
        consignment: bill.to_owned(),
        planted: found,
        day: String::new(),
        port: String::new(),
        ship: String::new(),
        consignor: String::new(),
        made: "examined".to_owned(),
        method: "found".to_owned(),
        case: String::new(),
    }
}

fn ranking(given: &str, table: &Table) -> Result<(String, Vec<f64>), Stop> {
    #[derive(Deserialize)]
    struct Line {
        consignment: String,
        score: f64,
    }
    let (name, path) =
        given.split_once('=').ok_or_else(|| (BAD_ARGUMENTS, format!("--ranking `{given}` is not NAME=FILE")))?;
    let mut scores = BTreeMap::new();
    read(Path::new(path), &mut |line: Line| {
        scores.insert(line.consignment, line.score);
    })?;
    let of = |bill: &String| scores.get(bill).copied().unwrap_or(f64::NEG_INFINITY);
    Ok((name.to_owned(), table.rows.iter().map(|row| of(&row.consignment)).collect()))
}

fn told(results: &Results) -> ResultsTold {
    let mut finals: Vec<(&String, &String, bool)> =
        results.finals.iter().map(|(bill, known)| (&known.reported_on, bill, known.found)).collect();
    finals.sort();
    let found: Vec<bool> = finals.iter().map(|(.., found)| *found).collect();
    ResultsTold {
        n_final: found.len(),
        n_preliminary: results.n_preliminary,
        hit_rate: Share::new(found.iter().filter(|found| **found).count() as u64, found.len() as u64),
        sources: results.sources(),
        change: change(&found),
    }
}

fn percent(share: &Share) -> String {
    let of = share.share.map_or_else(|| "-".to_owned(), |own| format!("{:.1}", own * 100.0));
    format!("{of:>5} ({:>3.0}-{:>3.0})", share.low * 100.0, share.high * 100.0)
}

/// Tables for a terminal.
fn shown(report: &Report) -> String {
    let mut out = format!(
        "{} bills, {} planted; {} without an answer ({} planted, counted as missed)\n\n",
        report.n_bills, report.n_planted, report.n_unanswered, report.n_planted_unanswered
    );
    let _ = writeln!(out, "found, % of the planted (95 % interval) when so many bills are opened");
    let _ = write!(out, "{:<18}", "order");
    for figure in report.answers().map_or(&[][..], |own| &own.at) {
        let _ = write!(out, "{:>15}", figure.opened);
    }
    out.push('\n');
    for one in &report.rankings {
        let _ = write!(out, "{:<18}", one.name);
        for figure in &one.at {
            let _ = write!(out, "{:>15}", percent(&figure.recall));
        }
        out.push('\n');
    }
    let at_capacity = format!("{} a port and day", report.capacity);
    let _ = writeln!(out, "\n{:<18}{at_capacity:>20}{:>20}{:>20}", "order", "precision at 1 %", "lift at 1 %");
    for one in &report.rankings {
        let first = one.at.first();
        let precision = first.map_or_else(String::new, |figure| percent(&figure.precision));
        let lift = first.and_then(|figure| figure.lift).map_or_else(|| "-".to_owned(), |lift| format!("{lift:.1}"));
        let found = percent(&one.at_capacity.recall);
        let _ = writeln!(out, "{:<18}{found:>20}{precision:>20}{lift:>20}", one.name);
    }
    if let Some(span) = report.answers().and_then(|own| own.at.first()).map(|figure| figure.recall_clusters) {
        let at = |end: Option<f64>| end.map_or_else(|| "-".to_owned(), |end| format!("{:.0}", end * 100.0));
        let _ = writeln!(
            out,
            "at 1 % other ships and traders move the answers' figure between {} and {}",
            at(span.low),
            at(span.high)
        );
    }
    let _ = writeln!(
        out,
        "\n{:<22}{:>8}{:>16}{:>16}{:>16}",
        "method", "planted", "found at 1 %", "at 10 %", "above its twin"
    );
    for one in &report.methods {
        let _ = writeln!(
            out,
            "{:<22}{:>8}{:>16}{:>16}{:>16}",
            one.method,
            one.at_1_percent.of,
            percent(&one.at_1_percent),
            percent(&one.at_10_percent),
            percent(&one.above_twin)
        );
    }
    let _ = writeln!(out, "\nlanes by what bills are");
    for row in &report.lanes {
        let lanes: Vec<String> = row.lanes.iter().map(|(lane, n)| format!("{lane} {n}")).collect();
        let _ = writeln!(out, "{:<12}{:>9}  {}", row.made, row.n_bills, lanes.join(", "));
    }
    if let Some(missed) = &report.missed {
        let _ = writeln!(
            out,
            "\nmissed below the cut, by the draw: {:.0} (doubly robust {:.0}), between {:.0} and {:.0}; {} drawn, {} with a result, worth {:.0}",
            missed.horvitz_thompson,
            missed.doubly_robust,
            missed.low,
            missed.high,
            missed.n_drawn,
            missed.n_answered,
            missed.effective_sample
        );
    }
    if let Some(why) = &report.refused {
        let _ = writeln!(out, "\n{why}");
    }
    if let Some(told) = &report.results {
        let sources: Vec<String> =
            told.sources.iter().map(|one| format!("{} {} of {}", one.source, one.share.n, one.share.of)).collect();
        let _ = writeln!(
            out,
            "\n{} final results ({} preliminary ones left out), found in {}; led to by {}",
            told.n_final,
            told.n_preliminary,
            percent(&told.hit_rate),
            sources.join(", ")
        );
        if let Some(change) = &told.change {
            let way = if change.upward { "rose" } else { "fell" };
            let _ = writeln!(out, "the hit rate {way} after about {} results (seen at {})", change.since, change.at);
        }
    }
    out
}
