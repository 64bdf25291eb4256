//! The file as pieces of a copy, and a file that is filled from one.
//!
//! A copy is read in one transaction, so that it is of one moment; the write-ahead log is not folded behind it meanwhile.

use jiff::Timestamp;
use rusqlite::{Connection, Row, TransactionBehavior, params};

use super::failed::unavailable;
use super::read::{self, stored};
use super::writer::{inserted, kept, number, rebuilt};
use crate::config::MAX_GROUP_COMMIT;
use crate::store::checkpoint::Checkpoint;
use crate::store::copy::{Give, Piece, Take};
use crate::store::error::StoreError;
use crate::store::sealed::Sealed;

/// Hands out all that the projections do not tell.
pub(super) fn out(connection: &mut Connection, take: &mut Take<'_>) -> Result<(), StoreError> {
    let whole = connection.transaction_with_behavior(TransactionBehavior::Deferred).map_err(unavailable)?;
    each(&whole, "SELECT size, note FROM checkpoints ORDER BY size", take, |row| {
        Ok(Piece::Checkpoint(Checkpoint { size: unsigned(row, 0)?, note: row.get(1).map_err(unavailable)? }))
    })?;
    let mut last = 0;
    loop {
        let entries = read::entries(&whole, last, MAX_GROUP_COMMIT)?;
        let Some(end) = entries.last() else { break };
        last = end.seq;
        entries.into_iter().try_for_each(|entry| take(Piece::Entry(Box::new(entry))))?;
    }
    each(&whole, "SELECT digest, salt, bytes FROM bodies ORDER BY digest", take, |row| {
        let hash = |n: usize| row.get(n).map_err(unavailable);
        Ok(Piece::Body(Sealed { digest: hash(0)?, salt: hash(1)?, bytes: row.get(2).map_err(unavailable)? }))
    })?;
    each(&whole, "SELECT key, digest, first, last FROM once ORDER BY key", take, |row| {
        let (key, digest) = (row.get(0).map_err(unavailable)?, row.get(1).map_err(unavailable)?);
        Ok(Piece::Once { key, digest, first: unsigned(row, 2)?, last: unsigned(row, 3)? })
    })?;
    each(&whole, "SELECT key, at FROM key_uses ORDER BY key", take, |row| {
        let at: String = row.get(1).map_err(unavailable)?;
        let at: Timestamp = at.parse().map_err(|_| StoreError::Damaged(format!("`{at}` is no time")))?;
        Ok(Piece::Use { key: row.get(0).map_err(unavailable)?, at })
    })?;
    each(&whole, "SELECT name, note FROM leases WHERE name LIKE 'webhook %' ORDER BY name", take, |row| {
        Ok(Piece::Note { name: row.get(0).map_err(unavailable)?, note: row.get(1).map_err(unavailable)? })
    })
}

fn each(
    connection: &Connection,
    sql: &str,
    take: &mut Take<'_>,
    piece: impl Fn(&Row<'_>) -> Result<Piece, StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(sql).map_err(unavailable)?;
    let mut rows = statement.query([]).map_err(unavailable)?;
    while let Some(row) = rows.next().map_err(unavailable)? {
        take(piece(row)?)?;
    }
    Ok(())
}

fn unsigned(row: &Row<'_>, n: usize) -> Result<u64, StoreError> {
    Ok(row.get::<_, i64>(n).map_err(unavailable)?.unsigned_abs())
}

/// Fills an empty file, and builds the projections.
pub(super) fn filled(connection: &mut Connection, give: &mut Give<'_>) -> Result<(), StoreError> {
    let whole = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(unavailable)?;
    let n = "SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM bodies)";
    let n: i64 = whole.query_row(n, [], |row| row.get(0)).map_err(unavailable)?;
    if n > 0 {
        return Err(StoreError::NotEmpty);
    }
    let does = |sql: &str, given: &[&dyn rusqlite::ToSql]| {
        let done = whole.prepare_cached(sql).and_then(|mut statement| statement.execute(given));
        done.map(drop).map_err(unavailable)
    };
    while let Some(piece) = give()? {
        match piece {
            Piece::Checkpoint(Checkpoint { size, note }) => {
                does("INSERT INTO checkpoints VALUES (?1, ?2)", params![number(size)?, note])?;
            }
            Piece::Entry(entry) => inserted(&whole, &entry)?,
            Piece::Body(body) => kept(&whole, &body)?,
            Piece::Once { key, digest, first, last } => {
                let (first, last) = (stored(first), stored(last));
                does("INSERT INTO once VALUES (?1, ?2, ?3, ?4)", params![key, digest, first, last])?;
            }
            Piece::Use { key, at } => {
                does("INSERT INTO key_uses VALUES (?1, ?2)", params![key, at.to_string()])?;
            }
            Piece::Note { name, note } => {
                does("INSERT INTO leases VALUES (?1, '', 0, ?2)", params![name, note])?;
            }
        }
    }
    rebuilt(&whole)?;
    whole.commit().map_err(unavailable)
}
