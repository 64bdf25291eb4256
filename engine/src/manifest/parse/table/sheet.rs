//! One table as it was read, and the text of its cells.

use super::super::super::fault::Fault;
use super::rows::Rows;

/// One table: its rows with where each stood, and what the file said around it.
#[derive(Debug)]
pub(in crate::manifest::parse) struct Sheet {
    /// Format in errors.
    pub name: &'static str,
    /// Format of the manifest.
    pub format: &'static str,
    pub rows: Rows,
    /// Faults of the reading.
    pub faults: Vec<Fault>,
    /// Delimiter that was used.
    pub delimiter: Option<char>,
    /// Sheet that was used.
    pub sheet: Option<String>,
}

/// The text of a cell: UTF-8, else Windows-1252.
pub(super) fn text_of(field: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(field).0,
    }
}
