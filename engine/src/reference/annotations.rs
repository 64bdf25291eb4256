//! Which forms of a listed taxon an annotation covers, by text edition.
//!
//! In: `#n`, day, form. Out: covered, exempt, or exempt under conditions that are named.
//! Source: datasets/annotations/card.toml.

use serde::{Deserialize, Serialize};

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::forms::Form;
use super::load::DataSource;
use crate::codes::{Date, Period};

/// One text edition of one annotation.
#[derive(Debug, Clone, Deserialize)]
pub struct Annotation {
    /// `#n`.
    pub id: String,
    /// Which text; `None` where only one is known.
    pub edition: Option<String>,
    /// Forms inside the annotation.
    #[serde(deserialize_with = "fields::parts")]
    pub covers_forms: Vec<Form>,
    /// Forms outside it.
    #[serde(deserialize_with = "fields::parts")]
    pub exempt_forms: Vec<Form>,
    /// Covered forms that are exempt when all conditions hold.
    #[serde(deserialize_with = "fields::parts")]
    pub conditional_forms: Vec<Form>,
    /// What must hold for that, such as `max_10kg_per_item`.
    #[serde(deserialize_with = "fields::parts")]
    pub conditions: Vec<String>,
    /// The same in words.
    pub covers: String,
    /// The same in words.
    pub exempt: String,
    /// How an officer tells.
    pub test: String,
    /// Woods of the engine under it.
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<String>,
    /// First day of this text; `None` = not known, the listing decides.
    pub effective_from: Option<Date>,
    /// Last day of this text.
    pub effective_to: Option<Date>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// What an annotation says about a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover<'a> {
    /// Inside the listing.
    Covered,
    /// Outside the listing.
    Exempt,
    /// Inside, unless all of these hold.
    ExemptIf(&'a [String]),
}

impl Annotation {
    /// What the annotation says about a form.
    pub fn cover(&self, form: Form) -> Cover<'_> {
        if !self.covers_forms.contains(&form) {
            Cover::Exempt
        } else if self.conditional_forms.contains(&form) {
            Cover::ExemptIf(&self.conditions)
        } else {
            Cover::Covered
        }
    }

    /// Days on which the text stands.
    pub fn period(&self) -> Period {
        Period { from: self.effective_from, to: self.effective_to }
    }
}

/// The annotations to the Appendices, by id.
#[derive(Debug, Clone, Default)]
pub struct Annotations {
    rows: Vec<Annotation>,
}

impl Annotations {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "annotations", faults)? })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Annotation] {
        &self.rows
    }

    /// The text of `#n` that stood on a day. `#15` in the rows of the Appendices and of the listings is the same.
    pub fn on(&self, id: &str, day: Date) -> Option<&Annotation> {
        self.rows.iter().find(|row| row.id == id && row.period().contains(day))
    }
}
