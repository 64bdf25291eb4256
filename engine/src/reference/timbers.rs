//! Woods of trade that are none of ours: what they are called in many languages, and how heavy they are.
//!
//! In: a goods text that speaks of wood. Out: the woods that it names, by trade names, vernacular names and scientific
//! names. A compact map that is asked for such texts alone: the screen's automaton holds only the names that are looked
//! for and those that are sold as them. Names are compared as `text::loose_key` has them, word by word; where words
//! stand without spaces, sign by sign, the longest first. A name that ends in `*` stands for every continuation of its
//! last word (`eiche*`: Eichenholz). Sources: datasets/timbers/card.toml, datasets/timber-names/card.toml.
//! Cost: some ten look-ups for each word of the text.

use rustc_hash::FxHashMap;

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence, genus_of, is_genus, species_of};
use super::load::DataSource;
use crate::text::{Script, loose_key, script_of};

/// A wood of trade.
#[derive(Debug, Clone, Deserialize)]
pub struct Timber {
    /// Id that never changes.
    pub timber: String,
    /// Genera or species.
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<String>,
    /// Lowest, kg/m³ at about 12 % moisture.
    pub air_dry_min_kg_m3: f64,
    /// Highest, kg/m³.
    pub air_dry_max_kg_m3: f64,
    /// Typical, kg/m³.
    pub typical_kg_m3: f64,
    /// A load of listed wood was declared as this one.
    #[serde(deserialize_with = "fields::flag")]
    pub cover: bool,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// What a wood is called in one language.
#[derive(Debug, Clone, Deserialize)]
pub struct TimberNames {
    /// Id of the wood.
    pub timber: String,
    /// ISO 639-1; `mul` for names of trade in any language.
    pub language: String,
    /// Names; a final `*` stands for any continuation.
    #[serde(deserialize_with = "fields::parts")]
    pub names: Vec<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// Words that a name has at most.
const MAX_WORDS: usize = 4;
/// Signs that a name of a script without spaces has at most.
const MAX_SIGNS: usize = 24;
/// Letters of the shortest genus that counts without an epithet where the table gives species of it only: shorter ones
/// are words of other meaning too often (*Mora*).
const GENUS_LETTERS: usize = 6;
/// Signs of the shortest Korean name that may begin within a word.
const KOREAN_INSIDE: usize = 3;

/// All woods of trade with their names.
#[derive(Debug, Clone, Default)]
pub struct Timbers {
    rows: Vec<Timber>,
    names: Vec<TimberNames>,
    /// Folded name → rows that it stands for.
    whole: FxHashMap<Box<str>, Vec<u16>>,
    /// Folded beginning → rows.
    stems: FxHashMap<Box<str>, Vec<u16>>,
    /// How stems begin → how many bytes those have that begin so, a bit each.
    stem_starts: FxHashMap<[u8; 2], u64>,
    /// First word of names of several words, and how many the longest has.
    several: FxHashMap<Box<str>, usize>,
}

impl Timbers {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Timber> = fields::rows(source, "timbers", faults)?;
        let names: Vec<TimberNames> = fields::rows(source, "timber-names", faults)?;
        let mut timbers = Self { rows, names, ..Self::default() };
        timbers.index(faults);
        Ok(timbers)
    }

    fn index(&mut self, faults: &mut Vec<TableFault>) {
        let ids: FxHashMap<&str, u16> =
            self.rows.iter().zip(0_u16..).map(|(row, n)| (row.timber.as_str(), n)).collect();
        let (mut whole, mut stems) = (FxHashMap::default(), FxHashMap::default());
        for (row, line) in self.names.iter().zip(2_u64..) {
            let Some(&n) = ids.get(row.timber.as_str()) else {
                let (table, column) = ("timber-names/timber-names.csv".to_owned(), Some("timber".to_owned()));
                let what = format!("`{}` is no wood of the table timbers", row.timber);
                faults.push(TableFault { table, row: Some(line), column, what });
                continue;
            };
            for name in &row.names {
                match name.strip_suffix('*') {
                    Some(stem) => put(&mut stems, loose_key(stem), n),
                    None => put(&mut whole, loose_key(name), n),
                }
            }
        }
        for (row, n) in self.rows.iter().zip(0_u16..) {
            for taxon in &row.taxa {
                let genus = genus_of(taxon).to_lowercase();
                if let Some((genus, epithet)) = species_of(taxon) {
                    put(&mut whole, format!("{genus} {epithet}").to_lowercase(), n);
                }
                if is_genus(taxon) || genus.len() >= GENUS_LETTERS {
                    put(&mut whole, genus, n);
                }
            }
        }
        for stem in stems.keys() {
            *self.stem_starts.entry(beginning(stem)).or_default() |= length_bit(stem.len());
        }
        for name in whole.keys().chain(stems.keys()) {
            if let Some((first, rest)) = name.split_once(' ') {
                let most = self.several.entry(first.into()).or_default();
                *most = (*most).max(1 + rest.split(' ').count());
            }
        }
        (self.whole, self.stems) = (whole, stems);
    }

    /// All woods, in the order of the table.
    pub fn rows(&self) -> &[Timber] {
        &self.rows
    }

    /// All names, in the order of the table.
    pub fn names(&self) -> &[TimberNames] {
        &self.names
    }

    /// The woods that a text names, each once, in the order of the table.
    pub fn named_in(&self, text: &str) -> Vec<&Timber> {
        let key = loose_key(text);
        let mut found: Vec<u16> = Vec::new();
        let mut rest = key.as_str();
        while !rest.is_empty() {
            rest = rest.get(self.words_at(rest, &mut found)..).unwrap_or_default();
            rest = rest.strip_prefix(' ').unwrap_or(rest);
        }
        if !key.is_ascii() {
            let runs = key.split(' ').filter(|word| word.chars().any(is_run));
            runs.for_each(|word| self.within(word, &mut found));
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|n| self.rows.get(usize::from(n))).collect()
    }

    /// The wood of a taxon: of its species, else of its genus.
    pub fn of_taxon(&self, taxon: &str) -> Option<&Timber> {
        let species = || species_of(taxon).map(|(genus, epithet)| [genus, " ", epithet].concat().to_lowercase());
        let known = |key: &str| self.whole.get(key).and_then(|rows| rows.first());
        let of = species().and_then(|key| known(&key)).or_else(|| known(&genus_of(taxon).to_lowercase()))?;
        self.rows.get(usize::from(*of))
    }

    /// Names that begin with the first word of a key, the longest first; the bytes of the words that it took, which are
    /// those of one word where there is none.
    fn words_at(&self, key: &str, found: &mut Vec<u16>) -> usize {
        let first = key.bytes().position(|byte| byte == b' ').and_then(|end| key.get(..end)).unwrap_or(key);
        let most = self.several.get(first).map_or(1, |most| MAX_WORDS.min(*most));
        let mut ends = [first.len(); MAX_WORDS];
        let mut n_words = 1;
        // Few words begin a name of several.
        if most > 1 {
            let spaces = key.match_indices(' ').map(|(at, _)| at).chain([key.len()]);
            for (n, (end, at)) in ends.iter_mut().zip(spaces).take(most).enumerate() {
                *end = at;
                n_words = n + 1;
            }
        }
        for n in (0..n_words).rev() {
            let end = ends.get(n).copied().unwrap_or_default();
            let before = n.checked_sub(1).and_then(|n| ends.get(n)).map_or(0, |space| space + 1);
            let phrase = key.get(..end).unwrap_or_default();
            if let Some(rows) = self.whole.get(phrase).or_else(|| self.stem_of(phrase, end - before)) {
                found.extend_from_slice(rows);
                return end;
            }
        }
        first.len()
    }

    /// The longest beginning that ends within the last word of the phrase.
    fn stem_of(&self, phrase: &str, last: usize) -> Option<&Vec<u16>> {
        let from = phrase.len().saturating_sub(last);
        // Few words begin as a stem does, and stems of one beginning have few lengths.
        let lengths = *self.stem_starts.get(&beginning(phrase))?;
        let ends = (from + 1..=phrase.len()).rev().filter(|end| lengths & length_bit(*end) != 0);
        ends.filter_map(|end| phrase.get(..end)).find_map(|stem| self.stems.get(stem))
    }

    /// Names inside a run of signs, the longest that begins first.
    fn within(&self, word: &str, found: &mut Vec<u16>) {
        let places: Vec<(usize, char)> = word.char_indices().collect();
        let end_of = |n: usize| places.get(n).map_or(word.len(), |(at, _)| *at);
        let mut n = 0;
        while n < places.len() {
            let most = MAX_SIGNS.min(places.len() - n);
            let hit = (1..=most).rev().find_map(|length| {
                let name = word.get(end_of(n)..end_of(n + length))?;
                let rows = self.whole.get(name)?;
                let before = n.checked_sub(1).and_then(|n| places.get(n)).map(|(_, c)| *c);
                let after = places.get(n + length).map(|(_, c)| *c);
                is_apart(name, length, before, after).then_some((length, rows))
            });
            match hit {
                Some((length, rows)) => {
                    found.extend_from_slice(rows);
                    n += length;
                }
                None => n += 1,
            }
        }
    }
}

/// How a stem begins: its first bytes, as many as the shortest stems have.
fn beginning(text: &str) -> [u8; 2] {
    let mut bytes = text.bytes();
    std::array::from_fn(|_| bytes.next().unwrap_or_default())
}

/// A length as a bit; the longest share one.
fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

fn put(map: &mut FxHashMap<Box<str>, Vec<u16>>, key: String, n: u16) {
    if key.is_empty() {
        return;
    }
    let rows = map.entry(key.into_boxed_str()).or_default();
    if !rows.contains(&n) {
        rows.push(n);
    }
}

/// Signs of scripts in which a name may stand within a run.
fn is_run(c: char) -> bool {
    let script = script_of(c);
    script.is_spaceless() || matches!(script, Script::Katakana | Script::Hangul)
}

/// May a name stand there? Katakana spells foreign words, which go on in katakana; a short Korean name begins its word.
fn is_apart(name: &str, signs: usize, before: Option<char>, after: Option<char>) -> bool {
    let katakana = |c: Option<char>| c.is_some_and(|c| script_of(c) == Script::Katakana);
    let (first, last) = (name.chars().next(), name.chars().next_back());
    if first.is_some_and(|c| script_of(c) == Script::Hangul) {
        return before.is_none() || signs >= KOREAN_INSIDE;
    }
    if !first.is_some_and(is_run) {
        return before.is_none() && after.is_none();
    }
    !(katakana(first) && katakana(before) || katakana(last) && katakana(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(timbers: &Timbers, text: &str) -> Vec<String> {
        timbers.named_in(text).iter().map(|timber| timber.timber.clone()).collect()
    }

    #[test]
    fn woods_are_named_in_their_languages() {
        let timbers = Timbers::load(&DataSource::Embedded, &mut Vec::new()).unwrap();
        for (text, expected) in [
            ("OAK WOOD FURNITURE", "oak"),
            ("Eichenholz, gesägt", "oak"),
            ("bois de chêne massif", "oak"),
            ("madera de roble", "oak"),
            ("дубовая доска", "oak"),
            ("gỗ thông xẻ", "pine"),
            ("خشب الصنوبر", "pine"),
            ("ไม้สนแปรรูป", "pine"),
            ("橡木板材", "oak"),
            ("橡胶木家具", "rubberwood"),
            ("ไม้ยางพารา", "rubberwood"),
            ("참나무로 만든 가구", "oak"),
            ("ブナ材", "beech"),
            ("Quercus robur boards", "oak"),
            ("Erythrophleum ivorense", "tali"),
            ("douglas-fir beams", "douglas-fir"),
            ("ASH LUMBER", "ash"),
            ("tammiparketti", "oak"),
        ] {
            assert!(
                named(&timbers, text).iter().any(|timber| timber == expected),
                "{text}: {:?}",
                named(&timbers, text)
            );
        }
    }

    #[test]
    fn ordinary_words_are_no_woods() {
        let timbers = Timbers::load(&DataSource::Embedded, &mut Vec::new()).unwrap();
        for text in [
            "wood, ash coloured",
            "timber box packed",
            "hardwood, plane sawn",
            "sawn wood, lime washed",
            "wooden pear shaped bowl",
            "mora y madera",
            "tall wooden cabinet",
            "gran mesa de madera",
            "madera y acero",
            "as per invoice, wood",
            "rosewood, ebony, sandalwood, blackwood, cocobolo, palisander, grenadilla",
            "gỗ sưa, gỗ trắc, gỗ mun, gỗ cẩm lai",
            "红酸枝 黑檀 黄花梨 降香黄檀",
            "Dalbergia Diospyros Osyris",
            "アンティーク家具 スモーク",
        ] {
            assert!(named(&timbers, text).is_empty(), "{text}: {:?}", named(&timbers, text));
        }
    }
}
