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
use palisander_engine::bills::{Days, Trial};
use palisander_engine::manifests::Format;
use palisander_engine::rules::ids_in;
use palisander_engine::{Engine, Options};

use super::backtest::Known;
use super::place;
use super::side::{Side, amiss};
use super::trying::{Seen, Trying};
use crate::cli::out::{columns, put, putln, wrapped};
use crate::cli::source::{self, Held};
use crate::cli::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
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
    held: Held,
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
    /// Format of the bills [default: told from the content]
    #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
    input: Option<String>,
    /// How the columns of a CSV or XLSX become canonical ones [default: guessed from the headers]
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    #[command(flatten)]
    shape: super::shape::Shape,
}

/// An exit code and why.
type Stop = (u8, String);

/// Runs the command; the exit code.
pub fn tune(arguments: &Arguments) -> u8 {
    match tuned(arguments) {
        Ok(code) => code,
        Err((code, why)) => {
            say(&why);
            code
        }
    }
}

fn tuned(arguments: &Arguments) -> Result<u8, Stop> {
    let bad = |why: String| (BAD_ARGUMENTS, why);
    let unreadable = |error: String| (UNREADABLE, error);
    let side = Side::of(place::meant(arguments.path.as_deref()));
    let fixed = arguments.held.as_of.as_ref().map(|_| arguments.held.day()).transpose().map_err(bad)?;
    let days = Days { fixed, otherwise: crate::state::today() };
    let mapping = source::mapping(arguments.mapping.as_deref()).map_err(bad)?;
    let known = Known::read(arguments.results.as_deref(), arguments.truth.as_deref())?;
    let files = source::files(&arguments.against).map_err(unreadable)?;
    let held = &arguments.held;
    let options = Options { data: held.data(), inputs: held.inputs(), ..Options::default() };
    let opened = Engine::open(&options).map_err(|error| unreadable(error.to_string()))?;
    source::tell(&opened);
    let engine = opened.trying(side.path.as_deref()).map_err(|error| unreadable(error.to_string()))?;
    let findings = amiss(&engine);
    if !findings.is_empty() {
        put!("{findings}");
        return Err((FINDINGS, "not everything loads: mend that first".to_owned()));
    }
    let trial = Trial::new(&engine, &engine);
    let mut port = Port::new(Model::of(engine.profiles()), usize::from(arguments.capacity));
    let forced = arguments.input.as_deref().and_then(Format::by_name);
    let mut trying = Trying::new(&trial, days, forced, &mapping, &opened);
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
        return Err(bad(format!("`{file}` knows of none of the {} bills", port.n_bills())));
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
