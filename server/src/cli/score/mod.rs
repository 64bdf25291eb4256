//! `palisander score`
//!
//! In: manifests in any format. Out: answers for people or machines, and on standard error whether each bill that came in
//! has one. Not here: what is shown of an answer (`row.rs`), how (`table.rs`, `csv.rs`, `html.rs`), where to (`output.rs`).

mod csv;
mod html;
mod output;
pub(super) mod row;
mod select;
mod table;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use palisander_engine::answers::{Lane, Lanes};
use palisander_engine::manifests::{Format, Mapping, Parts};
use palisander_engine::past::{Edition, Past};
use palisander_engine::{Date, Engine, bills};

use self::output::{Answer, Output, Shown};
use self::row::Detail;
use self::select::Selection;
use super::source::{self, Sources};
use super::{BAD_ARGUMENTS, INCOMPLETE, OK, UNREADABLE, out, say};

/// Score manifests.
///
/// Without files the shipped sample ship is scored. A folder stands for all files in it, in the order of their names. Each
/// bill is shown with its ship, containers, goods and the top reason, the most urgent first.
///
/// Examples:
///   palisander score manifest.json
///   palisander score --lane yellow --top 20 ship-folder/
///   palisander score --bill MEDU1234567 --explain full ship.edi
///   palisander score --output today.html --register permits.csv ship.edi
///   palisander score --format ndjson --as-of 2014-03-01 day.ndjson
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Manifests in any format, or folders of them; `-` is standard input
    files: Vec<PathBuf>,
    #[command(flatten)]
    sources: Sources,
    /// How to answer
    #[arg(long, value_enum, default_value_t = Answer::Table)]
    format: Answer,
    /// How much each answer says, in ndjson and json
    #[arg(long, value_enum, default_value_t = View::Full)]
    view: View,
    /// Write the answers to a file; its ending says how: .csv, .html, .json or .ndjson
    #[arg(long, short, value_name = "FILE", conflicts_with = "format")]
    output: Option<PathBuf>,
    /// Show only this lane and those above: red is above yellow, yellow above blue
    #[arg(long, value_name = "LANE", value_parser = lane)]
    lane: Option<Lane>,
    /// Show only this bill; can be given several times
    #[arg(long = "bill", value_name = "BILL")]
    bills: Vec<String>,
    /// Show only the N most urgent
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Format of the input [default: told from the content]
    #[arg(long, value_name = "FORMAT", value_parser = Format::NAMES.to_vec())]
    input: Option<String>,
    /// How the columns of a CSV or XLSX become canonical ones [default: guessed from the headers]
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The most urgent first (table, CSV and page always are)
    #[arg(long)]
    ranked: bool,
    /// How much the table says
    #[arg(long, value_enum, default_value_t = Explain::Short)]
    explain: Explain,
    /// Columns of the table, at least 40 [default: COLUMNS, else the terminal's]
    #[arg(long, value_name = "N")]
    width: Option<u16>,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum View {
    /// Everything, with the reasons
    Full,
    /// What ranks a bill: lanes, score, rank key, faults, id
    Short,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Explain {
    /// The top reason
    Short,
    /// Everything
    Full,
}

/// A lane by its name.
pub(super) fn lane(text: &str) -> Result<Lane, String> {
    text.parse::<Lane>().map_err(|error| error.to_string())
}

fn meanings(lanes: Option<&Lanes>) -> Vec<(String, String)> {
    let told = lanes.map(Lanes::meanings).unwrap_or_default();
    told.into_iter().map(|(lane, means)| (lane.to_string(), means.to_owned())).collect()
}

/// What the lanes mean, as `rules/lanes.toml` says it: for `--help`.
pub fn lanes_help() -> String {
    let lines = meanings(Lanes::shipped().as_ref())
        .into_iter()
        .map(|(lane, means)| format!("  {lane:<7} {}", means.replacen(": ", ":\n          ", 1)));
    format!("Lanes:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> u8 {
    match prepared(arguments) {
        Ok(code) => code,
        Err((code, why)) => {
            say(&why);
            code
        }
    }
}

fn prepared(arguments: &Arguments) -> Result<u8, (u8, String)> {
    let bad = |why: String| (BAD_ARGUMENTS, why);
    let as_of = arguments.sources.day().map_err(bad)?;
    let form = form(arguments).map_err(bad)?;
    let is_short = arguments.view == View::Short;
    if is_short && !form.may_be_short() {
        return Err(bad("--view short is an answer for programs: it goes with --format ndjson or json".to_owned()));
    }
    let mapping = source::mapping(arguments.mapping.as_deref()).map_err(bad)?;
    if let Some(threads) = arguments.threads {
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build_global();
    }
    let files = source::files(&arguments.files).map_err(|why| (UNREADABLE, why))?;
    let engine = arguments.sources.open().map_err(|why| (UNREADABLE, why))?;
    let shown = Shown {
        form,
        ranked: arguments.ranked || arguments.top.is_some(),
        detail: if arguments.explain == Explain::Full { Detail::Full } else { Detail::Short },
        columns: out::columns(arguments.width),
        meanings: meanings(Some(&engine.profiles().lanes)),
        selection: Selection::new(arguments.lane, &arguments.bills, arguments.top),
    };
    let cannot = |error: std::io::Error| (INCOMPLETE, format!("the answers cannot be written: {error}"));
    let out = Output::new(shown, arguments.output.as_deref()).map_err(cannot)?;
    let forced = arguments.input.as_deref().and_then(Format::by_name);
    Ok(Run { engine: &engine, files: &files, forced, mapping: &mapping, as_of, is_short }.score(out))
}

/// The form that is asked for; wrong: a file whose ending says none.
fn form(arguments: &Arguments) -> Result<Answer, String> {
    let Some(path) = &arguments.output else { return Ok(arguments.format) };
    Answer::of_file(path)
        .ok_or_else(|| format!("--output `{}` ends in none of .csv, .html, .json, .ndjson", path.display()))
}

type Opened = Result<Parts, String>;

/// What is read, and how.
struct Run<'a> {
    engine: &'a Engine,
    files: &'a [PathBuf],
    forced: Option<Format>,
    mapping: &'a Mapping,
    as_of: Date,
    is_short: bool,
}

impl Run<'_> {
    /// Scores all, writes what is to be shown, and says whether each bill came out.
    fn score(&self, mut out: Output) -> u8 {
        let edition = match self.own_history() {
            Ok(edition) => edition,
            Err(error) => {
                say(&error);
                return UNREADABLE;
            }
        };
        let past = edition.as_ref().map_or_else(|| self.engine.past(), Past::of);
        let (mut n_read, mut unopened) = (0, 0);
        for (name, opened) in self.inputs() {
            let parts = match opened {
                Ok(parts) => parts,
                Err(error) => {
                    say(&error);
                    unopened += 1;
                    continue;
                }
            };
            let parts = told(&name, parts);
            let mut take = |scored| out.take(&name, scored);
            let scored = match self.is_short {
                true => bills::score_short(self.engine, parts, self.as_of, &past, &mut take),
                false => bills::score(self.engine, parts, self.as_of, &past, &mut take),
            };
            match scored {
                Ok(n) => n_read += n,
                Err(error) => return out::ended(&error),
            }
        }
        let missing = out.missing();
        let totals = match out.finish() {
            Ok(totals) => totals,
            Err(error) => return out::ended(&error),
        };
        say(&totals.balance(n_read));
        missing.iter().for_each(|bill| say(&format!("--bill `{bill}` is not in the input")));
        match (totals.account_for(n_read) && totals.lost == 0, unopened + totals.unreadable, missing.is_empty()) {
            (false, ..) => INCOMPLETE,
            (true, 1.., _) => UNREADABLE,
            (true, 0, false) => BAD_ARGUMENTS,
            (true, 0, true) => OK,
        }
    }

    /// The edition that the run itself leaves, so that its bills are judged against each other whatever their order.
    /// `None` where another edition is given, or where the input cannot be read twice: then that edition is all.
    fn own_history(&self) -> Result<Option<Edition>, String> {
        if self.engine.history().is_some() || self.engine.history_is_lost() {
            return Ok(None);
        }
        if self.files.is_empty() {
            let samples =
                samples().into_iter().flat_map(|(_, parts)| bills::remember(self.engine, parts, self.as_of).records);
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
        // What cannot be read is said when the same files are scored.
        super::history::of_files(self.engine, &files, self.forced, self.mapping, self.as_of)
            .map(|(edition, _)| Some(edition))
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

/// The parts, with one line on standard error for each table: how it was read.
fn told(name: &str, parts: Parts) -> Parts {
    let name = name.to_owned();
    Box::new(parts.inspect(move |part| {
        if let Some(summary) = part.as_ref().ok().and_then(|part| part.summary.as_ref()) {
            say(&format!("`{name}`: {}", summary.line()));
        }
    }))
}

/// The shipped sample ship.
fn samples() -> Vec<(String, Parts)> {
    let parts = palisander_engine::tables::samples().into_iter().map(|(name, bytes)| {
        let format = Format::detect(bytes);
        (name.to_owned(), palisander_engine::manifests::read(std::io::Cursor::new(bytes), format))
    });
    parts.collect()
}
