//! What SQLite says when it fails, as the store says it.

use crate::store::error::StoreError;

/// What SQLite says when it does not do its work.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(super) fn unavailable(error: rusqlite::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
