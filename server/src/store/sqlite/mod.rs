//! The store in one file: SQLite, compiled in.
//!
//! In: a state folder. Out: a [`Store`]. WAL with `synchronous = FULL`: what is acknowledged survives the loss of power. One
//! thread writes ([`Writer`]); readers have connections of their own and never wait for it. Several processes may have
//! the same folder open: each reads the end of the log within its own transaction.

mod copy;
mod failed;
mod migrations;
mod projection;
mod read;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use self::failed::unavailable;
use self::writer::BUSY;
use super::access::{AccessQuestion, AccessRequest};
use super::bills::{Bill, Decision, Probe, QueueQuestion, Reported};
use super::cases::CaseQuestion;
use super::checkpoint::{Checkpoint, LogKey};
use super::copy::{Give, Take};
use super::entry::{Batch, Entry, Once, Receipt};
use super::error::StoreError;
use super::folder::made;
use super::hash::Hash;
use super::holds::{Hold, HoldMet};
use super::information::{Information, InformationQuestion};
use super::jobs::{Job, JobQuestion, Lease, Leased};
use super::ledger::Use;
use super::papers::PaperFound;
use super::people::{Group, Key, Reader};
use super::register::RegisterChange;
use super::rulesets::Ruleset;
use super::sealed::Sealed;
use super::webhooks::Webhook;
use super::writer::Writer;
use super::{Heard, Store, Unasked};
use crate::cases::{Case, Entities};
use crate::config::MAX_READ_CONNECTIONS;
use crate::plans::PlanRecord;
use crate::reports::ReportAnswer;
use crate::verifications::Verification;

/// File of the database, in the state folder.
const FILE: &str = "palisander.sqlite";

/// The store of a state folder.
pub struct SqliteStore {
    path: PathBuf,
    writer: Writer,
    lines: Lines,
    key: Arc<LogKey>,
}

impl SqliteStore {
    /// Opens the store of a folder; both are made when they are not there.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let failed = |error: std::io::Error| StoreError::Unavailable(format!("`{}`: {error}", folder.display()));
        made(folder).map_err(failed)?;
        let key = Arc::new(LogKey::of(folder).map_err(failed)?);
        let path = folder.join(FILE);
        owned(&path).map_err(failed)?;
        let mut connection = connected(&path)?;
        migrations::run(&mut connection)?;
        let writer = Writer::start(Box::new(writer::File::new(connection)), Arc::clone(&key), None);
        Ok(Self { path, writer, lines: Lines::default(), key })
    }

    /// Does the folder hold a state?
    pub fn is_made(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// Does `ask` with a connection that reads; waits when [`MAX_READ_CONNECTIONS`] are in use.
    fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection = self.lines.take(&self.path)?;
        let answer = ask(&connection);
        self.lines.give_back(connection);
        answer
    }
}

/// Connections that read: those not in use, and how many there are.
#[derive(Default)]
struct Lines {
    idle: Mutex<(Vec<Connection>, usize)>,
    freed: Condvar,
}

impl Lines {
    fn take(&self, path: &Path) -> Result<Connection, StoreError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.0.pop() {
                return Ok(connection);
            }
            if idle.1 < MAX_READ_CONNECTIONS {
                break;
            }
            idle = self.freed.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
        idle.1 += 1;
        drop(idle);
        let opened = connected(path).and_then(|connection| {
            connection.pragma_update(None, "query_only", true).map_err(unavailable)?;
            Ok(connection)
        });
        if opened.is_err() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).1 -= 1;
            self.freed.notify_one();
        }
        opened
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).0.push(connection);
        self.freed.notify_one();
    }
}

impl Store for SqliteStore {
    fn public_key(&self) -> String {
        self.key.public()
    }

    fn writes(&self) -> bool {
        self.writer.writes()
    }

    fn append(&self, batch: Batch) -> Result<Vec<Receipt>, StoreError> {
        self.writer.append(batch)
    }

    fn submit(&self, batch: Batch, heard: Heard) -> Result<(), Unasked> {
        self.writer.submit(batch, heard)
    }

    fn patience(&self) -> Option<Duration> {
        self.writer.patience()
    }

    fn done(&self, once: &Once) -> Result<Option<Receipt>, StoreError> {
        let receipts = self.read(|connection| read::done(connection, once))?;
        Ok(receipts.and_then(|receipts| receipts.into_iter().next()))
    }

    fn entries(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.read(|connection| read::entries(connection, after, limit))
    }

    fn n_entries(&self) -> Result<u64, StoreError> {
        self.read(|connection| Ok(read::end(connection)?.0))
    }

    fn last_about(&self, subject: &str) -> Result<u64, StoreError> {
        self.read(|connection| read::last_about(connection, subject))
    }

    fn body(&self, digest: &Hash) -> Result<Option<Sealed>, StoreError> {
        self.read(|connection| read::body(connection, digest))
    }

    fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.writer.checkpoint()
    }

    fn checkpoints(&self, limit: usize) -> Result<Vec<Checkpoint>, StoreError> {
        self.read(|connection| read::checkpoints(connection, limit))
    }

    fn key(&self, hash: &Hash) -> Result<Option<(Key, Reader)>, StoreError> {
        self.read(|connection| read::key(connection, hash))
    }

    fn used(&self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        self.writer.used(key, at)
    }

    fn readers(&self) -> Result<Vec<Reader>, StoreError> {
        self.read(|connection| read::records(connection, "SELECT record FROM readers ORDER BY id"))
    }

    fn keys(&self) -> Result<Vec<(Key, Option<Timestamp>)>, StoreError> {
        self.read(read::keys)
    }

    fn groups(&self) -> Result<Vec<Group>, StoreError> {
        self.read(|connection| read::records(connection, "SELECT record FROM groups ORDER BY id"))
    }

    fn keep(&self, bodies: Vec<Sealed>) -> Result<(), StoreError> {
        self.writer.keep(bodies)
    }

    fn bill(&self, id: &str) -> Result<Option<Bill>, StoreError> {
        self.read(|connection| read::bill(connection, id))
    }

    fn queue(&self, asked: &QueueQuestion) -> Result<Vec<Bill>, StoreError> {
        self.read(|connection| read::queue(connection, asked))
    }

    fn decisions(&self, bill: &str) -> Result<Vec<Decision>, StoreError> {
        self.read(|connection| read::decisions(connection, bill))
    }

    fn decision(&self, id: &str) -> Result<Option<(Decision, u64)>, StoreError> {
        self.read(|connection| read::decision(connection, id))
    }

    fn results(&self, after: u64, limit: usize) -> Result<Vec<(u64, Reported)>, StoreError> {
        self.read(|connection| read::results(connection, after, limit))
    }

    fn probes(&self, keys: &[String], since: Timestamp, limit: usize) -> Result<Vec<Probe>, StoreError> {
        self.read(|connection| read::probes(connection, keys, since, limit))
    }

    fn information(&self, id: &str) -> Result<Option<(Information, u64)>, StoreError> {
        self.read(|connection| read::information(connection, id))
    }

    fn informations(&self, asked: &InformationQuestion) -> Result<Vec<(Information, u64)>, StoreError> {
        self.read(|connection| read::informations(connection, asked))
    }

    fn live_information(&self, upto: u64) -> Result<Vec<Information>, StoreError> {
        self.read(|connection| read::live_information(connection, upto))
    }

    fn ruleset(&self, id: &str) -> Result<Option<(Ruleset, u64)>, StoreError> {
        self.read(|connection| read::ruleset(connection, id))
    }

    fn rulesets(&self, limit: usize) -> Result<Vec<Ruleset>, StoreError> {
        self.read(|connection| read::rulesets(connection, limit))
    }

    fn acting_rulesets(&self, upto: u64) -> Result<Vec<Ruleset>, StoreError> {
        self.read(|connection| read::acting_rulesets(connection, upto))
    }

    fn register_change(&self, id: &str) -> Result<Option<(RegisterChange, u64)>, StoreError> {
        self.read(|connection| read::register_change(connection, id))
    }

    fn register_changes(&self, limit: usize) -> Result<Vec<RegisterChange>, StoreError> {
        self.read(|connection| read::register_changes(connection, limit))
    }

    fn acting_register(&self, upto: u64) -> Result<Vec<RegisterChange>, StoreError> {
        self.read(|connection| read::acting_register(connection, upto))
    }

    fn hold(&self, id: &str) -> Result<Option<(Hold, u64)>, StoreError> {
        self.read(|connection| read::hold(connection, id))
    }

    fn holds(&self, limit: usize) -> Result<Vec<(Hold, u64)>, StoreError> {
        self.read(|connection| read::holds(connection, limit))
    }

    fn acting_holds(&self, upto: u64) -> Result<Vec<Hold>, StoreError> {
        self.read(|connection| read::acting_holds(connection, upto))
    }

    fn holds_met(&self, hold: &str) -> Result<Vec<(HoldMet, u64)>, StoreError> {
        self.read(|connection| read::holds_met(connection, hold))
    }

    fn case(&self, id: &str) -> Result<Option<(Case, u64)>, StoreError> {
        self.read(|connection| read::case(connection, id))
    }

    fn cases(&self, asked: &CaseQuestion, limit: usize) -> Result<Vec<(Case, u64)>, StoreError> {
        self.read(|connection| read::cases(connection, asked, limit))
    }

    fn case_entities(&self, id: &str) -> Result<Option<(Entities, u64)>, StoreError> {
        self.read(|connection| read::case_entities(connection, id))
    }

    fn all_entities(&self, limit: usize) -> Result<Vec<(Entities, u64)>, StoreError> {
        self.read(|connection| read::all_entities(connection, limit))
    }

    fn verification(&self, id: &str) -> Result<Option<(Verification, u64)>, StoreError> {
        self.read(|connection| read::verification(connection, id))
    }

    fn verifications(&self, is_answered_too: bool, limit: usize) -> Result<Vec<(Verification, u64)>, StoreError> {
        self.read(|connection| read::verifications(connection, is_answered_too, limit))
    }

    fn papers(&self, mark: &str, before: (u64, u64), limit: usize) -> Result<Vec<PaperFound>, StoreError> {
        self.read(|connection| read::papers(connection, mark, before, limit))
    }

    fn plan(&self, id: &str) -> Result<Option<(PlanRecord, u64)>, StoreError> {
        self.read(|connection| read::plan(connection, id))
    }

    fn plans(&self, is_ended_too: bool, limit: usize) -> Result<Vec<(PlanRecord, u64)>, StoreError> {
        self.read(|connection| read::plans(connection, is_ended_too, limit))
    }

    fn report_answers(&self, report: &str, year: i16) -> Result<Vec<(ReportAnswer, u64)>, StoreError> {
        self.read(|connection| read::report_answers(connection, report, year))
    }

    fn uses(&self, account: &str, before: u64) -> Result<Vec<(u64, Use)>, StoreError> {
        self.read(|connection| read::uses(connection, account, before))
    }

    fn uses_by(&self, whose: &[String], filings: &[String]) -> Result<Vec<(u64, Use)>, StoreError> {
        self.read(|connection| read::uses_by(connection, whose, filings))
    }

    fn shadow_counts(&self, since: &str) -> Result<Vec<(String, u64, u64)>, StoreError> {
        self.read(|connection| read::shadow_counts(connection, since))
    }

    fn job(&self, id: &str) -> Result<Option<(Job, u64)>, StoreError> {
        self.read(|connection| read::job(connection, id))
    }

    fn jobs(&self, asked: &JobQuestion, limit: usize) -> Result<Vec<(Job, u64)>, StoreError> {
        self.read(|connection| read::jobs(connection, asked, limit))
    }

    fn access_request(&self, id: &str) -> Result<Option<(AccessRequest, u64)>, StoreError> {
        self.read(|connection| read::access_request(connection, id))
    }

    fn access_requests(&self, asked: &AccessQuestion) -> Result<Vec<(AccessRequest, u64)>, StoreError> {
        self.read(|connection| read::access_requests(connection, asked))
    }

    fn lease(&self, lease: Lease) -> Result<bool, StoreError> {
        self.writer.lease(lease)
    }

    fn leased(&self, name: &str) -> Result<Option<Leased>, StoreError> {
        self.read(|connection| read::leased(connection, name, Timestamp::now().as_microsecond()))
    }

    fn subject_reader(&self, issuer: &str, subject: &str) -> Result<Option<String>, StoreError> {
        self.read(|connection| read::subject_reader(connection, issuer, subject))
    }

    fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.read(|connection| read::records(connection, "SELECT record FROM webhooks ORDER BY id"))
    }

    fn last_news(&self) -> Result<u64, StoreError> {
        self.read(read::last_news)
    }

    fn retracted_of(&self, reader: &str, limit: usize) -> Result<Vec<Information>, StoreError> {
        self.read(|connection| read::retracted_of(connection, reader, limit))
    }

    fn readers_of(&self, information: &str) -> Result<Vec<String>, StoreError> {
        self.read(|connection| read::readers_of(connection, information))
    }

    fn holders(&self) -> Result<Vec<(String, Vec<String>)>, StoreError> {
        self.read(read::holders)
    }

    fn secret(&self, purpose: &str) -> Hash {
        self.key.secret(purpose)
    }

    fn copied(&self, take: &mut Take<'_>) -> Result<(), StoreError> {
        // A connection of its own: it is held long.
        copy::out(&mut connected(&self.path)?, take)
    }

    fn filled(&self, give: &mut Give<'_>) -> Result<(), StoreError> {
        copy::filled(&mut connected(&self.path)?, give)
    }

    fn rebuild(&self) -> Result<(), StoreError> {
        self.writer.rebuild()
    }
}

/// Makes the file for its owner alone; what SQLite puts beside it has the same rights.
fn owned(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

fn connected(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path).map_err(unavailable)?;
    connection.busy_timeout(BUSY).map_err(unavailable)?;
    // `secure_delete`: what is erased is overwritten, not only forgotten.
    let settings =
        [("journal_mode", "WAL"), ("synchronous", "FULL"), ("trusted_schema", "OFF"), ("secure_delete", "ON")];
    for (name, value) in settings {
        connection.pragma_update(None, name, value).map_err(unavailable)?;
    }
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;

    #[test]
    fn it_is_a_store() {
        conformance::holds(&|folder| Box::new(SqliteStore::open(folder).unwrap()));
    }

    /// A paper is looked for by its mark: the table is never walked, however long it is.
    #[test]
    fn p10_papers_are_read_by_their_index() {
        let folder = tempfile::tempdir().unwrap();
        drop(SqliteStore::open(folder.path()).unwrap());
        let connection = connected(&folder.path().join(FILE)).unwrap();
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", read::PAPERS)).unwrap();
        let steps = plan.query_map(("x", 1, 1, 1), |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(steps.iter().all(|step| step.contains("SEARCH papers USING PRIMARY KEY (mark=?")), "{steps:?}");
    }

    /// What is erased is overwritten, in the file and in its write-ahead log.
    #[test]
    fn the_bytes_of_what_was_erased_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let secret = "QUILLFEATHER";
        conformance::erases(&SqliteStore::open(folder.path()).unwrap(), secret);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
        }
    }

    /// Whoever reads long, as a copy does, holds up nobody who erases; the bytes are gone with the next commit after him.
    #[test]
    fn an_erasure_waits_for_no_reader() {
        let folder = tempfile::tempdir().unwrap();
        let (store, secret) = (SqliteStore::open(folder.path()).unwrap(), "QUILLFEATHER");
        let mut reader = connected(&folder.path().join(FILE)).unwrap();
        let copy = reader.transaction().unwrap();
        assert_eq!(copy.query_row("SELECT count(*) FROM entries", [], |row| row.get::<_, i64>(0)).unwrap(), 0);
        let began = std::time::Instant::now();
        conformance::erases(&store, secret);
        assert!(began.elapsed() < BUSY / 2, "{:?}", began.elapsed());
        drop(copy);
        conformance::goes_on(&store);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
        }
    }

    /// A file that was set back to an earlier day would have another log signed: nothing is.
    #[test]
    fn what_was_set_back_is_not_signed() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        conformance::erases(&store, "x");
        assert_eq!(store.checkpoint().unwrap().map(|signed| signed.size), Some(2));
        let set_back = connected(&folder.path().join(FILE)).unwrap();
        set_back.execute("DELETE FROM entries WHERE seq = 2", []).unwrap();
        assert!(matches!(store.checkpoint(), Err(StoreError::Damaged(_))));
        conformance::goes_on(&store);
        assert!(matches!(store.checkpoint(), Err(StoreError::Damaged(why)) if why.contains("entry 2")));
        assert_eq!(store.checkpoints(9).unwrap().len(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn the_key_is_its_owners_and_stays_the_same() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("deep/state");
        let public = SqliteStore::open(&state).unwrap().public_key();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&state), mode(&state.join("log.key"))), (0o700, 0o600));
        assert_eq!(mode(&state.join(FILE)), 0o600);
        assert_eq!(std::fs::read_to_string(state.join("log.pub")).unwrap().trim(), public);
        assert_eq!(SqliteStore::open(&state).unwrap().public_key(), public);
    }
}
