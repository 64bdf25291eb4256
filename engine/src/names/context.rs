//! Weighs what stands around a name: is this wood, or a colour, a hotel, a perfume?
//!
//! All words and codes come from `datasets/contexts`; here is only how they are found and added up. Of each kind the
//! strongest counts once; kinds add up. HS is one kind among others, never decisive alone against a strong one.

use std::collections::{BTreeMap, BTreeSet};

use super::endings::Affixes;
use crate::codes::{CountryCode, HsCode};
use crate::reference::{Context, ReferenceError, Side};
use crate::text::{Folded, Gap, Hit, Phrase, Phrases, Script, fold};

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
    phrases: Phrases,
    /// Per phrase: whether it is a stem, and the rows that have it.
    patterns: Vec<(Phrase, bool, Vec<usize>)>,
    affixes: Affixes,
    hs: Vec<usize>,
    others: Vec<String>,
}

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
    /// The matcher of all contexts; fails where a phrase cannot stand in it.
    pub fn build(rows: Vec<Context>) -> Result<Self, ReferenceError> {
        let mut by_phrase: BTreeMap<PhraseKey, (Phrase, Vec<usize>)> = BTreeMap::new();
        let mut affixes = Affixes::default();
        let (mut hs, mut others) = (Vec::new(), Vec::new());
        for (n, row) in rows.iter().enumerate() {
            let stem = row.phrase.ends_with('*');
            let folded = fold(&row.phrase).text().to_owned();
            match row.side {
                Side::Hs => hs.push(n),
                Side::Word => others.push(folded),
                Side::Compound => affixes.add(folded, &row.language, row.phrase.ends_with('-'), stem),
                _ => {
                    let Some(phrase) = Phrase::new(&row.phrase) else { continue };
                    let phrase = if row.language == TONAL { phrase.with_marks() } else { phrase };
                    let key = (folded, stem, phrase.marks.clone());
                    by_phrase.entry(key).or_insert_with(|| (phrase, Vec::new())).1.push(n);
                }
            }
        }
        let patterns: Vec<_> =
            by_phrase.into_iter().map(|((_, stem, _), (phrase, rows))| (phrase, stem, rows)).collect();
        let phrases = Phrases::build(patterns.iter().map(|(phrase, ..)| phrase.solid.as_str()))
            .map_err(|why| ReferenceError::Unreadable { table: "contexts/contexts.csv".into(), why })?;
        Ok(Self { rows, phrases, patterns, affixes, hs, others })
    }

    /// Words that resemble names and are none, folded.
    pub fn other_words(&self) -> impl Iterator<Item = String> {
        self.others.iter().cloned()
    }

    /// Endings and articles of the languages of names.
    pub fn affixes(&self) -> &Affixes {
        &self.affixes
    }

    /// Every context in the text.
    pub fn find(&self, folded: &Folded, original: &str) -> Scan {
        let mut found = Vec::new();
        for hit in self.phrases.all(folded.text()) {
            let Some((phrase, stem, rows)) = self.patterns.get(hit.phrase) else { continue };
            if self.stands(phrase, *stem, folded, &hit) && phrase.marks_fit(&hit, folded, original) {
                found.extend(rows.iter().map(|row| Found { row: *row, start: hit.start, end: hit.end }));
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

    fn stands(&self, phrase: &Phrase, stem: bool, folded: &Folded, hit: &Hit) -> bool {
        if phrase.script.is_spaceless() {
            return true;
        }
        let Some((before, after)) = hit.around(folded) else { return false };
        let begins = before.is_empty()
            || matches!(phrase.script, Script::Hangul | Script::Katakana)
            || (matches!(phrase.script, Script::Arabic | Script::Hebrew) && self.affixes.is_prefix(before));
        let ends = after.is_empty()
            || stem
            || matches!(phrase.script, Script::Hangul | Script::Katakana)
            || (phrase.script == Script::Latin && matches!(after, "s" | "es") && phrase.letters >= 4);
        begins && ends && phrase.strange_gaps(hit, folded) == Some(0)
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
