//! A journal of judged bills, so that a long run that ends early goes on where it was.
//!
//! In: a file, and what the run is about. Out: the bills of every file that was judged whole, read again instead of being judged; new
//! ones are added as they come. Lines of JSON: what the run is about, then for each file its bills and a line that ends it. What
//! follows the last such line is cut off. Not here: which bills there are (`trying.rs`).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

use palisander_engine::Engine;
use palisander_engine::bills::Days;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::flip::Bill;

/// Version of this form. A journal of another is not gone on with.
const FORM: u32 = 1;
/// The longest line that is read: a bill of 256 indicators of each of many profiles has some hundred thousand bytes.
const MAX_LINE_BYTES: u64 = 4 << 20;

/// What a run is about: both sets of rules and everything beside them, and the day.
pub fn identity(rules: [&Engine; 2], days: Days) -> Value {
    let [before, after] = rules.map(Engine::editions);
    json!({ "form": FORM, "before": before, "after": after, "as_of": days.fixed })
}

/// One file as it was: another of the same name is judged anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileId {
    path: String,
    bytes: u64,
    /// When it was last written, nanoseconds since 1970.
    written: u128,
}

/// What came of one file beside its bills.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    pub read: u64,
    pub lost: u64,
    pub unreadable: u64,
    pub empty: u64,
}

/// A line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Row {
    Begins(Value),
    Bill(Box<Bill>),
    Ends { file: FileId, counts: Counts },
}

/// Where the bills of a file stand.
#[derive(Debug, Clone, Copy)]
struct Kept {
    from: u64,
    to: u64,
    counts: Counts,
}

/// An open journal.
pub struct Journal {
    out: BufWriter<File>,
    read: File,
    kept: BTreeMap<FileId, Kept>,
    path: String,
}

impl FileId {
    /// Of a file; `None` = it is none that could be found again, such as standard input.
    pub fn of(path: &Path) -> Option<Self> {
        let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        let written = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        Some(Self { path: path.display().to_string(), bytes: about.len(), written })
    }
}

impl Journal {
    /// Opens the journal, or begins it; what is wrong with it in a sentence.
    pub fn open(path: &Path, identity: &Value) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("the journal `{}`: {error}", path.display());
        let options = || File::options().read(true).write(true).create(true).truncate(false).open(path);
        let (mut write, read) = (options().map_err(failed)?, options().map_err(failed)?);
        let mut kept = BTreeMap::new();
        let end = match scan(&read, identity, &mut kept).map_err(failed)? {
            Scanned::Empty => {
                let row = serde_json::to_string(&Row::Begins(identity.clone())).unwrap_or_default();
                write.write_all(format!("{row}\n").as_bytes()).map_err(failed)?;
                row.len() as u64 + 1
            }
            Scanned::Until(end) => end,
            Scanned::Other => {
                return Err(format!(
                    "the journal `{}` is of other rules, inputs or days, or of another program: name another file",
                    path.display()
                ));
            }
        };
        write.set_len(end).map_err(failed)?;
        write.seek(SeekFrom::Start(end)).map_err(failed)?;
        Ok(Self { out: BufWriter::new(write), read, kept, path: path.display().to_string() })
    }

    /// Is it this file?
    pub fn is(&self, file: &Path) -> bool {
        let whole = |path: &Path| std::fs::canonicalize(path).ok();
        whole(Path::new(&self.path)).is_some_and(|own| whole(file) == Some(own))
    }

    /// Files that were judged whole.
    pub fn n_files(&self) -> usize {
        self.kept.len()
    }

    /// Hands out the bills of a file that was judged whole; `None` = it was not.
    pub fn replay(&self, file: &FileId, take: &mut dyn FnMut(Bill)) -> Result<Option<Counts>, String> {
        let Some(Kept { from, to, counts }) = self.kept.get(file) else { return Ok(None) };
        let failed = |error: std::io::Error| format!("the journal `{}`: {error}", self.path);
        let mut read = &self.read;
        read.seek(SeekFrom::Start(*from)).map_err(failed)?;
        for line in BufReader::with_capacity(1 << 20, read.take(to - from)).lines() {
            let row = serde_json::from_str(&line.map_err(failed)?).map_err(|error| failed(error.into()))?;
            if let Row::Bill(bill) = row {
                take(*bill);
            }
        }
        Ok(Some(*counts))
    }

    /// Adds a bill of the file that is being judged.
    pub fn add(&mut self, bill: &Bill) -> Result<(), String> {
        // The type that is read back holds a box.
        let text = serde_json::to_string(&json!({ "bill": bill })).unwrap_or_default();
        self.write(&text)
    }

    /// Ends a file: from now on it need not be judged again.
    pub fn end(&mut self, file: FileId, counts: Counts) -> Result<(), String> {
        let text = serde_json::to_string(&Row::Ends { file, counts }).unwrap_or_default();
        self.write(&text)?;
        self.out.flush().map_err(|error| format!("the journal `{}` cannot be written: {error}", self.path))
    }

    fn write(&mut self, text: &str) -> Result<(), String> {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
        written.map_err(|error| format!("the journal `{}` cannot be written: {error}", self.path))
    }
}

enum Scanned {
    /// There is nothing in it.
    Empty,
    /// It is of this run, up to this byte.
    Until(u64),
    /// It is of something else.
    Other,
}

fn scan(file: &File, identity: &Value, kept: &mut BTreeMap<FileId, Kept>) -> std::io::Result<Scanned> {
    let mut input = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    // Where the next line begins, the bills of the file that is being read begin, and the last whole file ends.
    let (mut at, mut from, mut end) = (0, 0, 0);
    loop {
        line.clear();
        let n = input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? as u64;
        if n == 0 {
            break;
        }
        let Some(row) = line.strip_suffix(b"\n").and_then(|text| serde_json::from_slice::<Row>(text).ok()) else {
            // The last line of a run that ended in the middle of it; the first one tells whose journal it is.
            if at == 0 {
                return Ok(Scanned::Other);
            }
            break;
        };
        at += n;
        match row {
            Row::Begins(own) if at == n => {
                if own != *identity {
                    return Ok(Scanned::Other);
                }
                (from, end) = (at, at);
            }
            _ if end == 0 => return Ok(Scanned::Other),
            Row::Begins(_) => break,
            Row::Bill(_) => {}
            Row::Ends { file, counts } => {
                kept.insert(file, Kept { from, to: at - n, counts });
                (from, end) = (at, at);
            }
        }
    }
    Ok(if at == 0 { Scanned::Empty } else { Scanned::Until(end) })
}
