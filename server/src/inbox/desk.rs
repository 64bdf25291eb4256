//! What becomes of one file.
//!
//! In: a claim. Out: answers and rejects under their names, the record of it, and the file out of the way; or why it waits.
//! The order is the promise: parts on the disk, then the record, then their names. Two files of the same bytes are one: the
//! record is written under their digest, once.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::sync::Arc;

use axum::body::Bytes;
use palisander_engine::Date;
use palisander_engine::manifests::{Format, ManifestError, Mapping};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::folders::{Claim, ENDINGS, Folders};
use super::rejects::{self, Head};
use crate::config::{FILE_TIMEOUT, MAX_BODY_BYTES, MAX_FILE_STARTS};
use crate::hex;
use crate::prepared::{Prepared, Unprepared, prepared};
use crate::problem::Problem;
use crate::render::Sight;
use crate::service::access::Audience;
use crate::service::files::FileTaken;
use crate::service::ledger::Tries;
use crate::service::live::Engines;
use crate::service::{Caller, Office, OfficeError};
use crate::store::Hash;
use crate::streaming::{HEAD_BYTES, PIECES_AHEAD, Sighted, Work};

/// Who takes files, and by what they are judged.
pub struct Desk {
    pub office: Arc<Office>,
    pub engines: Engines,
    /// Id of the reader for whom they are answered.
    pub reader: String,
    /// Format, where it is not told from the content.
    pub format: Option<Format>,
    /// How columns of tables are read.
    pub mapping: Mapping,
    /// The day that counts; `None` = today.
    pub day: Option<Date>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its bills are answered, but for those that were lost.
    Answered { bills: u64, lost: u64 },
    /// It holds nothing that could be read.
    Rejected,
    /// The same bytes were taken before.
    Known,
}

/// Why a file waits; it is taken up again.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("{0}")]
    Office(String),
    /// The record was not written; `Moved`: others drew on the same permits meanwhile, and it is judged again.
    #[error(transparent)]
    Drawn(OfficeError),
    #[error("answers cannot be written: {0}")]
    Io(#[from] std::io::Error),
}

fn office(error: impl std::fmt::Display) -> NotTaken {
    NotTaken::Office(error.to_string())
}

impl Desk {
    /// Takes a file to its end.
    pub fn take(&self, folders: &Folders, claim: Claim) -> Result<Outcome, NotTaken> {
        let bytes = match read(&claim) {
            Ok(bytes) => bytes,
            Err((why, size)) => {
                let head = Head { why: Some(why), outcome: "rejected", bytes: size, ..named(&claim) };
                rejected(folders, &claim, &head, None)?;
                folders.finished(claim)?;
                return Ok(Outcome::Rejected);
            }
        };
        let digest: Hash = Sha256::digest(&bytes).into();
        if let Some(before) = self.office.file_taken_before(&digest).map_err(office)? {
            return known(folders, claim, &before);
        }
        self.engines.follow(&self.office).map_err(office)?;
        let caller = self.office.reader_by_id(&self.reader).map_err(office)?;
        let work = self.work(&caller, bytes.into())?;
        let head = Head { sha256: Some(hex::shown(&digest)), bytes: work.body.len() as u64, ..named(&claim) };
        let head = Head { format: Some(work.format.name()), ..head };
        let mut tries = Tries::new(&self.office);
        let taken = loop {
            let judged = match claim.starts {
                ..=MAX_FILE_STARTS => judged(folders, &claim, &work)?,
                _ => Err(Problem::fault("each process that began it died; look at it with `palisander score`")),
            };
            let taken = match judged {
                Ok(prepared) => self.recorded(folders, &claim, &work, prepared, head.clone()),
                Err(problem) => self.refused(folders, &claim, &work, problem, head.clone()).map(Ok),
            };
            match taken {
                Err(NotTaken::Drawn(error)) if tries.again(&error) => {}
                other => break other?,
            }
        };
        match taken {
            Ok(outcome) => {
                folders.finished(claim)?;
                Ok(outcome)
            }
            // Another process took the same bytes meanwhile.
            Err(before) => known(folders, claim, &before),
        }
    }

    fn work(&self, caller: &Caller, body: Bytes) -> Result<Work, NotTaken> {
        let sight = Sight::of(caller).ok_or_else(|| office("this reader has no bills judged; choose another"))?;
        if self.day.is_some() && sight.audience < Audience::Officer {
            return Err(office("bills of those who send their own are answered by today's law; leave --as-of out"));
        }
        let live = self.engines.live();
        let found = || Format::detect(body.get(..body.len().min(HEAD_BYTES)).unwrap_or_default());
        let sighted = Sighted {
            sight,
            engine: self.office.views.of(&live.engine, sight.clearance),
            office: Arc::clone(&self.office),
            by: caller.reader.id.clone(),
            media_type: String::new(),
        };
        Ok(Work {
            live,
            format: self.format.unwrap_or_else(found),
            body,
            mapping: self.mapping.clone(),
            day: self.day.unwrap_or_else(|| self.office.clock.today()),
            limit: FILE_TIMEOUT,
            sighted: Some(sighted),
            progress: Arc::default(),
            behind: None,
        })
    }

    /// Answers that stand on the disk are put on record.
    fn recorded(
        &self,
        folders: &Folders,
        claim: &Claim,
        work: &Work,
        prepared: Prepared<'_>,
        head: Head,
    ) -> Result<Result<Outcome, FileTaken>, NotTaken> {
        let [answers, _] = ENDINGS;
        let (bills, lost) = (prepared.n_bills(), prepared.n_lost);
        let head = Head {
            outcome: "answered",
            batch: Some(prepared.batch().to_owned()),
            answers: Some(format!("{}.{answers}", claim.stem)),
            bills,
            lost,
            ..head
        };
        rejected(folders, claim, &head, Some(work))?;
        let taken = taken(claim, &head);
        let closing = self.office.file_taken(&self.reader, &taken).map_err(office)?;
        let receipts = prepared.end(closing).map_err(NotTaken::Drawn)?;
        let outcome = Outcome::Answered { bills, lost };
        if receipts.first().is_none_or(|receipt| !receipt.again) {
            return Ok(Ok(outcome));
        }
        // Whoever had the same bytes before; also this claim, where the record came through and its receipt did not.
        let digest = hex::read(&taken.sha256).unwrap_or_default();
        Ok(match self.office.file_taken_before(&digest).map_err(office)? {
            Some(before) if before.claim != claim.id => Err(before),
            _ => Ok(outcome),
        })
    }

    /// What could not be read is told, and put on record.
    fn refused(
        &self,
        folders: &Folders,
        claim: &Claim,
        work: &Work,
        problem: Problem,
        head: Head,
    ) -> Result<Outcome, NotTaken> {
        // What broke the program once is not read again for its faults.
        let again = (problem.status < 500).then_some(work);
        let head = Head { outcome: "rejected", why: Some(problem.detail), ..head };
        rejected(folders, claim, &head, again)?;
        self.office.file_refused(&self.reader, &taken(claim, &head)).map_err(office)?;
        Ok(Outcome::Rejected)
    }
}

fn named(claim: &Claim) -> Head {
    Head { file: claim.name.to_string_lossy().into_owned(), ..Head::default() }
}

fn taken(claim: &Claim, head: &Head) -> FileTaken {
    FileTaken {
        file: claim.name.to_string_lossy().into_owned(),
        claim: claim.id.clone(),
        stem: claim.stem.clone(),
        sha256: head.sha256.clone().unwrap_or_default(),
        bytes: head.bytes,
        batch: head.batch.clone(),
        bills: head.bills,
        lost: head.lost,
    }
}

/// The whole file; or why it is not read, and how long it is.
fn read(claim: &Claim) -> Result<Vec<u8>, (String, u64)> {
    let path = claim.path();
    let found = path.symlink_metadata().map_err(|error| (error.to_string(), 0))?;
    if !found.is_file() {
        return Err(("it is no regular file; links are not followed".to_owned(), 0));
    }
    let cannot = |error: std::io::Error| (format!("it cannot be read: {error}"), found.len());
    let mut bytes = Vec::new();
    File::open(&path).map_err(cannot)?.take(MAX_BODY_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() > MAX_BODY_BYTES {
        let why = format!("it is over MAX_BODY_BYTES ({MAX_BODY_BYTES}); deliver the manifest in parts");
        return Err((why, found.len()));
    }
    Ok(bytes)
}

/// Judges a file, and writes its answers where they do not count yet; a problem where it holds no bill.
fn judged<'w>(folders: &Folders, claim: &Claim, work: &'w Work) -> Result<Result<Prepared<'w>, Problem>, NotTaken> {
    let [answers, _] = ENDINGS;
    let path = folders.part(claim, answers);
    let mut file = File::create(&path)?;
    let (send, mut pieces) = mpsc::channel::<Bytes>(PIECES_AHEAD);
    let (done, written) = std::thread::scope(|scope| {
        // It ends at the first piece that cannot be written; the work sees that nobody takes the next.
        let writing = scope.spawn(move || {
            while let Some(piece) = pieces.blocking_recv() {
                file.write_all(&piece)?;
            }
            file.sync_all()
        });
        (prepared(work, send), writing.join())
    });
    written.unwrap_or_else(|_| Err(std::io::Error::other("writing broke")))?;
    let problem = match done {
        Ok(prepared) if prepared.n_bills() + prepared.n_lost > 0 => return Ok(Ok(prepared)),
        Ok(_) => Problem::manifest(&ManifestError::OtherMessage { what: "it holds no bill".to_owned() }),
        Err(Unprepared::Left) => return Err(office("the answers were not taken")),
        Err(Unprepared::Late) => Problem::late("it was not judged within FILE_TIMEOUT; deliver it in parts"),
        Err(Unprepared::Broke) => Problem::fault("it was not judged, by a fault of the program"),
        // The office or its store did not do its work: the file has no part in that.
        Err(Unprepared::Unread(problem)) if problem.status >= 500 => return Err(NotTaken::Office(problem.detail)),
        Err(Unprepared::Unread(problem)) => *problem,
    };
    std::fs::remove_file(&path)?;
    Ok(Err(problem))
}

/// Writes the rejects of a claim where they do not count yet; when it returns, all parts are on the disk.
fn rejected(folders: &Folders, claim: &Claim, head: &Head, work: Option<&Work>) -> Result<(), NotTaken> {
    let [_, ending] = ENDINGS;
    let file = File::create(folders.part(claim, ending))?;
    let body = work.map(|work| (work.body.clone(), work.format, &work.mapping));
    rejects::write(BufWriter::new(&file), head, body)?;
    file.sync_all()?;
    Ok(folders.synced()?)
}

/// The same bytes were taken before: by this claim, which was broken off, or under another name.
fn known(folders: &Folders, claim: Claim, before: &FileTaken) -> Result<Outcome, NotTaken> {
    if before.claim == claim.id {
        folders.finished(claim)?;
        return Ok(Outcome::Answered { bills: before.bills, lost: before.lost });
    }
    let [answers, _] = ENDINGS;
    let head = Head {
        outcome: "known",
        sha256: Some(before.sha256.clone()),
        bytes: before.bytes,
        batch: before.batch.clone(),
        answers: before.batch.as_ref().map(|_| format!("{}.{answers}", before.stem)),
        why: Some("the same bytes were taken before, and are not judged again".to_owned()),
        same_as: Some(before.file.clone()),
        ..named(&claim)
    };
    // Answers of its own, where another process was faster, count for nothing.
    match std::fs::remove_file(folders.part(&claim, answers)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    rejected(folders, &claim, &head, None)?;
    folders.finished(claim)?;
    Ok(Outcome::Known)
}
