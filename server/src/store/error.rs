//! Why the store did not do what it was asked.

/// Nothing was written when one of these is returned, but for [`StoreError::InDoubt`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another entry about the subject came first: read again, and decide again.
    #[error("`{subject}` has changed since it was read")]
    Moved { subject: String },
    /// The same idempotency key came with another body.
    #[error("the idempotency key was used before with another body")]
    OtherBody,
    /// A field that is too long, empty, or holds a line break.
    #[error("the field `{field}` of an entry cannot be written: {why}")]
    Field { field: &'static str, why: String },
    /// Another program of a later version made the file.
    #[error("the state is of version {found}, and this program knows versions up to {known}; use the later program")]
    Later { found: i64, known: i64 },
    /// The disk or the database does not do its work; what was not acknowledged is not kept.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// The database was lost between a commit and its answer, and could not be asked again: it is written, or it is not.
    #[error("the store was lost while it wrote, so that it is not known whether it did: {0}")]
    InDoubt(String),
    /// A copy is put into an empty state alone.
    #[error("there is a state already, and a copy is put into an empty one alone; name another place")]
    NotEmpty,
    /// A copy cannot be read or written, or does not hold; nothing of it was put in.
    #[error("{0}")]
    Copy(String),
    /// Where the state is, or the key that signs its log, is not what it should be.
    #[error("{0}")]
    Place(String),
    /// What stands in the store cannot be read; somebody changed it, or the disk is broken.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}
