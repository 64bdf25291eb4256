//! Weighs what stands around a name: is this wood, or a colour, a hotel, a perfume?
//!
//! All words and codes come from `datasets/contexts`; here is only how they are found and added up. Of each kind the
//! strongest counts once; kinds add up. HS is one kind among others, never decisive alone against a strong one.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;

use super::exact::{Entry, Hit, Meaning, automaton, marks_fit};
use crate::codes::{CountryCode, HsCode};
use crate::reference::{Context, ReferenceError, Side};
use crate::text::{Folded, Gap, Script, light_key, script_of};

/// The language whose words are only told apart by their accents.
const TONAL: &str = "Vietnamese";
/// Bytes of folded text to either side in which contexts with a window are looked for.
const REACH: usize = 160;
/// Distance that a comma or bracket adds, in tokens.
const HARD_GAP: usize = 3;
/// Other colours in the text from which a name counts as one more of them.
const COLOURS_MIN: usize = 2;
/// Points for standing in a list of colours.
const COLOUR_LIST: i32 = -3;

/// The contexts, ready to search.
#[derive(Debug)]
pub(super) struct Contexts {
    rows: Vec<Context>,
    automaton: AhoCorasick,
    /// Per pattern: the phrase and the rows that have it.
    patterns: Vec<(Entry, bool, Vec<usize>)>,
    endings: BTreeMap<String, Endings>,
    prefixes: BTreeSet<String>,
    hs: Vec<usize>,
    others: Vec<String>,
}

/// Endings of one language; true = any continuation may follow.
type Endings = Vec<(String, bool)>;
/// Folded phrase, whether it is a stem, and its accents where they count.
type PhraseKey = (String, bool, Option<String>);

/// A context found in a text, in bytes of the folded text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    row: usize,
    start: usize,
    end: usize,
}

/// The contexts of one text, split so that weighing one name costs the same in a long text as in a short one.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// In order of place.
    all: Vec<Found>,
    /// Those that count anywhere, at most two places of each row.
    anywhere: Vec<Found>,
}

impl Scan {
    /// Contexts within reach of the bytes `start..end`.
    fn around(&self, start: usize, end: usize) -> &[Found] {
        let from = self.all.partition_point(|found| found.start + REACH < start);
        let to = self.all.partition_point(|found| found.start <= end + REACH);
        self.all.get(from..to).unwrap_or_default()
    }
}

/// What the surroundings of one name say.
#[derive(Debug, Clone, Default)]
pub(super) struct Weighing {
    /// Sum over kinds: below 0 against wood.
    pub score: i32,
    /// Readable reasons, the strongest first.
    pub reasons: Vec<String>,
    /// Kinds that spoke, with their points.
    pub kinds: BTreeMap<String, i32>,
}

impl Contexts {
    pub fn build(rows: Vec<Context>) -> Result<Self, ReferenceError> {
        let mut by_phrase: BTreeMap<PhraseKey, (Entry, Vec<usize>)> = BTreeMap::new();
        let mut endings: BTreeMap<String, Endings> = BTreeMap::new();
        let mut prefixes = BTreeSet::new();
        let (mut hs, mut others) = (Vec::new(), Vec::new());
        for (n, row) in rows.iter().enumerate() {
            let stem = row.phrase.ends_with('*');
            let folded = super::index::key(&row.phrase);
            match row.side {
                Side::Hs => hs.push(n),
                Side::Word => others.push(folded),
                Side::Compound if row.phrase.ends_with('-') => {
                    prefixes.insert(folded);
                }
                Side::Compound => endings.entry(row.language.clone()).or_default().push((folded, stem)),
                _ => {
                    let Some(entry) = Entry::new(&row.phrase, Meaning::Genus(n)) else { continue };
                    let marks = (row.language == TONAL).then(|| light_key(&row.phrase));
                    let entry = Entry { marks: marks.clone(), ..entry };
                    by_phrase.entry((folded, stem, marks)).or_insert_with(|| (entry, Vec::new())).1.push(n);
                }
            }
        }
        let patterns: Vec<_> = by_phrase.into_iter().map(|((_, stem, _), (entry, rows))| (entry, stem, rows)).collect();
        let automaton = automaton(patterns.iter().map(|(entry, ..)| entry.solid.as_str()), "contexts/contexts.csv")?;
        Ok(Self { rows, automaton, patterns, endings, prefixes, hs, others })
    }

    /// Words that resemble names and are none, folded.
    pub fn other_words(&self) -> impl Iterator<Item = String> {
        self.others.iter().cloned()
    }

    /// True when `before` is an article or particle written together with the next word (Arabic, Hebrew).
    pub fn is_prefix(&self, before: &str) -> bool {
        self.prefixes.contains(before)
    }

    /// True when a name of `language` may end in `after`.
    pub fn is_ending(&self, after: &str, language: &str, script: Script) -> bool {
        let fits = |(ending, open): &(String, bool)| {
            ending.chars().next().map(script_of) == Some(script)
                && (ending == after || (*open && after.starts_with(ending.as_str())))
        };
        [language, "any"].iter().any(|language| self.endings.get(*language).is_some_and(|list| list.iter().any(fits)))
    }

    /// Every context in the text.
    pub fn find(&self, folded: &Folded, original: &str) -> Scan {
        let mut found = Vec::new();
        for hit in self.automaton.find_overlapping_iter(folded.text()) {
            let Some((entry, stem, rows)) = self.patterns.get(hit.pattern().as_usize()) else { continue };
            let place = Hit { entry: 0, start: hit.start(), end: hit.end() };
            if self.stands(entry, *stem, folded, hit.start(), hit.end()) && marks_fit(entry, &place, folded, original) {
                found.extend(rows.iter().map(|row| Found { row: *row, start: hit.start(), end: hit.end() }));
            }
        }
        found.sort_by_key(|found: &Found| (found.start, found.end, found.row));
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        let mut anywhere = found.clone();
        anywhere.retain(|found| {
            let times = seen.entry(found.row).or_default();
            *times += 1;
            *times <= 2 && self.rows.get(found.row).is_some_and(|row| row.side == Side::Text)
        });
        Scan { all: found, anywhere }
    }

    fn stands(&self, entry: &Entry, stem: bool, folded: &Folded, start: usize, end: usize) -> bool {
        if entry.script.is_spaceless() {
            return true;
        }
        let token = |at: usize| folded.token_at(at).and_then(|n| folded.tokens().get(n));
        let (Some(first), Some(last)) = (token(start), token(end.saturating_sub(1))) else { return false };
        let before = folded.text().get(first.start..start).unwrap_or_default();
        let begins = before.is_empty()
            || matches!(entry.script, Script::Hangul | Script::Katakana)
            || (matches!(entry.script, Script::Arabic | Script::Hebrew) && self.is_prefix(before));
        let after = folded.text().get(end..last.end).unwrap_or_default();
        let ends = after.is_empty()
            || stem
            || matches!(entry.script, Script::Hangul | Script::Katakana)
            || (entry.script == Script::Latin && matches!(after, "s" | "es") && entry.letters >= 4);
        begins && ends && joints_hold(entry, folded, start, end)
    }

    /// Weighs the surroundings of the name at `start..end`.
    pub fn weigh(&self, folded: &Folded, scan: &Scan, start: usize, end: usize, hs: Option<&HsCode>) -> Weighing {
        let mut kinds: BTreeMap<&str, (i32, String)> = BTreeMap::new();
        let mut colours = BTreeSet::new();
        let near = scan
            .around(start, end)
            .iter()
            .filter(|found| self.rows.get(found.row).is_some_and(|row| row.side != Side::Text));
        let apart = |context: &&Found| context.end <= start || context.start >= end;
        for context in scan.anywhere.iter().chain(near).filter(apart) {
            let Some(row) = self.rows.get(context.row) else { continue };
            if row.kind == "colour-name" {
                colours.insert(row.phrase.as_str());
            }
            if row.weight != 0 && applies(row, context, folded, start, end) {
                let (from, to) = folded.span(context.start, context.end);
                count(
                    &mut kinds,
                    &row.kind,
                    row.weight,
                    format!("{} `{}` at byte {from}-{to}", row.kind, row.phrase.trim_end_matches('*')),
                );
            }
        }
        if colours.len() >= COLOURS_MIN {
            count(&mut kinds, "colour list", COLOUR_LIST, format!("stands beside {} other colours", colours.len()));
        }
        if let Some(row) = hs.and_then(|hs| self.hs_row(hs)) {
            count(&mut kinds, "hs", row.weight, format!("HS {} ({})", row.phrase, row.kind));
        }
        let mut reasons: Vec<(i32, String)> = kinds.values().cloned().collect();
        reasons.sort_by_key(|(weight, _)| -weight.abs());
        Weighing {
            score: kinds.values().map(|(weight, _)| weight).sum(),
            reasons: reasons.into_iter().map(|(weight, what)| format!("{what} ({weight:+})")).collect(),
            kinds: kinds.iter().map(|(kind, (weight, _))| ((*kind).to_owned(), *weight)).collect(),
        }
    }

    /// The row with the longest prefix of the code.
    pub fn hs_row(&self, hs: &HsCode) -> Option<&Context> {
        self.hs
            .iter()
            .filter_map(|n| self.rows.get(*n))
            .filter(|row| hs.is_under(&row.phrase))
            .max_by_key(|row| row.phrase.len())
    }

    /// Parts of the original text that name parties or addresses.
    pub fn party_parts(&self, folded: &Folded, scan: &Scan, original: &str) -> Vec<(usize, usize)> {
        let labels: Vec<(usize, usize)> = scan
            .all
            .iter()
            .filter(|context| self.rows.get(context.row).is_some_and(|row| row.side == Side::Label))
            .map(|context| folded.span(context.start, context.end))
            .filter(|(_, to)| original.get(*to..).is_some_and(|rest| rest.trim_start().starts_with([':', '：'])))
            .collect();
        let mut parts: Vec<(usize, usize)> = Vec::new();
        for (_, to) in labels.iter().copied() {
            if parts.last().is_some_and(|(_, stop)| to < *stop) {
                continue;
            }
            let rest = original.get(to..).unwrap_or_default();
            let stop = rest.find([';', '\n', '|']).map_or(original.len(), |at| to + at);
            parts.push((to, stop));
        }
        parts
    }

    /// Countries named near the name.
    pub fn countries(&self, folded: &Folded, scan: &Scan, start: usize, end: usize) -> Vec<CountryCode> {
        let near = scan.around(start, end).iter().filter(|context| {
            self.rows.get(context.row).is_some_and(|row| row.side == Side::Near && row.weight == 0 && row.window > 0)
                && distance(folded, context, start, end) <= 6
        });
        near.filter_map(|context| self.rows.get(context.row)?.kind.strip_prefix("country:")?.parse().ok()).collect()
    }
}

fn count<'a>(kinds: &mut BTreeMap<&'a str, (i32, String)>, kind: &'a str, weight: i32, what: String) {
    let slot = kinds.entry(kind).or_insert((0, String::new()));
    if weight.abs() > slot.0.abs() {
        *slot = (weight, what);
    }
}

/// No separator inside the phrase where it has none.
fn joints_hold(entry: &Entry, folded: &Folded, start: usize, end: usize) -> bool {
    let (Some(first), Some(last)) = (folded.token_at(start), folded.token_at(end.saturating_sub(1))) else {
        return false;
    };
    let inside = folded.tokens().get(first + 1..=last).unwrap_or_default();
    inside.iter().all(|token| token.gap == Gap::Glued || entry.joints.contains(&(token.start - start)))
}

fn applies(row: &Context, context: &Found, folded: &Folded, start: usize, end: usize) -> bool {
    let near = || distance(folded, context, start, end) <= row.window;
    match row.side {
        Side::Text => true,
        Side::Before => context.end <= start && near(),
        Side::After => context.start >= end && near(),
        Side::Near => near(),
        _ => false,
    }
}

/// Tokens between context and name; characters where both stand in one run without spaces.
fn distance(folded: &Folded, context: &Found, start: usize, end: usize) -> usize {
    let (left, right) = if context.end <= start { (context.end, start) } else { (end, context.start) };
    let (Some(a), Some(b)) = (folded.token_at(left.saturating_sub(1)), folded.token_at(right)) else {
        return usize::MAX;
    };
    if a == b {
        return folded.text().get(left..right).map_or(0, |between| between.chars().count());
    }
    let hard = folded.tokens().get(a + 1..=b).unwrap_or_default().iter().filter(|token| token.gap == Gap::Hard).count();
    let between = (b - a).saturating_sub(1) + HARD_GAP * hard;
    // In a script without spaces a token is a sentence, so its rest counts as distance too.
    let rest = |n: usize, from: usize, to: usize| {
        let spaceless = folded.tokens().get(n).is_some_and(|token| token.script.is_spaceless());
        if spaceless { folded.text().get(from..to).map_or(0, |text| text.chars().count()) } else { 0 }
    };
    let tail = folded.tokens().get(a).map_or(0, |token| rest(a, left, token.end));
    let head = folded.tokens().get(b).map_or(0, |token| rest(b, token.start, right));
    between + tail + head
}
