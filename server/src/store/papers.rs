//! Papers that bills have shown, as entries say it: by what each is found again, and on which bill it was.
//!
//! A mark is a keyed hash: the table tells nothing of a paper to whoever does not hold the secret of the log. What stands on a paper is
//! read in the answer to its bill, so it goes when that answer is erased. Not here: how a mark is made (`service`).

use serde::{Deserialize, Serialize};

/// A paper of a bill, said by its `assessed` entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkedPaper {
    pub at: PaperPlace,
    /// What finds it.
    pub marks: Vec<String>,
}

/// Where a paper was shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperPlace {
    /// Outward id of the bill.
    pub bill: String,
    /// Bill of lading.
    pub consignment: String,
    /// Its place among the documents of the answer, from 0.
    pub place: usize,
}

/// A paper that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperFound {
    /// Number of the entry that says it.
    pub seq: u64,
    /// Its place among the papers of that entry.
    pub n: u64,
    pub at: PaperPlace,
}
