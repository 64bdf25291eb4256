//! The tables of what follows from the entries.
//!
//! In: rows, in order, within the transaction of their entries. Out: the tables as they say. What follows from an entry is
//! said in `store/fold.rs`; here is only how each row is set.

use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::failed::unavailable;
use super::read::stored;
use crate::store::error::StoreError;
use crate::store::fold::{self, Row};

/// Takes every row out of the projections.
pub(super) fn emptied(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch(
            "DELETE FROM readers; DELETE FROM groups; DELETE FROM keys;
             DELETE FROM bills; DELETE FROM sights; DELETE FROM decisions; DELETE FROM results; DELETE FROM probes;
             DELETE FROM information; DELETE FROM readings; DELETE FROM rulesets; DELETE FROM tried; DELETE FROM holders;
             DELETE FROM jobs; DELETE FROM access_requests; DELETE FROM webhooks; DELETE FROM subjects;
             DELETE FROM register_changes; DELETE FROM uses; DELETE FROM holds; DELETE FROM holds_met;
             DELETE FROM papers; DELETE FROM cases; DELETE FROM case_entities; DELETE FROM verifications;
             DELETE FROM plans; DELETE FROM report_answers;",
        )
        .map_err(unavailable)
}

/// Sets the rows of an entry.
pub(super) fn set(connection: &Connection, rows: &[Row]) -> Result<(), StoreError> {
    rows.iter().try_for_each(|row| one(connection, row))
}

fn one(connection: &Connection, row: &Row) -> Result<(), StoreError> {
    let does = |sql: &str, given: &[&dyn ToSql]| {
        let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute(given));
        done.map(drop).map_err(unavailable)
    };
    match row {
        Row::Reader { id, record } => {
            does("INSERT INTO readers VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET record = ?2", params![id, record])
        }
        Row::Group { id, record } => {
            does("INSERT INTO groups VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET record = ?2", params![id, record])
        }
        Row::Key { id, reader, hash, record } => {
            does("INSERT INTO keys VALUES (?1, ?2, ?3, ?4)", params![id, reader, hash, record])
        }
        Row::KeyEnds(end) => {
            let found: Option<String> = connection
                .query_row("SELECT record FROM keys WHERE id = ?1", [&end.id], |row| row.get(0))
                .optional()
                .map_err(unavailable)?;
            let Some(record) = found else { return Ok(()) };
            does("UPDATE keys SET record = ?2 WHERE id = ?1", params![end.id, fold::ended(&record, end)?])
        }
        Row::Bill { id, seq, reader, lane, record } => does(
            "INSERT INTO bills VALUES (?1, ?2, ?3, ?4, ?4, NULL, ?5)",
            params![id, stored(*seq), reader, i64::from(*lane as u8), record],
        ),
        Row::Sight { bill, clearance, lane, rank } => does(
            "INSERT INTO sights VALUES (?1, ?2, ?3, ?4)",
            params![bill, i64::from(*clearance as u8), i64::from(*lane as u8), rank],
        ),
        Row::FreedBill { id, seq, reader, lane, record } => does(
            "INSERT INTO bills VALUES (?1, ?2, ?3, ?4, ?4, NULL, ?5) ON CONFLICT (id) DO UPDATE
             SET seq = ?2, assessed = ?4, decided = max(decided, ?4), waived_until = NULL, record = ?5",
            params![id, stored(*seq), reader, i64::from(*lane as u8), record],
        ),
        Row::FreedSight { bill, clearance, lane, rank } => does(
            "INSERT INTO sights VALUES (?1, ?2, ?3, ?4) ON CONFLICT (bill, clearance) DO UPDATE
             SET decided = max(decided, ?3), rank = ?4",
            params![bill, i64::from(*clearance as u8), i64::from(*lane as u8), rank],
        ),
        Row::Decision { id, bill, seq, record } => does(
            "INSERT INTO decisions VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET seq = ?3, record = ?4",
            params![id, bill, stored(*seq), record],
        ),
        Row::Decided { bill, lane } => {
            let lane = i64::from(*lane as u8);
            does("UPDATE bills SET decided = ?2, waived_until = NULL WHERE id = ?1", params![bill, lane])?;
            does("UPDATE sights SET decided = ?2 WHERE bill = ?1", params![bill, lane])
        }
        Row::Waived { bill, until } => {
            does("UPDATE bills SET waived_until = ?2 WHERE id = ?1", params![bill, until.to_string()])
        }
        Row::Result { seq, bill, record } => {
            does("INSERT INTO results VALUES (?1, ?2, ?3)", params![stored(*seq), bill, record])
        }
        Row::Probe { key, seq, n, at, record } => {
            does("INSERT INTO probes VALUES (?1, ?2, ?3, ?4, ?5)", params![key, stored(*seq), stored(*n), at, record])
        }
        Row::ProbesEnd { before } => does("DELETE FROM probes WHERE at < ?1", params![before]),
        Row::Information { id, seq, state, label, teller, body } => does(
            "INSERT INTO information VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![id, stored(*seq), state.as_str(), i64::from(*label as u8), teller, body],
        ),
        Row::Ruleset { id, seq, acts, body } => {
            does("INSERT INTO rulesets VALUES (?1, ?2, ?3, ?4)", params![id, stored(*seq), acts, body])
        }
        Row::Job { id, seq, reader, state, body } => does(
            "INSERT INTO jobs VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET seq = ?2, state = ?4, body = ?5",
            params![id, stored(*seq), reader, state.as_str(), body],
        ),
        Row::Access { id, seq, state, body } => does(
            "INSERT INTO access_requests VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET seq = ?2, state = ?3, body = ?4",
            params![id, stored(*seq), state.as_str(), body],
        ),
        Row::Subject { issuer, subject, reader: Some(reader) } => does(
            "INSERT INTO subjects VALUES (?1, ?2, ?3) ON CONFLICT (issuer, subject) DO UPDATE SET reader = ?3",
            params![issuer, subject, reader],
        ),
        Row::Subject { issuer, subject, reader: None } => {
            does("DELETE FROM subjects WHERE issuer = ?1 AND subject = ?2", params![issuer, subject])
        }
        Row::Webhook { id, record } => {
            does("INSERT INTO webhooks VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET record = ?2", params![id, record])
        }
        Row::Tried { indicator, day, fired, of_green } => does(
            "INSERT INTO tried VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (indicator, day) DO UPDATE SET fired = fired + ?3, of_green = of_green + ?4",
            params![indicator, day, stored(*fired), stored(*of_green)],
        ),
        Row::Read { reader, information } => {
            does("INSERT INTO readings VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![reader, information])
        }
        Row::Holder { code, record } => {
            let sql = "INSERT INTO holders VALUES (?1, ?2) ON CONFLICT (code) DO UPDATE SET record = ?2";
            does(sql, params![code, record])
        }
        Row::Register { id, seq, acts, is_whole, body } => {
            let sql = "INSERT INTO register_changes (id, seq, acts, is_whole, body) VALUES (?1, ?2, ?3, ?4, ?5)";
            does(sql, params![id, stored(*seq), acts, is_whole, body])
        }
        Row::Hold { id, seq, acts, body } => {
            does("INSERT INTO holds VALUES (?1, ?2, ?3, ?4)", params![id, stored(*seq), acts, body])
        }
        Row::HoldMet { hold, seq, body } => {
            does("INSERT INTO holds_met VALUES (?1, ?2, ?3)", params![hold, stored(*seq), body])
        }
        Row::Case { id, seq, is_open, bill, body } => {
            does("INSERT INTO cases VALUES (?1, ?2, ?3, ?4, ?5)", params![id, stored(*seq), is_open, bill, body])
        }
        Row::CaseEntities { id, seq, body } => {
            does("INSERT INTO case_entities VALUES (?1, ?2, ?3)", params![id, stored(*seq), body])
        }
        Row::Verification { id, seq, is_open, body } => {
            does("INSERT INTO verifications VALUES (?1, ?2, ?3, ?4)", params![id, stored(*seq), is_open, body])
        }
        Row::Plan { id, seq, is_open, body } => {
            does("INSERT INTO plans VALUES (?1, ?2, ?3, ?4)", params![id, stored(*seq), is_open, body])
        }
        Row::ReportAnswer { report, year, question, seq, body } => {
            let sql = "INSERT INTO report_answers VALUES (?1, ?2, ?3, ?4, ?5)";
            does(sql, params![report, year, question, stored(*seq), body])
        }
        Row::Use { account, who, filing, seq, n, record } => {
            let sql = "INSERT INTO uses (account, who, filing, seq, n, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            does(sql, params![account, who, filing, stored(*seq), stored(*n), record])
        }
        Row::Paper { mark, seq, n, record } => {
            does("INSERT INTO papers VALUES (?1, ?2, ?3, ?4)", params![mark, stored(*seq), stored(*n), record])
        }
        Row::NoBody { digest } => does("DELETE FROM bodies WHERE digest = ?1", params![digest]),
    }
}
