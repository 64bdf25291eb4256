//! Who is known here by the token of another authority: an administrator said so, for one subject of one issuer.
//!
//! In: issuer and subject, from a token that was held against the keys of its issuer. Out: a reader who was made here, with the
//! roles that he has here. Nobody is made by a token, and nobody's roles are. Not here: tokens (`oidc`).

use jiff::Timestamp;
use palisander_engine::Date;

use super::caller::{self, Caller, Denied};
use super::office::{Faults, Office, OfficeError};
use crate::config::{MAX_SUBJECT_CHARS, MAX_URL_CHARS};
use crate::store::{Batch, Kind, SubjectBound};

/// Somebody as another authority names him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub issuer: String,
    pub subject: String,
}

/// Says whose a token is; `None` = it is nobody's, or not now.
pub trait Tokens: Send + Sync {
    /// Whose it is, by the keys of its issuer. May ask the issuer: not on the reactor.
    fn subject(&self, token: &str, now: Timestamp) -> Option<Subject>;

    /// Asks the issuer what is new, as one does from time to time; the seconds until the next time. Not on the reactor.
    fn refresh(&self, now: Timestamp) -> u64;
}

impl Office {
    /// Says that a subject is a reader from now on, or with `None` nobody any more.
    pub fn bind_subject(&self, by: &str, subject: Subject, reader: Option<&str>) -> Result<SubjectBound, OfficeError> {
        let Subject { issuer, subject } = subject;
        let mut faults = Faults::default();
        for (field, text, most) in [("issuer", &issuer, MAX_URL_CHARS), ("subject", &subject, MAX_SUBJECT_CHARS)] {
            if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
                faults.form.push(format!("`{field}` is 1 to {most} characters, none of which acts"));
            }
        }
        let before = self.store.subject_reader(&issuer, &subject)?;
        match (&before, reader) {
            (Some(before), Some(reader)) if before != reader => {
                faults.standing.push(format!("this subject is reader `{before}`; end that first"));
            }
            (None, None) => faults.standing.push("this subject is nobody here".to_owned()),
            _ => {}
        }
        faults.checked()?;
        if let Some(reader) = reader {
            self.reader_by_id(reader)?;
        }
        let about = reader.map(str::to_owned).or(before).unwrap_or_default();
        let bound = SubjectBound { issuer, subject, reader: reader.map(str::to_owned) };
        self.store.append(Batch::of(self.says(by, Kind::SubjectBound, &about, &bound)?))?;
        Ok(bound)
    }

    /// The reader who is known by a subject. Whoever is not is refused as a key is that there is not.
    pub fn caller_by_subject(&self, who: &Subject, until: Date) -> Result<Caller, Denied> {
        let reader = self.store.subject_reader(&who.issuer, &who.subject).map_err(Denied::Store)?;
        let id = reader.ok_or(Denied::Unknown)?;
        let is_sandbox = self.is_sandbox().map_err(Denied::Store)?;
        let caller = caller::by_id(&*self.store, &self.clock, &id, is_sandbox)?;
        Ok(Caller { key_expires_on: until, ..caller })
    }
}
