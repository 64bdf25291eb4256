//! Likeness of two names.
//!
//! In: two names in comparable form. Out: 0 to 1. Words find their like in any order; what is left on both sides makes two
//! parties; legal forms of other classes are a difference. Words of other scripts are compared by sound, Chinese ones by
//! syllable. Not here: what a name is made of (`name.rs`).

use super::edits::{LOOSE, PLAIN, cost};
use super::name::{INITIAL_WEIGHT, PartyName, SAME_PARTY, Shape, TRADE_WEIGHT};
use super::piece::Writing;
use super::syllables::{Sound, is_cantonese_of, split};
use super::{numerals, party_words, sounds};

/// A name made of words of the trade only is never sure to be the same party.
const GENERIC_CEILING: f64 = 0.90;
/// Two names that each have a telling word of their own are of two parties.
const TWO_PARTIES: f64 = 0.74;
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
/// A ship and a firm of one name.
const SHIP_AND_FIRM: f64 = 0.86;
/// Names of a person.
const MAX_NAMES: usize = 3;
/// Longest syllable, in letters.
const SYLLABLE: usize = 6;
/// Shorter words are not two.
const MIN_GLUED: usize = 5;
/// From this on a word is two others written as one.
const ALIKE_GLUED: f64 = 0.85;
/// Names that are alike only so.
const GLUED: f64 = 0.95;
/// They differ in a word of the trade only: a sister firm, or the same one said otherwise.
const OTHER_TRADE: f64 = 0.84;
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

fn sound_of(name: &PartyName, n: usize) -> Vec<u8> {
    match name.sounds.get(n) {
        Some(sound) if !sound.is_empty() => sound.clone(),
        _ => name.words.get(n).map(|word| sounds::loose(word)).unwrap_or_default(),
    }
}

/// Likeness of two words of Latin letters; a longer word bears more damage. `slack` widens what is borne.
fn plain_like(a: &str, b: &str, slack: f32) -> f64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    // Cut short; one letter or two more are another word.
    if short.len() >= 4 && long.len() >= short.len() + 3 && long.starts_with(short) {
        return 0.85;
    }
    damage_like(a, b, slack)
}

/// The same without words that are cut short.
fn damage_like(a: &str, b: &str, slack: f32) -> f64 {
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
fn word_like(a: &PartyName, b: &PartyName, i: usize, j: usize) -> f64 {
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
    let mut met = 0.0;
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
        && is_slip(x.as_bytes(), y.as_bytes())
    {
        let (x, y) = (weights.0.get(i).copied().unwrap_or(0.0), weights.1.get(j).copied().unwrap_or(0.0));
        return (met + SLIP * f64::from(x + y)) / all;
    }
    let share = if all > 0.0 { met / all } else { 0.0 };
    share.min(left_over(a, used_a, b, used_b)).min(borne((a, used_a), (b, used_b), &weights.0))
}

/// Names that meet in words that many others have are not sure to be one, nor are those of which one says more.
fn borne((a, used_a): (&PartyName, u32), (b, used_b): (&PartyName, u32), weights: &[f32]) -> f64 {
    // A middle initial more is none.
    let telling = |shape: &&Shape| shape.weight > TRADE_WEIGHT && shape.length > 1;
    let met = weights.iter().enumerate().filter(|(n, weight)| used_a >> n & 1 == 1 && **weight > TRADE_WEIGHT);
    let sum: f32 = met.map(|(_, weight)| *weight).sum();
    let more = |name: &PartyName, used: u32| {
        let outside = |n: &usize| used >> n & 1 == 0 && name.bracketed >> n & 1 == 0;
        (0..name.words.len()).filter(outside).any(|n| name.shapes.get(n).as_ref().is_some_and(telling))
    };
    let weighed = a.shapes.iter().any(|shape| shape.weight < 1.0 && shape.weight > INITIAL_WEIGHT);
    let wanted = if more(a, used_a) || more(b, used_b) { ENOUGH_FOR_MORE } else { ENOUGH };
    if sum >= wanted || (!weighed && wanted == ENOUGH) { 1.0 } else { COMMON }
}

/// Two neighbours swapped, or a letter more or less that is neither the first nor the last.
fn is_slip(a: &[u8], b: &[u8]) -> bool {
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

/// How like two names can be, by what of them found no like.
fn left_over(a: &PartyName, used_a: u32, b: &PartyName, used_b: u32) -> f64 {
    let left = |name: &PartyName, used: u32| -> (bool, bool, bool) {
        let words = name.words.iter().zip(&name.shapes).enumerate().filter(|(n, _)| used >> n & 1 == 0);
        words.fold((false, false, false), |(telling, trade, number), (_, (word, shape))| {
            let is_number = word.bytes().all(|b| b.is_ascii_digit());
            let is_trade = shape.weight <= TRADE_WEIGHT;
            (telling || !is_trade, trade || is_trade, number || is_number)
        })
    };
    let ((telling_a, trade_a, number_a), (telling_b, trade_b, number_b)) = (left(a, used_a), left(b, used_b));
    match () {
        () if number_a && number_b => OTHER_NUMBER,
        () if telling_a && telling_b => TWO_PARTIES,
        () if trade_a && trade_b && !telling_a && !telling_b => OTHER_TRADE,
        () if (telling_a && trade_b) || (telling_b && trade_a) => LIKELY_TWO,
        () => 1.0,
    }
}

/// A word as what it is in Chinese: syllables, or a word of another kind.
enum Unit<'a> {
    Syllable(Sound, &'a str),
    Word(&'a str),
}

/// Likeness by syllables, where either name is Chinese; `None` where neither reads so.
fn syllables(a: &PartyName, b: &PartyName) -> Option<f64> {
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
        assert!(is_slip(b"REAKAN", b"REKAAN") && !is_slip(b"TANA", b"TUNA") && !is_slip(b"SAME", b"SAME"));
    }

    #[test]
    fn legal_forms_of_two_classes_are_two_parties() {
        assert!(of("Mbao GmbH", "Mbao AG") < SAME_PARTY);
        assert!(of("Mbao GmbH", "Mbao") >= 0.98);
        assert!(of("Mbao GmbH", "Mbao Ltd") >= 0.98);
    }
}
