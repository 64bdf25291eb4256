//! Canonical JSON and NDJSON.
//!
//! Strict first: the derived reader of the canonical types. Only where it fails does the patient walk run, which finds
//! every fault. A line that is no JSON loses that line only.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::super::convert::{self, Walk};
use super::super::fault::{Fault, ManifestError, Severity};
use super::super::limits;
use super::super::types::{Consignment, GoodsItem, Manifest};
use super::{Parsed, Parts, read_whole};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    manifest: Manifest,
}

/// One JSON document: a manifest, or a list of them.
pub(super) fn document(input: impl BufRead + Send + 'static) -> Parts {
    let bytes = read_whole(input, limits::MAX_DOCUMENT_BYTES, "MAX_DOCUMENT_BYTES", "a JSON document");
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => return Box::new(std::iter::once(Err(error))),
    };
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
    if first == Some(&b'[')
        && let Ok(Value::Array(list)) = serde_json::from_slice(&bytes)
    {
        let parts = list.into_iter().enumerate().map(|(n, value)| walked(&value, &format!("/{n}"), Vec::new()));
        return Box::new(parts);
    }
    Box::new(std::iter::once(manifest_of(&bytes, "")))
}

/// One manifest or one consignment a line.
pub(super) fn lines(input: impl BufRead + Send + 'static) -> Parts {
    Box::new(Lines { input, number: 0, buffer: Vec::new(), done: false })
}

struct Lines<R> {
    input: R,
    number: u64,
    buffer: Vec<u8>,
    done: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            self.number += 1;
            match self.read_line() {
                Ok(None) => return None,
                Ok(Some(())) if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                Ok(Some(())) => return Some(manifest_of(&self.buffer, &format!("line {}", self.number))),
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

impl<R: BufRead> Lines<R> {
    /// Fills the buffer with one line; a line over the limit is skipped to its end and reported.
    fn read_line(&mut self) -> Result<Option<()>, ManifestError> {
        use std::io::Read;
        self.buffer.clear();
        let limit = limits::MAX_DOCUMENT_BYTES as u64 + 1;
        let taken = self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer);
        let n = taken.map_err(|error| {
            self.done = true;
            ManifestError::Io(error.to_string())
        })?;
        if n == 0 {
            self.done = true;
            return Ok(None);
        }
        if n as u64 == limit && self.buffer.last() != Some(&b'\n') {
            while let Ok(n @ 1..) = {
                self.buffer.clear();
                self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer)
            } {
                if self.buffer.last() == Some(&b'\n') || (n as u64) < limit {
                    break;
                }
            }
            let what = format!("line {}", self.number);
            return Err(ManifestError::TooLarge {
                what,
                limit: limits::MAX_DOCUMENT_BYTES,
                name: "MAX_DOCUMENT_BYTES",
            });
        }
        Ok(Some(()))
    }
}

/// One manifest (wrapped or bare) or one consignment. `at` names the line for faults.
pub(super) fn manifest_of(bytes: &[u8], at: &str) -> Result<Parsed, ManifestError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let why = match serde_json::from_slice::<Wrapped>(bytes) {
        Ok(Wrapped { mut manifest }) if within_limits(&manifest) => {
            manifest.tidy();
            if manifest.format.is_empty() {
                manifest.format = "json/1".to_owned();
            }
            return Ok(Parsed { manifest, faults: Vec::new() });
        }
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| malformed(&error, bytes, at))?;
    let mut faults = Vec::new();
    if why.contains("duplicate field") {
        faults.push(Fault::new(
            "duplicate_field",
            Severity::Doubt,
            at.to_owned(),
            &why,
            "each field once; the last is used",
        ));
    }
    walked(&value, at, faults)
}

fn malformed(error: &serde_json::Error, bytes: &[u8], at: &str) -> ManifestError {
    let place = format!("line {} column {}", error.line(), error.column());
    let place = if at.is_empty() { place } else { format!("{at}, column {}", error.column()) };
    let why = match std::str::from_utf8(bytes) {
        Ok(_) => error.to_string(),
        Err(utf8) => format!("not UTF-8 from byte {}", utf8.valid_up_to()),
    };
    ManifestError::Malformed { format: "JSON", at: place, why }
}

/// What the strict reader does not count.
fn within_limits(manifest: &Manifest) -> bool {
    let text_fits = |item: &GoodsItem| {
        item.description.len() <= limits::MAX_TEXT_BYTES
            && item.documents.len() <= limits::MAX_LIST
            && item.packages.len() <= limits::MAX_LIST
            && [item.gross_mass_kg, item.net_mass_kg, item.volume_m3].iter().flatten().all(|n| *n >= 0.0)
            && item.documents.iter().all(|document| document.quantity.is_none_or(|n| n >= 0.0))
    };
    let fits = |consignment: &Consignment| {
        !consignment.bill_of_lading.trim().is_empty()
            && consignment.goods_items.len() <= limits::MAX_GOODS_ITEMS
            && consignment.parties.len() <= limits::MAX_LIST
            && consignment.routing.len() <= limits::MAX_LIST
            && consignment.gross_mass_kg.is_none_or(|n| n >= 0.0)
            && consignment.value.as_ref().is_none_or(|value| value.number().is_some())
            && consignment.goods_items.iter().all(text_fits)
    };
    manifest.consignments.len() <= limits::MAX_CONSIGNMENTS
        && manifest.equipment.len() <= limits::MAX_EQUIPMENT
        && manifest.consignments.iter().all(fits)
}

/// The patient walk over a parsed value of any of the accepted shapes.
fn walked(value: &Value, at: &str, faults: Vec<Fault>) -> Result<Parsed, ManifestError> {
    let mut walk = Walk { faults, ..Walk::default() };
    let has = |key: &str| value.get(key).is_some();
    let manifest = if let Some(inner) = value.get("manifest") {
        convert::manifest(inner, &format!("{at}/manifest"), &mut walk)
    } else if has("consignments") {
        convert::manifest(value, at, &mut walk)
    } else if has("bill_of_lading") || has("goods_items") {
        convert::consignment(value, at, &mut walk).map(|consignment| Manifest {
            format: "json/1".to_owned(),
            consignments: vec![consignment],
            unmapped: std::mem::take(&mut walk.unmapped),
            ..Manifest::default()
        })
    } else {
        None
    };
    match manifest {
        Some(mut manifest) => {
            manifest.tidy();
            Ok(Parsed { manifest, faults: walk.faults })
        }
        None => Err(ManifestError::Malformed {
            format: "JSON",
            at: if at.is_empty() { "/".to_owned() } else { at.to_owned() },
            why: "expected an object with `manifest`, with `consignments`, or one consignment with `bill_of_lading`"
                .into(),
        }),
    }
}
