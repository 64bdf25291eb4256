//! Remembers which words were looked up lately, so that the words of trade that every line repeats are looked up once.
//!
//! In: a vocabulary's number, a word, a way to find the answer. Out: the answer. The memo changes speed only: it compares
//! the whole word, and what it forgets is found again. One memo a thread, of fixed size, without locks.

use std::cell::RefCell;
use std::hash::Hasher;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHasher;

/// Words remembered in one thread. 1,024 of 64 bytes are 64 kB: about the second cache level's share of one core.
const SLOTS: usize = 1 << 10;
/// Longest word remembered, in bytes: longer ones are rare, and their look-up costs no more.
const WORD_BYTES: usize = 32;

/// The word that a damaged word was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fix {
    /// Number of the word in its vocabulary.
    pub word: u32,
    /// Similarity, 0 to 1.
    pub fit: f64,
    /// It counts only with an epithet of it beside it.
    pub beside: bool,
}

thread_local! {
    static MEMO: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone, Copy)]
struct Slot {
    /// Number of the vocabulary; 0 = empty.
    of: u64,
    word: [u8; WORD_BYTES],
    len: u8,
    answer: Option<Fix>,
}

const EMPTY: Slot = Slot { of: 0, word: [0; WORD_BYTES], len: 0, answer: None };

/// A number that no other vocabulary of this process has.
pub(super) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The answer to `word`, remembered or found.
pub(super) fn remembered(of: u64, word: &str, find: impl FnOnce() -> Option<Fix>) -> Option<Fix> {
    let bytes = word.as_bytes();
    let mut own = EMPTY;
    let Some(room) = own.word.get_mut(..bytes.len()) else { return find() };
    room.copy_from_slice(bytes);
    own.of = of;
    own.len = bytes.len() as u8;
    MEMO.with_borrow_mut(|memo| {
        if memo.is_empty() {
            memo.resize(SLOTS, EMPTY);
        }
        let Some(slot) = memo.get_mut(place(bytes)) else { return find() };
        if slot.of != of || slot.len != own.len || slot.word != own.word {
            own.answer = find();
            *slot = own;
        }
        slot.answer
    })
}

fn place(word: &[u8]) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(word);
    hasher.finish() as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_share_a_place_keep_their_own_answers() {
        let of = next_id();
        for round in 0..2 {
            for n in 0..3 * SLOTS {
                let answer = (n % 3 == 0).then_some(Fix { word: n as u32, fit: 0.5, beside: false });
                let found = remembered(of, &format!("word{n}"), || answer);
                assert_eq!(found, answer, "round {round}");
            }
        }
        assert_eq!(remembered(next_id(), "word0", || None), None);
    }

    #[test]
    fn a_word_is_looked_up_once() {
        let of = next_id();
        assert_eq!(remembered(of, "teakwood", || None), None);
        assert_eq!(remembered(of, "teakwood", || Some(Fix { word: 1, fit: 1.0, beside: false })), None);
    }
}
