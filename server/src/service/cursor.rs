//! Where a page of a list ends, as it is told: numbers of the log that nobody can read.
//!
//! In: the number of an entry, in a list, for a reader. Out: 16 hexadecimal digits, and back. Plain numbers would tell by their
//! gaps how much is written that the reader may not know of. It is a permutation of all numbers (eight rounds of Feistel with
//! SHA-256 under a key of the store), another one for each list and reader, so that any 16 digits are a cursor and none tells what
//! stands before or after it.

use sha2::{Digest, Sha256};

use super::office::Office;
use crate::store::Hash;

/// Rounds; four would do against whoever sees some ten thousand of them.
const ROUNDS: u8 = 8;
/// Hexadecimal digits of a cursor.
const DIGITS: usize = 16;

impl Office {
    /// A number of the log as a reader of a list is told it.
    pub fn cursor(&self, list: &str, reader: &str, seq: u64) -> String {
        let key = self.cursor_key(list, reader);
        let (left, right) =
            (0..ROUNDS).fold(halves(seq), |(left, right), round| (right, left ^ mixed(&key, round, right)));
        format!("{left:08x}{right:08x}")
    }

    /// The number that he was told so; `None` = nobody is told such a thing.
    pub fn of_cursor(&self, list: &str, reader: &str, text: &str) -> Option<u64> {
        let is_cursor = text.len() == DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let told = halves(u64::from_str_radix(text, 16).ok().filter(|_| is_cursor)?);
        let key = self.cursor_key(list, reader);
        let back = |(left, right), round| (right ^ mixed(&key, round, left), left);
        let (left, right) = (0..ROUNDS).rev().fold(told, back);
        Some(u64::from(left) << 32 | u64::from(right))
    }

    /// What all rounds of a list and reader begin with; an end stands after each text, so that no two pairs read as one.
    fn cursor_key(&self, list: &str, reader: &str) -> Hash {
        let secret = self.store.secret("cursors");
        let begun = Sha256::new().chain_update("palisander cursor 1\n").chain_update(secret);
        begun.chain_update(list).chain_update("\n").chain_update(reader).chain_update("\n").finalize().into()
    }
}

fn halves(seq: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = seq.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}

fn mixed(key: &Hash, round: u8, half: u32) -> u32 {
    let digest = Sha256::new().chain_update(key).chain_update([round]).chain_update(half.to_be_bytes()).finalize();
    digest.first_chunk().map_or(0, |four| u32::from_be_bytes(*four))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::service::Clock;
    use crate::store::Place;
    use crate::store::Told;

    fn office() -> (tempfile::TempDir, Office) {
        let folder = tempfile::tempdir().unwrap();
        let store = Place::read(folder.path().to_str().unwrap(), Told::Argument, None).unwrap().open().unwrap();
        (folder, Office::new(Arc::from(store), Clock::default()))
    }

    #[test]
    fn a_number_comes_back_and_is_read_by_nobody() {
        let (_folder, office) = office();
        let told: Vec<String> = (0..1_000).map(|seq| office.cursor("results", "r_1", seq)).collect();
        for (seq, text) in (0..).zip(&told) {
            assert_eq!(office.of_cursor("results", "r_1", text), Some(seq));
        }
        // Neither the order nor the distance of numbers is left.
        let rising = told.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((400..600).contains(&rising), "{rising}");
        let beginnings: BTreeSet<&str> = told.iter().map(|text| &text[..4]).collect();
        assert!(beginnings.len() > 900, "{}", beginnings.len());
        // Others, other lists and other stores have cursors of their own; no two pairs of names read as one.
        let (_other, elsewhere) = self::office();
        let seven = [
            office.cursor("results", "r_1", 7),
            office.cursor("results", "r_2", 7),
            office.cursor("information", "r_1", 7),
            office.cursor("results\nr", "_1", 7),
            elsewhere.cursor("results", "r_1", 7),
        ];
        assert_eq!(seven.iter().collect::<BTreeSet<_>>().len(), seven.len());
        for wrong in ["", "7", "0123456789ABCDEF", "0123456789abcdef0", "+123456789abcdef", "0123456789abcde\u{e9}"] {
            assert_eq!(office.of_cursor("results", "r_1", wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn any_sixteen_digits_are_a_cursor(seqs in proptest::collection::vec(any::<u64>(), 20)) {
            let (_folder, office) = office();
            for seq in seqs {
                let text = format!("{seq:016x}");
                let number = office.of_cursor("results", "r", &text).unwrap();
                prop_assert_eq!(office.cursor("results", "r", number), text);
                prop_assert_eq!(office.of_cursor("results", "r", &office.cursor("results", "r", seq)), Some(seq));
            }
        }
    }
}
