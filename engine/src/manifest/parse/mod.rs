//! Bytes of a format become manifests.
//!
//! Every reader is an iterator of [`Parsed`]: a manifest, or a part of one with the same head, and the faults of that
//! part. So a file of any length passes through in the memory of one part.

mod csv;
mod detect;
mod json;

use std::io::BufRead;

use super::fault::{Fault, ManifestError};
use super::types::Manifest;

pub use detect::Format;

/// A manifest, or a part of one, and what was wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The manifest.
    pub manifest: Manifest,
    /// All faults, in the order found.
    pub faults: Vec<Fault>,
}

/// A stream of parts. An `Err` part loses that part only; the reader goes on where the format lets it.
pub type Parts = Box<dyn Iterator<Item = Result<Parsed, ManifestError>> + Send>;

/// Reads `input` as `format`.
pub fn read(input: impl BufRead + Send + 'static, format: Format) -> Parts {
    match format {
        Format::Json => json::document(input),
        Format::Ndjson => json::lines(input),
        Format::Csv => csv::table(input),
    }
}

/// Reads one JSON document or one NDJSON line.
pub fn json_document(bytes: &[u8]) -> Result<Parsed, ManifestError> {
    json::manifest_of(bytes, "")
}

/// Reads `input` up to `limit` bytes; one byte more is an error that names the limit.
fn read_whole(mut input: impl BufRead, limit: usize, name: &'static str, what: &str) -> Result<Vec<u8>, ManifestError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let taken = input.by_ref().take(limit as u64 + 1).read_to_end(&mut bytes);
    taken.map_err(|error| ManifestError::Io(error.to_string()))?;
    if bytes.len() > limit {
        return Err(ManifestError::TooLarge { what: what.to_owned(), limit, name });
    }
    Ok(bytes)
}

/// What a UN/EDIFACT 1001 code (or the EU code) says a document is. Source: datasets/codes.
fn document_kind_of_code(code: &str) -> super::types::DocumentKind {
    use super::types::DocumentKind as Kind;
    match code.trim().to_ascii_uppercase().as_str() {
        "811" | "C400" | "400" => Kind::CitesExportPermit,
        "911" => Kind::CitesImportPermit,
        "851" => Kind::PhytosanitaryCertificate,
        "861" => Kind::CertificateOfOrigin,
        _ => Kind::Other,
    }
}
