//! Rows of a table by the HS code that they speak of: chapter, heading or subheading.
//!
//! In: the prefix of each row. Out: the row with the longest prefix that a code lies under, by one look-up for each length.

use rustc_hash::FxHashMap;

use crate::codes::HsCode;

/// Index of rows by prefix. What is no code of two digits or more is under no prefix.
#[derive(Debug, Clone, Default)]
pub struct HsPrefixes {
    rows: FxHashMap<HsCode, usize>,
    /// Lengths that some prefix has, a bit each.
    lengths: u32,
}

impl HsPrefixes {
    /// Of rows with the same prefix the first stays.
    pub fn of<'a>(rows: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        let mut own = Self::default();
        for (prefix, row) in rows {
            if let Ok(prefix) = prefix.parse::<HsCode>() {
                own.lengths |= 1 << prefix.len();
                own.rows.entry(prefix).or_insert(row);
            }
        }
        own
    }

    /// The row with the longest prefix of the code.
    pub fn longest(&self, code: &HsCode) -> Option<usize> {
        let lengths = (0..=code.len()).rev().filter(|n| self.lengths & 1 << n != 0);
        lengths.map(|n| code.cut(n)).find_map(|prefix| self.rows.get(&prefix).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins_and_then_the_first_row() {
        let rows = HsPrefixes::of([("44", 0), ("4403", 1), ("44", 2), ("440349", 3), ("x", 4)]);
        let of = |code: &str| rows.longest(&code.parse().unwrap());
        assert_eq!((of("44034910"), of("4403"), of("440710"), of("9401")), (Some(3), Some(1), Some(0), None));
    }
}
