//! The tables of the file, as the writing thread has them.
//!
//! In: batches of one commit. Out: their receipts, once the commit is on the disk. Each batch has a savepoint of its own:
//! one that SQLite refuses leaves no trace and does not disturb its neighbours.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, Savepoint, TransactionBehavior, params};

use super::failed::unavailable;
use super::{projection, read};
use crate::config::MAX_GROUP_COMMIT;
use crate::store::chain::NO_ENTRY;
use crate::store::checkpoint::Checkpoint;
use crate::store::entry::{Batch, Entry, Kind, Once, Receipt};
use crate::store::error::StoreError;
use crate::store::fold;
use crate::store::hash::Hash;
use crate::store::jobs::Lease;
use crate::store::plan::{Known, Plan, Planned};
use crate::store::sealed::Sealed;
use crate::store::writer::{Answer, Tables};

/// Longest that one process waits for the writing of another.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// The connection that writes.
pub(super) struct File {
    connection: Connection,
    /// Something was erased, and the write-ahead log still holds what was there before.
    is_unfolded: bool,
}

impl File {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, is_unfolded: true }
    }

    /// Folds the write-ahead log into the file; false while somebody reads what was there before, such as a copy that is made.
    /// He is not waited for: nobody could write meanwhile.
    fn folded(&self) -> Result<bool, StoreError> {
        self.connection.busy_timeout(Duration::ZERO).map_err(unavailable)?;
        let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        self.connection.busy_timeout(BUSY).map_err(unavailable)?;
        busy.map(|busy| busy == 0).map_err(unavailable)
    }
}

impl Tables for File {
    fn written(&mut self, batches: &[&Batch]) -> Result<Vec<Answer>, StoreError> {
        let mut whole =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        let mut plan = Plan::after(read::end(&whole)?);
        let mut answers = Vec::with_capacity(batches.len());
        for batch in batches {
            let part = whole.savepoint().map_err(unavailable)?;
            let answer = match plan.next(batch, &mut Here(&part)).and_then(|planned| written(&part, batch, planned)) {
                Ok(planned) => {
                    part.commit().map_err(unavailable)?;
                    plan.take(&planned);
                    Ok(planned.receipts)
                }
                // Dropped, the savepoint is rolled back.
                Err(error) => Err(error),
            };
            answers.push(answer);
        }
        whole.commit().map_err(unavailable)?;
        self.is_unfolded |= batches.iter().flat_map(|batch| &batch.drafts).any(|draft| draft.kind == Kind::Erased);
        if self.is_unfolded {
            self.is_unfolded = !self.folded()?;
        }
        Ok(answers)
    }

    fn keep(&mut self, bodies: &[Sealed]) -> Result<(), StoreError> {
        let whole = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        bodies.iter().try_for_each(|body| kept(&whole, body))?;
        whole.commit().map_err(unavailable)
    }

    fn used(&mut self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO key_uses VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET at = max(at, ?2)";
        self.connection.execute(sql, params![key, at.to_string()]).map(drop).map_err(unavailable)
    }

    fn lease(&mut self, lease: &Lease) -> Result<bool, StoreError> {
        let Lease { name, holder, length, note } = lease;
        let now = Timestamp::now().as_microsecond();
        let until = now.saturating_add(i64::try_from(length.as_micros()).unwrap_or(i64::MAX));
        let sql = "INSERT INTO leases VALUES (?1, ?2, ?3, coalesce(?4, ''))
                   ON CONFLICT (name) DO UPDATE SET holder = ?2, until = ?3, note = coalesce(?4, note)
                   WHERE holder = ?2 OR until <= ?5";
        let n = self.connection.execute(sql, params![name, holder, until, note, now]).map_err(unavailable)?;
        Ok(n > 0)
    }

    fn hashes(&mut self, after: u64, each: &mut dyn FnMut(Hash)) -> Result<(), StoreError> {
        read::hashes(&self.connection, after, each)
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        Ok(read::checkpoints(&self.connection, 1)?.pop())
    }

    fn sign(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let sql = "INSERT INTO checkpoints VALUES (?1, ?2) ON CONFLICT (size) DO NOTHING";
        self.connection.execute(sql, params![number(checkpoint.size)?, checkpoint.note]).map(drop).map_err(unavailable)
    }

    fn rebuild(&mut self) -> Result<(), StoreError> {
        let whole = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        rebuilt(&whole)?;
        whole.commit().map_err(unavailable)
    }
}

/// Builds every projection again, within a transaction.
pub(super) fn rebuilt(whole: &Connection) -> Result<(), StoreError> {
    projection::emptied(whole)?;
    let mut last = 0;
    loop {
        let entries = read::entries(whole, last, MAX_GROUP_COMMIT)?;
        let Some(end) = entries.last() else { return Ok(()) };
        last = end.seq;
        for entry in &entries {
            let body = read::body(whole, &entry.body)?;
            let rows = fold::rows(entry, body.as_ref().map(|body| body.bytes.as_slice()))?;
            projection::set(whole, &rows)?;
        }
    }
}

/// What stands in the file, earlier batches of the same commit included.
struct Here<'a>(&'a Connection);

impl Known for Here<'_> {
    fn done(&mut self, once: &Once) -> Result<Option<Vec<Receipt>>, StoreError> {
        read::done(self.0, once)
    }

    fn last_about(&mut self, subject: &str) -> Result<u64, StoreError> {
        read::last_about(self.0, subject)
    }

    fn last_use(&mut self, account: &str) -> Result<u64, StoreError> {
        read::last_use(self.0, account)
    }
}

/// A number as SQLite holds it.
pub(super) fn number(n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::Damaged("a number is over 63 bits".to_owned()))
}

/// Writes the entries of a batch and what follows from them.
fn written(part: &Savepoint<'_>, batch: &Batch, planned: Planned) -> Result<Planned, StoreError> {
    planned.entries.iter().try_for_each(|entry| inserted(part, entry))?;
    if planned.entries.is_empty() {
        return Ok(planned);
    }
    for body in batch.drafts.iter().flat_map(|draft| std::iter::once(&draft.body).chain(&draft.more)) {
        kept(part, body)?;
    }
    projection::set(part, &planned.rows)?;
    if let (Some(once), Some(first), Some(last)) = (&batch.once, planned.entries.first(), planned.entries.last()) {
        let sql = "INSERT INTO once VALUES (?1, ?2, ?3, ?4)";
        let given = params![once.key, once.digest, number(first.seq)?, number(last.seq)?];
        part.execute(sql, given).map_err(unavailable)?;
    }
    Ok(planned)
}

pub(super) fn kept(connection: &Connection, body: &Sealed) -> Result<(), StoreError> {
    let sql = "INSERT INTO bodies VALUES (?1, ?2, ?3) ON CONFLICT (digest) DO NOTHING";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    statement.execute(params![body.digest, body.salt, body.bytes]).map_err(unavailable)?;
    Ok(())
}

pub(super) fn inserted(part: &Connection, entry: &Entry) -> Result<(), StoreError> {
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
