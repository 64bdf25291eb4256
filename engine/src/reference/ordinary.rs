//! Rows of `datasets/ordinary-words`: words that a damaged name could be taken for and that are something else.

use serde::Deserialize;

use super::{DataSource, ReferenceError};
use crate::words::words;

words! {
    /// What a word is that resembles a name.
    pub enum Ordinary {
        /// A word of some language, a place, a person's name, a brand: never a damaged name by itself.
        Word = "word",
        /// An accepted genus of plants that is none of the table's: never a damaged genus.
        Genus = "genus",
        /// An epithet of other plants: never a damaged epithet of a genus of ours.
        Epithet = "epithet",
        /// A name of ours, written so, that is an ordinary word of another language: it counts beside evidence of wood.
        Name = "name",
        /// A spelling of the name that lists of words have too, reviewed: repaired as ever.
        Spelling = "spelling",
    }
}

/// A word that resembles a name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrdinaryWord {
    /// Folded: small letters without accents.
    pub word: String,
    /// What it is.
    pub kind: Ordinary,
    /// The name that it would be taken for.
    pub name: String,
}

/// All rows in file order, or every fault of the table.
pub fn load_ordinary(source: &DataSource) -> Result<Vec<OrdinaryWord>, ReferenceError> {
    let table = source.table::<OrdinaryWord>("ordinary-words")?;
    if table.faults.is_empty() {
        Ok(table.rows.into_iter().map(|(_, row)| row).collect())
    } else {
        Err(ReferenceError::Faults(table.faults))
    }
}
