//! Words of party names that tell little: words of the trade with what they mean, words between names, kinds of ship.
//!
//! Source: datasets/party-words, read from the built-in data, once.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../datasets/party-words/party-words.csv");

/// The table by kind. Words of Latin letters are keys as they are, those of other scripts by their spelling as well.
#[derive(Debug, Default)]
struct Words {
    /// Word to meaning.
    trade: HashMap<String, String>,
    fillers: HashSet<String>,
    particles: HashSet<String>,
    ships: HashSet<String>,
    /// Another spelling to the one that stands for it.
    same: HashMap<String, String>,
    /// Meaning of a word of the trade to the line of business that it belongs to.
    lines: HashMap<String, String>,
    /// Words of other scripts as written.
    runs: HashMap<String, String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::default();
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for row in reader.records().flatten() {
        let (Some(kind), Some(word), Some(means)) = (row.get(0), row.get(1), row.get(2)) else { continue };
        let means = if means.is_empty() { word } else { means };
        if !word.is_ascii() {
            let means = if kind == "filler" { "" } else { means };
            words.runs.insert(word.to_lowercase(), means.to_owned());
            continue;
        }
        match kind {
            "trade" => {
                words.trade.insert(word.to_owned(), means.to_owned());
            }
            "same" => {
                words.same.insert(word.to_owned(), means.to_owned());
            }
            "line" => {
                words.lines.insert(word.to_owned(), means.to_owned());
            }
            "particle" => {
                words.particles.insert(word.to_owned());
            }
            "ship" => {
                words.ships.insert(word.to_owned());
            }
            _ => {
                words.fillers.insert(word.to_owned());
            }
        }
    }
    words
});

static MEANINGS: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| {
    let mut all: Vec<&'static str> = WORDS.trade.values().map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    (1_u16..).zip(all).map(|(n, means)| (means, n)).collect()
});

/// What a word of the trade means, one word for all languages; `None` for words that are not of the trade.
fn trade(word: &str) -> Option<&'static str> {
    WORDS.trade.get(word).map(String::as_str)
}

/// The spelling that stands for a word written in several ways (`PEKING`, `BEIJING`).
pub(super) fn other_spelling(word: &str) -> Option<&'static str> {
    WORDS.same.get(word).map(String::as_str)
}

/// Number of a word's meaning among those of the trade, from 1; 0 for a word that is not of the trade.
pub(super) fn meaning(word: &str) -> u16 {
    MEANINGS.get(trade(word).unwrap_or(word)).copied().unwrap_or(0)
}

/// The line of business of a word of the trade, such as `timber` for `HARDWOODS`; `None` where it says none.
pub(super) fn line_of_business(word: &str) -> Option<&'static str> {
    WORDS.lines.get(trade(word)?).map(String::as_str)
}

/// Is it an article or the like, which stands before a name and is one itself at the end (`Ho Do`)?
pub(super) fn is_particle(word: &str) -> bool {
    WORDS.particles.contains(word)
}

/// Does it only stand between names, or before them?
pub(super) fn is_filler(word: &str) -> bool {
    WORDS.fillers.contains(word)
}

/// Is it a kind of ship that stands before its name?
pub(super) fn is_ship(word: &str) -> bool {
    WORDS.ships.contains(word)
}

/// Meaning of a term as written in another script; empty for one that tells nothing.
pub(super) fn of_run(term: &str) -> Option<&'static str> {
    WORDS.runs.get(&term.to_lowercase()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_trade_and_between_names() {
        for (word, means, filler) in [
            ("TIMBER", Some("WOOD"), false),
            ("HOLZ", Some("WOOD"), false),
            ("EXP", Some("EXPORT"), false),
            ("UND", None, true),
            ("RUFIJI", None, false),
            ("timber", None, false),
        ] {
            assert_eq!((trade(word), is_filler(word)), (means, filler), "{word}");
        }
        assert_eq!(of_run("家具"), Some("FURNITURE"));
        assert!(is_ship("MV"));
    }

    #[test]
    fn every_row_is_read_once() {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let n = reader.records().map(Result::unwrap).count();
        assert_eq!(
            WORDS.trade.len()
                + WORDS.fillers.len()
                + WORDS.particles.len()
                + WORDS.ships.len()
                + WORDS.runs.len()
                + WORDS.same.len()
                + WORDS.lines.len(),
            n
        );
    }
}
