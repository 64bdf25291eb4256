//! `palisander select`

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisander_evaluation::{Arm, Candidate, Selection, lines, select};
use serde::Deserialize;

use super::out::{put, putln};
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};

/// Choose what is opened today: the top of the strict order, and a random draw from what it leaves
///
/// The draw shows what the order misses; `evaluate --selection` reads it. It is
/// stratified by the order and made by a hash under the key, so that it can be
/// repeated and cannot be foretold: publish the commitment before the ship
/// arrives and the key after. The draw counts within the capacity and takes half
/// of it at most. What is left unopened is told with the reason and the chance
/// that it had.
///
/// Examples:
///   head -c 32 /dev/urandom | base64 > key.txt
///   palisander select --capacity 40 --key-file key.txt answers.ndjson
///   palisander select --capacity 40 --random 2% --key-file key.txt \
///     --format json answers.ndjson > selected.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Answers of `score --format ndjson`; `-` is standard input
    #[arg(required = true)]
    answers: Vec<PathBuf>,
    /// Bills that can be opened
    #[arg(long, value_name = "N")]
    capacity: usize,
    /// Share of the bills below the cut that is drawn, as 2% or 0.02
    #[arg(long, value_name = "SHARE", default_value = "2%", value_parser = share)]
    random: f64,
    /// File with the key that the draw is made under: secret until it is made
    // No key stands among the arguments, which every user of the machine can list.
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// How to answer
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Tables: what is opened, what is left
    Table,
    /// One object
    Json,
}

fn share(text: &str) -> Result<f64, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let value = match text.strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0),
        None => number(text),
    };
    value
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| format!("`{text}` is no share; write it as 2% or 0.02"))
}

/// Bytes of a key at least: a shorter one is found by trying until its commitment fits.
const MIN_KEY_BYTES: usize = 32;

/// An answer as this command needs it.
#[derive(Deserialize)]
struct Line {
    consignment: String,
    rank_key: String,
    #[serde(default)]
    score: f64,
    #[serde(default)]
    lane: String,
    #[serde(default)]
    hits: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> u8 {
    let key = match std::fs::read_to_string(&arguments.key_file) {
        Ok(key) => key.trim().to_owned(),
        Err(error) => {
            say(&format!("the key `{}` cannot be read: {error}", arguments.key_file.display()));
            return UNREADABLE;
        }
    };
    if key.len() < MIN_KEY_BYTES {
        say(&format!(
            "the key has {} bytes: under {MIN_KEY_BYTES} it can be guessed from the commitment, and the draw foretold; \
             make one by `head -c 32 /dev/urandom | base64`",
            key.len()
        ));
        return BAD_ARGUMENTS;
    }
    let mut bills = Vec::new();
    for path in &arguments.answers {
        let input: Box<dyn BufRead> = if path.as_os_str() == "-" {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            match File::open(path) {
                Ok(file) => Box::new(BufReader::with_capacity(1 << 20, file)),
                Err(error) => {
                    say(&format!("`{}` cannot be read: {error}", path.display()));
                    return UNREADABLE;
                }
            }
        };
        let read = lines(input, &mut |line: Line| {
            let reason = line.hits.into_iter().next().map_or(String::new(), |hit| hit.reason);
            let Line { consignment, rank_key, score, lane, .. } = line;
            bills.push(Candidate { consignment, rank_key, score, lane, reason });
        });
        if let Err(error) = read {
            say(&format!("`{}`: {error}", path.display()));
            return UNREADABLE;
        }
    }
    let selection = select(bills, arguments.capacity, arguments.random, &key);
    match arguments.format {
        Form::Json => putln!("{}", serde_json::to_string_pretty(&selection).unwrap_or_default()),
        Form::Table => put!("{}", shown(&selection)),
    }
    OK
}

/// Tables for a terminal.
fn shown(selection: &Selection) -> String {
    let mut out = format!(
        "{} bills, {} opened: {} by the order, {} drawn; commitment {}\n\n",
        selection.n_bills,
        selection.opened.len(),
        selection.n_top,
        selection.n_drawn,
        selection.commitment
    );
    let _ =
        writeln!(out, "{:>6}  {:<20}{:<8}{:>7}  {:<7}{:>8}  reason", "place", "bill", "lane", "score", "why", "chance");
    for one in &selection.opened {
        let why = if one.arm == Arm::Top { "order" } else { "drawn" };
        let _ = writeln!(
            out,
            "{:>6}  {:<20}{:<8}{:>7}  {why:<7}{:>7.2}%  {}",
            one.place,
            one.consignment,
            one.lane,
            one.score,
            one.probability * 100.0,
            one.reason
        );
    }
    let _ = writeln!(out, "\nleft unopened: {} bills", selection.n_left);
    for stratum in selection.strata.iter().filter(|stratum| stratum.n_left > 0) {
        let _ = writeln!(
            out,
            "  places {} to {}: {} left, each had a chance of {:.2} %: {}",
            stratum.from,
            stratum.to,
            stratum.n_left,
            stratum.probability * 100.0,
            stratum.why_left
        );
    }
    let lanes: Vec<String> =
        selection.left_by_lane.iter().map(|left| format!("{} {}", left.n_bills, left.lane)).collect();
    if !lanes.is_empty() {
        let _ = writeln!(out, "  by lane: {}", lanes.join(", "));
    }
    for note in &selection.notes {
        let _ = writeln!(out, "  {note}");
    }
    out
}
