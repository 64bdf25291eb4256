//! Keys by which names are found that are not spelt alike.
//!
//! In: a name. Out: small numbers; two names of one party share one of them, though a letter is changed, swapped, missing
//! at any place, words are glued, or the script is another. Consonants make the keys, in seven classes.

use super::name::{PartyName, TRADE_WEIGHT};
use super::{numerals, sounds};

/// Consonants that make the key of a word.
const KEYED: usize = 5;

/// A key and the word that gives it; keys of the whole name stand for all words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SoundKey {
    pub key: u64,
    /// Place of the word; `None` for the whole name.
    pub word: Option<u8>,
}

/// Every key of a name, sorted, each once for a word.
pub fn sound_keys(name: &PartyName) -> Vec<SoundKey> {
    let mut keys = Vec::new();
    let mut whole: Vec<u8> = Vec::new();
    let mut letters = String::new();
    let telling = |weight: f64| name.is_generic() || weight > f64::from(TRADE_WEIGHT);
    for (place, (word, weight)) in (0_u8..).zip(name.words()) {
        let mut own = Vec::new();
        if let Some(value) = numerals::value(word) {
            own.push(packed(b'n', &value.to_be_bytes()));
        }
        if word.len() == 1 && name.words.len() > 1 {
            letters.push_str(word);
        } else if telling(weight) {
            let sound = sound_of(name, usize::from(place), word);
            whole.extend(&sound);
            word_keys(word, &sound, &mut own);
        }
        keys.extend(own.into_iter().map(|key| SoundKey { key, word: Some(place) }));
    }
    let mut of_all = Vec::new();
    if letters.len() > 1 {
        of_all.push(packed(b't', letters.as_bytes()));
    }
    whole.dedup();
    if whole.len() >= 4 {
        of_all.push(packed(b'j', whole.get(..7.min(whole.len())).unwrap_or_default()));
    }
    keys.extend(of_all.into_iter().map(|key| SoundKey { key, word: None }));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Weights of the words of a name that a candidate must share in part; 0 for what makes no key.
pub fn keyed_weights(name: &PartyName) -> Vec<f64> {
    let generic = name.is_generic();
    let one = |(n, (word, weight)): (usize, (&str, f64))| {
        let counts = (word.len() > 1 || name.words.len() == 1) && name.bracketed >> n & 1 == 0;
        if counts && (generic || weight > f64::from(TRADE_WEIGHT)) { weight } else { 0.0 }
    };
    name.words().enumerate().map(one).collect()
}

/// Does it have a word of one letter? Such a name meets more than its keys say.
pub fn has_initials(name: &PartyName) -> bool {
    name.words.len() > 1 && name.words.iter().any(|word| word.len() == 1)
}

/// The few keys of a name that still tell it from millions: all its consonants, and those of its longest word with the
/// first one there or not.
pub fn broad_keys(name: &PartyName) -> Vec<u64> {
    let mut whole: Vec<u8> = Vec::new();
    let mut longest: Vec<u8> = Vec::new();
    for (n, (word, weight)) in name.words().enumerate() {
        if weight <= f64::from(TRADE_WEIGHT) || word.len() < 2 {
            continue;
        }
        let sound = sound_of(name, n, word);
        whole.extend(&sound);
        if sound.len() > longest.len() {
            longest = sound;
        }
    }
    whole.dedup();
    let mut keys = Vec::new();
    if whole.len() >= KEYED {
        keys.push(packed(b'j', &whole));
    }
    if longest.len() >= KEYED {
        keys.push(packed(b'd', longest.get(..longest.len().min(6)).unwrap_or_default()));
        keys.push(packed(b'd', longest.get(1..longest.len().min(7)).unwrap_or_default()));
    }
    keys
}

fn sound_of(name: &PartyName, n: usize, word: &str) -> Vec<u8> {
    match name.sounds.get(n) {
        Some(sound) if !sound.is_empty() => classes(sound),
        // `W` may be `V` in Latin letters: there it is no vowel.
        _ => classes(&sounds::loose(&word.replace('W', "V"))),
    }
}

/// Classes of a key: what throat, hiss and palate make is one, since spellings of other scripts confuse them.
fn classes(sound: &[u8]) -> Vec<u8> {
    let strong = sound.iter().filter(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let mut out: Vec<u8> = strong.map(|b| if matches!(b, b'C' | b'S') { b'K' } else { *b }).collect();
    out.dedup();
    out
}

fn word_keys(word: &str, sound: &[u8], keys: &mut Vec<u64>) {
    let first = sound.get(..KEYED.min(sound.len())).unwrap_or_default();
    keys.push(packed(b'w', first));
    if sound.len() <= 2 || word.len() <= 4 {
        keys.push(packed(b't', word.as_bytes().get(..6.min(word.len())).unwrap_or_default()));
    }
    // One consonant less, at any of the first places: a slip on either side meets.
    if first.len() >= 4 {
        let mut less = Vec::with_capacity(first.len());
        for n in 0..first.len() {
            less.clear();
            less.extend(first.iter().enumerate().filter(|(at, _)| *at != n).map(|(_, b)| *b));
            keys.push(packed(b'w', &less));
        }
    } else if first.len() >= 2 {
        keys.push(packed(b'w', first.get(1..).unwrap_or_default()));
    }
}

/// A tag and at most seven letters in one number.
fn packed(tag: u8, letters: &[u8]) -> u64 {
    letters.iter().take(7).fold(u64::from(tag), |key, letter| key << 8 | u64::from(*letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_and_foreign_names_share_a_key() {
        for (a, b) in [
            ("Mwanakombo", "Wmanakombo"),
            ("Vanduzi Hardwoods", "Banduzi Hardwoods"),
            ("Ndjoku Grumes", "Djoku Grumes"),
            ("Ever Grande Mills", "Evergrande Mills"),
            ("Юрий Щербаков", "Jurij Schtscherbakow"),
            ("张伟", "Chang Wei"),
            ("خالد يوسف", "Khaled Yousef"),
        ] {
            let (x, y) = (sound_keys(&PartyName::new(a)), sound_keys(&PartyName::new(b)));
            assert!(x.iter().any(|key| y.iter().any(|other| key.key == other.key)), "{a} {b}");
        }
        let (x, y) = (sound_keys(&PartyName::new("Oakmere Joinery")), sound_keys(&PartyName::new("Saimaan Puu")));
        assert!(!x.iter().any(|key| y.iter().any(|other| key.key == other.key)));
    }
}
