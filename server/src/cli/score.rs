//! `palisander score`

use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisander_engine::Assessment;
use palisander_engine::evidence::history::RunHistory;
use palisander_engine::manifest::parse::{Format, Mapping};

use super::source::{self, Sources};
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};
use crate::batch::{self, Scored, Totals};
use crate::table::{Detail, coloured, ranked};

/// Score manifests.
///
/// Without files the shipped sample ship is scored. Lanes: red physical examination, yellow documents first, blue
/// release and audit later, green release.
///
/// Examples:
///   palisander score manifest.json
///   palisander score --format ndjson --as-of 2014-03-01 --register permits.csv day.ndjson
///   cat lines.csv | palisander score --explain full -
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Manifests in any format; `-` is standard input
    files: Vec<PathBuf>,
    #[command(flatten)]
    sources: Sources,
    /// How to answer
    #[arg(long, value_enum, default_value_t = Answer::Table)]
    format: Answer,
    /// Format of the input [default: told from the content]
    #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
    input: Option<String>,
    /// How the columns of a CSV or XLSX become canonical ones [default: guessed from the headers]
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The most urgent first (a table always is)
    #[arg(long)]
    ranked: bool,
    /// How much the table says
    #[arg(long, value_enum, default_value_t = Explain::Short)]
    explain: Explain,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Answer {
    /// A ranked table
    Table,
    /// One assessment a line, in input order
    Ndjson,
    /// One array
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Explain {
    /// The top reason
    Short,
    /// Everything
    Full,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> u8 {
    let as_of = match arguments.sources.day() {
        Ok(day) => day,
        Err(error) => {
            say(&error);
            return BAD_ARGUMENTS;
        }
    };
    if let Some(threads) = arguments.threads {
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build_global();
    }
    let engine = match arguments.sources.open() {
        Ok(engine) => engine,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    let forced = arguments.input.as_deref().and_then(Format::by_name);
    let mapping = match source::mapping(arguments.mapping.as_deref()) {
        Ok(mapping) => mapping,
        Err(error) => {
            say(&error);
            return BAD_ARGUMENTS;
        }
    };
    let mut out = Output::new(arguments);
    let mut history = RunHistory::default();
    let mut unreadable = false;
    for (name, opened) in inputs(&arguments.files, forced, &mapping) {
        let parts = match opened {
            Ok(parts) => parts,
            Err(error) => {
                say(&error);
                unreadable = true;
                continue;
            }
        };
        let done = batch::score(&engine, parts, as_of, &mut history, &mut |scored| out.take(&name, scored));
        if done.is_err() {
            // The reader went away, as `head` does.
            return OK;
        }
    }
    unreadable |= out.totals.unreadable > 0;
    if out.finish().is_err() {
        return OK;
    }
    if unreadable { UNREADABLE } else { OK }
}

type Opened = Result<palisander_engine::manifest::parse::Parts, String>;

/// The files, or the shipped sample ship.
fn inputs(files: &[PathBuf], forced: Option<Format>, mapping: &Mapping) -> Vec<(String, Opened)> {
    if files.is_empty() {
        say("no file given: scoring the shipped sample ship (invented consignments)");
        let parts = palisander_engine::reference::samples().into_iter().map(|(name, bytes)| {
            let format = Format::detect(bytes);
            (name.to_owned(), Ok(palisander_engine::manifest::parse::read(std::io::Cursor::new(bytes), format)))
        });
        return parts.collect();
    }
    files
        .iter()
        .map(|file| (file.display().to_string(), source::open(file, forced, mapping).map(|(parts, _)| parts)))
        .collect()
}

/// Writes answers as they come, or keeps them for ranking.
struct Output<'a> {
    arguments: &'a Arguments,
    out: BufWriter<std::io::Stdout>,
    kept: Vec<Assessment>,
    totals: Totals,
    progress: Option<indicatif::ProgressBar>,
}

impl<'a> Output<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        let watched = std::io::stderr().is_terminal();
        let progress = watched.then(|| {
            let bar = indicatif::ProgressBar::new_spinner();
            let style = indicatif::ProgressStyle::with_template("{spinner} {pos} consignments {per_sec} {msg}");
            style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
        });
        Self {
            arguments,
            out: BufWriter::with_capacity(1 << 18, std::io::stdout()),
            kept: Vec::new(),
            totals: Totals::default(),
            progress,
        }
    }

    fn take(&mut self, file: &str, scored: Scored) -> std::io::Result<()> {
        self.totals.add(&scored);
        match scored {
            Scored::Answer(answer) => {
                if let Some(progress) = &self.progress {
                    progress.inc(1);
                }
                if self.arguments.format == Answer::Ndjson && !self.arguments.ranked {
                    serde_json::to_writer(&mut self.out, &answer)?;
                    return self.out.write_all(b"\n");
                }
                self.kept.push(*answer);
            }
            Scored::Unreadable(error) => say(&format!("{file}: {error}")),
            Scored::Empty(faults) => {
                say(&format!("{file}: the manifest holds no consignment"));
                faults.iter().take(20).for_each(|fault| say(&format!("{file}: {fault}")));
            }
        }
        Ok(())
    }

    fn finish(mut self) -> std::io::Result<()> {
        if let Some(progress) = &self.progress {
            progress.finish_and_clear();
        }
        if self.arguments.ranked || self.arguments.format == Answer::Table {
            self.kept.sort_by(|a, b| a.rank_key.cmp(&b.rank_key));
        }
        match self.arguments.format {
            Answer::Ndjson => {
                for answer in &self.kept {
                    serde_json::to_writer(&mut self.out, answer)?;
                    self.out.write_all(b"\n")?;
                }
            }
            Answer::Json => {
                serde_json::to_writer_pretty(&mut self.out, &self.kept)?;
                self.out.write_all(b"\n")?;
            }
            Answer::Table => {
                let detail = if self.arguments.explain == Explain::Full { Detail::Full } else { Detail::Short };
                self.out.write_all(ranked(&self.kept, detail, coloured()).as_bytes())?;
                let Totals { consignments, green, blue, yellow, red, unreadable, faults } = self.totals;
                writeln!(
                    self.out,
                    "{consignments} consignments: {red} red, {yellow} yellow, {blue} blue, {green} green; {faults} faults, {unreadable} unreadable"
                )?;
            }
        }
        self.out.flush()
    }
}
