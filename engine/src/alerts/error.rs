//! What can go wrong with the index. A question never goes wrong.

use crate::reference::ReferenceError;

/// The index could not be built or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AlertIndexError {
    /// The words of questions.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// The search library.
    #[error("the alert index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// A folder or file of the index.
    #[error("`{path}` of the alert index: {why}")]
    Folder { path: String, why: String },
    /// A record that cannot be written.
    #[error("record `{id}` cannot be stored: {why}")]
    Record { id: String, why: String },
}
