//! The one thread that writes: what waits when a commit ends is written by the next, together.
//!
//! In: batches, in the order of asking. Out: receipts, once the commit is on the disk. A batch that is refused leaves no
//! trace and does not disturb its neighbours in the same commit (a savepoint each). The tree over the log is kept here,
//! and caught up with what other processes wrote before a checkpoint is signed.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, Savepoint, TransactionBehavior, params};

use super::failed::unavailable;
use super::{projection, read};
use crate::config::{CHECKPOINT_INTERVAL, MAX_GROUP_COMMIT, MAX_WAITING_WRITES};
use crate::store::chain::{self, NO_ENTRY};
use crate::store::checkpoint::{Checkpoint, LogKey};
use crate::store::entry::{Batch, Entry, Kind, Receipt};
use crate::store::error::StoreError;
use crate::store::hash::Hash;
use crate::store::merkle::Frontier;
use crate::store::sealed::Sealed;

type Reply<T> = SyncSender<Result<T, StoreError>>;

/// What the thread is asked.
enum Job {
    Append(Batch, Reply<Vec<Receipt>>),
    Keep(Vec<Sealed>, Reply<()>),
    Used(String, Timestamp),
    Checkpoint(Reply<Option<Checkpoint>>),
    Rebuild(Reply<()>),
}

/// The thread and the way to it. Dropped, it writes what waits, signs a last checkpoint and ends.
pub(super) struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, key: Arc<LogKey>) -> Self {
        let (jobs, waiting) = sync_channel(MAX_WAITING_WRITES);
        let mut desk = Desk { connection, key, frontier: Frontier::default(), signed: None };
        let thread = std::thread::spawn(move || desk.work(&waiting));
        Self { jobs: Some(jobs), thread: Some(thread) }
    }

    fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let gone = || StoreError::Unavailable("the writer has stopped".to_owned());
        let (reply, answer) = sync_channel(1);
        self.jobs.as_ref().ok_or_else(gone)?.send(job(reply)).map_err(|_| gone())?;
        answer.recv().unwrap_or_else(|_| Err(gone()))
    }

    pub(super) fn append(&self, batch: Batch) -> Result<Vec<Receipt>, StoreError> {
        self.ask(|reply| Job::Append(batch, reply))
    }

    pub(super) fn keep(&self, bodies: Vec<Sealed>) -> Result<(), StoreError> {
        self.ask(|reply| Job::Keep(bodies, reply))
    }

    pub(super) fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        self.ask(Job::Checkpoint)
    }

    pub(super) fn rebuild(&self) -> Result<(), StoreError> {
        self.ask(Job::Rebuild)
    }

    /// Is not waited for: a use that is not noted is no loss.
    pub(super) fn used(&self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        if let Some(jobs) = &self.jobs {
            let _ = jobs.try_send(Job::Used(key.to_owned(), at));
        }
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread has before it.
struct Desk {
    connection: Connection,
    key: Arc<LogKey>,
    frontier: Frontier,
    /// Entries under the last checkpoint, as far as this process knows; `None` = not looked up yet.
    signed: Option<u64>,
}

impl Desk {
    fn work(&mut self, waiting: &Receiver<Job>) {
        let mut due = Instant::now() + CHECKPOINT_INTERVAL;
        loop {
            let left = due.saturating_duration_since(Instant::now());
            match waiting.recv_timeout(left.max(Duration::from_millis(1))) {
                Ok(Job::Append(batch, reply)) => self.together(waiting, batch, reply),
                Ok(other) => self.single(other),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if Instant::now() >= due {
                due = Instant::now() + CHECKPOINT_INTERVAL;
                self.signed_or_told();
            }
        }
        self.signed_or_told();
    }

    fn signed_or_told(&mut self) {
        if let Err(error) = self.checkpoint() {
            tracing::error!(why = %error, "no checkpoint was signed");
        }
    }

    fn single(&mut self, job: Job) {
        // Whoever asked and left does not miss the answer.
        match job {
            Job::Append(batch, reply) => self.commit(vec![(batch, reply)]),
            Job::Keep(bodies, reply) => drop(reply.send(self.keep(&bodies))),
            Job::Used(key, at) => {
                let sql = "INSERT INTO key_uses VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET at = max(at, ?2)";
                if let Err(error) = self.connection.execute(sql, params![key, at.to_string()]) {
                    tracing::warn!(why = %error, "the use of a key was not noted");
                }
            }
            Job::Checkpoint(reply) => drop(reply.send(self.checkpoint())),
            Job::Rebuild(reply) => drop(reply.send(self.rebuild())),
        }
    }

    /// Takes what waits behind the first batch, up to [`MAX_GROUP_COMMIT`] entries, and writes it in one commit.
    fn together(&mut self, waiting: &Receiver<Job>, batch: Batch, reply: Reply<Vec<Receipt>>) {
        let mut n = batch.drafts.len();
        let mut jobs = vec![(batch, reply)];
        let mut other = None;
        while n < MAX_GROUP_COMMIT {
            match waiting.try_recv() {
                Ok(Job::Append(batch, reply)) => {
                    n += batch.drafts.len();
                    jobs.push((batch, reply));
                }
                Ok(job) => {
                    other = Some(job);
                    break;
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        self.commit(jobs);
        if let Some(job) = other {
            self.single(job);
        }
    }

    fn commit(&mut self, jobs: Vec<(Batch, Reply<Vec<Receipt>>)>) {
        let written = self.written(&jobs);
        for (n, (_, reply)) in jobs.into_iter().enumerate() {
            let answer = match &written {
                Ok(answers) => answers.get(n).cloned().unwrap_or_else(|| Err(lost())),
                Err(error) => Err(error.clone()),
            };
            let _ = reply.send(answer);
        }
    }

    /// Each batch's receipts or refusal; an error when nothing at all was committed.
    fn written(
        &mut self,
        jobs: &[(Batch, Reply<Vec<Receipt>>)],
    ) -> Result<Vec<Result<Vec<Receipt>, StoreError>>, StoreError> {
        let mut whole =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        let mut answers = Vec::with_capacity(jobs.len());
        let mut end = read::end(&whole)?;
        for (batch, _) in jobs {
            let part = whole.savepoint().map_err(unavailable)?;
            let answer = match appended(&part, batch, end) {
                Ok((receipts, new_end)) => {
                    part.commit().map_err(unavailable)?;
                    end = new_end;
                    Ok(receipts)
                }
                // Dropped, the savepoint is rolled back.
                Err(error) => Err(error),
            };
            answers.push(answer);
        }
        whole.commit().map_err(unavailable)?;
        if jobs.iter().flat_map(|(batch, _)| &batch.drafts).any(|draft| draft.kind == Kind::Erased) {
            // The write-ahead log holds what was there before, until it is folded into the file.
            let folded = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            folded.map_err(unavailable)?;
        }
        Ok(answers)
    }

    fn keep(&mut self, bodies: &[Sealed]) -> Result<(), StoreError> {
        let whole = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        bodies.iter().try_for_each(|body| kept(&whole, body))?;
        whole.commit().map_err(unavailable)
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        read::hashes(&self.connection, self.frontier.size(), &mut |hash| self.frontier.push(hash))?;
        let size = self.frontier.size();
        if size == 0 {
            return Ok(None);
        }
        if self.signed.is_none_or(|signed| signed < size) {
            if let Some(last) = read::checkpoints(&self.connection, 1)?.pop().filter(|last| last.size == size) {
                self.signed = Some(size);
                return Ok(Some(last));
            }
            let checkpoint = self.key.sign(size, &self.frontier.root(), Timestamp::now());
            let sql = "INSERT INTO checkpoints VALUES (?1, ?2) ON CONFLICT (size) DO NOTHING";
            self.connection.execute(sql, params![number(size)?, checkpoint.note]).map_err(unavailable)?;
            self.signed = Some(size);
        }
        Ok(read::checkpoints(&self.connection, 1)?.pop())
    }

    fn rebuild(&mut self) -> Result<(), StoreError> {
        let whole = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        projection::emptied(&whole)?;
        let mut last = 0;
        loop {
            let entries = read::entries(&whole, last, MAX_GROUP_COMMIT)?;
            let Some(end) = entries.last() else { break };
            last = end.seq;
            for entry in &entries {
                let body = read::body(&whole, &entry.body)?;
                projection::apply(&whole, entry, body.as_ref().map(|body| body.bytes.as_slice()))?;
            }
        }
        whole.commit().map_err(unavailable)
    }
}

fn lost() -> StoreError {
    StoreError::Damaged("a batch has no receipt".to_owned())
}

/// A number as SQLite holds it.
fn number(n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::Damaged("a number is over 63 bits".to_owned()))
}

/// Where the log ends: number and hash of its last entry.
type End = (u64, Hash);

/// Writes the entries of a batch and what follows from them.
fn appended(part: &Savepoint<'_>, batch: &Batch, end: End) -> Result<(Vec<Receipt>, End), StoreError> {
    if let Some(once) = &batch.once
        && let Some(receipts) = read::done(part, once)?
    {
        return Ok((receipts, end));
    }
    let (mut seq, mut prev) = end;
    let mut receipts = Vec::with_capacity(batch.drafts.len());
    for draft in &batch.drafts {
        if let Some(after) = draft.after
            && read::last_about(part, &draft.subject)? != after
        {
            return Err(StoreError::Moved { subject: draft.subject.clone() });
        }
        seq += 1;
        let entry = chain::linked(draft, seq, prev);
        prev = entry.hash;
        inserted(part, &entry)?;
        for body in std::iter::once(&draft.body).chain(&draft.more) {
            kept(part, body)?;
        }
        projection::apply(part, &entry, Some(&draft.body.bytes))?;
        receipts.push(Receipt { seq, hash: entry.hash, again: false });
    }
    if let (Some(once), Some(first)) = (&batch.once, receipts.first()) {
        let sql = "INSERT INTO once VALUES (?1, ?2, ?3, ?4)";
        part.execute(sql, params![once.key, once.digest, number(first.seq)?, number(seq)?]).map_err(unavailable)?;
    }
    Ok((receipts, if batch.drafts.is_empty() { end } else { (seq, prev) }))
}

fn kept(connection: &Connection, body: &Sealed) -> Result<(), StoreError> {
    let sql = "INSERT INTO bodies VALUES (?1, ?2, ?3) ON CONFLICT (digest) DO NOTHING";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    statement.execute(params![body.digest, body.salt, body.bytes]).map_err(unavailable)?;
    Ok(())
}

fn inserted(part: &Savepoint<'_>, entry: &Entry) -> Result<(), StoreError> {
    debug_assert!(entry.seq > 1 || entry.prev == NO_ENTRY);
    let sql = "INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let mut statement = part.prepare_cached(sql).map_err(unavailable)?;
    let Entry { seq, at, reader, group, kind, subject, label, body, second, prev, hash } = entry;
    statement
        .execute(params![
            number(*seq)?,
            at.to_string(),
            reader,
            group,
            kind.as_str(),
            subject,
            label.as_str(),
            body,
            second,
            prev,
            hash
        ])
        .map_err(unavailable)?;
    Ok(())
}
