//! Alerts and Notifications: what was published, and what of it meets a consignment.
//!
//! In: the shipped records and an outside file. Out: matches for scoring (maps) and search results (Tantivy).
//! Tantivy lives only here.

mod lookup;
mod record;
mod watch_list;

pub use lookup::{AlertLookup, AlertMatch, AlertQuestion, key};
pub use record::{
    AlertRecord, MAX_RECORD_BYTES, RecordCountry, RecordFault, RecordVessel, read_records, shipped_records,
};
pub use watch_list::{WatchEntry, WatchList, WatchMatch, WatchedParty, address_similarity};
