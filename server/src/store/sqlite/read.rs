//! What is asked of the tables.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Place;

use jiff::Timestamp;
use palisander_engine::Label;
use palisander_engine::answers::Lane;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use serde::de::DeserializeOwned;

use super::failed::unavailable;
use crate::cases::{Case, Entities};
use crate::hex;
use crate::plans::PlanRecord;
use crate::reports::ReportAnswer;
use crate::store::access::{AccessQuestion, AccessRequest, AccessState};
use crate::store::bills::{Bill, BillRecord, Decision, Probe, QueueQuestion, Reported};
use crate::store::cases::CaseQuestion;
use crate::store::chain::NO_ENTRY;
use crate::store::checkpoint::Checkpoint;
use crate::store::entry::{Entry, Kind, Once, Receipt};
use crate::store::error::StoreError;
use crate::store::hash::Hash;
use crate::store::holds::{Hold, HoldMet};
use crate::store::information::{Information, InformationQuestion, InformationState};
use crate::store::jobs::{Job, JobQuestion, Leased};
use crate::store::ledger::Use;
use crate::store::papers::PaperFound;
use crate::store::people::{Key, Reader};
use crate::store::register::RegisterChange;
use crate::store::rulesets::Ruleset;
use crate::store::sealed::Sealed;
use crate::verifications::Verification;

fn damaged(what: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(what.to_string())
}

/// An unsigned number as the tables hold it.
pub(super) fn stored(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Number and hash of the last entry.
pub(super) fn end(connection: &Connection) -> Result<(u64, Hash), StoreError> {
    let sql = "SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let last: Option<(i64, Hash)> =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(unavailable)?;
    Ok(last.map_or((0, NO_ENTRY), |(seq, hash)| (seq.unsigned_abs(), hash)))
}

pub(super) fn entries(connection: &Connection, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT seq, at, reader, grp, kind, subject, label, body, second, prev, hash FROM entries
               WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let mut rows = statement.query(params![stored(after), stored(limit as u64)]).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        found.push(entry(row)?);
    }
    Ok(found)
}

fn entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let text = |n: usize| row.get::<_, String>(n).map_err(unavailable);
    let seq = row.get::<_, i64>(0).map_err(unavailable)?.unsigned_abs();
    let wrong = |field: &str| damaged(format!("entry {seq}: its {field} cannot be read"));
    Ok(Entry {
        seq,
        at: text(1)?.parse::<Timestamp>().map_err(|_| wrong("time"))?,
        reader: text(2)?,
        group: row.get(3).map_err(unavailable)?,
        kind: Kind::read(&text(4)?).ok_or_else(|| wrong("kind"))?,
        subject: text(5)?,
        label: Label::read(&text(6)?).ok_or_else(|| wrong("label"))?,
        body: row.get(7).map_err(unavailable)?,
        second: row.get(8).map_err(unavailable)?,
        prev: row.get(9).map_err(unavailable)?,
        hash: row.get(10).map_err(unavailable)?,
    })
}

/// The receipts that were given under the same key; an error when it came with something else.
pub(super) fn done(connection: &Connection, once: &Once) -> Result<Option<Vec<Receipt>>, StoreError> {
    let sql = "SELECT digest, first, last FROM once WHERE key = ?1";
    let found: Option<(Hash, i64, i64)> = connection
        .query_row(sql, [&once.key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
        .map_err(unavailable)?;
    let Some((digest, first, last)) = found else { return Ok(None) };
    if digest != once.digest {
        return Err(StoreError::OtherBody);
    }
    let after = u64::try_from(first).unwrap_or(1).saturating_sub(1);
    let n = usize::try_from(last - first + 1).unwrap_or(0);
    let entries = entries(connection, after, n)?;
    Ok(Some(entries.iter().map(|entry| Receipt { seq: entry.seq, hash: entry.hash, again: true }).collect()))
}

/// Hands the hashes of the entries after `after` on, in order.
pub(super) fn hashes(connection: &Connection, after: u64, each: &mut dyn FnMut(Hash)) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT hash FROM entries WHERE seq > ?1 ORDER BY seq").map_err(unavailable)?;
    let mut rows = statement.query([stored(after)]).map_err(unavailable)?;
    while let Some(row) = rows.next().map_err(unavailable)? {
        each(row.get(0).map_err(unavailable)?);
    }
    Ok(())
}

pub(super) fn last_about(connection: &Connection, subject: &str) -> Result<u64, StoreError> {
    let sql = "SELECT max(seq) FROM entries WHERE subject = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let last: Option<i64> = statement.query_row([subject], |row| row.get(0)).map_err(unavailable)?;
    Ok(last.unwrap_or(0).unsigned_abs())
}

pub(super) fn body(connection: &Connection, digest: &Hash) -> Result<Option<Sealed>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT salt, bytes FROM bodies WHERE digest = ?1").map_err(unavailable)?;
    let found = statement
        .query_row([digest], |row| Ok(Sealed { digest: *digest, salt: row.get(0)?, bytes: row.get(1)? }))
        .optional();
    found.map_err(unavailable)
}

pub(super) fn checkpoints(connection: &Connection, limit: usize) -> Result<Vec<Checkpoint>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT ?1")
        .map_err(unavailable)?;
    let rows = statement
        .query_map([stored(limit as u64)], |row| {
            Ok(Checkpoint { size: row.get::<_, i64>(0)?.unsigned_abs(), note: row.get(1)? })
        })
        .map_err(unavailable)?;
    rows.collect::<Result<_, _>>().map_err(unavailable)
}

/// Records of a table with one column of JSON.
pub(super) fn records<T: DeserializeOwned>(connection: &Connection, sql: &str) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let mut rows = statement.query([]).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        found.push(record(&row.get::<_, String>(0).map_err(unavailable)?)?);
    }
    Ok(found)
}

fn record<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(damaged)
}

pub(super) fn key(connection: &Connection, hash: &Hash) -> Result<Option<(Key, Reader)>, StoreError> {
    let sql = "SELECT keys.record, readers.record FROM keys JOIN readers ON readers.id = keys.reader WHERE hash = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let found: Option<(String, String)> = statement
        .query_row([hex::shown(hash)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(unavailable)?;
    found.map(|(key, reader)| Ok((record(&key)?, record(&reader)?))).transpose()
}

pub(super) fn keys(connection: &Connection) -> Result<Vec<(Key, Option<Timestamp>)>, StoreError> {
    let sql = "SELECT record, at FROM keys LEFT JOIN key_uses ON key = id ORDER BY reader, id";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let mut rows = statement.query([]).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        let used: Option<String> = row.get(1).map_err(unavailable)?;
        let used = used.map(|text| text.parse().map_err(damaged)).transpose()?;
        found.push((record(&row.get::<_, String>(0).map_err(unavailable)?)?, used));
    }
    Ok(found)
}

/// Columns of a bill, in the order of [`bill_of`].
const BILL: &str = "bills.id, bills.seq, bills.reader, bills.assessed, bills.decided, bills.waived_until, bills.record";

pub(super) fn bill(connection: &Connection, id: &str) -> Result<Option<Bill>, StoreError> {
    let sql = format!("SELECT {BILL} FROM bills WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql).map_err(unavailable)?;
    let mut rows = statement.query([id]).map_err(unavailable)?;
    rows.next().map_err(unavailable)?.map(bill_of).transpose()
}

/// Bills of one lane in force. A bill that is waived stands among the green ones, whatever was decided before.
pub(super) fn queue(connection: &Connection, asked: &QueueQuestion) -> Result<Vec<Bill>, StoreError> {
    let is_waived = "(waived_until IS NOT NULL AND waived_until >= ?3)";
    let is_in_lane = match asked.lane {
        Lane::Green => format!("((sights.decided = ?2 AND NOT {is_waived}) OR {is_waived})"),
        _ => format!("(sights.decided = ?2 AND NOT {is_waived})"),
    };
    let sql = format!(
        "SELECT {BILL} FROM sights JOIN bills ON bills.id = sights.bill
         WHERE clearance = ?1 AND {is_in_lane} AND (rank, bills.id) > (?4, ?5) ORDER BY rank, bills.id LIMIT ?6"
    );
    let (rank, id) = asked.after.clone().unwrap_or_default();
    let mut statement = connection.prepare_cached(&sql).map_err(unavailable)?;
    let given = params![
        i64::from(asked.clearance as u8),
        i64::from(asked.lane as u8),
        asked.on.to_string(),
        rank,
        id,
        stored(asked.limit as u64)
    ];
    let mut rows = statement.query(given).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        found.push(bill_of(row)?);
    }
    Ok(found)
}

fn bill_of(row: &Row<'_>) -> Result<Bill, StoreError> {
    let text = |n: usize| row.get::<_, String>(n).map_err(unavailable);
    let lane = |n: usize| {
        let n: i64 = row.get(n).map_err(unavailable)?;
        let found = Lane::ALL.iter().copied().find(|lane| i64::from(*lane as u8) == n);
        found.ok_or_else(|| damaged(format!("{n} is no lane")))
    };
    let until: Option<String> = row.get(5).map_err(unavailable)?;
    let BillRecord { consignment, raised, sights } = record(&text(6)?)?;
    Ok(Bill {
        id: text(0)?,
        consignment,
        seq: row.get::<_, i64>(1).map_err(unavailable)?.unsigned_abs(),
        reader: text(2)?,
        assessed: lane(3)?,
        raised,
        decided: lane(4)?,
        waived_until: until.map(|text| text.parse().map_err(damaged)).transpose()?,
        sights,
    })
}

pub(super) fn decision(connection: &Connection, id: &str) -> Result<Option<(Decision, u64)>, StoreError> {
    let found: Option<(String, i64)> = connection
        .query_row("SELECT record, seq FROM decisions WHERE id = ?1", [id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(unavailable)?;
    found.map(|(text, seq)| Ok((record(&text)?, seq.unsigned_abs()))).transpose()
}

/// Bills under any of the keys that came since then, each once; of each key the last `limit`.
pub(super) fn probes(
    connection: &Connection,
    keys: &[String],
    since: Timestamp,
    limit: usize,
) -> Result<Vec<Probe>, StoreError> {
    let sql = "SELECT seq, n, record FROM probes WHERE key = ?1 AND at >= ?2 ORDER BY seq DESC, n DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let mut found = BTreeMap::new();
    for key in keys {
        let mut rows = statement.query(params![key, since.to_string(), stored(limit as u64)]).map_err(unavailable)?;
        while let Some(row) = rows.next().map_err(unavailable)? {
            let place: (i64, i64) = (row.get(0).map_err(unavailable)?, row.get(1).map_err(unavailable)?);
            if let Place::Vacant(vacant) = found.entry(place) {
                vacant.insert(record(&row.get::<_, String>(2).map_err(unavailable)?)?);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// By its index alone, however many papers there are.
pub(super) const PAPERS: &str = "SELECT seq, n, record FROM papers
     WHERE mark = ?1 AND (seq, n) < (?2, ?3) ORDER BY seq DESC, n DESC LIMIT ?4";

pub(super) fn papers(
    connection: &Connection,
    mark: &str,
    (seq, n): (u64, u64),
    limit: usize,
) -> Result<Vec<PaperFound>, StoreError> {
    let mut statement = connection.prepare_cached(PAPERS).map_err(unavailable)?;
    let given = params![mark, stored(seq), stored(n), stored(limit as u64)];
    let mut rows = statement.query(given).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        let (seq, n): (i64, i64) = (row.get(0).map_err(unavailable)?, row.get(1).map_err(unavailable)?);
        let at = record(&row.get::<_, String>(2).map_err(unavailable)?)?;
        found.push(PaperFound { seq: seq.unsigned_abs(), n: n.unsigned_abs(), at });
    }
    Ok(found)
}

pub(super) fn decisions(connection: &Connection, bill: &str) -> Result<Vec<Decision>, StoreError> {
    let sql = "SELECT record FROM decisions WHERE bill = ?1 ORDER BY seq, id";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let mut rows = statement.query([bill]).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        found.push(record(&row.get::<_, String>(0).map_err(unavailable)?)?);
    }
    Ok(found)
}

pub(super) fn results(connection: &Connection, after: u64, limit: usize) -> Result<Vec<(u64, Reported)>, StoreError> {
    let sql = "SELECT seq, record FROM results WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let mut rows = statement.query(params![stored(after), stored(limit as u64)]).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        let seq = row.get::<_, i64>(0).map_err(unavailable)?.unsigned_abs();
        found.push((seq, record(&row.get::<_, String>(1).map_err(unavailable)?)?));
    }
    Ok(found)
}

/// A piece of information as its last entry says it.
pub(super) fn information(connection: &Connection, id: &str) -> Result<Option<(Information, u64)>, StoreError> {
    let sql =
        "SELECT bytes, seq FROM information LEFT JOIN bodies ON digest = body WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Information by its last entry, the latest first.
pub(super) fn informations(
    connection: &Connection,
    asked: &InformationQuestion,
) -> Result<Vec<(Information, u64)>, StoreError> {
    let InformationQuestion { label, teller, state, before, limit } = asked;
    let state = state.map(InformationState::as_str);
    let sql = "SELECT bytes, seq FROM information AS own LEFT JOIN bodies ON digest = body
               WHERE seq < ?1 AND (label <= ?2 OR teller = ?3) AND (?5 IS NULL OR state = ?5)
                   AND NOT EXISTS (SELECT 1 FROM information AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?4";
    told(connection, sql, &[&stored(*before), &i64::from(*label as u8), teller, &stored(*limit as u64), &state])
}

/// Information that was live after an entry, by id.
pub(super) fn live_information(connection: &Connection, upto: u64) -> Result<Vec<Information>, StoreError> {
    let sql = "SELECT bytes, seq FROM information AS own LEFT JOIN bodies ON digest = body
               WHERE seq <= ?1 AND state = 'live' AND NOT EXISTS (
                   SELECT 1 FROM information AS later WHERE later.id = own.id AND later.seq > own.seq AND later.seq <= ?1)
               ORDER BY id";
    Ok(told(connection, sql, &[&stored(upto)])?.into_iter().map(|(one, _)| one).collect())
}

/// Records whose body was erased are left out: nobody knows any more what they said.
fn told<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    given: &[&dyn ToSql],
) -> Result<Vec<(T, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let mut rows = statement.query(given).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        let (bytes, seq): (Option<Vec<u8>>, i64) = (row.get(0).map_err(unavailable)?, row.get(1).map_err(unavailable)?);
        let Some(bytes) = bytes else { continue };
        found.push((serde_json::from_slice(&bytes).map_err(damaged)?, seq.unsigned_abs()));
    }
    Ok(found)
}

/// A ruleset as its last entry says it.
pub(super) fn ruleset(connection: &Connection, id: &str) -> Result<Option<(Ruleset, u64)>, StoreError> {
    let sql =
        "SELECT bytes, seq FROM rulesets LEFT JOIN bodies ON digest = body WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Rulesets by their last entry, the latest first.
pub(super) fn rulesets(connection: &Connection, limit: usize) -> Result<Vec<Ruleset>, StoreError> {
    let sql = "SELECT bytes, seq FROM rulesets AS own LEFT JOIN bodies ON digest = body
               WHERE NOT EXISTS (SELECT 1 FROM rulesets AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?1";
    Ok(told(connection, sql, &[&stored(limit as u64)])?.into_iter().map(|(one, _)| one).collect())
}

/// Rulesets that were part of the engine after an entry, by id.
pub(super) fn acting_rulesets(connection: &Connection, upto: u64) -> Result<Vec<Ruleset>, StoreError> {
    let sql = "SELECT bytes, seq FROM rulesets AS own LEFT JOIN bodies ON digest = body
               WHERE seq <= ?1 AND acts = 1 AND NOT EXISTS (
                   SELECT 1 FROM rulesets AS later WHERE later.id = own.id AND later.seq > own.seq AND later.seq <= ?1)
               ORDER BY id";
    Ok(told(connection, sql, &[&stored(upto)])?.into_iter().map(|(one, _)| one).collect())
}

pub(super) fn job(connection: &Connection, id: &str) -> Result<Option<(Job, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM jobs LEFT JOIN bodies ON digest = body WHERE id = ?1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Jobs of a state the earliest first, of a reader the latest first.
pub(super) fn jobs(connection: &Connection, asked: &JobQuestion, limit: usize) -> Result<Vec<(Job, u64)>, StoreError> {
    let limit = stored(limit as u64);
    match asked {
        JobQuestion::In(state) => {
            let sql =
                "SELECT bytes, seq FROM jobs LEFT JOIN bodies ON digest = body WHERE state = ?1 ORDER BY seq LIMIT ?2";
            told(connection, sql, &[&state.as_str(), &limit])
        }
        JobQuestion::Of(reader) => {
            let sql = "SELECT bytes, seq FROM jobs LEFT JOIN bodies ON digest = body WHERE reader = ?1 ORDER BY seq DESC LIMIT ?2";
            told(connection, sql, &[reader, &limit])
        }
    }
}

pub(super) fn access_request(connection: &Connection, id: &str) -> Result<Option<(AccessRequest, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM access_requests LEFT JOIN bodies ON digest = body WHERE id = ?1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Requests to be let in, the latest first.
pub(super) fn access_requests(
    connection: &Connection,
    asked: &AccessQuestion,
) -> Result<Vec<(AccessRequest, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM access_requests LEFT JOIN bodies ON digest = body
               WHERE seq < ?1 AND (?2 IS NULL OR state = ?2) ORDER BY seq DESC LIMIT ?3";
    let state = asked.state.map(AccessState::as_str);
    told(connection, sql, &[&stored(asked.before), &state, &stored(asked.limit as u64)])
}

pub(super) fn subject_reader(
    connection: &Connection,
    issuer: &str,
    subject: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT reader FROM subjects WHERE issuer = ?1 AND subject = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    statement.query_row([issuer, subject], |row| row.get(0)).optional().map_err(unavailable)
}

/// How a lease stands at a time, in microseconds.
pub(super) fn leased(connection: &Connection, name: &str, now: i64) -> Result<Option<Leased>, StoreError> {
    let sql = "SELECT note, until > ?2 FROM leases WHERE name = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let found = statement.query_row(params![name, now], |row| Ok(Leased { note: row.get(0)?, is_held: row.get(1)? }));
    found.optional().map_err(unavailable)
}

/// A change of the register as its last entry says it.
pub(super) fn register_change(connection: &Connection, id: &str) -> Result<Option<(RegisterChange, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM register_changes LEFT JOIN bodies ON digest = body
               WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Changes of the register by their last entry, the latest first.
pub(super) fn register_changes(connection: &Connection, limit: usize) -> Result<Vec<RegisterChange>, StoreError> {
    let sql = "SELECT bytes, seq FROM register_changes AS own LEFT JOIN bodies ON digest = body
               WHERE NOT EXISTS (
                   SELECT 1 FROM register_changes AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?1";
    Ok(told(connection, sql, &[&stored(limit as u64)])?.into_iter().map(|(one, _)| one).collect())
}

/// Changes that made the register as it was after an entry. What acts once is said by no later entry.
pub(super) fn acting_register(connection: &Connection, upto: u64) -> Result<Vec<RegisterChange>, StoreError> {
    let sql = "SELECT bytes, seq FROM register_changes LEFT JOIN bodies ON digest = body
               WHERE acts = 1 AND seq <= ?1 AND seq >= coalesce(
                   (SELECT max(seq) FROM register_changes WHERE acts = 1 AND is_whole = 1 AND seq <= ?1), 0)
               ORDER BY seq";
    Ok(told(connection, sql, &[&stored(upto)])?.into_iter().map(|(one, _)| one).collect())
}

/// A hold as its last entry says it.
pub(super) fn hold(connection: &Connection, id: &str) -> Result<Option<(Hold, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM holds LEFT JOIN bodies ON digest = body WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Holds by their last entry, the latest first.
pub(super) fn holds(connection: &Connection, limit: usize) -> Result<Vec<(Hold, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM holds AS own LEFT JOIN bodies ON digest = body
               WHERE NOT EXISTS (SELECT 1 FROM holds AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?1";
    told(connection, sql, &[&stored(limit as u64)])
}

/// Holds that acted after an entry, by id.
pub(super) fn acting_holds(connection: &Connection, upto: u64) -> Result<Vec<Hold>, StoreError> {
    let sql = "SELECT bytes, seq FROM holds AS own LEFT JOIN bodies ON digest = body
               WHERE seq <= ?1 AND acts = 1 AND NOT EXISTS (
                   SELECT 1 FROM holds AS later WHERE later.id = own.id AND later.seq > own.seq AND later.seq <= ?1)
               ORDER BY id";
    Ok(told(connection, sql, &[&stored(upto)])?.into_iter().map(|(one, _)| one).collect())
}

/// Bills that a hold has met, the first first.
pub(super) fn holds_met(connection: &Connection, hold: &str) -> Result<Vec<(HoldMet, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM holds_met LEFT JOIN bodies ON digest = body WHERE hold = ?1 ORDER BY seq";
    told(connection, sql, &[&hold])
}

/// A case as its last entry says it.
pub(super) fn case(connection: &Connection, id: &str) -> Result<Option<(Case, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM cases LEFT JOIN bodies ON digest = body WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Cases by their last entry, the latest first.
pub(super) fn cases(
    connection: &Connection,
    asked: &CaseQuestion,
    limit: usize,
) -> Result<Vec<(Case, u64)>, StoreError> {
    if let Some(bill) = &asked.bill {
        // A statement of its own, so that the index of bills is used.
        let sql = "SELECT bytes, seq FROM cases AS own LEFT JOIN bodies ON digest = body
                   WHERE bill = ?2 AND (is_open = 1 OR ?1)
                       AND NOT EXISTS (SELECT 1 FROM cases AS later WHERE later.id = own.id AND later.seq > own.seq)
                   ORDER BY seq DESC LIMIT ?3";
        return told(connection, sql, &[&asked.is_closed_too, bill, &stored(limit as u64)]);
    }
    let sql = "SELECT bytes, seq FROM cases AS own LEFT JOIN bodies ON digest = body
               WHERE (is_open = 1 OR ?1)
                   AND NOT EXISTS (SELECT 1 FROM cases AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?2";
    told(connection, sql, &[&asked.is_closed_too, &stored(limit as u64)])
}

/// Who and what stands behind a case, as the last entry says it.
pub(super) fn case_entities(connection: &Connection, id: &str) -> Result<Option<(Entities, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM case_entities LEFT JOIN bodies ON digest = body WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// The same of all cases, the latest first.
pub(super) fn all_entities(connection: &Connection, limit: usize) -> Result<Vec<(Entities, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM case_entities AS own LEFT JOIN bodies ON digest = body
               WHERE NOT EXISTS (SELECT 1 FROM case_entities AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?1";
    told(connection, sql, &[&stored(limit as u64)])
}

/// A request for verification as its last entry says it.
pub(super) fn verification(connection: &Connection, id: &str) -> Result<Option<(Verification, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM verifications LEFT JOIN bodies ON digest = body WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Requests by their last entry, the latest first.
pub(super) fn verifications(
    connection: &Connection,
    is_answered_too: bool,
    limit: usize,
) -> Result<Vec<(Verification, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM verifications AS own LEFT JOIN bodies ON digest = body
               WHERE (is_open = 1 OR ?1)
                   AND NOT EXISTS (SELECT 1 FROM verifications AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?2";
    told(connection, sql, &[&is_answered_too, &stored(limit as u64)])
}

/// A plan as its last entry says it.
pub(super) fn plan(connection: &Connection, id: &str) -> Result<Option<(PlanRecord, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM plans LEFT JOIN bodies ON digest = body WHERE id = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(told(connection, sql, &[&id])?.pop())
}

/// Plans by their last entry, the latest first.
pub(super) fn plans(
    connection: &Connection,
    is_ended_too: bool,
    limit: usize,
) -> Result<Vec<(PlanRecord, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM plans AS own LEFT JOIN bodies ON digest = body
               WHERE (is_open = 1 OR ?1)
                   AND NOT EXISTS (SELECT 1 FROM plans AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?2";
    told(connection, sql, &[&is_ended_too, &stored(limit as u64)])
}

/// The last answer by form to each question of a report of a year.
pub(super) fn report_answers(
    connection: &Connection,
    report: &str,
    year: i16,
) -> Result<Vec<(ReportAnswer, u64)>, StoreError> {
    let sql = "SELECT bytes, seq FROM report_answers AS own LEFT JOIN bodies ON digest = body
               WHERE report = ?1 AND year = ?2 AND NOT EXISTS (
                   SELECT 1 FROM report_answers AS later
                   WHERE later.report = own.report AND later.year = own.year AND later.question = own.question AND later.seq > own.seq)
               ORDER BY question";
    told(connection, sql, &[&report, &year])
}

/// Uses of an account in order.
pub(super) fn uses(connection: &Connection, account: &str, before: u64) -> Result<Vec<(u64, Use)>, StoreError> {
    used(
        connection,
        "SELECT seq, record FROM uses WHERE account = ?1 AND seq < ?2 ORDER BY seq, n",
        &[&account, &stored(before)],
    )
}

pub(super) fn last_use(connection: &Connection, account: &str) -> Result<u64, StoreError> {
    let sql = "SELECT max(seq) FROM uses WHERE account = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let last: Option<i64> = statement.query_row([account], |row| row.get(0)).map_err(unavailable)?;
    Ok(last.unwrap_or(0).unsigned_abs())
}

/// Uses by consignments and of manifests, in order.
pub(super) fn uses_by(
    connection: &Connection,
    whose: &[String],
    filings: &[String],
) -> Result<Vec<(u64, Use)>, StoreError> {
    let mut found = Vec::new();
    for who in whose {
        found.extend(used(connection, "SELECT seq, record FROM uses WHERE who = ?1 ORDER BY seq, n", &[who])?);
    }
    for filing in filings {
        found.extend(used(connection, "SELECT seq, record FROM uses WHERE filing = ?1 ORDER BY seq, n", &[filing])?);
    }
    found.sort_by_key(|(seq, _)| *seq);
    Ok(found)
}

fn used(connection: &Connection, sql: &str, given: &[&dyn ToSql]) -> Result<Vec<(u64, Use)>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let mut rows = statement.query(given).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        let (seq, text): (i64, String) = (row.get(0).map_err(unavailable)?, row.get(1).map_err(unavailable)?);
        found.push((seq.unsigned_abs(), record(&text)?));
    }
    Ok(found)
}

pub(super) fn shadow_counts(connection: &Connection, since: &str) -> Result<Vec<(String, u64, u64)>, StoreError> {
    let sql =
        "SELECT indicator, sum(fired), sum(of_green) FROM tried WHERE day >= ?1 GROUP BY indicator ORDER BY indicator";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let rows = statement
        .query_map([since], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs(), row.get::<_, i64>(2)?.unsigned_abs()))
        })
        .map_err(unavailable)?;
    rows.collect::<Result<_, _>>().map_err(unavailable)
}

pub(super) fn last_news(connection: &Connection) -> Result<u64, StoreError> {
    let sql =
        "SELECT max(coalesce((SELECT max(seq) FROM information), 0), coalesce((SELECT max(seq) FROM rulesets), 0),
                    coalesce((SELECT max(seq) FROM register_changes), 0),
                    coalesce((SELECT max(seq) FROM holds), 0))";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let last: Option<i64> = statement.query_row([], |row| row.get(0)).map_err(unavailable)?;
    Ok(last.unwrap_or(0).unsigned_abs())
}

/// Information that a reader has read and that was withdrawn.
pub(super) fn retracted_of(
    connection: &Connection,
    reader: &str,
    limit: usize,
) -> Result<Vec<Information>, StoreError> {
    let sql = "SELECT bytes, seq FROM readings
               JOIN information AS own ON own.id = readings.information LEFT JOIN bodies ON digest = body
               WHERE reader = ?1 AND state = 'withdrawn'
                   AND NOT EXISTS (SELECT 1 FROM information AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT ?2";
    Ok(told(connection, sql, &[&reader, &stored(limit as u64)])?.into_iter().map(|(one, _)| one).collect())
}

pub(super) fn readers_of(connection: &Connection, information: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT reader FROM readings WHERE information = ?1 ORDER BY reader";
    let mut statement = connection.prepare_cached(sql).map_err(unavailable)?;
    let rows = statement.query_map([information], |row| row.get(0)).map_err(unavailable)?;
    rows.collect::<Result<_, _>>().map_err(unavailable)
}

pub(super) fn holders(connection: &Connection) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT code, record FROM holders ORDER BY code").map_err(unavailable)?;
    let mut rows = statement.query([]).map_err(unavailable)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        let text: String = row.get(1).map_err(unavailable)?;
        found.push((row.get(0).map_err(unavailable)?, record(&text)?));
    }
    Ok(found)
}
