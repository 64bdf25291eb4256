//! `palisander rules backtest`: what a change of rules costs the port and brings, on bills that were filed.
//!
//! In: two sets of rules, files of bills, what is known of them. Out: a report. Each bill is read, gathered and settled once and
//! judged under both. Not here: what is counted (`tally.rs`), how it is shown (`table.rs`, `page.rs`, `junit.rs`).

mod berths;
mod both;
pub mod flips;
mod gate;
mod honest;
mod junit;
mod known;
mod page;
mod pictures;
mod report;
mod run;
mod table;
mod tally;

pub use known::Known;
pub use table::flip_lines;

use std::path::{Path, PathBuf};

use clap::Args;
use palisander_engine::answers::Lane;

use super::past::{Past, Stop, ended, unreadable};
use super::side::Side;
use crate::cli::out::{columns, put, wrapped};
use crate::cli::score::lane;
use crate::cli::{BAD_ARGUMENTS, FINDINGS, INCOMPLETE, OK, UNREADABLE};
use gate::MaxAdded;
use report::Report;

/// Say what a change of rules costs the port and brings, on bills that were filed
///
/// The rules of PATH are judged as the base that they would become, against those of --base. Each bill is judged on the day on
/// which its ship arrives, or on --as-of. `--against honest` takes simulated honest bills (honest:N, so many), alone or beside files:
/// how many of them the new rules would flag.
///
///   palisander rules backtest --against month/ --register permits.csv --alerts alerts.ndjson
///   palisander rules backtest --against month/ honest --results results.ndjson --output report.html
///   palisander rules backtest --against month/ --max-added 3/day --format junit > junit.xml
///
/// An inspection is a bill from the lane --inspect up; where it is asked for only under the new rules it is added, and every
/// indicator that newly fires there, or is stated otherwise, has a part in it.
///
/// JSON is one object: rules, bills, lanes (before, after, n), by_lane, indicators (fires, new, missed, common, open, added, and
/// where they are known precision and honest), flips (n_up, n_down, up, down), inspections (by_port_and_day), results (at 1, 2, 5 and
/// 10 %: recall and precision, each n, of, share, low, high), honest, gate, not_simulated. Of two values the first is before, the
/// second after.
///
/// Exit codes: 0 ok, 1 more is added than --max-added, or rules do not load, 2 unreadable input, 3 bad arguments, 4 incomplete.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// The new rules [default: the profile of this folder, else `./rules`, else the built-in ones]
    path: Option<PathBuf>,
    /// Bills: manifests in any format, or folders of them; `honest` or `honest:N` = simulated honest bills
    #[arg(long, required = true, num_args = 1.., value_name = "FILES")]
    against: Vec<PathBuf>,
    /// The rules as they are: a folder, a signed pack, a revision of git (its folder `rules`), or `builtin`
    #[arg(long, default_value = super::side::BUILT_IN, value_name = "RULES")]
    base: PathBuf,
    /// Public key of whoever signs the pack of --base
    #[arg(long, value_name = "FILE")]
    rules_key: Option<PathBuf>,
    #[command(flatten)]
    past: Past,
    /// Results of examinations, NDJSON, as `evaluate --results` reads them
    #[arg(long, value_name = "FILE", conflicts_with = "truth")]
    results: Option<PathBuf>,
    /// What each bill was made to be, as `simulate` writes it
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Bills that each port opens a day: tells which are opened now and which no more
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    capacity: Option<u16>,
    /// From this lane up a bill is inspected
    #[arg(long, value_name = "LANE", value_parser = lane, default_value = "red")]
    inspect: Lane,
    /// The most inspections that may be added: 3/day or 3/week at a port, or 3 over all
    #[arg(long, value_name = "N")]
    max_added: Option<MaxAdded>,
    /// Go on from here: what is judged of each file is kept in FILE, and a run that ended early begins after the last whole file
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Bills that are shown each way
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    top: u16,
    /// How to answer
    #[arg(long, value_enum, default_value_t = super::Report::Table)]
    format: super::Report,
    /// The same as --format json
    #[arg(long)]
    json: bool,
    /// Write a page with pictures, too
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command; the exit code.
pub fn backtest(arguments: &Arguments) -> u8 {
    ended(backtested(arguments))
}

fn backtested(arguments: &Arguments) -> Result<u8, Stop> {
    let format = if arguments.json { super::Report::Json } else { arguments.format };
    if format == super::Report::Junit && arguments.max_added.is_none() {
        return Err((BAD_ARGUMENTS, "--format junit tells of a gate: give one with --max-added".to_owned()));
    }
    let base = Side::named(&arguments.base, arguments.rules_key.as_deref()).map_err(unreadable)?;
    let new = Side::of(super::place::meant(arguments.path.as_deref()));
    let report = match run::run(arguments, [&base, &new])? {
        run::Ran::Unloaded(findings) => {
            put!("{findings}");
            return Err((
                FINDINGS,
                "not everything loads: mend that first, for nothing else could be relied on".to_owned(),
            ));
        }
        run::Ran::Told(report) => report,
    };
    if let Some(path) = &arguments.output {
        written(path, &page::page(&report))?;
    }
    match (format, &report.gate) {
        (super::Report::Json, _) => put!("{}\n", serde_json::to_string(&*report).unwrap_or_default()),
        (super::Report::Junit, Some(gate)) => put!("{}", junit::document(&report, gate)),
        _ => put!("{}", wrapped(&table::shown(&report), usize::from(columns(None)))),
    }
    Ok(code(&report))
}

fn code(report: &Report) -> u8 {
    let bills = &report.bills;
    if bills.lost > 0 || bills.judged + bills.lost != bills.read {
        INCOMPLETE
    } else if bills.unreadable > 0 {
        UNREADABLE
    } else if report.gate.as_ref().is_some_and(|gate| !gate.holds()) {
        FINDINGS
    } else {
        OK
    }
}

fn written(path: &Path, text: &str) -> Result<(), Stop> {
    std::fs::write(path, text).map_err(|error| (INCOMPLETE, format!("`{}` cannot be written: {error}", path.display())))
}
