//! Rows of `datasets/language-words`: words that tell a language.

use serde::Deserialize;

use super::{DataSource, ReferenceError, list};

/// Words of one language that no other has among its frequent ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageWords {
    /// Name of the language, as the tables of names have it.
    pub language: String,
    /// Its words.
    pub words: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    language: String,
    words: String,
}

/// All rows in file order, or every fault of the table.
pub fn load_language_words(source: &DataSource) -> Result<Vec<LanguageWords>, ReferenceError> {
    let table = source.table::<Row>("language-words")?;
    if !table.faults.is_empty() {
        return Err(ReferenceError::Faults(table.faults));
    }
    let words =
        |row: Row| LanguageWords { words: list(&row.words).map(str::to_owned).collect(), language: row.language };
    Ok(table.rows.into_iter().map(|(_, row)| words(row)).collect())
}
