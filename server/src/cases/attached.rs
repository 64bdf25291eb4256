//! Files of a case: the impact statement of the country of origin, reports of laboratories, copies of papers, pictures.
//!
//! In: what a file is. Out: an [`Attachment`], which names the file by its digest; its bytes lie apart, and only those who may read
//! names are given them, since anybody may be named in a file. Not here: where the bytes are kept (`store`).

use palisander_engine::{CountryCode, Date};
use serde::{Deserialize, Serialize};

use super::limits::{MAX_CASE_ROWS, Shape};
use crate::words::words;

/// Bytes of one file.
pub const MAX_ATTACHMENT_BYTES: usize = 16 << 20;

words! {
    /// What a file is.
    AttachmentKind {
        /// What the loss means in the country of origin, for its court.
        ImpactStatement = "impact_statement",
        LaboratoryReport = "laboratory_report",
        /// A copy of a permit, an invoice, a bill of lading.
        Paper = "paper",
        Picture = "picture",
        /// A charge, a judgment.
        CourtRecord = "court_record",
        Other = "other",
    }
}

words! {
    /// In which form a file comes.
    FileForm {
        Pdf = "application/pdf",
        Text = "text/plain",
        Jpeg = "image/jpeg",
        Png = "image/png",
        Json = "application/json",
        Xml = "application/xml",
        Bytes = "application/octet-stream",
    }
}

impl FileForm {
    /// How the name of such a file ends.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Text => "txt",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Bytes => "bin",
        }
    }
}

/// What is told of a file with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attaching {
    pub kind: AttachmentKind,
    pub title: String,
    /// From which country it comes; an impact statement says it.
    #[serde(default)]
    pub country: Option<CountryCode>,
}

/// A file of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// From 1.
    pub n: usize,
    pub kind: AttachmentKind,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    pub form: FileForm,
    pub bytes: u64,
    /// SHA-256 of the file, as everybody can compute it.
    pub sha256: String,
    /// Under which digest its bytes lie in the store.
    pub kept_as: String,
    pub on: Date,
    pub by: String,
}

impl Attachment {
    /// Name of the file in an archive: `attachments/001-paper.pdf`
    pub fn path(&self) -> String {
        format!("attachments/{:03}-{}.{}", self.n, self.kind, self.form.ending())
    }
}

impl Attaching {
    /// Everything that does not fit. `n_before`: files that the case has.
    pub fn faults(&self, n_before: usize, n_bytes: usize) -> Vec<String> {
        let mut shape = Shape::default();
        shape.text("title", &self.title);
        if n_before >= MAX_CASE_ROWS {
            shape.say(&format!("a case has up to MAX_CASE_ROWS ({MAX_CASE_ROWS}) files"));
        }
        if n_bytes == 0 {
            shape.say("the file is empty");
        }
        if n_bytes > MAX_ATTACHMENT_BYTES {
            shape.say(&format!("the file is over MAX_ATTACHMENT_BYTES ({MAX_ATTACHMENT_BYTES})"));
        }
        if self.kind == AttachmentKind::ImpactStatement && self.country.is_none() {
            shape.say("`country` is needed: an impact statement is that of a country");
        }
        shape.faults
    }
}
