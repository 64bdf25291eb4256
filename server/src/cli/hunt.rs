//! `palisander alerts hunt`

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use palisander_engine::lines::{Line, Lines, MAX_LINE_BYTES};
use palisander_engine::manifests::{Format, Mapping, Parsed, json_document};
use palisander_engine::notices::{Hunt, Touched};
use rayon::prelude::*;

use crate::cli::source::{self, Sources};
use crate::cli::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, out, safe, say};

/// Lines that are read together.
const BATCH: usize = 4_096;

/// What a hunt saw.
#[derive(Default)]
struct Totals {
    consignments: u64,
    met: u64,
    changed: u64,
    unreadable: u64,
}

/// Runs the hunt; exit code 1 when the alert changes something.
pub fn run(alert: &str, files: &[PathBuf], sources: &Sources, all: bool, table: bool) -> Result<u8, (u8, String)> {
    let day = sources.day().map_err(|error| (BAD_ARGUMENTS, error))?;
    let engine = sources.open().map_err(|error| (UNREADABLE, error))?;
    let hunt = Hunt::prepare(&engine, alert, day)
        .ok_or_else(|| (BAD_ARGUMENTS, format!("--alert `{alert}` is the id of no record")))?;
    let mut out = out::stdout();
    let mut totals = Totals::default();
    for file in files {
        match look_at(&hunt, file, all, table, &mut out, &mut totals) {
            Ok(()) => {}
            Err(Stop::Input(why)) => return Err((UNREADABLE, why)),
            Err(Stop::Output(error)) => return Ok(out::ended(&error)),
        }
    }
    if let Err(error) = out.flush() {
        return Ok(out::ended(&error));
    }
    let Totals { consignments, met, changed, unreadable } = totals;
    say(&format!("{consignments} consignments: {met} met by {alert}, {changed} changed; {unreadable} unreadable"));
    Ok(match (unreadable, changed) {
        (1.., _) => UNREADABLE,
        (0, 1..) => FINDINGS,
        (0, 0) => OK,
    })
}

/// Why a hunt ends before its time.
enum Stop {
    Input(String),
    Output(std::io::Error),
}

impl From<String> for Stop {
    fn from(why: String) -> Self {
        Self::Input(why)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

/// NDJSON is read and looked at by all cores; other formats are read by one.
fn look_at(
    hunt: &Hunt<'_>,
    file: &Path,
    all: bool,
    table: bool,
    out: &mut impl Write,
    totals: &mut Totals,
) -> Result<(), Stop> {
    let (parts, format) = source::open(file, None, &Mapping::default())?;
    if format != Format::Ndjson || file == Path::new("-") {
        for part in parts {
            let found = part.ok().map(|parsed| one(hunt, &parsed));
            write(found, all, table, out, totals)?;
        }
        return Ok(());
    }
    drop(parts);
    let opened = std::fs::File::open(file).map_err(|error| format!("`{}` cannot be read: {error}", file.display()))?;
    let mut input = Lines::new(BufReader::with_capacity(1 << 20, opened), MAX_LINE_BYTES);
    loop {
        let lines: Vec<Line> = input.by_ref().take(BATCH).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let read = |line: &Line| match line {
            Line::Text(_, text) => json_document(text).ok().map(|parsed| one(hunt, &parsed)),
            Line::TooLong(_) | Line::Failed(..) => None,
        };
        let answers: Vec<Option<(u64, Vec<Touched>)>> = lines.par_iter().map(read).collect();
        if let Some(Line::Failed(_, error)) = lines.last() {
            return Err(Stop::Input(format!("`{}` cannot be read: {error}", file.display())));
        }
        for found in answers {
            write(found, all, table, out, totals)?;
        }
    }
}

/// How many consignments the manifest holds, and those that the alert meets.
fn one(hunt: &Hunt<'_>, parsed: &Parsed) -> (u64, Vec<Touched>) {
    let consignments = &parsed.manifest.consignments;
    let met =
        consignments.iter().enumerate().filter_map(|(n, one)| hunt.look(&parsed.manifest, one, &parsed.faults_of(n)));
    (consignments.len() as u64, met.collect())
}

/// Counts it, and writes what is to be shown.
fn write(
    found: Option<(u64, Vec<Touched>)>,
    all: bool,
    table: bool,
    out: &mut impl Write,
    totals: &mut Totals,
) -> std::io::Result<()> {
    let Some((n, touched)) = found else {
        totals.unreadable += 1;
        return Ok(());
    };
    totals.consignments += n;
    for one in touched {
        totals.met += 1;
        totals.changed += u64::from(one.changed);
        if !one.changed && !all {
            continue;
        }
        let line = if table { words(&one) } else { serde_json::to_string(&one).unwrap_or_default() };
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn words(one: &Touched) -> String {
    let place = if one.afloat { "afloat" } else { "past" };
    format!(
        "{:<20} {place:<6} {:>6} {:>4} -> {:>6} {:>4}  met on {}; {}",
        safe::line(&one.consignment),
        one.before.lane.as_str(),
        one.before.score,
        one.after.lane.as_str(),
        one.after.score,
        one.on.join(", "),
        one.hits.join(", ")
    )
}
