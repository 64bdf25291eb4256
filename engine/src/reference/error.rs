//! What can be wrong with a table.

/// One fault of one table, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFault {
    /// Table, as `folder/file.csv`.
    pub table: String,
    /// Row in the file, the header being 1; `None` when the whole table is meant.
    pub row: Option<u64>,
    /// Column, where one is meant.
    pub column: Option<String>,
    /// What was found and what was expected.
    pub what: String,
}

impl std::fmt::Display for TableFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.table)?;
        if let Some(row) = self.row {
            write!(f, " row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " column `{column}`")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// The data could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// A table is missing or unreadable.
    #[error("table `{table}` cannot be read: {why}")]
    Unreadable {
        /// Table, as `folder/file.csv`.
        table: String,
        why: String,
    },
    /// Tables hold faults; all are listed.
    #[error("{} fault(s) in the data, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Faults(Vec<TableFault>),
}
