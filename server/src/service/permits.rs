//! One permit of the register as a caller may know it: what it says, and how it came to say so.
//!
//! In: the live engine, a number as somebody wrote it. Out: every document of that number with the steps of its life, each with
//! its day and who did it. A permit that the caller may not know is none. That a permit above GREEN was read is on record.
//! Not here: changes that wait (`register`).

use std::sync::Arc;

use jiff::Timestamp;
use palisander_engine::papers::{Change, Document, PermitKey, Status};
use palisander_engine::{Engine, Label};
use serde::Serialize;
use serde_json::json;

use super::caller::Caller;
use super::office::{Office, OfficeError};
use crate::store::{Batch, Kind, RegisterChange};

/// A document of the register with its life.
#[derive(Debug, Clone, Serialize)]
pub struct PermitLife {
    /// Country, folded number and type: what tells it from others.
    pub permit: String,
    pub document: Document,
    /// The steps of its life, the first first.
    pub history: Vec<LifeStep>,
}

/// A step in the life of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LifeStep {
    pub status: Status,
    /// `read` with the register, `document` for the whole document anew, `status` for that alone.
    pub by_change_of: &'static str,
    /// Since when it acts; `None` = it stands in a register that no log speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Id of the change of the register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// Number of the document that stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The document as that step left it; `None` = but for the status as before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
}

impl Office {
    /// Every document of a number that the caller may know, with its life.
    pub fn permit(&self, caller: &Caller, live: &Arc<Engine>, number: &str) -> Result<Vec<PermitLife>, OfficeError> {
        let clearance = caller.clearance();
        let seen = self.views.of(live, clearance);
        let documents = self.known_permits(&seen, number)?;
        self.note_permit_read(caller, number, &documents)?;
        let acting = self.store.acting_register(u64::MAX >> 1)?;
        let first = acting.first().filter(|change| change.is_whole());
        // The changes that the engine holds, each with the one that brought it. A mask leaves some of them out, so they are
        // counted in the whole register.
        let by: Vec<&RegisterChange> = acting
            .iter()
            .filter(|change| !change.is_whole())
            .flat_map(|change| {
                let n = change.counts.added + change.counts.corrected + change.counts.status_changed;
                std::iter::repeat_n(change, usize::try_from(n).unwrap_or(0))
            })
            .collect();
        let changes: Vec<(&Change, Option<&RegisterChange>)> = live
            .register()
            .changes()
            .iter()
            .enumerate()
            .filter(|(_, change)| change.label() <= clearance)
            .map(|(n, change)| (change, by.get(n).copied()))
            .collect();
        let mut found: Vec<PermitLife> = Vec::new();
        for document in documents {
            let permit = PermitKey::of(&document);
            let mut history = Vec::new();
            let read = seen.register().read_of_number(number);
            for own in read.into_iter().filter(|own| PermitKey::of(own) == permit) {
                history.push(step(own.status, "read", first, None, Some(own)));
            }
            for (change, by) in changes.iter().filter(|(change, _)| change.key() == permit) {
                let (what, whole) = match change {
                    Change::Document(document) => ("document", Some((**document).clone())),
                    Change::Status(_) => ("status", None),
                };
                history.push(step(change.status(), what, *by, change.replaced_by(), whole));
            }
            found.push(PermitLife { permit: permit.as_str().to_owned(), document, history });
        }
        Ok(found)
    }

    /// Documents of a number in the register of an engine.
    pub(super) fn known_permits(&self, seen: &Engine, number: &str) -> Result<Vec<Document>, OfficeError> {
        let documents = seen.register().of_number(number);
        if documents.is_empty() {
            let shown = number.chars().filter(|c| !c.is_control()).take(80).collect();
            return Err(OfficeError::Missing { what: "permit", id: shown });
        }
        Ok(documents)
    }

    /// Writes that a reader was shown permits above GREEN.
    pub(super) fn note_permit_read(
        &self,
        caller: &Caller,
        number: &str,
        documents: &[Document],
    ) -> Result<(), OfficeError> {
        let label = documents.iter().map(|document| document.handling).max().unwrap_or_default();
        if label > Label::Green {
            let said = json!({ "permit": number.chars().take(80).collect::<String>(), "label": label });
            let mut draft = self.says(&caller.reader.id, Kind::Read, &caller.reader.id, &said)?;
            draft.label = label;
            self.store.append(Batch::of(draft))?;
        }
        Ok(())
    }
}

fn step(
    status: Status,
    by_change_of: &'static str,
    by: Option<&RegisterChange>,
    replaced_by: Option<&str>,
    document: Option<Document>,
) -> LifeStep {
    LifeStep {
        status,
        by_change_of,
        since: by.and_then(|change| change.acts_since),
        change: by.map(|change| change.id.clone()),
        proposed_by: by.map(|change| change.by.clone()),
        signed_by: by.and_then(|change| change.signed_by.clone()),
        replaced_by: replaced_by.map(str::to_owned),
        document,
    }
}
