//! The database as pieces of a copy, and a database that is filled from one.
//!
//! A copy is read in one transaction that sees one moment, on a connection of its own. Tables are walked by their keys: no
//! answer of the database is longer than a page.

use jiff::Timestamp;

use super::failed::Failed;
use super::link::{Given, Link};
use super::read::{self, column, damaged, hash, stored, unsigned};
use super::tables::{held, inserted, kept, rebuilt};
use crate::config::{MAX_GROUP_COMMIT, MAX_WAITING_BODIES_BYTES};
use crate::store::checkpoint::Checkpoint;
use crate::store::copy::{Give, Piece, Take};
use crate::store::entry::Entry;
use crate::store::error::StoreError;
use crate::store::sealed::Sealed;

/// Rows that are read at once, of tables whose rows are small.
const STEP: i64 = 1_000;
/// Bodies that are read at once: each may be of [`crate::config::MAX_BODY_BYTES`].
const BODIES: i64 = 4;

/// Hands out all that the projections do not tell.
pub(super) fn out(link: &mut Link, take: &mut Take<'_>) -> Result<(), Failed> {
    link.begun(|link| {
        // Whoever takes the pieces may be slow, and is not shut out.
        link.all(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
             SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0",
        )?;
        told(link, take)
    })?;
    link.committed()
}

fn told(link: &mut Link, take: &mut Take<'_>) -> Result<(), Failed> {
    let mut last = 0_i64;
    loop {
        let sql = "SELECT size, note FROM checkpoints WHERE size > $1 ORDER BY size LIMIT $2";
        let rows = link.rows(sql, &[&last, &STEP])?;
        let Some(end) = rows.last() else { break };
        last = column(end, 0)?;
        for row in &rows {
            take(Piece::Checkpoint(Checkpoint { size: unsigned(row, 0)?, note: column(row, 1)? }))?;
        }
    }
    let mut last = 0;
    loop {
        let entries = read::entries(link, last, MAX_GROUP_COMMIT)?;
        let Some(end) = entries.last() else { break };
        last = end.seq;
        entries.into_iter().try_for_each(|entry| take(Piece::Entry(Box::new(entry))))?;
    }
    let mut last: Vec<u8> = Vec::new();
    loop {
        let sql = "SELECT digest, salt, bytes FROM bodies WHERE digest > $1 ORDER BY digest LIMIT $2";
        let rows = link.rows(sql, &[&last, &BODIES])?;
        let Some(end) = rows.last() else { break };
        last = column(end, 0)?;
        for row in &rows {
            take(Piece::Body(Sealed { digest: hash(row, 0)?, salt: hash(row, 1)?, bytes: column(row, 2)? }))?;
        }
    }
    by_name(link, "SELECT key, digest, first, last FROM once WHERE key > $1 ORDER BY key LIMIT $2", &mut |row| {
        let (first, last) = (unsigned(row, 2)?, unsigned(row, 3)?);
        Ok(take(Piece::Once { key: column(row, 0)?, digest: hash(row, 1)?, first, last })?)
    })?;
    by_name(link, "SELECT key, at FROM key_uses WHERE key > $1 ORDER BY key LIMIT $2", &mut |row| {
        let at: Timestamp = column::<&str>(row, 1)?.parse().map_err(damaged)?;
        Ok(take(Piece::Use { key: column(row, 0)?, at })?)
    })?;
    let sql = "SELECT name, note FROM leases WHERE name LIKE 'webhook %' AND name > $1 ORDER BY name LIMIT $2";
    by_name(link, sql, &mut |row| Ok(take(Piece::Note { name: column(row, 0)?, note: column(row, 1)? })?))
}

/// Walks a table by the name in its first column.
fn by_name(
    link: &mut Link,
    sql: &'static str,
    each: &mut dyn FnMut(&::postgres::Row) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let mut last = String::new();
    loop {
        let rows = link.rows(sql, &[&last, &STEP])?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = column(end, 0)?;
        rows.iter().try_for_each(&mut *each)?;
    }
}

/// Fills an empty database, and builds the projections.
pub(super) fn filled(link: &mut Link, give: &mut Give<'_>) -> Result<(), Failed> {
    link.begun(|link| {
        link.all("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0")?;
        held(link)?;
        let any = "SELECT 1 FROM (SELECT 1 FROM entries UNION ALL SELECT 1 FROM bodies) AS found LIMIT 1";
        if link.row(any, &[])?.is_some() {
            return Err(StoreError::NotEmpty.into());
        }
        let mut waiting = Waiting::default();
        while let Some(piece) = give()? {
            waiting.put(link, piece)?;
        }
        waiting.written(link)?;
        rebuilt(link)
    })?;
    link.committed()
}

/// Pieces that are written together.
#[derive(Default)]
struct Waiting {
    entries: Vec<Entry>,
    bodies: Vec<Sealed>,
    bytes: usize,
}

impl Waiting {
    fn put(&mut self, link: &mut Link, piece: Piece) -> Result<(), Failed> {
        let mut does = |sql: &'static str, given: Given<'_>| link.does(sql, given);
        match piece {
            Piece::Checkpoint(Checkpoint { size, note }) => {
                does("INSERT INTO checkpoints (size, note) VALUES ($1, $2)", &[&stored(size), &note])?;
            }
            Piece::Entry(entry) => self.entries.push(*entry),
            Piece::Body(body) => {
                self.bytes += body.bytes.len();
                self.bodies.push(body);
            }
            Piece::Once { key, digest, first, last } => {
                let sql = "INSERT INTO once (key, digest, first, last) VALUES ($1, $2, $3, $4)";
                does(sql, &[&key, &digest.as_slice(), &stored(first), &stored(last)])?;
            }
            Piece::Use { key, at } => {
                does("INSERT INTO key_uses (key, at) VALUES ($1, $2)", &[&key, &at.to_string()])?;
            }
            Piece::Note { name, note } => {
                let sql = "INSERT INTO leases (name, holder, until, note) VALUES ($1, '', to_timestamp(0), $2)";
                does(sql, &[&name, &note])?;
            }
        }
        if self.entries.len() >= MAX_GROUP_COMMIT
            || self.bodies.len() >= MAX_GROUP_COMMIT
            || self.bytes >= MAX_WAITING_BODIES_BYTES
        {
            self.written(link)?;
        }
        Ok(())
    }

    fn written(&mut self, link: &mut Link) -> Result<(), Failed> {
        if !self.entries.is_empty() {
            inserted(link, &self.entries)?;
        }
        kept(link, &self.bodies.iter().collect::<Vec<_>>())?;
        *self = Self::default();
        Ok(())
    }
}
