//! What is changed in a register after it was read: one document after another, in the order in which it was decided.
//!
//! In: changes as lines of NDJSON, and the documents of a part. Out: for each key that they touch the documents that stand in
//! the place of the part's own. A version under a stricter label is not undone by one under a lower label, whose writer may not
//! have known of it; only a worse status counts. So a register without what is stricter is the one that never held it.
//! Not here: who may change (the service), which steps of a life are lawful (`life`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::document::{Document, Endorsement, PermitKind, Status};
use super::error::RowFault;
use super::ledger::PermitKey;
use super::number::FoldedNumber;
use super::part::Part;
use crate::codes::CountryCode;
use crate::label::Label;
use crate::text::lines::{Line, Lines};

/// Bytes of one line: a document of a thousand positions.
const MAX_CHANGE_BYTES: usize = 1 << 20;

/// One change of a register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The document as it is now, whether it was there before or not.
    Document(Box<Document>),
    /// It stands elsewhere in its life.
    Status(StatusChange),
}

/// A document that stands elsewhere in its life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusChange {
    /// Number as the register writes it.
    pub number: String,
    pub kind: PermitKind,
    /// Country of the authority.
    #[serde(default)]
    pub issuing_country: Option<CountryCode>,
    pub status: Status,
    /// Number of the document that stands in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    pub handling: Label,
}

impl Change {
    /// The number that it is about.
    pub fn number(&self) -> &str {
        match self {
            Self::Document(document) => &document.number,
            Self::Status(status) => &status.number,
        }
    }

    /// Who may see it.
    pub fn label(&self) -> Label {
        match self {
            Self::Document(document) => document.handling,
            Self::Status(status) => status.handling,
        }
    }

    /// The status that it gives.
    pub fn status(&self) -> Status {
        match self {
            Self::Document(document) => document.status,
            Self::Status(status) => status.status,
        }
    }

    /// The number of the document that stands in the place of this one.
    pub fn replaced_by(&self) -> Option<&str> {
        match self {
            Self::Document(_) => None,
            Self::Status(status) => status.replaced_by.as_deref(),
        }
    }

    /// The document that it is about.
    pub fn key(&self) -> PermitKey {
        match self {
            Self::Document(document) => PermitKey::of(document),
            Self::Status(status) => PermitKey::named(&status.number, status.issuing_country, status.kind),
        }
    }

    /// Writes changes, a line each.
    pub fn write(changes: &[Self]) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = Vec::new();
        for change in changes {
            serde_json::to_writer(&mut bytes, change)?;
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    /// Reads changes; a line that is none is told and left out.
    pub fn read(bytes: &[u8]) -> (Vec<Self>, Vec<RowFault>) {
        let (mut changes, mut faults) = (Vec::new(), Vec::new());
        for line in Lines::new(bytes, MAX_CHANGE_BYTES) {
            let (row, read) = match line {
                Line::Text(row, text) => (row, serde_json::from_slice(&text).map_err(|error| error.to_string())),
                Line::TooLong(row) => (row, Err(format!("over MAX_CHANGE_BYTES ({MAX_CHANGE_BYTES})"))),
                Line::Failed(row, error) => (row, Err(error.to_string())),
            };
            match read {
                Ok(change) => changes.push(change),
                Err(what) => faults.push(RowFault { row: Some(row), column: None, what, dropped: true }),
            }
        }
        (changes, faults)
    }

    /// Does it to the documents of its key.
    pub fn apply(&self, documents: &mut Vec<Document>) {
        let label = self.label();
        let stricter = |document: &Document| document.handling > label;
        match self {
            Self::Document(document) if documents.iter().any(stricter) => {
                documents.retain(stricter);
                documents.iter_mut().for_each(|own| own.status = own.status.max(document.status));
            }
            Self::Document(document) => *documents = vec![(**document).clone()],
            Self::Status(StatusChange { status, .. }) => {
                for document in documents.iter_mut() {
                    document.status = if stricter(document) { document.status.max(*status) } else { *status };
                    document.handling = document.handling.max(label);
                    if *status == Status::Endorsed {
                        document.endorsement = Endorsement::Filled;
                    }
                }
            }
        }
    }
}

/// What changes make of a part.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Places of the part's documents that no longer stand.
    pub(super) hidden: Vec<u32>,
    /// Documents that stand beside the others.
    pub(super) documents: Vec<Document>,
}

/// Documents of the keys that changes touch, as they stand after all of them.
pub(super) fn made(part: &Part, changes: &[Change]) -> Made {
    let mut keys: BTreeMap<PermitKey, Vec<Document>> = BTreeMap::new();
    let mut made = Made::default();
    for change in changes {
        let documents = keys.entry(change.key()).or_insert_with_key(|key| {
            let own = part.of_key(&FoldedNumber::new(change.number()), key);
            made.hidden.extend(own.iter().map(|(place, _)| *place));
            own.into_iter().map(|(_, document)| document).collect()
        });
        change.apply(documents);
    }
    made.documents = keys.into_values().flatten().collect();
    made.hidden.sort_unstable();
    made
}
