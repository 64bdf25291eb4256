//! Finds many phrases in one text: the one matcher for names of woods, what stands around them, words of goods and alerts.
//!
//! In: phrases, folded like the text that is searched. Out: [`Hit`]s, overlapping ones included, and what a caller asks of
//! one: where words begin and end, whether its spaces and accents are those of the phrase. One Aho-Corasick automaton for
//! each list; no other module builds one over words.
//! Not here: what a phrase means; endings of languages (`names/endings.rs`).
//! Cost: linear in the text. A phrase of Latin letters begins where a word begins; so [`Phrases::each`] starts the
//! automaton in a text that folds to ASCII, anchored, only at words whose first letters some phrase has, and stops at the
//! first letter that none has. Texts of other scripts, where a phrase may begin anywhere, are read from end to end.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};

use super::fold::{Folded, HARD_BREAK, fold};
use super::keys::light_key;
use super::letters::{Script, script_of};
use super::tokens::Gap;

/// One phrase to look for, folded without separators, so that spaces and hyphens are free.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    pub written: String,
    pub solid: String,
    /// Script of its first letter.
    pub script: Script,
    pub letters: usize,
    /// Bytes of `solid` before which the phrase has a separator.
    joints: Vec<usize>,
    /// Form with accents, when they must be there.
    pub marks: Option<String>,
}

impl Phrase {
    /// `None` when nothing is left after folding.
    pub fn new(written: &str) -> Option<Self> {
        let folded = fold(written);
        let solid: String = folded.text().chars().filter(|c| *c != HARD_BREAK).collect();
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
        Some(Self { written: written.to_owned(), solid, script, letters, joints, marks: None })
    }

    /// The phrase that only its own accents make.
    #[must_use]
    pub fn with_marks(self) -> Self {
        Self { marks: Some(light_key(&self.written)), ..self }
    }

    /// Separators inside a hit on the tokens `first..=last` where the phrase has none.
    pub fn strange_gaps(&self, hit: &Hit, folded: &Folded, (first, last): (usize, usize)) -> usize {
        let inside = folded.tokens().get(first + 1..=last).unwrap_or_default();
        let strange = |token: &&super::Token| {
            token.gap != Gap::Glued && !self.joints.contains(&token.start.saturating_sub(hit.start))
        };
        inside.iter().filter(strange).count()
    }

    /// True when the accents are those of the phrase, where it asks for them.
    pub fn marks_fit(&self, hit: &Hit, folded: &Folded, original: &str) -> bool {
        let Some(marks) = &self.marks else { return true };
        let (from, to) = folded.span(hit.start, hit.end);
        original.get(from..to).is_some_and(|written| light_key(written) == *marks)
    }
}

/// A phrase found, in bytes of the text that was searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Number of the phrase in its list.
    pub phrase: usize,
    pub start: usize,
    pub end: usize,
}

impl Hit {
    /// First and last token; `None` when it is not one of this text.
    pub fn tokens(&self, folded: &Folded) -> Option<(usize, usize)> {
        folded.token_at(self.start).zip(folded.token_at(self.end.saturating_sub(1)))
    }

    /// What stands in its first token before it, and in its last token after it.
    pub fn around<'a>(&self, folded: &'a Folded, (first, last): (usize, usize)) -> Option<(&'a str, &'a str)> {
        let (first, last) = folded.tokens().get(first).zip(folded.tokens().get(last))?;
        let before = folded.text().get(first.start..self.start).unwrap_or_default();
        Some((before, folded.text().get(self.end..last.end).unwrap_or_default()))
    }
}

/// Leftmost, then longest, then the first of the list; those that overlap an earlier one are dropped.
pub(crate) fn longest(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)).then(a.phrase.cmp(&b.phrase)));
    let mut end = 0;
    hits.retain(|hit| {
        let free = hit.start >= end;
        if free {
            end = hit.end;
        }
        free
    });
    hits
}

/// A list of phrases, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Phrases {
    automaton: AhoCorasick,
    beginnings: Beginnings,
}

impl Phrases {
    /// Compiles folded phrases. Fails only on more of them than an automaton holds.
    pub fn build<'a>(phrases: impl Iterator<Item = &'a str> + Clone) -> Result<Self, String> {
        let ascii = phrases.clone().filter(|phrase| phrase.is_ascii());
        let beginnings = Beginnings::build(ascii.map(str::as_bytes));
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Both)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(phrases)
            .map_err(|error| error.to_string())?;
        Ok(Self { automaton, beginnings })
    }

    /// Every place where a phrase stands, inside words too.
    pub fn all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Hit> + 'a {
        self.automaton.find_overlapping_iter(text).map(hit)
    }

    /// Shows every place where a phrase could stand until `stop` says true; true when it did. In a text that folds to
    /// ASCII only those that begin where a word begins.
    pub fn each(&self, folded: &Folded, mut stop: impl FnMut(Hit) -> bool) -> bool {
        let text = folded.text();
        if !text.is_ascii() {
            return self.all(text).any(stop);
        }
        folded.tokens().iter().any(|token| self.begin_at(text, token.start, &mut stop))
    }

    /// Shows every place in a key of words with one space between them where a phrase could stand; in a key of ASCII only
    /// those that begin where a word begins.
    pub fn each_in_key(&self, key: &str, mut see: impl FnMut(Hit)) {
        if !key.is_ascii() {
            return self.all(key).for_each(see);
        }
        let mut goes_on = |hit: Hit| {
            see(hit);
            false
        };
        let mut begins = true;
        for (at, byte) in key.bytes().enumerate() {
            if begins {
                self.begin_at(key, at, &mut goes_on);
            }
            begins = byte == b' ';
        }
    }

    /// The same for phrases that begin at one place of a text of ASCII.
    fn begin_at(&self, text: &str, start: usize, stop: &mut impl FnMut(Hit) -> bool) -> bool {
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        if rest.is_empty() || !self.beginnings.may_begin(rest) {
            return false;
        }
        let mut state = OverlappingState::start();
        loop {
            let from = Input::new(text).range(start..).anchored(Anchored::Yes);
            // The automaton is built for both kinds of search, so this one is never refused.
            let found = self.automaton.try_find_overlapping(from, &mut state).map(|()| state.get_match());
            let Ok(Some(found)) = found else { return false };
            // A shorter phrase at the end of this one is met again where its own word begins.
            if found.start() == start && stop(hit(found)) {
                return true;
            }
        }
    }
}

fn hit(found: aho_corasick::Match) -> Hit {
    Hit { phrase: found.pattern().as_usize(), start: found.start(), end: found.end() }
}

/// The first letters that phrases have: one bit for each hash of four bytes.
#[derive(Debug, Clone)]
struct Beginnings(Vec<u64>);

impl Beginnings {
    /// Letters looked at.
    const LETTERS: usize = 4;
    /// 2^15 bits, 4 kB: stays in the nearest cache; two thousand beginnings set some 6 % of them.
    const BITS: u32 = 15;

    fn build<'a>(phrases: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut all = Self(vec![0; 1 << (Self::BITS - 6)]);
        for phrase in phrases {
            // After a phrase that is shorter any letter, digit or break may follow.
            match phrase.get(..Self::LETTERS) {
                Some(beginning) => all.set(beginning),
                None => all.set_all(phrase.to_vec()),
            }
        }
        all
    }

    fn set_all(&mut self, beginning: Vec<u8>) {
        if beginning.len() == Self::LETTERS {
            return self.set(&beginning);
        }
        // The bytes of a folded ASCII text or key: letters, digits, a break, a space, signs inside words, and 0 for its end.
        let signs = [0, HARD_BREAK as u8, b' ', b'@', b'$', b'!', b'|'];
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

    #[inline]
    fn bit(beginning: &[u8]) -> u32 {
        // What lies beyond the end of the text counts as 0, which stands in no text.
        let letters = beginning.first_chunk::<{ Self::LETTERS }>().copied().unwrap_or_else(|| {
            let mut bytes = beginning.iter();
            std::array::from_fn(|_| bytes.next().copied().unwrap_or_default())
        });
        u32::from_be_bytes(letters).wrapping_mul(0x9E37_79B1) >> (32 - Self::BITS)
    }

    /// False only when no phrase begins like `rest`.
    #[inline]
    fn may_begin(&self, rest: &[u8]) -> bool {
        let bit = Self::bit(rest);
        self.0.get((bit >> 6) as usize).is_some_and(|slot| slot >> (bit & 63) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of the text that the phrases meet, those inside others included.
    fn check(phrases: &[&str], text: &str, expected: &[&str]) {
        let phrases: Vec<Phrase> = phrases.iter().filter_map(|phrase| Phrase::new(phrase)).collect();
        let machine = Phrases::build(phrases.iter().map(|phrase| phrase.solid.as_str())).unwrap();
        let folded = fold(text);
        let mut found = Vec::new();
        machine.each(&folded, |hit| {
            let phrase = &phrases[hit.phrase];
            let tokens = hit.tokens(&folded).unwrap();
            if phrase.strange_gaps(&hit, &folded, tokens) == 0 && phrase.marks_fit(&hit, &folded, text) {
                let (from, to) = folded.span(hit.start, hit.end);
                found.push(&text[from..to]);
            }
            false
        });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn phrases_stand_where_words_begin() {
        check(&["rose wood", "wood"], "ROSE-WOOD, rosewood; woods", &["ROSE-WOOD", "WOOD", "rosewood", "wood"]);
        check(&["rosewood"], "rose wood", &[]);
        check(&["ab"], "ab abc cab", &["ab", "ab"]);
        check(&["黄檀"], "红木黄檀家具", &["黄檀"]);
    }

    /// A key is searched as any text is, less what begins within a word.
    #[test]
    fn phrases_stand_in_keys_where_words_begin() {
        let phrases = ["log", "saw log", "logs", "og", "logs of", "a", "黄檀"];
        let machine = Phrases::build(phrases.iter().copied()).unwrap();
        for key in ["saw logs of a log", "a", "", "catalog", "logs", "log", "原木 黄檀 logs", "blog a"] {
            let mut found = Vec::new();
            machine.each_in_key(key, |hit| found.push((hit.phrase, hit.start, hit.end)));
            let begins = |start: usize| !key.is_ascii() || start == 0 || key.as_bytes()[start - 1] == b' ';
            let mut due: Vec<_> = machine.all(key).map(|hit| (hit.phrase, hit.start, hit.end)).collect();
            due.retain(|(_, start, _)| begins(*start));
            found.sort_unstable();
            due.sort_unstable();
            assert_eq!(found, due, "{key}");
        }
    }

    #[test]
    fn accents_count_where_they_are_asked_for() {
        let phrase = Phrase::new("trắc").unwrap().with_marks();
        let (one, other) = (fold("trắc"), fold("trac"));
        let hit = Hit { phrase: 0, start: 0, end: 4 };
        assert!(phrase.marks_fit(&hit, &one, "trắc"));
        assert!(!phrase.marks_fit(&hit, &other, "trac"));
    }

    #[test]
    fn the_longest_of_those_that_begin_first_stays() {
        let hit = |phrase, start, end| Hit { phrase, start, end };
        let hits = vec![hit(2, 4, 8), hit(1, 0, 5), hit(0, 0, 3), hit(3, 5, 6)];
        assert_eq!(longest(hits), [hit(1, 0, 5), hit(3, 5, 6)]);
    }
}
