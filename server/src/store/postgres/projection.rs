//! The tables of what follows from the entries.
//!
//! In: rows, in order, within the transaction of their entries. Out: the tables as they say. What follows from an entry is
//! said in `store/fold.rs`; here is only how each row is set. Bills of a batch are set together: each statement is a way to
//! the database and back.

use super::failed::Failed;
use super::link::Link;
use super::read::stored;
use crate::store::fold::{self, Row};

/// Takes every row out of the projections.
pub(super) fn emptied(link: &mut Link) -> Result<(), Failed> {
    link.all(
        "DELETE FROM readers; DELETE FROM groups; DELETE FROM keys;
         DELETE FROM bills; DELETE FROM sights; DELETE FROM decisions; DELETE FROM results; DELETE FROM probes;
         DELETE FROM information; DELETE FROM readings; DELETE FROM rulesets; DELETE FROM tried; DELETE FROM holders;
         DELETE FROM jobs; DELETE FROM access_requests; DELETE FROM webhooks; DELETE FROM subjects;
         DELETE FROM register_changes; DELETE FROM uses; DELETE FROM holds; DELETE FROM holds_met;
         DELETE FROM papers; DELETE FROM cases; DELETE FROM case_entities; DELETE FROM verifications;
         DELETE FROM plans; DELETE FROM report_answers;",
    )
}

/// Sets rows of any number of entries.
pub(super) fn set(link: &mut Link, rows: &[Row]) -> Result<(), Failed> {
    let is_bill: fn(&Row) -> bool = |row| matches!(row, Row::Bill { .. } | Row::Sight { .. });
    let is_probe: fn(&Row) -> bool = |row| matches!(row, Row::Probe { .. });
    let is_use: fn(&Row) -> bool = |row| matches!(row, Row::Use { .. });
    let is_paper: fn(&Row) -> bool = |row| matches!(row, Row::Paper { .. });
    for run in rows.chunk_by(|a, b| [is_bill, is_probe, is_use, is_paper].iter().any(|is| is(a) && is(b))) {
        match run {
            [first, ..] if is_bill(first) => bills(link, run)?,
            [first, ..] if is_probe(first) => probes(link, run)?,
            [first, ..] if is_use(first) => uses(link, run)?,
            [first, ..] if is_paper(first) => papers(link, run)?,
            all => all.iter().try_for_each(|row| one(link, row))?,
        }
    }
    Ok(())
}

/// What is remembered of bills.
fn probes(link: &mut Link, rows: &[Row]) -> Result<(), Failed> {
    let (mut keys, mut seqs, mut ns, mut ats, mut records) = (vec![], vec![], vec![], vec![], vec![]);
    for row in rows {
        if let Row::Probe { key, seq, n, at, record } = row {
            keys.push(key.as_str());
            seqs.push(stored(*seq));
            ns.push(stored(*n));
            ats.push(at.as_str());
            records.push(record.as_str());
        }
    }
    link.does(
        "INSERT INTO probes (key, seq, n, at, record)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])",
        &[&keys, &seqs, &ns, &ats, &records],
    )
}

/// What was drawn from permits.
fn uses(link: &mut Link, rows: &[Row]) -> Result<(), Failed> {
    let (mut accounts, mut whose, mut filings, mut seqs, mut ns, mut records) =
        (vec![], vec![], vec![], vec![], vec![], vec![]);
    for row in rows {
        if let Row::Use { account, who, filing, seq, n, record } = row {
            accounts.push(account.as_str());
            whose.push(who.as_str());
            filings.push(filing.as_str());
            seqs.push(stored(*seq));
            ns.push(stored(*n));
            records.push(record.as_str());
        }
    }
    link.does(
        "INSERT INTO uses (account, who, filing, seq, n, record)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])",
        &[&accounts, &whose, &filings, &seqs, &ns, &records],
    )
}

/// Papers that bills have shown.
fn papers(link: &mut Link, rows: &[Row]) -> Result<(), Failed> {
    let (mut marks, mut seqs, mut ns, mut records) = (vec![], vec![], vec![], vec![]);
    for row in rows {
        if let Row::Paper { mark, seq, n, record } = row {
            marks.push(mark.as_str());
            seqs.push(stored(*seq));
            ns.push(stored(*n));
            records.push(record.as_str());
        }
    }
    link.does(
        "INSERT INTO papers (mark, seq, n, record)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])",
        &[&marks, &seqs, &ns, &records],
    )
}

/// New bills and their sights.
fn bills(link: &mut Link, rows: &[Row]) -> Result<(), Failed> {
    let (mut ids, mut seqs, mut readers, mut lanes, mut records) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut of, mut clearances, mut decided, mut ranks) = (vec![], vec![], vec![], vec![]);
    for row in rows {
        match row {
            Row::Bill { id, seq, reader, lane, record } => {
                ids.push(id.as_str());
                seqs.push(stored(*seq));
                readers.push(reader.as_str());
                lanes.push(i64::from(*lane as u8));
                records.push(record.as_str());
            }
            Row::Sight { bill, clearance, lane, rank } => {
                of.push(bill.as_str());
                clearances.push(i64::from(*clearance as u8));
                decided.push(i64::from(*lane as u8));
                ranks.push(rank.as_bytes());
            }
            _ => {}
        }
    }
    link.does(
        "INSERT INTO bills (id, seq, reader, assessed, decided, record)
         SELECT id, seq, reader, lane, lane, record
         FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[]) AS new (id, seq, reader, lane, record)",
        &[&ids, &seqs, &readers, &lanes, &records],
    )?;
    link.does(
        "INSERT INTO sights (bill, clearance, decided, rank)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[])",
        &[&of, &clearances, &decided, &ranks],
    )
}

fn one(link: &mut Link, row: &Row) -> Result<(), Failed> {
    match row {
        Row::Reader { id, record } => link.does(
            "INSERT INTO readers (id, record) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET record = $2",
            &[id, record],
        ),
        Row::Group { id, record } => link.does(
            "INSERT INTO groups (id, record) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET record = $2",
            &[id, record],
        ),
        Row::Key { id, reader, hash, record } => link
            .does("INSERT INTO keys (id, reader, hash, record) VALUES ($1, $2, $3, $4)", &[id, reader, hash, record]),
        Row::KeyEnds(end) => {
            let Some(found) = link.row("SELECT record FROM keys WHERE id = $1", &[&end.id])? else { return Ok(()) };
            let record = fold::ended(found.try_get(0)?, end)?;
            link.does("UPDATE keys SET record = $2 WHERE id = $1", &[&end.id, &record])
        }
        Row::Bill { .. } | Row::Sight { .. } => bills(link, std::slice::from_ref(row)),
        Row::FreedBill { id, seq, reader, lane, record } => link.does(
            "INSERT INTO bills (id, seq, reader, assessed, decided, record) VALUES ($1, $2, $3, $4, $4, $5)
             ON CONFLICT (id) DO UPDATE
             SET seq = $2, assessed = $4, decided = greatest(bills.decided, $4), waived_until = NULL, record = $5",
            &[id, &stored(*seq), reader, &i64::from(*lane as u8), record],
        ),
        Row::FreedSight { bill, clearance, lane, rank } => link.does(
            "INSERT INTO sights (bill, clearance, decided, rank) VALUES ($1, $2, $3, $4)
             ON CONFLICT (bill, clearance) DO UPDATE SET decided = greatest(sights.decided, $3), rank = $4",
            &[bill, &i64::from(*clearance as u8), &i64::from(*lane as u8), &rank.as_bytes()],
        ),
        Row::Decision { id, bill, seq, record } => link.does(
            "INSERT INTO decisions (id, bill, seq, record) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET seq = $3, record = $4",
            &[id, bill, &stored(*seq), record],
        ),
        Row::Decided { bill, lane } => {
            let lane = i64::from(*lane as u8);
            link.does("UPDATE bills SET decided = $2, waived_until = NULL WHERE id = $1", &[bill, &lane])?;
            link.does("UPDATE sights SET decided = $2 WHERE bill = $1", &[bill, &lane])
        }
        Row::Waived { bill, until } => {
            link.does("UPDATE bills SET waived_until = $2 WHERE id = $1", &[bill, &until.to_string()])
        }
        Row::Result { seq, bill, record } => {
            link.does("INSERT INTO results (seq, bill, record) VALUES ($1, $2, $3)", &[&stored(*seq), bill, record])
        }
        Row::Probe { .. } => probes(link, std::slice::from_ref(row)),
        Row::ProbesEnd { before } => link.does("DELETE FROM probes WHERE at < $1", &[before]),
        Row::Information { id, seq, state, label, teller, body } => link.does(
            "INSERT INTO information (id, seq, state, label, teller, body) VALUES ($1, $2, $3, $4, $5, $6)",
            &[id, &stored(*seq), &state.as_str(), &i64::from(*label as u8), teller, &body.as_slice()],
        ),
        Row::Ruleset { id, seq, acts, body } => link.does(
            "INSERT INTO rulesets (id, seq, acts, body) VALUES ($1, $2, $3, $4)",
            &[id, &stored(*seq), acts, &body.as_slice()],
        ),
        Row::Job { id, seq, reader, state, body } => link.does(
            "INSERT INTO jobs (id, seq, reader, state, body) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET seq = $2, state = $4, body = $5",
            &[id, &stored(*seq), reader, &state.as_str(), &body.as_slice()],
        ),
        Row::Access { id, seq, state, body } => link.does(
            "INSERT INTO access_requests (id, seq, state, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET seq = $2, state = $3, body = $4",
            &[id, &stored(*seq), &state.as_str(), &body.as_slice()],
        ),
        Row::Subject { issuer, subject, reader: Some(reader) } => link.does(
            "INSERT INTO subjects (issuer, subject, reader) VALUES ($1, $2, $3)
             ON CONFLICT (issuer, subject) DO UPDATE SET reader = $3",
            &[issuer, subject, reader],
        ),
        Row::Subject { issuer, subject, reader: None } => {
            link.does("DELETE FROM subjects WHERE issuer = $1 AND subject = $2", &[issuer, subject])
        }
        Row::Webhook { id, record } => link.does(
            "INSERT INTO webhooks (id, record) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET record = $2",
            &[id, record],
        ),
        Row::Tried { indicator, day, fired, of_green } => link.does(
            "INSERT INTO tried (indicator, day, fired, of_green) VALUES ($1, $2, $3, $4)
             ON CONFLICT (indicator, day) DO UPDATE SET fired = tried.fired + $3, of_green = tried.of_green + $4",
            &[indicator, day, &stored(*fired), &stored(*of_green)],
        ),
        Row::Read { reader, information } => link.does(
            "INSERT INTO readings (reader, information) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[reader, information],
        ),
        Row::Holder { code, record } => link.does(
            "INSERT INTO holders (code, record) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET record = $2",
            &[code, record],
        ),
        Row::Register { id, seq, acts, is_whole, body } => link.does(
            "INSERT INTO register_changes (id, seq, acts, is_whole, body) VALUES ($1, $2, $3, $4, $5)",
            &[id, &stored(*seq), acts, is_whole, &body.as_slice()],
        ),
        Row::Hold { id, seq, acts, body } => link.does(
            "INSERT INTO holds (id, seq, acts, body) VALUES ($1, $2, $3, $4)",
            &[id, &stored(*seq), acts, &body.as_slice()],
        ),
        Row::Case { id, seq, is_open, bill, body } => link.does(
            "INSERT INTO cases (id, seq, is_open, bill, body) VALUES ($1, $2, $3, $4, $5)",
            &[id, &stored(*seq), is_open, bill, &body.as_slice()],
        ),
        Row::Verification { id, seq, is_open, body } => link.does(
            "INSERT INTO verifications (id, seq, is_open, body) VALUES ($1, $2, $3, $4)",
            &[id, &stored(*seq), is_open, &body.as_slice()],
        ),
        Row::Plan { id, seq, is_open, body } => link.does(
            "INSERT INTO plans (id, seq, is_open, body) VALUES ($1, $2, $3, $4)",
            &[id, &stored(*seq), is_open, &body.as_slice()],
        ),
        Row::ReportAnswer { report, year, question, seq, body } => link.does(
            "INSERT INTO report_answers (report, year, question, seq, body) VALUES ($1, $2, $3, $4, $5)",
            &[report, &i64::from(*year), question, &stored(*seq), &body.as_slice()],
        ),
        Row::CaseEntities { id, seq, body } => link.does(
            "INSERT INTO case_entities (id, seq, body) VALUES ($1, $2, $3)",
            &[id, &stored(*seq), &body.as_slice()],
        ),
        Row::HoldMet { hold, seq, body } => link.does(
            "INSERT INTO holds_met (hold, seq, body) VALUES ($1, $2, $3)",
            &[hold, &stored(*seq), &body.as_slice()],
        ),
        Row::Use { .. } => uses(link, std::slice::from_ref(row)),
        Row::Paper { .. } => papers(link, std::slice::from_ref(row)),
        Row::NoBody { digest } => link.does("DELETE FROM bodies WHERE digest = $1", &[&digest.as_slice()]),
    }
}
