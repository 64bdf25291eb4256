//! What a commit is to write: batches become entries of the chain, or are refused, before a row is touched.
//!
//! In: the end of the log, what the store knows of idempotency keys and subjects, and batches one after another. Out: for
//! each its entries with their rows, the receipts of the same batch sent before, or why it is refused. A batch moves nothing
//! until it is taken: after a refused one the next links where it would have. The law is the same for every store.

use super::chain;
use super::entry::{Batch, Entry, Once, Receipt};
use super::error::StoreError;
use super::fold::{self, Row};
use super::hash::Hash;

/// Where the log ends: number and hash of its last entry.
pub(super) type End = (u64, Hash);

/// What is in the store, with what the commit has taken so far.
pub(super) trait Known {
    /// The receipts that were given under the same key; an error when it came with something else.
    fn done(&mut self, once: &Once) -> Result<Option<Vec<Receipt>>, StoreError>;
    /// Number of the last entry about a subject; 0 without one.
    fn last_about(&mut self, subject: &str) -> Result<u64, StoreError>;
    /// Number of the last entry that used an account; 0 without one.
    fn last_use(&mut self, account: &str) -> Result<u64, StoreError>;
}

/// A batch as it is written.
pub(super) struct Planned {
    /// New entries in order; none when all of it was written before.
    pub(super) entries: Vec<Entry>,
    /// What follows from them, in order.
    pub(super) rows: Vec<Row>,
    pub(super) receipts: Vec<Receipt>,
}

/// A commit in the making.
pub(super) struct Plan {
    end: End,
}

impl Plan {
    /// A commit that follows `end`.
    pub(super) fn after(end: End) -> Self {
        Self { end }
    }

    /// The next batch, linked to what was taken so far.
    pub(super) fn next(&self, batch: &Batch, known: &mut dyn Known) -> Result<Planned, StoreError> {
        if let Some(once) = &batch.once
            && let Some(receipts) = known.done(once)?
        {
            return Ok(Planned { entries: Vec::new(), rows: Vec::new(), receipts });
        }
        for met in &batch.met {
            if known.last_use(&met.account)? != met.last {
                return Err(StoreError::Moved { subject: met.account.clone() });
            }
        }
        let (mut seq, mut prev) = self.end;
        let n = batch.drafts.len();
        let (mut entries, mut receipts) = (Vec::<Entry>::with_capacity(n), Vec::with_capacity(n));
        let mut rows = Vec::new();
        for draft in &batch.drafts {
            if let Some(after) = draft.after {
                let own = entries.iter().rev().find(|entry| entry.subject == draft.subject);
                let last = match own {
                    Some(own) => own.seq,
                    None => known.last_about(&draft.subject)?,
                };
                if last != after {
                    return Err(StoreError::Moved { subject: draft.subject.clone() });
                }
            }
            seq += 1;
            let entry = chain::linked(draft, seq, prev);
            prev = entry.hash;
            rows.append(&mut fold::rows(&entry, Some(&draft.body.bytes))?);
            receipts.push(Receipt { seq, hash: prev, again: false });
            entries.push(entry);
        }
        Ok(Planned { entries, rows, receipts })
    }

    /// What was planned is a part of the commit.
    pub(super) fn take(&mut self, planned: &Planned) {
        if let Some(last) = planned.entries.last() {
            self.end = (last.seq, last.hash);
        }
    }
}
