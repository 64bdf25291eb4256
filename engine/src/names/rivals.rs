//! Words that a damaged name could be taken for, and that are something else: ordinary words, places, persons, other plants.
//!
//! In: a word and the damage that would make it a name. Out: whether it is rather one of these words, or a form of one.
//! Source: `datasets/ordinary-words`, and the words of `datasets/contexts` that only resemble names.

use rustc_hash::FxHashSet;

use super::scientific::letter_mask;
use super::shapes::{Letter, Places, Shapes, Word, initial};
use crate::reference::{Ordinary, OrdinaryWord};
use crate::text::{damage, damage_of_letters};

/// Letters at the end of a word in which its forms differ: `grenaille`, `grenaillés`.
const INFLECTED: usize = 3;
/// Damage of one letter left out, doubled or wrong, or of two that changed places, in half edits: `palisadner` is no form of
/// `palisade`. Forms that are so near to a long name stand in the table themselves.
const ONE_SLIP: u32 = 2;
/// Letters of a name in which one slip is more likely than a form of another word: `grena` is none of `grenad`.
const SLIP_MIN: usize = 10;
/// Letters that a stem has at least.
const STEM_MIN: usize = 5;

/// The words that win against names.
#[derive(Debug, Default)]
pub(super) struct Rivals {
    words: Vec<Word>,
    shapes: Shapes,
    known: FxHashSet<String>,
}

impl Rivals {
    /// Folded words, each once.
    pub fn build(words: impl Iterator<Item = String>) -> Self {
        let mut all = Self::default();
        for text in words {
            if all.known.insert(text.clone()) {
                let word = Word::new(text);
                all.shapes.add(&word.letters, letter_mask(&word.text), all.words.len() as u32);
                all.words.push(word);
            }
        }
        all
    }

    /// In the order in which they were given, none twice.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.words.iter()
    }

    /// True for one of these words as it stands.
    pub fn hold(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// True when `word` is nearer to one of these words than `cost` makes it to the name `found`, or a form of one.
    pub fn nearer<L: Letter>(&self, word: &str, letters: &[L], found: &Word, cost: u32) -> bool {
        let is_slip = cost <= ONE_SLIP && found.letters.len() >= SLIP_MIN;
        if is_slip && cost <= 1 {
            // Nearer than the least damage is none at all, and the word itself would have been known.
            return false;
        }
        let (mask, places) = (letter_mask(word), Places::of(letters));
        let near = self.shapes.like(initial(letters), letters.len(), mask, cost + 2);
        near.filter_map(|id| self.words.get(id as usize)).any(|rival| {
            if !is_slip && shares_stem(word, &rival.text, &found.text) {
                return true;
            }
            let bound = cost.checked_sub(1).filter(|bound| *bound > 0 && places.reach(&rival.letters));
            let Some(bound) = bound else { return false };
            match L::of(rival) {
                Some(other) => damage_of_letters(letters, other, bound).is_some(),
                None => damage(word, &rival.text, bound).is_some(),
            }
        })
    }
}

/// True when `word` and the rival differ in their last letters only, and the name begins otherwise earlier.
fn shares_stem(word: &str, rival: &str, name: &str) -> bool {
    // So many letters are at least so many bytes: most words end here.
    let beginning = |of: &str| of.bytes().take(STEM_MIN).eq(word.bytes().take(STEM_MIN));
    if !beginning(rival) {
        return false;
    }
    let common = |other: &str| word.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let stem = common(rival);
    let rest = |of: &str| of.chars().count() - stem;
    stem >= STEM_MIN && rest(word) <= INFLECTED && rest(rival) < INFLECTED && common(name) < stem
}

/// The words of the kinds that are never names by themselves.
pub(super) fn vetoed(rows: &[OrdinaryWord]) -> impl Iterator<Item = String> {
    rows.iter().filter(|row| matches!(row.kind, Ordinary::Word | Ordinary::Genus)).map(|row| row.word.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_an_ordinary_word_is_none_of_a_name() {
        let check = |word: &str, rival: &str, name: &str, holds: bool| {
            assert_eq!(shares_stem(word, rival, name), holds, "{word} {rival} {name}");
        };
        check("grenaillees", "grenaille", "grenadille", true);
        check("grenadilles", "grenaille", "grenadille", false);
        check("palisandar", "palisade", "palisander", false);
    }

    #[test]
    fn the_nearer_word_wins() {
        let rivals = Rivals::build(["corona", "beetle"].iter().map(|word| (*word).to_owned()));
        let name = Word::new("coronilla".into());
        assert!(rivals.hold("beetle"));
        assert!(rivals.nearer("coronna", "coronna".as_bytes(), &name, 4));
        assert!(!rivals.nearer("coronila", "coronila".as_bytes(), &name, 1));
        let (fence, name) = (Rivals::build(std::iter::once("palisade".to_owned())), Word::new("palisander".into()));
        assert!(!fence.nearer("palisadner", "palisadner".as_bytes(), &name, ONE_SLIP));
        assert!(fence.nearer("palisadees", "palisadees".as_bytes(), &name, 4));
    }
}
