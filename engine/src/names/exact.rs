//! Finds the names of the tables in a folded text.
//!
//! One Aho-Corasick automaton over all folded names without separators runs over the folded text without separators.
//! So spaces and hyphens are free; what a match must satisfy afterwards is where words begin and end, and the endings
//! and compounds of its language.
//!
//! A name of Latin letters begins where a word begins. So in a text that folds to ASCII the automaton is started,
//! anchored, only at words whose first letters some name has, and stops at the first letter that no name has: in a text
//! without names it reads some letters of some words instead of all of them. Texts of other scripts, where a name may
//! begin anywhere, are read from end to end.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};

use super::context::Contexts;
use crate::reference::ReferenceError;
use crate::text::{Folded, Gap, Script, fold, light_key, script_of};

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
    pub name: String,
    pub meaning: Meaning,
    pub solid: String,
    /// Places in `solid` where the name has a separator.
    pub joints: Vec<usize>,
    /// Form with accents, when they must be there.
    pub marks: Option<String>,
    pub closed: bool,
    pub language: String,
    pub script: Script,
    pub letters: usize,
}

impl Entry {
    /// `None` when nothing is left after folding.
    pub fn new(name: &str, meaning: Meaning) -> Option<Self> {
        let folded = fold(name);
        let solid: String = folded.text().chars().filter(|c| *c != crate::text::HARD_BREAK).collect();
        let mut joints = Vec::new();
        let mut at = 0;
        for token in folded.tokens() {
            if at > 0 && token.gap != Gap::Glued {
                joints.push(at);
            }
            at += token.width();
        }
        let script = solid.chars().next().map(script_of)?;
        let letters = solid.chars().count();
        Some(Self {
            name: name.to_owned(),
            meaning,
            solid,
            joints,
            marks: None,
            closed: false,
            language: "any".into(),
            script,
            letters,
        })
    }
}

/// A name found, in bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub entry: usize,
    pub start: usize,
    pub end: usize,
}

/// The automaton and its names.
#[derive(Debug)]
pub(super) struct Exact {
    automaton: AhoCorasick,
    entries: Vec<Entry>,
    beginnings: Beginnings,
}

/// The first letters that names have: one bit for each hash of four bytes.
#[derive(Debug)]
struct Beginnings(Vec<u64>);

impl Beginnings {
    /// Letters looked at.
    const LETTERS: usize = 4;
    /// 2^15 bits, 4 kB: stays in the nearest cache; two thousand beginnings set some 6 % of them.
    const BITS: u32 = 15;

    fn build<'a>(names: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut all = Self(vec![0; 1 << (Self::BITS - 6)]);
        for name in names {
            // After a name that is shorter any letter, digit or break may follow.
            match name.get(..Self::LETTERS) {
                Some(beginning) => all.set(beginning),
                None => all.set_all(name.to_vec()),
            }
        }
        all
    }

    fn set_all(&mut self, beginning: Vec<u8>) {
        if beginning.len() == Self::LETTERS {
            return self.set(&beginning);
        }
        // The bytes of a folded ASCII text: letters, digits, a break, signs inside words, and 0 for its end.
        let signs = [0, crate::text::HARD_BREAK as u8, b'@', b'$', b'!', b'|'];
        for next in signs.into_iter().chain(b'a'..=b'z').chain(b'0'..=b'9') {
            let mut longer = beginning.clone();
            longer.push(next);
            self.set_all(longer);
        }
    }

    fn set(&mut self, beginning: &[u8]) {
        let bit = Self::bit(beginning);
        if let Some(slot) = self.0.get_mut((bit >> 6) as usize) {
            *slot |= 1 << (bit & 63);
        }
    }

    fn bit(beginning: &[u8]) -> u32 {
        // What lies beyond the end of the text counts as 0, which stands in no text.
        let letters = beginning.iter().take(Self::LETTERS).fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
        let letters = letters << (8 * Self::LETTERS.saturating_sub(beginning.len()));
        letters.wrapping_mul(0x9E37_79B1) >> (32 - Self::BITS)
    }

    /// False only when no name begins like `rest`.
    fn may_begin(&self, rest: &[u8]) -> bool {
        let bit = Self::bit(rest.get(..Self::LETTERS).unwrap_or(rest));
        self.0.get((bit >> 6) as usize).is_some_and(|slot| slot >> (bit & 63) & 1 == 1)
    }
}

impl Exact {
    pub fn build(entries: Vec<Entry>) -> Result<Self, ReferenceError> {
        let automaton = automaton(entries.iter().map(|entry| entry.solid.as_str()), "trade-names/trade-names.csv")?;
        let ascii = entries.iter().filter(|entry| entry.solid.is_ascii());
        let beginnings = Beginnings::build(ascii.map(|entry| entry.solid.as_bytes()));
        Ok(Self { automaton, entries, beginnings })
    }

    pub fn entry(&self, n: usize) -> Option<&Entry> {
        self.entries.get(n)
    }

    /// All names whose boundaries hold, overlapping ones included, in no promised order.
    pub fn find(&self, folded: &Folded, original: &str, contexts: &Contexts) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.each(folded, |hit| {
            if self.entries.get(hit.entry).is_some_and(|entry| holds(entry, &hit, folded, original, contexts)) {
                hits.push(hit);
            }
            false
        });
        hits
    }

    /// True when `find` would find a name.
    pub fn finds(&self, folded: &Folded, original: &str, contexts: &Contexts) -> bool {
        self.each(folded, |hit| {
            self.entries.get(hit.entry).is_some_and(|entry| holds(entry, &hit, folded, original, contexts))
        })
    }

    /// Shows every place where a name could stand until `stop` says true; true when it did.
    fn each(&self, folded: &Folded, mut stop: impl FnMut(Hit) -> bool) -> bool {
        let text = folded.text();
        let mut hit = |found: aho_corasick::Match| {
            stop(Hit { entry: found.pattern().as_usize(), start: found.start(), end: found.end() })
        };
        if !text.is_ascii() {
            return self.automaton.find_overlapping_iter(text).any(hit);
        }
        let starts = folded.tokens().iter().map(|token| token.start);
        for start in starts.filter(|start| self.beginnings.may_begin(text.as_bytes().get(*start..).unwrap_or_default()))
        {
            let mut state = OverlappingState::start();
            loop {
                let from = Input::new(text).range(start..).anchored(Anchored::Yes);
                // The automaton is built for both kinds of search, so this one is never refused.
                let found = self.automaton.try_find_overlapping(from, &mut state).map(|()| state.get_match());
                let Ok(Some(found)) = found else { break };
                if hit(found) {
                    return true;
                }
            }
        }
        false
    }
}

/// Standard semantics, all overlapping matches.
pub(super) fn automaton<'a>(
    patterns: impl Iterator<Item = &'a str>,
    table: &str,
) -> Result<AhoCorasick, ReferenceError> {
    AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .start_kind(StartKind::Both)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(patterns)
        .map_err(|error| ReferenceError::Unreadable { table: table.into(), why: error.to_string() })
}

fn holds(entry: &Entry, hit: &Hit, folded: &Folded, original: &str, contexts: &Contexts) -> bool {
    begins(entry, hit, folded, contexts)
        && ends(entry, hit, folded, contexts)
        && spacing_fits(entry, hit, folded)
        && marks_fit(entry, hit, folded, original)
}

fn begins(entry: &Entry, hit: &Hit, folded: &Folded, contexts: &Contexts) -> bool {
    let Some(token) = folded.token_at(hit.start).and_then(|n| folded.tokens().get(n)) else { return false };
    if token.start == hit.start || entry.script.is_spaceless() {
        return true;
    }
    let before = folded.text().get(token.start..hit.start).unwrap_or_default();
    match entry.script {
        Script::Arabic | Script::Hebrew => contexts.is_prefix(before),
        Script::Hangul => entry.letters >= 3,
        Script::Katakana => entry.letters >= 5,
        _ => false,
    }
}

fn ends(entry: &Entry, hit: &Hit, folded: &Folded, contexts: &Contexts) -> bool {
    let last = hit.end.saturating_sub(1);
    let Some(token) = folded.token_at(last).and_then(|n| folded.tokens().get(n)) else { return false };
    if token.end == hit.end {
        return true;
    }
    let after = folded.text().get(hit.end..token.end).unwrap_or_default();
    match entry.script {
        script if script.is_spaceless() => !after.starts_with(unicode_normalization::char::is_combining_mark),
        Script::Hangul => entry.letters >= 2,
        Script::Katakana => entry.letters >= 5,
        Script::Indic => contexts.is_ending(after, &entry.language, entry.script),
        _ => entry.letters >= 4 && contexts.is_ending(after, &entry.language, entry.script),
    }
}

/// Spaces inside the match: those of the name are free; others only in long names or when every letter stands alone.
fn spacing_fits(entry: &Entry, hit: &Hit, folded: &Folded) -> bool {
    if entry.script.is_spaceless() {
        return true;
    }
    let (Some(first), Some(last)) = (folded.token_at(hit.start), folded.token_at(hit.end.saturating_sub(1))) else {
        return false;
    };
    let inside = folded.tokens().get(first..=last).unwrap_or_default();
    let mut strange = 0;
    for token in inside.iter().skip(1) {
        if token.gap != Gap::Glued && !entry.joints.contains(&(token.start - hit.start)) {
            strange += 1;
        }
    }
    if strange == 0 {
        return true;
    }
    if entry.closed {
        return false;
    }
    let spelled_out = inside.len() >= 5 && inside.iter().all(|token| token.width() <= 2);
    spelled_out
        || (entry.letters >= 8 && strange <= 1 + entry.letters / 12 && inside.iter().all(|token| token.width() >= 3))
}

/// True when the accents are those of the name, where it asks for them.
pub(super) fn marks_fit(entry: &Entry, hit: &Hit, folded: &Folded, original: &str) -> bool {
    let Some(marks) = &entry.marks else { return true };
    let (from, to) = folded.span(hit.start, hit.end);
    original.get(from..to).is_some_and(|written| light_key(written) == *marks)
}
