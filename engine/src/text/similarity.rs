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

/// Two groups of letters that are read for one another.
type Groups = (&'static [u8], &'static [u8]);

/// What each Latin letter is confused with.
struct Confusions {
    /// Single letters, one bit a letter.
    letters: [u32; 26],
    /// The groups that end in a pair of letters, at 26 × first + second: most cells of the matrix ask an empty list.
    groups: Vec<Vec<Groups>>,
}

static CONFUSIONS: LazyLock<Confusions> = LazyLock::new(|| {
    let mut all = Confusions { letters: [0; 26], groups: vec![Vec::new(); 26 * 26] };
    for (x, y) in LETTERS.iter().flat_map(|(x, y)| [(*x, *y), (*y, *x)]) {
        let place = |c: char| place(u32::from(c));
        if let (Some(x), Some(y)) = (place(x), place(y))
            && let Some(mask) = all.letters.get_mut(x)
        {
            *mask |= 1 << y;
        }
    }
    for (one, other) in GROUPS.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]) {
        let end = |group: &str| group.bytes().next_back().and_then(|letter| place(letter.into()));
        if let (Some(x), Some(y)) = (end(one), end(other))
            && let Some(list) = all.groups.get_mut(26 * x + y)
        {
            list.push((one.as_bytes(), other.as_bytes()));
        }
    }
    all
});

impl Confusions {
    fn of_letters(&self, x: u32, y: u32) -> bool {
        let (Some(x), Some(y)) = (place(x), place(y)) else { return false };
        self.letters.get(x).is_some_and(|mask| mask >> y & 1 == 1)
    }

    fn of_groups(&self, x: u32, y: u32) -> &[Groups] {
        let (Some(x), Some(y)) = (place(x), place(y)) else { return &[] };
        self.groups.get(26 * x + y).map_or(&[], Vec::as_slice)
    }
}

/// Place in the alphabet; `None` for other letters.
fn place(letter: u32) -> Option<usize> {
    (0x61..=0x7A).contains(&letter).then(|| (letter - 0x61) as usize)
}

/// Damage between two words in half edits; `None` when it is more than `limit`.
pub fn damage(a: &str, b: &str, limit: u32) -> Option<u32> {
    if a.is_ascii() && b.is_ascii() {
        return damage_of_letters(a.as_bytes(), b.as_bytes(), limit);
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    damage_of_letters(&a, &b, limit)
}

/// The same for words as letters: bytes where all are ASCII, characters elsewhere. Allocates nothing.
pub(crate) fn damage_of_letters<L: Copy + PartialEq + Into<u32>>(a: &[L], b: &[L], limit: u32) -> Option<u32> {
    if a == b {
        return Some(0);
    }
    if a.len() > MAX_LEN || b.len() > MAX_LEN || a.len().abs_diff(b.len()) as u32 * HALF > limit {
        return None;
    }
    // A cell so far from the diagonal that the way there and back costs more than the limit is not asked.
    let (most, longer) = ((limit / HALF) as usize, b.len().saturating_sub(a.len()));
    let shorter = a.len().saturating_sub(b.len());
    let (left, right) = ((most + shorter - longer) / 2, (most + longer - shorter) / 2);
    let mut cost = Costs { rows: [[FAR; MAX_LEN + 1]; REACH + 1] };
    let mut row_best = [0, FAR, FAR, FAR];
    for i in 0..=a.len() {
        let (from, to) = (i.saturating_sub(left), (i + right).min(b.len()));
        cost.begin(i, from);
        let mut best_of_row = FAR;
        for j in from..=to {
            let best = cell(a, b, i, j, &cost);
            best_of_row = best_of_row.min(best);
            cost.set(i, j, best);
        }
        row_best.rotate_right(1);
        row_best[0] = best_of_row;
        if row_best.iter().all(|best| *best > limit) {
            return None;
        }
    }
    Some(cost.at(a.len(), b.len())).filter(|total| *total <= limit)
}

/// The last rows of the matrix; what stands outside the band around its diagonal is far.
struct Costs {
    rows: [[u32; MAX_LEN + 1]; REACH + 1],
}

/// Rows that a confusion of groups reaches back at most: the longest group has so many letters.
const REACH: usize = 3;

impl Costs {
    /// Makes row `i` the newest; the cells left of `from` that later rows may ask for are far.
    fn begin(&mut self, i: usize, from: usize) {
        for j in from.saturating_sub(REACH + 1)..from {
            self.set(i, j, FAR);
        }
    }

    fn at(&self, i: usize, j: usize) -> u32 {
        self.rows.get(i % (REACH + 1)).and_then(|row| row.get(j)).copied().unwrap_or(FAR)
    }

    fn set(&mut self, i: usize, j: usize, cost: u32) {
        if let Some(slot) = self.rows.get_mut(i % (REACH + 1)).and_then(|row| row.get_mut(j)) {
            *slot = cost;
        }
    }
}

fn cell<L: Copy + PartialEq + Into<u32>>(a: &[L], b: &[L], i: usize, j: usize, cost: &Costs) -> u32 {
    if i == 0 && j == 0 {
        return 0;
    }
    let mut best = FAR;
    let letter = |word: &[L], n: usize| n.checked_sub(1).and_then(|n| word.get(n)).copied();
    let (x, y) = (letter(a, i), letter(b, j));
    if i > 0 {
        let doubled = x.is_some() && x == letter(a, i - 1);
        best = best.min(cost.at(i - 1, j) + if doubled { HALF } else { FULL });
    }
    if j > 0 {
        let doubled = y.is_some() && y == letter(b, j - 1);
        best = best.min(cost.at(i, j - 1) + if doubled { HALF } else { FULL });
    }
    if let (Some(x), Some(y)) = (x, y) {
        best = best.min(cost.at(i - 1, j - 1) + substitution(x.into(), y.into()));
        if i > 1 && j > 1 && x != y && Some(x) == letter(b, j - 1) && Some(y) == letter(a, i - 1) {
            best = best.min(cost.at(i - 2, j - 2) + FULL);
        }
        if best > HALF {
            for (one, other) in CONFUSIONS.of_groups(x.into(), y.into()) {
                if ends_with(a, i, one) && ends_with(b, j, other) {
                    best = best.min(cost.at(i - one.len(), j - other.len()) + HALF);
                }
            }
        }
    }
    best
}

fn ends_with<L: Copy + Into<u32>>(word: &[L], end: usize, group: &[u8]) -> bool {
    let tail = end.checked_sub(group.len()).and_then(|start| word.get(start..end));
    tail.is_some_and(|tail| tail.iter().zip(group).all(|(letter, wanted)| (*letter).into() == u32::from(*wanted)))
}

fn substitution(x: u32, y: u32) -> u32 {
    if x == y {
        0
    } else if CONFUSIONS.of_letters(x, y) {
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
    use proptest::prelude::*;

    use super::*;

    /// The whole matrix, without band, rolling rows or early end.
    fn whole(a: &[char], b: &[char]) -> u32 {
        let mut all = vec![vec![FAR; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                let mut best = if i + j == 0 { 0 } else { FAR };
                let doubled = |word: &[char], n: usize| n > 1 && word[n - 1] == word[n - 2];
                if i > 0 {
                    best = best.min(all[i - 1][j] + if doubled(a, i) { HALF } else { FULL });
                }
                if j > 0 {
                    best = best.min(all[i][j - 1] + if doubled(b, j) { HALF } else { FULL });
                }
                if i > 0 && j > 0 {
                    let (x, y) = (a[i - 1], b[j - 1]);
                    let half = LETTERS.iter().any(|pair| *pair == (x, y) || *pair == (y, x));
                    best = best.min(
                        all[i - 1][j - 1]
                            + if x == y {
                                0
                            } else if half {
                                HALF
                            } else {
                                FULL
                            },
                    );
                }
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(all[i - 2][j - 2] + FULL);
                }
                for (one, other) in GROUPS.iter().flat_map(|(one, other)| [(one, other), (other, one)]) {
                    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
                    if a[..i].ends_with(&one) && b[..j].ends_with(&other) {
                        best = best.min(all[i - one.len()][j - other.len()] + HALF);
                    }
                }
                all[i][j] = best;
            }
        }
        all[a.len()][b.len()]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

        #[test]
        fn what_is_left_out_of_the_matrix_does_not_count(
            a in "[abcdefhiklmnrstuxж]{0,12}",
            slips in prop::collection::vec((0_usize..14, 0_u8..4, "[acehilmnrtж]"), 0..5),
            limit in 0_u32..7,
        ) {
            let mut b: Vec<char> = a.chars().collect();
            for (at, kind, letter) in slips {
                let (at, letter) = (at.min(b.len()), letter.chars().next().unwrap_or('a'));
                match kind {
                    0 => b.insert(at, letter),
                    1 if at < b.len() => drop(b.remove(at)),
                    2 if at < b.len() => b[at] = letter,
                    _ if at + 1 < b.len() => b.swap(at, at + 1),
                    _ => {}
                }
            }
            let whole = whole(&a.chars().collect::<Vec<_>>(), &b);
            let b: String = b.into_iter().collect();
            prop_assert_eq!(damage(&a, &b, limit), Some(whole).filter(|cost| *cost <= limit), "{} {}", a, b);
        }
    }

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
