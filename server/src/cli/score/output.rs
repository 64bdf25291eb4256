//! Where answers go: standard output or a file, as they come or the most urgent first.
//!
//! In: what the stream hands out. Out: the answers in one form, and the totals. What is ranked waits in [`Kept`]; the rest
//! is written at once. A file appears under its name only when all of it is written. Not here: what is scored (`mod.rs`).

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use palisander_engine::Assessment;
use palisander_engine::answers::{Lane, bytes};
use palisander_engine::bills::Scored;
use tempfile::NamedTempFile;

use super::html::Sheet;
use super::row::{Detail, Row};
use super::select::Selection;
use super::{csv, html, table};
use crate::cli::safe::Safe;
use crate::cli::{out, say};
use crate::kept::Kept;
use crate::totals::Totals;

/// In which form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Answer {
    /// A ranked table
    Table,
    /// One assessment a line, in input order
    Ndjson,
    /// One array
    Json,
    /// One ranked line a bill, for a spreadsheet
    Csv,
    /// One page with a list and a printable sheet for each bill
    Html,
}

impl Answer {
    /// By the ending of a file name.
    pub fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "html" | "htm" => Some(Self::Html),
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }

    /// True where the short answer says all that the form shows.
    pub fn may_be_short(self) -> bool {
        matches!(self, Self::Ndjson | Self::Json)
    }

    fn is_ranked(self) -> bool {
        matches!(self, Self::Table | Self::Csv | Self::Html)
    }
}

/// How answers are shown.
pub struct Shown {
    pub form: Answer,
    /// Most urgent first, whatever the form.
    pub ranked: bool,
    /// How much the table says.
    pub detail: Detail,
    /// Columns of the table.
    pub columns: u16,
    /// Lanes and what they mean, for the page.
    pub meanings: Vec<(String, String)>,
    /// Which are shown.
    pub selection: Selection,
}

/// Writes answers as they come, or keeps what is to be ranked.
pub struct Output {
    shown: Shown,
    sink: Sink,
    kept: Kept,
    n_written: usize,
    /// Totals so far.
    pub totals: Totals,
    progress: Option<indicatif::ProgressBar>,
}

enum Sink {
    Standard(Safe<BufWriter<std::io::Stdout>>),
    File(Safe<BufWriter<NamedTempFile>>, PathBuf),
}

impl Sink {
    fn open(path: Option<&Path>) -> std::io::Result<Self> {
        let Some(path) = path else { return Ok(Self::Standard(out::stdout())) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.prefix(".palisander-").tempfile_in(folder)?;
        Ok(Self::File(Safe::new(BufWriter::with_capacity(1 << 18, file)), path.to_owned()))
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Standard(out) => out.write_all(bytes),
            Self::File(out, _) => out.write_all(bytes),
        }
    }

    fn close(self) -> std::io::Result<()> {
        match self {
            Self::Standard(mut out) => out.flush(),
            Self::File(out, path) => {
                let file: NamedTempFile = out.into_inner().into_inner().map_err(std::io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                let _: File = file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }
}

impl Output {
    /// To standard output, or to a file.
    pub fn new(shown: Shown, path: Option<&Path>) -> std::io::Result<Self> {
        let progress = std::io::stderr().is_terminal().then(|| {
            let bar = indicatif::ProgressBar::new_spinner();
            let style = indicatif::ProgressStyle::with_template("{spinner} {pos} consignments {per_sec} {msg}");
            style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
        });
        let sink = Sink::open(path)?;
        Ok(Self { shown, sink, kept: Kept::default(), n_written: 0, totals: Totals::default(), progress })
    }

    /// Takes what the stream hands out; says what has no answer.
    pub fn take(&mut self, file: &str, scored: Scored) -> std::io::Result<()> {
        self.totals.add(&scored);
        match scored {
            Scored::Answer(answer) => {
                if self.is_shown(&answer.consignment, answer.lane) {
                    let bytes = self.formed(&answer)?;
                    self.put(&answer.rank_key, &bytes)?;
                }
            }
            Scored::Short(answer) => {
                if self.is_shown(&answer.consignment, answer.lane) {
                    let bytes = if self.shown.form == Answer::Json { indented(&answer)? } else { bytes(&answer)? };
                    self.put(&answer.rank_key, &bytes)?;
                }
            }
            Scored::Lost(bill) => say(&format!(
                "{file}: the bill `{}` of manifest `{}` has no answer, by a fault of this program: {}",
                bill.consignment, bill.manifest, bill.why
            )),
            Scored::Unreadable(error) => say(&format!("{file}: {error}")),
            Scored::Empty(faults) => {
                say(&format!("{file}: the manifest holds no consignment"));
                faults.iter().take(20).for_each(|fault| say(&format!("{file}: {fault}")));
            }
        }
        Ok(())
    }

    /// An answer came; is it one of those asked for?
    fn is_shown(&mut self, consignment: &str, lane: Lane) -> bool {
        if let Some(progress) = &self.progress {
            progress.inc(1);
        }
        self.shown.selection.takes(consignment, lane)
    }

    /// What will be shown of it.
    fn formed(&self, answer: &Assessment) -> std::io::Result<Vec<u8>> {
        Ok(match self.shown.form {
            Answer::Table => serde_json::to_vec(&Row::of(answer, self.shown.detail))?,
            Answer::Ndjson => bytes(answer)?,
            Answer::Json => indented(answer)?,
            Answer::Csv => csv::bill(answer)?,
            Answer::Html => serde_json::to_vec(&Sheet::of(answer))?,
        })
    }

    /// Writes it, or keeps it until all are there.
    fn put(&mut self, rank_key: &str, bytes: &[u8]) -> std::io::Result<()> {
        if self.shown.ranked || self.shown.form.is_ranked() {
            return self.kept.push(rank_key, bytes);
        }
        self.element(bytes)
    }

    /// One element of the array, one line, or a part that stands for itself.
    fn element(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.n_written += 1;
        match self.shown.form {
            Answer::Json => self.sink.write(if self.n_written == 1 { b"[\n" } else { b",\n" })?,
            Answer::Ndjson => {
                self.sink.write(bytes)?;
                return self.sink.write(b"\n");
            }
            _ => {}
        }
        self.sink.write(bytes)
    }

    /// Bills that were asked for and did not come.
    pub fn missing(&self) -> Vec<String> {
        self.shown.selection.missing()
    }

    /// Writes what was kept, ends the form, and gives the totals. An error: what was written is not all.
    pub fn finish(mut self) -> std::io::Result<Totals> {
        if let Some(progress) = &self.progress {
            progress.finish_and_clear();
        }
        let kept = std::mem::take(&mut self.kept);
        let top = self.shown.selection.top.unwrap_or(usize::MAX);
        match self.shown.form {
            Answer::Table => self.table(kept, top)?,
            Answer::Html => self.page(kept, top)?,
            Answer::Csv => {
                self.sink.write(&csv::head()?)?;
                kept.in_order(top, &mut |bytes| self.element(bytes))?;
            }
            Answer::Ndjson => kept.in_order(top, &mut |bytes| self.element(bytes))?,
            Answer::Json => {
                kept.in_order(top, &mut |bytes| self.element(bytes))?;
                self.sink.write(if self.n_written == 0 { b"[]\n" } else { b"\n]\n" })?;
            }
        }
        let totals = self.totals;
        self.sink.close()?;
        Ok(totals)
    }

    /// Rows are safe when they are made; colours are put on them here, so they pass by the filter.
    fn table(&mut self, mut kept: Kept, top: usize) -> std::io::Result<()> {
        let (columns, colour) = (self.shown.columns, out::coloured());
        let Sink::Standard(sink) = &mut self.sink else { return Ok(()) };
        sink.write_all(table::head(columns).as_bytes())?;
        let mut rank = 0;
        kept.each_in_order(top, &mut |bytes| {
            rank += 1;
            let row: Row = serde_json::from_slice(bytes)?;
            sink.past(table::show(&row, rank, columns, colour).as_bytes())
        })?;
        writeln!(sink, "{}", self.totals.words(rank))
    }

    /// The list, then the sheets: what is kept is gone through twice.
    fn page(&mut self, mut kept: Kept, top: usize) -> std::io::Result<()> {
        self.sink.write(html::begin("Consignments by urgency", &self.shown.meanings).as_bytes())?;
        let mut rank = 0;
        kept.each_in_order(top, &mut |bytes| {
            rank += 1;
            let sheet: Sheet = serde_json::from_slice(bytes)?;
            self.sink.write(sheet.line(rank).as_bytes())
        })?;
        self.sink.write(html::middle(&self.totals.words(rank)).as_bytes())?;
        rank = 0;
        kept.each_in_order(top, &mut |bytes| {
            rank += 1;
            let sheet: Sheet = serde_json::from_slice(bytes)?;
            self.sink.write(sheet.sheet(rank).as_bytes())
        })?;
        self.sink.write(html::END.as_bytes())
    }
}

/// One answer of the array, written as `serde_json` writes it in one.
fn indented(answer: &impl serde::Serialize) -> std::io::Result<Vec<u8>> {
    let text = serde_json::to_string_pretty(answer)?;
    Ok(format!("  {}", text.replace('\n', "\n  ")).into_bytes())
}
