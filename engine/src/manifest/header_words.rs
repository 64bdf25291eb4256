//! The words of a header: what each of them stands for, in many languages.
//!
//! In: a header as it stands in a file. Out: its words, each with the notions that it may stand for, and its units. Words are
//! found whole, as phrases of several, and inside compounds (`Bruttogewicht`, `货物名称`). Source: datasets/header-words,
//! read from the built-in data, once. Cost: linear in the header but for compounds, whose length has a limit.
//! Not here: what the notions of a header mean together (`header_meanings.rs`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use unicode_normalization::UnicodeNormalization;

use super::parse::units::{self, Unit};
use crate::text::{joined, loose_key};

const TABLE: &str = include_str!("../../../datasets/header-words/header-words.csv");

/// A set of notions, one bit each: of a word, of a header, of a rule.
pub(super) type Notions = u128;

/// Words of one phrase at most: `partie a notifier`, `允许进出口证明书号`.
const MAX_PHRASE_WORDS: usize = 6;
/// Letters of a word that is looked into for the words it is made of.
const MAX_COMPOUND_CHARS: usize = 40;
/// Words of a header that are looked at: a longer text is no name of a column.
pub(super) const MAX_WORDS: usize = 24;

/// One word, or phrase, of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// What it may stand for; a word that settles nothing is the empty set.
    pub alternatives: Vec<Notions>,
    /// As written, folded.
    pub text: String,
}

impl Word {
    /// Not on the list.
    pub fn is_unknown(&self) -> bool {
        self.alternatives.is_empty()
    }

    /// Names a unit.
    pub fn is_unit(&self) -> bool {
        self.alternatives.iter().any(|one| one & LEXICON.units != 0)
    }

    /// Says that the column is something else: a price, a limit, a remark.
    pub fn stops(&self) -> bool {
        !self.is_unknown() && self.alternatives.iter().all(|one| *one == LEXICON.stop)
    }
}

/// The table, by folded words without spaces.
#[derive(Debug, Default)]
struct Lexicon {
    /// By the word without spaces, and phrases also with them.
    words: FxHashMap<String, Vec<Notions>>,
    bits: FxHashMap<String, Notions>,
    /// Names of lists of goods items in other people's JSON.
    lists: FxHashSet<String>,
    /// Words that begin a row of totals.
    totals: FxHashSet<String>,
    /// How those words begin: a text that begins otherwise need not be folded.
    total_starts: FxHashSet<(char, char)>,
    plain_starts: Starts,
    /// Words of what one piece costs.
    prices: FxHashSet<String>,
    stop: Notions,
    units: Notions,
}

/// Notions that a unit stands for.
const UNITS: [&str; 3] = ["unit_mass", "unit_volume", "unit_count"];
const FILLER: &str = "filler";
const STOP: &str = "stop";
const LISTS: &str = "goods_items";
const TOTALS: &str = "total_row";
const PRICES: &str = "price";

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    lexicon.units = UNITS.iter().fold(0, |set, name| set | lexicon.bit(name));
    lexicon.stop = lexicon.bit(STOP);
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for row in reader.records().flatten() {
        let (Some(concept), Some(words)) = (row.get(0), row.get(2)) else { continue };
        if concept == TOTALS {
            let starts = words.split('|').flat_map(|word| [start(word), start(&folded(word))]).flatten();
            lexicon.total_starts.extend(starts);
            words.split('|').for_each(|word| {
                lexicon.plain_starts.add(word);
                lexicon.plain_starts.add(&folded(word));
            });
        }
        let of_rows = match concept {
            LISTS => Some(&mut lexicon.lists),
            TOTALS => Some(&mut lexicon.totals),
            PRICES => Some(&mut lexicon.prices),
            _ => None,
        };
        if let Some(of_rows) = of_rows {
            of_rows.extend(words.split('|').map(folded));
            continue;
        }
        let notions = concept.split('+').fold(0, |set, name| set | lexicon.bit(name));
        words.split('|').for_each(|word| lexicon.add(word, notions));
    }
    for (name, unit) in units::names() {
        let of_unit = match unit {
            Unit::Mass(_) => UNITS.first(),
            Unit::Volume(_) => UNITS.get(1),
        };
        let notions = of_unit.map_or(0, |name| lexicon.bit(name));
        lexicon.add(name, notions);
    }
    lexicon
});

impl Lexicon {
    /// The bit of a notion, the empty set of a word that settles nothing. A test counts that they fit.
    fn bit(&mut self, name: &str) -> Notions {
        if name == FILLER {
            return 0;
        }
        let next = 1_u128.checked_shl(u32::try_from(self.bits.len()).unwrap_or(u32::MAX)).unwrap_or(0);
        *self.bits.entry(name.to_owned()).or_insert(next)
    }

    /// Adds a word or phrase, as written and without its spaces.
    fn add(&mut self, word: &str, notions: Notions) {
        let key = loose_key(word);
        for key in BTreeSet::from([joined(&key), key]).into_iter().filter(|key| !key.is_empty()) {
            let known = self.words.entry(key).or_default();
            if !known.contains(&notions) {
                known.push(notions);
            }
        }
    }

    /// What one word or phrase may stand for.
    fn find(&self, word: &str) -> &[Notions] {
        self.words.get(word).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Letters and digits only, folded: `B/L No.` is `blno`, `Désignation` is `designation`, `goodsItems` is `goodsitems`.
pub(super) fn folded(name: &str) -> String {
    joined(&loose_key(name))
}

/// Is it what people call a list of goods items?
pub(super) fn is_list(name: &str) -> bool {
    LEXICON.lists.contains(&folded(name))
}

/// Does the header speak of what one piece costs?
pub(super) fn is_price(header: &str) -> bool {
    let key = loose_key(header);
    LEXICON.prices.contains(&joined(&key)) || key.split(' ').any(|word| LEXICON.prices.contains(word))
}

/// Bytes of the text that begins a row of totals, at most.
const MAX_TOTAL_BYTES: usize = 120;

/// The first two letters of a text, in lower case and without their accents.
fn start(text: &str) -> Option<(char, char)> {
    if text.is_ascii() {
        let mut letters =
            text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase()));
        return Some((letters.next()?, letters.next().unwrap_or(' ')));
    }
    let mut letters = text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    let first = letters.next()?;
    Some((first, letters.next().unwrap_or(' ')))
}

/// How the words of totals begin, for those of letters of ASCII.
#[derive(Debug, Default)]
struct Starts {
    /// For each first letter a bit for each second.
    two: Vec<u128>,
    /// The first three letters, blanks where a word has fewer.
    three: FxHashSet<[u8; 3]>,
    /// Some word has fewer.
    has_short: bool,
}

impl Starts {
    fn add(&mut self, word: &str) {
        let mut letters = word.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
        let Some(first) = letters.next().filter(|_| word.is_ascii()) else { return };
        let [second, third] = [(); 2].map(|()| letters.next().unwrap_or(b' '));
        self.two.resize(128, 0);
        if let Some(seconds) = self.two.get_mut(usize::from(first)) {
            *seconds |= 1_u128 << second;
        }
        self.three.insert([first, second, third]);
        self.has_short |= third == b' ';
    }

    fn has_two(&self, first: u8, second: u8) -> bool {
        self.two.get(usize::from(first)).is_some_and(|seconds| seconds & (1 << second | 1 << b' ') != 0)
    }

    fn has_three(&self, letters: [u8; 3]) -> bool {
        let [first, second, _] = letters;
        let shorter = || [[first, second, b' '], [first, b' ', b' ']].iter().any(|start| self.three.contains(start));
        self.three.contains(&letters) || self.has_short && shorter()
    }
}

/// False for a text that does not begin as a row of totals does, as its first three letters tell. Asked of every cell of a
/// table; whatever is not plain is for [`is_total`] to say.
pub(super) fn may_be_total(text: &[u8]) -> bool {
    let starts = &LEXICON.plain_starts;
    // Nearly every text begins with two letters that no such word begins with.
    if let [first, second, ..] = text
        && first.is_ascii_alphabetic()
        && second.is_ascii_alphanumeric()
        && !starts.has_two(first.to_ascii_lowercase(), second.to_ascii_lowercase())
    {
        return false;
    }
    let (mut letters, mut n, mut is_plain) = ([b' '; 3], 0, true);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            // Whoever begins with a digit goes on with a number.
            b'0'..=b'9' if at == 0 => return false,
            byte if !byte.is_ascii() => return true,
            byte if byte.is_ascii_alphanumeric() => {
                // A digit among letters may stand for one.
                is_plain &= n < 2 || !byte.is_ascii_digit();
                if let Some(letter) = letters.get_mut(n) {
                    *letter = byte.to_ascii_lowercase();
                }
                n += 1;
            }
            byte => is_plain &= matches!(byte, b' ' | b'.' | b'-' | b'/' | b':'),
        }
        let [first, second, _] = letters;
        if n == 2 && !starts.has_two(first, second) {
            return false;
        }
        if n == 3 {
            return !is_plain || starts.has_three(letters);
        }
    }
    n > 0 && (!is_plain || starts.has_three(letters))
}

/// Does the text begin as a row of totals does, and go on with nothing but words of headers and numbers?
pub(super) fn is_total(text: &str) -> bool {
    // Asked of every text of a table: nearly all of them begin otherwise, most with a digit.
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let begins_so = start(text).is_some_and(|(first, second)| {
        LEXICON.total_starts.contains(&(first, second)) || LEXICON.total_starts.contains(&(first, ' '))
    });
    if !begins_so || text.len() > MAX_TOTAL_BYTES {
        return false;
    }
    let key = loose_key(text);
    let pieces: Vec<&str> = key.split(' ').filter(|piece| !piece.is_empty()).collect();
    let n_first = (1..=pieces.len().min(3))
        .rev()
        .find(|n| pieces.get(..*n).is_some_and(|first| LEXICON.totals.contains(&first.concat())));
    let Some(rest) = n_first.and_then(|n| pieces.get(n..)).filter(|rest| rest.len() <= MAX_WORDS) else { return false };
    let is_number = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    words(&rest.join(" ")).iter().all(|word| !word.is_unknown() || is_number(&word.text))
}

/// The set of the notions with these names, by `|`; `None` where one is unknown.
pub(super) fn notions(names: &str) -> Option<Notions> {
    let mut names = names.split('|').filter(|name| !name.is_empty());
    names.try_fold(0, |set, name| LEXICON.bits.get(name).map(|bit| set | bit))
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let key = loose_key(text);
    let pieces: Vec<&str> = key.split(' ').filter(|piece| !piece.is_empty()).take(MAX_WORDS + 1).collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let longest = (1..=MAX_PHRASE_WORDS.min(pieces.len() - at)).rev().find_map(|n| {
            let pieces = pieces.get(at..at + n)?;
            let phrase = pieces.join(" ");
            // `G. W.` is one word; `de chargement` is not what it would be in one.
            let is_short = |piece: &&str| piece.chars().count() <= 3 || !piece.is_ascii();
            let text = if pieces.iter().all(is_short) { pieces.concat() } else { phrase };
            let alternatives = LEXICON.find(&text);
            (!alternatives.is_empty()).then(|| (n, Word { alternatives: alternatives.to_vec(), text }))
        });
        if let Some((n, word)) = longest {
            words.push(word);
            at += n;
            continue;
        }
        let piece = pieces.get(at).copied().unwrap_or_default();
        match stem(piece) {
            Some(word) => words.push(word),
            None => words.extend(compound(piece)),
        }
        at += 1;
    }
    words
}

/// A plural or a possessive of a word that is known.
fn stem(piece: &str) -> Option<Word> {
    let stem = piece.strip_suffix('s').filter(|stem| stem.len() >= 3)?;
    let alternatives = LEXICON.find(stem);
    (!alternatives.is_empty()).then(|| Word { alternatives: alternatives.to_vec(), text: stem.to_owned() })
}

/// The words that one word is made of, the fewest first; itself as an unknown one where it is not made of known words.
fn compound(piece: &str) -> Vec<Word> {
    let unknown = || vec![Word { alternatives: Vec::new(), text: piece.to_owned() }];
    let ends: Vec<usize> = piece.char_indices().map(|(at, _)| at).chain([piece.len()]).collect();
    if ends.len() > MAX_COMPOUND_CHARS {
        return unknown();
    }
    // The cheapest way to each end: its cost, and the index where its last word begins.
    let mut ways: Vec<Option<(usize, usize)>> = vec![None; ends.len()];
    if let Some(first) = ways.first_mut() {
        *first = Some((0, 0));
    }
    for to in 1..ends.len() {
        for from in 0..to {
            let Some((cost, _)) = ways.get(from).copied().flatten() else { continue };
            let Some(more) = cost_of(piece, &ends, from, to) else { continue };
            let Some(way) = ways.get_mut(to) else { continue };
            if way.is_none_or(|(known, _)| cost + more < known) {
                *way = Some((cost + more, from));
            }
        }
    }
    let mut words = Vec::new();
    let mut to = ends.len() - 1;
    while to > 0 {
        let Some((_, from)) = ways.get(to).copied().flatten() else { return unknown() };
        let text = between(piece, &ends, from, to);
        words.push(Word { alternatives: LEXICON.find(text).to_vec(), text: text.to_owned() });
        to = from;
    }
    words.reverse();
    // Short pieces alone are chance.
    let is_telling = |word: &Word| word.text.chars().count() >= 4 || !word.text.is_ascii();
    if words.iter().any(is_telling) { words } else { unknown() }
}

fn between<'p>(piece: &'p str, ends: &[usize], from: usize, to: usize) -> &'p str {
    let (Some(start), Some(end)) = (ends.get(from), ends.get(to)) else { return "" };
    piece.get(*start..*end).unwrap_or_default()
}

/// What a piece of a compound costs; `None` where it is no word. Two Latin letters are dear, one is none.
fn cost_of(piece: &str, ends: &[usize], from: usize, to: usize) -> Option<usize> {
    let text = between(piece, ends, from, to);
    let is_short = text.len() < 3 && text.is_ascii();
    if text.len() < 2 || !LEXICON.words.contains_key(text) {
        return None;
    }
    Some(if is_short { 4 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(header: &str) -> Vec<String> {
        words(header)
            .into_iter()
            .map(|word| if word.is_unknown() { format!("?{}", word.text) } else { word.text })
            .collect()
    }

    #[test]
    fn words_phrases_and_compounds() {
        for (header, expected) in [
            ("Net Wt. (Kgs)", "netwt kgs"),
            ("G. W.", "gw"),
            ("Port de chargement", "port de chargement"),
            ("Bruttogewicht", "brutto gewicht"),
            ("Bill of Lading #", "bill of lading"),
            ("Shipper's Name", "shipper s name"),
            ("货物名称及规格", "货物 名称 及 规格"),
            ("Goederenomschrijving", "goederen omschrijving"),
            ("Wobbly weight", "?wobbly weight"),
        ] {
            assert_eq!(texts(header).join(" "), expected, "{header}");
        }
    }

    #[test]
    fn rows_of_totals() {
        for (text, is_a_total) in [
            ("TOTAL", true),
            ("Sub-total BL1:", true),
            ("Total gross weight", true),
            ("合计", true),
            ("計", true),
            ("Übertrag", true),
            ("  Grand TOTAL :", true),
            ("TOTAL 3 CONTAINERS", true),
            ("TotalEnergies", false),
            ("Total Demo Trading", false),
            ("Rosewood, total 3", false),
            ("", false),
        ] {
            assert_eq!(is_total(text), is_a_total, "{text}");
        }
    }

    #[test]
    fn the_table_is_read_and_its_notions_fit() {
        assert!(LEXICON.bits.len() < 120 && LEXICON.bits.values().all(|bit| bit.count_ones() == 1));
        assert!(LEXICON.words.len() > 3_000 && !LEXICON.lists.is_empty());
        let long = "a".repeat(100_000);
        assert!(words(&long).iter().all(Word::is_unknown));
    }
}
