//! Erases what has been kept long enough: bodies go, their digests stay, and the log says what went.
//!
//! In: an age in days. Out: an `erased` entry for each body: what came, and the answers to it. What somebody still needs stays:
//! the bodies of a batch in which a bill was found to be what it should not, waits for a second person, is waived, or was
//! examined and not reported to the end, and what came of a bill that a hold still lets through. Entries and their own bodies stay, so that the log says what was decided about which
//! bill. A bill whose answer is erased is still in the queue by its lane, and says that its body is gone.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::office::{Office, OfficeError};
use crate::config::{MAX_ERASED_AT_ONCE, MAX_KEEP_DAYS, MIN_KEEP_DAYS};
use crate::hex;
use crate::store::{Assessed, Batch, CaseQuestion, Draft, Entry, Found, HoldMet, Kind, Reported, Stage};

/// What was erased, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// Batches that are old enough.
    pub batches: u64,
    /// Of them those that somebody still needs.
    pub held: u64,
    /// Bodies that go.
    pub bodies: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Entries that are read at once.
const STEP: usize = 500;

impl Office {
    /// Erases the bodies of batches that came more than `days` days ago. `dry`: only says what would go.
    pub fn erase(&self, by: &str, days: u32, dry: bool) -> Result<Erasure, OfficeError> {
        if !(MIN_KEEP_DAYS..=MAX_KEEP_DAYS).contains(&days) {
            let limits = format!("MIN_KEEP_DAYS ({MIN_KEEP_DAYS}) to MAX_KEEP_DAYS ({MAX_KEEP_DAYS})");
            return Err(OfficeError::Wrong(vec![format!("bodies are kept for {limits} days, not {days}")]));
        }
        let until = self.clock.now() - SignedDuration::from_hours(24 * i64::from(days));
        let found = self.found()?;
        // A long batch is said by several entries, which share the body that came: one bill holds them all.
        let (mut batches, mut held) = (BTreeSet::new(), BTreeSet::new());
        self.each(Kind::Assessed, until, &mut |_, said: Assessed| {
            for bill in &said.kept {
                if found.contains(&bill.id) || self.is_held(&bill.id)? {
                    held.insert(said.batch.clone());
                    break;
                }
            }
            batches.insert(said.batch);
            Ok(())
        })?;
        let mut done = Erasure { batches: batches.len() as u64, held: held.len() as u64, ..Erasure::default() };
        let mut waiting = Vec::new();
        let mut erased = BTreeSet::new();
        self.each(Kind::Assessed, until, &mut |entry, said: Assessed| {
            if held.contains(&said.batch) {
                return Ok(());
            }
            let answers = said.kept.iter().flat_map(|bill| bill.sights.values().map(|sight| &sight.answer));
            for digest in said.payload.iter().chain(answers) {
                let kept = hex::read(digest).map(|digest| self.store.body(&digest)).transpose()?.flatten();
                let Some(kept) = kept.filter(|_| erased.insert(digest.clone())) else { continue };
                done.bodies += 1;
                done.bytes += kept.bytes.len() as u64;
                if !dry {
                    let why = serde_json::json!({ "batch": said.batch, "came_at": entry.at.to_string() });
                    waiting.push(self.says(by, Kind::Erased, digest, &why)?);
                }
            }
            self.written(&mut waiting, MAX_ERASED_AT_ONCE)
        })?;
        // Of a bill that was let through what came, once its hold is over.
        let acting: BTreeSet<String> =
            self.store.acting_holds(u64::MAX >> 1)?.into_iter().map(|hold| hold.id).collect();
        self.each(Kind::HoldMet, until, &mut |entry, said: HoldMet| {
            let kept = hex::read(&said.payload).map(|digest| self.store.body(&digest)).transpose()?.flatten();
            let is_wanted = !acting.contains(&entry.subject) && erased.insert(said.payload.clone());
            let Some(kept) = kept.filter(|_| is_wanted) else { return Ok(()) };
            done.bodies += 1;
            done.bytes += kept.bytes.len() as u64;
            if !dry {
                let why = serde_json::json!({ "hold": entry.subject, "came_at": entry.at.to_string() });
                waiting.push(self.says(by, Kind::Erased, &said.payload, &why)?);
            }
            self.written(&mut waiting, MAX_ERASED_AT_ONCE)
        })?;
        self.written(&mut waiting, 0)?;
        Ok(done)
    }

    /// Hands out what each entry of a kind from before that time says.
    pub(super) fn each<T: DeserializeOwned>(
        &self,
        kind: Kind,
        until: Timestamp,
        each: &mut dyn FnMut(&Entry, T) -> Result<(), OfficeError>,
    ) -> Result<(), OfficeError> {
        let mut last = 0;
        loop {
            let entries = self.store.entries(last, STEP)?;
            let Some(end) = entries.last() else { return Ok(()) };
            last = end.seq;
            // The log is in the order of time: what follows is younger.
            let is_young = end.at >= until;
            for entry in entries.iter().filter(|entry| entry.kind == kind && entry.at < until) {
                let body = self.store.body(&entry.body)?;
                if let Some(said) = body.and_then(|body| serde_json::from_slice(&body.bytes).ok()) {
                    each(entry, said)?;
                }
            }
            if is_young {
                return Ok(());
            }
        }
    }

    /// Bills in which something was found, or that were examined and have no last report, or of which a case is open.
    fn found(&self) -> Result<BTreeSet<String>, OfficeError> {
        let mut open = BTreeSet::new();
        let mut last = 0;
        loop {
            let reports: Vec<(u64, Reported)> = self.store.results(last, STEP)?;
            let Some((seq, _)) = reports.last() else {
                let cases = self.store.cases(&CaseQuestion::default(), usize::MAX >> 1)?;
                open.extend(cases.into_iter().filter_map(|(case, _)| case.opened_from.map(|from| from.bill)));
                return Ok(open);
            };
            last = *seq;
            for (_, report) in reports {
                match (report.result, report.state) {
                    (Found::Nothing, Stage::Final) => open.remove(&report.bill),
                    (Found::Found, _) | (Found::Nothing, Stage::Preliminary) => open.insert(report.bill),
                };
            }
        }
    }

    /// Does somebody still decide about it?
    fn is_held(&self, bill: &str) -> Result<bool, OfficeError> {
        let today = self.clock.today();
        let waits = self.store.decisions(bill)?.iter().any(|decision| !decision.is_in_force());
        Ok(waits || self.store.bill(bill)?.is_some_and(|bill| bill.is_waived(today)))
    }

    fn written(&self, waiting: &mut Vec<Draft>, most: usize) -> Result<(), OfficeError> {
        if waiting.len() > most {
            self.store.append(Batch { drafts: std::mem::take(waiting), ..Batch::default() })?;
        }
        Ok(())
    }
}
