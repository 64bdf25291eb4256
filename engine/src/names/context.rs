//! Weighs what stands around a name: is this wood, or a colour, a hotel, a perfume?
//!
//! All words and codes come from `datasets/contexts`; here is only how they are found and added up. Of each kind the
//! strongest counts once; kinds add up. HS is one kind among others, never decisive alone against a strong one.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::NameQuery;
use super::endings::Affixes;
use super::kinds::Kinds;
use super::quantity::Quantities;
use super::tongues::Tongues;
use crate::codes::{CountryCode, HsCode};
use crate::reference::{Context, HsPrefixes, LanguageWords, ReferenceError, Side, TradeName};
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
/// Points for a number with a unit of mass or volume, where nothing speaks against wood.
const QUANTITY: i32 = 1;
/// Kinds that name somebody or some place: a word of goods or a number between them and the name parts them.
const NAMED: [&str; 3] = ["party", "place", "person"];
/// The kind that says that goods are not of the wood they name.
pub(super) const NEGATION: &str = "negation";

/// The contexts, ready to search.
#[derive(Debug)]
pub(super) struct Contexts {
    rows: Vec<Context>,
    /// Phrases that begin words.
    words: Phrases,
    /// The few that may begin within one.
    endings: Phrases,
    /// Per phrase, those of `words` first: where the word may go on, and the rows that have it.
    patterns: Vec<(Phrase, Open, Vec<usize>)>,
    n_words: usize,
    tongues: Tongues,
    quantities: Quantities,
    affixes: Affixes,
    hs: HsPrefixes,
    others: Vec<String>,
}

/// Where the word of a phrase may go on: before it (`*lasur`), after it (`parfum*`).
type Open = (bool, bool);

/// Folded phrase, where it is open, and its accents where they count.
type PhraseKey = (String, Open, Option<String>);

/// A context found in a text, in bytes of the folded text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    row: usize,
    start: usize,
    end: usize,
    /// No space stands before it in the original.
    joined: bool,
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
pub(super) struct Weighing<'a> {
    /// Sum over kinds: below 0 against wood.
    pub score: i32,
    /// Readable reasons, the strongest first, where they are wanted.
    pub reasons: Vec<String>,
    /// Kinds that spoke.
    pub kinds: Kinds<'a>,
}

impl Contexts {
    /// The matcher of all contexts; fails where a phrase cannot stand in it.
    pub fn build(
        rows: Vec<Context>,
        (languages, names): (&[LanguageWords], &[TradeName]),
        quantities: Quantities,
    ) -> Result<Self, ReferenceError> {
        let mut by_phrase: BTreeMap<PhraseKey, (Phrase, Vec<usize>)> = BTreeMap::new();
        let mut affixes = Affixes::default();
        let (mut hs, mut others) = (Vec::new(), Vec::new());
        for (n, row) in rows.iter().enumerate() {
            let stem = row.phrase.ends_with('*');
            let open = (row.phrase.starts_with('*'), stem);
            let folded = fold(&row.phrase).text().to_owned();
            match row.side {
                Side::Hs => hs.push((row.phrase.as_str(), n)),
                Side::Word => others.push(folded),
                Side::Compound if row.kind == NEGATION => affixes.deny(folded, &row.language),
                Side::Compound => affixes.add(folded, &row.language, row.phrase.ends_with('-'), stem),
                _ => {
                    let Some(phrase) = Phrase::new(&row.phrase) else { continue };
                    let phrase = if row.language == TONAL { phrase.with_marks() } else { phrase };
                    let key = (folded, open, phrase.marks.clone());
                    by_phrase.entry(key).or_insert_with(|| (phrase, Vec::new())).1.push(n);
                }
            }
        }
        let mut patterns: Vec<(Phrase, Open, Vec<usize>)> =
            by_phrase.into_iter().map(|((_, open, _), (phrase, rows))| (phrase, open, rows)).collect();
        patterns.sort_by_key(|(_, (head, _), _)| *head);
        let n_words = patterns.partition_point(|(_, (head, _), _)| !head);
        let compiled = |patterns: &[(Phrase, Open, Vec<usize>)]| {
            Phrases::build(patterns.iter().map(|(phrase, ..)| phrase.solid.as_str()))
                .map_err(|why| ReferenceError::Unreadable { table: "contexts/contexts.csv".into(), why })
        };
        let (words, endings) = patterns.split_at_checked(n_words).unwrap_or_default();
        let (words, endings) = (compiled(words)?, compiled(endings)?);
        let tongues = Tongues::build(languages, &rows, names);
        let hs = HsPrefixes::of(hs.into_iter().rev());
        Ok(Self { rows, words, endings, patterns, n_words, tongues, quantities, affixes, hs, others })
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
        let mut see = |hit: Hit, (phrase, open, rows): &(Phrase, Open, Vec<usize>)| {
            if self.stands(phrase, *open, folded, &hit) && phrase.marks_fit(&hit, folded, original) {
                let (from, _) = folded.span(hit.start, hit.end);
                let joined = original.get(..from).is_some_and(|before| !before.ends_with(char::is_whitespace));
                found.extend(rows.iter().map(|row| Found { row: *row, start: hit.start, end: hit.end, joined }));
            }
        };
        self.words.each(folded, |hit| {
            self.patterns.get(hit.phrase).into_iter().for_each(|pattern| see(hit, pattern));
            false
        });
        for hit in self.endings.all(folded.text()) {
            self.patterns.get(self.n_words + hit.phrase).into_iter().for_each(|pattern| see(hit, pattern));
        }
        self.drop_other_languages(folded, &mut found);
        self.drop_swallowed(&mut found);
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

    /// Drops words that are also another language's where their own is not evident.
    fn drop_other_languages(&self, folded: &Folded, found: &mut Vec<Found>) {
        // A firm's form that is a plain word elsewhere is told by where it stands.
        let needs = |context: &Found| self.rows.get(context.row).map_or("", |row| row.evident.as_str());
        if found.iter().all(|context| needs(context).is_empty()) {
            return;
        }
        let evident = self.tongues.of(folded);
        found.retain(|context| {
            let firm = self.rows.get(context.row).is_some_and(|row| row.side == Side::Firm);
            let languages = needs(context);
            firm || languages.is_empty() || languages.split('|').any(|language| evident.contains(language))
        });
    }

    /// Drops a word where it is part of a longer phrase that says the contrary: the sticks of `incense sticks`, the fruit
    /// of `kiln dried`. The contexts come in order of place.
    fn drop_swallowed(&self, found: &mut Vec<Found>) {
        let sign = |context: &Found| self.rows.get(context.row).map_or(0, |row| row.weight.signum());
        // How far the phrases reach that began so far, by sign.
        let mut reach: [(usize, usize); 2] = [(0, 0); 2];
        let slot = |sign: i32| usize::from(sign > 0);
        let mut kept = std::mem::take(found);
        // Of those that begin at one place the longest comes first.
        kept.sort_by_key(|context| (context.start, usize::MAX - context.end, context.row));
        kept.retain(|context| {
            let own = sign(context);
            if own == 0 {
                return true;
            }
            let (start, end) = reach.get(slot(-own)).copied().unwrap_or_default();
            let swallowed = start <= context.start && context.end <= end && end - start > context.end - context.start;
            if let Some(slot) = reach.get_mut(slot(own)).filter(|(_, end)| context.end > *end && !swallowed) {
                *slot = (context.start, context.end);
            }
            !swallowed
        });
        *found = kept;
    }

    fn stands(&self, phrase: &Phrase, (head, stem): Open, folded: &Folded, hit: &Hit) -> bool {
        if phrase.script.is_spaceless() {
            return true;
        }
        let Some(tokens) = hit.tokens(folded) else { return false };
        let Some((before, after)) = hit.around(folded, tokens) else { return false };
        let begins = before.is_empty()
            || head
            || matches!(phrase.script, Script::Hangul | Script::Katakana)
            || (matches!(phrase.script, Script::Arabic | Script::Hebrew) && self.affixes.is_prefix(before));
        let ends = after.is_empty()
            || stem
            || matches!(phrase.script, Script::Hangul | Script::Katakana)
            || (phrase.script == Script::Latin && matches!(after, "s" | "es") && phrase.letters >= 4);
        begins && ends && phrase.strange_gaps(hit, folded, tokens) == 0
    }

    /// Weighs the surroundings of the name at `start..end`.
    pub fn weigh(
        &self,
        folded: &Folded,
        scan: &Scan,
        (start, end): (usize, usize),
        query: &NameQuery<'_>,
    ) -> Weighing<'_> {
        let mut kinds = Kinds::new(!query.in_short);
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
            if row.weight != 0 && self.applies(row, context, folded, scan, (start, end)) {
                kinds.count(&row.kind, row.weight, || {
                    let (from, to) = folded.span(context.start, context.end);
                    format!("{} `{}` at byte {from}-{to}", row.kind, row.phrase.trim_end_matches('*'))
                });
            }
        }
        if colours.len() >= COLOURS_MIN {
            let n = colours.len();
            kinds.count("colour list", COLOUR_LIST, || format!("stands beside {n} other colours"));
        }
        if let Some(row) = query.hs.and_then(|hs| self.hs_row(hs)) {
            kinds.count("hs", row.weight, || format!("HS {} ({})", row.phrase, row.kind));
        }
        if kinds.none_speaks_against()
            && let Some((from, to)) = self.quantities.near(folded, start, end)
        {
            kinds.count("quantity", QUANTITY, || {
                let (from, to) = folded.span(from, to);
                format!("quantity at byte {from}-{to}")
            });
        }
        Weighing { score: kinds.score(), reasons: kinds.reasons(), kinds }
    }

    fn applies(
        &self,
        row: &Context,
        context: &Found,
        folded: &Folded,
        scan: &Scan,
        (start, end): (usize, usize),
    ) -> bool {
        let near = || distance(folded, context, start, end) <= row.window;
        let whole = || !NAMED.contains(&row.kind.as_str()) || !self.parted(folded, scan, context, (start, end));
        match row.side {
            Side::Text => true,
            Side::Before if row.kind == NEGATION => context.end <= start && near() && !is_count(folded, context),
            Side::Before => context.end <= start && near() && whole(),
            Side::After => context.start >= end && near() && whole(),
            Side::Near => near() && whole(),
            Side::Suffix => context.start >= end && near() && (context.joined || ends_clause(folded, context.end)),
            Side::Firm => {
                context.start >= end && near() && self.reads_as_firm(row, context, folded, scan, (start, end))
            }
            _ => false,
        }
    }

    /// True when a word of goods or a number stands between the name and the context.
    fn parted(&self, folded: &Folded, scan: &Scan, context: &Found, (start, end): (usize, usize)) -> bool {
        let (left, right) = if context.end <= start { (context.end, start) } else { (end, context.start) };
        self.speaks_for_wood(scan, left, right)
            || tokens_within(folded, left, right).iter().any(|token| token.script == Script::Digit)
    }

    fn speaks_for_wood(&self, scan: &Scan, left: usize, right: usize) -> bool {
        let inside = |context: &&Found| left <= context.start && context.end <= right;
        let mut inside = scan.around(left, right).iter().filter(inside);
        inside.any(|context| self.rows.get(context.row).is_some_and(|row| row.weight > 0))
    }

    /// True when a short form of a firm closes a firm's name: nothing but names stands before it, and what comes after it
    /// is no number; where goods are spoken of, or the form is a plain word of other languages, it must end its clause.
    fn reads_as_firm(
        &self,
        row: &Context,
        context: &Found,
        folded: &Folded,
        scan: &Scan,
        (start, end): (usize, usize),
    ) -> bool {
        if self.parted(folded, scan, context, (start, end)) {
            return false;
        }
        if ends_clause(folded, context.end) {
            return true;
        }
        if !row.evident.is_empty() {
            return false;
        }
        let next = folded.token_at(context.end.saturating_sub(1)).and_then(|n| folded.tokens().get(n + 1));
        let number =
            next.is_none_or(|token| token.script == Script::Digit || self.quantities.is_unit(folded.word(token)));
        let around = |reach: usize| (start.saturating_sub(reach), end + reach);
        let (from, to) = around(REACH);
        !number && !self.speaks_for_wood(scan, from, to) && self.quantities.near(folded, start, end).is_none()
    }

    /// The row with the longest prefix of the code.
    pub fn hs_row(&self, hs: &HsCode) -> Option<&Context> {
        self.rows.get(self.hs.longest(hs)?)
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

/// True when the word counts or numbers something: `12 NO`, `CASE NO.`
fn is_count(folded: &Folded, context: &Found) -> bool {
    let (first, last) = (folded.token_at(context.start), folded.token_at(context.end.saturating_sub(1)));
    let before = first.and_then(|n| folded.tokens().get(n.checked_sub(1)?));
    let stop = last.and_then(|n| folded.tokens().get(n)).is_some_and(|token| token.stop);
    let glued = first.and_then(|n| folded.tokens().get(n)).is_some_and(|token| token.gap != Gap::Hard);
    stop || (glued && before.is_some_and(|token| token.script == Script::Digit))
}

/// True when nothing follows, or a comma, a bracket or another hard stop.
fn ends_clause(folded: &Folded, end: usize) -> bool {
    let next = folded.token_at(end.saturating_sub(1)).and_then(|n| folded.tokens().get(n + 1));
    next.is_none_or(|token| token.gap == Gap::Hard)
}

/// Whole tokens between two places.
fn tokens_within(folded: &Folded, left: usize, right: usize) -> &[crate::text::Token] {
    let from = folded.tokens().partition_point(|token| token.start < left);
    let to = folded.tokens().partition_point(|token| token.end <= right);
    folded.tokens().get(from..to).unwrap_or_default()
}

/// Tokens between context and name; characters where both stand in one run without spaces. None where the context is a part
/// of the name, as the country of `Brazilian ebony`.
fn distance(folded: &Folded, context: &Found, start: usize, end: usize) -> usize {
    let (left, right) = match () {
        () if context.end <= start => (context.end, start),
        () if context.start >= end => (end, context.start),
        () => return 0,
    };
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
