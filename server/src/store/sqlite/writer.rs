//! The tables of the file, as the writing thread has them.
//!
//! In: batches of one commit. Out: their receipts, once the commit is on the disk. Each batch has a savepoint of its own:
//! one that SQLite refuses leaves no trace and does not disturb its neighbours.

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
use crate::store::plan::{Known, Plan, Planned};
use crate::store::sealed::Sealed;
use crate::store::writer::{Answer, Tables};

/// The connection that writes.
pub(super) struct File(pub(super) Connection);

impl Tables for File {
    fn written(&mut self, batches: &[&Batch]) -> Result<Vec<Answer>, StoreError> {
        let mut whole = self.0.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
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
        if batches.iter().flat_map(|batch| &batch.drafts).any(|draft| draft.kind == Kind::Erased) {
            // The write-ahead log holds what was there before, until it is folded into the file.
            let folded = self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            folded.map_err(unavailable)?;
        }
        Ok(answers)
    }

    fn keep(&mut self, bodies: &[Sealed]) -> Result<(), StoreError> {
        let whole = self.0.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        bodies.iter().try_for_each(|body| kept(&whole, body))?;
        whole.commit().map_err(unavailable)
    }

    fn used(&mut self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO key_uses VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET at = max(at, ?2)";
        self.0.execute(sql, params![key, at.to_string()]).map(drop).map_err(unavailable)
    }

    fn hashes(&mut self, after: u64, each: &mut dyn FnMut(Hash)) -> Result<(), StoreError> {
        read::hashes(&self.0, after, each)
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        Ok(read::checkpoints(&self.0, 1)?.pop())
    }

    fn sign(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let sql = "INSERT INTO checkpoints VALUES (?1, ?2) ON CONFLICT (size) DO NOTHING";
        self.0.execute(sql, params![number(checkpoint.size)?, checkpoint.note]).map(drop).map_err(unavailable)
    }

    fn rebuild(&mut self) -> Result<(), StoreError> {
        let whole = self.0.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
        projection::emptied(&whole)?;
        let mut last = 0;
        loop {
            let entries = read::entries(&whole, last, MAX_GROUP_COMMIT)?;
            let Some(end) = entries.last() else { break };
            last = end.seq;
            for entry in &entries {
                let body = read::body(&whole, &entry.body)?;
                let rows = fold::rows(entry, body.as_ref().map(|body| body.bytes.as_slice()))?;
                projection::set(&whole, &rows)?;
            }
        }
        whole.commit().map_err(unavailable)
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
}

/// A number as SQLite holds it.
fn number(n: u64) -> Result<i64, StoreError> {
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
