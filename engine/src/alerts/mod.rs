//! Alerts and Notifications: what was published, and what of it meets a consignment.
//!
//! In: the shipped records and an outside file. Out: matches for scoring (maps) and search results (Tantivy).
//! Tantivy lives only here.

mod ask;
#[cfg(test)]
mod checks;
mod error;
mod index;
mod kinds;
mod library;
mod lookup;
mod numbers;
mod question;
mod rank;
mod record;
mod schema;
mod search;
mod snippet;
mod tokens;
mod watch_list;
mod words;

pub use error::AlertIndexError;
pub use index::{AlertIndex, SearchContext};
pub use library::{due, library_records};
pub(crate) use lookup::WAYS;
pub use lookup::{AlertLookup, AlertMatch, AlertQuestion, MAX_GENERAL, key};
pub use record::{AlertRecord, RecordCountry, RecordFault, RecordVessel, read_records, shipped_records};
pub use search::{AlertResult, AlertSearch, MAX_RESULTS};
pub use watch_list::{WatchEntry, WatchList, WatchMatch, WatchedParty, read_watched};
pub use words::Vocabulary;
