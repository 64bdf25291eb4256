//! Likeness of two words of names.
//!
//! In: words of two names, with how they were written. Out: 0 to 1. A longer word bears more damage; words of other scripts
//! are compared by sound; numbers are equal or other; an initial fits a word that begins with it.
//! Not here: which words find each other (`align.rs`).

use super::edits::{LOOSE, PLAIN, cost};
use super::name::{PartyName, TRADE_WEIGHT};
use super::piece::Writing;
use super::syllables::split;
use super::{numerals, party_words, sounds};

/// Longest syllable, in letters.
const SYLLABLE: usize = 6;

/// Likeness of two words of Latin letters; a longer word bears more damage. `slack` widens what is borne.
pub(super) fn plain_like(a: &str, b: &str, slack: f32) -> f64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    // Cut short; one letter or two more are another word.
    if short.len() >= 4 && long.len() >= short.len() + 3 && long.starts_with(short) {
        return 0.85;
    }
    damage_like(a, b, slack)
}

/// The same without words that are cut short.
pub(super) fn damage_like(a: &str, b: &str, slack: f32) -> f64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() * 3 < long.len() * 2 || short.len() < 2 {
        return 0.0;
    }
    let (x, y) = (sounds::folded(a), sounds::folded(b));
    let longest = x.len().max(y.len());
    let limit = slack
        * match x.len().max(y.len()).max(short.len()) {
            // Two short words that differ are two words, unless one sound is written in two ways.
            0..=3 => 0.0,
            4 => 0.3,
            5..=6 => 0.45,
            7 => 0.6,
            8 => 0.85,
            9..=10 => 1.0,
            11..=12 => 1.4,
            13..=15 => 1.9,
            _ => 2.4,
        };
    let near = |x: &[u8], y: &[u8]| cost(x, y, &PLAIN, limit);
    let folded = near(&x, &y);
    let written = near(a.as_bytes(), b.as_bytes());
    match folded.into_iter().chain(written).min_by(f32::total_cmp) {
        // The same sound in another spelling.
        Some(cost) if short.len() <= 4 => {
            let one_sound = cost == 0.0 && short.len() >= 3 && long.len() - short.len() <= 1;
            if one_sound || (cost > 0.0 && short.len() == 4) { 0.9 } else { 0.0 }
        }
        Some(cost) => f64::from(1.0 - cost / longest as f32).min(0.98),
        None => 0.0,
    }
}

/// Likeness of word `i` of a name and word `j` of another.
pub(super) fn word_like(a: &PartyName, b: &PartyName, i: usize, j: usize) -> f64 {
    let (Some(x), Some(y), Some(shape_x), Some(shape_y)) =
        (a.words.get(i), b.words.get(j), a.shapes.get(i), b.shapes.get(j))
    else {
        return 0.0;
    };
    if x == y || (shape_x.meaning > 0 && shape_x.meaning == shape_y.meaning) {
        return 1.0;
    }
    let digits = |word: &str| word.bytes().any(|b| b.is_ascii_digit());
    if digits(x) || digits(y) {
        let (m, n) = (numerals::value(x), numerals::value(y));
        let same = m.is_some() && m == n;
        // `WESTB0URNE`: a digit within a word is a slip.
        let slip = m.is_none() && n.is_none() && x.len().min(y.len()) >= 6;
        return if same {
            1.0
        } else if slip {
            plain_like(x, y, 1.0)
        } else {
            0.0
        };
    }
    if x.len() == 1 || y.len() == 1 {
        let initial = x.as_bytes().first() == y.as_bytes().first() && x.len() != y.len();
        let trade = shape_x.weight.min(shape_y.weight) <= TRADE_WEIGHT;
        return if initial && !trade { 0.9 } else { 0.0 };
    }
    if shape_x.writing != shape_y.writing && (shape_x.writing == Writing::Loose || shape_y.writing == Writing::Loose) {
        return loose_like(&sound_of(a, i), &sound_of(b, j)).max(plain_like(x, y, 1.0));
    }
    // The article before a name may be written as part of it: `ALFARSI`, `VANDERMEER`.
    let (short, long) = if x.len() <= y.len() { (x, y) } else { (y, x) };
    let article = long.len().checked_sub(short.len()).and_then(|n| long.split_at_checked(n));
    if short.len() >= 4 && article.is_some_and(|(article, rest)| rest == short && party_words::is_particle(article)) {
        return 0.95;
    }
    let foreign = shape_x.writing != shape_y.writing;
    // A vowel makes another syllable, and another surname: `ZHANG`, `ZHENG`.
    if x.len().max(y.len()) <= SYLLABLE && matches!((split(x), split(y)), (Some(x), Some(y)) if x != y && x.len() == 1)
    {
        return 0.0;
    }
    if shape_x.may_be_like(*shape_y) || sounds_open(x, y) {
        plain_like(x, y, if foreign { 1.6 } else { 1.0 })
    } else {
        0.0
    }
}

/// Other letters may spell the same sound: words of near length.
fn sounds_open(x: &str, y: &str) -> bool {
    x.len().abs_diff(y.len()) <= 3 && x.len().min(y.len()) >= 4
}

fn loose_like(x: &[u8], y: &[u8]) -> f64 {
    let strong = |sound: &[u8]| sound.iter().filter(|b| b.is_ascii_uppercase()).count();
    let longest = strong(x).max(strong(y)).max(1) as f32;
    let limit = if longest < 3.0 { 0.45 } else { 0.24 * longest };
    cost(x, y, &LOOSE, limit).map_or(0.0, |cost| f64::from(1.0 - cost / longest).clamp(0.75, 0.97))
}

pub(super) fn sound_of(name: &PartyName, n: usize) -> Vec<u8> {
    match name.sounds.get(n) {
        Some(sound) if !sound.is_empty() => sound.clone(),
        _ => name.words.get(n).map(|word| sounds::loose(word)).unwrap_or_default(),
    }
}

/// Two neighbours swapped, or a letter more or less that is neither the first nor the last.
pub(super) fn is_slip(a: &str, b: &str) -> bool {
    // `ZENG`, `ZHENG`: two surnames of one letter more or less.
    let syllable = |word: &str| split(word).is_some_and(|all| all.len() == 1);
    if syllable(a) && syllable(b) {
        return false;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 4 || long.len() - short.len() > 1 || long.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let rest = |word: &[u8], n: usize| word.get(n..).unwrap_or_default().to_vec();
    if long.len() > short.len() {
        return same > 0 && same < short.len() && rest(short, same) == rest(long, same + 1);
    }
    let swapped = short.get(same) == long.get(same + 1) && short.get(same + 1) == long.get(same);
    same > 0 && same + 1 < short.len() && swapped && rest(short, same + 2) == rest(long, same + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_no_other_word() {
        assert!(is_slip("REAKAN", "REKAAN") && !is_slip("TANA", "TUNA") && !is_slip("SAME", "SAME"));
        assert!(!is_slip("ZENG", "ZHENG"), "two surnames");
    }
}
