//! The store in a database of PostgreSQL, which several processes share.
//!
//! In: an address, and the folder of the key that signs the log. Out: a [`Store`]. One thread of each process writes
//! ([`Writer`]); a commit holds the end of the log, so that the chain never forks whoever writes. Connections are made again by
//! themselves; what was not acknowledged meanwhile is refused, or said to be in doubt. All processes sign with one key: the
//! database holds what checks it, and lets nobody in who has another. An erased body is deleted; its bytes leave the files of
//! the database when that is vacuumed, and its write-ahead log and copies when those are given up.

mod address;
#[cfg(test)]
#[path = "../../../tests/state/cluster.rs"]
mod cluster;
mod copy;
mod failed;
mod lines;
mod link;
mod migrations;
mod projection;
mod read;
mod tables;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use jiff::Timestamp;

pub use self::address::Address;
use self::failed::Failed;
use self::lines::Lines;
use self::link::{Line, Link};
use self::tables::Database;
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
use crate::config::STORE_PATIENCE;
use crate::plans::PlanRecord;
use crate::reports::ReportAnswer;
use crate::verifications::Verification;

/// The store of a database.
pub struct PostgresStore {
    address: Arc<Address>,
    lines: Lines,
    writer: Writer,
    key: Arc<LogKey>,
}

impl PostgresStore {
    /// Opens the store of a database; its tables are made when they are not there. `folder` has the key of the log; one is made
    /// there for a database that knows none.
    pub fn open(address: Address, folder: &Path) -> Result<Self, StoreError> {
        let address = Arc::new(address);
        let (at, of) = (Arc::clone(&address), folder.to_owned());
        let (link, key) = apart(move || {
            let mut link = Link::open(&at)?;
            migrations::run(&mut link)?;
            let key = entered(&mut link, &of)?;
            Ok((link, Arc::new(key)))
        })?;
        let tables = Database(Line::new(Arc::clone(&address), Some(link)));
        let writer = Writer::start(Box::new(tables), Arc::clone(&key), Some(STORE_PATIENCE));
        Ok(Self { lines: Lines::new(Arc::clone(&address), STORE_PATIENCE), address, writer, key })
    }

    /// Does what takes long, on a connection and in a thread of its own.
    fn long(&self, work: impl FnOnce(&mut Link) -> Result<(), Failed> + Send) -> Result<(), StoreError> {
        let address = Arc::clone(&self.address);
        let working = move || Ok(work(&mut Link::open(&address)?)?);
        let done = std::thread::scope(|scope| scope.spawn(working).join());
        done.unwrap_or_else(|_| Err(StoreError::Unavailable("it broke".to_owned())))
    }

    /// Does the database hold a state?
    pub fn is_made(address: &Address) -> Result<bool, StoreError> {
        let address = address.clone();
        apart(move || Ok(migrations::is_made(&mut Link::open(&address)?)?))
    }
}

/// Does `work` in a thread of its own, where a database may be waited for whatever thread asks, and no longer than
/// [`STORE_PATIENCE`].
fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    let (reply, answer) = sync_channel(1);
    std::thread::spawn(move || drop(reply.send(work())));
    let silent = |_| StoreError::Unavailable("the database lets nobody in, and does not say why".to_owned());
    answer.recv_timeout(STORE_PATIENCE).map_err(silent)?
}

/// The key of the folder, where it is that of the log in the database.
fn entered(link: &mut Link, folder: &Path) -> Result<LogKey, StoreError> {
    let failed = |error: std::io::Error| StoreError::Place(format!("`{}`: {error}", folder.display()));
    let known = public(link)?;
    let key = match (LogKey::existing(folder).map_err(failed)?, &known) {
        (Some(key), _) => key,
        (None, None) => {
            made(folder).map_err(failed)?;
            LogKey::of(folder).map_err(failed)?
        }
        (None, Some(_)) => {
            let why = format!("`{}` has no `log.key`, and the log in the database is signed", folder.display());
            return Err(StoreError::Place(format!("{why}: copy the key from where the service runs already")));
        }
    };
    if known.is_none() {
        let sql = "INSERT INTO log_key (one, public) VALUES (true, $1) ON CONFLICT DO NOTHING";
        link.does(sql, &[&key.public()])?;
    }
    // Another process may have been first.
    if public(link)?.is_some_and(|known| known == key.public()) {
        return Ok(key);
    }
    let why = format!("the log in the database is signed by another key than `log.key` of `{}`", folder.display());
    Err(StoreError::Place(format!("{why}: all processes sign with one; copy it from where the service runs already")))
}

fn public(link: &mut Link) -> Result<Option<String>, Failed> {
    link.row("SELECT public FROM log_key", &[])?.map(|row| Ok(row.try_get(0)?)).transpose()
}

impl Store for PostgresStore {
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
        let once = once.clone();
        self.lines.read(move |link| read::done(link, &once))
    }

    fn entries(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.lines.read(move |link| read::entries(link, after, limit))
    }

    fn n_entries(&self) -> Result<u64, StoreError> {
        self.lines.read(|link| Ok(read::end(link)?.0))
    }

    fn last_about(&self, subject: &str) -> Result<u64, StoreError> {
        let subject = subject.to_owned();
        let found = self.lines.read(move |link| read::last_about(link, &[&subject]))?;
        Ok(found.into_values().next().unwrap_or(0))
    }

    fn body(&self, digest: &Hash) -> Result<Option<Sealed>, StoreError> {
        let digest = *digest;
        self.lines.read(move |link| read::body(link, &digest))
    }

    fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.writer.checkpoint()
    }

    fn checkpoints(&self, limit: usize) -> Result<Vec<Checkpoint>, StoreError> {
        self.lines.read(move |link| read::checkpoints(link, limit))
    }

    fn key(&self, hash: &Hash) -> Result<Option<(Key, Reader)>, StoreError> {
        let hash = *hash;
        self.lines.read(move |link| read::key(link, &hash))
    }

    fn used(&self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        self.writer.used(key, at)
    }

    fn readers(&self) -> Result<Vec<Reader>, StoreError> {
        self.lines.read(|link| read::records(link, "SELECT record FROM readers ORDER BY id"))
    }

    fn keys(&self) -> Result<Vec<(Key, Option<Timestamp>)>, StoreError> {
        self.lines.read(read::keys)
    }

    fn groups(&self) -> Result<Vec<Group>, StoreError> {
        self.lines.read(|link| read::records(link, "SELECT record FROM groups ORDER BY id"))
    }

    fn keep(&self, bodies: Vec<Sealed>) -> Result<(), StoreError> {
        self.writer.keep(bodies)
    }

    fn bill(&self, id: &str) -> Result<Option<Bill>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::bill(link, &id))
    }

    fn queue(&self, asked: &QueueQuestion) -> Result<Vec<Bill>, StoreError> {
        let asked = asked.clone();
        self.lines.read(move |link| read::queue(link, &asked))
    }

    fn decisions(&self, bill: &str) -> Result<Vec<Decision>, StoreError> {
        let bill = bill.to_owned();
        self.lines.read(move |link| read::decisions(link, &bill))
    }

    fn decision(&self, id: &str) -> Result<Option<(Decision, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::decision(link, &id))
    }

    fn results(&self, after: u64, limit: usize) -> Result<Vec<(u64, Reported)>, StoreError> {
        self.lines.read(move |link| read::results(link, after, limit))
    }

    fn probes(&self, keys: &[String], since: Timestamp, limit: usize) -> Result<Vec<Probe>, StoreError> {
        let keys = keys.to_vec();
        self.lines.read(move |link| read::probes(link, &keys, since, limit))
    }

    fn information(&self, id: &str) -> Result<Option<(Information, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::information(link, &id))
    }

    fn informations(&self, asked: &InformationQuestion) -> Result<Vec<(Information, u64)>, StoreError> {
        let asked = asked.clone();
        self.lines.read(move |link| read::informations(link, &asked))
    }

    fn live_information(&self, upto: u64) -> Result<Vec<Information>, StoreError> {
        self.lines.read(move |link| read::live_information(link, upto))
    }

    fn ruleset(&self, id: &str) -> Result<Option<(Ruleset, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::ruleset(link, &id))
    }

    fn rulesets(&self, limit: usize) -> Result<Vec<Ruleset>, StoreError> {
        self.lines.read(move |link| read::rulesets(link, limit))
    }

    fn acting_rulesets(&self, upto: u64) -> Result<Vec<Ruleset>, StoreError> {
        self.lines.read(move |link| read::acting_rulesets(link, upto))
    }

    fn register_change(&self, id: &str) -> Result<Option<(RegisterChange, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::register_change(link, &id))
    }

    fn register_changes(&self, limit: usize) -> Result<Vec<RegisterChange>, StoreError> {
        self.lines.read(move |link| read::register_changes(link, limit))
    }

    fn acting_register(&self, upto: u64) -> Result<Vec<RegisterChange>, StoreError> {
        self.lines.read(move |link| read::acting_register(link, upto))
    }

    fn hold(&self, id: &str) -> Result<Option<(Hold, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::hold(link, &id))
    }

    fn holds(&self, limit: usize) -> Result<Vec<(Hold, u64)>, StoreError> {
        self.lines.read(move |link| read::holds(link, limit))
    }

    fn acting_holds(&self, upto: u64) -> Result<Vec<Hold>, StoreError> {
        self.lines.read(move |link| read::acting_holds(link, upto))
    }

    fn holds_met(&self, hold: &str) -> Result<Vec<(HoldMet, u64)>, StoreError> {
        let hold = hold.to_owned();
        self.lines.read(move |link| read::holds_met(link, &hold))
    }

    fn case(&self, id: &str) -> Result<Option<(Case, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::case(link, &id))
    }

    fn cases(&self, asked: &CaseQuestion, limit: usize) -> Result<Vec<(Case, u64)>, StoreError> {
        let asked = asked.clone();
        self.lines.read(move |link| read::cases(link, &asked, limit))
    }

    fn case_entities(&self, id: &str) -> Result<Option<(Entities, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::case_entities(link, &id))
    }

    fn all_entities(&self, limit: usize) -> Result<Vec<(Entities, u64)>, StoreError> {
        self.lines.read(move |link| read::all_entities(link, limit))
    }

    fn verification(&self, id: &str) -> Result<Option<(Verification, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::verification(link, &id))
    }

    fn verifications(&self, is_answered_too: bool, limit: usize) -> Result<Vec<(Verification, u64)>, StoreError> {
        self.lines.read(move |link| read::verifications(link, is_answered_too, limit))
    }

    fn papers(&self, mark: &str, before: (u64, u64), limit: usize) -> Result<Vec<PaperFound>, StoreError> {
        let mark = mark.to_owned();
        self.lines.read(move |link| read::papers(link, &mark, before, limit))
    }

    fn plan(&self, id: &str) -> Result<Option<(PlanRecord, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::plan(link, &id))
    }

    fn plans(&self, is_ended_too: bool, limit: usize) -> Result<Vec<(PlanRecord, u64)>, StoreError> {
        self.lines.read(move |link| read::plans(link, is_ended_too, limit))
    }

    fn report_answers(&self, report: &str, year: i16) -> Result<Vec<(ReportAnswer, u64)>, StoreError> {
        let report = report.to_owned();
        self.lines.read(move |link| read::report_answers(link, &report, year))
    }

    fn uses(&self, account: &str, before: u64) -> Result<Vec<(u64, Use)>, StoreError> {
        let account = account.to_owned();
        self.lines.read(move |link| read::uses(link, &account, before))
    }

    fn uses_by(&self, whose: &[String], filings: &[String]) -> Result<Vec<(u64, Use)>, StoreError> {
        let (whose, filings) = (whose.to_vec(), filings.to_vec());
        self.lines.read(move |link| read::uses_by(link, &whose, &filings))
    }

    fn shadow_counts(&self, since: &str) -> Result<Vec<(String, u64, u64)>, StoreError> {
        let since = since.to_owned();
        self.lines.read(move |link| read::shadow_counts(link, &since))
    }

    fn job(&self, id: &str) -> Result<Option<(Job, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::job(link, &id))
    }

    fn jobs(&self, asked: &JobQuestion, limit: usize) -> Result<Vec<(Job, u64)>, StoreError> {
        let asked = asked.clone();
        self.lines.read(move |link| read::jobs(link, &asked, limit))
    }

    fn access_request(&self, id: &str) -> Result<Option<(AccessRequest, u64)>, StoreError> {
        let id = id.to_owned();
        self.lines.read(move |link| read::access_request(link, &id))
    }

    fn access_requests(&self, asked: &AccessQuestion) -> Result<Vec<(AccessRequest, u64)>, StoreError> {
        let asked = *asked;
        self.lines.read(move |link| read::access_requests(link, &asked))
    }

    fn lease(&self, lease: Lease) -> Result<bool, StoreError> {
        self.writer.lease(lease)
    }

    fn leased(&self, name: &str) -> Result<Option<Leased>, StoreError> {
        let name = name.to_owned();
        self.lines.read(move |link| read::leased(link, &name))
    }

    fn subject_reader(&self, issuer: &str, subject: &str) -> Result<Option<String>, StoreError> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.lines.read(move |link| read::subject_reader(link, &issuer, &subject))
    }

    fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.lines.read(|link| read::records(link, "SELECT record FROM webhooks ORDER BY id"))
    }

    fn last_news(&self) -> Result<u64, StoreError> {
        self.lines.read(read::last_news)
    }

    fn retracted_of(&self, reader: &str, limit: usize) -> Result<Vec<Information>, StoreError> {
        let reader = reader.to_owned();
        self.lines.read(move |link| read::retracted_of(link, &reader, limit))
    }

    fn readers_of(&self, information: &str) -> Result<Vec<String>, StoreError> {
        let information = information.to_owned();
        self.lines.read(move |link| read::readers_of(link, &information))
    }

    fn holders(&self) -> Result<Vec<(String, Vec<String>)>, StoreError> {
        self.lines.read(read::holders)
    }

    fn secret(&self, purpose: &str) -> Hash {
        self.key.secret(purpose)
    }

    fn copied(&self, take: &mut Take<'_>) -> Result<(), StoreError> {
        self.long(|link| copy::out(link, take))
    }

    fn filled(&self, give: &mut Give<'_>) -> Result<(), StoreError> {
        self.long(|link| copy::filled(link, give))
    }

    fn rebuild(&self) -> Result<(), StoreError> {
        self.writer.rebuild()
    }
}
