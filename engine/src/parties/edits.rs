//! What it costs to turn one word into another.
//!
//! In: two words as letters. Out: a cost; an edit that a slip, a scan or another spelling makes costs less than one that
//! makes another word. A first letter that changes costs more.

/// A change of this cost or less is another spelling of the sound.
const SOUND: f32 = 0.5;
/// Longer words are cut.
const MAX: usize = 40;

/// Costs of single edits.
pub(super) struct Costs {
    /// One letter for another.
    pub(super) change: fn(u8, u8) -> f32,
    /// A letter more, with its neighbours.
    pub(super) gap: fn(u8, Option<u8>, Option<u8>) -> f32,
    /// Two neighbours change places.
    pub(super) swap: f32,
    /// What an edit of the first letter costs more.
    pub(super) first: f32,
    /// What another last letter costs more: endings tell words apart.
    pub(super) last: f32,
}

/// Costs of folded Latin letters.
pub(super) const PLAIN: Costs = Costs { change, gap, swap: 0.55, first: 1.5, last: 1.3 };
/// Costs of classes of consonants.
pub(super) const LOOSE: Costs = Costs { change: loose_change, gap: loose_gap, swap: 0.9, first: 1.0, last: 1.0 };

fn is_vowel(b: u8) -> bool {
    matches!(b, b'A' | b'E' | b'I' | b'O' | b'U')
}

/// Letters that scans and hands confuse, and letters of near sounds.
fn change(a: u8, b: u8) -> f32 {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    match (a, b) {
        (b'0', b'O') | (b'1', b'I' | b'L') | (b'5', b'S') | (b'8', b'B') | (b'2', b'Z') | (b'I', b'L') => 0.4,
        (b'S', b'Z') | (b'I', b'J') | (b'B', b'V') | (b'F', b'V') => 0.35,
        (b'B', b'P') | (b'D', b'T') | (b'G', b'K') | (b'J', b'Z') | (b'S', b'X') | (b'S', b'W') | (b'J', b'Q') => 0.5,
        (b'H', b'J') | (b'G', b'H') | (b'H', b'K') | (b'Q', b'Z') | (b'Q', b'W') | (b'G', b'J') | (b'J', b'X') => 0.5,
        (b'E', b'I') | (b'O', b'U') | (b'A', b'E') => 0.4,
        _ if is_vowel(a) && is_vowel(b) => 0.51,
        _ if a.is_ascii_digit() || b.is_ascii_digit() => 3.0,
        _ => 1.2,
    }
}

fn gap(letter: u8, before: Option<u8>, after: Option<u8>) -> f32 {
    match letter {
        _ if before == Some(letter) || after == Some(letter) => 0.3,
        b'H' => 0.35,
        // Silent before another consonant: `NDJ`, `MB`, `TCH`.
        b'N' | b'M' | b'T' if before.is_none() && after.is_some_and(|next| !is_vowel(next)) => 0.35,
        b'I' | b'U' => 0.4,
        _ if is_vowel(letter) => 0.5,
        b'0'..=b'9' => 3.0,
        _ => 0.8,
    }
}

fn loose_change(a: u8, b: u8) -> f32 {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    match (a, b) {
        (b'L', b'R') | (b'L', b'N') | (b'N', b'R') => 0.6,
        (b'C', b'S') | (b'S', b'T') | (b'C', b'K') | (b'C', b'T') => 0.5,
        (b'C' | b'K', b'h') | (b'P', b'w') | (b'C', b'y') => 0.4,
        (b'M', b'N') => 0.7,
        (b'a'..=b'z', b'a'..=b'z') => 0.3,
        _ if a.is_ascii_digit() || b.is_ascii_digit() => 3.0,
        _ => 1.2,
    }
}

fn loose_gap(letter: u8, _: Option<u8>, _: Option<u8>) -> f32 {
    match letter {
        b'a' | b'w' | b'y' => 0.15,
        b'h' => 0.25,
        b'0'..=b'9' => 3.0,
        _ => 1.0,
    }
}

/// The least cost from one word to the other; `None` above the limit.
pub(super) fn cost(a: &[u8], b: &[u8], costs: &Costs, limit: f32) -> Option<f32> {
    let (a, b) = (a.get(..a.len().min(MAX)).unwrap_or(a), b.get(..b.len().min(MAX)).unwrap_or(b));
    let at = |word: &[u8], n: usize| word.get(n).copied();
    let gap = |word: &[u8], n: usize| -> f32 {
        let before = n.checked_sub(1).and_then(|n| at(word, n));
        let one = at(word, n).map_or(0.0, |letter| (costs.gap)(letter, before, at(word, n + 1)));
        let end = n > 0 && n + 1 == word.len();
        one * if n == 0 && one > SOUND {
            costs.first
        } else if end && one > SOUND - 0.1 {
            costs.last
        } else {
            1.0
        }
    };
    let mut rows = [[f32::MAX; MAX + 1]; 3];
    let get = |rows: &[[f32; MAX + 1]; 3], i: usize, j: usize| {
        rows.get(i % 3).and_then(|row| row.get(j)).copied().unwrap_or(f32::MAX)
    };
    for i in 0..=a.len() {
        let mut least = f32::MAX;
        for j in 0..=b.len() {
            let mut best = if i == 0 && j == 0 { 0.0 } else { f32::MAX };
            if i > 0 {
                best = best.min(get(&rows, i - 1, j) + gap(a, i - 1));
            }
            if j > 0 {
                best = best.min(get(&rows, i, j - 1) + gap(b, j - 1));
            }
            if let (Some(x), Some(y)) =
                (i.checked_sub(1).and_then(|n| at(a, n)), j.checked_sub(1).and_then(|n| at(b, n)))
            {
                let change = if x == y { 0.0 } else { (costs.change)(x, y) };
                let factor = match () {
                    // Two spellings of one sound may begin a word.
                    () if i == 1 && j == 1 && change > SOUND => costs.first,
                    () if i == a.len() && j == b.len() => costs.last,
                    () => 1.0,
                };
                let change = change * factor;
                best = best.min(get(&rows, i - 1, j - 1) + change);
                if i > 1 && j > 1 && at(a, i - 2) == Some(y) && at(b, j - 2) == Some(x) && x != y {
                    best = best.min(get(&rows, i - 2, j - 2) + costs.swap);
                }
            }
            if let Some(cell) = rows.get_mut(i % 3).and_then(|row| row.get_mut(j)) {
                *cell = best;
            }
            least = least.min(best);
        }
        // A swap looks two rows back: one row above the limit may still be passed over.
        if least > limit + costs.swap {
            return None;
        }
    }
    Some(get(&rows, a.len(), b.len())).filter(|cost| *cost <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_cost_less_than_other_words() {
        let of = |a: &str, b: &str| cost(a.as_bytes(), b.as_bytes(), &PLAIN, 9.0).unwrap();
        assert!(of("ORINOKO", "ORINOKKO") < of("KAIA", "MAIA"));
        assert!(of("KANABURI", "KANBURI") < of("LOTUS", "LOKUS"));
        assert_eq!(of("SAME", "SAME"), 0.0);
        assert!((of("AB", "BA") - 0.55).abs() < 1e-6);
        assert_eq!(cost(b"ABCDEF", b"UVWXYZ", &PLAIN, 1.0), None);
    }
}
