//! What a database says when it fails, sorted by what helps.
//!
//! Words that go on are those of the message and its code, never of its detail, which may quote a row.

use ::postgres::error::{DbError, Severity, SqlState};

use crate::store::error::StoreError;

/// Why something did not work.
#[derive(Debug)]
pub(super) enum Failed {
    /// The connection is gone, and nothing of this transaction is kept: another connection may do it.
    Lost(String),
    /// The connection was gone before a commit was answered.
    InDoubt(String),
    /// The database refuses what these rows say.
    Rows(String),
    /// The database does not do it now.
    Said(String),
    /// What was asked is refused by the law of the store.
    Store(StoreError),
}

/// States of a server that stops, starts, or became another's copy; a new connection may find one that works.
const PASSING: [SqlState; 6] = [
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::READ_ONLY_SQL_TRANSACTION,
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
];

impl Failed {
    /// What a commit says: after a break of the connection nobody knows.
    pub(super) fn of_commit(error: &::postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) if said.parsed_severity() != Some(Severity::Fatal) => Self::from_database(said),
            _ => Self::InDoubt(told(error)),
        }
    }

    fn from_database(said: &DbError) -> Self {
        let why = format!("{} ({})", said.message(), said.code().code());
        if said.parsed_severity() == Some(Severity::Fatal) || PASSING.contains(said.code()) {
            return Self::Lost(why);
        }
        match said.code().code().get(..2) {
            // Data exceptions, violated constraints, what is too long or too many.
            Some("22" | "23" | "54") => Self::Rows(why),
            _ => Self::Said(why),
        }
    }
}

impl From<::postgres::Error> for Failed {
    fn from(error: ::postgres::Error) -> Self {
        error.as_db_error().map_or_else(|| Self::Lost(told(&error)), Self::from_database)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Lost(why) | Failed::Rows(why) | Failed::Said(why) => Self::Unavailable(why),
            Failed::InDoubt(why) => Self::InDoubt(why),
            Failed::Store(error) => error,
        }
    }
}

/// An error with what lies behind it, without details.
fn told(error: &::postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("{} ({})", said.message(), said.code().code());
    }
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
