//! Forms of goods that papers under a CITES term are also written for.
//!
//! Source: datasets/term-forms/card.toml. Not here: the terms and their own forms (`code_lists`).

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields;
use super::forms::Form;
use super::load::DataSource;

/// One term with the forms near to it.
#[derive(Debug, Clone, Deserialize)]
pub struct TermForms {
    /// Such as `SAW`.
    pub term: String,
    /// Forms besides its own.
    #[serde(deserialize_with = "fields::parts")]
    pub near_forms: Vec<Form>,
}

/// The forms near to every term, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct NearForms {
    rows: Vec<TermForms>,
}

impl NearForms {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "term-forms", faults)? })
    }

    /// Are papers under the term also written for the form?
    pub fn takes(&self, term: &str, form: Form) -> bool {
        self.rows.iter().any(|row| row.term.eq_ignore_ascii_case(term.trim()) && row.near_forms.contains(&form))
    }
}
