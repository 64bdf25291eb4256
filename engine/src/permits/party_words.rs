//! Words of party names that tell little: legal forms and words of the trade.
//!
//! Source: datasets/party-words, read from the built-in data, once.

use std::collections::HashSet;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../datasets/party-words/party-words.csv");

static LEGAL_FORMS: LazyLock<HashSet<String>> = LazyLock::new(|| of_kind("legal_form"));
static TRADE: LazyLock<HashSet<String>> = LazyLock::new(|| of_kind("trade"));

fn of_kind(kind: &str) -> HashSet<String> {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows = reader.records().flatten().filter(|row| row.get(0) == Some(kind));
    rows.filter_map(|row| row.get(1).map(str::to_owned)).collect()
}

/// Does the word, in capitals, say what kind of body a party is in law?
pub(super) fn is_legal_form(word: &str) -> bool {
    LEGAL_FORMS.contains(word)
}

/// Is it a word that many firms of the trade share, short forms included?
pub(super) fn is_trade(word: &str) -> bool {
    TRADE.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_law_and_of_the_trade() {
        for (word, legal, trade) in [
            ("LTD", true, false),
            ("SARL", true, false),
            ("TIMBER", false, true),
            ("EXP", false, true),
            ("RUFIJI", false, false),
            ("ltd", false, false),
        ] {
            assert_eq!((is_legal_form(word), is_trade(word)), (legal, trade), "{word}");
        }
    }

    #[test]
    fn every_row_is_read() {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let n = reader.records().map(Result::unwrap).count();
        assert_eq!(LEGAL_FORMS.len() + TRADE.len(), n);
    }
}
