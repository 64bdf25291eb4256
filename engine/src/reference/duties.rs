//! What CITES CoP17 Doc. 25 asks for, and which tests show that it is there.
//!
//! In: the table. Out: duties with their tests. A duty without a test is not claimed. Source: datasets/duties/card.toml.

use serde::{Deserialize, Serialize};

use super::error::{ReferenceError, TableFault};
use super::fields;
use super::load::DataSource;

/// One duty of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// `G06`; of duties that no program can do `X01`.
    pub duty: String,
    /// Where the document asks for it.
    pub paragraphs: String,
    pub what: String,
    /// Functions of tests that bear its name.
    #[serde(deserialize_with = "fields::parts")]
    pub tests: Vec<String>,
}

impl Duty {
    /// Can no program do it?
    pub fn is_for_people(&self) -> bool {
        self.duty.starts_with('X')
    }
}

/// All duties, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct Duties {
    rows: Vec<Duty>,
}

impl Duties {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "duties", faults)? })
    }

    /// All of them.
    pub fn rows(&self) -> &[Duty] {
        &self.rows
    }
}
