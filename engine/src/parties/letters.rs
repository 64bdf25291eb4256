//! Letters whose usual Latin spelling says more than a letter by letter transliteration.
//!
//! In: one word of a script that is not Latin. Out: the same word with those letters in Latin, the rest as it was.
//! Source: datasets/letter-spellings, read from the built-in data, once.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../datasets/letter-spellings/letter-spellings.csv");

/// By place (`start`, `surname`, `any`), from the letters to their Latin.
struct Letters {
    start: HashMap<String, String>,
    any: HashMap<String, String>,
    surname: HashMap<String, String>,
    latin: HashMap<String, String>,
}

static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let of = |place: &str| {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let rows = reader.records().flatten().filter(|row| row.get(2) == Some(place));
        rows.filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned()))).collect()
    };
    Letters { start: of("start"), any: of("any"), surname: of("surname"), latin: of("latin") }
});

/// Sign above a Thai letter that is not spoken.
const SILENT: char = '\u{e4c}';

fn is_thai_vowel(c: char) -> bool {
    matches!(c, '\u{e31}' | '\u{e34}'..='\u{e39}')
}

/// Longest entry of the table, in letters.
const LONGEST: usize = 2;

/// The word, in capitals, with the letters of the table in Latin. A gap may come of it (`AL NAJAR`).
pub(super) fn spelt(word: &str) -> String {
    let letters: Vec<char> = word.chars().flat_map(char::to_uppercase).collect();
    let mut out = String::with_capacity(word.len());
    let mut at = 0;
    // A Korean name of two to four syllables begins with its surname, which has a spelling of its own.
    if (2..=4).contains(&letters.len())
        && let Some(latin) = letters.first().and_then(|first| LETTERS.surname.get(&first.to_string()))
    {
        out.push_str(latin);
        at = 1;
    }
    'letters: while at < letters.len() {
        // A Thai letter under this sign is not spoken.
        let silent = (1..=2).find(|n| letters.get(at + n) == Some(&SILENT));
        if let Some(n) = silent.filter(|n| *n == 1 || letters.get(at + 1).is_some_and(|c| is_thai_vowel(*c))) {
            at += n + 1;
            continue;
        }
        for n in (1..=LONGEST.min(letters.len() - at)).rev() {
            let Some(some) = letters.get(at..at + n) else { continue };
            let some: String = some.iter().collect();
            // The article alone is no word.
            let first = if at == 0 && n < letters.len() { LETTERS.start.get(&some) } else { None };
            if let Some(latin) = first.or_else(|| LETTERS.any.get(&some)) {
                // Two letters side by side are not one sound: `S` and `H` are not `SH`.
                if latin.starts_with('H') && out.ends_with(['S', 'T', 'K', 'C', 'P', 'D', 'G', 'Z']) {
                    out.push('\'');
                }
                out.push_str(latin);
                at += n;
                continue 'letters;
            }
        }
        out.extend(letters.get(at));
        at += 1;
    }
    out
}

/// A Latin word that begins with a part of the table, as two: `ABDULKADER`, `ABD KADER`.
pub(super) fn parted(word: &str) -> Option<(&'static str, &str)> {
    LETTERS.latin.iter().find_map(|(start, latin)| Some((latin.trim(), word.strip_prefix(start.as_str())?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_other_scripts() {
        for (word, latin) in [("ج", "J"), ("חיים", "HYYM"), ("Χ", "CH"), ("이상우", "LEE상우"), ("ABC", "ABC")]
        {
            assert_eq!(spelt(word), latin, "{word}");
        }
    }
}
