//! The log as a file that anybody can check: one entry a line, then its checkpoints.
//!
//! In: a store. Out: NDJSON; the fields of an entry as its leaf has them, its hash, and its body as `{salt, text}` or
//! `null` where it was erased; last a line `{"checkpoint": …}` for each signed note. Bodies beside an entry are not in it:
//! the body names their digests.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Entry, Store, StoreError};
use crate::hex;

/// Entries that are read at once.
const STEP: usize = 1_000;
/// Checkpoints that are written, the latest.
const MAX_CHECKPOINTS: usize = 1_000;

/// An entry as a line has it, with its body unless that was erased.
pub fn line(store: &dyn Store, entry: &Entry) -> Result<Value, StoreError> {
    let body = store.body(&entry.body)?;
    let body = body.map(|body| json!({ "salt": hex::shown(&body.salt), "text": String::from_utf8_lossy(&body.bytes) }));
    let none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    Ok(json!({
        "seq": entry.seq, "at": entry.at.to_string(), "reader": entry.reader, "group": none(&entry.group),
        "kind": entry.kind, "subject": entry.subject, "label": entry.label, "body_digest": hex::shown(&entry.body),
        "second": none(&entry.second), "prev": hex::shown(&entry.prev), "hash": hex::shown(&entry.hash),
        "body": body,
    }))
}

/// Writes every entry and the checkpoints; how many entries there were.
pub fn export(store: &dyn Store, to: &mut dyn Write) -> Result<u64, io::Error> {
    let failed = |error: StoreError| io::Error::other(error.to_string());
    let mut last = 0;
    loop {
        let entries = store.entries(last, STEP).map_err(failed)?;
        let Some(end) = entries.last() else { break };
        last = end.seq;
        for entry in &entries {
            writeln!(to, "{}", line(store, entry).map_err(failed)?)?;
        }
    }
    let mut checkpoints = store.checkpoints(MAX_CHECKPOINTS).map_err(failed)?;
    checkpoints.reverse();
    for checkpoint in checkpoints {
        writeln!(to, "{}", json!({ "checkpoint": checkpoint.note }))?;
    }
    Ok(last)
}
