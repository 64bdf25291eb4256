//! What is asked of the tables.

use std::collections::HashMap;

use ::postgres::Row;
use ::postgres::types::FromSql;
use jiff::Timestamp;
use palisander_engine::Label;
use palisander_engine::answers::Lane;
use serde::de::DeserializeOwned;

use super::failed::Failed;
use super::link::Link;
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
use crate::store::plan::End;
use crate::store::register::RegisterChange;
use crate::store::rulesets::Ruleset;
use crate::store::sealed::Sealed;
use crate::verifications::Verification;

/// Hashes that are read at once.
const STEP: i64 = 10_000;

pub(super) fn damaged(what: impl std::fmt::Display) -> Failed {
    Failed::Store(StoreError::Damaged(what.to_string()))
}

/// An unsigned number as the tables hold it.
pub(super) fn stored(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Nothing in the tables is named so: their texts hold no zero byte, and the database refuses to be asked for one.
fn is_nobody(name: &str) -> bool {
    name.contains('\0')
}

pub(super) fn column<'a, T: FromSql<'a>>(row: &'a Row, n: usize) -> Result<T, Failed> {
    row.try_get(n).map_err(damaged)
}

pub(super) fn unsigned(row: &Row, n: usize) -> Result<u64, Failed> {
    Ok(column::<i64>(row, n)?.unsigned_abs())
}

pub(super) fn hash(row: &Row, n: usize) -> Result<Hash, Failed> {
    Hash::try_from(column::<&[u8]>(row, n)?).map_err(|_| damaged("a hash is not of 32 bytes"))
}

fn record<T: DeserializeOwned>(row: &Row, n: usize) -> Result<T, Failed> {
    serde_json::from_str(column(row, n)?).map_err(damaged)
}

/// Number and hash of the last entry.
pub(super) fn end(link: &mut Link) -> Result<End, Failed> {
    let last = link.row("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1", &[])?;
    last.map_or(Ok((0, NO_ENTRY)), |row| Ok((unsigned(&row, 0)?, hash(&row, 1)?)))
}

/// The hash of an entry by its number.
pub(super) fn hash_of(link: &mut Link, seq: u64) -> Result<Option<Hash>, Failed> {
    let found = link.row("SELECT hash FROM entries WHERE seq = $1", &[&stored(seq)])?;
    found.map(|row| hash(&row, 0)).transpose()
}

pub(super) fn entries(link: &mut Link, after: u64, limit: usize) -> Result<Vec<Entry>, Failed> {
    let sql = "SELECT seq, at, reader, grp, kind, subject, label, body, second, prev, hash FROM entries
               WHERE seq > $1 ORDER BY seq LIMIT $2";
    link.rows(sql, &[&stored(after), &stored(limit as u64)])?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, Failed> {
    let seq = unsigned(row, 0)?;
    let wrong = |field: &str| damaged(format!("entry {seq}: its {field} cannot be read"));
    Ok(Entry {
        seq,
        at: column::<&str>(row, 1)?.parse::<Timestamp>().map_err(|_| wrong("time"))?,
        reader: column(row, 2)?,
        group: column(row, 3)?,
        kind: Kind::read(column(row, 4)?).ok_or_else(|| wrong("kind"))?,
        subject: column(row, 5)?,
        label: Label::read(column(row, 6)?).ok_or_else(|| wrong("label"))?,
        body: hash(row, 7)?,
        second: column(row, 8)?,
        prev: hash(row, 9)?,
        hash: hash(row, 10)?,
    })
}

/// What was done under some idempotency keys: by key the digest of what came, and the receipts.
pub(super) fn done_under(link: &mut Link, keys: &[&str]) -> Result<HashMap<String, (Hash, Vec<Receipt>)>, Failed> {
    let sql = "SELECT once.key, once.digest, entries.seq, entries.hash FROM once
               JOIN entries ON entries.seq BETWEEN once.first AND once.last
               WHERE once.key = ANY($1) ORDER BY once.key, entries.seq";
    let mut found: HashMap<String, (Hash, Vec<Receipt>)> = HashMap::new();
    for row in link.rows(sql, &[&keys])? {
        let receipt = Receipt { seq: unsigned(&row, 2)?, hash: hash(&row, 3)?, again: true };
        let digest = hash(&row, 1)?;
        found.entry(column(&row, 0)?).or_insert_with(|| (digest, Vec::new())).1.push(receipt);
    }
    Ok(found)
}

/// The first receipt of what was done under a key; an error when it came with something else.
pub(super) fn done(link: &mut Link, once: &Once) -> Result<Option<Receipt>, Failed> {
    if is_nobody(&once.key) {
        return Ok(None);
    }
    match done_under(link, &[&once.key])?.remove(&once.key) {
        Some((digest, _)) if digest != once.digest => Err(StoreError::OtherBody.into()),
        found => Ok(found.and_then(|(_, receipts)| receipts.into_iter().next())),
    }
}

/// Hashes of the next entries after `after`, in order; none at the end of the log.
pub(super) fn hashes(link: &mut Link, after: u64) -> Result<Vec<Hash>, Failed> {
    let sql = "SELECT hash FROM entries WHERE seq > $1 ORDER BY seq LIMIT $2";
    link.rows(sql, &[&stored(after), &STEP])?.iter().map(|row| hash(row, 0)).collect()
}

/// By subject the number of the last entry about it.
pub(super) fn last_about(link: &mut Link, subjects: &[&str]) -> Result<HashMap<String, u64>, Failed> {
    let sql = "SELECT subject, max(seq) FROM entries WHERE subject = ANY($1) GROUP BY subject";
    let named: Vec<&str> = subjects.iter().copied().filter(|subject| !is_nobody(subject)).collect();
    link.rows(sql, &[&named])?.iter().map(|row| Ok((column(row, 0)?, unsigned(row, 1)?))).collect()
}

pub(super) fn body(link: &mut Link, digest: &Hash) -> Result<Option<Sealed>, Failed> {
    Ok(bodies(link, &[digest.as_slice()])?.into_values().next())
}

/// Bodies by their digests; those that were erased or never kept are left out.
pub(super) fn bodies(link: &mut Link, digests: &[&[u8]]) -> Result<HashMap<Hash, Sealed>, Failed> {
    let rows = link.rows("SELECT digest, salt, bytes FROM bodies WHERE digest = ANY($1)", &[&digests])?;
    let sealed = |row: &Row| {
        let digest = hash(row, 0)?;
        Ok((digest, Sealed { digest, salt: hash(row, 1)?, bytes: column(row, 2)? }))
    };
    rows.iter().map(sealed).collect()
}

pub(super) fn checkpoints(link: &mut Link, limit: usize) -> Result<Vec<Checkpoint>, Failed> {
    let sql = "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT $1";
    let rows = link.rows(sql, &[&stored(limit as u64)])?;
    rows.iter().map(|row| Ok(Checkpoint { size: unsigned(row, 0)?, note: column(row, 1)? })).collect()
}

/// Records of a table with one column of JSON.
pub(super) fn records<T: DeserializeOwned>(link: &mut Link, sql: &'static str) -> Result<Vec<T>, Failed> {
    link.rows(sql, &[])?.iter().map(|row| record(row, 0)).collect()
}

pub(super) fn key(link: &mut Link, hash: &Hash) -> Result<Option<(Key, Reader)>, Failed> {
    let sql = "SELECT keys.record, readers.record FROM keys JOIN readers ON readers.id = keys.reader WHERE hash = $1";
    let found = link.row(sql, &[&hex::shown(hash)])?;
    found.map(|row| Ok((record(&row, 0)?, record(&row, 1)?))).transpose()
}

pub(super) fn keys(link: &mut Link) -> Result<Vec<(Key, Option<Timestamp>)>, Failed> {
    let sql = "SELECT record, at FROM keys LEFT JOIN key_uses ON key = id ORDER BY reader, id";
    let one = |row: &Row| {
        let used = column::<Option<&str>>(row, 1)?.map(|text| text.parse().map_err(damaged)).transpose()?;
        Ok((record(row, 0)?, used))
    };
    link.rows(sql, &[])?.iter().map(one).collect()
}

pub(super) fn bill(link: &mut Link, id: &str) -> Result<Option<Bill>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT id, seq, reader, assessed, decided, waived_until, record FROM bills WHERE id = $1";
    link.row(sql, &[&id])?.as_ref().map(bill_of).transpose()
}

/// Bills of one lane in force, waived ones left out; from a place in the index and then in the whole order.
const IN_LANE: &str = "SELECT bills.id, bills.seq, bills.reader, bills.assessed, bills.decided, bills.waived_until, bills.record
    FROM sights JOIN bills ON bills.id = sights.bill
    WHERE clearance = $1 AND substring(rank from 1 for 200) >= substring($4::bytea from 1 for 200) AND (rank, sights.bill) > ($4::bytea, $5)
    AND sights.decided = $2 AND (waived_until IS NULL OR waived_until < $3)
    ORDER BY substring(rank from 1 for 200), rank, sights.bill LIMIT $6";
/// The same for green, among which a bill that is waived stands, whatever was decided before.
const GREEN: &str = "SELECT id, seq, reader, assessed, decided, waived_until, record FROM (
    (SELECT bills.id, bills.seq, bills.reader, bills.assessed, bills.decided, bills.waived_until, bills.record, rank
    FROM sights JOIN bills ON bills.id = sights.bill
    WHERE clearance = $1 AND substring(rank from 1 for 200) >= substring($4::bytea from 1 for 200)
    AND (rank, sights.bill) > ($4::bytea, $5) AND sights.decided = $2
    ORDER BY substring(rank from 1 for 200), rank, sights.bill LIMIT $6)
    UNION
    (SELECT bills.id, bills.seq, bills.reader, bills.assessed, bills.decided, bills.waived_until, bills.record, rank
    FROM bills JOIN sights ON sights.bill = bills.id AND clearance = $1
    WHERE waived_until >= $3 AND (rank, sights.bill) > ($4::bytea, $5)
    ORDER BY rank, sights.bill LIMIT $6)
    ) AS green ORDER BY rank, id LIMIT $6";

pub(super) fn queue(link: &mut Link, asked: &QueueQuestion) -> Result<Vec<Bill>, Failed> {
    let (rank, id) = asked.after.clone().unwrap_or_default();
    // A cursor comes from outside. No id holds a zero byte, and what follows one that does follows the part before it.
    let id = id.split('\0').next().unwrap_or_default().to_owned();
    let (clearance, lane) = (i64::from(asked.clearance as u8), i64::from(asked.lane as u8));
    let sql = if asked.lane == Lane::Green { GREEN } else { IN_LANE };
    let (on, limit) = (asked.on.to_string(), stored(asked.limit as u64));
    link.rows(sql, &[&clearance, &lane, &on, &rank.as_bytes(), &id, &limit])?.iter().map(bill_of).collect()
}

fn bill_of(row: &Row) -> Result<Bill, Failed> {
    let lane = |n: usize| {
        let n: i64 = column(row, n)?;
        let found = Lane::ALL.iter().copied().find(|lane| i64::from(*lane as u8) == n);
        found.ok_or_else(|| damaged(format!("{n} is no lane")))
    };
    let until: Option<&str> = column(row, 5)?;
    let BillRecord { consignment, raised, sights } = record(row, 6)?;
    Ok(Bill {
        id: column(row, 0)?,
        consignment,
        seq: unsigned(row, 1)?,
        reader: column(row, 2)?,
        assessed: lane(3)?,
        raised,
        decided: lane(4)?,
        waived_until: until.map(|text| text.parse().map_err(damaged)).transpose()?,
        sights,
    })
}

pub(super) fn decision(link: &mut Link, id: &str) -> Result<Option<(Decision, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let found = link.row("SELECT record, seq FROM decisions WHERE id = $1", &[&id])?;
    found.map(|row| Ok((record(&row, 0)?, unsigned(&row, 1)?))).transpose()
}

pub(super) fn decisions(link: &mut Link, bill: &str) -> Result<Vec<Decision>, Failed> {
    if is_nobody(bill) {
        return Ok(Vec::new());
    }
    let rows = link.rows("SELECT record FROM decisions WHERE bill = $1 ORDER BY seq, id", &[&bill])?;
    rows.iter().map(|row| record(row, 0)).collect()
}

pub(super) fn results(link: &mut Link, after: u64, limit: usize) -> Result<Vec<(u64, Reported)>, Failed> {
    let sql = "SELECT seq, record FROM results WHERE seq > $1 ORDER BY seq LIMIT $2";
    let rows = link.rows(sql, &[&stored(after), &stored(limit as u64)])?;
    rows.iter().map(|row| Ok((unsigned(row, 0)?, record(row, 1)?))).collect()
}

/// Bills under any of the keys that came since then, each once; of each key the last `limit`.
pub(super) fn probes(link: &mut Link, keys: &[String], since: Timestamp, limit: usize) -> Result<Vec<Probe>, Failed> {
    let sql = "SELECT DISTINCT ON (found.seq, found.n) found.record
               FROM unnest($1::text[]) AS asked (key)
               CROSS JOIN LATERAL (
                   SELECT seq, n, record FROM probes WHERE probes.key = asked.key AND at >= $2
                   ORDER BY seq DESC, n DESC LIMIT $3
               ) AS found
               ORDER BY found.seq, found.n";
    let rows = link.rows(sql, &[&keys, &since.to_string(), &stored(limit as u64)])?;
    rows.iter().map(|row| record(row, 0)).collect()
}

/// Papers under a mark, the latest first.
pub(super) fn papers(link: &mut Link, mark: &str, before: (u64, u64), limit: usize) -> Result<Vec<PaperFound>, Failed> {
    if is_nobody(mark) {
        return Ok(Vec::new());
    }
    let sql = "SELECT seq, n, record FROM papers
               WHERE mark = $1 AND (seq, n) < ($2, $3) ORDER BY seq DESC, n DESC LIMIT $4";
    let rows = link.rows(sql, &[&mark, &stored(before.0), &stored(before.1), &stored(limit as u64)])?;
    let found = |row: &Row| Ok(PaperFound { seq: unsigned(row, 0)?, n: unsigned(row, 1)?, at: record(row, 2)? });
    rows.iter().map(found).collect()
}

/// A piece of information as its last entry says it.
pub(super) fn information(link: &mut Link, id: &str) -> Result<Option<(Information, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql =
        "SELECT bytes, seq FROM information LEFT JOIN bodies ON digest = body WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Information by its last entry, the latest first.
pub(super) fn informations(link: &mut Link, asked: &InformationQuestion) -> Result<Vec<(Information, u64)>, Failed> {
    let InformationQuestion { label, teller, state, before, limit } = asked;
    let state = state.map(InformationState::as_str);
    let sql = "SELECT bytes, seq FROM information AS own LEFT JOIN bodies ON digest = body
               WHERE seq < $1 AND (label <= $2 OR teller = $3) AND ($5::text IS NULL OR state = $5)
                   AND NOT EXISTS (SELECT 1 FROM information AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $4";
    told(&link.rows(sql, &[&stored(*before), &i64::from(*label as u8), teller, &stored(*limit as u64), &state])?)
}

/// Information that was live after an entry, by id.
pub(super) fn live_information(link: &mut Link, upto: u64) -> Result<Vec<Information>, Failed> {
    let sql = "SELECT bytes, seq FROM information AS own LEFT JOIN bodies ON digest = body
               WHERE seq <= $1 AND state = 'live' AND NOT EXISTS (
                   SELECT 1 FROM information AS later WHERE later.id = own.id AND later.seq > own.seq AND later.seq <= $1)
               ORDER BY id";
    Ok(told(&link.rows(sql, &[&stored(upto)])?)?.into_iter().map(|(one, _)| one).collect())
}

/// Records whose body was erased are left out: nobody knows any more what they said.
fn told<T: DeserializeOwned>(rows: &[Row]) -> Result<Vec<(T, u64)>, Failed> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(bytes) = column::<Option<&[u8]>>(row, 0)? else { continue };
        found.push((serde_json::from_slice(bytes).map_err(damaged)?, unsigned(row, 1)?));
    }
    Ok(found)
}

/// A ruleset as its last entry says it.
pub(super) fn ruleset(link: &mut Link, id: &str) -> Result<Option<(Ruleset, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql =
        "SELECT bytes, seq FROM rulesets LEFT JOIN bodies ON digest = body WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Rulesets by their last entry, the latest first.
pub(super) fn rulesets(link: &mut Link, limit: usize) -> Result<Vec<Ruleset>, Failed> {
    let sql = "SELECT bytes, seq FROM rulesets AS own LEFT JOIN bodies ON digest = body
               WHERE NOT EXISTS (SELECT 1 FROM rulesets AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $1";
    Ok(told(&link.rows(sql, &[&stored(limit as u64)])?)?.into_iter().map(|(one, _)| one).collect())
}

pub(super) fn job(link: &mut Link, id: &str) -> Result<Option<(Job, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT bytes, seq FROM jobs LEFT JOIN bodies ON digest = body WHERE id = $1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Jobs of a state the earliest first, of a reader the latest first.
pub(super) fn jobs(link: &mut Link, asked: &JobQuestion, limit: usize) -> Result<Vec<(Job, u64)>, Failed> {
    let limit = stored(limit as u64);
    let rows = match asked {
        JobQuestion::In(state) => {
            let sql =
                "SELECT bytes, seq FROM jobs LEFT JOIN bodies ON digest = body WHERE state = $1 ORDER BY seq LIMIT $2";
            link.rows(sql, &[&state.as_str(), &limit])?
        }
        JobQuestion::Of(reader) => {
            let sql = "SELECT bytes, seq FROM jobs LEFT JOIN bodies ON digest = body WHERE reader = $1 ORDER BY seq DESC LIMIT $2";
            link.rows(sql, &[reader, &limit])?
        }
    };
    told(&rows)
}

pub(super) fn access_request(link: &mut Link, id: &str) -> Result<Option<(AccessRequest, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT bytes, seq FROM access_requests LEFT JOIN bodies ON digest = body WHERE id = $1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Requests to be let in, the latest first.
pub(super) fn access_requests(link: &mut Link, asked: &AccessQuestion) -> Result<Vec<(AccessRequest, u64)>, Failed> {
    let sql = "SELECT bytes, seq FROM access_requests LEFT JOIN bodies ON digest = body
               WHERE seq < $1 AND ($2::text IS NULL OR state = $2) ORDER BY seq DESC LIMIT $3";
    let state = asked.state.map(AccessState::as_str);
    told(&link.rows(sql, &[&stored(asked.before), &state, &stored(asked.limit as u64)])?)
}

pub(super) fn subject_reader(link: &mut Link, issuer: &str, subject: &str) -> Result<Option<String>, Failed> {
    if is_nobody(issuer) || is_nobody(subject) {
        return Ok(None);
    }
    let found = link.row("SELECT reader FROM subjects WHERE issuer = $1 AND subject = $2", &[&issuer, &subject])?;
    found.map(|row| column(&row, 0)).transpose()
}

/// How a lease stands, by the clock of the database.
pub(super) fn leased(link: &mut Link, name: &str) -> Result<Option<Leased>, Failed> {
    let found = link.row("SELECT note, until > clock_timestamp() FROM leases WHERE name = $1", &[&name])?;
    found.map(|row| Ok(Leased { note: column(&row, 0)?, is_held: column(&row, 1)? })).transpose()
}

/// Rulesets that were part of the engine after an entry, by id.
pub(super) fn acting_rulesets(link: &mut Link, upto: u64) -> Result<Vec<Ruleset>, Failed> {
    let sql = "SELECT bytes, seq FROM rulesets AS own LEFT JOIN bodies ON digest = body
               WHERE seq <= $1 AND acts AND NOT EXISTS (
                   SELECT 1 FROM rulesets AS later WHERE later.id = own.id AND later.seq > own.seq AND later.seq <= $1)
               ORDER BY id";
    Ok(told(&link.rows(sql, &[&stored(upto)])?)?.into_iter().map(|(one, _)| one).collect())
}

/// A change of the register as its last entry says it.
pub(super) fn register_change(link: &mut Link, id: &str) -> Result<Option<(RegisterChange, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT bytes, seq FROM register_changes LEFT JOIN bodies ON digest = body
               WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Changes of the register by their last entry, the latest first.
pub(super) fn register_changes(link: &mut Link, limit: usize) -> Result<Vec<RegisterChange>, Failed> {
    let sql = "SELECT bytes, seq FROM register_changes AS own LEFT JOIN bodies ON digest = body
               WHERE NOT EXISTS (
                   SELECT 1 FROM register_changes AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $1";
    Ok(told(&link.rows(sql, &[&stored(limit as u64)])?)?.into_iter().map(|(one, _)| one).collect())
}

/// Changes that made the register as it was after an entry. What acts once is said by no later entry.
pub(super) fn acting_register(link: &mut Link, upto: u64) -> Result<Vec<RegisterChange>, Failed> {
    let sql = "SELECT bytes, seq FROM register_changes LEFT JOIN bodies ON digest = body
               WHERE acts AND seq <= $1 AND seq >= coalesce(
                   (SELECT max(seq) FROM register_changes WHERE acts AND is_whole AND seq <= $1), 0)
               ORDER BY seq";
    Ok(told(&link.rows(sql, &[&stored(upto)])?)?.into_iter().map(|(one, _)| one).collect())
}

/// A hold as its last entry says it.
pub(super) fn hold(link: &mut Link, id: &str) -> Result<Option<(Hold, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT bytes, seq FROM holds LEFT JOIN bodies ON digest = body WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Holds by their last entry, the latest first.
pub(super) fn holds(link: &mut Link, limit: usize) -> Result<Vec<(Hold, u64)>, Failed> {
    let sql = "SELECT bytes, seq FROM holds AS own LEFT JOIN bodies ON digest = body
               WHERE NOT EXISTS (SELECT 1 FROM holds AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $1";
    told(&link.rows(sql, &[&stored(limit as u64)])?)
}

/// Holds that acted after an entry, by id.
pub(super) fn acting_holds(link: &mut Link, upto: u64) -> Result<Vec<Hold>, Failed> {
    let sql = "SELECT bytes, seq FROM holds AS own LEFT JOIN bodies ON digest = body
               WHERE seq <= $1 AND acts AND NOT EXISTS (
                   SELECT 1 FROM holds AS later WHERE later.id = own.id AND later.seq > own.seq AND later.seq <= $1)
               ORDER BY id";
    Ok(told(&link.rows(sql, &[&stored(upto)])?)?.into_iter().map(|(one, _)| one).collect())
}

/// A case as its last entry says it.
pub(super) fn case(link: &mut Link, id: &str) -> Result<Option<(Case, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT bytes, seq FROM cases LEFT JOIN bodies ON digest = body WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Cases by their last entry, the latest first.
pub(super) fn cases(link: &mut Link, asked: &CaseQuestion, limit: usize) -> Result<Vec<(Case, u64)>, Failed> {
    if asked.bill.as_ref().is_some_and(|bill| is_nobody(bill)) {
        return Ok(Vec::new());
    }
    let sql = "SELECT bytes, seq FROM cases AS own LEFT JOIN bodies ON digest = body
               WHERE (is_open OR $1) AND ($2::text IS NULL OR bill = $2)
                   AND NOT EXISTS (SELECT 1 FROM cases AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $3";
    told(&link.rows(sql, &[&asked.is_closed_too, &asked.bill, &stored(limit as u64)])?)
}

/// Who and what stands behind a case, as the last entry says it.
pub(super) fn case_entities(link: &mut Link, id: &str) -> Result<Option<(Entities, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT bytes, seq FROM case_entities LEFT JOIN bodies ON digest = body WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// The same of all cases, the latest first.
pub(super) fn all_entities(link: &mut Link, limit: usize) -> Result<Vec<(Entities, u64)>, Failed> {
    let sql = "SELECT bytes, seq FROM case_entities AS own LEFT JOIN bodies ON digest = body
               WHERE NOT EXISTS (SELECT 1 FROM case_entities AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $1";
    told(&link.rows(sql, &[&stored(limit as u64)])?)
}

/// A request for verification as its last entry says it.
pub(super) fn verification(link: &mut Link, id: &str) -> Result<Option<(Verification, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT bytes, seq FROM verifications LEFT JOIN bodies ON digest = body WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Requests by their last entry, the latest first.
pub(super) fn verifications(
    link: &mut Link,
    is_answered_too: bool,
    limit: usize,
) -> Result<Vec<(Verification, u64)>, Failed> {
    let sql = "SELECT bytes, seq FROM verifications AS own LEFT JOIN bodies ON digest = body
               WHERE (is_open OR $1)
                   AND NOT EXISTS (SELECT 1 FROM verifications AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $2";
    told(&link.rows(sql, &[&is_answered_too, &stored(limit as u64)])?)
}

/// A plan as its last entry says it.
pub(super) fn plan(link: &mut Link, id: &str) -> Result<Option<(PlanRecord, u64)>, Failed> {
    if is_nobody(id) {
        return Ok(None);
    }
    let sql = "SELECT bytes, seq FROM plans LEFT JOIN bodies ON digest = body WHERE id = $1 ORDER BY seq DESC LIMIT 1";
    Ok(told(&link.rows(sql, &[&id])?)?.pop())
}

/// Plans by their last entry, the latest first.
pub(super) fn plans(link: &mut Link, is_ended_too: bool, limit: usize) -> Result<Vec<(PlanRecord, u64)>, Failed> {
    let sql = "SELECT bytes, seq FROM plans AS own LEFT JOIN bodies ON digest = body
               WHERE (is_open OR $1)
                   AND NOT EXISTS (SELECT 1 FROM plans AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $2";
    told(&link.rows(sql, &[&is_ended_too, &stored(limit as u64)])?)
}

/// The last answer by form to each question of a report of a year.
pub(super) fn report_answers(link: &mut Link, report: &str, year: i16) -> Result<Vec<(ReportAnswer, u64)>, Failed> {
    if is_nobody(report) {
        return Ok(Vec::new());
    }
    let sql = "SELECT bytes, seq FROM report_answers AS own LEFT JOIN bodies ON digest = body
               WHERE report = $1 AND year = $2 AND NOT EXISTS (
                   SELECT 1 FROM report_answers AS later
                   WHERE later.report = own.report AND later.year = own.year AND later.question = own.question AND later.seq > own.seq)
               ORDER BY question";
    told(&link.rows(sql, &[&report, &i64::from(year)])?)
}

/// Bills that a hold has met, the first first.
pub(super) fn holds_met(link: &mut Link, hold: &str) -> Result<Vec<(HoldMet, u64)>, Failed> {
    if is_nobody(hold) {
        return Ok(Vec::new());
    }
    let sql = "SELECT bytes, seq FROM holds_met LEFT JOIN bodies ON digest = body WHERE hold = $1 ORDER BY seq";
    told(&link.rows(sql, &[&hold])?)
}

/// Uses of an account in order.
pub(super) fn uses(link: &mut Link, account: &str, before: u64) -> Result<Vec<(u64, Use)>, Failed> {
    if is_nobody(account) {
        return Ok(Vec::new());
    }
    let sql = "SELECT seq, record FROM uses WHERE account = $1 AND seq < $2 ORDER BY seq, n";
    used(&link.rows(sql, &[&account, &stored(before)])?)
}

/// The last entry that used each of some accounts.
pub(super) fn last_uses(link: &mut Link, accounts: &[&str]) -> Result<HashMap<String, u64>, Failed> {
    let sql = "SELECT account, max(seq) FROM uses WHERE account = ANY($1::text[]) GROUP BY account";
    let rows = link.rows(sql, &[&accounts])?;
    rows.iter().map(|row| Ok((column(row, 0)?, unsigned(row, 1)?))).collect()
}

/// Uses by consignments and of manifests, in order.
pub(super) fn uses_by(link: &mut Link, whose: &[String], filings: &[String]) -> Result<Vec<(u64, Use)>, Failed> {
    let sql = "SELECT seq, record FROM uses WHERE who = ANY($1::text[])
               UNION ALL
               SELECT seq, record FROM uses WHERE filing <> '' AND filing = ANY($2::text[])
               ORDER BY 1";
    used(&link.rows(sql, &[&whose, &filings])?)
}

fn used(rows: &[Row]) -> Result<Vec<(u64, Use)>, Failed> {
    rows.iter().map(|row| Ok((unsigned(row, 0)?, record(row, 1)?))).collect()
}

pub(super) fn shadow_counts(link: &mut Link, since: &str) -> Result<Vec<(String, u64, u64)>, Failed> {
    let sql = "SELECT indicator, sum(fired)::bigint, sum(of_green)::bigint FROM tried WHERE day >= $1
               GROUP BY indicator ORDER BY indicator";
    let rows = link.rows(sql, &[&since])?;
    rows.iter().map(|row| Ok((column(row, 0)?, unsigned(row, 1)?, unsigned(row, 2)?))).collect()
}

pub(super) fn last_news(link: &mut Link) -> Result<u64, Failed> {
    let sql = "SELECT greatest((SELECT max(seq) FROM information), (SELECT max(seq) FROM rulesets),
                               (SELECT max(seq) FROM register_changes), (SELECT max(seq) FROM holds))";
    let last = link.row(sql, &[])?;
    Ok(last.map_or(Ok(None), |row| column::<Option<i64>>(&row, 0))?.unwrap_or(0).unsigned_abs())
}

/// Information that a reader has read and that was withdrawn.
pub(super) fn retracted_of(link: &mut Link, reader: &str, limit: usize) -> Result<Vec<Information>, Failed> {
    let sql = "SELECT bytes, seq FROM readings
               JOIN information AS own ON own.id = readings.information LEFT JOIN bodies ON digest = body
               WHERE reader = $1 AND state = 'withdrawn'
                   AND NOT EXISTS (SELECT 1 FROM information AS later WHERE later.id = own.id AND later.seq > own.seq)
               ORDER BY seq DESC LIMIT $2";
    Ok(told(&link.rows(sql, &[&reader, &stored(limit as u64)])?)?.into_iter().map(|(one, _)| one).collect())
}

pub(super) fn readers_of(link: &mut Link, information: &str) -> Result<Vec<String>, Failed> {
    let sql = "SELECT reader FROM readings WHERE information = $1 ORDER BY reader";
    link.rows(sql, &[&information])?.iter().map(|row| column(row, 0)).collect()
}

pub(super) fn holders(link: &mut Link) -> Result<Vec<(String, Vec<String>)>, Failed> {
    let rows = link.rows("SELECT code, record FROM holders ORDER BY code", &[])?;
    rows.iter().map(|row| Ok((column(row, 0)?, record(row, 1)?))).collect()
}
