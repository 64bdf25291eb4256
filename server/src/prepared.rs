//! Answers that are prepared before they are on record: they count once the record is durable.
//!
//! In: the same work as a stream (`streaming.rs`), and where its lines go. Out: the lines, to their end, and a record that is not
//! written yet. Whoever wrote the lines to a disk then writes the record, together with what else he has to say: a process
//! that dies between the two leaves lines that no record knows, and never a record whose lines are lost.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::body::Bytes;
use serde_json::json;
use tokio::sync::mpsc::Sender;

use crate::problem::Problem;
use crate::service::OfficeError;
use crate::service::ledger::Ledger;
use crate::service::recorder::{Closing, Recorder};
use crate::store::Receipt;
use crate::streaming::{Ended, Form, Out, Work, judged, remembered, scored, with_newline};
use crate::totals::Totals;

/// Why nothing was prepared.
#[derive(Debug)]
pub enum Unprepared {
    /// Nobody takes the lines any more.
    Left,
    /// It took longer than it may.
    Late,
    /// It broke, by a fault of the program.
    Broke,
    /// The body holds no bill, or the office did not do its work.
    Unread(Box<Problem>),
}

/// Answers whose lines are all handed on.
pub struct Prepared<'w> {
    recorder: Recorder<'w>,
    work: &'w Work,
    /// Bills without an answer.
    pub n_lost: u64,
}

impl Prepared<'_> {
    /// Id of the batch.
    pub fn batch(&self) -> &str {
        self.recorder.batch()
    }

    /// Bills that have an answer.
    pub fn n_bills(&self) -> u64 {
        self.recorder.n_bills()
    }

    /// Writes the record with what else is said; when it returns, the answers count. An error says `Moved` where others drew on the
    /// same permits meanwhile: the lines are out of date then.
    pub fn end(self, closing: Closing) -> Result<Vec<Receipt>, OfficeError> {
        self.recorder.end_with(&self.work.body, closing)
    }
}

/// Judges, and hands the lines on as the reader of the work may know them.
pub fn prepared(work: &Work, send: Sender<Bytes>) -> Result<Prepared<'_>, Unprepared> {
    as_said(work, Form::Shown, send)
}

/// The same with lines that are kept, to be shown when the reader asks for them.
pub(crate) fn kept(work: &Work, send: Sender<Bytes>) -> Result<Prepared<'_>, Unprepared> {
    as_said(work, Form::Kept, send)
}

fn as_said(work: &Work, form: Form, send: Sender<Bytes>) -> Result<Prepared<'_>, Unprepared> {
    let Some(sighted) = &work.sighted else { return Err(Unprepared::Left) };
    let mut out = Out::to(send, work.limit);
    let done = catch_unwind(AssertUnwindSafe(|| {
        let own = remembered(work, &work.live.engine, &out)?;
        let known = Ledger::now(&sighted.office);
        let (bills, recorder) = judged(work, sighted, &own, &known, &out)?;
        let own = remembered(work, work.seen(), &out)?;
        let mut totals = Totals::default();
        let accounts = known.of(sighted.sight.clearance);
        let summary = scored(work, own, Some(&bills), Some(&*accounts), form, &mut totals, &mut out)?;
        Ok((recorder, summary, totals.lost))
    }));
    match done {
        _ if out.is_late() => Err(Unprepared::Late),
        Ok(Ok((recorder, summary, n_lost))) => {
            out.end(with_newline(serde_json::to_vec(&json!({ "summary": summary }))));
            Ok(Prepared { recorder, work, n_lost })
        }
        Ok(Err(Ended::Left)) => Err(Unprepared::Left),
        Ok(Err(Ended::Unread(problem))) => Err(Unprepared::Unread(Box::new(problem))),
        Err(_) => Err(Unprepared::Broke),
    }
}
