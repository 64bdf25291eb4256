//! The store: one append-only log of entries, and what follows from it.
//!
//! In: batches of [`Draft`]s. Out: [`Receipt`]s, given only when the entries are on the disk; and projections of the
//! entries: readers, keys, bills, decisions, results, the permit register. Everything but the entries, their bodies and the day on which a key was
//! last used can be built again from the entries ([`Store::rebuild`]). SQL stands only below this folder.
//! Not here: who may do what (`service`), what a reader sees (`render`), checking a log from outside (`verify`).

mod access;
mod backup;
mod bills;
mod cases;
mod chain;
mod checkpoint;
#[cfg(test)]
mod conformance;
mod copy;
mod editions;
mod entry;
mod error;
mod export;
mod filed;
mod fold;
mod folder;
mod hash;
mod holds;
mod information;
mod jobs;
mod ledger;
mod merkle;
mod papers;
mod people;
mod place;
mod plan;
#[cfg(feature = "postgres")]
mod postgres;
mod register;
mod rulesets;
mod sealed;
mod sqlite;
mod webhooks;
mod writer;

use std::time::Duration;

#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
pub use access::{AccessQuestion, AccessRequest, AccessState};
pub use backup::{BackedUp, back_up, restore};
pub use bills::{
    Assessed, Bill, Chosen, Deciding, Decision, Found, HowRead, KeptBill, KeptSight, Offence, Probe, QueueQuestion,
    Raised, RaisedFor, Reported, Stage, Thorough,
};
pub use cases::CaseQuestion;
pub use checkpoint::{Checkpoint, LogKey, ORIGIN};
pub use copy::{Counts, Give, Piece, Take};
pub use editions::{EditionFile, EditionLoaded};
pub use entry::{Batch, Draft, Entry, Kind, Once, Receipt};
pub use error::StoreError;
pub use export::{export, line};
pub use filed::{Filed, file_bodies};
pub use fold::Holder;
pub use hash::Hash;
pub use holds::{Hold, HoldMet, HoldState};
pub use information::{
    Appeal, Conviction, CountryRole, Grade, Identifier, IdentifierKind, Information, InformationKind,
    InformationQuestion, InformationState, Listing, NamedCountry, NamedVessel, Pending, PendingAct, SourceKind,
    Told as WhatTold, Turn,
};
pub use jobs::{Job, JobQuestion, JobState, Lease, Leased};
pub use ledger::{Drawn, Met, Use, standing};
pub use merkle::{AuditTree, Frontier};
pub use papers::{MarkedPaper, PaperFound, PaperPlace};
pub use people::{Group, GroupKind, Key, KeyEnded, Member, Reader, ReaderKind, Role, SubjectBound};
pub use place::{Place, Told};
pub use register::{RegisterChange, RegisterSource, RegisterState};
pub use rulesets::{Ruleset, RulesetCheck, RulesetFile, RulesetState};
pub use sealed::Sealed;
pub use sqlite::SqliteStore;
pub use webhooks::{Event, Only, Resent, Webhook};
pub use writer::{Heard, Unasked};

use crate::cases::{Case, Entities};
use crate::plans::PlanRecord;
use crate::reports::ReportAnswer;
use crate::verifications::Verification;

/// One log and its projections, shared by all that serve from it.
pub trait Store: Send + Sync {
    /// What others need to check the checkpoints: the key of the log, as `log.pub` holds it.
    fn public_key(&self) -> String;

    /// Did what was written last go through?
    fn writes(&self) -> bool;

    /// Adds the entries of a batch, all or none, and returns when they are durable. Blocks for about one write of the disk;
    /// batches that wait meanwhile are written together.
    fn append(&self, batch: Batch) -> Result<Vec<Receipt>, StoreError>;

    /// Asks for the same and waits for nothing: `heard` is told when it is durable, or dropped where nobody can tell any more. Gives
    /// both back while as many wait as may.
    fn submit(&self, batch: Batch, heard: Heard) -> Result<(), Unasked>;

    /// Longest that anybody waits for a batch; `None` = as long as it takes.
    fn patience(&self) -> Option<Duration>;

    /// The first receipt of what was done under a key; `None` when nothing was, an error when it came with another body.
    fn done(&self, once: &Once) -> Result<Option<Receipt>, StoreError>;

    /// Entries after `after`, in order, at most `limit`.
    fn entries(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// How many entries there are.
    fn n_entries(&self) -> Result<u64, StoreError>;

    /// Number of the last entry about a subject; 0 without one.
    fn last_about(&self, subject: &str) -> Result<u64, StoreError>;

    /// Keeps bodies that a later entry will name, so that a long batch is not held in memory. Without such an entry they are
    /// nobody's.
    fn keep(&self, bodies: Vec<Sealed>) -> Result<(), StoreError>;

    /// The body with this digest; `None` when it was erased or never kept.
    fn body(&self, digest: &Hash) -> Result<Option<Sealed>, StoreError>;

    /// Signs the whole log as it stands, unless that was done. `None` = the log is empty.
    fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError>;

    /// Signed checkpoints, the latest first, at most `limit`.
    fn checkpoints(&self, limit: usize) -> Result<Vec<Checkpoint>, StoreError>;

    /// The key of a token by its hash, with its reader.
    fn key(&self, hash: &Hash) -> Result<Option<(Key, Reader)>, StoreError>;

    /// Notes that a key was used. No entry: it says nothing that anybody decided, and there would be one a call.
    fn used(&self, key: &str, at: jiff::Timestamp) -> Result<(), StoreError>;

    /// Every reader, by id.
    fn readers(&self) -> Result<Vec<Reader>, StoreError>;

    /// Every key, by reader and id, with the time of its last use.
    fn keys(&self) -> Result<Vec<(Key, Option<jiff::Timestamp>)>, StoreError>;

    /// Every group, by id.
    fn groups(&self) -> Result<Vec<Group>, StoreError>;

    /// A bill by its outward id.
    fn bill(&self, id: &str) -> Result<Option<Bill>, StoreError>;

    /// Bills of one lane, the most urgent first.
    fn queue(&self, asked: &QueueQuestion) -> Result<Vec<Bill>, StoreError>;

    /// Decisions about a bill, the earliest first.
    fn decisions(&self, bill: &str) -> Result<Vec<Decision>, StoreError>;

    /// A decision by its id, with the number of its last entry.
    fn decision(&self, id: &str) -> Result<Option<(Decision, u64)>, StoreError>;

    /// Reports of examinations after an entry, in order, at most `limit`, each with the number of its entry.
    fn results(&self, after: u64, limit: usize) -> Result<Vec<(u64, Reported)>, StoreError>;

    /// Bills of senders from outside under any of these keys that came since then: of each key the last `limit`.
    fn probes(&self, keys: &[String], since: jiff::Timestamp, limit: usize) -> Result<Vec<Probe>, StoreError>;

    /// A piece of information as it stands, with the number of its last entry.
    fn information(&self, id: &str) -> Result<Option<(Information, u64)>, StoreError>;

    /// Information by its last entry, the latest first, with the number of that entry.
    fn informations(&self, asked: &InformationQuestion) -> Result<Vec<(Information, u64)>, StoreError>;

    /// Information that was live after the entry `upto`, by id.
    fn live_information(&self, upto: u64) -> Result<Vec<Information>, StoreError>;

    /// A ruleset as it stands, with the number of its last entry.
    fn ruleset(&self, id: &str) -> Result<Option<(Ruleset, u64)>, StoreError>;

    /// Every ruleset as it stands, the latest first, at most `limit`.
    fn rulesets(&self, limit: usize) -> Result<Vec<Ruleset>, StoreError>;

    /// Rulesets that were part of the engine after the entry `upto`, by id.
    fn acting_rulesets(&self, upto: u64) -> Result<Vec<Ruleset>, StoreError>;

    /// A change of the permit register as it stands, with the number of its last entry.
    fn register_change(&self, id: &str) -> Result<Option<(RegisterChange, u64)>, StoreError>;

    /// Changes of the register as they stand, the latest first, at most `limit`.
    fn register_changes(&self, limit: usize) -> Result<Vec<RegisterChange>, StoreError>;

    /// Changes that made the register as it was after the entry `upto`, in their order: the last whole one, and those after it.
    fn acting_register(&self, upto: u64) -> Result<Vec<RegisterChange>, StoreError>;

    /// A sealed hold as it stands, with the number of its last entry.
    fn hold(&self, id: &str) -> Result<Option<(Hold, u64)>, StoreError>;

    /// Holds as they stand, the latest first, at most `limit`, each with the number of its last entry.
    fn holds(&self, limit: usize) -> Result<Vec<(Hold, u64)>, StoreError>;

    /// Holds that acted after the entry `upto`, by id.
    fn acting_holds(&self, upto: u64) -> Result<Vec<Hold>, StoreError>;

    /// Bills that a hold has met, the first first, each with the number of the entry that says it.
    fn holds_met(&self, hold: &str) -> Result<Vec<(HoldMet, u64)>, StoreError>;

    /// A case as it stands, with the number of its last entry.
    fn case(&self, id: &str) -> Result<Option<(Case, u64)>, StoreError>;

    /// Cases as they stand, the latest first, at most `limit`, each with the number of its last entry.
    fn cases(&self, asked: &CaseQuestion, limit: usize) -> Result<Vec<(Case, u64)>, StoreError>;

    /// Who and what stands behind a case, with the number of the last entry that says so.
    fn case_entities(&self, id: &str) -> Result<Option<(Entities, u64)>, StoreError>;

    /// The same of all cases, the latest first, at most `limit`.
    fn all_entities(&self, limit: usize) -> Result<Vec<(Entities, u64)>, StoreError>;

    /// A request for verification as it stands, with the number of its last entry.
    fn verification(&self, id: &str) -> Result<Option<(Verification, u64)>, StoreError>;

    /// Requests as they stand, the latest first, at most `limit`; those that are answered, too.
    fn verifications(&self, is_answered_too: bool, limit: usize) -> Result<Vec<(Verification, u64)>, StoreError>;

    /// Papers under a mark, the latest first, at most `limit`: those before an entry and a place in it.
    fn papers(&self, mark: &str, before: (u64, u64), limit: usize) -> Result<Vec<PaperFound>, StoreError>;

    /// A plan as it stands, with the number of its last entry.
    fn plan(&self, id: &str) -> Result<Option<(PlanRecord, u64)>, StoreError>;

    /// Plans as they stand, the latest first, at most `limit`; those that have ended, too.
    fn plans(&self, is_ended_too: bool, limit: usize) -> Result<Vec<(PlanRecord, u64)>, StoreError>;

    /// What was answered by form to the questions of a report of a year, by question: the last answer to each.
    fn report_answers(&self, report: &str, year: i16) -> Result<Vec<(ReportAnswer, u64)>, StoreError>;

    /// Uses of an account before the entry `before`, in order, each with the number of its entry.
    fn uses(&self, account: &str, before: u64) -> Result<Vec<(u64, Use)>, StoreError>;

    /// Uses of all accounts by any of these consignments, or of any of these manifests, in order.
    fn uses_by(&self, whose: &[String], filings: &[String]) -> Result<Vec<(u64, Use)>, StoreError>;

    /// Of each indicator that is tried: its name, how often it fired since a day (`2026-11-01`), and on how many green bills.
    fn shadow_counts(&self, since: &str) -> Result<Vec<(String, u64, u64)>, StoreError>;

    /// A job as it stands, with the number of its last entry.
    fn job(&self, id: &str) -> Result<Option<(Job, u64)>, StoreError>;

    /// Jobs as they stand, at most `limit`, with the number of their last entry.
    fn jobs(&self, asked: &JobQuestion, limit: usize) -> Result<Vec<(Job, u64)>, StoreError>;

    /// A request to be let in as it stands, with the number of its last entry.
    fn access_request(&self, id: &str) -> Result<Option<(AccessRequest, u64)>, StoreError>;

    /// Requests to be let in as they stand, the latest first, with the number of their last entry.
    fn access_requests(&self, asked: &AccessQuestion) -> Result<Vec<(AccessRequest, u64)>, StoreError>;

    /// Takes a lease, or renews it, with its note; false while another holds it. No entry: it says nothing that anybody decided.
    fn lease(&self, lease: Lease) -> Result<bool, StoreError>;

    /// How a lease stands; `None` = nobody ever had it.
    fn leased(&self, name: &str) -> Result<Option<Leased>, StoreError>;

    /// Id of the reader who is known by a subject of an issuer.
    fn subject_reader(&self, issuer: &str, subject: &str) -> Result<Option<String>, StoreError>;

    /// Every webhook, by id, those that ended included.
    fn webhooks(&self) -> Result<Vec<Webhook>, StoreError>;

    /// Number of the last entry about information, rulesets, the register or holds; 0 without one. It is asked for often: others may write it.
    fn last_news(&self) -> Result<u64, StoreError>;

    /// Information that a reader has read, as far as it is AMBER or stricter, and that was withdrawn, at most `limit`.
    fn retracted_of(&self, reader: &str, limit: usize) -> Result<Vec<Information>, StoreError>;

    /// Ids of the readers who have read a piece of information, as far as it was AMBER or stricter.
    fn readers_of(&self, information: &str) -> Result<Vec<String>, StoreError>;

    /// Keyed hashes of names that no free text may hold, by the code that stands for whom they name.
    fn holders(&self) -> Result<Vec<(String, Vec<String>)>, StoreError>;

    /// A secret of this log for one purpose, the same for all who serve from it.
    fn secret(&self, purpose: &str) -> Hash;

    /// Hands out all that others cannot make again, as it stands at one moment. Who writes meanwhile is not held up.
    fn copied(&self, take: &mut Take<'_>) -> Result<(), StoreError>;

    /// Fills an empty store with what another handed out, all or nothing; refused where anything is in it.
    fn filled(&self, give: &mut Give<'_>) -> Result<(), StoreError>;

    /// Builds every projection again from the entries.
    fn rebuild(&self) -> Result<(), StoreError>;
}
