//! Brings damaged words back to words of the names, so that the exact search can find them.
//!
//! Only words that the tables do not know are looked at, and only when a cheap test (length, first letter, shared
//! letter groups) says that a known word could be near. Candidates come from a deletion neighbourhood; the weighted
//! damage decides. Words that merely resemble a name are listed as contexts of side `word` and are never repaired.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::scientific::{Genera, genus_words, letter_mask};
use crate::reference::TradeName;
use crate::text::{Folded, Gap, Script, Token, damage, fold, skeleton, within};

/// Shortest word that is repaired.
const WORD_MIN: usize = 5;
/// Longest word that is repaired, in bytes; longer ones are no names.
const WORD_MAX: usize = 32;
/// Similarity of a word written without its vowels.
const SKELETON_FIT: f64 = 0.7;
/// Most unknown words that are repaired in one text; a name list of this length is seen by its first words.
const REPAIRS_MAX: usize = 400;

/// The words that damaged words are compared with.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Word>,
    known: HashSet<String>,
    /// Words of trade names that compounds begin with.
    heads: HashSet<String>,
    deletions: HashMap<u64, Vec<u32>, BuildHasherDefault<Identity>>,
    skeletons: HashMap<String, u32>,
    /// Bits of (first letter, three letters, place) of all words, with room for shifted places.
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

/// Size of the bit table: 2^19 bits, 64 kB; a few per cent of the bits are set, so the test is sharp.
const GRAM_BITS: u32 = 19;

impl Vocabulary {
    pub fn build(genera: &Genera, trade: &[TradeName], other: impl Iterator<Item = String>) -> Self {
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        let mut vocabulary = Self { grams: vec![0; 1 << (GRAM_BITS - 6)], ..Self::default() };
        for word in genus_words(genera) {
            vocabulary.known.insert(word.to_owned());
            if word.len() > WORD_MIN {
                wanted.insert(word.to_owned());
            }
        }
        for name in trade.iter().filter(|name| name.taxa.iter().all(|taxon| taxon.name != "any")) {
            let ours = name.taxa.iter().any(|taxon| is_ours(&taxon.name));
            let folded = fold(&name.name);
            for token in folded.tokens() {
                let word = folded.word(token);
                vocabulary.known.insert(word.to_owned());
                let alphabet = ours && matches!(token.script, Script::Latin | Script::Cyrillic);
                if alphabet
                    && !name.marks_required
                    && word.chars().count() > WORD_MIN - usize::from(name.taxa.iter().all(|taxon| is_ours(&taxon.name)))
                {
                    wanted.insert(word.to_owned());
                    vocabulary.heads.insert(word.to_owned());
                }
            }
        }
        let other: HashSet<String> = other.collect();
        wanted.retain(|word| !other.contains(word));
        vocabulary.known.extend(other);
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
        for gram in shifted_grams(&letters) {
            if let Some(slot) = self.grams.get_mut((gram >> 6) as usize) {
                *slot |= 1 << (gram & 63);
            }
        }
        self.words.push(Word { mask: letter_mask(&text), text });
    }

    /// The word that `word` most likely was, with the damage; `None` when none is near or `word` is known itself.
    pub fn correct(&self, word: &str) -> Option<(&str, f64)> {
        let mut buffer = ['\0'; WORD_MAX];
        let letters = spread(word.chars(), &mut buffer)?;
        let near = letters.len() >= WORD_MIN && self.could_be_near(letters, depth(letters.len()));
        let bare = letters.len() >= 4 && letters.iter().skip(1).all(|c| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u'));
        if !near && !bare || self.known.contains(word) || self.is_compound(word) {
            return None;
        }
        if bare && let Some(found) = self.skeletons.get(word).and_then(|id| self.words.get(*id as usize)) {
            return Some((found.text.as_str(), SKELETON_FIT));
        }
        if !near {
            return None;
        }
        let limit = within(letters.len()).min(4);
        let mask = letter_mask(word);
        let mut best: Option<(u32, &Word)> = None;
        let mut seen = BTreeSet::new();
        for key in deletions(letters, depth(letters.len())) {
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

    /// True when a whole known word stands at the beginning and three letters or more follow: a compound, not a slip.
    fn is_compound(&self, word: &str) -> bool {
        let mut cuts = word.char_indices().skip(WORD_MIN).map(|(at, _)| at).filter(|at| at + 3 <= word.len());
        cuts.any(|at| word.get(..at).is_some_and(|head| self.heads.contains(head)))
    }

    /// Cheap test: enough groups of three letters of a known word with the same initial, at about their place.
    fn could_be_near(&self, letters: &[char], edits: usize) -> bool {
        let groups = letters.len().saturating_sub(2);
        // One edit spoils three groups, two edits seldom more than five.
        let needed = groups.saturating_sub(if edits > 1 { 5 } else { 3 }).max(2).min(groups);
        let mut shared = 0;
        let first = initial(letters);
        for (at, window) in letters.windows(3).enumerate() {
            let gram = gram_bit(first, window, at);
            shared +=
                usize::from(self.grams.get((gram >> 6) as usize).is_some_and(|slot| slot >> (gram & 63) & 1 == 1));
        }
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
        let short = one.width() + two.width() <= WORD_MAX && one.width() + two.width() >= 8 && two.width() >= 3;
        if two.gap != Gap::Soft || !short || !repairable(two) || self.known.contains(folded.word(two)) {
            return None;
        }
        let mut buffer = ['\0'; WORD_MAX];
        let letters = spread(folded.word(one).chars().chain(folded.word(two).chars()), &mut buffer)?;
        // A broken word may have one more fault, not two.
        if !self.could_be_near(letters, 1) {
            return None;
        }
        let joined: String = letters.iter().collect();
        self.correct(&joined)
    }
}

/// The letters of a word on the stack; `None` when it is longer than any name.
fn spread(letters: impl Iterator<Item = char>, buffer: &mut [char; WORD_MAX]) -> Option<&[char]> {
    let mut n = 0;
    for c in letters {
        *buffer.get_mut(n)? = c;
        n += 1;
    }
    buffer.get(..n)
}

fn repairable(token: &Token) -> bool {
    matches!(token.script, Script::Latin | Script::Cyrillic) && (3..=2 * WORD_MAX).contains(&token.width())
}

/// How many letters may be lost: more in longer words.
fn depth(letters: usize) -> usize {
    if letters >= 9 { 2 } else { 1 }
}

/// The first letter is seldom wrong; where it is, the rest must be nearly right and the word long.
fn trusted(word: &str, found: &str, cost: u32) -> bool {
    let (one, other) = (word.chars().next(), found.chars().next());
    one == other || (cost <= 2 && word.chars().count() >= 7)
}

/// True for names of the genera that the engine exists for.
fn is_ours(name: &str) -> bool {
    name.split(' ').next().is_some_and(|genus| super::index::SCOPE.contains(&genus))
}

/// First letter; letters that writers swap count as one.
fn initial(letters: &[char]) -> u32 {
    letters.first().map_or(0, |first| match first {
        'k' | 'q' => 'c' as u32,
        'z' => 's' as u32,
        'w' => 'v' as u32,
        'y' | 'j' => 'i' as u32,
        'o' => 'd' as u32,
        other => *other as u32,
    })
}

fn gram_bit(first: u32, window: &[char], at: usize) -> u32 {
    let seed = first.wrapping_mul(31).wrapping_add(at as u32);
    let hash = window.iter().fold(seed, |hash, c| hash.wrapping_mul(0x0100_0193) ^ *c as u32);
    hash.wrapping_mul(0x9E37_79B1) >> (32 - GRAM_BITS)
}

/// The groups of a word, each at its place and at the places that lost or added letters move it to.
fn shifted_grams(letters: &[char]) -> Vec<u32> {
    let reach = depth(letters.len());
    let first = initial(letters);
    let mut out = Vec::new();
    for (at, window) in letters.windows(3).enumerate() {
        out.extend((at.saturating_sub(reach)..=at + reach).map(|place| gram_bit(first, window, place)));
    }
    out
}

/// Hashes of the word with up to `depth` letters left out.
fn deletions(letters: &[char], depth: usize) -> Vec<u64> {
    let mut keys = Vec::with_capacity(1 + letters.len() * if depth > 1 { letters.len() / 2 + 1 } else { 1 });
    keys.push(letters.iter().fold(SEED, |hash, c| step(hash, *c)));
    without(letters, SEED, depth, &mut keys);
    keys
}

/// Pushes the hashes of `letters` with one to `depth` letters left out, each after the prefix hash `start`.
fn without(letters: &[char], start: u64, depth: usize, keys: &mut Vec<u64>) {
    let mut prefix = start;
    for (at, c) in letters.iter().enumerate() {
        let rest = letters.get(at + 1..).unwrap_or_default();
        // Leaving out either of two equal neighbours gives the same word.
        if rest.first() != Some(c) {
            keys.push(rest.iter().fold(prefix, |hash, c| step(hash, *c)));
            if depth > 1 {
                without(rest, prefix, depth - 1, keys);
            }
        }
        prefix = step(prefix, *c);
    }
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn step(hash: u64, c: char) -> u64 {
    (hash ^ c as u64).wrapping_mul(0x0000_0100_0000_01b3)
}
