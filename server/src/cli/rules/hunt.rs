//! `palisander rules hunt`: bills of the past on which a profile would have spoken.
//!
//! In: rules, bills that were filed or stored. Out: a line for each bill on which one of their indicators fires. Not here: what that
//! costs a port (`backtest`), what one alert would have done (`alerts hunt`).

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use palisander_engine::Date;
use palisander_engine::bills::Trial;
use palisander_engine::rules::ids_in;
use serde::Serialize;

use super::flip::{Bill, Standing};
use super::journal::{Journal, identity};
use super::past::{Past, Stop, ended, unreadable};
use super::place;
use super::side::{Side, amiss};
use super::trying::{Seen, Trying};
use crate::cli::out::{self, put};
use crate::cli::{BAD_ARGUMENTS, FINDINGS, INCOMPLETE, OK, safe, say, source};

/// Look through bills of the past for those on which a profile would have spoken
///
/// Bills are judged on the day on which they arrive, or on --as-of, under the built-in rules and under those of PATH; shown are those on
/// which an indicator of PATH fires (of --indicator alone, where it is given). What the service of an office has stored is written out by
/// `palisander state bills`.
///
///   palisander rules hunt my-rules --against archive/ --journal hunt.journal
///   palisander rules hunt --against archive/ --indicator heavy_for_cover --format json
///
/// JSON is one line for each bill: consignment, port, day, afloat, before and after (lane, score), hits, ship, goods.
///
/// Exit codes: 0 none, 1 some, or rules do not load, 2 unreadable input, 3 bad arguments, 4 incomplete.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// The rules [default: the profile of this folder, else `./rules`, else the built-in ones]
    path: Option<PathBuf>,
    /// Bills: manifests in any format, or folders of them
    #[arg(long, required = true, num_args = 1.., value_name = "FILES")]
    against: Vec<PathBuf>,
    /// Only bills on which this indicator fires; can be given several times
    #[arg(long = "indicator", value_name = "NAME")]
    indicators: Vec<String>,
    #[command(flatten)]
    past: Past,
    /// Go on from here: what is judged of each file is kept in FILE, and a run that ended early begins after the last whole file
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    #[command(flatten)]
    shape: super::shape::Shape,
}

/// A bill on which the rules speak.
#[derive(Serialize)]
struct Met<'b> {
    consignment: &'b str,
    port: Option<&'b str>,
    day: Option<Date>,
    /// It has not arrived yet, or does not say.
    afloat: bool,
    before: Standing,
    after: Standing,
    /// Indicators of the rules that fire.
    hits: Vec<&'b str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ship: Option<&'b str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goods: Option<&'b str>,
}

/// Runs the command; the exit code.
pub fn hunt(arguments: &Arguments) -> u8 {
    ended(hunted(arguments))
}

fn hunted(arguments: &Arguments) -> Result<u8, Stop> {
    let bad = |why: String| (BAD_ARGUMENTS, why);
    let side = Side::of(place::meant(arguments.path.as_deref()));
    let (past, days) = (&arguments.past, arguments.past.days()?);
    let mapping = past.columns()?;
    let files = source::files(&arguments.against).map_err(unreadable)?;
    let opened = past.engine()?;
    let trying = |path| opened.trying(path).map_err(unreadable);
    let (before, after) = (trying(None)?, trying(side.path.as_deref())?);
    let findings = amiss(&after);
    if !findings.is_empty() {
        put!("{findings}");
        return Err((FINDINGS, "not everything loads: mend that first".to_owned()));
    }
    let trial = Trial::new(&before, &after);
    let wanted = wanted(&trial, &side, &arguments.indicators).map_err(bad)?;
    let mut trying = Trying::new(&trial, days, past.format(), &mapping, &opened);
    if let Some(path) = &arguments.journal {
        trying.journal = Some(Journal::open(path, &identity([&before, &after], days)).map_err(bad)?);
    }
    let (mut stdout, mut told, mut totals) = (out::stdout(), Ok(()), Totals::default());
    trying.files(&files, &mut |seen| {
        let Seen::Bill(bill) = seen else {
            totals.amiss += u64::from(!matches!(seen, Seen::Empty));
            return;
        };
        totals.bills += 1;
        let Some(met) = met(&trial, &wanted, &bill, days.otherwise) else { return };
        totals.met += 1;
        totals.other_lane += u64::from(met.before.lane != met.after.lane);
        let line =
            if arguments.shape.is_json() { serde_json::to_string(&met).unwrap_or_default() } else { in_words(&met) };
        if told.is_ok() {
            told = writeln!(stdout, "{line}");
        }
    })?;
    totals.amiss += trying.n_unreadable;
    if let Err(error) = told.and_then(|()| stdout.flush()) {
        return Ok(out::ended(&error));
    }
    let Totals { bills, met, other_lane, amiss } = totals;
    say(&format!(
        "{bills} bills in {} files: {met} on which a rule of `{}` fires, of which {other_lane} come to another lane; {amiss} not \
         judged",
        files.len(),
        side.name
    ));
    Ok(match (amiss, met) {
        (1.., _) => INCOMPLETE,
        (0, 1..) => FINDINGS,
        (0, 0) => OK,
    })
}

#[derive(Default)]
struct Totals {
    bills: u64,
    met: u64,
    other_lane: u64,
    amiss: u64,
}

/// Numbers of the indicators that are looked for: those of the profiles of the folder, or all built-in ones.
fn wanted(trial: &Trial<'_>, side: &Side, names: &[String]) -> Result<BTreeSet<usize>, String> {
    let own = side.path.as_deref().map(ids_in).unwrap_or_default();
    let of_rules = trial.named().iter().enumerate().filter(|(_, one)| own.is_empty() || own.contains(&one.profile));
    let of_rules: Vec<_> = of_rules.filter(|(_, one)| matches!(one.stands, [_, Some(_)])).collect();
    if let Some(name) = names.iter().find(|name| !of_rules.iter().any(|(_, one)| one.indicator == **name)) {
        let known: Vec<&str> = of_rules.iter().map(|(_, one)| one.indicator.as_str()).take(12).collect();
        return Err(format!("--indicator `{name}` is none of these rules; they have {} …", known.join(", ")));
    }
    let is_named = |name: &String| names.is_empty() || names.contains(name);
    Ok(of_rules.into_iter().filter(|(_, one)| is_named(&one.indicator)).map(|(number, _)| number).collect())
}

fn met<'b>(trial: &'b Trial<'_>, wanted: &BTreeSet<usize>, bill: &'b Bill, today: Date) -> Option<Met<'b>> {
    let [before, after] = &bill.judged;
    let fire =
        after.met.iter().filter(|number| wanted.contains(number)).filter_map(|number| trial.named().get(*number));
    let hits: Vec<&str> = fire.map(|one| one.indicator.as_str()).collect();
    let standing = |judged: &palisander_engine::bills::Judged| Standing { lane: judged.lane, score: judged.score };
    (!hits.is_empty()).then(|| Met {
        consignment: &bill.consignment,
        port: bill.port.as_deref(),
        day: bill.day,
        afloat: bill.day.is_none_or(|day| day > today),
        before: standing(before),
        after: standing(after),
        hits,
        ship: bill.flip.as_deref().map(|flip| flip.ship.as_str()),
        goods: bill.flip.as_deref().map(|flip| flip.goods.as_str()),
    })
}

fn in_words(met: &Met<'_>) -> String {
    let place = if met.afloat { "afloat" } else { "past" };
    let goods = met.goods.map(|goods| format!("\n    {goods}")).unwrap_or_default();
    format!(
        "{:<20} {place:<6} {:>6} {:>4} → {:>6} {:>4}  {}{goods}",
        safe::line(met.consignment),
        met.before.lane.as_str(),
        met.before.score,
        met.after.lane.as_str(),
        met.after.score,
        met.hits.join(", ")
    )
}
