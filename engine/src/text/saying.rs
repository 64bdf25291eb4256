//! Whether a text says certain words: whole ones, in any number, or spelt nearly so.
//!
//! In: keys of [`loose_key`](super::loose_key), so that neither capitals, accents, width nor look-alike letters count. Out:
//! yes or no. A phrase stands on whole words, whatever the number of each: `LOGS` says `log`. In scripts that are written
//! without spaces it may stand anywhere. Not here: names of woods and how they are damaged (`names/`).
//! Cost: one pass over the words for each phrase.

use super::letters::script_of;
use super::similarity::{damage, within};

/// How exactly the words are to stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saying {
    /// As spelt, but for the number.
    Exactly,
    /// Each word with as much damage as one of its length may have and still be read as itself.
    Nearly,
}

impl Saying {
    /// All ways to look for words.
    pub const ALL: [Self; 2] = [Self::Exactly, Self::Nearly];

    /// The test's name, as rules write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exactly => "says",
            Self::Nearly => "says_nearly",
        }
    }
}

/// Endings by which the singular and the plural of a word differ, folded, in English, French, Spanish and Portuguese. The
/// longer ones of a singular stand first: `tableau` has `tableaux` before `tableaus`.
const NUMBERS: &[(&str, &str)] = &[
    ("", "s"),
    ("", "es"),
    ("y", "ies"),
    ("f", "ves"),
    ("fe", "ves"),
    ("au", "aux"),
    ("eu", "eux"),
    ("al", "aux"),
    ("ao", "oes"),
    ("l", "is"),
    ("il", "is"),
    ("m", "ns"),
    ("z", "ces"),
];

/// Letters that are left of a word without its ending: of shorter ones `es` and `s` are words of their own.
const STEM_LETTERS: usize = 3;

/// Does a text say a phrase? Both are keys.
pub fn says(text: &str, phrase: &str, how: Saying) -> bool {
    let Some(first) = phrase.chars().next() else { return false };
    if script_of(first).is_spaceless() {
        return text.contains(phrase);
    }
    let mut from = text.split(' ');
    loop {
        let mut here = from.clone();
        if phrase.split(' ').all(|word| here.next().is_some_and(|own| is_word(own, word, how))) {
            return true;
        }
        if from.next().is_none() {
            return false;
        }
    }
}

fn is_word(own: &str, wanted: &str, how: Saying) -> bool {
    if own == wanted || is_number_of(own, wanted) || is_number_of(wanted, own) {
        return true;
    }
    how == Saying::Nearly && is_near(own, wanted)
}

/// Is a word, or what it may be the plural of, spelt nearly so?
fn is_near(own: &str, wanted: &str) -> bool {
    let most = within(wanted.chars().count());
    let is_near = |word: &str| !word.is_empty() && damage(word, wanted, most).is_some();
    let singular = |many: &str| own.strip_suffix(many).filter(|word| word.chars().nth(STEM_LETTERS - 1).is_some());
    let plurals = NUMBERS.iter().filter(|(one, _)| one.is_empty());
    is_near(own) || plurals.filter_map(|(_, many)| singular(many)).any(is_near)
}

/// Is `many` the plural of `one`?
fn is_number_of(one: &str, many: &str) -> bool {
    // Most words differ in their first letter.
    one.bytes().next() == many.bytes().next()
        && NUMBERS.iter().any(|(singular, plural)| {
            let stems = (one.strip_suffix(singular), many.strip_suffix(plural));
            matches!(stems, (Some(a), Some(b)) if a == b && a.chars().nth(STEM_LETTERS - 1).is_some())
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::loose_key;
    use super::*;

    #[test]
    fn words_are_said_in_any_number_and_script() {
        // (text, phrase, exactly, nearly)
        for (text, phrase, exactly, nearly) in [
            ("GRUMES D'OKOUMÉ", "okoume", true, true),
            ("grumes d’okoumé", "GRUME", true, true),
            ("OKOUMEE LOGS", "okoumé", false, true),
            ("Okume in logs", "okoume", false, true),
            ("SACS DE CHARBNS", "charbon", false, true),
            ("TEAK BOARDS", "teak board", true, true),
            ("TEAK, BOARDS", "teak board", true, true),
            ("TEAKBOARDS", "teak board", false, false),
            ("LOGISTICS SERVICES", "log", false, false),
            ("BAMBOO CANE", "oo", false, false),
            ("bordereaux", "bordereau", true, true),
            ("troncos e caminhões", "caminhão", true, true),
            ("barris", "barril", true, true),
            ("raíces", "raiz", true, true),
            ("knives", "knife", true, true),
            ("leaves", "leaf", true, true),
            ("gas", "gases", true, true),
            ("as", "a", false, false),
            ("大果紫檀木材", "紫檀", true, true),
            ("ＰＡＤＯＵＫ", "padouk", true, true),
            ("Pаdouk", "padouk", true, true),
            ("бревна сапели", "сапели", true, true),
            ("", "log", false, false),
            ("log", "", false, false),
        ] {
            let key = (loose_key(text), loose_key(phrase));
            assert_eq!(says(&key.0, &key.1, Saying::Exactly), exactly, "{text} / {phrase}");
            assert_eq!(says(&key.0, &key.1, Saying::Nearly), nearly, "{text} / {phrase}");
        }
    }

    proptest! {
        /// A text says each of its runs of words, wherever they stand; and what is said is nearly said.
        #[test]
        fn a_text_says_its_own_words(text in "[a-zé 紫檀]{0,40}", from in 0_usize..6, n in 1_usize..4) {
            let key = loose_key(&text);
            let run: Vec<&str> = key.split(' ').skip(from).take(n).collect();
            let run = run.join(" ");
            if !run.is_empty() {
                prop_assert!(says(&key, &run, Saying::Exactly), "{key} / {run}");
                prop_assert!(says(&key, &run, Saying::Nearly), "{key} / {run}");
            }
        }
    }
}
