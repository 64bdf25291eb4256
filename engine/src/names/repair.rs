//! Brings damaged words back to words of the names, so that the exact search can find them.
//!
//! Only words that the tables do not know are looked at, and only when a cheap test (length, first letter, shared
//! letter groups) says that a known word could be near. Candidates come from a deletion neighbourhood; the weighted
//! damage decides. Words that merely resemble a name are listed as contexts of side `word` and are never repaired.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::memo;
use super::scientific::{Genera, genus_words, letter_mask};
use crate::reference::TradeName;
use crate::text::{Folded, Gap, Script, Token, damage, fold, skeleton, within};

/// Shortest word that is repaired.
const WORD_MIN: usize = 5;
/// Longest word that is repaired, in bytes; longer ones are no names.
const WORD_MAX: usize = 32;
/// Shortest word, in letters, whose first letter may be wrong.
const OTHER_INITIAL_MIN: usize = 7;
/// Similarity of a word written without its vowels.
const SKELETON_FIT: f64 = 0.7;

/// The words that damaged words are compared with.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Tells this vocabulary from others in the memo; it stands in no answer.
    id: u64,
    words: Vec<Word>,
    shapes: Shapes,
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

/// The word that a damaged word was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fix {
    /// Index into the words.
    word: u32,
    /// Similarity.
    fit: f64,
}

#[cfg(test)]
impl Fix {
    pub fn new(word: u32, fit: f64) -> Self {
        Self { word, fit }
    }
}

/// What a word must share with some known word to be worth a look-up: its first letter, its length, most of its letters.
#[derive(Debug, Default)]
struct Shapes {
    /// Masks of the words by first letter and length in letters.
    masks: BTreeMap<(char, usize), Vec<u32>>,
    /// Masks by length alone, for long words whose first letter is wrong.
    long: BTreeMap<usize, Vec<u32>>,
}

impl Shapes {
    /// Letters that a damaged word may have more or less.
    const REACH: usize = 2;

    fn add(&mut self, letters: &[char], mask: u32) {
        let first = letters.first().copied().unwrap_or_default();
        let len = letters.len();
        self.masks.entry((first, len)).or_default().push(mask);
        self.long.entry(len).or_default().push(mask);
    }

    /// False only when `trusted` would refuse every word that the deletion neighbourhood holds: see there.
    fn could_hold(&self, letters: &[char], mask: u32, apart: u32) -> bool {
        let Some(first) = letters.first().copied() else { return false };
        let lengths = letters.len().saturating_sub(Self::REACH)..=letters.len() + Self::REACH;
        let near = |masks: Option<&Vec<u32>>| {
            masks.is_some_and(|masks| masks.iter().any(|other| (other ^ mask).count_ones() <= apart))
        };
        if lengths.clone().any(|len| near(self.masks.get(&(first, len)))) {
            return true;
        }
        letters.len() >= OTHER_INITIAL_MIN && lengths.clone().any(|len| near(self.long.get(&len)))
    }
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
        let id = memo::next_id();
        let mut vocabulary = Self { id, grams: vec![0; 1 << (GRAM_BITS - 6)], ..Self::default() };
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
        let mut keys = Vec::new();
        each_deletion(&letters, depth(letters.len()), &mut |key| keys.push(key));
        for key in keys {
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
        let mask = letter_mask(&text);
        self.shapes.add(&letters, mask);
        self.words.push(Word { mask, text });
    }

    /// The word that `word` most likely was, with the damage; `None` when none is near or `word` is known itself.
    fn correct(&self, word: &str) -> Option<Fix> {
        if word.is_ascii() {
            return self.correct_letters(word, word.as_bytes());
        }
        let mut buffer = ['\0'; WORD_MAX];
        self.correct_letters(word, spread(word, &mut buffer)?)
    }

    fn correct_letters<L: Letter>(&self, word: &str, letters: &[L]) -> Option<Fix> {
        if letters.len() > WORD_MAX {
            return None;
        }
        let near = letters.len() >= WORD_MIN && self.could_be_near(letters, depth(letters.len()));
        let bare = letters.len() >= 4 && letters.iter().skip(1).all(|letter| !letter.is_vowel());
        if !near && !bare {
            return None;
        }
        memo::remembered(self.id, word, || {
            if self.known.contains(word) || self.is_compound(word) {
                return None;
            }
            let skeleton = self.skeletons.get(word).filter(|_| bare);
            let skeleton = skeleton.map(|id| Fix { word: *id, fit: SKELETON_FIT });
            skeleton.or_else(|| if near { self.nearest(word) } else { None })
        })
    }

    /// The word of the vocabulary with the least damage, by the deletion neighbourhood.
    fn nearest(&self, word: &str) -> Option<Fix> {
        let mut buffer = ['\0'; WORD_MAX];
        let letters = spread(word, &mut buffer)?;
        let limit = within(letters.len()).min(4);
        let mask = letter_mask(word);
        if !self.shapes.could_hold(letters, mask, limit + 2) {
            return None;
        }
        let mut best: Option<(u32, u32)> = None;
        let mut seen: Vec<u32> = Vec::new();
        each_deletion(letters, depth(letters.len()), &mut |key| {
            for id in self.deletions.get(&key).into_iter().flatten() {
                let Some(candidate) = self.words.get(*id as usize).filter(|_| !seen.contains(id)) else { continue };
                seen.push(*id);
                if (candidate.mask ^ mask).count_ones() > limit + 2 {
                    continue;
                }
                let bound = best.map_or(limit, |(cost, _)| cost.saturating_sub(1).min(limit));
                if let Some(cost) = damage(word, &candidate.text, bound) {
                    best = Some((cost, *id));
                }
            }
        });
        let (cost, id) = best.filter(|(cost, _)| *cost > 0)?;
        let fit = 1.0 - f64::from(cost) / (2.0 * letters.len() as f64);
        trusted(word, &self.words.get(id as usize)?.text, cost).then_some(Fix { word: id, fit })
    }

    fn text(&self, fix: Fix) -> &str {
        self.words.get(fix.word as usize).map_or("", |word| word.text.as_str())
    }

    /// True when a whole known word stands at the beginning and three letters or more follow: a compound, not a slip.
    fn is_compound(&self, word: &str) -> bool {
        let mut cuts = word.char_indices().skip(WORD_MIN).map(|(at, _)| at).filter(|at| at + 3 <= word.len());
        cuts.any(|at| word.get(..at).is_some_and(|head| self.heads.contains(head)))
    }

    /// Cheap test: enough groups of three letters of a known word with the same initial, at about their place.
    fn could_be_near<L: Letter>(&self, letters: &[L], edits: usize) -> bool {
        let groups = letters.len().saturating_sub(2);
        // One edit spoils three groups, two edits seldom more than five.
        let needed = groups.saturating_sub(if edits > 1 { 5 } else { 3 }).max(2).min(groups);
        let mut spare = groups - needed;
        let first = initial(letters);
        for (at, window) in letters.windows(3).enumerate() {
            let gram = gram_bit(first, window, at);
            if self.grams.get((gram >> 6) as usize).is_some_and(|slot| slot >> (gram & 63) & 1 == 1) {
                continue;
            }
            if spare == 0 {
                return false;
            }
            spare -= 1;
        }
        true
    }

    /// True when some token of the text would be repaired.
    pub fn touches(&self, folded: &Folded) -> bool {
        let tokens = folded.tokens();
        tokens.iter().enumerate().any(|(n, token)| {
            repairable(token) && (self.correct(folded.word(token)).is_some() || self.joined(folded, n).is_some())
        })
    }

    /// The text with its damaged words brought back; `None` when there are none outside `covered` tokens.
    pub fn repair(&self, folded: &Folded, covered: &BTreeSet<usize>) -> Option<Repaired> {
        let mut words = BTreeMap::new();
        let mut skip_to = 0;
        for (n, token) in folded.tokens().iter().enumerate() {
            if n < skip_to || !repairable(token) || covered.contains(&n) {
                continue;
            }
            if let Some(fix) = self.correct(folded.word(token)) {
                words.insert(n, (1, self.text(fix).to_owned(), fix.fit));
            } else if let Some(fix) = self.joined(folded, n).filter(|_| !covered.contains(&(n + 1))) {
                words.insert(n, (2, self.text(fix).to_owned(), fix.fit));
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
    fn joined(&self, folded: &Folded, n: usize) -> Option<Fix> {
        let (one, two) = (folded.tokens().get(n)?, folded.tokens().get(n + 1)?);
        let width = one.width() + two.width();
        if two.gap != Gap::Soft || !(8..=WORD_MAX).contains(&width) || two.width() < 3 || !repairable(two) {
            return None;
        }
        // Between the two stands nothing in the folded text. A broken word may have one more fault, not two.
        let word = folded.text().get(one.start..two.end)?;
        let near = if word.is_ascii() {
            self.could_be_near(word.as_bytes(), 1)
        } else {
            let mut buffer = ['\0'; WORD_MAX];
            self.could_be_near(spread(word, &mut buffer)?, 1)
        };
        if near && !self.known.contains(folded.word(two)) { self.correct(word) } else { None }
    }
}

/// A letter of a folded word: a byte where all are ASCII, a character elsewhere.
trait Letter: Copy {
    fn code(self) -> u32;

    fn is_vowel(self) -> bool {
        [b'a', b'e', b'i', b'o', b'u'].iter().any(|vowel| u32::from(*vowel) == self.code())
    }
}

impl Letter for u8 {
    fn code(self) -> u32 {
        u32::from(self)
    }
}

impl Letter for char {
    fn code(self) -> u32 {
        self as u32
    }
}

/// The letters of a word on the stack; `None` when it is longer than any name.
fn spread<'a>(word: &str, buffer: &'a mut [char; WORD_MAX]) -> Option<&'a [char]> {
    let mut n = 0;
    for c in word.chars() {
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
    one == other || (cost <= 2 && word.chars().count() >= OTHER_INITIAL_MIN)
}

/// True for names of the genera that the engine exists for.
fn is_ours(name: &str) -> bool {
    name.split(' ').next().is_some_and(|genus| super::index::SCOPE.contains(&genus))
}

/// First letter; letters that writers swap count as one.
fn initial<L: Letter>(letters: &[L]) -> u32 {
    let first = letters.first().map_or(0, |first| first.code());
    match char::from_u32(first) {
        Some('k' | 'q') => 'c' as u32,
        Some('z') => 's' as u32,
        Some('w') => 'v' as u32,
        Some('y' | 'j') => 'i' as u32,
        Some('o') => 'd' as u32,
        _ => first,
    }
}

fn gram_bit<L: Letter>(first: u32, window: &[L], at: usize) -> u32 {
    let seed = first.wrapping_mul(31).wrapping_add(at as u32);
    let hash = window.iter().fold(seed, |hash, letter| hash.wrapping_mul(0x0100_0193) ^ letter.code());
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

/// Shows the hashes of the word with up to `depth` letters left out.
fn each_deletion(letters: &[char], depth: usize, show: &mut impl FnMut(u64)) {
    show(letters.iter().fold(SEED, |hash, c| step(hash, *c)));
    without(letters, SEED, depth, show);
}

/// Shows the hashes of `letters` with one to `depth` letters left out, each after the prefix hash `start`.
fn without(letters: &[char], start: u64, depth: usize, show: &mut impl FnMut(u64)) {
    let mut prefix = start;
    for (at, c) in letters.iter().enumerate() {
        let rest = letters.get(at + 1..).unwrap_or_default();
        // Leaving out either of two equal neighbours gives the same word.
        if rest.first() != Some(c) {
            show(rest.iter().fold(prefix, |hash, c| step(hash, *c)));
            if depth > 1 {
                without(rest, prefix, depth - 1, show);
            }
        }
        prefix = step(prefix, *c);
    }
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn step(hash: u64, c: char) -> u64 {
    (hash ^ c as u64).wrapping_mul(0x0000_0100_0000_01b3)
}
