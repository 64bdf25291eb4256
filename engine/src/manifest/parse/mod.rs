//! Bytes of a format become manifests.
//!
//! Every reader is an iterator of [`Parsed`]: a manifest, or a part of one with the same head, and the faults of that
//! part. So a file of any length passes through in the memory of one part. Letters become UTF-8 before a reader sees
//! them ([`encoding`]); permit numbers in descriptions become documents after it (`manifest::glean`).

mod asycuda;
mod awmds;
mod cells;
mod codes;
mod completed;
mod csv;
mod detect;
mod edifact;
mod encoding;
pub(crate) mod epermit;
mod foreign;
mod json;
mod measure;
pub(super) mod parsed;
mod part;
mod table;
pub(super) mod units;
mod wco;
mod workbook;
mod xml;

use std::io::BufRead;
use std::sync::Arc;

use self::completed::{completed, told};
use super::fault::ManifestError;

pub use detect::Format;
pub use parsed::{Parsed, Parts};
#[cfg(test)]
pub(in crate::manifest) use table::COLUMNS;
pub use table::Mapping;
pub use workbook::is_contained;

/// Reads `input` as `format`.
pub fn read(input: impl BufRead + Send + 'static, format: Format) -> Parts {
    read_with(input, format, &Mapping::default())
}

/// Reads `input` as `format`, tables by `mapping`.
pub fn read_with(input: impl BufRead + Send + 'static, format: Format, mapping: &Mapping) -> Parts {
    let mut input = input;
    // What a caller calls a table or a document may be a picture of one.
    let foreign = input.fill_buf().ok().and_then(foreign::of);
    if let (Some(foreign), _) | (None, Format::Foreign(foreign)) = (foreign, format) {
        let refused = ManifestError::OtherMessage { what: foreign.refusal() };
        return Box::new(std::iter::once(Err(refused)));
    }
    // Tables are read whole and look at all their bytes before they choose an encoding.
    match format {
        Format::Csv => return finished(csv::table(input, mapping), Arc::default()),
        Format::Xlsx => return finished(workbook::workbook(input, mapping), Arc::default()),
        _ => {}
    }
    let (text, facts) = encoding::decoded(input);
    let parts = match format {
        Format::Json => json::document(text),
        Format::Ndjson => return json::lines(text, facts),
        Format::Cuscar => edifact::interchange(text),
        Format::Awmds => awmds::manifest(text),
        Format::WcoDeclaration => wco::declarations(text),
        Format::EPermit => epermit::consignments(text),
        Format::Asycuda => asycuda::declarations(text),
        Format::OtherXml | Format::Csv | Format::Xlsx | Format::Foreign(_) => {
            Box::new(std::iter::once(Err(detect::refused_xml(text))))
        }
    };
    finished(parts, facts)
}

/// What [`read_with`] would take the columns of a table for, as a mapping to look at and correct.
pub fn guess_mapping(input: impl BufRead, format: Format, mapping: &Mapping) -> Result<Mapping, ManifestError> {
    let sheet = match format {
        Format::Csv => csv::sheet(input, mapping)?,
        Format::Xlsx => workbook::sheet(input, mapping)?,
        other => {
            let why = format!("{} is no table; only CSV and XLSX have columns", other.name());
            return Err(ManifestError::Malformed { format: "mapping", at: "file".into(), why });
        }
    };
    table::guessed(&sheet, mapping).ok_or_else(|| ManifestError::Malformed {
        format: sheet.name,
        at: "row 1".into(),
        why: "no header row names a description or a bill of lading; name one with `header_row` and `[columns]`".into(),
    })
}

fn finished(parts: Parts, facts: Arc<encoding::Facts>) -> Parts {
    Box::new(Finished { parts, facts, said: [false; 3] })
}

/// Reads one JSON document or one NDJSON line.
pub fn json_document(bytes: &[u8]) -> Result<Parsed, ManifestError> {
    let mut parsed = json::manifest_of(bytes, "")?;
    completed(&mut parsed);
    Ok(parsed)
}

/// A stream as UTF-8, for readers outside this step.
pub(crate) fn utf8(input: impl BufRead) -> impl BufRead {
    encoding::decoded(input).0
}

/// Counts the segments of a UN/EDIFACT file: its letters and the bare syntax, without meaning.
#[doc(hidden)]
pub fn edifact_segments(input: impl BufRead) -> u64 {
    edifact::count(input)
}

/// What every part goes through after its reader.
struct Finished {
    parts: Parts,
    facts: Arc<encoding::Facts>,
    said: [bool; 3],
}

impl Iterator for Finished {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut part = self.parts.next()?;
        if let Ok(parsed) = &mut part {
            completed(parsed);
            told(parsed, self.facts.now().faults(&mut self.said));
        }
        Some(part)
    }
}
