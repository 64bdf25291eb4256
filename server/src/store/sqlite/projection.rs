//! What follows from an entry: the rows that say how things stand now.
//!
//! In: an entry and its body, in the order of the log. Out: rows of the projections, within the same transaction. An entry
//! whose body was erased leaves no row: what was forgotten does not come back when the projections are built again.

use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::unavailable;
use crate::hex;
use crate::store::chain::Hash;
use crate::store::entry::{Entry, Kind};
use crate::store::error::StoreError;
use crate::store::people::{Group, Key, KeyEnded, Reader};

/// Takes every row out of the projections.
pub(super) fn emptied(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("DELETE FROM readers; DELETE FROM groups; DELETE FROM keys;").map_err(unavailable)
}

/// Changes the projections by one entry.
pub(super) fn apply(connection: &Connection, entry: &Entry, body: Option<&[u8]>) -> Result<(), StoreError> {
    match (entry.kind, body) {
        (Kind::Erased, _) => erased(connection, entry),
        (_, None) => Ok(()),
        (Kind::ReaderAdded | Kind::ReaderChanged, Some(body)) => {
            let reader: Reader = said(entry, body)?;
            kept(
                connection,
                "INSERT INTO readers VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET record = ?2",
                &reader.id,
                &reader,
            )
        }
        (Kind::GroupAdded | Kind::GroupChanged, Some(body)) => {
            let group: Group = said(entry, body)?;
            kept(
                connection,
                "INSERT INTO groups VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET record = ?2",
                &group.id,
                &group,
            )
        }
        (Kind::KeyAdded, Some(body)) => {
            let key: Key = said(entry, body)?;
            let sql = "INSERT INTO keys VALUES (?1, ?2, ?3, ?4)";
            let record = text(&key)?;
            connection.execute(sql, params![key.id, key.reader, key.hash, record]).map_err(unavailable)?;
            Ok(())
        }
        (Kind::KeyEnded, Some(body)) => {
            let end: KeyEnded = said(entry, body)?;
            let Some(mut key) = key_of(connection, &end.id)? else { return Ok(()) };
            key.ended_at = Some(key.ended_at.map_or(end.at, |before| before.min(end.at)));
            let sql = "UPDATE keys SET record = ?2 WHERE id = ?1";
            connection.execute(sql, params![key.id, text(&key)?]).map_err(unavailable)?;
            Ok(())
        }
        (Kind::Assessed | Kind::Refused | Kind::Read, Some(_)) => Ok(()),
    }
}

/// The digest that an `erased` entry is about leaves no body behind.
fn erased(connection: &Connection, entry: &Entry) -> Result<(), StoreError> {
    let digest: Hash = hex::read(&entry.subject)
        .ok_or_else(|| StoreError::Field { field: "subject", why: "an erasure is about a digest".to_owned() })?;
    connection.execute("DELETE FROM bodies WHERE digest = ?1", [digest]).map_err(unavailable)?;
    Ok(())
}

fn key_of(connection: &Connection, id: &str) -> Result<Option<Key>, StoreError> {
    use rusqlite::OptionalExtension;
    let found: Option<String> = connection
        .query_row("SELECT record FROM keys WHERE id = ?1", [id], |row| row.get(0))
        .optional()
        .map_err(unavailable)?;
    found.map(|text| serde_json::from_str(&text).map_err(|error| StoreError::Damaged(error.to_string()))).transpose()
}

fn kept(connection: &Connection, sql: &str, id: &str, record: &impl Serialize) -> Result<(), StoreError> {
    connection.prepare_cached(sql).map_err(unavailable)?.execute(params![id, text(record)?]).map_err(unavailable)?;
    Ok(())
}

fn text(record: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(record).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn said<T: DeserializeOwned>(entry: &Entry, body: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(body).map_err(|error| StoreError::Field {
        field: "body",
        why: format!("it is not what `{}` says: {error}", entry.kind),
    })
}
