//! Brings damaged words back to words of the names, so that the exact search can find them.
//!
//! Only words that the tables do not know are looked at, and only when a cheap test (length, first letter, shared
//! letter groups) says that a known word could be near. Candidates come from a deletion neighbourhood; the weighted
//! damage decides. Words that merely resemble a name are listed as contexts of side `word` and are never repaired.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::scientific::{Genera, genus_words, letter_mask};
use crate::reference::TradeName;
use crate::text::{Folded, Gap, Script, Token, damage, fold, skeleton, within};

/// Shortest word that is repaired.
const WORD_MIN: usize = 5;
/// Longest word that is repaired, in bytes; longer ones are no names.
const WORD_MAX: usize = 32;
/// Most unknown words that are repaired in one text; a name list of this length is seen by its first words.
const REPAIRS_MAX: usize = 400;

/// The words that damaged words are compared with.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Word>,
    exact: BTreeSet<String>,
    other: BTreeSet<String>,
    deletions: HashMap<u64, Vec<u32>, BuildHasherDefault<Identity>>,
    skeletons: HashMap<String, u32>,
    /// By length: letters that words of about this length begin with.
    initials: Vec<u32>,
    grams: Vec<u64>,
}

#[derive(Debug)]
struct Word {
    text: String,
    mask: u32,
}

/// Keys are hashes already.
#[derive(Debug, Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A repaired text and how well each rewritten token fits.
#[derive(Debug)]
pub(super) struct Repaired {
    pub folded: Folded,
    /// Index of the token in the repaired text → similarity.
    pub similarity: BTreeMap<usize, f64>,
}

const GRAM_BITS: u32 = 13;

impl Vocabulary {
    pub fn build(genera: &Genera, trade: &[TradeName], other: impl Iterator<Item = String>) -> Self {
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        let mut vocabulary = Self { grams: vec![0; 1 << (GRAM_BITS - 6)], initials: vec![0; WORD_MAX + 3], ..Self::default() };
        for (word, repairable) in genus_words(genera) {
            vocabulary.exact.insert(word.to_owned());
            if repairable {
                wanted.insert(word.to_owned());
            }
        }
        for name in trade.iter().filter(|name| name.taxa.iter().all(|taxon| taxon.name != "any")) {
            let folded = fold(&name.name);
            for token in folded.tokens() {
                let word = folded.word(token);
                vocabulary.exact.insert(word.to_owned());
                let alphabet = matches!(token.script, Script::Latin | Script::Cyrillic);
                if alphabet && !name.marks_required && word.chars().count() >= WORD_MIN {
                    wanted.insert(word.to_owned());
                }
            }
        }
        vocabulary.other = other.collect();
        for word in wanted {
            vocabulary.insert(word);
        }
        vocabulary
    }

    fn insert(&mut self, text: String) {
        let id = self.words.len() as u32;
        let letters: Vec<char> = text.chars().collect();
        for key in deletions(&letters, depth(letters.len())) {
            self.deletions.entry(key).or_default().push(id);
        }
        let bare = skeleton(&text);
        if bare.chars().count() >= 4 {
            self.skeletons.entry(bare).or_insert(id);
        }
        for near in letters.len().saturating_sub(2)..=letters.len() + 2 {
            if let (Some(slot), Some(first)) = (self.initials.get_mut(near), letters.first()) {
                *slot |= initial_bit(*first);
            }
        }
        for gram in grams(&letters) {
            if let Some(slot) = self.grams.get_mut((gram >> 6) as usize) {
                *slot |= 1 << (gram & 63);
            }
        }
        self.words.push(Word { mask: letter_mask(&text), text });
    }

    /// The word that `word` most likely was, with the damage; `None` when none is near or `word` is known itself.
    pub fn correct(&self, word: &str) -> Option<(&str, f64)> {
        if self.exact.contains(word) || self.other.contains(word) {
            return None;
        }
        let letters: Vec<char> = word.chars().collect();
        if let Some(found) = self.by_skeleton(word, &letters) {
            return Some(found);
        }
        if letters.len() < WORD_MIN || !self.could_be_near(&letters) {
            return None;
        }
        let limit = within(letters.len()).min(4);
        let mask = letter_mask(word);
        let mut best: Option<(u32, &Word)> = None;
        let mut seen = BTreeSet::new();
        for key in deletions(&letters, depth(letters.len())) {
            for id in self.deletions.get(&key).into_iter().flatten() {
                let Some(candidate) = self.words.get(*id as usize).filter(|_| seen.insert(*id)) else { continue };
                if (candidate.mask ^ mask).count_ones() > limit + 2 {
                    continue;
                }
                let bound = best.map_or(limit, |(cost, _)| cost.saturating_sub(1).min(limit));
                if let Some(cost) = damage(word, &candidate.text, bound) {
                    best = Some((cost, candidate));
                }
            }
        }
        best.filter(|(cost, found)| *cost > 0 && trusted(word, &found.text, *cost))
            .map(|(cost, found)| (found.text.as_str(), 1.0 - f64::from(cost) / (2.0 * letters.len() as f64)))
    }

    fn by_skeleton(&self, word: &str, letters: &[char]) -> Option<(&str, f64)> {
        let vowel_free = letters.iter().skip(1).all(|c| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u'));
        if letters.len() < 4 || !vowel_free {
            return None;
        }
        self.skeletons.get(word).and_then(|id| self.words.get(*id as usize)).map(|found| (found.text.as_str(), 0.7))
    }

    /// Cheap test: length, first letter, shared groups of three letters.
    fn could_be_near(&self, letters: &[char]) -> bool {
        let Some(initials) = self.initials.get(letters.len()) else { return false };
        let starts = letters.first().is_some_and(|first| initials & initial_bit(*first) != 0);
        if !starts {
            return false;
        }
        let needed = (letters.len().saturating_sub(2)).saturating_sub(3 * depth(letters.len())).max(1);
        let shared = grams(letters)
            .filter(|gram| self.grams.get((*gram >> 6) as usize).is_some_and(|slot| slot >> (gram & 63) & 1 == 1))
            .count();
        shared >= needed
    }

    /// True when some token of the text would be repaired.
    pub fn touches(&self, folded: &Folded) -> bool {
        let tokens = folded.tokens();
        tokens.iter().enumerate().take(REPAIRS_MAX).any(|(n, token)| {
            repairable(token) && (self.correct(folded.word(token)).is_some() || self.joined(folded, n).is_some())
        })
    }

    /// The text with its damaged words brought back; `None` when there are none outside `covered` tokens.
    pub fn repair(&self, folded: &Folded, covered: &BTreeSet<usize>) -> Option<Repaired> {
        let mut words = BTreeMap::new();
        let mut memo: HashMap<&str, Option<(&str, f64)>> = HashMap::new();
        let mut skip_to = 0;
        for (n, token) in folded.tokens().iter().enumerate() {
            if n < skip_to || covered.contains(&n) || !repairable(token) || memo.len() > REPAIRS_MAX {
                continue;
            }
            let word = folded.word(token);
            let found = *memo.entry(word).or_insert_with(|| self.correct(word));
            if let Some((word, similarity)) = found {
                words.insert(n, (1, word.to_owned(), similarity));
            } else if let Some((word, similarity)) = self.joined(folded, n).filter(|_| !covered.contains(&(n + 1))) {
                words.insert(n, (2, word.to_owned(), similarity));
                skip_to = n + 2;
            }
        }
        if words.is_empty() {
            return None;
        }
        let mut similarity = BTreeMap::new();
        let mut dropped = 0;
        for (n, (count, _, fit)) in &words {
            similarity.insert(n - dropped, *fit);
            dropped += count - 1;
        }
        let plain = words.into_iter().map(|(n, (count, word, _))| (n, (count, word))).collect();
        Some(Repaired { folded: folded.rewritten(&plain), similarity })
    }

    /// A word broken by a space: two unknown tokens that together are a known word, or nearly.
    fn joined(&self, folded: &Folded, n: usize) -> Option<(&str, f64)> {
        let (one, two) = (folded.tokens().get(n)?, folded.tokens().get(n + 1)?);
        let short = one.len() + two.len() <= WORD_MAX && one.len() + two.len() >= 9 && two.len() >= 3;
        if two.gap != Gap::Soft || !short || !repairable(two) || self.exact.contains(folded.word(two)) {
            return None;
        }
        let joined = format!("{}{}", folded.word(one), folded.word(two));
        self.correct(&joined)
    }
}

fn repairable(token: &Token) -> bool {
    matches!(token.script, Script::Latin | Script::Cyrillic) && (3..=2 * WORD_MAX).contains(&token.len())
}

/// How many letters may be lost: more in longer words.
fn depth(letters: usize) -> usize {
    if letters >= 9 { 2 } else { 1 }
}

/// The first letter is seldom wrong; where it is, the rest must be nearly right and the word long.
fn trusted(word: &str, found: &str, cost: u32) -> bool {
    let same_start = word.chars().next() == found.chars().next();
    same_start || (cost <= 1 && word.chars().count() >= 8)
}

fn initial_bit(c: char) -> u32 {
    if c.is_ascii_lowercase() { 1 << (c as u32 - 'a' as u32) } else { 1 << (26 + c as u32 % 6) }
}

fn grams(letters: &[char]) -> impl Iterator<Item = u32> {
    letters.windows(3).map(|window| {
        let hash = window.iter().fold(7_u32, |hash, c| hash.wrapping_mul(31).wrapping_add(*c as u32));
        hash.wrapping_mul(0x9E37_79B1) >> (32 - GRAM_BITS)
    })
}

/// Hashes of the word with up to `depth` letters left out.
fn deletions(letters: &[char], depth: usize) -> Vec<u64> {
    let mut keys = vec![hash_without(letters, usize::MAX, usize::MAX)];
    for one in 0..letters.len() {
        keys.push(hash_without(letters, one, usize::MAX));
        if depth > 1 {
            keys.extend((one + 1..letters.len()).map(|two| hash_without(letters, one, two)));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn hash_without(letters: &[char], one: usize, two: usize) -> u64 {
    let kept = letters.iter().enumerate().filter(|(n, _)| *n != one && *n != two);
    kept.fold(0xcbf2_9ce4_8422_2325, |hash, (_, c)| (hash ^ *c as u64).wrapping_mul(0x0000_0100_0000_01b3))
}
