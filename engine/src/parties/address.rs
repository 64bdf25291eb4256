//! How like two addresses are.
//!
//! In: two addresses as written, street and city in one text. Out: 0 to 1. Numbers (house, post box, postcode) must be
//! the same, words may be damaged or cut short. An address without a number or a street, a city alone, is no address of
//! one house: it is never the same as another. Source: datasets/address-words, read from the built-in data, once.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::plain_key;

const TABLE: &str = include_str!("../../../datasets/address-words/address-words.csv");

/// Words that are cut short or said otherwise, to the word that stands for them.
static WORDS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows = reader.records().flatten();
    rows.filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned()))).collect()
});

/// Share of the words of two addresses that must have their like.
const ALIKE_WORDS: f64 = 0.85;
/// From this on two words are one.
const ALIKE: f64 = 0.88;
/// Words of an address that says more than a city.
const MIN_WORDS: usize = 2;

/// 0 to 1; 0 where the numbers differ, or either is a city alone.
pub fn address_similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (words(a), words(b));
    if !is_a_house(&a) || !is_a_house(&b) {
        return 0.0;
    }
    let numbers = |words: &[String]| {
        let mut numbers: Vec<String> = words.iter().filter(|word| has_digit(word)).cloned().collect();
        numbers.sort();
        numbers
    };
    if numbers(&a) != numbers(&b) {
        return 0.0;
    }
    let pairs = aligned(&a, &b);
    // One other word makes another street; letters of the rest do not make up for it.
    if pairs < ALIKE_WORDS { pairs } else { strsim::jaro_winkler(&a.join(" "), &b.join(" ")) }
}

/// One text for the spellings of an address; `None` for a city alone, which is no address.
pub fn address_key(text: &str) -> Option<String> {
    let words = words(text);
    is_a_house(&words).then(|| words.concat())
}

/// A street or a box with a number, or three words at least; a city alone is neither.
fn is_a_house(words: &[String]) -> bool {
    words.len() >= MIN_WORDS && (words.iter().any(|word| has_digit(word)) || words.len() > MIN_WORDS)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

/// The words of an address, each by the word that stands for it, sorted; letters of a post box joined, words that only
/// announce a number left out.
fn words(text: &str) -> Vec<String> {
    let key = plain_key(text);
    let mut all: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
    // `P.O. Box 12`, `PO Box 12`, `B.P. 12`: a post box.
    let mut out: Vec<String> = Vec::with_capacity(all.len());
    while let Some((first, rest)) = all.split_first() {
        let next = |n: usize| rest.get(n).copied().unwrap_or_default();
        let (word, taken) = match (*first, next(0), next(1)) {
            ("p", "o", "box") => ("pobox", 3),
            ("po" | "post" | "p", "box", _) | ("b", "p", _) => ("pobox", 2),
            ("box", number, _) | ("bp", number, _) if has_digit(number) => ("pobox", 1),
            (word, ..) => (WORDS.get(word).map_or(word, String::as_str), 1),
        };
        if word != "number" {
            out.push(word.to_owned());
        }
        all.drain(..taken.min(all.len()));
    }
    out.sort();
    out
}

/// Words of both that have their like in the other, of all words.
fn aligned(a: &[String], b: &[String]) -> f64 {
    let mut left: Vec<&String> = b.iter().collect();
    let mut met = 0_usize;
    for word in a {
        let like = left.iter().position(|other| strsim::jaro_winkler(word, other) >= ALIKE);
        if let Some(place) = like {
            left.swap_remove(place);
            met += 2;
        }
    }
    met as f64 / (a.len() + b.len()).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_addresses_are_one_and_a_city_is_none() {
        for (a, b, same) in [
            ("P.O. Box 4417, Lindi", "PO BOX 4417 LINDI", true),
            ("B.P. 512 Toamasina", "BP 512, TOAMASINA", true),
            ("12 Harbour Rd, Mombasa", "12 Harbour Road Mombasa", true),
            ("Hafenstraße 7, Bremen", "Hafenstrasse 7 Bremen", true),
            ("No. 88 Nguyen Trai Street, Hanoi", "88 Nguyen Trai St Hanoi", true),
            ("12 Harbour Rd, Mombasa", "14 Harbour Rd, Mombasa", false),
            ("P.O. Box 4417, Lindi", "P.O. Box 4471, Lindi", false),
            ("12 Harbour Rd, Mombasa", "12 Market Rd, Mombasa", false),
            ("Mombasa", "Mombasa", false),
            ("Ho Chi Minh", "Ha Noi", false),
            ("", "", false),
        ] {
            assert_eq!(address_similarity(a, b) >= 0.88, same, "{a} / {b}: {}", address_similarity(a, b));
        }
    }
}
