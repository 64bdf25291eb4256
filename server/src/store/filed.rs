//! What came, written out of a store: the body of every batch that is still kept, each once.
//!
//! In: a store. Out: a file for each body, named by its digest and its format, so that other commands read a folder of them. Those
//! of green batches are not kept, and those whose days are over are gone; both are counted. Not here: what is said of them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use flate2::read::GzDecoder;

use super::{Assessed, Kind, Store, StoreError, folder};
use crate::config::MAX_BODY_BYTES;
use crate::hex;

/// Entries that are read at once.
const STEP: usize = 500;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filed {
    /// Bodies that were written.
    pub bodies: u64,
    /// Their bills.
    pub bills: u64,
    /// Bodies that were erased.
    pub erased: u64,
    /// Batches whose bodies were not kept: all of their bills were green.
    pub green: u64,
}

/// Writes the bodies into a folder, both for their owner alone.
pub fn file_bodies(store: &dyn Store, to: &Path) -> Result<Filed, StoreError> {
    let unwritten = |error: std::io::Error| StoreError::Unavailable(format!("`{}`: {error}", to.display()));
    folder::made(to).map_err(unwritten)?;
    let (mut filed, mut seen, mut batches, mut last) = (Filed::default(), BTreeSet::new(), BTreeSet::new(), 0);
    loop {
        let entries = store.entries(last, STEP)?;
        let Some(end) = entries.last() else { return Ok(filed) };
        last = end.seq;
        for entry in entries.iter().filter(|entry| entry.kind == Kind::Assessed) {
            let Some(body) = store.body(&entry.body)? else { continue };
            let said: Assessed =
                serde_json::from_slice(&body.bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
            // A long batch is said by several entries, and one that a hold let through is said again.
            if !batches.insert(said.batch.clone()) {
                continue;
            }
            let Some(digest) = said.payload.as_deref() else {
                filed.green += 1;
                continue;
            };
            if !seen.insert(digest.to_owned()) {
                continue;
            }
            let Some(packed) = hex::read(digest).map(|digest| store.body(&digest)).transpose()?.flatten() else {
                filed.erased += 1;
                continue;
            };
            let mut plain = Vec::new();
            let read = GzDecoder::new(&*packed.bytes).take(MAX_BODY_BYTES as u64).read_to_end(&mut plain);
            read.map_err(|error| StoreError::Damaged(error.to_string()))?;
            let format = if said.read.format.is_empty() { "json" } else { said.read.format.as_str() };
            kept(&to.join(format!("{digest}.{format}")), &plain).map_err(unwritten)?;
            filed.bodies += 1;
            filed.bills += said.n_bills;
        }
    }
}

/// Writes a file that its owner alone reads.
fn kept(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
