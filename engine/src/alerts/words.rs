//! What words of a question name: countries in any language, measures, kinds of record, roles; and plain words.
//!
//! In: the tables of countries and alert words. Out: [`Meaning`]s with their place in a text. Names are met by whole
//! words, in scripts without spaces anywhere; endings of Russian, Korean and Arabic are allowed for.
//! Source: datasets/countries, datasets/alert-words.

use std::collections::HashMap;

use serde::Deserialize;

use super::kinds::Kinds;
use crate::codes::CountryCode;
use crate::reference::{DataSource, ReferenceError, References, list};
use crate::text::{Folded, Phrases, Script, fold, longest, script_of};

/// What a word or phrase names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sense {
    /// Countries; several where the name is shared.
    Country(Vec<CountryCode>),
    /// A port or town of this country.
    Place(CountryCode),
    /// Sounds like a country.
    NotCountry,
    Measure(String),
    /// A kind of record.
    Kind(String),
    /// The role of the country that follows.
    Role(String),
    /// All species are asked for.
    AllSpecies,
    /// A word that narrows nothing.
    Plain,
}

/// A sense with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// First byte of it in the question.
    pub from: usize,
    /// Byte after the last.
    pub to: usize,
    /// What it names, more than one where a word has several senses.
    pub senses: Vec<Sense>,
}

/// A row of datasets/alert-words.
#[derive(Debug, Deserialize)]
struct Row {
    word: String,
    class: String,
    value: String,
}

/// A word of a phrase: whole, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    /// Letters that may follow.
    ending: usize,
}

#[derive(Debug)]
struct Phrase {
    parts: Vec<Part>,
    /// Written in capitals only (`UAE`, `DRC`).
    capitals: bool,
    sense: Sense,
}

/// All words with a sense. Frozen.
#[derive(Debug)]
pub struct Vocabulary {
    phrases: Vec<Phrase>,
    /// Phrases by their first word.
    by_word: HashMap<String, Vec<usize>>,
    /// Phrases whose first word may go on, by its first letters.
    by_start: HashMap<String, Vec<usize>>,
    /// Phrases of scripts without spaces.
    joined: Phrases,
    joined_senses: Vec<Vec<Sense>>,
    codes: HashMap<String, CountryCode>,
    kinds: Kinds,
}

/// Letters of a word by which phrases with endings are found.
const START: usize = 3;
/// `*` stands for this many letters at most.
const ANY_ENDING: usize = 8;

impl Vocabulary {
    /// Reads the table of words and takes the countries of `references`.
    pub fn build(source: &DataSource, references: &References) -> Result<Self, ReferenceError> {
        let table = source.table::<Row>("alert-words")?;
        if !table.faults.is_empty() {
            return Err(ReferenceError::Faults(table.faults));
        }
        let mut entries: Vec<(String, Sense)> = Vec::new();
        for (_, row) in table.rows {
            let sense = match row.class.as_str() {
                "country" => Sense::Country(list(&row.value).filter_map(|code| code.parse().ok()).collect()),
                "not_country" => Sense::NotCountry,
                "measure" => Sense::Measure(row.value),
                "kind" => Sense::Kind(row.value),
                "role" => Sense::Role(row.value),
                "species" => Sense::AllSpecies,
                _ => Sense::Plain,
            };
            entries.push((row.word, sense));
        }
        let mut codes = HashMap::new();
        for country in references.countries.rows() {
            codes.insert(country.code.as_str().to_owned(), country.code);
            codes.insert(country.alpha3.clone(), country.code);
            for name in country.aliases.iter().chain([&country.name]) {
                entries.push((name.clone(), Sense::Country(vec![country.code])));
            }
        }
        for port in references.ports.rows() {
            for name in port.aliases.iter().chain([&port.name]).filter(|name| name.chars().count() >= 4) {
                entries.push((name.clone(), Sense::Place(port.country)));
            }
        }
        Self::assemble(entries, codes, Kinds::build(source)?)
    }

    fn assemble(
        entries: Vec<(String, Sense)>,
        codes: HashMap<String, CountryCode>,
        kinds: Kinds,
    ) -> Result<Self, ReferenceError> {
        let mut phrases = Vec::new();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_start: HashMap<String, Vec<usize>> = HashMap::new();
        let mut joined: HashMap<String, Vec<Sense>> = HashMap::new();
        for (text, sense) in entries {
            let folded = fold(&text);
            if !folded.text().is_empty() && folded.text().chars().all(|c| script_of(c).is_spaceless()) {
                let senses = joined.entry(folded.text().to_owned()).or_default();
                if !senses.contains(&sense) {
                    senses.push(sense);
                }
                continue;
            }
            let parts = parts(&text, matches!(sense, Sense::Country(_)));
            let Some(first) = parts.first() else { continue };
            let list = if first.ending == 0 {
                by_word.entry(first.text.clone()).or_default()
            } else {
                by_start.entry(start(&first.text).to_owned()).or_default()
            };
            list.push(phrases.len());
            let short = first.text.chars().count() <= 3 && text.chars().all(|c| c.is_uppercase() || c == '.');
            let capitals = short && matches!(sense, Sense::Country(_));
            phrases.push(Phrase { parts, capitals, sense });
        }
        let mut joined: Vec<(String, Vec<Sense>)> = joined.into_iter().collect();
        joined.sort_by(|a, b| a.0.cmp(&b.0));
        let machine = Phrases::build(joined.iter().map(|(text, _)| text.as_str()))
            .map_err(|why| ReferenceError::Unreadable { table: "alert-words".into(), why })?;
        let joined_senses = joined.into_iter().map(|(_, senses)| senses).collect();
        Ok(Self { phrases, by_word, by_start, joined: machine, joined_senses, codes, kinds })
    }

    /// Everything that the text names, in order; the longest name counts where several begin at one place.
    pub fn read(&self, text: &str) -> Vec<Meaning> {
        let folded = fold(text);
        let mut found = self.read_words(&folded, text);
        for hit in longest(self.joined.all(folded.text()).collect()) {
            let (from, to) = folded.span(hit.start, hit.end);
            let senses = self.joined_senses.get(hit.phrase).cloned().unwrap_or_default();
            found.push(Meaning { from, to, senses });
        }
        found.sort_by_key(|meaning| (meaning.from, std::cmp::Reverse(meaning.to)));
        found
    }

    /// The countries that a text names, for records: without codes.
    pub fn countries_in(&self, text: &str) -> Vec<CountryCode> {
        let mut codes = Vec::new();
        for meaning in self.read(text) {
            for sense in meaning.senses {
                if let Sense::Country(named) = sense
                    && let [code] = named.as_slice()
                    && !codes.contains(code)
                {
                    codes.push(*code);
                }
            }
        }
        codes
    }

    /// Kinds of records.
    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// `MG`, `MDG` written in capitals among other words.
    pub fn code(&self, word: &str) -> Option<CountryCode> {
        self.codes.get(word).copied()
    }

    fn read_words(&self, folded: &Folded, text: &str) -> Vec<Meaning> {
        let tokens = folded.tokens();
        let words: Vec<&str> = tokens.iter().map(|token| folded.word(token)).collect();
        let shouted = !text.chars().any(char::is_lowercase);
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let (mut length, mut senses): (usize, Vec<Sense>) = (0, Vec::new());
            let Some(word) = words.get(at) else { break };
            for word in variants(word) {
                let shorter = word.char_indices().nth(START - 1).map(|(at, _)| word.get(..at).unwrap_or_default());
                let lists = [
                    self.by_word.get(word),
                    self.by_start.get(start(word)),
                    shorter.and_then(|s| self.by_start.get(s)),
                ];
                for n in lists.into_iter().flatten().flatten() {
                    let Some(phrase) = self.phrases.get(*n) else { continue };
                    let fits = phrase.parts.len() >= length && meets(&phrase.parts, word, words.get(at + 1..));
                    if !fits || phrase.capitals && (shouted || !in_capitals(folded, text, at)) {
                        continue;
                    }
                    if phrase.parts.len() > length {
                        length = phrase.parts.len();
                        senses.clear();
                    }
                    if !senses.contains(&phrase.sense) {
                        senses.push(phrase.sense.clone());
                    }
                }
            }
            if length == 0 {
                at += 1;
                continue;
            }
            let start = tokens.get(at).map(|token| token.start).unwrap_or_default();
            let end = tokens.get(at + length - 1).map(|token| token.end).unwrap_or_default();
            let (from, to) = folded.span(start, end);
            if senses.contains(&Sense::NotCountry) {
                senses.retain(|sense| !matches!(sense, Sense::Country(_)));
            }
            found.push(Meaning { from, to, senses });
            at += length;
        }
        found
    }
}

/// The words of a phrase. Names of countries take the endings of their script.
fn parts(text: &str, country: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for piece in text.split_whitespace() {
        let stem = piece.ends_with('*');
        let folded = fold(piece);
        let count = folded.tokens().len();
        for (n, token) in folded.tokens().iter().enumerate() {
            let word = folded.word(token);
            let ending = if stem && n + 1 == count { ANY_ENDING } else { 0 };
            parts.push(Part { text: word.to_owned(), ending });
        }
    }
    if let [part] = parts.as_mut_slice() {
        let letters = part.text.chars().count();
        match part.text.chars().next().map(script_of) {
            Some(Script::Hangul) if letters >= 2 => part.ending = part.ending.max(4),
            Some(Script::Cyrillic) if country && part.ending == 0 && letters >= 6 => {
                part.text = part.text.trim_end_matches(['а', 'я', 'ь', 'й', 'о', 'е', 'и', 'ы']).to_owned();
                part.ending = 4;
            }
            Some(Script::Latin) if country && part.ending == 0 && letters >= 6 => part.ending = 1,
            _ => {}
        }
    }
    if let Some(first) = parts.first_mut() {
        first.text = bare(&first.text).to_owned();
    }
    parts
}

/// An Arabic word without its article.
fn bare(word: &str) -> &str {
    word.strip_prefix("ال").filter(|rest| rest.chars().count() >= 2).unwrap_or(word)
}

/// The word, and for Arabic the word without joined particles.
fn variants(word: &str) -> Vec<&str> {
    let mut variants = vec![word];
    if word.chars().next().map(script_of) == Some(Script::Arabic) {
        variants.push(bare(word));
        for particle in ["و", "ف", "ب", "ل", "ك"] {
            if let Some(rest) = word.strip_prefix(particle).filter(|rest| rest.chars().count() >= 3) {
                variants.push(rest);
                variants.push(bare(rest));
            }
        }
        variants.dedup();
    }
    variants
}

/// The first letters of a word; a shorter word is its own.
fn start(word: &str) -> &str {
    word.char_indices().nth(START).and_then(|(at, _)| word.get(..at)).unwrap_or(word)
}

fn meets(parts: &[Part], first: &str, rest: Option<&[&str]>) -> bool {
    let mut given = std::iter::once(first).chain(rest.into_iter().flatten().copied());
    parts.iter().all(|part| {
        given.next().is_some_and(|word| {
            word.strip_prefix(part.text.as_str()).is_some_and(|ending| {
                let letters = ending.chars().count();
                letters <= part.ending && (part.ending != 1 || matches!(ending, "" | "s"))
            })
        })
    })
}

fn in_capitals(folded: &Folded, text: &str, at: usize) -> bool {
    let Some(token) = folded.tokens().get(at) else { return false };
    let (from, to) = folded.span(token.start, token.end);
    text.get(from..to).is_some_and(|word| word.chars().all(char::is_uppercase))
}
