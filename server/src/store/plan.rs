//! What a commit is to write: batches become entries of the chain, or are refused, before a row is touched.
//!
//! In: the end of the log, what the store knows of idempotency keys and subjects, and batches one after another. Out: for
//! each its entries with their rows, the receipts of the same batch sent before, or why it is refused. A refused batch moves
//! nothing: the next one links where it would have. The law is the same for every store.

use std::collections::HashMap;

use super::chain;
use super::entry::{Batch, Entry, Once, Receipt};
use super::error::StoreError;
use super::fold::{self, Row};
use super::hash::Hash;

/// Where the log ends: number and hash of its last entry.
pub(super) type End = (u64, Hash);

/// What is in the store when the commit begins.
pub(super) trait Known {
    /// The receipts that were given under the same key; an error when it came with something else.
    fn done(&mut self, once: &Once) -> Result<Option<Vec<Receipt>>, StoreError>;
    /// Number of the last entry about a subject; 0 without one.
    fn last_about(&mut self, subject: &str) -> Result<u64, StoreError>;
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
    /// By subject: the last entry of this commit about it.
    about: HashMap<String, u64>,
    /// By idempotency key: what came under it in this commit.
    once: HashMap<String, (Hash, Vec<Receipt>)>,
}

impl Plan {
    /// A commit that follows `end`.
    pub(super) fn after(end: End) -> Self {
        Self { end, about: HashMap::new(), once: HashMap::new() }
    }

    /// The next batch, linked to what was taken so far.
    pub(super) fn next(&self, batch: &Batch, known: &mut dyn Known) -> Result<Planned, StoreError> {
        if let Some(receipts) = self.done(batch.once.as_ref(), known)? {
            return Ok(Planned { entries: Vec::new(), rows: Vec::new(), receipts });
        }
        let (mut seq, mut prev) = self.end;
        let mut planned = Planned { entries: Vec::new(), rows: Vec::new(), receipts: Vec::new() };
        for draft in &batch.drafts {
            if let Some(after) = draft.after {
                let own = planned.entries.iter().rev().find(|entry| entry.subject == draft.subject);
                let last = match own.map(|entry| entry.seq).or_else(|| self.about.get(&draft.subject).copied()) {
                    Some(last) => last,
                    None => known.last_about(&draft.subject)?,
                };
                if last != after {
                    return Err(StoreError::Moved { subject: draft.subject.clone() });
                }
            }
            seq += 1;
            let entry = chain::linked(draft, seq, prev);
            prev = entry.hash;
            planned.rows.extend(fold::rows(&entry, Some(&draft.body.bytes))?);
            planned.receipts.push(Receipt { seq, hash: entry.hash, again: false });
            planned.entries.push(entry);
        }
        Ok(planned)
    }

    /// What was planned is a part of the commit.
    pub(super) fn take(&mut self, batch: &Batch, planned: &Planned) {
        let Some(last) = planned.entries.last() else { return };
        self.end = (last.seq, last.hash);
        self.about.extend(planned.entries.iter().map(|entry| (entry.subject.clone(), entry.seq)));
        if let Some(once) = &batch.once {
            self.once.insert(once.key.clone(), (once.digest, planned.receipts.clone()));
        }
    }

    fn done(&self, once: Option<&Once>, known: &mut dyn Known) -> Result<Option<Vec<Receipt>>, StoreError> {
        let Some(once) = once else { return Ok(None) };
        match self.once.get(&once.key) {
            Some((digest, _)) if *digest != once.digest => Err(StoreError::OtherBody),
            Some((_, receipts)) => {
                Ok(Some(receipts.iter().map(|receipt| Receipt { again: true, ..*receipt }).collect()))
            }
            None => known.done(once),
        }
    }
}
