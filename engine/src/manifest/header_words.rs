//! The words of a header: what each of them stands for, in many languages.
//!
//! In: a header as it stands in a file. Out: its words, each with the notions that it may stand for, and its units. Words are
//! found whole, as phrases of several, and inside compounds (`Bruttogewicht`, `货物名称`). Source: datasets/header-words,
//! read from the built-in data, once. Cost: linear in the header but for compounds, whose length has a limit.
//! Not here: what the notions of a header mean together (`header_meanings.rs`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::parse::units::{self, Unit};
use crate::text::{joined, loose_key};

pub(super) const TABLE: &str = include_str!("../../../datasets/header-words/header-words.csv");

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
pub(super) const TOTALS: &str = "total_row";
const PRICES: &str = "price";

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    lexicon.units = UNITS.iter().fold(0, |set, name| set | lexicon.bit(name));
    lexicon.stop = lexicon.bit(STOP);
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for row in reader.records().flatten() {
        let (Some(concept), Some(words)) = (row.get(0), row.get(2)) else { continue };
        // Rows of totals are known by a file of their own.
        if concept == TOTALS {
            continue;
        }
        let of_rows = match concept {
            LISTS => Some(&mut lexicon.lists),
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
    fn the_table_is_read_and_its_notions_fit() {
        assert!(LEXICON.bits.len() < 120 && LEXICON.bits.values().all(|bit| bit.count_ones() == 1));
        assert!(LEXICON.words.len() > 3_000 && !LEXICON.lists.is_empty());
        let long = "a".repeat(100_000);
        assert!(words(&long).iter().all(Word::is_unknown));
    }
}
