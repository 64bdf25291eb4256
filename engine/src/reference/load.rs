//! Reads a table from the embedded data or from a folder.
//!
//! Cost: one pass over the file. A row that does not fit is a fault; the other rows are kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

use super::error::{ReferenceError, TableFault};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../datasets");

/// Where the tables come from.
#[derive(Debug, Clone, Default)]
pub enum DataSource {
    /// The tables that were built into the binary.
    #[default]
    Embedded,
    /// A folder laid out like `datasets/`; a table that it lacks is taken from the embedded ones.
    Folder(PathBuf),
    /// Tables as CSV texts by name; one that is not there is taken from the embedded ones.
    Texts(BTreeMap<String, String>),
}

/// Rows of one table with the row numbers that faults name.
#[derive(Debug, Clone)]
pub struct Table<T> {
    /// Row number in the file (header = 1) and the row.
    pub rows: Vec<(u64, T)>,
    /// Rows that did not fit.
    pub faults: Vec<TableFault>,
}

/// Bytes that a compressed table may have when it is unpacked.
const MAX_UNPACKED: u64 = 64 << 20;

impl DataSource {
    /// Bytes of `path`, such as `taxa/taxa.csv`; unpacked where the table is kept compressed, as `places/places.csv.gz`.
    pub fn read(&self, path: &str) -> Result<Cow<'static, [u8]>, ReferenceError> {
        let packed = format!("{path}.gz");
        match self.stored(path) {
            Err(error) => self.stored(&packed).map_err(|_| error).and_then(|bytes| unpacked(&packed, &bytes)),
            read => read,
        }
    }

    /// Bytes of a file as it is kept.
    fn stored(&self, path: &str) -> Result<Cow<'static, [u8]>, ReferenceError> {
        if let Self::Folder(folder) = self {
            let file = folder.join(path);
            if file.exists() {
                return std::fs::read(&file)
                    .map(Cow::Owned)
                    .map_err(|error| ReferenceError::Unreadable { table: path.into(), why: error.to_string() });
            }
        }
        if let Self::Texts(tables) = self
            && let Some(text) =
                tables.iter().find(|(name, _)| format!("{name}/{name}.csv") == path).map(|(_, text)| text)
        {
            return Ok(Cow::Owned(text.clone().into_bytes()));
        }
        EMBEDDED.get_file(path).map(|file| Cow::Borrowed(file.contents())).ok_or_else(|| ReferenceError::Unreadable {
            table: path.into(),
            why: "there is no such table in the built-in data".into(),
        })
    }

    /// What the table `name` is kept as: its bytes are its fingerprint.
    pub(super) fn content(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        let path = format!("{name}/{name}.csv");
        self.stored(&path).or_else(|_| self.stored(&format!("{path}.gz"))).ok()
    }

    /// Typed rows of the table `name`, which lies at `name/name.csv`.
    pub fn table<T: DeserializeOwned>(&self, name: &str) -> Result<Table<T>, ReferenceError> {
        let path = format!("{name}/{name}.csv");
        let bytes = self.read(&path)?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_ref());
        let mut table = Table { rows: Vec::new(), faults: Vec::new() };
        for (n, row) in reader.deserialize::<T>().enumerate() {
            let line = n as u64 + 2;
            match row {
                Ok(row) => table.rows.push((line, row)),
                Err(error) => table.faults.push(TableFault {
                    table: path.clone(),
                    row: Some(line),
                    column: None,
                    what: error.to_string(),
                }),
            }
        }
        Ok(table)
    }
}

fn unpacked(path: &str, bytes: &[u8]) -> Result<Cow<'static, [u8]>, ReferenceError> {
    let mut text = Vec::new();
    let read = GzDecoder::new(bytes).take(MAX_UNPACKED).read_to_end(&mut text);
    let unreadable = |why: String| ReferenceError::Unreadable { table: path.into(), why };
    read.map_err(|error| unreadable(error.to_string()))?;
    if text.len() as u64 == MAX_UNPACKED {
        return Err(unreadable(format!("it unpacks to {MAX_UNPACKED} bytes or more")));
    }
    Ok(Cow::Owned(text))
}

/// The parts of an inner list (`a|b|c`), trimmed, empty ones dropped.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split('|').map(str::trim).filter(|part| !part.is_empty())
}

/// The sample manifests that ship with the data: name and bytes.
pub fn samples() -> Vec<(&'static str, &'static [u8])> {
    let files = EMBEDDED.get_dir("samples").into_iter().flat_map(|dir| dir.files());
    let mut samples: Vec<_> = files
        .filter_map(|file| file.path().file_name()?.to_str().map(|name| (name, file.contents())))
        .filter(|(name, _)| name.ends_with(".json") || name.ends_with(".ndjson") || name.ends_with(".csv"))
        .collect();
    samples.sort_unstable_by_key(|(name, _)| *name);
    samples
}
