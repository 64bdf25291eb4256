//! What was not read of a file: one JSON document beside its answers, every fault with its place.
//!
//! It is there for every file, also where nothing was wrong, and gets its name last: who sees it has the answers too.

use std::io::{self, Cursor, Write};

use axum::body::Bytes;
use palisander_engine::manifests::{Fault, Format, Mapping, read_with};
use serde::Serialize;
use serde_json::{Value, json};

/// Faults of heads that are remembered, since every part of a manifest tells them again.
const MAX_SAID: usize = 1_000;

/// The head of the document.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Head {
    /// The name that the file came under.
    pub(super) file: String,
    pub(super) outcome: &'static str,
    /// SHA-256 of its bytes; none where they were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
    pub(super) bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<&'static str>,
    /// Id of its batch in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) batch: Option<String>,
    /// Name of its answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answers: Option<String>,
    /// Bills that have an answer.
    pub(super) bills: u64,
    /// Bills that have none, by a fault of the program.
    pub(super) lost: u64,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
    /// The same bytes were answered before: under which name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) same_as: Option<String>,
}

/// Writes the document. `body`: what is read again for its faults, as it was read before.
pub(super) fn write(mut out: impl Write, head: &Head, body: Option<(Bytes, Format, &Mapping)>) -> io::Result<()> {
    let mut text = serde_json::to_vec(head)?;
    // The list of faults is the last field; it may be long, and is not held.
    text.pop();
    out.write_all(&text)?;
    out.write_all(b",\"faults\":[")?;
    let mut is_first = true;
    if let Some((body, format, mapping)) = body {
        each(body, format, mapping, &mut |fault| {
            let between: &[u8] = if std::mem::take(&mut is_first) { b"\n" } else { b",\n" };
            out.write_all(between)?;
            Ok(serde_json::to_writer(&mut out, &fault)?)
        })?;
    }
    out.write_all(b"]}\n")?;
    out.flush()
}

/// Hands out every fault; one of a bill with its place among the bills of the file, from 0.
fn each(
    body: Bytes,
    format: Format,
    mapping: &Mapping,
    put: &mut dyn FnMut(Value) -> io::Result<()>,
) -> io::Result<()> {
    let mut said: Vec<(&'static str, String)> = Vec::new();
    let mut bill = 0_u64;
    for part in read_with(Cursor::new(body), format, mapping) {
        let parsed = match part {
            Ok(parsed) => parsed,
            Err(error) => {
                put(
                    json!({ "code": "unreadable", "severity": "lost", "at": "", "found": "", "expected": error.to_string() }),
                )?;
                continue;
            }
        };
        for fault in parsed.head.to_vec() {
            let key = (fault.code, fault.at.clone());
            if said.contains(&key) {
                continue;
            }
            if said.len() < MAX_SAID {
                said.push(key);
            }
            put(shown(&fault, None)?)?;
        }
        for faults in &parsed.bills {
            for fault in faults.to_vec() {
                put(shown(&fault, Some(bill))?)?;
            }
            bill += 1;
        }
    }
    Ok(())
}

fn shown(fault: &Fault, bill: Option<u64>) -> io::Result<Value> {
    let mut shown = serde_json::to_value(fault)?;
    if let (Some(bill), Some(fields)) = (bill, shown.as_object_mut()) {
        fields.insert("bill".to_owned(), json!(bill));
    }
    Ok(shown)
}
