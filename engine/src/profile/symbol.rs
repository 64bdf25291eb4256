//! A text or code as rules compare it.
//!
//! In: a text. Out: a [`Symbol`], cheap to copy and compared as text. It is a type of its own so that it can become a number
//! of a table of words without a change to tests, index or interpreter. Not here: which words a field has (`view.rs`).

use std::borrow::Borrow;
use std::ops::Deref;
use std::sync::Arc;

/// A text, shared between all who hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(Arc<str>);

impl From<&str> for Symbol {
    fn from(text: &str) -> Self {
        Self(Arc::from(text))
    }
}

impl Deref for Symbol {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
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
