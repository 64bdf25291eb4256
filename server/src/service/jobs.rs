//! Manifests that are judged later: taken now, told about meanwhile, answered when their sender asks.
//!
//! In: a body that was read as far as its format, and who sent it. Out: entries that say how it stands. The body lies packed in
//! the store until the job ends, so that no restart loses it; the answers lie there for [`JOB_DAYS`]. A job ends once: its last
//! entry follows the one before or is refused. Not here: judging (`jobs.rs`), what is shown (`render`).

use std::io::Read;

use jiff::{SignedDuration, Timestamp};
use palisander_engine::{Date, Label};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::access::Audience;
use super::caller::Caller;
use super::office::{Office, OfficeError};
use super::recorder::{Closing, packed};
use crate::config::{
    EDITION_PART_BYTES, JOB_DAYS, MAX_BODY_BYTES, MAX_JOB_BYTES_WAITING, MAX_JOBS_ERASED_AT_ONCE, MAX_JOBS_OF_A_READER,
    MAX_JOBS_WAITING, MAX_PAGE,
};
use crate::hex;
use crate::secret;
use crate::store::{Batch, Draft, HowRead, Job, JobQuestion, JobState, Kind, Leased, Once, Sealed};

/// A manifest that is to be judged later.
pub struct Wanted<'w> {
    pub body: &'w [u8],
    pub media_type: &'w str,
    pub read: HowRead,
    pub as_of: Date,
    /// What bills look like to the key that sent it.
    pub audience: Audience,
}

/// Why a manifest is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// This reader has sent as many as may wait.
    TooMany,
    /// All together have.
    Full,
    Office(OfficeError),
}

impl<E: Into<OfficeError>> From<E> for NotTaken {
    fn from(error: E) -> Self {
        Self::Office(error.into())
    }
}

/// How far a job is; what its lease says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Under {
    /// Bills so far: read.
    pub read: u64,
    /// Judged.
    pub scored: u64,
    /// Without an answer.
    pub lost: u64,
    /// How often it was begun.
    pub begun: u32,
}

/// What became of a job.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    pub batch: Option<String>,
    pub bills: u64,
    pub lost: u64,
    /// Digests of the bodies that hold its answers.
    pub answers: Vec<String>,
    pub problem: Option<Value>,
}

/// The name of a job's lease.
pub fn lease_name(job: &str) -> String {
    format!("job {job}")
}

impl Office {
    /// Takes a manifest; the job, which may have been taken before under the same idempotency key.
    pub fn take_job(&self, caller: &Caller, wanted: Wanted<'_>, once: Option<Once>) -> Result<Job, NotTaken> {
        if let Some(receipt) = once.as_ref().map(|once| self.store.done(once)).transpose()?.flatten() {
            return Ok(self.job_of_entry(receipt.seq)?);
        }
        let waiting = self.store.jobs(&JobQuestion::In(JobState::Waiting), MAX_JOBS_WAITING)?;
        let own = waiting.iter().filter(|(job, _)| job.by == caller.reader.id).count();
        let bytes: u64 = waiting.iter().map(|(job, _)| job.bytes).sum();
        if own >= MAX_JOBS_OF_A_READER {
            return Err(NotTaken::TooMany);
        }
        if waiting.len() >= MAX_JOBS_WAITING || bytes + wanted.body.len() as u64 > MAX_JOB_BYTES_WAITING {
            return Err(NotTaken::Full);
        }
        let Wanted { body, media_type, read, as_of, audience } = wanted;
        let mut parts = Vec::new();
        for part in body.chunks(EDITION_PART_BYTES) {
            parts.push(Sealed::new(packed(part)?)?);
        }
        let job = Job {
            id: secret::id("j")?,
            by: caller.reader.id.clone(),
            state: JobState::Waiting,
            audience: audience.as_str().to_owned(),
            clearance: caller.clearance(),
            media_type: media_type.chars().filter(|c| !c.is_control()).take(100).collect(),
            read,
            as_of,
            bytes: body.len() as u64,
            payload: parts.iter().map(|part| hex::shown(&part.digest)).collect(),
            sent_at: self.clock.now(),
            ended_at: None,
            batch: None,
            bills: 0,
            lost: 0,
            answers: Vec::new(),
            problem: None,
        };
        let mut draft = self.says(&job.by, Kind::JobAccepted, &job.id, &job)?;
        draft.more = parts;
        let receipts = self.store.append(Batch { drafts: vec![draft], once, ..Batch::default() })?;
        match receipts.first().filter(|receipt| receipt.again) {
            // The same call came twice at once.
            Some(receipt) => Ok(self.job_of_entry(receipt.seq)?),
            None => Ok(job),
        }
    }

    fn job_of_entry(&self, seq: u64) -> Result<Job, OfficeError> {
        let entry = self.store.entries(seq.saturating_sub(1), 1)?.pop();
        let id = entry.map(|entry| entry.subject).unwrap_or_default();
        self.store.job(&id)?.map(|(job, _)| job).ok_or(OfficeError::Missing { what: "job", id })
    }

    /// A job of this reader; to all others there is none.
    pub fn own_job(&self, caller: &Caller, id: &str) -> Result<Option<(Job, u64)>, OfficeError> {
        Ok(self.store.job(id)?.filter(|(job, _)| job.by == caller.reader.id))
    }

    /// The last jobs of this reader, the latest first.
    pub fn own_jobs(&self, caller: &Caller) -> Result<Vec<Job>, OfficeError> {
        let found = self.store.jobs(&JobQuestion::Of(caller.reader.id.clone()), MAX_PAGE)?;
        Ok(found.into_iter().map(|(job, _)| job).collect())
    }

    /// How far a job is, and whether somebody is at it now.
    pub fn job_under(&self, id: &str) -> Result<(Under, bool), OfficeError> {
        let leased = self.store.leased(&lease_name(id))?;
        let Leased { note, is_held } = leased.unwrap_or_else(|| Leased { note: String::new(), is_held: false });
        Ok((serde_json::from_str(&note).unwrap_or_default(), is_held))
    }

    /// The manifest of a job; `None` when a body of it is gone.
    pub fn job_body(&self, job: &Job) -> Result<Option<Vec<u8>>, OfficeError> {
        let mut whole = Vec::new();
        for digest in &job.payload {
            let Some(part) = self.job_part(digest)? else { return Ok(None) };
            whole.extend_from_slice(&part);
        }
        Ok(Some(whole))
    }

    /// A body of a job, unpacked; `None` when it is gone.
    pub fn job_part(&self, digest: &str) -> Result<Option<Vec<u8>>, OfficeError> {
        let Some(body) = hex::read(digest).map(|digest| self.store.body(&digest)).transpose()?.flatten() else {
            return Ok(None);
        };
        let mut part = Vec::new();
        let unpacked = flate2::read::GzDecoder::new(&*body.bytes).take(MAX_BODY_BYTES as u64).read_to_end(&mut part);
        Ok(unpacked.ok().map(|_| part))
    }

    /// Packs a part of the answers of a job; it is nobody's until the job ends with it.
    pub fn keep_job_part(&self, part: &[u8]) -> Result<String, OfficeError> {
        let sealed = Sealed::new(packed(part)?)?;
        let digest = hex::shown(&sealed.digest);
        self.store.keep(vec![sealed])?;
        Ok(digest)
    }

    /// What is said of the end of a job, in one batch with its bills or alone; refused where another end was said before.
    pub fn job_end(&self, job: &Job, seq: u64, state: JobState, ending: Ending) -> Result<Closing, OfficeError> {
        let Ending { batch, bills, lost, answers, problem } = ending;
        let ended_at = Some(self.clock.now());
        let said = Job { state, ended_at, batch, bills, lost, answers, problem, payload: Vec::new(), ..job.clone() };
        let mut draft = self.says(&job.by, Kind::JobEnded, &job.id, &said)?;
        draft.after = Some(seq);
        let mut drafts = vec![draft];
        drafts.extend(self.job_erasures(&job.id, &job.payload)?);
        Ok(Closing { drafts, once: None })
    }

    /// Ends a job by itself; false where it had ended before.
    pub fn end_job(&self, job: &Job, seq: u64, state: JobState, ending: Ending) -> Result<bool, OfficeError> {
        let Closing { drafts, once } = self.job_end(job, seq, state, ending)?;
        match self.store.append(Batch { drafts, once, ..Batch::default() }) {
            Ok(_) => Ok(true),
            Err(crate::store::StoreError::Moved { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Erases answers that no job has.
    pub fn forget_job_parts(&self, job: &str, answers: &[String]) -> Result<(), OfficeError> {
        let drafts = self.job_erasures(job, answers)?;
        if !drafts.is_empty() {
            self.store.append(Batch { drafts, ..Batch::default() })?;
        }
        Ok(())
    }

    fn job_erasures(&self, job: &str, digests: &[String]) -> Result<Vec<Draft>, OfficeError> {
        let why = serde_json::json!({ "job": job });
        digests.iter().map(|digest| self.says(super::caller::OPERATOR, Kind::Erased, digest, &why)).collect()
    }

    /// Until when the answers of a job are kept; `None` while there are none.
    pub fn job_expires_at(&self, job: &Job) -> Option<Timestamp> {
        let ended = job.ended_at.filter(|_| job.state == JobState::Done)?;
        ended.checked_add(SignedDuration::from_hours(24 * JOB_DAYS)).ok()
    }

    /// Erases answers that were kept for their days; how many jobs.
    pub fn expire_jobs(&self) -> Result<usize, OfficeError> {
        let now = self.clock.now();
        // It is asked for often: the one that ended first is looked at before all others.
        let first = self.store.jobs(&JobQuestion::In(JobState::Done), 1)?;
        if first.iter().all(|(job, _)| self.job_expires_at(job).is_none_or(|ends| ends > now)) {
            return Ok(0);
        }
        let done = self.store.jobs(&JobQuestion::In(JobState::Done), MAX_JOBS_ERASED_AT_ONCE)?;
        let mut n = 0;
        for (job, seq) in done {
            if self.job_expires_at(&job).is_none_or(|ends| ends > now) {
                continue;
            }
            let said = Job { state: JobState::Expired, answers: Vec::new(), ..job.clone() };
            let mut draft = self.says(super::caller::OPERATOR, Kind::JobEnded, &job.id, &said)?;
            draft.after = Some(seq);
            let mut drafts = vec![draft];
            drafts.extend(self.job_erasures(&job.id, &job.answers)?);
            match self.store.append(Batch { drafts, ..Batch::default() }) {
                Ok(_) => n += 1,
                Err(crate::store::StoreError::Moved { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(n)
    }
}

/// May this reader be shown what was judged for the one who sent it? As wide and as cleared as he was then.
pub fn may_read(job: &Job, audience: Audience, clearance: Label) -> Option<Audience> {
    let then = Audience::read(&job.audience)?;
    (audience >= then && clearance >= job.clearance).then_some(then)
}
