//! Brings damaged words back to words of the names, so that the exact search can find them.
//!
//! Only words that the tables do not know are looked at, and only when cheap tests say that a known word could be near:
//! shared letter groups, then first letter, length and the set of letters, then letters in common order. What is left,
//! seldom more than one word, is weighed by its damage: the shorter the word, the less of it. A word that is nearer to an
//! ordinary word, or is a form of one, is that word ([`Rivals`]); a genus that is not ours, and an ordinary word near a
//! genus, are repaired only where an epithet of that genus stands beside them.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::latin::Latin;
use super::memo::{self, Fix};
use super::rivals::Rivals;
use super::scientific::{Genera, Genus, letter_mask};
use super::shapes::{Letter, Places, Shapes, WORD_MAX, Word, depth, initial};
use crate::reference::{Groups, TradeName, genus_of};
use crate::text::{Folded, Gap, Script, Token, damage, damage_of_letters, fold, skeleton, within};

/// Shortest word that is repaired.
const WORD_MIN: usize = 5;
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
    /// What wins against a name.
    rivals: Rivals,
    /// By number of the word: the genus that it is.
    genera: FxHashMap<u32, Kin>,
    /// Ordinary words near a genus: it is meant where an epithet of it stands beside them.
    doubtful: FxHashMap<String, Fix>,
    /// Bits of (first letter, three letters, place) of all words, with room for shifted places.
    grams: Vec<u64>,
    /// The same without places, small enough for the nearest cache: most words fail here.
    pairs: Vec<u64>,
}

/// A genus among the words.
#[derive(Debug, Default)]
struct Kin {
    /// One that is looked for, in use: repaired alone.
    ours: bool,
    epithets: BTreeSet<String>,
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
    pub fn build(genera: &Genera, trade: &[TradeName], groups: &Groups, rivals: Rivals) -> Self {
        let is_ours = |name: &str| groups.hold(genus_of(name));
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        let id = memo::next_id();
        let mut vocabulary =
            Self { id, grams: vec![0; 1 << (GRAM_BITS - 6)], pairs: vec![0; 1 << (PAIR_BITS - 6)], ..Self::default() };
        let mut kin: BTreeMap<&str, Kin> = BTreeMap::new();
        for genus in genera.names().filter_map(|(n, _)| genera.get(n)) {
            vocabulary.known.insert(genus.word.clone());
            if genus.word.len() > WORD_MIN {
                wanted.insert(genus.word.clone());
                kin.insert(&genus.word, Kin::of(genus));
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
        wanted.retain(|word| !rivals.hold(word));
        for word in wanted {
            if let Some(kin) = kin.remove(word.as_str()) {
                vocabulary.genera.insert(vocabulary.words.len() as u32, kin);
            }
            vocabulary.insert(word);
        }
        vocabulary.doubtful = vocabulary.near_genera(&rivals);
        let doubtful: Vec<&Word> = rivals.words().filter(|word| vocabulary.doubtful.contains_key(&word.text)).collect();
        doubtful.into_iter().for_each(|word| vocabulary.admit(&word.letters));
        vocabulary.rivals = rivals;
        vocabulary
    }

    fn insert(&mut self, text: String) {
        let id = self.words.len() as u32;
        let word = Word::new(text);
        let (text, letters) = (&word.text, &word.letters);
        let bare = skeleton(text);
        if bare.chars().count() >= SKELETON_MIN {
            self.skeletons.entry(bare).or_insert(id);
        }
        self.admit(&word.letters);
        self.shapes.add(letters, letter_mask(text), id);
        self.words.push(word);
    }

    /// Lets the cheap tests pass what has the groups of these letters.
    fn admit(&mut self, letters: &[char]) {
        for window in letters.windows(3) {
            set(&mut self.pairs, pair_bit(group(initial(letters), window)));
        }
        for gram in shifted_grams(letters) {
            set(&mut self.grams, gram);
        }
    }

    /// Ordinary words that a writer may have meant a genus of ours by (`Osiris`).
    fn near_genera(&self, rivals: &Rivals) -> FxHashMap<String, Fix> {
        let genera = || self.genera.iter().filter(|(_, kin)| kin.ours);
        let nearest = |word: &Word| {
            let fits = genera().filter_map(|(id, _)| {
                let cost = damage(&word.text, &self.words.get(*id as usize)?.text, within(word.letters.len()).min(4))?;
                Some((cost, *id))
            });
            let (cost, word_id) = fits.min()?;
            Some(Fix { word: word_id, fit: fit(cost, word.letters.len()), beside: true })
        };
        rivals.words().filter_map(|word| Some((word.text.clone(), nearest(word)?))).collect()
    }

    /// The words that damaged ones are compared with, in order of the alphabet.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.text.as_str())
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
            if self.rivals.hold(word) {
                return self.doubtful.get(word).copied();
            }
            if self.known.contains(word) || self.is_compound(word) {
                return None;
            }
            let skeleton = self.skeletons.get(word).filter(|_| bare);
            let skeleton = skeleton.map(|id| Fix { word: *id, fit: SKELETON_FIT, beside: self.needs_epithet(*id) });
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
        let found = self.words.get(id as usize)?;
        let genus = self.genera.contains_key(&id);
        let holds = trusted(word, &found.text, cost, genus) && !self.rivals.nearer(word, letters, found, cost);
        holds.then(|| Fix { word: id, fit: fit(cost, letters.len()), beside: self.needs_epithet(id) })
    }

    fn needs_epithet(&self, word: u32) -> bool {
        self.genera.get(&word).is_some_and(|kin| !kin.ours)
    }

    /// True when an epithet of the genus that `fix` names stands after token `n`, or a word that says that none is named.
    fn epithet_beside(&self, folded: &Folded, n: usize, fix: Fix) -> bool {
        let Some(kin) = self.genera.get(&fix.word) else { return false };
        let mut words = folded.tokens().iter().skip(n + 1).take_while(|token| token.gap != Gap::Hard);
        let next = words.find(|token| !Latin::may_part(folded.word(token)));
        next.map(|token| folded.word(token)).is_some_and(|word| kin.has(word))
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
                let lone = looked.fix.filter(|fix| !fix.beside || self.epithet_beside(folded, n, *fix));
                lone.is_some() || self.joined(folded, n, looked.strange, ascii).is_some()
            }
        })
    }

    /// The text with its damaged words brought back; `None` when there are none outside the tokens marked in `covered`, by
    /// index.
    pub fn repair(&self, folded: &Folded, covered: &[bool]) -> Option<Repaired> {
        let is_covered = |n: usize| covered.get(n) == Some(&true);
        let mut words = BTreeMap::new();
        let ascii = folded.text().is_ascii();
        let mut skip_to = 0;
        for (n, token) in folded.tokens().iter().enumerate() {
            if n < skip_to || !repairable(token) || is_covered(n) {
                continue;
            }
            let looked = self.correct(folded.word(token), ascii);
            if let Some(fix) = looked.fix.filter(|fix| !fix.beside || self.epithet_beside(folded, n, *fix)) {
                words.insert(n, (1, self.text(fix).to_owned(), fix.fit));
            } else if let Some(fix) = self.joined(folded, n, looked.strange, ascii).filter(|_| !is_covered(n + 1)) {
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
        if !near || self.known.contains(folded.word(two)) {
            return None;
        }
        self.correct(word, ascii).fix.filter(|fix| !fix.beside || self.epithet_beside(folded, n + 1, *fix))
    }

    fn one_fault_off<L: Letter>(&self, letters: &[L]) -> bool {
        let spare = spare(letters.len(), 1);
        self.strange(letters, spare) <= spare && self.in_place(letters, spare)
    }
}

impl Kin {
    fn of(genus: &Genus) -> Self {
        Self { ours: genus.in_scope && genus.in_use(), epithets: genus.words().map(str::to_owned).collect() }
    }

    fn has(&self, word: &str) -> bool {
        let near = |epithet: &String| damage(word, epithet, within(word.chars().count()).min(2)).is_some();
        Latin::NoSpecies.has(word) || self.epithets.contains(word) || self.epithets.iter().any(near)
    }
}

/// Similarity of a word of `letters` letters with that damage.
fn fit(cost: u32, letters: usize) -> f64 {
    1.0 - f64::from(cost) / (2.0 * letters as f64)
}

/// What a look at one word showed.
#[derive(Debug, Clone, Copy, Default)]
struct Looked {
    fix: Option<Fix>,
    /// Groups of three letters that no known word has, as far as they were counted.
    strange: usize,
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

/// True when the damage is little enough for the length. The first letter is seldom wrong; where it is, the rest must be
/// nearly right and the word long. Names of trade are short and near to many words: they may have less damage than genera.
fn trusted(word: &str, found: &str, cost: u32, genus: bool) -> bool {
    let (one, other) = (word.chars().next(), found.chars().next());
    let letters = word.chars().count();
    let first = one == other || (cost <= 2 && letters >= OTHER_INITIAL_MIN);
    first && (genus || cost <= of_trade(letters.max(found.chars().count())))
}

/// Damage that a name of trade of so many letters may have, in half edits.
///
/// Of the words of 60 languages some 1,500 lie within the damage that a genus may have of a name of trade; within this
/// some 450. What a short name loses is a whole strange letter: `ebony` is known in `ebonny` and `eb0ny`, not in `ebany`.
fn of_trade(letters: usize) -> u32 {
    match letters {
        0..=7 => 1,
        8..=9 => 2,
        10..=12 => 3,
        _ => 4,
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
