//! What follows from an entry: the rows that say how things stand now.
//!
//! In: an entry and its body, in the order of the log. Out: rows of the projections, within the same transaction. An entry
//! whose body was erased leaves no row: what was forgotten does not come back when the projections are built again.

use jiff::SignedDuration;
use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failed::unavailable;
use crate::config::PROBE_DAYS;
use crate::hex;
use crate::store::bills::{Assessed, BillRecord, Deciding, Decision, Reported};
use crate::store::entry::{Entry, Kind};
use crate::store::error::StoreError;
use crate::store::hash::Hash;
use crate::store::people::{Group, Key, KeyEnded, Reader};

/// Takes every row out of the projections.
pub(super) fn emptied(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch(
            "DELETE FROM readers; DELETE FROM groups; DELETE FROM keys;
             DELETE FROM bills; DELETE FROM sights; DELETE FROM decisions; DELETE FROM results; DELETE FROM probes;",
        )
        .map_err(unavailable)
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
        (Kind::Assessed, Some(body)) => assessed(connection, entry, &said(entry, body)?),
        (Kind::Proposed | Kind::Confirmed | Kind::Raised | Kind::Lowered | Kind::Waived, Some(body)) => {
            decided(connection, entry, &said(entry, body)?)
        }
        (Kind::Result, Some(body)) => {
            let said: Reported = said(entry, body)?;
            let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
            let sql = "INSERT INTO results VALUES (?1, ?2, ?3)";
            connection.execute(sql, params![seq, said.bill, text(&said)?]).map_err(unavailable)?;
            Ok(())
        }
        (Kind::Refused | Kind::Read | Kind::EditionLoaded | Kind::Bundled, Some(_)) => Ok(()),
    }
}

fn assessed(connection: &Connection, entry: &Entry, said: &Assessed) -> Result<(), StoreError> {
    let (of_bill, of_sight) =
        ("INSERT INTO bills VALUES (?1, ?2, ?3, ?4, ?6, NULL, ?5)", "INSERT INTO sights VALUES (?1, ?2, ?3, ?4)");
    for bill in &said.kept {
        let mut statement = connection.prepare_cached(of_bill).map_err(unavailable)?;
        let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
        let (raised, answered) = (bill.raised.clone(), i64::from(bill.answered() as u8));
        let record = text(&BillRecord { consignment: bill.consignment.clone(), raised, sights: bill.sights.clone() })?;
        statement
            .execute(params![bill.id, seq, entry.reader, i64::from(bill.lane as u8), record, answered])
            .map_err(unavailable)?;
        let mut statement = connection.prepare_cached(of_sight).map_err(unavailable)?;
        for (label, sight) in &bill.sights {
            statement.execute(params![bill.id, i64::from(*label as u8), answered, sight.rank]).map_err(unavailable)?;
        }
    }
    probed(connection, entry, said)
}

/// What is remembered of bills of senders from outside; what is older than it is asked for goes.
fn probed(connection: &Connection, entry: &Entry, said: &Assessed) -> Result<(), StoreError> {
    if said.probes.is_empty() {
        return Ok(());
    }
    let since = entry.at - SignedDuration::from_hours(24 * PROBE_DAYS);
    connection.execute("DELETE FROM probes WHERE at < ?1", [since.to_string()]).map_err(unavailable)?;
    let (seq, at) = (i64::try_from(entry.seq).unwrap_or(i64::MAX), entry.at.to_string());
    let sql = "INSERT INTO probes VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    for (n, probe) in (0_i64..).zip(&said.probes) {
        let record = text(probe)?;
        for key in &probe.keys {
            statement.execute(params![key, seq, n, at, record]).map_err(unavailable)?;
        }
    }
    Ok(())
}

fn decided(connection: &Connection, entry: &Entry, decision: &Decision) -> Result<(), StoreError> {
    let sql = "INSERT INTO decisions VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET seq = ?3, record = ?4";
    let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
    connection.execute(sql, params![decision.id, decision.bill, seq, text(decision)?]).map_err(unavailable)?;
    if !decision.is_in_force() {
        return Ok(());
    }
    match (decision.kind, decision.lane, decision.until) {
        (Deciding::Raised | Deciding::Lowered, Some(lane), _) => {
            // A later decision about the lane ends a waiver.
            let lane = i64::from(lane as u8);
            let sql = "UPDATE bills SET decided = ?2, waived_until = NULL WHERE id = ?1";
            connection.execute(sql, params![decision.bill, lane]).map_err(unavailable)?;
            let sql = "UPDATE sights SET decided = ?2 WHERE bill = ?1";
            connection.execute(sql, params![decision.bill, lane]).map_err(unavailable)?;
        }
        (Deciding::Waived, _, Some(until)) => {
            let sql = "UPDATE bills SET waived_until = ?2 WHERE id = ?1";
            connection.execute(sql, params![decision.bill, until.to_string()]).map_err(unavailable)?;
        }
        _ => {}
    }
    Ok(())
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
