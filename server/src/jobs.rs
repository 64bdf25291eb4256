//! Judges manifests that wait, one at a time, behind all who are waited for at a line.
//!
//! In: jobs as the store has them. Out: their answers, as they are kept, in the store together with the record of their bills.
//! Of several processes one has a job, by a lease that it renews; who finds a lease that ran out begins the job again, and
//! nothing of the first attempt was on record. A job that its sender cancels ends at the next beat.

use std::io::{Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use palisander_engine::manifests::{Format, Mapping};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use crate::config::{
    EDITION_PART_BYTES, JOB_BEAT, JOB_LEASE, JOB_PAUSE, JOB_TIMEOUT, MAX_JOB_ANSWER_BYTES, MAX_JOB_ATTEMPTS,
    MAX_JOBS_WAITING,
};
use crate::prepared::{Unprepared, kept};
use crate::problem::Problem;
use crate::render::{Sight, Standing, render};
use crate::secret;
use crate::service::access::Audience;
use crate::service::jobs::{Ending, Under, lease_name};
use crate::service::{Office, OfficeError};
use crate::state::State;
use crate::store::{Job, JobQuestion, JobState, Lease, StoreError};
use crate::streaming::{HEAD_BYTES, Kept, PIECES_AHEAD, Progress, Sighted, Work, held_bytes};

/// Judges what waits, for as long as the service runs.
pub async fn works(state: State) {
    let Ok(holder) = secret::id("p") else { return };
    let mut is_away = false;
    loop {
        let (own, holder) = (state.clone(), holder.clone());
        let done = tokio::task::spawn_blocking(move || next(&own, &holder)).await;
        let was_away = std::mem::replace(&mut is_away, !matches!(done, Ok(Ok(_))));
        match done {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(why)) if !was_away => tracing::warn!(%why, "manifests that wait are not judged; tried again"),
            Ok(Err(_)) => {}
            Err(_) => tracing::error!("a manifest that waits was not judged: it broke; tried again"),
        }
        tokio::time::sleep(JOB_PAUSE).await;
    }
}

/// Does the first job that nobody is at; false when there is none. Blocks, on a thread of a runtime.
pub fn next(state: &State, holder: &str) -> Result<bool, OfficeError> {
    let Some(office) = state.office.clone() else { return Ok(false) };
    office.expire_jobs()?;
    for (job, seq) in office.store.jobs(&JobQuestion::In(JobState::Waiting), MAX_JOBS_WAITING)? {
        let (before, is_held) = office.job_under(&job.id)?;
        if is_held {
            continue;
        }
        let progress = std::sync::Arc::new(Progress::default());
        let begun = before.begun + 1;
        let under = Under { begun, ..Under::default() };
        if !beat(&office, &job.id, holder, JOB_LEASE, under)? {
            continue;
        }
        // Another process may have ended it between the two looks.
        if office.store.job(&job.id)?.is_none_or(|(_, last)| last != seq) {
            beat(&office, &job.id, holder, Duration::ZERO, before)?;
            continue;
        }
        if begun > MAX_JOB_ATTEMPTS {
            let detail = format!("it was begun {MAX_JOB_ATTEMPTS} times and interrupted each time; send it in parts");
            let problem = serde_json::to_value(Problem::fault(&detail)).ok();
            office.end_job(&job, seq, JobState::Failed, Ending { problem, ..Ending::default() })?;
            return Ok(true);
        }
        let desk = Desk { state, office: &office, holder, job: &job, seq, begun, progress };
        let done = desk.judged();
        // Given back with the last count, so that whoever asks next need not wait for it to run out. Where it did not come to
        // its end for a reason that is not its own, the attempt does not count.
        let begun = if done.is_ok() { begun } else { before.begun };
        beat(&office, &job.id, holder, Duration::ZERO, Under { begun, ..desk.under() })?;
        done?;
        return Ok(true);
    }
    Ok(false)
}

/// Renews the lease of a job; false when another has it.
fn beat(office: &Office, job: &str, holder: &str, length: Duration, under: Under) -> Result<bool, OfficeError> {
    let note = serde_json::to_string(&under).ok();
    Ok(office.store.lease(Lease { name: lease_name(job), holder: holder.to_owned(), length, note })?)
}

/// One job under way.
struct Desk<'a> {
    state: &'a State,
    office: &'a std::sync::Arc<Office>,
    holder: &'a str,
    job: &'a Job,
    seq: u64,
    begun: u32,
    progress: std::sync::Arc<Progress>,
}

/// Why the answers of a job are not taken any more.
enum Stopped {
    /// It has ended otherwise, or another process is at it.
    Over,
    /// They are too long.
    TooLong,
    Failed(OfficeError),
}

impl Desk<'_> {
    fn under(&self) -> Under {
        use std::sync::atomic::Ordering::Relaxed;
        let Progress { read, scored, lost } = &*self.progress;
        Under { read: read.load(Relaxed), scored: scored.load(Relaxed), lost: lost.load(Relaxed), begun: self.begun }
    }

    fn failed(&self, problem: Problem) -> Result<(), OfficeError> {
        let problem = serde_json::to_value(problem).ok();
        self.office.end_job(self.job, self.seq, JobState::Failed, Ending { problem, ..Ending::default() }).map(drop)
    }

    /// Judges it to its end, whatever that is; an error when it is to be tried again.
    fn judged(&self) -> Result<(), OfficeError> {
        let Self { state, office, job, .. } = self;
        let Some(body) = office.job_body(job)? else {
            return self.failed(Problem::fault("its manifest is gone; send it again"));
        };
        let Some(sighted) = self.sighted()? else {
            return self.failed(Problem::forbidden("its sender may no longer have bills judged"));
        };
        // What is no manifest has no name of a format; what it is says its beginning.
        let head = body.get(..body.len().min(HEAD_BYTES)).unwrap_or_default();
        let format = Format::by_name(&job.read.format).unwrap_or_else(|| Format::detect(head));
        let mapping = job.read.mapping.as_deref().map_or(Ok(Mapping::default()), Mapping::from_toml);
        let Ok(mapping) = mapping else {
            return self.failed(Problem::fault("its mapping cannot be read any more; send it again"));
        };
        let handle = tokio::runtime::Handle::current();
        // Streams at a line go first: who waits for a place longer than they do tries again.
        let place = handle.block_on(state.admission.stream(body.len(), held_bytes(format)));
        let Ok(_place) = place else { return Err(OfficeError::Busy) };
        let work = Work {
            live: state.engines.live(),
            body: body.into(),
            format,
            mapping,
            day: job.as_of,
            limit: JOB_TIMEOUT,
            sighted: Some(sighted),
            progress: std::sync::Arc::clone(&self.progress),
            behind: Some(state.admission.clone()),
        };
        let (send, pieces) = mpsc::channel::<Bytes>(PIECES_AHEAD);
        let (done, taken) = std::thread::scope(|scope| {
            let taking = scope.spawn(|| self.taken(&handle, pieces));
            (kept(&work, send), taking.join())
        });
        let spool = match taken {
            Ok(Ok(spool)) => spool,
            Ok(Err(Stopped::Over)) => return Ok(()),
            Ok(Err(Stopped::TooLong)) => {
                let detail =
                    format!("the answers are over MAX_JOB_ANSWER_BYTES ({MAX_JOB_ANSWER_BYTES}); send it in parts");
                return self.failed(Problem::late(&detail));
            }
            Ok(Err(Stopped::Failed(error))) => return Err(error),
            Err(_) => return self.failed(Problem::fault("it was not judged, by a fault of the program")),
        };
        match done {
            Ok(prepared) => {
                let answers = spool.kept(office)?;
                let (batch, bills, lost) = (prepared.batch().to_owned(), prepared.n_bills(), prepared.n_lost);
                let ending = Ending { batch: Some(batch), bills, lost, answers: answers.clone(), problem: None };
                let closing = office.job_end(job, self.seq, JobState::Done, ending)?;
                match prepared.end(closing) {
                    Ok(_) => Ok(()),
                    // It was cancelled at the last moment: its answers are nobody's.
                    Err(OfficeError::Store(StoreError::Moved { subject })) => {
                        office.forget_job_parts(&job.id, &answers)?;
                        // Or others drew on its permits meanwhile: it is judged again.
                        if subject == job.id { Ok(()) } else { Err(OfficeError::Busy) }
                    }
                    Err(error) => Err(error),
                }
            }
            Err(Unprepared::Left) => Ok(()),
            Err(Unprepared::Late) => {
                self.failed(Problem::late("it was not judged within JOB_TIMEOUT; send it in parts"))
            }
            Err(Unprepared::Broke) => self.failed(Problem::fault("it was not judged, by a fault of the program")),
            // The office or its store: it is tried again.
            Err(Unprepared::Unread(problem)) if problem.status == 503 => Err(OfficeError::Busy),
            Err(Unprepared::Unread(problem)) => self.failed(*problem),
        }
    }

    /// The reader as he was when he sent it, and no more than he is now; `None` when he is out.
    fn sighted(&self) -> Result<Option<Sighted>, OfficeError> {
        let Self { state, office, job, .. } = self;
        let caller = match office.reader_by_id(&job.by) {
            Ok(caller) => caller,
            Err(OfficeError::Store(error)) => return Err(error.into()),
            Err(_) => return Ok(None),
        };
        let now = Sight::of(&caller);
        let then = Audience::read(&job.audience);
        let (Some(now), Some(then)) = (now, then) else { return Ok(None) };
        if now.audience < then || now.clearance < job.clearance {
            return Ok(None);
        }
        let sight = Sight { audience: then, clearance: job.clearance, ..now };
        let engine = office.views.of(&state.engines.live().engine, sight.clearance);
        let (office, by, media_type) = (std::sync::Arc::clone(office), job.by.clone(), job.media_type.clone());
        Ok(Some(Sighted { sight, engine, office, by, media_type }))
    }

    /// Takes the answers as they come, and says meanwhile that somebody is at it.
    fn taken(&self, handle: &tokio::runtime::Handle, mut pieces: Receiver<Bytes>) -> Result<Spool, Stopped> {
        let mut spool = Spool::new().map_err(Stopped::Failed)?;
        let mut last = Instant::now();
        loop {
            match handle.block_on(async { timeout(JOB_BEAT, pieces.recv()).await }) {
                Ok(Some(piece)) => spool.put(&piece)?,
                Ok(None) => return Ok(spool),
                Err(_) => {}
            }
            if last.elapsed() >= JOB_BEAT {
                last = Instant::now();
                let is_own = beat(self.office, &self.job.id, self.holder, JOB_LEASE, self.under());
                let found = self.office.store.job(&self.job.id).map_err(OfficeError::from);
                let waits = found.map(|found| found.is_some_and(|(job, _)| job.state == JobState::Waiting));
                match (is_own, waits) {
                    (Ok(true), Ok(true)) => {}
                    (Err(error), _) | (_, Err(error)) => return Err(Stopped::Failed(error)),
                    _ => return Err(Stopped::Over),
                }
            }
        }
    }
}

/// Answers on their way to the store: in a file without a name, so that a job that ends otherwise leaves nothing behind.
struct Spool {
    file: std::fs::File,
    bytes: u64,
}

impl Spool {
    fn new() -> Result<Self, OfficeError> {
        let file = tempfile::tempfile().map_err(full)?;
        Ok(Self { file, bytes: 0 })
    }

    fn put(&mut self, piece: &[u8]) -> Result<(), Stopped> {
        self.bytes += piece.len() as u64;
        if self.bytes > MAX_JOB_ANSWER_BYTES {
            return Err(Stopped::TooLong);
        }
        self.file.write_all(piece).map_err(|error| Stopped::Failed(full(error)))
    }

    /// Keeps all of it in the store, in parts; their digests.
    fn kept(mut self, office: &Office) -> Result<Vec<String>, OfficeError> {
        self.file.seek(SeekFrom::Start(0)).map_err(full)?;
        let mut digests = Vec::new();
        loop {
            let mut part = Vec::new();
            (&mut self.file).take(EDITION_PART_BYTES as u64).read_to_end(&mut part).map_err(full)?;
            if part.is_empty() {
                return Ok(digests);
            }
            digests.push(office.keep_job_part(&part)?);
        }
    }
}

fn full(error: std::io::Error) -> OfficeError {
    OfficeError::Store(StoreError::Unavailable(format!("the answers cannot be written: {error}")))
}

/// Sends the answers of a job as its reader may know them, each bill in the lane that is in force now. Blocks for him.
pub fn answers(office: &Office, job: &Job, sight: Sight, send: &mpsc::Sender<Bytes>) -> Result<(), OfficeError> {
    let mut rest: Vec<u8> = Vec::new();
    for digest in &job.answers {
        let Some(part) = office.job_part(digest)? else {
            return Err(OfficeError::Missing { what: "answers any more of job", id: job.id.clone() });
        };
        rest.extend_from_slice(&part);
        let end = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let whole: Vec<u8> = rest.drain(..end).collect();
        let mut piece = Vec::new();
        for line in whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            piece.extend(shown(office, line, sight)?);
            piece.push(b'\n');
            if piece.len() >= PIECE_BYTES && send.blocking_send(std::mem::take(&mut piece).into()).is_err() {
                return Ok(());
            }
        }
        if send.blocking_send(piece.into()).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Bytes of a piece that is sent at once.
const PIECE_BYTES: usize = 32 << 10;

/// One line. What is no answer was written for this reader as it is.
fn shown(office: &Office, line: &[u8], sight: Sight) -> Result<Vec<u8>, OfficeError> {
    let Ok(Kept { seen, id, assessed, raised }) = serde_json::from_slice::<Kept<Value>>(line) else {
        return Ok(line.to_vec());
    };
    let mut standing = Standing::answered(&id, assessed, raised.as_ref());
    if let Some(bill) = office.store.bill(&id)? {
        standing.in_force = bill.in_force(office.clock.today());
    }
    Ok(render(&seen, standing, sight))
}

/// A job as its sender is told of it.
pub fn told(office: &Office, job: &Job) -> Result<Value, OfficeError> {
    let (under, is_held) = office.job_under(&job.id)?;
    let state = match job.state {
        JobState::Waiting if is_held => "running",
        state => state.as_str(),
    };
    let mut told =
        json!({ "id": job.id, "state": state, "bytes": job.bytes, "as_of": job.as_of, "sent_at": job.sent_at });
    let Some(fields) = told.as_object_mut() else { return Ok(told) };
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    match job.state {
        JobState::Waiting => {
            put("progress", json!({ "read": under.read, "scored": under.scored, "lost": under.lost }));
            if !is_held && under.begun > 0 {
                put("interrupted", json!(under.begun));
            }
        }
        JobState::Done => {
            put("progress", json!({ "read": job.bills + job.lost, "scored": job.bills, "lost": job.lost }));
            put("answers", json!(format!("/v1/jobs/{}/answers", job.id)));
            put("expires_at", json!(office.job_expires_at(job)));
        }
        JobState::Failed | JobState::Cancelled | JobState::Expired => {}
    }
    if let Some(at) = job.ended_at {
        put("ended_at", json!(at));
    }
    if let Some(problem) = &job.problem {
        put("problem", problem.clone());
    }
    Ok(told)
}
