//! A text or code as rules compare it.
//!
//! In: a text. Out: a [`Symbol`], cheap to copy and compared as text. It is a type of its own so that it can become a number
//! of a table of words without a change to tests, index or interpreter. Not here: which words a field has (`view.rs`).

use std::borrow::Borrow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

/// Texts that each thread remembers. The items of a bill say the same few hundred words again and again.
const REMEMBERED: usize = 512;
/// Bytes of a text that is remembered at most; longer ones are descriptions and reasons, which differ.
const MAX_REMEMBERED_BYTES: usize = 128;

thread_local! {
    /// By hash: the last text that had it.
    static RECENT: RefCell<Vec<Option<Symbol>>> = RefCell::new(vec![None; REMEMBERED]);
}

/// A text, shared between all who hold it.
#[derive(Debug, Clone)]
pub struct Symbol(Held);

#[derive(Debug, Clone)]
enum Held {
    /// Part of the program: reasons of gaps, words of enumerations.
    Fixed(&'static str),
    Shared(Arc<str>),
}

impl Symbol {
    /// A text of the program, which costs nothing to hold.
    pub const fn fixed(text: &'static str) -> Self {
        Self(Held::Fixed(text))
    }
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Symbol {}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

/// As the text's, by which tables look a symbol up.
impl Hash for Symbol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl From<&str> for Symbol {
    /// A text that this thread made lately is shared and not copied.
    fn from(text: &str) -> Self {
        if text.is_empty() {
            return Self::fixed("");
        }
        let own = || Self(Held::Shared(Arc::from(text)));
        if text.len() > MAX_REMEMBERED_BYTES {
            return own();
        }
        RECENT.with_borrow_mut(|recent| {
            let n = usize::try_from(FxBuildHasher.hash_one(text)).unwrap_or(0) % REMEMBERED;
            match recent.get_mut(n) {
                Some(Some(known)) if &**known == text => known.clone(),
                Some(slot) => slot.insert(own()).clone(),
                None => own(),
            }
        })
    }
}

impl From<&String> for Symbol {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Symbol {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&&'static str> for Symbol {
    /// A text of the program, as lists hold it.
    fn from(text: &&'static str) -> Self {
        Self::fixed(text)
    }
}

impl Deref for Symbol {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Held::Fixed(text) => text,
            Held::Shared(text) => text,
        }
    }
}

impl AsRef<str> for Symbol {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Symbol {
    fn borrow(&self) -> &str {
        self
    }
}

impl std::fmt::Display for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shared_while_it_is_remembered() {
        let (one, other) = (Symbol::from("sawn"), Symbol::from("sawn"));
        assert!(std::ptr::eq(&*one, &*other));
        assert_eq!(one, Symbol::fixed("sawn"));
        let long = "x".repeat(MAX_REMEMBERED_BYTES + 1);
        assert_eq!(Symbol::from(long.as_str()), Symbol::from(long.as_str()));
        // Whatever is forgotten in between, a symbol is its text.
        let texts: Vec<String> = (0..REMEMBERED * 4).map(|n| n.to_string()).collect();
        let symbols: Vec<Symbol> = texts.iter().map(|text| Symbol::from(text.as_str())).collect();
        assert!(symbols.iter().zip(&texts).all(|(symbol, text)| **symbol == **text));
    }
}
