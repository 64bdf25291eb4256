//! Rows of totals: what begins one, in many languages.
//!
//! In: a text as it stands in a table. Out: whether it begins as a row of totals does. Source: datasets/header-words, the rows of
//! `total_row`, read from the built-in data, once. Not here: what else the row holds (`parse/table/kinds.rs`).

use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use unicode_normalization::UnicodeNormalization;

use super::header_words::{MAX_WORDS, TABLE, TOTALS as OF_TOTALS, folded, words};
use crate::text::loose_key;

/// The words, and how they begin.
#[derive(Debug, Default)]
struct Totals {
    /// Folded, without spaces.
    words: FxHashSet<String>,
    /// Their first two letters: a text that begins otherwise need not be folded.
    starts: FxHashSet<(char, char)>,
    plain_starts: Starts,
}

static TOTALS: LazyLock<Totals> = LazyLock::new(|| {
    let mut totals = Totals::default();
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for row in reader.records().flatten().filter(|row| row.get(0) == Some(OF_TOTALS)) {
        for word in row.get(2).unwrap_or_default().split('|') {
            let folded = folded(word);
            totals.starts.extend([start(word), start(&folded)].into_iter().flatten());
            totals.plain_starts.add(word);
            totals.plain_starts.add(&folded);
            totals.words.insert(folded);
        }
    }
    totals
});

/// Bytes of the text that begins a row of totals, at most.
const MAX_TOTAL_BYTES: usize = 120;

/// The first two letters of a text, in lower case and without their accents.
fn start(text: &str) -> Option<(char, char)> {
    if text.is_ascii() {
        let mut letters =
            text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase()));
        return Some((letters.next()?, letters.next().unwrap_or(' ')));
    }
    let mut letters = text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    let first = letters.next()?;
    Some((first, letters.next().unwrap_or(' ')))
}

/// How the words of totals begin, for those of letters of ASCII.
#[derive(Debug, Default)]
struct Starts {
    /// For each first letter a bit for each second.
    two: Vec<u128>,
    /// The first three letters, blanks where a word has fewer.
    three: FxHashSet<[u8; 3]>,
    /// Some word has fewer.
    has_short: bool,
}

impl Starts {
    fn add(&mut self, word: &str) {
        let mut letters = word.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
        let Some(first) = letters.next().filter(|_| word.is_ascii()) else { return };
        let [second, third] = [(); 2].map(|()| letters.next().unwrap_or(b' '));
        self.two.resize(128, 0);
        if let Some(seconds) = self.two.get_mut(usize::from(first)) {
            *seconds |= 1_u128 << second;
        }
        self.three.insert([first, second, third]);
        self.has_short |= third == b' ';
    }

    fn has_two(&self, first: u8, second: u8) -> bool {
        self.two.get(usize::from(first)).is_some_and(|seconds| seconds & (1 << second | 1 << b' ') != 0)
    }

    fn has_three(&self, letters: [u8; 3]) -> bool {
        let [first, second, _] = letters;
        let shorter = || [[first, second, b' '], [first, b' ', b' ']].iter().any(|start| self.three.contains(start));
        self.three.contains(&letters) || self.has_short && shorter()
    }
}

/// False for a text that does not begin as a row of totals does, as its first three letters tell. Asked of every cell of a
/// table; whatever is not plain is for [`is_total`] to say.
pub(super) fn may_be_total(text: &[u8]) -> bool {
    let starts = &TOTALS.plain_starts;
    // Nearly every text begins with two letters that no such word begins with.
    if let [first, second, ..] = text
        && first.is_ascii_alphabetic()
        && second.is_ascii_alphanumeric()
        && !starts.has_two(first.to_ascii_lowercase(), second.to_ascii_lowercase())
    {
        return false;
    }
    let (mut letters, mut n, mut is_plain) = ([b' '; 3], 0, true);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            // Whoever begins with a digit goes on with a number.
            b'0'..=b'9' if at == 0 => return false,
            byte if !byte.is_ascii() => return true,
            byte if byte.is_ascii_alphanumeric() => {
                // A digit among letters may stand for one.
                is_plain &= n < 2 || !byte.is_ascii_digit();
                if let Some(letter) = letters.get_mut(n) {
                    *letter = byte.to_ascii_lowercase();
                }
                n += 1;
            }
            byte => is_plain &= matches!(byte, b' ' | b'.' | b'-' | b'/' | b':'),
        }
        let [first, second, _] = letters;
        if n == 2 && !starts.has_two(first, second) {
            return false;
        }
        if n == 3 {
            return !is_plain || starts.has_three(letters);
        }
    }
    n > 0 && (!is_plain || starts.has_three(letters))
}

/// Does the text begin as a row of totals does, and go on with nothing but words of headers and numbers?
pub(super) fn is_total(text: &str) -> bool {
    // Asked of every text of a table: nearly all of them begin otherwise, most with a digit.
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let begins_so = start(text).is_some_and(|(first, second)| {
        TOTALS.starts.contains(&(first, second)) || TOTALS.starts.contains(&(first, ' '))
    });
    if !begins_so || text.len() > MAX_TOTAL_BYTES {
        return false;
    }
    let key = loose_key(text);
    let pieces: Vec<&str> = key.split(' ').filter(|piece| !piece.is_empty()).collect();
    let n_first = (1..=pieces.len().min(3))
        .rev()
        .find(|n| pieces.get(..*n).is_some_and(|first| TOTALS.words.contains(&first.concat())));
    let Some(rest) = n_first.and_then(|n| pieces.get(n..)).filter(|rest| rest.len() <= MAX_WORDS) else { return false };
    let is_number = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    words(&rest.join(" ")).iter().all(|word| !word.is_unknown() || is_number(&word.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_totals() {
        for (text, is_a_total) in [
            ("TOTAL", true),
            ("Sub-total BL1:", true),
            ("Total gross weight", true),
            ("合计", true),
            ("計", true),
            ("Übertrag", true),
            ("  Grand TOTAL :", true),
            ("TOTAL 3 CONTAINERS", true),
            ("TotalEnergies", false),
            ("Total Demo Trading", false),
            ("Rosewood, total 3", false),
            ("", false),
        ] {
            assert_eq!(is_total(text), is_a_total, "{text}");
        }
    }

    /// What is told by its first letters to be none is none, however it is written.
    #[test]
    fn first_letters_overlook_no_row_of_totals() {
        for word in &TOTALS.words {
            let spelt =
                [word.clone(), word.to_uppercase(), format!("  {word}:"), format!("- {word} 12"), format!("'{word}")];
            for text in spelt {
                assert!(may_be_total(text.as_bytes()) || !is_total(&text), "{text}");
            }
        }
        let signs = ["", " ", ".", "-", "0", "1", "$", "|", "a", "é", "t"];
        for (a, b, c) in (0..signs.len().pow(3)).map(|n| (n % 11, n / 11 % 11, n / 121)) {
            let [a, b, c] = [a, b, c].map(|n| signs[n]);
            for text in [format!("{a}t{b}o{c}tal"), format!("{a}s{b}u{c}m"), format!("{a}g{b}rand{c} total")] {
                assert!(may_be_total(text.as_bytes()) || !is_total(&text), "{text}");
            }
        }
        let others = ["SOLAR PANELS", "SAWN", "IN", "B1", "21600", ""];
        assert!(others.iter().all(|text| !may_be_total(text.as_bytes())));
    }
}
