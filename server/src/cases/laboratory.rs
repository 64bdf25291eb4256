//! What laboratories found of samples: told once, seen by everybody who works on the case.
//!
//! In: a line of custody that sent pieces to an examination, what was asked of them, what was found. Out: a [`LabFinding`], or
//! everything that does not fit. Those who asked never heard what came of it (CITES CoP17 Doc. 25, Annex 3, appendix, paragraph 26).
//! Not here: what examinations of containers found (`service::results`).

use palisander_engine::tables::{LabQuestion, Quality};
use palisander_engine::{CountryCode, Date};
use serde::{Deserialize, Serialize};

use super::custody::{Happened, Line, Unfit};
use super::limits::Shape;
use crate::words::words;

words! {
    /// What a laboratory says of what was suspected.
    LabVerdict {
        /// It is so.
        Confirmed = "confirmed",
        /// It is something else.
        Other = "other",
        /// Nobody can say.
        Undetermined = "undetermined",
    }
}

/// What is told of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabTold {
    /// Number of the line of custody by which the pieces went to the laboratory.
    pub sample: usize,
    /// Id of the directory.
    pub laboratory: String,
    pub question: LabQuestion,
    pub verdict: LabVerdict,
    /// What it is, where that was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxon: Option<String>,
    /// Where it grew, where that was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origin: Vec<CountryCode>,
    /// It settles what the examination of the bill found: confirmed = found, other = nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settles_result: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A finding of a laboratory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabFinding {
    /// From 1.
    pub n: usize,
    pub told_on: Date,
    pub told_by: String,
    /// Of the laboratory on that day.
    pub quality: Quality,
    pub told: LabTold,
}

/// Everything for which a finding cannot be: by itself, and by the custody of its sample.
pub fn finding_faults(lines: &[Line], n_findings: usize, has_bill: bool, told: &LabTold) -> Unfit {
    let mut shape = Shape::default();
    shape.text("laboratory", &told.laboratory);
    shape.free("note", &told.note);
    told.taxon.iter().for_each(|taxon| shape.text("taxon", taxon));
    shape.rows("origin", told.origin.len());
    shape.rows("findings", n_findings + 1);
    if told.settles_result && told.verdict == LabVerdict::Undetermined {
        shape.say("what nobody can say settles nothing; leave `settles_result` out");
    }
    let n = told.sample;
    let mut standing = match lines.iter().find(|line| line.n == n && !line.is_dropped) {
        Some(line) if line.told.event != Happened::Sampled => vec![format!("line {n} of custody is no sample")],
        Some(line) if line.waits() => {
            vec![format!("the chain of custody has a gap: line {n} waits for the signature of whoever took the sample")]
        }
        Some(_) => Vec::new(),
        None => vec![format!("there is no line {n} of custody")],
    };
    if told.settles_result && !has_bill {
        standing.push("the case began with no bill, so there is no result to settle".to_owned());
    }
    Unfit { form: shape.faults, standing }
}
