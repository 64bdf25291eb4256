//! How near two folded words are, as hands, scanners and keyboards damage words.
//!
//! `damage` is a Damerau-Levenshtein cost in which confusions that are seen in papers cost half: letters that scanners
//! mix up (`rn`/`m`, `cl`/`d`, `l`/`i`), sounds that writers mix up (`c`/`k`, `ph`/`f`), doubled letters.
//! Units: 2 = one full edit, so that costs stay whole numbers.

use std::sync::LazyLock;

/// Cost of one full edit.
const FULL: u32 = 2;
/// Cost of a known confusion.
const HALF: u32 = 1;
/// More than any damage that is asked for.
const FAR: u32 = u32::MAX / 2;
/// Longest word compared, in characters; longer ones never match.
const MAX_LEN: usize = 48;

/// Pairs of single letters that are confused; each pair counts both ways.
const LETTERS: &[(char, char)] = &[
    ('l', 'i'),
    ('l', 't'),
    ('i', 'j'),
    ('i', 't'),
    ('l', 'j'),
    ('f', 't'),
    ('o', 'c'),
    ('o', 'e'),
    ('c', 'e'),
    ('o', 'a'),
    ('a', 'e'),
    ('e', 'i'),
    ('u', 'v'),
    ('u', 'n'),
    ('n', 'm'),
    ('n', 'r'),
    ('h', 'b'),
    ('h', 'n'),
    ('c', 'k'),
    ('k', 'q'),
    ('c', 'q'),
    ('s', 'z'),
    ('s', 'c'),
    ('v', 'w'),
    ('y', 'i'),
    ('g', 'q'),
    ('g', 'j'),
    ('p', 'b'),
    ('d', 't'),
    ('v', 'b'),
    ('v', 'y'),
    ('x', 'n'),
    ('x', 's'),
    ('b', 'd'),
    ('f', 'v'),
    ('u', 'o'),
    ('h', 'k'),
    ('g', 'y'),
    ('r', 't'),
    ('d', 'o'),
    ('i', 'r'),
];

/// Groups of letters that are read or written for another group.
const GROUPS: &[(&str, &str)] = &[
    ("rn", "m"),
    ("nn", "m"),
    ("in", "m"),
    ("ni", "m"),
    ("cl", "d"),
    ("ci", "a"),
    ("vv", "w"),
    ("li", "h"),
    ("ii", "u"),
    ("ll", "u"),
    ("ii", "n"),
    ("ri", "n"),
    ("ph", "f"),
    ("ae", "e"),
    ("oe", "e"),
    ("th", "t"),
    ("ch", "k"),
    ("ll", "fl"),
    ("il", "fl"),
    ("hn", "lm"),
    ("hn", "lin"),
    ("ij", "fl"),
    ("iji", "fl"),
    ("in", "nn"),
    ("ie", "y"),
    ("ck", "k"),
    ("qu", "k"),
    ("sh", "s"),
    ("ae", "i"),
    ("ii", "i"),
    ("nh", "ni"),
    ("ks", "x"),
    ("oo", "u"),
    ("ou", "u"),
    ("ee", "i"),
];

/// What each Latin letter is confused with, one bit a letter, so that most cells of the matrix ask no list.
struct Confusions {
    /// Single letters.
    letters: [u32; 26],
    /// Last letters of groups.
    ends: [u32; 26],
}

static CONFUSIONS: LazyLock<Confusions> = LazyLock::new(|| {
    let mut all = Confusions { letters: [0; 26], ends: [0; 26] };
    let mut join = |table: fn(&mut Confusions) -> &mut [u32; 26], x: Option<char>, y: Option<char>| {
        let (Some(x), Some(y)) = (x.and_then(place), y.and_then(place)) else { return };
        for (one, other) in [(x, y), (y, x)] {
            if let Some(mask) = table(&mut all).get_mut(one) {
                *mask |= 1 << other;
            }
        }
    };
    for (x, y) in LETTERS {
        join(|all| &mut all.letters, Some(*x), Some(*y));
    }
    for (one, other) in GROUPS {
        join(|all| &mut all.ends, one.chars().next_back(), other.chars().next_back());
    }
    all
});

/// Place in the alphabet; `None` for other letters.
fn place(c: char) -> Option<usize> {
    c.is_ascii_lowercase().then(|| c as usize - 'a' as usize)
}

fn joined(table: &[u32; 26], x: char, y: char) -> bool {
    let (Some(x), Some(y)) = (place(x), place(y)) else { return false };
    table.get(x).is_some_and(|mask| mask >> y & 1 == 1)
}

/// Damage between two words in half edits; `None` when it is more than `limit`.
pub fn damage(a: &str, b: &str, limit: u32) -> Option<u32> {
    if a == b {
        return Some(0);
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > MAX_LEN || b.len() > MAX_LEN || a.len().abs_diff(b.len()) as u32 * HALF > limit {
        return None;
    }
    let reach = limit as usize + 1;
    let width = b.len() + 1;
    let mut cost = vec![FAR; (a.len() + 1) * width];
    let mut row_best = [0, FAR, FAR, FAR];
    for i in 0..=a.len() {
        let mut best_of_row = FAR;
        for j in i.saturating_sub(reach)..=(i + reach).min(b.len()) {
            let best = cell(&a, &b, i, j, |i, j| cost.get(i * width + j).copied().unwrap_or(FAR));
            best_of_row = best_of_row.min(best);
            if let Some(slot) = cost.get_mut(i * width + j) {
                *slot = best;
            }
        }
        row_best.rotate_right(1);
        row_best[0] = best_of_row;
        // A confusion of groups reaches back three rows at most.
        if row_best.iter().all(|best| *best > limit) {
            return None;
        }
    }
    cost.last().copied().filter(|total| *total <= limit)
}

fn cell(a: &[char], b: &[char], i: usize, j: usize, cost: impl Fn(usize, usize) -> u32) -> u32 {
    if i == 0 && j == 0 {
        return 0;
    }
    let mut best = FAR;
    let letter = |word: &[char], n: usize| n.checked_sub(1).and_then(|n| word.get(n)).copied();
    let (x, y) = (letter(a, i), letter(b, j));
    if i > 0 {
        let doubled = x.is_some() && x == letter(a, i - 1);
        best = best.min(cost(i - 1, j) + if doubled { HALF } else { FULL });
    }
    if j > 0 {
        let doubled = y.is_some() && y == letter(b, j - 1);
        best = best.min(cost(i, j - 1) + if doubled { HALF } else { FULL });
    }
    if let (Some(x), Some(y)) = (x, y) {
        best = best.min(cost(i - 1, j - 1) + substitution(x, y));
        if i > 1 && j > 1 && Some(x) == letter(b, j - 1) && Some(y) == letter(a, i - 1) && x != y {
            best = best.min(cost(i - 2, j - 2) + FULL);
        }
        if best > HALF && joined(&CONFUSIONS.ends, x, y) {
            best = best.min(grouped(a, b, i, j, &cost));
        }
    }
    best
}

/// The cost when the words end, here, in groups of letters that are read for one another.
fn grouped(a: &[char], b: &[char], i: usize, j: usize, cost: impl Fn(usize, usize) -> u32) -> u32 {
    let mut best = FAR;
    for (one, other) in GROUPS {
        for (left, right) in [(one, other), (other, one)] {
            if ends_with(a, i, left) && ends_with(b, j, right) {
                best = best.min(cost(i - left.len(), j - right.len()) + HALF);
            }
        }
    }
    best
}

fn ends_with(word: &[char], end: usize, group: &str) -> bool {
    let last = end.checked_sub(1).and_then(|n| word.get(n)).copied();
    last == group.chars().next_back()
        && end
            .checked_sub(group.len())
            .and_then(|start| word.get(start..end))
            .is_some_and(|tail| tail.iter().copied().eq(group.chars()))
}

fn substitution(x: char, y: char) -> u32 {
    if x == y {
        0
    } else if joined(&CONFUSIONS.letters, x, y) {
        HALF
    } else {
        FULL
    }
}

/// Damage that a word of `letters` letters may have and still be read as itself, in half edits.
pub fn within(letters: usize) -> u32 {
    match letters {
        0..=3 => 0,
        4..=5 => 1,
        6..=7 => 2,
        8..=9 => 3,
        10..=12 => 4,
        _ => 5,
    }
}

/// The consonants of a word with its first letter; equal for `rosewood` and `rswd`.
pub fn skeleton(word: &str) -> String {
    word.chars()
        .enumerate()
        .filter(|(n, c)| *n == 0 || !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u'))
        .map(|(_, c)| c)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanners_cost_half() {
        assert_eq!(damage("rainillora", "ramiflora", 4), Some(2));
        assert_eq!(damage("santahnus", "santalinus", 4), Some(1));
        assert_eq!(damage("dalbergla", "dalbergia", 4), Some(1));
        assert_eq!(damage("lanceoalta", "lanceolata", 4), Some(2));
        assert_eq!(damage("ebony", "balcony", 2), None);
        assert_eq!(skeleton("rosewood"), skeleton("rswd"));
    }
}
