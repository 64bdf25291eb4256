//! Reads a question: which woods, countries, measures, numbers and days it names, and which words are left.
//!
//! In: any text a person types. Out: [`Asked`]. Nothing in the text is syntax, so nothing in it can be wrong.

use std::collections::BTreeMap;

use super::numbers::numbers;
use super::tokens::{self, Word};
use super::words::{Meaning, Sense, Vocabulary};
use crate::codes::{CountryCode, Date};
use crate::names::{Mention, NameIndex, NameQuery};
use crate::reference::{Strength, genus_of, is_genus};

/// Characters of a question that are read.
pub const MAX_QUESTION_CHARS: usize = 2_000;
/// Words of a question that are looked for.
const MAX_WORDS: usize = 48;

/// A wood that the question names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedTaxon {
    /// Accepted names it can be: species, or a bare genus.
    pub names: Vec<String>,
    /// The folded words as written.
    pub words: Vec<String>,
    /// As written, for the reasons.
    pub text: String,
}

/// A word of the question that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedWord {
    /// The word folded for comparison.
    pub text: String,
    /// Says something beyond the woods, countries, measures and plain words.
    pub content: bool,
    /// Stands in every other text (`the`, `trade`): orders little, decides nothing.
    pub plain: bool,
}

/// The question as understood.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Woods that the question names.
    pub taxa: Vec<AskedTaxon>,
    /// Countries that are named: at least one must be met. Each entry is one name, which several States may share.
    pub countries: Vec<Vec<CountryCode>>,
    /// Countries that only stand inside the name of a wood or a place.
    pub near: Vec<CountryCode>,
    /// Role of a country, where a word before it says so.
    pub roles: BTreeMap<CountryCode, String>,
    pub measures: Vec<String>,
    /// Kinds of record.
    pub kinds: Vec<String>,
    /// All species are asked for.
    pub all_species: bool,
    /// Numbers of Notifications, such as `2013/039`.
    pub numbers: Vec<String>,
    /// Keys of containers, permits, ships.
    pub keys: Vec<String>,
    /// The first whole day.
    pub day: Option<Date>,
    pub years: Vec<i16>,
    pub words: Vec<AskedWord>,
}

impl Asked {
    /// True when the question names a country in its own right.
    pub fn names_country(&self) -> bool {
        !self.countries.is_empty()
    }

    /// All countries that are named in their own right.
    pub fn country_codes(&self) -> impl Iterator<Item = CountryCode> {
        self.countries.iter().flatten().copied()
    }

    /// True when nothing but words is asked for.
    pub fn words_only(&self) -> bool {
        self.taxa.is_empty() && self.countries.is_empty() && self.numbers.is_empty()
    }
}

/// Reads the text.
pub fn ask(text: &str, vocabulary: &Vocabulary, names: &NameIndex) -> Asked {
    let text: String = text.chars().take(MAX_QUESTION_CHARS).collect();
    let mut asked = Asked::default();
    let found = numbers(&text);
    (asked.numbers, asked.day, asked.years) = (found.notifications, found.days.first().copied(), found.years);
    asked.keys = tokens::number_keys(&text);
    asked.keys.truncate(MAX_WORDS);
    let mut meanings = vocabulary.read(&text);
    let words = tokens::words(&text);
    meanings.extend(codes(&text, &words, vocabulary));
    let woods = woods(&text, &meanings, names);
    let inside = |from: usize, to: usize| woods.iter().any(|(span, _)| span.0 <= from && to <= span.1);
    let mut role: Option<(usize, String)> = None;
    meanings.sort_by_key(|meaning| meaning.from);
    for meaning in &meanings {
        for sense in &meaning.senses {
            match sense {
                Sense::Country(codes) if inside(meaning.from, meaning.to) => asked.near.extend(codes),
                Sense::Country(codes) => {
                    if !asked.countries.contains(codes) {
                        asked.countries.push(codes.clone());
                    }
                    if let Some((_, role)) = role.as_ref().filter(|(end, _)| meaning.from.saturating_sub(*end) <= 6) {
                        asked.roles.extend(codes.iter().map(|code| (*code, role.clone())));
                    }
                }
                Sense::Place(code) if !inside(meaning.from, meaning.to) => asked.near.push(*code),
                Sense::Measure(measure) if !asked.measures.contains(measure) => asked.measures.push(measure.clone()),
                Sense::Kind(kind) if !asked.kinds.contains(kind) => asked.kinds.push(kind.clone()),
                Sense::Role(named) => role = Some((meaning.to, named.clone())),
                Sense::AllSpecies => asked.all_species = true,
                _ => {}
            }
        }
    }
    asked.near.retain(|code| !asked.countries.iter().flatten().any(|named| named == code));
    for (span, mentions) in &woods {
        asked.near.extend(mentions.iter().flat_map(|mention| mention.population.iter().copied()));
        let mut names: Vec<String> = Vec::new();
        for name in mentions.iter().flat_map(|m| std::iter::once(&m.taxon).chain(&m.alternatives)) {
            let name = if is_genus(name) { genus_of(name).to_owned() } else { name.clone() };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let written = words.iter().filter(|word| span.0 <= word.from && word.to <= span.1);
        let text = text.get(span.0..span.1).unwrap_or_default().to_owned();
        asked.taxa.push(AskedTaxon { names, words: written.map(|word| word.text.clone()).collect(), text });
    }
    asked.near.sort_unstable();
    asked.near.dedup();
    asked.words = left(&words, &meanings, &inside);
    if !asked.numbers.is_empty() || asked.day.is_some() {
        asked.words.retain(|word| !word.text.chars().all(char::is_numeric));
    }
    asked
}

/// Codes of countries in capitals, where the text is not all in capitals.
fn codes(text: &str, words: &[Word], vocabulary: &Vocabulary) -> Vec<Meaning> {
    if !text.chars().any(char::is_lowercase) && words.len() > 1 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for word in words {
        let written = text.get(word.from..word.to).unwrap_or_default();
        let number_follows = text.get(word.to..).is_some_and(|rest| {
            rest.trim_start_matches(['.', ' ', '°', 'º']).starts_with(|c: char| c.is_ascii_digit())
        });
        if (2..=3).contains(&written.len())
            && written.bytes().all(|b| b.is_ascii_uppercase())
            && !(written == "NO" && number_follows)
            && let Some(code) = vocabulary.code(written)
        {
            found.push(Meaning { from: word.from, to: word.to, senses: vec![Sense::Country(vec![code])] });
        }
    }
    found
}

type Wood = ((usize, usize), Vec<Mention>);

/// The woods that the text names, by place. A name that its surroundings speak against (`carpets`, `fruit`) is still
/// asked for when it can mean nothing else, or when the question is one of enforcement.
fn woods(text: &str, meanings: &[Meaning], names: &NameIndex) -> Vec<Wood> {
    let resolution = names.resolve(&NameQuery { text, ..NameQuery::default() });
    let enforcement = meanings
        .iter()
        .flat_map(|meaning| &meaning.senses)
        .any(|sense| matches!(sense, Sense::Country(_) | Sense::Measure(_) | Sense::Kind(_) | Sense::AllSpecies));
    let mut woods: Vec<Wood> = Vec::new();
    let real = |mention: &Mention| mention.taxon.chars().next().is_some_and(char::is_uppercase);
    for mention in resolution.mentions.into_iter().filter(real) {
        add(&mut woods, mention.span, mention);
    }
    for excluded in resolution.excluded {
        let alone = names.resolve(&NameQuery { text: &excluded.name, ..NameQuery::default() });
        for mention in alone.mentions.into_iter().filter(real) {
            if enforcement || mention.strength == Strength::Exclusive {
                add(&mut woods, excluded.span, mention);
            }
        }
    }
    woods.sort_by_key(|(span, _)| *span);
    woods
}

fn add(woods: &mut Vec<Wood>, span: (usize, usize), mention: Mention) {
    match woods.iter_mut().find(|(other, _)| *other == span) {
        Some((_, mentions)) => mentions.push(mention),
        None => woods.push((span, vec![mention])),
    }
}

/// The words, each marked whether it says more than what was understood already.
fn left(words: &[Word], meanings: &[Meaning], in_wood: &dyn Fn(usize, usize) -> bool) -> Vec<AskedWord> {
    let mut left: Vec<AskedWord> = Vec::new();
    for word in words {
        let meant = |plain: bool| {
            meanings.iter().any(|meaning| {
                meaning.from <= word.from
                    && word.to <= meaning.to
                    && meaning.senses.iter().any(|sense| matches!(sense, Sense::Plain | Sense::Role(_)) == plain)
            })
        };
        let understood = in_wood(word.from, word.to) || meant(false);
        let plain = !understood && meant(true);
        let number = word.text.chars().all(char::is_numeric);
        if left.iter().any(|known| known.text == word.text) || left.len() >= MAX_WORDS {
            continue;
        }
        let single = word.text.chars().count() < 2 && word.text.is_ascii();
        let content = !understood && !plain && !number && !single;
        left.push(AskedWord { text: word.text.clone(), content, plain: plain || single });
    }
    left
}
