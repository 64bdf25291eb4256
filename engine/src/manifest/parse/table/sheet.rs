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
    /// Blocks of merged cells that reach over several rows.
    pub blocks: Vec<Block>,
    /// Another sheet of the workbook was read before it: its rows need the sheet's name to be told apart.
    pub is_further: bool,
}

/// Merged cells: rows as the sheet counts them from 1, places from 0, first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::manifest::parse) struct Block {
    pub rows: (u64, u64),
    pub places: (usize, usize),
}
