//! A state as one file that is rebuilt from, in either store.
//!
//! In: a store that may be serving. Out: a folder with `state.ndjson.gz` (a head, [`Piece`]s a line each, a line with their
//! number) and `state.sha256`, which `sha256sum -c` reads; with the signing key only where that is asked for. Back: the file is
//! held against its digest, then every piece against those before it, and the state is there whole, or nothing is.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Store;
use super::checkpoint::{LogKey, SECRET_FILE, kept};
use super::copy::{Checks, Counts, Piece};
use super::error::StoreError;
use super::folder::made;
use super::place::Place;
use crate::config::MAX_BACKUP_LINE_BYTES;
use crate::hex;

/// The file of the pieces.
const FILE: &str = "state.ndjson.gz";
/// Its digest.
const SUM_FILE: &str = "state.sha256";
/// What the head says that it is.
const FORMAT: &str = "palisander state 1";

/// First line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    /// Version of the program.
    program: String,
    /// Key that the checkpoints are signed by, as `log.pub` holds it.
    log_pub: String,
}

/// Last line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: Counts,
}

/// What was backed up, or put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    pub counts: Counts,
    /// The file that holds it.
    pub file: PathBuf,
    /// The signing key is there.
    pub has_key: bool,
}

/// Writes a store into a folder; `with_key`: with the key that signs its log.
pub fn back_up(place: &Place, store: &dyn Store, folder: &Path, with_key: bool) -> Result<BackedUp, StoreError> {
    let failed = |error: std::io::Error| StoreError::Copy(format!("`{}`: {error}", folder.display()));
    let file = folder.join(FILE);
    if file.exists() {
        let why = format!("`{}` is there already; back up into another folder, one for each time", file.display());
        return Err(StoreError::Copy(why));
    }
    made(folder).map_err(failed)?;
    // So that the last checkpoint is over all entries but those that come while it is read.
    store.checkpoint()?;
    let half = file.with_extension("half");
    let (counts, sum) = written(store, &half)?;
    std::fs::rename(&half, &file).map_err(failed)?;
    let text = format!("{}  {FILE}\n", hex::shown(&sum));
    std::fs::write(folder.join(SUM_FILE), text).map_err(failed)?;
    if with_key {
        let key = place.key_folder().join(SECRET_FILE);
        let text = std::fs::read_to_string(&key)
            .map_err(|error| StoreError::Copy(format!("`{}` cannot be read: {error}", key.display())))?;
        kept(&folder.join(SECRET_FILE), &text).map_err(failed)?;
    }
    // The names are on the disk too.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(BackedUp { counts, file, has_key: with_key })
}

fn written(store: &dyn Store, path: &Path) -> Result<(Counts, [u8; 32]), StoreError> {
    let failed = |error: std::io::Error| StoreError::Copy(format!("`{}` cannot be written: {error}", path.display()));
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let to = Summed { inner: BufWriter::new(options.open(path).map_err(failed)?), sum: Sha256::new() };
    let mut to = GzEncoder::new(to, Compression::fast());
    let (format, program, log_pub) = (FORMAT.to_owned(), env!("CARGO_PKG_VERSION").to_owned(), store.public_key());
    writeln!(to, "{}", shown(&Head { format, program, log_pub })?).map_err(failed)?;
    let mut counts = Counts::default();
    store.copied(&mut |piece| {
        match piece {
            Piece::Checkpoint(_) => counts.checkpoints += 1,
            Piece::Entry(_) => counts.entries += 1,
            Piece::Body(_) => counts.bodies += 1,
            Piece::Once { .. } | Piece::Use { .. } | Piece::Note { .. } => {}
        }
        writeln!(to, "{}", piece.line()?).map_err(failed)
    })?;
    writeln!(to, "{}", shown(&End { end: counts })?).map_err(failed)?;
    let Summed { inner, sum } = to.finish().map_err(failed)?;
    let file = inner.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok((counts, sum.finalize().into()))
}

fn shown(line: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(line).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Puts what a folder holds into an empty state. `new_key`: the log goes on under another key, and what the old one signed
/// stays behind.
pub fn restore(place: &Place, folder: &Path, new_key: bool) -> Result<BackedUp, StoreError> {
    if place.is_made()? && !is_empty(&*place.open()?)? {
        return Err(StoreError::NotEmpty);
    }
    let file = folder.join(FILE);
    summed(folder)?;
    let mut lines = Lines::open(&file)?;
    let head: Head = lines.next()?.and_then(|line| serde_json::from_slice(&line).ok()).ok_or_else(|| {
        StoreError::Copy(format!("`{}` does not begin as a backup of this program does", file.display()))
    })?;
    if head.format != FORMAT {
        let why = format!("`{}` is `{}`, and this program reads `{FORMAT}`", file.display(), head.format);
        return Err(StoreError::Copy(why));
    }
    let has_key = key(place, folder, &head.log_pub, new_key)?;
    let store = place.open()?;
    let is_signed = store.public_key() == head.log_pub;
    let mut checks = Checks::new(head.log_pub);
    let mut counts = None;
    let wrong = |n: u64, why: String| StoreError::Copy(format!("line {n} of `{}`: {why}", file.display()));
    store.filled(&mut || {
        loop {
            let Some(line) = lines.next()? else {
                return Err(wrong(lines.n, "it is cut off: the line with the numbers is missing".to_owned()));
            };
            if let Ok(End { end }) = serde_json::from_slice(&line) {
                checks.end(&end).map_err(|why| wrong(lines.n, why))?;
                if lines.next()?.is_some() {
                    return Err(wrong(lines.n, "it goes on after its end".to_owned()));
                }
                counts = Some(end);
                return Ok(None);
            }
            let piece = Piece::read(&line).map_err(|why| wrong(lines.n, why))?;
            checks.pass(&piece).map_err(|why| wrong(lines.n, why))?;
            if is_signed || !matches!(piece, Piece::Checkpoint(_)) {
                return Ok(Some(piece));
            }
        }
    })?;
    // The state signs what it holds: where that is what was signed before, nothing is added.
    store.checkpoint()?;
    Ok(BackedUp { counts: counts.unwrap_or_default(), file, has_key })
}

/// Sees to the key of the log before the state is opened, which would make another; tells whether it came from the backup.
fn key(place: &Place, folder: &Path, public: &str, new_key: bool) -> Result<bool, StoreError> {
    let own = place.key_folder();
    let failed = |error: std::io::Error| StoreError::Place(format!("`{}`: {error}", own.display()));
    let found = LogKey::existing(own).map_err(failed)?;
    let backed_up = folder.join(SECRET_FILE);
    match found.map(|key| key.public()) {
        _ if new_key => Ok(false),
        Some(key) if key == public => Ok(false),
        Some(_) => {
            let why = format!("`log.key` of `{}` is not the one that signed the log in the backup", own.display());
            Err(StoreError::Place(format!("{why}: put that one there, or go on under this one with --new-key")))
        }
        None if backed_up.is_file() => {
            made(own).map_err(failed)?;
            let text = std::fs::read_to_string(&backed_up).map_err(failed)?;
            kept(&own.join(SECRET_FILE), &text).map_err(failed)?;
            match LogKey::existing(own).map_err(failed)?.map(|key| key.public()) {
                Some(key) if key == public => Ok(true),
                _ => {
                    let why = format!("`{}` is not the key that signed the log in the backup", backed_up.display());
                    Err(StoreError::Place(why))
                }
            }
        }
        None => {
            let why = format!("the backup is without the key of its log: put `log.key` into `{}` first", own.display());
            Err(StoreError::Place(format!("{why}, or go on under a new one with --new-key")))
        }
    }
}

fn is_empty(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.n_entries()? == 0)
}

/// Holds the file against its digest.
fn summed(folder: &Path) -> Result<(), StoreError> {
    let (file, sum) = (folder.join(FILE), folder.join(SUM_FILE));
    let failed =
        |path: &Path, error: std::io::Error| StoreError::Copy(format!("`{}` cannot be read: {error}", path.display()));
    let told = std::fs::read_to_string(&sum).map_err(|error| failed(&sum, error))?;
    let mut from = File::open(&file).map_err(|error| failed(&file, error))?;
    let mut to = Summed { inner: std::io::sink(), sum: Sha256::new() };
    std::io::copy(&mut from, &mut to).map_err(|error| failed(&file, error))?;
    if told.split_whitespace().next() == Some(hex::shown(&to.sum.finalize()).as_str()) {
        return Ok(());
    }
    Err(StoreError::Copy(format!("`{}` is not the file that `{SUM_FILE}` names: it was changed", file.display())))
}

/// Writes on, and sums what went.
struct Summed<W> {
    inner: W,
    sum: Sha256,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.sum.update(bytes.get(..n).unwrap_or_default());
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// Lines of the file, each of bounded length.
struct Lines {
    from: BufReader<GzDecoder<BufReader<File>>>,
    path: PathBuf,
    /// The one that was read last, from 1.
    n: u64,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path)
            .map_err(|error| StoreError::Copy(format!("`{}` cannot be read: {error}", path.display())))?;
        Ok(Self { from: BufReader::new(GzDecoder::new(BufReader::new(file))), path: path.to_owned(), n: 0 })
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let mut line = Vec::new();
        self.n += 1;
        let n = self.from.by_ref().take(MAX_BACKUP_LINE_BYTES).read_until(b'\n', &mut line);
        let wrong = |why: String| StoreError::Copy(format!("line {} of `{}`: {why}", self.n, self.path.display()));
        match n.map_err(|error| wrong(error.to_string()))? {
            0 => Ok(None),
            n if n as u64 == MAX_BACKUP_LINE_BYTES => Err(wrong("it is over MAX_BACKUP_LINE_BYTES".to_owned())),
            _ => Ok(Some(line)),
        }
    }
}
