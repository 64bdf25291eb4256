//! Numbers written as words: `three`, `trois`, `3rd`, `IX`.
//!
//! Source: datasets/numerals, read from the built-in data, once.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../datasets/numerals/numerals.csv");

static VALUES: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows = reader.records().flatten();
    rows.filter_map(|row| {
        let word = any_ascii::any_ascii(row.get(0)?).to_ascii_uppercase().replace('\'', "");
        Some((word, row.get(1)?.parse().ok()?))
    })
    .collect()
});

/// Value of a word in capitals, digits included; `None` for what is no number.
pub(super) fn value(word: &str) -> Option<u32> {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return word.parse().ok();
    }
    VALUES.get(word).copied()
}

/// Is it a number of tens, which a unit may follow: `twenty one`?
pub(super) fn takes_units(value: u32) -> bool {
    (20..100).contains(&value) && value.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (word, expected) in [
            ("THREE", Some(3)),
            ("TROIS", Some(3)),
            ("IX", Some(9)),
            ("2ND", Some(2)),
            ("0042", Some(42)),
            ("A1", None),
        ] {
            assert_eq!(value(word), expected, "{word}");
        }
        assert_eq!(value(&any_ascii::any_ascii("ПЯТЬ").to_ascii_uppercase().replace('\'', "")), Some(5));
    }
}
