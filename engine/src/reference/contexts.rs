//! Rows of `datasets/contexts`: words and HS codes that say whether a name stands for wood.

use serde::{Deserialize, Serialize};

use super::{DataSource, ReferenceError};

/// Where the phrase must stand to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Before the name, at most `window` tokens away, no hard break unless `window` is 0.
    Before,
    /// After the name.
    After,
    /// On either side.
    Near,
    /// Anywhere in the text.
    Text,
    /// A firm's form, short and a word of other languages too: only where the words read as a firm's name.
    Firm,
    /// Joined to the name by a hyphen, or right after it at the end of its clause (`rosewood-free`).
    Suffix,
    /// Inside the same word, after the name (`Palisanderfurnier`).
    Compound,
    /// The HS code begins with the phrase.
    Hs,
    /// The text from this label to the next hard stop or label names a party or an address.
    Label,
    /// The phrase is itself a word that only resembles a name.
    Word,
}

/// Words beside a name that change what it means, and the meaning they give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Word, phrase, ending or HS prefix.
    pub phrase: String,
    /// Language, or `any`.
    pub language: String,
    /// What the context says: finish, colour, place, person, brand, cosmetic, scent, fruit, form, ...
    pub kind: String,
    /// Where it must stand.
    pub side: Side,
    /// Languages of which one must be evident in the text, by |, where the word is also a unit, a word of cargo or a
    /// frequent word of others; empty = it counts in any text.
    #[serde(default)]
    pub evident: String,
    /// Points: below 0 against wood, above 0 for wood.
    pub weight: i32,
    /// Tokens that may stand between the phrase and the name.
    pub window: usize,
}

/// All contexts in file order, or every fault of the table.
pub fn load_contexts(source: &DataSource) -> Result<Vec<Context>, ReferenceError> {
    let table = source.table::<Context>("contexts")?;
    if table.faults.is_empty() {
        Ok(table.rows.into_iter().map(|(_, row)| row).collect())
    } else {
        Err(ReferenceError::Faults(table.faults))
    }
}
