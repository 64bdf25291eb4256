//! `palisander history extract|merge`

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use palisander_engine::manifests::{Format, Mapping};
use palisander_engine::past::{Edition, HistoryError};
use palisander_engine::{Date, Engine, bills};

use super::safe::Safe;
use super::source::{self, Sources};
use super::{BAD_ARGUMENTS, INCOMPLETE, OK, UNREADABLE, say};

/// What is to be remembered of many bills, as an edition
///
/// An edition holds lots of listed wood by receiver and claims on permits, in one order: byte for byte the same, in however
/// many parts it was made. `score --history EDITION` then answers each bill by itself.
///
/// Examples:
///   palisander history extract --register permits.csv day1.ndjson -o day1.history
///   palisander history merge day*.history -o all.history
///   palisander score --history all.history --register permits.csv day1.ndjson
#[derive(Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Command {
    /// Read manifests and write what is to be remembered of them
    Extract(Box<Extract>),
    /// Join editions
    Merge(Merge),
}

/// Arguments of `extract`.
#[derive(Args)]
pub struct Extract {
    /// Manifests in any format, or folders of them; `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    sources: Sources,
    /// Format of the input [default: told from the content]
    #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
    input: Option<String>,
    /// How the columns of a CSV or XLSX become canonical ones [default: guessed from the headers]
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Where to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Arguments of `merge`.
#[derive(Args)]
pub struct Merge {
    /// Editions
    #[arg(required = true)]
    parts: Vec<PathBuf>,
    /// Where to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    let done = match command {
        Command::Extract(arguments) => extract(arguments),
        Command::Merge(arguments) => merge(arguments),
    };
    match done {
        Ok(()) => OK,
        Err((code, why)) => {
            say(&why);
            code
        }
    }
}

fn extract(arguments: &Extract) -> Result<(), (u8, String)> {
    let day = arguments.sources.day().map_err(|error| (BAD_ARGUMENTS, error))?;
    let mapping = source::mapping(arguments.mapping.as_deref()).map_err(|error| (BAD_ARGUMENTS, error))?;
    let engine = arguments.sources.open().map_err(|error| (UNREADABLE, error))?;
    let forced = arguments.input.as_deref().and_then(Format::by_name);
    let files = source::files(&arguments.files).map_err(|error| (UNREADABLE, error))?;
    let (edition, balance) = of_files(&engine, &files, forced, &mapping, day).map_err(|error| (UNREADABLE, error))?;
    // What was known before is kept: an edition is carried from day to day.
    let all = match engine.history() {
        Some(before) => Edition::merge([before, &edition]),
        None => edition,
    };
    write(&all, arguments.output.as_deref())?;
    balance.told()
}

fn merge(arguments: &Merge) -> Result<(), (u8, String)> {
    let read = |path: &PathBuf| -> Result<Edition, String> {
        let shown = path.display();
        let bytes = std::fs::read(path).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
        let (edition, faults) = Edition::read(&bytes).map_err(|error| format!("`{shown}`: {error}"))?;
        match faults.first() {
            // A merged edition would no longer say that a line is missing.
            Some((line, what)) => Err(format!("`{shown}` line {line}: {what}")),
            None => Ok(edition),
        }
    };
    let parts: Vec<Edition> =
        arguments.parts.iter().map(read).collect::<Result<_, _>>().map_err(|error| (UNREADABLE, error))?;
    write(&Edition::merge(&parts), arguments.output.as_deref())
}

/// What was read of files, against what is remembered of it.
#[derive(Default)]
pub(super) struct Balance {
    n_bills: u64,
    n_lost: usize,
    n_unreadable: usize,
    /// The first thing of which nothing is remembered, in words.
    first: Option<String>,
}

/// The bills that left nothing, and the parts that no bill could be read from: an edition without them is not whole.
impl Balance {
    fn add(&mut self, file: &Path, left: &bills::Left) {
        self.n_bills += left.n_bills;
        self.n_lost += left.lost.len();
        self.n_unreadable += left.unreadable.len();
        let unreadable = left.unreadable.first().map(ToString::to_string);
        let lost = || left.lost.first().map(|bill| format!("bill {} is lost: {}", bill.consignment, bill.why));
        if self.first.is_none() {
            self.first = unreadable.or_else(lost).map(|why| format!("`{}`: {why}", file.display()));
        }
    }

    fn told(&self) -> Result<(), (u8, String)> {
        let Self { n_bills, n_lost, n_unreadable, first } = self;
        let counts = format!("{n_bills} bills read, {n_lost} lost; {n_unreadable} parts of the input unreadable");
        match first {
            Some(first) => Err((INCOMPLETE, format!("{counts}. The edition is not whole: {first}"))),
            None => {
                say(&counts);
                Ok(())
            }
        }
    }
}

/// What the bills of files leave to be remembered, and what left nothing.
pub(super) fn of_files(
    engine: &Engine,
    files: &[PathBuf],
    forced: Option<Format>,
    mapping: &Mapping,
    day: Date,
) -> Result<(Edition, Balance), String> {
    let (mut records, mut balance) = (Vec::new(), Balance::default());
    for file in files {
        let (parts, _) = source::open(file, forced, mapping)?;
        let left = bills::remember(engine, parts, day);
        balance.add(file, &left);
        records.extend(left.records);
    }
    Ok((Edition::build(records), balance))
}

fn write(edition: &Edition, path: Option<&Path>) -> Result<(), (u8, String)> {
    let failed = |error: &dyn std::fmt::Display| (INCOMPLETE, format!("the edition cannot be written: {error}"));
    let out: Box<dyn Write> = match path {
        Some(path) => Box::new(std::fs::File::create(path).map_err(|error| failed(&error))?),
        None => Box::new(std::io::stdout()),
    };
    // The same bytes to a file and to standard output.
    let mut out = Safe::new(BufWriter::new(out));
    match edition.write(&mut out).and_then(|()| Ok(out.flush()?)) {
        Ok(()) => {}
        // The reader went away, as `head` does.
        Err(HistoryError::Io(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
        Err(error) => return Err(failed(&error)),
    }
    say(&format!("{} consignments remembered, edition {}", edition.len(), edition.fingerprint()));
    Ok(())
}
