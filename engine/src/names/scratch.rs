//! One folded text for each thread, whose buffers are used again by the next text.

use std::cell::Cell;

use crate::text::{Folded, fold_into};

/// Buffers of longer texts are given back, so that one hostile text does not hold memory in every thread; in bytes.
const KEPT_MAX: usize = 1 << 16;

thread_local! {
    static BUFFER: Cell<Folded> = const { Cell::new(Folded::EMPTY) };
}

/// Shows the folded form of `text`.
pub(super) fn folded<T>(text: &str, look: impl FnOnce(&Folded) -> T) -> T {
    // Taken out while in use: a text folded meanwhile, or after a panic, starts with an empty one.
    let mut folded = BUFFER.take();
    fold_into(text, &mut folded);
    let seen = look(&folded);
    if folded.capacity() <= KEPT_MAX {
        BUFFER.set(folded);
    }
    seen
}
