//! Brings damaged words back to words of the names, so that the exact search can find them.
//!
//! Only words that the tables do not know are looked at, and only when cheap tests say that a known word could be near:
//! shared letter groups, then first letter, length and the set of letters, then letters in common order. What is left,
//! seldom more than one word, is weighed by its damage. Words that merely resemble a name are listed as contexts of side `word` and are never repaired.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::memo::{self, Fix};
use super::scientific::{Genera, genus_words, letter_mask};
use crate::reference::{Groups, TradeName, genus_of};
use crate::text::{Folded, Gap, Script, Token, damage, damage_of_letters, fold, skeleton, within};

/// Shortest word that is repaired.
const WORD_MIN: usize = 5;
/// Longest word that is repaired, in bytes; longer ones are no names.
const WORD_MAX: usize = 32;
/// Shortest word, in letters, that is known without its vowels.
const SKELETON_MIN: usize = 4;
/// Groups of three letters that one edit can spoil.
const SPOILT_BY_ONE: usize = 3;
/// Groups of three letters that two edits spoil; seldom more.
const SPOILT_BY_TWO: usize = 5;
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
    // Hashed without a seed: only words of the tables are ever put in, so that no text can make them collide.
    known: FxHashSet<String>,
    /// Words of trade names that compounds begin with.
    heads: FxHashSet<String>,
    skeletons: FxHashMap<String, u32>,
    /// Bits of (first letter, three letters, place) of all words, with room for shifted places.
    grams: Vec<u64>,
    /// The same without places, small enough for the nearest cache: most words fail here.
    pairs: Vec<u64>,
}

#[derive(Debug)]
struct Word {
    text: String,
    letters: Vec<char>,
    /// All letters are ASCII: the bytes of the text are its letters too.
    ascii: bool,
}

/// The words by what a damaged word shares with them: the class of the first letter, the length, most of the letters.
#[derive(Debug, Default)]
struct Shapes {
    /// By place of the first letter and length: set of letters, id.
    lists: Vec<Vec<(u32, u32)>>,
}

impl Shapes {
    /// Letters that a damaged word may have more or less: as many as `depth` lets it lose.
    const REACH: usize = 2;
    /// Lists for each first letter: one for each length that is looked for.
    const LENGTHS: usize = WORD_MAX + Self::REACH + 1;
    /// First letters are told apart by their low six bits, which no two letters of one alphabet share.
    const INITIALS: usize = 64;

    fn list(initial: u32, len: usize) -> Option<usize> {
        (len < Self::LENGTHS).then_some(initial as usize % Self::INITIALS * Self::LENGTHS + len)
    }

    fn add(&mut self, letters: &[char], mask: u32, id: u32) {
        self.lists.resize(Self::INITIALS * Self::LENGTHS, Vec::new());
        let list = Self::list(initial(letters), letters.len());
        if let Some(list) = list.and_then(|n| self.lists.get_mut(n)) {
            list.push((mask, id));
        }
    }

    /// Words of that class and about that length whose sets of letters differ in `apart` letters at most, in order of
    /// length, then alphabet.
    fn like(&self, initial: u32, len: usize, mask: u32, apart: u32) -> impl Iterator<Item = u32> {
        let lengths = len.saturating_sub(Self::REACH)..=len + Self::REACH;
        let words = lengths.filter_map(move |len| self.lists.get(Self::list(initial, len)?)).flatten();
        words.filter(move |(other, _)| (other ^ mask).count_ones() <= apart).map(|(_, id)| *id)
    }
}

/// Where each letter of a word stands, one bit a place, for the longest common subsequence with another word.
struct Places {
    /// By the low six bits of the letter: within one alphabet no two letters share them.
    at: [u64; 64],
    len: usize,
}

impl Places {
    fn of<L: Letter>(letters: &[L]) -> Self {
        let mut at = [0; 64];
        for (n, letter) in letters.iter().enumerate() {
            if let Some(places) = at.get_mut(letter.code() as usize & 63) {
                *places |= 1 << n;
            }
        }
        Self { at, len: letters.len() }
    }

    /// True when both words, less as many letters as `depth` lets each lose, can be the same.
    fn reach(&self, other: &[char]) -> bool {
        // One bit stays set for each letter that is not in the subsequence yet (Hyyrö 2004).
        let mut free = u64::MAX;
        for letter in other {
            let here = self.at.get(*letter as usize & 63).copied().unwrap_or_default() & free;
            free = free.wrapping_add(here) | (free & !here);
        }
        let own = if self.len >= 64 { u64::MAX } else { (1 << self.len) - 1 };
        let common = (!free & own).count_ones() as usize;
        common + depth(self.len) >= self.len && common + depth(other.len()) >= other.len()
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
/// Groups of a word that the small table is asked for, besides those that may be strange: enough to tell most words.
const GROUPS_MORE: usize = 3;
/// Size of the small bit table: 2^16 bits, 8 kB.
const PAIR_BITS: u32 = 16;

impl Vocabulary {
    /// The table of words that damaged ones are compared with: epithets, genera, trade names and words that must not be mistaken.
    pub fn build(genera: &Genera, trade: &[TradeName], groups: &Groups, other: impl Iterator<Item = String>) -> Self {
        let is_ours = |name: &str| groups.hold(genus_of(name));
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        let id = memo::next_id();
        let mut vocabulary =
            Self { id, grams: vec![0; 1 << (GRAM_BITS - 6)], pairs: vec![0; 1 << (PAIR_BITS - 6)], ..Self::default() };
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
        let other: FxHashSet<String> = other.collect();
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
        let bare = skeleton(&text);
        if bare.chars().count() >= SKELETON_MIN {
            self.skeletons.entry(bare).or_insert(id);
        }
        for window in letters.windows(3) {
            set(&mut self.pairs, pair_bit(group(initial(&letters), window)));
        }
        for gram in shifted_grams(&letters) {
            set(&mut self.grams, gram);
        }
        self.shapes.add(&letters, letter_mask(&text), id);
        self.words.push(Word { ascii: text.is_ascii(), text, letters });
    }

    /// The word that `word` most likely was, with the damage; `None` when none is near or `word` is known itself.
    /// `ascii`: all of the text is ASCII, so that not every word has to be looked through for it.
    fn correct(&self, word: &str, ascii: bool) -> Looked {
        if ascii || word.is_ascii() {
            return self.correct_letters(word, word.as_bytes());
        }
        let mut buffer = ['\0'; WORD_MAX];
        spread(word, &mut buffer).map_or_else(Looked::default, |letters| self.correct_letters(word, letters))
    }

    fn correct_letters<L: Letter>(&self, word: &str, letters: &[L]) -> Looked {
        if !(SKELETON_MIN..=WORD_MAX).contains(&letters.len()) {
            return Looked::default();
        }
        let spare = spare(letters.len(), depth(letters.len()));
        let strange = if letters.len() >= WORD_MIN { self.strange(letters, spare) } else { 0 };
        let near = letters.len() >= WORD_MIN && strange <= spare && self.in_place(letters, spare);
        let bare = letters.iter().skip(1).all(|letter| !letter.is_vowel());
        let fix = if near || bare { self.known_or_near(word, letters, near, bare) } else { None };
        Looked { fix, strange }
    }

    fn known_or_near<L: Letter>(&self, word: &str, letters: &[L], near: bool, bare: bool) -> Option<Fix> {
        memo::remembered(self.id, word, || {
            if self.known.contains(word) || self.is_compound(word) {
                return None;
            }
            let skeleton = self.skeletons.get(word).filter(|_| bare);
            let skeleton = skeleton.map(|id| Fix { word: *id, fit: SKELETON_FIT });
            skeleton.or_else(|| if near { self.nearest(word, letters) } else { None })
        })
    }

    /// The word of the vocabulary with the least damage; of equals the first in the alphabet.
    fn nearest<L: Letter>(&self, word: &str, letters: &[L]) -> Option<Fix> {
        let limit = within(letters.len()).min(4);
        let mask = letter_mask(word);
        let places = Places::of(letters);
        let mut best: Option<(u32, u32)> = None;
        for id in self.shapes.like(initial(letters), letters.len(), mask, limit + 2) {
            let Some(candidate) = self.words.get(id as usize).filter(|candidate| places.reach(&candidate.letters))
            else {
                continue;
            };
            let bound = best.map_or(limit, |(cost, _)| cost.saturating_sub(1).min(limit));
            let cost = match L::of(candidate) {
                Some(other) => damage_of_letters(letters, other, bound),
                None => damage(word, &candidate.text, bound),
            };
            if let Some(cost) = cost {
                best = Some((cost, id));
            }
        }
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

    /// Cheap test: how many of the first groups of three letters no known word with the same initial has. More than
    /// `spare` of them: no known word is near.
    fn strange<L: Letter>(&self, letters: &[L], spare: usize) -> usize {
        let first = initial(letters);
        // Counted without looking back at each group, so that the look-ups overlap.
        let strange = |window: &[L]| !holds(&self.pairs, pair_bit(group(first, window)));
        letters.windows(3).take(spare + GROUPS_MORE).filter(|window| strange(window)).count()
    }

    /// The sharper test: true when known words have all groups but `spare` at about their place.
    fn in_place<L: Letter>(&self, letters: &[L], spare: usize) -> bool {
        let first = initial(letters);
        let misplaced = |(at, window): (usize, &[L])| !holds(&self.grams, gram_bit(group(first, window), at));
        letters.windows(3).enumerate().filter(|placed| misplaced(*placed)).count() <= spare
    }

    /// True when some token of the text would be repaired.
    pub fn touches(&self, folded: &Folded) -> bool {
        let (tokens, ascii) = (folded.tokens(), folded.text().is_ascii());
        tokens.iter().enumerate().any(|(n, token)| {
            repairable(token) && {
                let looked = self.correct(folded.word(token), ascii);
                looked.fix.is_some() || self.joined(folded, n, looked.strange, ascii).is_some()
            }
        })
    }

    /// The text with its damaged words brought back; `None` when there are none outside `covered` tokens.
    pub fn repair(&self, folded: &Folded, covered: &BTreeSet<usize>) -> Option<Repaired> {
        let mut words = BTreeMap::new();
        let ascii = folded.text().is_ascii();
        let mut skip_to = 0;
        for (n, token) in folded.tokens().iter().enumerate() {
            if n < skip_to || !repairable(token) || covered.contains(&n) {
                continue;
            }
            let looked = self.correct(folded.word(token), ascii);
            if let Some(fix) = looked.fix {
                words.insert(n, (1, self.text(fix).to_owned(), fix.fit));
            } else if let Some(fix) =
                self.joined(folded, n, looked.strange, ascii).filter(|_| !covered.contains(&(n + 1)))
            {
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

    /// A word broken by a space: two unknown tokens that together are a known word, or nearly. `strange`: groups of the
    /// first token that are strange, which are groups of both together too.
    fn joined(&self, folded: &Folded, n: usize, strange: usize, ascii: bool) -> Option<Fix> {
        // A broken word may have one more fault, not two.
        if strange > SPOILT_BY_ONE {
            return None;
        }
        let (one, two) = (folded.tokens().get(n)?, folded.tokens().get(n + 1)?);
        let width = one.width() + two.width();
        if two.gap != Gap::Soft || !(8..=WORD_MAX).contains(&width) || two.width() < 3 || !repairable(two) {
            return None;
        }
        // Between the two stands nothing in the folded text.
        let word = folded.text().get(one.start..two.end)?;
        let near = if ascii || word.is_ascii() {
            self.one_fault_off(word.as_bytes())
        } else {
            let mut buffer = ['\0'; WORD_MAX];
            self.one_fault_off(spread(word, &mut buffer)?)
        };
        if near && !self.known.contains(folded.word(two)) { self.correct(word, ascii).fix } else { None }
    }

    fn one_fault_off<L: Letter>(&self, letters: &[L]) -> bool {
        let spare = spare(letters.len(), 1);
        self.strange(letters, spare) <= spare && self.in_place(letters, spare)
    }
}

/// What a look at one word showed.
#[derive(Debug, Clone, Copy, Default)]
struct Looked {
    fix: Option<Fix>,
    /// Groups of three letters that no known word has, as far as they were counted.
    strange: usize,
}

/// A letter of a folded word: a byte where all are ASCII, a character elsewhere.
trait Letter: Copy + PartialEq + Into<u32> {
    /// The letters of a known word; `None` when they are not all of this kind.
    fn of(word: &Word) -> Option<&[Self]>;

    fn code(self) -> u32 {
        self.into()
    }

    fn is_vowel(self) -> bool {
        [b'a', b'e', b'i', b'o', b'u'].iter().any(|vowel| u32::from(*vowel) == self.code())
    }
}

impl Letter for u8 {
    fn of(word: &Word) -> Option<&[Self]> {
        word.ascii.then_some(word.text.as_bytes())
    }
}

impl Letter for char {
    fn of(word: &Word) -> Option<&[Self]> {
        Some(&word.letters)
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

/// Groups of three letters that so many edits can spoil in a word of `letters` letters that is still known by the rest.
fn spare(letters: usize, edits: usize) -> usize {
    let groups = letters.saturating_sub(2);
    let spoilt = if edits > 1 { SPOILT_BY_TWO } else { SPOILT_BY_ONE };
    groups.saturating_sub(groups.saturating_sub(spoilt).max(2))
}

/// How many letters may be lost, or be others: more in longer words.
fn depth(letters: usize) -> usize {
    if letters >= 9 { 2 } else { 1 }
}

/// The first letter is seldom wrong; where it is, the rest must be nearly right and the word long.
fn trusted(word: &str, found: &str, cost: u32) -> bool {
    let (one, other) = (word.chars().next(), found.chars().next());
    one == other || (cost <= 2 && word.chars().count() >= OTHER_INITIAL_MIN)
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

/// Three letters and the first letter of their word in one number.
fn group<L: Letter>(first: u32, window: &[L]) -> u32 {
    window.iter().fold(first, |all, letter| all << 5 ^ letter.code())
}

fn pair_bit(group: u32) -> u32 {
    group.wrapping_mul(0x9E37_79B1) >> (32 - PAIR_BITS)
}

fn gram_bit(group: u32, at: usize) -> u32 {
    let placed = group ^ (at as u32 + 1).wrapping_mul(0x85EB_CA6B);
    placed.wrapping_mul(0x9E37_79B1) >> (32 - GRAM_BITS)
}

fn set(table: &mut [u64], bit: u32) {
    if let Some(slot) = table.get_mut((bit >> 6) as usize) {
        *slot |= 1 << (bit & 63);
    }
}

fn holds(table: &[u64], bit: u32) -> bool {
    table.get((bit >> 6) as usize).is_some_and(|slot| slot >> (bit & 63) & 1 == 1)
}

/// The groups of a word, each at its place and at the places that lost or added letters move it to.
fn shifted_grams(letters: &[char]) -> Vec<u32> {
    let reach = depth(letters.len());
    let first = initial(letters);
    let mut out = Vec::new();
    for (at, window) in letters.windows(3).enumerate() {
        out.extend((at.saturating_sub(reach)..=at + reach).map(|place| gram_bit(group(first, window), place)));
    }
    out
}
