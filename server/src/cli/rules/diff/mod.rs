//! `palisander rules diff`: what one set of rules says that another does not, in words.
//!
//! In: two sets of rules, and bills if any are given. Out: which indicators appeared, went, became weaker or stronger, and bills on
//! which the two differ. Not here: what is proven of a change (the engine's workbench), counts over many bills (`backtest`).

mod bills;
mod words;

use std::path::PathBuf;

use clap::Args;
use palisander_engine::rules::{Change, Compared, Way, changes, lane_changes};
use serde::Serialize;

use super::past::{Past, Stop, unreadable};
use super::shape::Shape;
use super::side::{Side, amiss};
use crate::cli::out::put;
use crate::cli::{FINDINGS, OK, say};
use bills::{Differing, Tried};

/// Say in words how one set of rules differs from another
///
/// OLD and NEW are folders of rules, signed packs, or `builtin`. A test is called weaker or stronger only where its clauses
/// prove it; else the cases of both sets, and the bills of --against, tell on how many it fires more and fewer.
///
///   palisander rules diff builtin rules
///   palisander rules diff north-1.pack rules --rules-key north.pub --against month/
///
/// Exit codes: 0 nothing got weaker and no bill falls, 1 otherwise, or where rules do not load, 2 unreadable input, 3 bad arguments.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// The rules as they were
    old: PathBuf,
    /// The rules as they are
    new: PathBuf,
    /// Public key of whoever signs the packs
    #[arg(long, value_name = "FILE")]
    rules_key: Option<PathBuf>,
    /// Bills that were filed, or folders of them
    #[arg(long, num_args = 1.., value_name = "FILES")]
    against: Vec<PathBuf>,
    #[command(flatten)]
    past: Past,
    /// Bills that are shown each way
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    top: u16,
    #[command(flatten)]
    shape: Shape,
}

/// How the second set differs from the first.
#[derive(Debug, Serialize)]
pub struct Difference {
    pub old: String,
    pub new: String,
    /// Thresholds and floors of the lanes.
    pub lanes: Vec<Change>,
    /// Profiles and indicators.
    pub changes: Vec<Compared>,
    /// What the cases of both sets show; none are run where nothing differs.
    pub cases: Tried,
    /// What the bills of --against show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filed: Option<Tried>,
    /// True when something got weaker, by its clauses or on a bill that was tried.
    pub weaker: bool,
}

impl Difference {
    /// Bills on which the indicator fires only under the new rules, only under the old ones, and bills tried.
    pub fn fires(&self, name: &str) -> (u64, u64, u64) {
        let tried = std::iter::once(&self.cases).chain(&self.filed);
        tried.fold((0, 0, 0), |(more, fewer, n), tried| {
            let own = tried.by_indicator.get(name).copied().unwrap_or_default();
            (more + own.more, fewer + own.fewer, n + tried.n_bills)
        })
    }
}

/// Runs the command; the exit code.
pub fn diff(arguments: &Arguments) -> u8 {
    match difference(arguments) {
        Err((code, why)) => {
            say(&why);
            code
        }
        Ok(Err(findings)) => {
            put!("{findings}");
            say("not everything loads: mend that first, for what does not load would seem to have gone");
            FINDINGS
        }
        Ok(Ok(difference)) => {
            let document = serde_json::to_value(&difference).unwrap_or_default();
            arguments.shape.put(&document, || words::shown(&difference));
            if difference.weaker { FINDINGS } else { OK }
        }
    }
}

/// The difference, or what does not load.
fn difference(arguments: &Arguments) -> Result<Result<Difference, String>, Stop> {
    let key = arguments.rules_key.as_deref();
    let side = |name| Side::named(name, key).map_err(unreadable);
    let (old, new) = (side(&arguments.old)?, side(&arguments.new)?);
    arguments.past.days()?;
    let opened = arguments.past.engine()?;
    let engine = |side: &Side| match &side.path {
        Some(path) => opened.judging(path),
        None => opened.with_inputs(&palisander_engine::Inputs::default()),
    };
    let engines = [engine(&old), engine(&new)].into_iter().collect::<Result<Vec<_>, _>>();
    let engines = engines.map_err(unreadable)?;
    let [before, after] = engines.as_slice() else { return Err(unreadable("the rules are gone")) };
    let findings: String = engines.iter().map(amiss).collect();
    if !findings.is_empty() {
        return Ok(Err(findings));
    }
    let (lanes, changes) =
        (lane_changes(&before.profiles().lanes, &after.profiles().lanes), changes(before.profiles(), after.profiles()));
    let top = usize::from(arguments.top);
    let is_same = lanes.is_empty() && changes.is_empty();
    let cases = if is_same { Tried::default() } else { bills::of_cases([before, after], top) };
    let filed = match arguments.against.is_empty() {
        true => None,
        false => Some(bills::of_files(&opened, [&old, &new], arguments, top)?),
    };
    let ways = changes.iter().flat_map(Compared::ways).chain(lanes.iter().map(|change| change.way));
    // A bill that falls is a proof too.
    let falls = cases.n_down + filed.as_ref().map_or(0, |filed| filed.n_down);
    let weaker = falls > 0 || ways.into_iter().any(|way| way == Way::Weaker);
    Ok(Ok(Difference { old: old.name, new: new.name, lanes, changes, cases, filed, weaker }))
}

/// The first bills each way.
fn keep(list: &mut Vec<Differing>, one: Differing, most: usize) {
    if list.len() < most {
        list.push(one);
    }
}
