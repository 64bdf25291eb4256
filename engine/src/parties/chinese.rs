//! Likeness of two names by Chinese syllables.
//!
//! In: two names. Out: 0 to 1, or nothing where neither reads as Chinese. Syllables find their like in any order, in pinyin,
//! Wade-Giles or Cantonese spelling.

use super::name::{OTHER_TRADE, PartyName, TRADE_WEIGHT, TWO_PARTIES};
use super::piece::Writing;
use super::syllables::{Sound, is_cantonese_of, split};
use super::word_like::plain_like;

/// A word as what it is in Chinese: syllables, or a word of another kind.
enum Unit<'a> {
    Syllable(Sound, &'a str),
    Word(&'a str),
}

/// Likeness by syllables, where either name is Chinese; `None` where neither reads so.
pub(super) fn syllables(a: &PartyName, b: &PartyName) -> Option<f64> {
    let han = a.has(Writing::Han) || b.has(Writing::Han);
    let (x, y) = (units(a, han)?, units(b, han)?);
    let n = |units: &[(Unit<'_>, f32)]| units.iter().filter(|(unit, _)| matches!(unit, Unit::Syllable(..))).count();
    // Two Latin names need more of it: short words of other languages read as syllables as well.
    if !han && n(&x).min(n(&y)) < 3 {
        return None;
    }
    let mut used = vec![false; y.len()];
    let (mut met, mut left_a) = (0.0_f32, false);
    for (unit, weight) in &x {
        let like = y
            .iter()
            .enumerate()
            .position(|(j, (other, _))| !used.get(j).copied().unwrap_or(true) && same_unit(unit, other));
        match like {
            Some(j) => {
                if let Some(flag) = used.get_mut(j) {
                    *flag = true;
                }
                met += weight + y.get(j).map_or(0.0, |(_, weight)| *weight);
            }
            None => left_a |= *weight > TRADE_WEIGHT,
        }
    }
    let left_b = y.iter().zip(&used).any(|((_, weight), used)| !used && *weight > TRADE_WEIGHT);
    let all: f32 = x.iter().chain(&y).map(|(_, weight)| *weight).sum();
    let share = if all > 0.0 { f64::from(met / all) } else { 0.0 };
    let share = if left_a && left_b { share.min(TWO_PARTIES) } else { share };
    let trades = |units: &[(Unit<'_>, f32)]| units.iter().filter(|(_, weight)| *weight <= TRADE_WEIGHT).count();
    let share = if trades(&x) > 0 && trades(&y) > 0 && share < 0.97 { share.min(OTHER_TRADE) } else { share };
    // Two Latin names must meet in every syllable: those of many languages read as Chinese ones.
    if han { Some(share.min(0.97)) } else { Some(share.min(0.95)).filter(|_| !left_a && !left_b) }
}

fn same_unit(a: &Unit<'_>, b: &Unit<'_>) -> bool {
    match (a, b) {
        (Unit::Syllable(x, word_x), Unit::Syllable(y, word_y)) => {
            x == y || is_cantonese_of(word_x, *y) || is_cantonese_of(word_y, *x)
        }
        (Unit::Word(x), Unit::Syllable(y, _)) | (Unit::Syllable(y, _), Unit::Word(x)) => is_cantonese_of(x, *y),
        (Unit::Word(x), Unit::Word(y)) => x == y || plain_like(x, y, 1.0) >= 0.85,
    }
}

/// Does every telling word read as Chinese syllables?
pub fn is_syllabic(name: &PartyName) -> bool {
    units(name, false).is_some()
}

/// The units of a name; `None` when a telling word is no syllable and `mixed` is not allowed.
fn units(name: &PartyName, mixed: bool) -> Option<Vec<(Unit<'_>, f32)>> {
    let mut out = Vec::new();
    for (word, shape) in name.words.iter().zip(&name.shapes) {
        if shape.weight <= TRADE_WEIGHT {
            out.push((Unit::Word(word), shape.weight));
            continue;
        }
        for part in word.split(' ') {
            match split(part) {
                // The word stands for one syllable only where it is one: Cantonese spellings are looked up by it.
                Some(all) => {
                    let own = if all.len() == 1 { part } else { "" };
                    out.extend(all.into_iter().map(|sound| (Unit::Syllable(sound, own), shape.weight)));
                }
                None if mixed => out.push((Unit::Word(part), shape.weight * 2.0)),
                None => return None,
            }
        }
    }
    Some(out)
}
