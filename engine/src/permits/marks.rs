//! Marks by which a paper is found again among all that were ever shown: its number, stamp, signatory, holder, and its looks.
//!
//! In: a text of a box. Out: keys that do not depend on how it was written down. They find more than they should, and less only where
//! a scanner took a small `b` or `q` for a digit: who looks compares what he finds. Not here: where marks are kept (a service), and
//! whether two papers are one ([`relation`](super::number::relation)).

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::Relation;
use super::number::{FoldedNumber, relation};
use crate::parties::PartyName;

/// Characters of a text that count; forms allow 70.
const MAX_CHARS: usize = 200;

/// By what a paper is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Number of the document (box 1).
    Number,
    /// Number of its security stamp (box 5b).
    Stamp,
    /// Who signed it (box 13).
    Signatory,
    /// For whom it was issued (box 4).
    Holder,
    /// How its number is built: letters, digits and what stands between them. Forms of one forger are alike in it, and so are those
    /// of one authority.
    Layout,
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Number, Self::Stamp, Self::Signatory, Self::Holder, Self::Layout];

    /// As written in questions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Stamp => "stamp",
            Self::Signatory => "signatory",
            Self::Holder => "holder",
            Self::Layout => "layout",
        }
    }

    /// Keys of a text; none of one that says nothing.
    pub fn keys(self, text: &str) -> Vec<String> {
        let text: String = text.chars().take(MAX_CHARS).collect();
        let mut keys = match self {
            Self::Number | Self::Stamp => FoldedNumber::new(&text).forms().map(FoldedNumber::skeleton).collect(),
            Self::Signatory | Self::Holder => vec![name_key(&text)],
            Self::Layout => vec![layout(&text)],
        };
        keys.retain(|key: &String| !key.is_empty());
        keys
    }

    /// May the two texts be one, now that both are at hand?
    pub fn is_met(self, asked: &str, found: &str) -> bool {
        match self {
            Self::Number | Self::Stamp => {
                let (asked, found) = (FoldedNumber::new(asked), FoldedNumber::new(found));
                relation(&asked, &found) >= Relation::Confusable
            }
            Self::Signatory | Self::Holder | Self::Layout => {
                let found = self.keys(found);
                self.keys(asked).iter().any(|key| found.contains(key))
            }
        }
    }
}

/// The words of a name in the order of letters: `Example, A.` signs as `A. Example` does.
fn name_key(text: &str) -> String {
    let name = PartyName::new(text);
    let mut words: Vec<&str> = name.words().map(|(word, _)| word).collect();
    words.sort_unstable();
    words.concat()
}

/// `MG/2026-0041` is `AA/9999-9999`, whatever the width of its characters. One without a digit says nothing.
fn layout(text: &str) -> String {
    let built: String = text
        .trim()
        .nfkc()
        .filter(|c| !c.is_control())
        .map(|c| match c {
            _ if c.is_numeric() => '9',
            _ if c.is_alphabetic() => 'A',
            _ if c.is_whitespace() => ' ',
            _ => c,
        })
        .collect();
    if built.contains('9') { built } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_found_however_it_was_written_down() {
        for (mark, one, other, is_one) in [
            (Mark::Number, "26TZ004711", "CITES No. 26 TZ 004711", true),
            (Mark::Number, "26TZ004711", "26TZO047l1", true),
            (Mark::Number, "26TZ004711", "26TZ004712", false),
            (Mark::Stamp, "TZ 1234567", "tz1234567", true),
            (Mark::Stamp, "TZ 1234567", "TZ1234568", false),
            (Mark::Signatory, "A. Example", "Example, A.", true),
            (Mark::Signatory, "A. Example", "B. Example", false),
            (Mark::Holder, "River Example Hardwoods Limited", "RIVER EXAMPLE HARDWOODS LTD", true),
            (Mark::Holder, "River Example Hardwoods Limited", "Other Example Hardwoods Ltd", false),
            (Mark::Layout, "MG/2026-0041", "MG/2025-1187", true),
            (Mark::Layout, "MG/2026-0041", "MG 2026 0041", false),
            (Mark::Layout, "without", "another", false),
        ] {
            assert_eq!(mark.is_met(one, other), is_one, "{mark:?} {one} {other}");
            // What may be one is under one key at least.
            let keys = mark.keys(other);
            assert!(!is_one || mark.keys(one).iter().any(|key| keys.contains(key)), "{mark:?} {one} {other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_met_lies_under_one_key(a in "[A-Zac-pr-z0-9 ./-]{0,14}", b in "[A-Zac-pr-z0-9 ./-]{0,14}") {
            for mark in Mark::ALL {
                let keys = mark.keys(&b);
                let shares = mark.keys(&a).iter().any(|key| keys.contains(key));
                proptest::prop_assert!(!mark.is_met(&a, &b) || shares || keys.is_empty(), "{:?} {} {}", mark, a, b);
            }
        }
    }
}
