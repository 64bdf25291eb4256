//! Whether any of a few pieces of text stands in another, in capitals or not: asked of every text before somebody looks closer.
//!
//! In: pieces of ASCII, then a text as it stands. Out: yes or no. Where they stand and which of them are for
//! [`Phrases`](super::Phrases) to say. Cost: one step of a table for each byte of the text.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// The pieces, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Traces(AhoCorasick);

impl Traces {
    /// Compiles the pieces. Fails only on more of them than a table holds.
    pub fn build(pieces: impl Iterator<Item = String>) -> Result<Self, String> {
        let table = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .prefilter(false)
            .kind(Some(AhoCorasickKind::DFA))
            .build(pieces)
            .map_err(|error| error.to_string())?;
        Ok(Self(table))
    }

    /// Does any of them stand in the text, within words too?
    pub fn are_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_anywhere_in_any_case() {
        let traces = Traces::build(["permi", "h.s"].map(str::to_owned).into_iter()).unwrap();
        for (text, are) in [("no PERMIT", true), ("subpermit", true), ("H.S. 4403", true), ("hs", false), ("", false)] {
            assert_eq!(traces.are_in(text), are, "{text}");
        }
    }
}
