//! Finds the names of the tables in a folded text.
//!
//! In: a folded text. Out: the names that stand in it, by the one matcher of phrases ([`Phrases`]). Spaces and hyphens are
//! free; what a match must satisfy afterwards is where words begin and end, and the endings and compounds of its language.
//! Not here: what surrounds a name; damaged names.

use super::endings::Affixes;
use crate::reference::ReferenceError;
use crate::text::{Folded, Hit, Phrase, Phrases, Script};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Index into the trade names.
    Trade(usize),
    /// Scientific name of the taxa; `accepted` when it is the accepted name of the first.
    Binomial {
        /// Indexes into the taxa.
        taxa: Vec<usize>,
        /// Accepted name or synonym.
        accepted: bool,
    },
    /// Index into the genera.
    Genus(usize),
}

/// One name to look for.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub phrase: Phrase,
    pub meaning: Meaning,
    /// Never written with spaces that the table does not have.
    pub closed: bool,
    pub language: String,
}

impl Entry {
    /// `None` when nothing is left after folding.
    pub fn new(name: &str, meaning: Meaning) -> Option<Self> {
        Some(Self { phrase: Phrase::new(name)?, meaning, closed: false, language: "any".into() })
    }
}

/// The names, ready to search.
#[derive(Debug)]
pub(super) struct Exact {
    phrases: Phrases,
    entries: Vec<Entry>,
}

impl Exact {
    /// The automaton over all names of the entries; an error says which name cannot stand in it.
    pub fn build(entries: Vec<Entry>) -> Result<Self, ReferenceError> {
        let phrases = Phrases::build(entries.iter().map(|entry| entry.phrase.solid.as_str()))
            .map_err(|why| ReferenceError::Unreadable { table: "trade-names/trade-names.csv".into(), why })?;
        Ok(Self { phrases, entries })
    }

    /// Entry `n`, as the matches number them.
    pub fn entry(&self, n: usize) -> Option<&Entry> {
        self.entries.get(n)
    }

    /// All names whose boundaries hold, overlapping ones included, in no promised order.
    pub fn find(&self, folded: &Folded, original: &str, affixes: &Affixes) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.phrases.each(folded, |hit| {
            if self.holds(&hit, folded, original, affixes) {
                hits.push(hit);
            }
            false
        });
        hits
    }

    /// True when `find` would find a name.
    pub fn finds(&self, folded: &Folded, original: &str, affixes: &Affixes) -> bool {
        self.phrases.each(folded, |hit| self.holds(&hit, folded, original, affixes))
    }

    fn holds(&self, hit: &Hit, folded: &Folded, original: &str, affixes: &Affixes) -> bool {
        let Some(tokens) = hit.tokens(folded) else { return false };
        let Some((before, after)) = hit.around(folded, tokens) else { return false };
        self.entries.get(hit.phrase).is_some_and(|entry| {
            begins(entry, before, affixes)
                && ends(entry, after, affixes)
                && spacing_fits(entry, hit, folded, tokens)
                && entry.phrase.marks_fit(hit, folded, original)
        })
    }
}

fn begins(entry: &Entry, before: &str, affixes: &Affixes) -> bool {
    if before.is_empty() || entry.phrase.script.is_spaceless() {
        return true;
    }
    match entry.phrase.script {
        Script::Arabic | Script::Hebrew => affixes.is_prefix(before),
        Script::Hangul => entry.phrase.letters >= 3,
        Script::Katakana => entry.phrase.letters >= 5,
        _ => false,
    }
}

fn ends(entry: &Entry, after: &str, affixes: &Affixes) -> bool {
    if after.is_empty() {
        return true;
    }
    let phrase = &entry.phrase;
    match phrase.script {
        script if script.is_spaceless() => !after.starts_with(unicode_normalization::char::is_combining_mark),
        Script::Hangul => phrase.letters >= 2,
        Script::Katakana => phrase.letters >= 5,
        Script::Indic => affixes.is_ending(after, &entry.language, phrase.script),
        _ => phrase.letters >= 4 && affixes.is_ending(after, &entry.language, phrase.script),
    }
}

/// Spaces inside the match: those of the name are free; others only in long names or when every letter stands alone.
fn spacing_fits(entry: &Entry, hit: &Hit, folded: &Folded, (first, last): (usize, usize)) -> bool {
    let phrase = &entry.phrase;
    if phrase.script.is_spaceless() {
        return true;
    }
    let strange = phrase.strange_gaps(hit, folded, (first, last));
    if strange == 0 || entry.closed {
        return strange == 0;
    }
    let inside = folded.tokens().get(first..=last).unwrap_or_default();
    let spelled_out = inside.len() >= 5 && inside.iter().all(|token| token.width() <= 2);
    spelled_out
        || (phrase.letters >= 8 && strange <= 1 + phrase.letters / 12 && inside.iter().all(|token| token.width() >= 3))
}
