//! Names of firms and persons: how like two of them are.
//!
//! In: two names as written. Out: 0 to 1. Legal forms do not count, word order does not count, letters of other scripts
//! are transliterated, a rare word weighs more than a word of the trade: `Timber Export Co Ltd` says nearly nothing.
//! Not here: addresses; which words are of law and trade (`datasets/party-words`).

use std::collections::HashMap;

use super::party_words as words;

/// Below this two names are of two parties.
pub const SAME_PARTY: f64 = 0.80;

/// A name made of words of the trade only is never sure to be the same party.
const GENERIC_CEILING: f64 = 0.90;

/// Names longer than this are cut: no register holds longer ones.
const MAX_WORDS: usize = 16;

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
        // Counts mean nothing in a small register.
        if self.n_names < 50 {
            return 1.0;
        }
        // Half weight where one name in a hundred has the word.
        let share = f64::from(self.counts.get(word).copied().unwrap_or(0)) / f64::from(self.n_names);
        (1.0 / (1.0 + share * 100.0)).max(0.25) as f32
    }
}

/// Weight of a word of the trade.
const TRADE_WEIGHT: f32 = 0.15;

/// A name in comparable form.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartyName {
    words: Vec<String>,
    /// One for each word.
    shapes: Vec<Shape>,
}

/// What can be compared of a word without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Shape {
    /// The letters and digits that stand in it, one bit each: most unlike words are told apart by these.
    letters: u64,
    /// 0.15 for words of the trade, 0.25 to 1 by rarity for the others.
    weight: f32,
    /// Bytes of it.
    length: u16,
}

impl Shape {
    fn new(word: &str) -> Self {
        let weight = if words::is_trade(word) { TRADE_WEIGHT } else { 1.0 };
        Self { letters: letters_of(word), weight, length: u16::try_from(word.len()).unwrap_or(u16::MAX) }
    }

    /// False when the two words cannot be two thirds alike, nor one the beginning of the other.
    fn may_be_like(self, other: Self) -> bool {
        // An edit changes two bits at most, and two thirds alike allow a third of the letters to be edited; a word that
        // is the beginning of another lacks only letters.
        let edits = u32::from(self.length.max(other.length)) * 34 / 100;
        let both = self.letters & other.letters;
        both == self.letters || both == other.letters || (self.letters ^ other.letters).count_ones() <= 2 * edits
    }
}

/// No two names of these shapes are more alike, words that are glued or split aside.
pub(super) fn ceiling(a: &[Shape], b: &[Shape]) -> f64 {
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
    /// Transliterates, splits and drops legal forms (unless nothing else is left).
    pub fn new(name: &str) -> Self {
        let ascii = any_ascii::any_ascii(&spaced(name)).to_ascii_uppercase();
        // Dots join initials: "S.A." is "SA"; an apostrophe joins as well.
        let joined: String = ascii.chars().filter(|c| !matches!(c, '.' | '\'' | '`')).collect();
        let all: Vec<&str> = joined
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(MAX_WORDS)
            .collect();
        let telling: Vec<&str> = all.iter().filter(|word| !words::is_legal_form(word)).copied().collect();
        let words: Vec<String> =
            if telling.is_empty() { all } else { telling }.into_iter().map(str::to_owned).collect();
        let shapes = words.iter().map(|word| Shape::new(word)).collect();
        Self { words, shapes }
    }

    /// The same name with its words weighed by their rarity in a register.
    pub fn weighed(mut self, counts: &WordCounts) -> Self {
        for (word, shape) in self.words.iter().zip(&mut self.shapes) {
            if shape.weight > TRADE_WEIGHT {
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
    pub(super) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// True when the name says nothing.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn is_generic(&self) -> bool {
        self.shapes.iter().all(|shape| shape.weight <= TRADE_WEIGHT)
    }

    /// All words as one.
    pub(super) fn joined(&self) -> String {
        self.words.concat()
    }
}

/// Dots between words of a name are gaps unless they join initials ("S.A." stays, "Ltd.Hanoi" splits); a Han
/// character is a word.
fn spaced(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 8);
    let mut run = 0;
    for c in name.chars().take(300) {
        if c == '.' && run > 1 {
            out.push(' ');
            run = 0;
            continue;
        }
        run = if c.is_alphanumeric() {
            run + 1
        } else if c == '.' {
            0
        } else {
            run * usize::from(c == '\'')
        };
        let han = ('\u{3400}'..='\u{9fff}').contains(&c);
        if han {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Likeness of two words: equal, cut short, or by edits; 0 below two thirds.
fn word_similarity(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() >= 3 && long.starts_with(short) {
        return 0.85;
    }
    // Two short words that differ are two words.
    if short.len() <= 3 {
        return 0.0;
    }
    // Too unlike in length to be two thirds alike.
    if short.len() * 3 < long.len() * 2 {
        return 0.0;
    }
    let args = rapidfuzz::distance::osa::Args::default().score_cutoff(0.66);
    rapidfuzz::distance::osa::normalized_similarity_with_args(a.bytes(), b.bytes(), &args).unwrap_or(0.0)
}

/// Likeness of two names, 0 to 1; 0 when either says nothing.
pub fn similarity(a: &PartyName, b: &PartyName) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let ceiling = if a.is_generic() || b.is_generic() { GENERIC_CEILING } else { 1.0 };
    if a.words == b.words {
        return ceiling;
    }
    // Words glued or split: "GIALAI" and "GIA LAI".
    if a.words.iter().flat_map(|word| word.bytes()).eq(b.words.iter().flat_map(|word| word.bytes())) {
        return ceiling.min(0.99);
    }
    ceiling.min(aligned(a, b))
}

/// Share of the weight of both names that finds its like in the other; every word is used once.
fn aligned(a: &PartyName, b: &PartyName) -> f64 {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, (x, shape_x)) in a.words.iter().zip(&a.shapes).enumerate() {
        for (j, (y, shape_y)) in b.words.iter().zip(&b.shapes).enumerate() {
            let similarity = if shape_x.may_be_like(*shape_y) { word_similarity(x, y) } else { 0.0 };
            if similarity > 0.0 {
                pairs.push((similarity, i, j));
            }
        }
    }
    pairs.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    // One bit for each word that has found its like: names have at most `MAX_WORDS`.
    let (mut used_a, mut used_b) = (0_u32, 0_u32);
    let weight = |name: &PartyName, n: usize| name.shapes.get(n).map_or(0.0, |shape| f64::from(shape.weight));
    let mut met = 0.0;
    for (similarity, i, j) in pairs {
        if used_a >> i & 1 == 1 || used_b >> j & 1 == 1 {
            continue;
        }
        used_a |= 1 << i;
        used_b |= 1 << j;
        met += similarity * (weight(a, i) + weight(b, j));
    }
    let all: f64 = a.shapes.iter().chain(&b.shapes).map(|shape| f64::from(shape.weight)).sum();
    if all > 0.0 { met / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(a: &str, b: &str) -> f64 {
        similarity(&PartyName::new(a), &PartyName::new(b))
    }

    #[test]
    fn one_party_in_several_spellings() {
        for (a, b) in [
            ("Maderas Quetzal de Petén S.A.", "MADERAS QUETZAL DE PETEN SA"),
            ("Quetzal Petén Maderas, S.A.", "MADERAS QUETZAL DE PETEN SA"),
            ("Lamu Mbao Traders Limited", "LAMU MBAO TRADERS LTD"),
            ("Lamu Mbao Tradres Ltd", "LAMU MBAO TRADERS LTD"),
            ("ТОО Кедрин Лес", "TOO Kedrin Les"),
            ("Zanatany Hazo S.A.R.L.U", "ZANATANY HAZO"),
            ("Kok Sanuan Wood Products Co., Ltd.", "KOKSANUAN WOOD PRODUCTS COMPANY LIMITED"),
        ] {
            assert!(of(a, b) >= SAME_PARTY, "{a} / {b}: {}", of(a, b));
        }
    }

    #[test]
    fn two_parties_that_share_words_of_the_trade() {
        for (a, b) in [
            ("Timber Export Co Ltd", "MANDALA TIMBER EXPORT CO LTD"),
            ("Lamu Timber Traders Ltd", "PEMBA TIMBER TRADERS LTD"),
            ("Madeiras Rovuma Lda", "MADEIRAS ZAMBEZE LDA"),
            ("Fuzhou Carving Arts Co Ltd", "QUANZHOU CARVING ARTS CO LTD"),
        ] {
            assert!(of(a, b) < SAME_PARTY, "{a} / {b}: {}", of(a, b));
        }
        assert!(of("Timber Export Co Ltd", "Timber Export Co Ltd") < 1.0);
    }
}
