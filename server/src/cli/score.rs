//! `palisander score`

use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisander_engine::codes::Date;
use palisander_engine::history::{Edition, Past};
use palisander_engine::manifest::parse::{Format, Mapping, Parts};
use palisander_engine::stream::{self, Scored};
use palisander_engine::{Assessment, Engine};

use super::source::{self, Sources};
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};
use crate::kept::Kept;
use crate::table::{Detail, Row, coloured, head};
use crate::totals::Totals;

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
    let run = Run { engine: &engine, files: &arguments.files, forced, mapping: &mapping, as_of };
    let edition = match run.own_history() {
        Ok(edition) => edition,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    let past = edition.as_ref().map_or_else(|| engine.past(), Past::of);
    let mut out = Output::new(arguments);
    let mut unreadable = false;
    for (name, opened) in run.inputs() {
        let parts = match opened {
            Ok(parts) => parts,
            Err(error) => {
                say(&error);
                unreadable = true;
                continue;
            }
        };
        let done = stream::score(&engine, parts, as_of, &past, &mut |scored| out.take(&name, scored));
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

type Opened = Result<Parts, String>;

/// What is read, and how.
struct Run<'a> {
    engine: &'a Engine,
    files: &'a [PathBuf],
    forced: Option<Format>,
    mapping: &'a Mapping,
    as_of: Date,
}

impl Run<'_> {
    /// The edition that the run itself leaves, so that its bills are judged against each other whatever their order.
    /// `None` where another edition is given, or where the input cannot be read twice: then that edition is all.
    fn own_history(&self) -> Result<Option<Edition>, String> {
        if self.engine.history().is_some() || self.engine.history_is_lost() {
            return Ok(None);
        }
        if self.files.is_empty() {
            let samples = samples().into_iter().flat_map(|(_, parts)| stream::remember(self.engine, parts, self.as_of));
            return Ok(Some(Edition::build(samples)));
        }
        let is_file = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|found| found.is_file());
        // What is missing is said by the run; only what is there and no file cannot be read twice.
        let once = self.files.iter().find(|path| !is_file(path) && (path.as_os_str() == "-" || path.exists()));
        if let Some(path) = once {
            say(&format!(
                "`{}` cannot be read twice: it is judged without a history; give one with --history (see `history extract`)",
                path.display()
            ));
            return Ok(None);
        }
        let files: Vec<PathBuf> = self.files.iter().filter(|path| is_file(path)).cloned().collect();
        super::history::of_files(self.engine, &files, self.forced, self.mapping, self.as_of).map(Some)
    }

    /// The files, or the shipped sample ship; each is opened when its turn comes.
    fn inputs(&self) -> Box<dyn Iterator<Item = (String, Opened)> + '_> {
        if self.files.is_empty() {
            say("no file given: scoring the shipped sample ship (invented consignments)");
            return Box::new(samples().into_iter().map(|(name, parts)| (name, Ok(parts))));
        }
        let open = |file: &PathBuf| source::open(file, self.forced, self.mapping).map(|(parts, _)| parts);
        Box::new(self.files.iter().map(move |file| (file.display().to_string(), open(file))))
    }
}

/// The shipped sample ship.
fn samples() -> Vec<(String, Parts)> {
    let parts = palisander_engine::reference::samples().into_iter().map(|(name, bytes)| {
        let format = Format::detect(bytes);
        (name.to_owned(), palisander_engine::manifest::parse::read(std::io::Cursor::new(bytes), format))
    });
    parts.collect()
}

/// Writes answers as they come, or keeps what is to be ranked.
struct Output<'a> {
    arguments: &'a Arguments,
    out: BufWriter<std::io::Stdout>,
    kept: Kept,
    /// Columns that the widest bill of the table needs.
    width: usize,
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
            kept: Kept::default(),
            width: Row::MIN_WIDTH,
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
                self.answer(&answer)?;
            }
            Scored::Unreadable(error) => say(&format!("{file}: {error}")),
            Scored::Empty(faults) => {
                say(&format!("{file}: the manifest holds no consignment"));
                faults.iter().take(20).for_each(|fault| say(&format!("{file}: {fault}")));
            }
        }
        Ok(())
    }

    /// Writes it, or keeps what will be shown of it.
    fn answer(&mut self, answer: &Assessment) -> std::io::Result<()> {
        let bytes = match self.arguments.format {
            Answer::Table => {
                let full = self.arguments.explain == Explain::Full;
                let row = Row::of(answer, if full { Detail::Full } else { Detail::Short });
                self.width = self.width.max(row.width());
                serde_json::to_vec(&row)?
            }
            Answer::Ndjson => serde_json::to_vec(answer)?,
            Answer::Json => indented(answer)?,
        };
        if self.arguments.ranked || self.arguments.format == Answer::Table {
            return self.kept.push(&answer.rank_key, &bytes);
        }
        let first = self.totals.consignments == 1;
        element(&mut self.out, self.arguments.format, first, &bytes)
    }

    fn finish(mut self) -> std::io::Result<()> {
        if let Some(progress) = &self.progress {
            progress.finish_and_clear();
        }
        let Self { kept, out, arguments, width, totals, .. } = &mut self;
        let (kept, format) = (std::mem::take(kept), arguments.format);
        if format == Answer::Table {
            out.write_all(head(*width).as_bytes())?;
        }
        let (mut rank, colour) = (0, coloured());
        kept.in_order(&mut |bytes| {
            rank += 1;
            match format {
                Answer::Table => {
                    let row: Row = serde_json::from_slice(bytes)?;
                    out.write_all(row.show(rank, *width, colour).as_bytes())
                }
                Answer::Ndjson | Answer::Json => element(out, format, rank == 1, bytes),
            }
        })?;
        match format {
            Answer::Ndjson => {}
            Answer::Json if totals.consignments == 0 => out.write_all(b"[]\n")?,
            Answer::Json => out.write_all(b"\n]\n")?,
            Answer::Table => {
                let Totals { consignments, green, blue, yellow, red, unreadable, faults } = totals;
                writeln!(
                    out,
                    "{consignments} consignments: {red} red, {yellow} yellow, {blue} blue, {green} green; {faults} faults, {unreadable} unreadable"
                )?;
            }
        }
        out.flush()
    }
}

/// One answer of the array, written as `serde_json` writes it in one.
fn indented(answer: &Assessment) -> std::io::Result<Vec<u8>> {
    let text = serde_json::to_string_pretty(answer)?;
    Ok(format!("  {}", text.replace('\n', "\n  ")).into_bytes())
}

/// One element of the array, or one line.
fn element(out: &mut impl Write, format: Answer, first: bool, bytes: &[u8]) -> std::io::Result<()> {
    if format == Answer::Ndjson {
        out.write_all(bytes)?;
        return out.write_all(b"\n");
    }
    out.write_all(if first { b"[\n" } else { b",\n" })?;
    out.write_all(bytes)
}
