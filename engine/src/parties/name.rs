//! A name in comparable form: its words with their weights, its legal form.
//!
//! In: a name as written. Out: words in capitals, each with what it weighs and how it was written; words of law are set
//! aside as classes of the legal form, words between names and kinds of ship are left out (unless nothing else is left).

use std::collections::HashMap;

use super::letters::parted;
use super::piece::{Piece, Writing};
use super::spelled::pieces;
use super::{legal_forms, numerals, party_words, sounds};
use crate::text::without_invisible;

/// Below this two names are of two parties.
pub const SAME_PARTY: f64 = 0.80;
/// Two names that each have a telling word of their own are of two parties.
pub(super) const TWO_PARTIES: f64 = 0.74;
/// They differ in a word of the trade only: a sister firm, or the same one said otherwise.
pub(super) const OTHER_TRADE: f64 = 0.84;
/// Names longer than this are cut: no register holds longer ones.
pub(super) const MAX_WORDS: usize = 16;
/// Weight of a word of the trade.
pub(super) const TRADE_WEIGHT: f32 = 0.15;
/// Weight of an initial.
pub(super) const INITIAL_WEIGHT: f32 = 0.4;
/// Counts mean nothing in a register of fewer names.
const MIN_COUNTED: u32 = 50;

/// Letters that must follow a part that is cut off a word.
const MIN_REST: usize = 4;

/// How often words stand in the names of a register; without one, all words that are not of the trade are rare.
#[derive(Debug, Clone, Default)]
pub struct WordCounts {
    counts: HashMap<String, u32>,
    n_names: u32,
}

impl WordCounts {
    /// Counts the words of one more name.
    pub fn add(&mut self, name: &PartyName) {
        self.n_names += 1;
        for word in &name.words {
            if let Some(count) = self.counts.get_mut(word) {
                *count += 1;
            } else {
                self.counts.insert(word.clone(), 1);
            }
        }
    }

    /// 1 for a rare word, less for a common one.
    fn rarity(&self, word: &str) -> f32 {
        if self.n_names < MIN_COUNTED {
            return 1.0;
        }
        // Half weight where one name in a hundred has the word as well: the first that has it tells nothing of how common
        // it is, in a short list least of all.
        let others = self.counts.get(word).copied().unwrap_or(0).saturating_sub(1);
        let share = f64::from(others) / f64::from(self.n_names);
        (1.0 / (1.0 + share * 100.0)).max(0.25) as f32
    }
}

/// A name in comparable form.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartyName {
    pub(super) words: Vec<String>,
    /// One for each word.
    pub(super) shapes: Vec<Shape>,
    /// Sounds of words that were not written in Latin letters, empty where none was; else one for each word.
    pub(super) sounds: Vec<Vec<u8>>,
    /// Classes of its legal form, a bit each; 0 where it has none.
    pub(super) form: u16,
    /// A kind of ship stood before it.
    pub(super) is_ship: bool,
    /// Bits of the words that stand in brackets.
    pub(super) bracketed: u32,
}

/// What can be compared of a word without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shape {
    /// The letters and digits that stand in it, one bit each: most unlike words are told apart by these.
    pub(super) letters: u64,
    /// 0.15 for words of the trade, 0.25 to 1 by rarity for the others.
    pub(super) weight: f32,
    /// Bytes of it.
    pub(super) length: u16,
    /// Meaning of a word of the trade, 0 for others.
    pub(super) meaning: u16,
    pub(super) writing: Writing,
}

impl Shape {
    fn new(word: &str, writing: Writing, meaning: u16) -> Self {
        let weight = match word.len() {
            _ if meaning > 0 => TRADE_WEIGHT,
            1 if !word.as_bytes().first().is_some_and(u8::is_ascii_digit) => INITIAL_WEIGHT,
            _ => 1.0,
        };
        let length = u16::try_from(word.len()).unwrap_or(u16::MAX);
        Self { letters: letters_of(word), weight, length, meaning, writing }
    }

    /// False when the two words cannot be two thirds alike, nor one the beginning of the other.
    pub(super) fn may_be_like(self, other: Self) -> bool {
        // Sounds of other scripts are spelt with other letters.
        if self.writing != other.writing {
            return true;
        }
        // An edit changes two bits at most, and two thirds alike allow a third of the letters to be edited; a word that
        // is the beginning of another lacks only letters.
        let edits = u32::from(self.length.max(other.length)) * 34 / 100;
        let both = self.letters & other.letters;
        both == self.letters || both == other.letters || (self.letters ^ other.letters).count_ones() <= 2 * edits
    }
}

/// No two names of these shapes are more alike, words that are glued or split and names of other scripts aside.
pub fn ceiling(a: &[Shape], b: &[Shape]) -> f64 {
    let foreign = |shapes: &[Shape]| shapes.iter().any(|shape| shape.writing != Writing::Latin);
    if foreign(a) != foreign(b) {
        return 1.0;
    }
    let met = |own: &[Shape], other: &[Shape]| -> f32 {
        own.iter().filter(|x| other.iter().any(|y| x.may_be_like(*y))).map(|shape| shape.weight).sum()
    };
    let all: f32 = a.iter().chain(b).map(|shape| shape.weight).sum();
    if all > 0.0 { f64::from((met(a, b) + met(b, a)) / all) } else { 0.0 }
}

/// One bit for every letter and digit of a word.
fn letters_of(word: &str) -> u64 {
    word.bytes().fold(0, |bits, byte| bits | 1_u64 << (byte & 63))
}

impl PartyName {
    /// Cuts a name into words, sets its legal form aside and drops what tells nothing (unless nothing else is left).
    pub fn new(name: &str) -> Self {
        // What nobody sees parts no word of a name, and joins none.
        let name = without_invisible(name);
        let all = pieces(&name);
        let mut kept: Vec<(Piece, u16)> = Vec::with_capacity(all.len());
        let (mut form, mut ship) = (0, false);
        let mut n = 0;
        while let Some(piece) = all.get(n) {
            if let Some((length, classes)) = all.get(n..).and_then(|rest| legal_forms::at(rest, kept.is_empty())) {
                form |= classes;
                n += length;
                continue;
            }
            n += 1;
            let text = piece.text.as_str();
            let is_ship = kept.is_empty() && n < all.len() && party_words::is_ship(text);
            if let Some(next) = all.get(n).filter(|_| kept.is_empty() && n + 1 < all.len())
                && party_words::is_ship(&[text, &next.text].concat())
            {
                n += 1;
                ship = true;
                continue;
            }
            ship |= is_ship;
            let particle = party_words::is_particle(text) && n < all.len();
            if text.is_empty() || is_ship || particle || party_words::is_filler(text) {
                continue;
            }
            take(piece, &mut kept);
        }
        if kept.is_empty() {
            all.iter().filter(|piece| !piece.text.is_empty()).for_each(|piece| kept.push((piece.clone(), 0)));
            form = 0;
        }
        kept.truncate(MAX_WORDS);
        let foreign = kept.iter().any(|(piece, _)| piece.writing != Writing::Latin);
        let mut own = Self { form, is_ship: ship, ..Self::default() };
        for (n, (piece, meaning)) in kept.into_iter().enumerate() {
            own.bracketed |= u32::from(piece.bracketed) << n;
            if foreign {
                let sound = if piece.writing == Writing::Latin { Vec::new() } else { sounds::loose(&piece.text) };
                own.sounds.push(sound);
            }
            let word = if piece.writing == Writing::Han { piece.text } else { piece.text.replace('\'', "") };
            own.shapes.push(Shape::new(&word, piece.writing, meaning));
            own.words.push(word);
        }
        own
    }

    /// The same name with its words weighed by their rarity in a register.
    pub fn weighed(mut self, counts: &WordCounts) -> Self {
        for (word, shape) in self.words.iter().zip(&mut self.shapes) {
            if shape.weight > INITIAL_WEIGHT {
                shape.weight = counts.rarity(word);
            }
        }
        self
    }

    /// The words that count, with their weights.
    pub fn words(&self) -> impl Iterator<Item = (&str, f64)> {
        self.words.iter().map(String::as_str).zip(self.shapes.iter().map(|shape| f64::from(shape.weight)))
    }

    /// The shapes of the words that count.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// True when the name says nothing.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn is_generic(&self) -> bool {
        self.shapes.iter().all(|shape| shape.weight <= TRADE_WEIGHT)
    }

    /// All words as one.
    pub fn joined(&self) -> String {
        self.words.concat()
    }

    /// Was any word written so?
    pub(super) fn has(&self, writing: Writing) -> bool {
        !self.sounds.is_empty() && self.shapes.iter().any(|shape| shape.writing == writing)
    }

    /// The name with two neighbours as one word.
    pub(super) fn joined_at(&self, n: usize) -> Self {
        let mut own = self.clone();
        if n + 1 < own.words.len() {
            let second = own.words.remove(n + 1);
            own.shapes.remove(n + 1);
            if let Some(sound) = (n + 1 < own.sounds.len()).then(|| own.sounds.remove(n + 1))
                && let Some(first) = own.sounds.get_mut(n)
            {
                first.extend(sound);
            }
            if let Some(first) = own.words.get_mut(n) {
                first.push_str(&second);
            }
            let low = own.bracketed & ((1 << (n + 1)) - 1);
            own.bracketed = low | own.bracketed >> (n + 2) << (n + 1);
        }
        own
    }

    /// The name without the words in brackets; `None` where it has none, or nothing else.
    pub fn without_brackets(&self) -> Option<Self> {
        if self.bracketed == 0 {
            return None;
        }
        let mut own = Self { form: self.form, is_ship: self.is_ship, ..Self::default() };
        for (n, (word, shape)) in self.words.iter().zip(&self.shapes).enumerate() {
            if self.bracketed >> n & 1 == 0 {
                own.words.push(word.clone());
                own.shapes.push(*shape);
                own.sounds.extend(self.sounds.get(n).cloned());
            }
        }
        (!own.words.is_empty()).then_some(own)
    }
}

/// Adds a piece as the words that it is.
fn take(piece: &Piece, kept: &mut Vec<(Piece, u16)>) {
    // Tens and units are one number: `TWENTY ONE`.
    if let (Some((before, _)), Some(units)) = (kept.last_mut(), numerals::value(&piece.text))
        && let Some(tens) = numerals::value(&before.text).filter(|tens| numerals::takes_units(*tens))
        && (1..10).contains(&units)
        && !before.text.bytes().all(|b| b.is_ascii_digit())
    {
        before.text = (tens + units).to_string();
        return;
    }
    let meaning = party_words::meaning(&piece.text);
    if meaning > 0 {
        // The sound of such a word tells nothing, whatever its script.
        kept.push((Piece { writing: Writing::Latin, ..piece.clone() }, meaning));
        return;
    }
    if let Some(spelling) = party_words::other_spelling(&piece.text) {
        kept.push((Piece { text: spelling.to_owned(), writing: Writing::Latin, ..piece.clone() }, 0));
        return;
    }
    if let Some((first, rest)) = parted(&piece.text).filter(|(_, rest)| rest.is_empty() || rest.len() >= MIN_REST) {
        for text in [first, rest].into_iter().filter(|text| !text.is_empty()) {
            kept.push((Piece { text: text.to_owned(), ..piece.clone() }, 0));
        }
        return;
    }
    // Letters with dots that are no form are initials, one each.
    if piece.dotted && (2..=3).contains(&piece.text.len()) && piece.text.bytes().all(|b| b.is_ascii_alphabetic()) {
        for letter in piece.text.chars() {
            kept.push((Piece { text: letter.to_string(), ..piece.clone() }, 0));
        }
        return;
    }
    kept.push((piece.clone(), 0));
}
