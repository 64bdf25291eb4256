//! Likeness of two names.
//!
//! In: two names in comparable form. Out: 0 to 1. Words find their like in any order; what is left on both sides makes two
//! parties; legal forms of other classes are a difference. Words of other scripts are compared by sound, Chinese ones by
//! syllable. Not here: what a name is made of (`name.rs`).

use super::chinese::syllables;
use super::edits::{LOOSE, cost};
use super::name::{INITIAL_WEIGHT, OTHER_TRADE, PartyName, SAME_PARTY, Shape, TRADE_WEIGHT, TWO_PARTIES};
use super::party_words;
use super::piece::Writing;
use super::word_like::{damage_like, is_slip, sound_of, word_like};

/// A name made of words of the trade only is never sure to be the same party.
const GENERIC_CEILING: f64 = 0.90;
/// One has a telling word more, the other a word of the trade.
const LIKELY_TWO: f64 = 0.78;
/// Likeness of a word with one slip.
const SLIP: f64 = 0.85;
/// Weight of telling words that must meet, where words are weighed by how rare they are.
const ENOUGH: f32 = 0.9;
/// The same where one of the names has a telling word more.
const ENOUGH_FOR_MORE: f32 = 2.2;
/// Names that meet in common words only.
const COMMON: f64 = 0.85;
/// Fewer letters than these, in all telling words that met, are a name that many bear.
const MIN_MET_LETTERS: usize = 5;
/// A telling word of so many letters that weighs so much is rare: fewer than one name in a thousand has it.
const RARE_LETTERS: u16 = 6;
const RARE: f32 = 0.9;
/// They differ in words of one line of business only (`HARDWOODS`, `TIMBERS`), and what tells them is rare and the same.
const OTHER_TRADE_OF_KIND: f64 = 0.89;
/// A ship and a firm of one name.
const SHIP_AND_FIRM: f64 = 0.86;
/// Names of a person.
const MAX_NAMES: usize = 3;
/// Shorter words are not two.
const MIN_GLUED: usize = 5;
/// From this on a word is two others written as one.
const ALIKE_GLUED: f64 = 0.85;
/// Names that are alike only so.
const GLUED: f64 = 0.95;
/// Two names with different numbers are of two parties.
const OTHER_NUMBER: f64 = 0.60;
/// Legal forms of two classes.
const OTHER_FORM: f64 = 0.78;
/// One side has a legal form, the other none.
const NO_FORM: f64 = 0.99;
/// What stands in brackets is seldom part of the name.
const WITHOUT_BRACKETS: f64 = 0.96;
/// Fewer consonants than these say too little by sound alone.
const MIN_SOUNDS: usize = 4;

/// Likeness of two names, 0 to 1; 0 when either says nothing.
pub fn similarity(a: &PartyName, b: &PartyName) -> f64 {
    let form = match (a.form, b.form) {
        (0, 0) => 1.0,
        (0, _) | (_, 0) => NO_FORM,
        _ if have_other_forms(a, b) => OTHER_FORM,
        _ => 1.0,
    };
    name_similarity(a, b) * form
}

/// Do both have a legal form, of two classes?
pub fn have_other_forms(a: &PartyName, b: &PartyName) -> bool {
    a.form > 0 && b.form > 0 && a.form & b.form == 0
}

/// Likeness of two names, whatever their legal forms.
pub fn name_similarity(a: &PartyName, b: &PartyName) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let mut found = of_words(a, b);
    // `(DUBAI BRANCH)` on one side only.
    if found < WITHOUT_BRACKETS && (a.bracketed == 0) != (b.bracketed == 0) {
        let (plain_a, plain_b) = (a.without_brackets(), b.without_brackets());
        let plain = of_words(plain_a.as_ref().unwrap_or(a), plain_b.as_ref().unwrap_or(b));
        found = found.max(plain * WITHOUT_BRACKETS);
    }
    let ceiling = if a.is_generic() || b.is_generic() { GENERIC_CEILING } else { 1.0 };
    let kinds = if (a.is_ship && b.form > 0) || (b.is_ship && a.form > 0) { SHIP_AND_FIRM } else { 1.0 };
    found.min(ceiling).min(kinds)
}

fn of_words(a: &PartyName, b: &PartyName) -> f64 {
    if a.words == b.words {
        return 1.0;
    }
    // Words glued or split: "GIALAI" and "GIA LAI".
    let letters = |name: &PartyName| name.words.iter().flat_map(|word| word.bytes()).filter(|b| *b != b' ').collect();
    let (all_a, all_b): (Vec<u8>, Vec<u8>) = (letters(a), letters(b));
    if all_a == all_b {
        return 0.99;
    }
    let han = a.has(Writing::Han) || b.has(Writing::Han);
    if let Some(by_syllable) = syllables(a, b).filter(|_| han) {
        return by_syllable;
    }
    let mut found = aligned(a, b);
    if found < SAME_PARTY {
        if a.words.len() != b.words.len() {
            found = found.max(glued(a, b)).max(glued(b, a));
        }
        found = found.max(as_one_word(a, b)).max(syllables(a, b).unwrap_or(0.0));
        if a.has(Writing::Loose) || b.has(Writing::Loose) {
            found = found.max(by_sound(a, b));
        }
    }
    found
}

/// A person's names as one word: `Choi Min-ho`, `Choe Minho`.
fn as_one_word(a: &PartyName, b: &PartyName) -> f64 {
    let person = |name: &PartyName| {
        name.words.len() <= MAX_NAMES && name.shapes.iter().all(|shape| shape.weight > INITIAL_WEIGHT)
    };
    if a.words.len() == b.words.len() || !person(a) || !person(b) {
        return 0.0;
    }
    let (a, b) = (a.joined(), b.joined());
    // A name more is no gap less.
    if a.len().abs_diff(b.len()) > 2 { 0.0 } else { damage_like(&a, &b, 1.0).min(GLUED) }
}

/// Two neighbours of the one written as a word of the other, with a slip.
fn glued(a: &PartyName, b: &PartyName) -> f64 {
    for (n, pair) in b.words.windows(2).enumerate() {
        let telling = |n: usize| b.shapes.get(n).is_some_and(|shape| shape.weight > TRADE_WEIGHT);
        if !telling(n) || !telling(n + 1) {
            continue;
        }
        let both = pair.concat();
        let meets = |word: &&String| {
            // A name more is no gap less.
            let fits = word.len() >= MIN_GLUED && word.len().abs_diff(both.len()) <= 2;
            fits && damage_like(word, &both, 1.0) >= ALIKE_GLUED
        };
        if a.words.iter().any(|word| meets(&word)) {
            return aligned(a, &b.joined_at(n)).min(GLUED);
        }
    }
    0.0
}

/// All consonants of both names in order.
fn by_sound(a: &PartyName, b: &PartyName) -> f64 {
    let sounds = |name: &PartyName| -> Vec<u8> {
        let words =
            (0..name.words.len()).filter(|n| name.shapes.get(*n).is_some_and(|shape| shape.weight > TRADE_WEIGHT));
        let mut all: Vec<u8> = Vec::new();
        for n in words {
            let sound = sound_of(name, n);
            // A leading vowel within the whole is a vowel like others.
            all.extend(sound.iter().copied().filter(|b| *b != b'a'));
        }
        all
    };
    let (x, y) = (sounds(a), sounds(b));
    let strong = |sound: &[u8]| sound.iter().filter(|b| b.is_ascii_uppercase()).count();
    let n = strong(&x).min(strong(&y));
    if n < MIN_SOUNDS {
        return 0.0;
    }
    let longest = strong(&x).max(strong(&y)) as f32;
    let limit = if n < 6 { 0.65 } else { (0.14 * longest).min(1.4) };
    cost(&x, &y, &LOOSE, limit).map_or(0.0, |cost| f64::from(1.0 - cost / longest).min(0.95))
}

/// Share of the weight of both names that finds its like in the other; every word is used once.
fn aligned(a: &PartyName, b: &PartyName) -> f64 {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for i in 0..a.words.len() {
        for j in 0..b.words.len() {
            let like = word_like(a, b, i, j);
            if like > 0.0 {
                pairs.push((like, i, j));
            }
        }
    }
    // An initial is left for last: it fits many.
    pairs.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let weight = |name: &PartyName, n: usize| name.shapes.get(n).map_or(0.0, |shape| shape.weight);
    let mut weights = (
        (0..a.words.len()).map(|n| weight(a, n)).collect::<Vec<f32>>(),
        (0..b.words.len()).map(|n| weight(b, n)).collect::<Vec<f32>>(),
    );
    // One bit for each word that has found its like: names have at most `MAX_WORDS`.
    let (mut used_a, mut used_b) = (0_u32, 0_u32);
    let (mut met, mut is_exact) = (0.0, true);
    for (like, i, j) in pairs {
        if used_a >> i & 1 == 1 || used_b >> j & 1 == 1 {
            continue;
        }
        used_a |= 1 << i;
        used_b |= 1 << j;
        let (Some(x), Some(y)) = (weights.0.get_mut(i), weights.1.get_mut(j)) else { continue };
        // A first name that the other side has as an initial weighs no more than that.
        let initial =
            a.words.get(i).is_some_and(|word| word.len() == 1) || b.words.get(j).is_some_and(|word| word.len() == 1);
        if initial {
            (*x, *y) = (x.min(INITIAL_WEIGHT), y.min(INITIAL_WEIGHT));
        }
        is_exact &= like >= 1.0 || x.min(*y) <= TRADE_WEIGHT;
        met += like * f64::from(*x + *y);
    }
    let all: f64 = weights.0.iter().chain(&weights.1).map(|weight| f64::from(*weight)).sum();
    let alone = |name: &PartyName, used: u32| {
        let mut left = (0..name.words.len()).filter(|n| used >> n & 1 == 0);
        left.next().filter(|_| left.next().is_none())
    };
    // All else is the same: one slip in the last word of each is borne, though the word be short.
    if let (Some(i), Some(j)) = (alone(a, used_a), alone(b, used_b))
        && met > f64::from(TRADE_WEIGHT) * 2.0
        && let (Some(x), Some(y)) = (a.words.get(i), b.words.get(j))
        && is_slip(x, y)
    {
        let (x, y) = (weights.0.get(i).copied().unwrap_or(0.0), weights.1.get(j).copied().unwrap_or(0.0));
        return (met + SLIP * f64::from(x + y)) / all;
    }
    let share = if all > 0.0 { met / all } else { 0.0 };
    let pairing = Pairing { a, used_a, b, used_b, is_exact };
    if pairing.is_sister() {
        return OTHER_TRADE_OF_KIND.min(pairing.borne(&weights.0));
    }
    share.min(pairing.left_over()).min(pairing.borne(&weights.0))
}

/// Which words of two names have found their like.
struct Pairing<'a> {
    a: &'a PartyName,
    /// One bit for each word.
    used_a: u32,
    b: &'a PartyName,
    used_b: u32,
    /// Every telling word that met is the same word.
    is_exact: bool,
}

impl Pairing<'_> {
    /// Names that meet in words that many others have are not sure to be one, nor are those of which one says more.
    fn borne(&self, weights: &[f32]) -> f64 {
        // A middle initial more is none.
        let telling = |shape: &&Shape| shape.weight > TRADE_WEIGHT && shape.length > 1;
        let met = || weights.iter().enumerate().filter(|(n, w)| self.used_a >> n & 1 == 1 && **w > TRADE_WEIGHT);
        let sum: f32 = met().map(|(_, weight)| *weight).sum();
        let letters: usize = met().filter_map(|(n, _)| self.a.words.get(n)).map(String::len).sum();
        let more = |name: &PartyName, used: u32| {
            let outside = |n: &usize| used >> n & 1 == 0 && name.bracketed >> n & 1 == 0;
            (0..name.words.len()).filter(outside).any(|n| name.shapes.get(n).as_ref().is_some_and(telling))
        };
        let weighed = self.a.shapes.iter().any(|shape| shape.weight < 1.0 && shape.weight > INITIAL_WEIGHT);
        let wanted = if more(self.a, self.used_a) || more(self.b, self.used_b) { ENOUGH_FOR_MORE } else { ENOUGH };
        let enough = sum >= wanted || (!weighed && wanted == ENOUGH);
        if !enough || letters < MIN_MET_LETTERS || (self.begins_otherwise() && !self.is_rare()) { COMMON } else { 1.0 }
    }

    /// Is a word that met rare? Where words are not weighed, all are.
    fn is_rare(&self) -> bool {
        let met = self.a.shapes.iter().enumerate().filter(|(n, _)| self.used_a >> n & 1 == 1);
        met.map(|(_, shape)| shape).any(|shape| shape.weight >= RARE && shape.length >= RARE_LETTERS)
    }

    /// Does one of them begin with a word of the trade (`GOLDEN`, `NEW`, `FOREST`) that is missing in the other?
    fn begins_otherwise(&self) -> bool {
        let begins = |name: &PartyName, used: u32| {
            let is_trade = name.shapes.first().is_some_and(|shape| shape.weight <= TRADE_WEIGHT);
            is_trade && used & 1 == 0
        };
        begins(self.a, self.used_a) || begins(self.b, self.used_b)
    }

    /// How like two names can be, by what of them found no like.
    fn left_over(&self) -> f64 {
        let left = |name: &PartyName, used: u32| -> (bool, bool, bool) {
            let words = name.words.iter().zip(&name.shapes).enumerate().filter(|(n, _)| used >> n & 1 == 0);
            words.fold((false, false, false), |(telling, trade, number), (_, (word, shape))| {
                let is_number = word.bytes().all(|b| b.is_ascii_digit());
                let is_trade = shape.weight <= TRADE_WEIGHT;
                (telling || !is_trade, trade || is_trade, number || is_number)
            })
        };
        let (telling_a, trade_a, number_a) = left(self.a, self.used_a);
        let (telling_b, trade_b, number_b) = left(self.b, self.used_b);
        match () {
            () if number_a && number_b => OTHER_NUMBER,
            () if telling_a && telling_b => TWO_PARTIES,
            () if trade_a && trade_b && !telling_a && !telling_b => OTHER_TRADE,
            () if (telling_a && trade_b) || (telling_b && trade_a) => LIKELY_TWO,
            () => 1.0,
        }
    }

    /// Do all telling words meet as they are, a rare one among them, and are words left on both sides of one line of business?
    fn is_sister(&self) -> bool {
        let is_trade = |name: &PartyName, used: u32| {
            let mut left = name.shapes.iter().enumerate().filter(|(n, _)| used >> n & 1 == 0);
            left.all(|(_, shape)| shape.weight <= TRADE_WEIGHT)
        };
        let alike = self.is_exact && is_trade(self.a, self.used_a) && is_trade(self.b, self.used_b);
        alike && self.is_rare() && self.is_one_business()
    }

    /// Are there words left of one line of business, said otherwise?
    fn is_one_business(&self) -> bool {
        let lines = |name: &PartyName, used: u32| -> Vec<&'static str> {
            let left = name.words.iter().enumerate().filter(|(n, _)| used >> n & 1 == 0);
            left.filter_map(|(_, word)| party_words::line_of_business(word)).collect()
        };
        let (a, b) = (lines(self.a, self.used_a), lines(self.b, self.used_b));
        a.iter().any(|line| b.contains(line))
    }
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
            ("Lamu Mb\u{200b}ao Traders Ltd", "LAMU MBAO TRADERS LIMITED"),
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

    #[test]
    fn one_slip_is_borne_where_all_else_is_the_same() {
        assert!(of("SHWBO MADEUP TIMBER CO LTD", "SHWEBO MADEUP TIMBER CO LTD") >= SAME_PARTY);
        assert!(of("Nguyen Van Hung", "Nguyen Van Dung") < SAME_PARTY);
    }

    #[test]
    fn legal_forms_of_two_classes_are_two_parties() {
        assert!(of("Mbao GmbH", "Mbao AG") < SAME_PARTY);
        assert!(of("Mbao GmbH", "Mbao") >= 0.98);
        assert!(of("Mbao GmbH", "Mbao Ltd") >= 0.98);
    }
}
