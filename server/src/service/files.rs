//! Files that were taken: each by its bytes answered once, whatever its name, and whoever takes it.
//!
//! In: what is to be said of a file. Out: an entry of it, written together with its bills or not at all, under the digest of its
//! bytes. Not here: folders (`inbox`).

use serde::{Deserialize, Serialize};

use super::caller::{self, Caller, Denied};
use super::office::{Office, OfficeError};
use super::recorder::Closing;
use crate::config::MAX_FIELD_CHARS;
use crate::hex;
use crate::store::{Batch, Hash, Kind, Once};

/// What a `file_taken` entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTaken {
    /// The name that it came under.
    pub file: String,
    /// Id of the one taking of it.
    pub claim: String,
    /// What the names of its answers begin with.
    pub stem: String,
    /// SHA-256 of its bytes, hexadecimal digits.
    pub sha256: String,
    pub bytes: u64,
    /// Id of its batch of bills; `None` = it held none that could be read.
    pub batch: Option<String>,
    /// Bills that have an answer.
    pub bills: u64,
    /// Bills that have none.
    pub lost: u64,
}

/// The key under which bytes are taken once.
fn once(digest: Hash) -> Once {
    Once { key: format!("file {}", hex::shown(&digest)), digest }
}

impl Office {
    /// What was said of the same bytes before.
    pub fn file_taken_before(&self, digest: &Hash) -> Result<Option<FileTaken>, OfficeError> {
        let Some(receipt) = self.store.done(&once(*digest))? else { return Ok(None) };
        let entry = self.store.entries(receipt.seq.saturating_sub(1), 1)?.pop();
        let body = entry.map(|entry| self.store.body(&entry.body)).transpose()?.flatten();
        let said = body.and_then(|body| serde_json::from_slice(&body.bytes).ok());
        // Whatever became of the entry's body: these bytes are on record.
        Ok(Some(said.unwrap_or_else(|| FileTaken {
            file: String::new(),
            claim: String::new(),
            stem: String::new(),
            sha256: hex::shown(digest),
            bytes: 0,
            batch: None,
            bills: 0,
            lost: 0,
        })))
    }

    /// What is said of a file together with its bills.
    pub fn file_taken(&self, by: &str, taken: &FileTaken) -> Result<Closing, OfficeError> {
        let wrong = || OfficeError::Wrong(vec!["a file is taken by the digest of its bytes".to_owned()]);
        let digest: Hash = hex::read(&taken.sha256).ok_or_else(wrong)?;
        // A name is anybody's words.
        let short = |text: &str| text.chars().filter(|c| !c.is_control()).take(MAX_FIELD_CHARS).collect();
        let said = FileTaken { file: short(&taken.file), ..taken.clone() };
        let draft = self.says(by, Kind::FileTaken, &taken.claim, &said)?;
        Ok(Closing { drafts: vec![draft], once: Some(once(digest)) })
    }

    /// Says of a file that it held nothing that could be read, once of each taking: by another mapping or format the same bytes
    /// may be read when they are delivered again.
    pub fn file_refused(&self, by: &str, taken: &FileTaken) -> Result<(), OfficeError> {
        let Closing { drafts, once } = self.file_taken(by, taken)?;
        let once = once.map(|once| Once { key: format!("file refused {}", taken.claim), ..once });
        self.store.append(Batch { drafts, once, ..Batch::default() })?;
        Ok(())
    }

    /// A reader for whom this machine works, by his id: who is out gets nothing more.
    pub fn reader_by_id(&self, id: &str) -> Result<Caller, OfficeError> {
        let missing =
            || OfficeError::Missing { what: "reader", id: id.chars().filter(|c| !c.is_control()).take(40).collect() };
        match caller::by_id(&*self.store, &self.clock, id, self.is_sandbox()?) {
            Ok(caller) => Ok(caller),
            Err(Denied::Store(error)) => Err(error.into()),
            Err(Denied::ReaderExpired(last)) => Err(OfficeError::Conflict(vec![format!("his last day was {last}")])),
            Err(Denied::GroupsEnded(last)) => Err(OfficeError::Conflict(vec![format!("his group ended on {last}")])),
            Err(_) => Err(missing()),
        }
    }
}
