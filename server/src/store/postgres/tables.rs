//! The tables of the database, as the writing thread has them.
//!
//! In: batches of one commit. Out: their receipts, once the commit is durable. A commit holds the one row of `log_end` from
//! its start, so that of several processes one writes at a time and each reads the end that the other left. A connection that
//! breaks is made again: before a commit all of it is done again; at a commit the database is asked whether it holds it,
//! behind the same row, so that a commit still under way is over by then.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::failed::Failed;
use super::link::{Line, Link};
use super::{projection, read};
use crate::config::{MAX_GROUP_COMMIT, STATEMENT_TIMEOUT};
use crate::store::checkpoint::Checkpoint;
use crate::store::entry::{Batch, Entry, Once, Receipt};
use crate::store::error::StoreError;
use crate::store::fold::{self, Row};
use crate::store::hash::Hash;
use crate::store::jobs::Lease;
use crate::store::plan::{End, Known, Plan, Planned};
use crate::store::sealed::Sealed;
use crate::store::writer::{Answer, Tables};

/// Bytes of bodies in one statement, but for a single one that is longer.
const MAX_STATEMENT_BYTES: usize = 8 << 20;
/// How long a database that is away is left alone before it is asked again.
const AWAY_PAUSE: Duration = Duration::from_millis(100);

/// The line that writes.
pub(super) struct Database(pub(super) Line);

/// What a commit would answer, and the end of the log that it makes; `None` = it adds nothing.
#[derive(Clone)]
struct Written {
    answers: Vec<Answer>,
    end: Option<End>,
}

impl Tables for Database {
    fn written(&mut self, batches: &[&Batch]) -> Result<Vec<Answer>, StoreError> {
        match self.settled(batches) {
            // Which of them it is, only each by itself tells.
            Err(Failed::Rows(_)) if batches.len() > 1 => {
                let alone = |batch: &&Batch| match self.settled(&[batch]) {
                    Ok(mut answers) => answers.pop().unwrap_or_else(|| Ok(Vec::new())),
                    Err(failed) => Err(failed.into()),
                };
                Ok(batches.iter().map(alone).collect())
            }
            done => done.map_err(StoreError::from),
        }
    }

    fn keep(&mut self, bodies: &[Sealed]) -> Result<(), StoreError> {
        let all: Vec<&Sealed> = bodies.iter().collect();
        self.twice(|link| link.whole(|link| kept(link, &all)))
    }

    fn used(&mut self, key: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO key_uses (key, at) VALUES ($1, $2)
                   ON CONFLICT (key) DO UPDATE SET at = greatest(key_uses.at, excluded.at)";
        self.twice(|link| link.does(sql, &[&key, &at.to_string()]))
    }

    fn lease(&mut self, lease: &Lease) -> Result<bool, StoreError> {
        let Lease { name, holder, length, note } = lease;
        let micros = i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
        let sql = "INSERT INTO leases (name, holder, until, note)
                   VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 microsecond', coalesce($4::text, ''))
                   ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
                       note = coalesce($4::text, leases.note)
                   WHERE leases.holder = excluded.holder OR leases.until <= clock_timestamp()
                   RETURNING true";
        Ok(self.twice(|link| link.row(sql, &[name, holder, &micros, note]))?.is_some())
    }

    fn hashes(&mut self, after: u64, each: &mut dyn FnMut(Hash)) -> Result<(), StoreError> {
        let mut last = after;
        loop {
            let found = self.twice(|link| read::hashes(link, last))?;
            if found.is_empty() {
                return Ok(());
            }
            last += found.len() as u64;
            found.into_iter().for_each(&mut *each);
        }
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.twice(|link| read::checkpoints(link, 1))?.pop())
    }

    fn sign(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let sql = "INSERT INTO checkpoints (size, note) VALUES ($1, $2) ON CONFLICT (size) DO NOTHING";
        self.twice(|link| link.does(sql, &[&read::stored(checkpoint.size), &checkpoint.note]))
    }

    fn rebuild(&mut self) -> Result<(), StoreError> {
        self.twice(|link| link.whole(rebuilt))
    }
}

impl Database {
    /// Asks for what may be done twice; so a commit in doubt is done again.
    fn twice<T>(&mut self, mut ask: impl FnMut(&mut Link) -> Result<T, Failed>) -> Result<T, StoreError> {
        let done = match self.0.ask(&mut ask) {
            Err(Failed::InDoubt(_)) => self.0.ask(ask),
            done => done,
        };
        done.map_err(StoreError::from)
    }

    /// Writes batches, and where a commit was not answered finds out what became of it.
    fn settled(&mut self, batches: &[&Batch]) -> Result<Vec<Answer>, Failed> {
        let mut sent = None;
        let why = match self.0.ask(|link| committed(link, batches, &mut sent)) {
            Err(Failed::InDoubt(why)) => why,
            done => return done,
        };
        let Some(Written { answers, end }) = sent.take() else { return Err(Failed::InDoubt(why)) };
        tracing::warn!(%why, "the connection was lost at a commit; looking whether it is there");
        match end.map_or(Ok(true), |end| self.holds(end)) {
            Ok(true) => Ok(answers),
            Ok(false) => self.0.ask(|link| committed(link, batches, &mut sent)),
            Err(_) => Err(Failed::InDoubt(why)),
        }
    }

    /// Is that the entry of its number? Waits for the database to come back.
    fn holds(&mut self, (seq, hash): End) -> Result<bool, Failed> {
        let until = Instant::now() + STATEMENT_TIMEOUT;
        loop {
            let found = self.0.ask(|link| {
                link.whole(|link| {
                    held(link)?;
                    read::hash_of(link, seq)
                })
            });
            match found {
                Ok(found) => return Ok(found == Some(hash)),
                Err(failed) if Instant::now() > until => return Err(failed),
                Err(_) => std::thread::sleep(AWAY_PAUSE),
            }
        }
    }
}

/// Holds the end of the log until the transaction is over.
pub(super) fn held(link: &mut Link) -> Result<(), Failed> {
    link.rows("SELECT one FROM log_end FOR UPDATE", &[]).map(drop)
}

/// Writes batches in one commit; `sent` is what it was when its end is not known.
fn committed(link: &mut Link, batches: &[&Batch], sent: &mut Option<Written>) -> Result<Vec<Answer>, Failed> {
    let written = link.begun(|link| put(link, batches))?;
    *sent = Some(written.clone());
    link.committed()?;
    Ok(written.answers)
}

fn put(link: &mut Link, batches: &[&Batch]) -> Result<Written, Failed> {
    held(link)?;
    let mut known = Looked::up(link, batches)?;
    let mut plan = Plan::after(read::end(link)?);
    let (mut answers, mut entries, mut rows) = (Vec::with_capacity(batches.len()), Vec::new(), Vec::new());
    let (mut bodies, mut onces) = (Vec::new(), Vec::new());
    for batch in batches {
        let planned = match plan.next(batch, &mut known) {
            Ok(planned) => planned,
            Err(error) => {
                answers.push(Err(error));
                continue;
            }
        };
        plan.take(&planned);
        known.take(batch, &planned);
        if let (Some(first), Some(last)) = (planned.entries.first(), planned.entries.last()) {
            bodies.extend(batch.drafts.iter().flat_map(|draft| std::iter::once(&draft.body).chain(&draft.more)));
            onces.extend(batch.once.as_ref().map(|once| (once, first.seq, last.seq)));
        }
        entries.extend(planned.entries);
        rows.extend(planned.rows);
        answers.push(Ok(planned.receipts));
    }
    let end = entries.last().map(|entry: &Entry| (entry.seq, entry.hash));
    if end.is_some() {
        inserted(link, &entries)?;
        kept(link, &bodies)?;
        projection::set(link, &rows)?;
    }
    for (once, first, last) in onces {
        let sql = "INSERT INTO once (key, digest, first, last) VALUES ($1, $2, $3, $4)";
        link.does(sql, &[&once.key, &once.digest.as_slice(), &read::stored(first), &read::stored(last)])?;
    }
    Ok(Written { answers, end })
}

/// What batches ask of the store, looked up at once; what is written of them later is noted here.
struct Looked {
    done: HashMap<String, (Hash, Vec<Receipt>)>,
    about: HashMap<String, u64>,
    uses: HashMap<String, u64>,
}

impl Looked {
    fn up(link: &mut Link, batches: &[&Batch]) -> Result<Self, Failed> {
        let keys: Vec<&str> = batches.iter().filter_map(|batch| Some(batch.once.as_ref()?.key.as_str())).collect();
        let drafts = batches.iter().flat_map(|batch| &batch.drafts).filter(|draft| draft.after.is_some());
        let subjects: Vec<&str> = drafts.map(|draft| draft.subject.as_str()).collect();
        let done = if keys.is_empty() { HashMap::new() } else { read::done_under(link, &keys)? };
        let mut about = if subjects.is_empty() { HashMap::new() } else { read::last_about(link, &subjects)? };
        for subject in subjects {
            about.entry(subject.to_owned()).or_insert(0);
        }
        let accounts: Vec<&str> = batches.iter().flat_map(|batch| &batch.met).map(|met| met.account.as_str()).collect();
        let mut uses = if accounts.is_empty() { HashMap::new() } else { read::last_uses(link, &accounts)? };
        for account in accounts {
            uses.entry(account.to_owned()).or_insert(0);
        }
        Ok(Self { done, about, uses })
    }

    fn take(&mut self, batch: &Batch, planned: &Planned) {
        for entry in &planned.entries {
            if let Some(last) = self.about.get_mut(&entry.subject) {
                *last = entry.seq;
            }
        }
        for row in &planned.rows {
            if let Row::Use { account, seq, .. } = row
                && let Some(last) = self.uses.get_mut(account)
            {
                *last = *seq;
            }
        }
        if let Some(once) = &batch.once {
            let again = planned.receipts.iter().map(|receipt| Receipt { again: true, ..*receipt });
            self.done.insert(once.key.clone(), (once.digest, again.collect()));
        }
    }
}

impl Known for Looked {
    fn done(&mut self, once: &Once) -> Result<Option<Vec<Receipt>>, StoreError> {
        match self.done.get(&once.key) {
            Some((digest, _)) if *digest != once.digest => Err(StoreError::OtherBody),
            found => Ok(found.map(|(_, receipts)| receipts.clone())),
        }
    }

    fn last_about(&mut self, subject: &str) -> Result<u64, StoreError> {
        Ok(self.about.get(subject).copied().unwrap_or(0))
    }

    fn last_use(&mut self, account: &str) -> Result<u64, StoreError> {
        Ok(self.uses.get(account).copied().unwrap_or(0))
    }
}

pub(super) fn inserted(link: &mut Link, entries: &[Entry]) -> Result<(), Failed> {
    let sql = "INSERT INTO entries (seq, at, reader, grp, kind, subject, label, body, second, prev, hash)
               SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                    $8::bytea[], $9::text[], $10::bytea[], $11::bytea[])";
    let texts = |of: fn(&Entry) -> &str| entries.iter().map(of).collect::<Vec<_>>();
    let some = |of: fn(&Entry) -> Option<&str>| entries.iter().map(of).collect::<Vec<_>>();
    let bytes = |of: fn(&Entry) -> &[u8]| entries.iter().map(of).collect::<Vec<_>>();
    let seqs: Vec<i64> = entries.iter().map(|entry| read::stored(entry.seq)).collect();
    let times: Vec<String> = entries.iter().map(|entry| entry.at.to_string()).collect();
    link.does(
        sql,
        &[
            &seqs,
            &times,
            &texts(|entry| &entry.reader),
            &some(|entry| entry.group.as_deref()),
            &texts(|entry| entry.kind.as_str()),
            &texts(|entry| &entry.subject),
            &texts(|entry| entry.label.as_str()),
            &bytes(|entry| &entry.body),
            &some(|entry| entry.second.as_deref()),
            &bytes(|entry| &entry.prev),
            &bytes(|entry| &entry.hash),
        ],
    )
}

pub(super) fn kept(link: &mut Link, bodies: &[&Sealed]) -> Result<(), Failed> {
    let sql = "INSERT INTO bodies (digest, salt, bytes)
               SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) ON CONFLICT (digest) DO NOTHING";
    let mut left = bodies;
    while !left.is_empty() {
        let mut size = 0;
        let fits = left.iter().take_while(|body| {
            size += body.bytes.len();
            size <= MAX_STATEMENT_BYTES
        });
        let (part, rest) = left.split_at(fits.count().clamp(1, left.len()));
        left = rest;
        let column = |of: fn(&Sealed) -> &[u8]| part.iter().map(|body| of(body)).collect::<Vec<_>>();
        let (digests, salts) = (column(|body| &body.digest), column(|body| &body.salt));
        link.does(sql, &[&digests, &salts, &column(|body| &body.bytes)])?;
    }
    Ok(())
}

/// Builds every projection again, within a transaction.
pub(super) fn rebuilt(link: &mut Link) -> Result<(), Failed> {
    link.all("SET LOCAL statement_timeout = 0")?;
    held(link)?;
    projection::emptied(link)?;
    let mut last = 0;
    loop {
        let entries = read::entries(link, last, MAX_GROUP_COMMIT)?;
        let Some(end) = entries.last() else { return Ok(()) };
        last = end.seq;
        let digests: Vec<&[u8]> = entries.iter().map(|entry| entry.body.as_slice()).collect();
        let bodies = read::bodies(link, &digests)?;
        let mut rows = Vec::new();
        for entry in &entries {
            rows.extend(fold::rows(entry, bodies.get(&entry.body).map(|body| body.bytes.as_slice()))?);
        }
        projection::set(link, &rows)?;
    }
}
