//! `palisander rules tune`: points and thresholds that would have found more with the same openings.
//!
//! In: rules, bills that were filed, what is known of them, a capacity. Out: suggestions, each with the bills that decide; nothing is
//! changed. Each bill is judged once; what other points would make of it is reckoned from what fired. Not here: how bills are
//! remembered (`weighed.rs`), the search (`search.rs`), how it is told (`told.rs`).

mod search;
mod told;
mod weighed;

use std::path::PathBuf;

use clap::Args;
use palisander_engine::bills::Trial;
use palisander_engine::rules::ids_in;

use super::backtest::Known;
use super::past::{Past, Stop, ended, unreadable};
use super::place;
use super::side::{Side, amiss};
use super::trying::{Seen, Trying};
use crate::cli::out::{columns, put, putln, wrapped};
use crate::cli::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, source};
use search::Search;
use weighed::{Model, Port};

/// Suggest points and thresholds that would have found more with the same openings; nothing is changed
///
/// Each bill is judged under the rules of PATH. Ports open the first N of a day, in the strict order. Points of each indicator and
/// the thresholds of lanes are moved a little, one at a time; what finds more on the first two thirds of the days and no less on
/// the last third is suggested, with the bills that come in and go out. Of bills that nobody opened nothing is known: results say
/// most about rules like those by which they were chosen.
///
///   palisander rules tune --against month/ --results results.ndjson --capacity 20
///   palisander rules tune my-rules --against world/ --truth world/truth.ndjson --capacity 10 --format json
///
/// JSON is one object: bills, berths, capacity, now and suggestions (what, from, to, shipped, learned, checked, comes_in,
/// goes_out); learned and checked are of the first two thirds and the last third of the days: found, opened, of.
///
/// Exit codes: 0 ok, 1 rules do not load, 2 unreadable input, 3 bad arguments.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Rules to tune [default: the profile of this folder, else `./rules`, else the built-in ones]
    path: Option<PathBuf>,
    /// Bills: manifests in any format, or folders of them
    #[arg(long, required = true, num_args = 1.., value_name = "FILES")]
    against: Vec<PathBuf>,
    #[command(flatten)]
    past: Past,
    /// Results of examinations, NDJSON, as `evaluate --results` reads them
    #[arg(long, value_name = "FILE", conflicts_with = "truth", required_unless_present = "truth")]
    results: Option<PathBuf>,
    /// What each bill was made to be, as `simulate` writes it
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Bills that each port opens a day
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), default_value_t = 10)]
    capacity: u16,
    /// Suggestions that are made at most
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=20))]
    top: u8,
    #[command(flatten)]
    shape: super::shape::Shape,
}

/// Runs the command; the exit code.
pub fn tune(arguments: &Arguments) -> u8 {
    ended(tuned(arguments))
}

fn tuned(arguments: &Arguments) -> Result<u8, Stop> {
    let side = Side::of(place::meant(arguments.path.as_deref()));
    let (past, days) = (&arguments.past, arguments.past.days()?);
    let mapping = past.columns()?;
    let known = Known::read(arguments.results.as_deref(), arguments.truth.as_deref())?;
    let files = source::files(&arguments.against).map_err(unreadable)?;
    let opened = past.engine()?;
    let engine = opened.trying(side.path.as_deref()).map_err(unreadable)?;
    let findings = amiss(&engine);
    if !findings.is_empty() {
        put!("{findings}");
        return Err((FINDINGS, "not everything loads: mend that first".to_owned()));
    }
    let trial = Trial::new(&engine, &engine);
    let mut port = Port::new(Model::of(engine.profiles()), usize::from(arguments.capacity));
    let mut trying = Trying::new(&trial, days, past.format(), &mapping, &opened);
    let mut n_amiss = 0;
    trying.files(&files, &mut |seen| {
        let Seen::Bill(bill) = seen else {
            n_amiss += u64::from(!matches!(seen, Seen::Empty));
            return;
        };
        let found = known.as_ref().and_then(|known| known.of(&bill.consignment));
        port.take(&trial, &bill, found);
    })?;
    n_amiss += trying.n_unreadable;
    if port.n_known() == 0 {
        let files = arguments.results.as_ref().or(arguments.truth.as_ref());
        let file = files.map(|path| path.display().to_string()).unwrap_or_default();
        return Err((BAD_ARGUMENTS, format!("`{file}` knows of none of the {} bills", port.n_bills())));
    }
    let own = side.path.as_deref().map(ids_in).unwrap_or_default();
    let report = Search::new(port, engine.profiles(), &own).suggest(engine.profiles(), usize::from(arguments.top));
    if arguments.shape.is_json() {
        putln!("{}", serde_json::to_string(&report).unwrap_or_default());
    } else {
        putln!("{}", wrapped(told::in_words(&report).trim_end(), usize::from(columns(None))));
    }
    Ok(if n_amiss > 0 { UNREADABLE } else { OK })
}
