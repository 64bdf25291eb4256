//! Derives `datasets/ordinary-words`: which words of given lists would be taken for damaged names.
//!
//! In: words, genera and binomials of other plants, one a line, from lists that are not shipped; names built without the
//! table. Out: rows of the table. A word that the tables name themselves is none of these; a spelling that was reviewed
//! stays one. Not here: reading files.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::{Method, NameIndex, NameQuery};
use crate::reference::{Ordinary, OrdinaryWord};
use crate::text::fold;

/// Gathers rows from lists.
pub struct OrdinaryWords<'a> {
    names: &'a NameIndex,
    genera: Vec<String>,
    rows: BTreeMap<(String, Ordinary), String>,
    spellings: BTreeSet<String>,
}

impl<'a> OrdinaryWords<'a> {
    /// `names`: built without the table. `reviewed`: the table as it stands, of which spellings and names are kept.
    pub fn new(names: &'a NameIndex, reviewed: &[OrdinaryWord]) -> Self {
        let kept = reviewed.iter().filter(|row| matches!(row.kind, Ordinary::Spelling | Ordinary::Name));
        let rows: BTreeMap<_, _> = kept.map(|row| ((row.word.clone(), row.kind), row.name.clone())).collect();
        let spellings = rows.keys().map(|(word, _)| word.clone()).collect();
        Self { names, genera: names.searched_genera(), rows, spellings }
    }

    /// A word of a language, a place, a person or a brand.
    pub fn word(&mut self, word: &str) {
        self.take(word, Ordinary::Word);
    }

    /// A genus of plants.
    pub fn genus(&mut self, word: &str) {
        self.take(word, Ordinary::Genus);
    }

    /// A species of another genus: `Genus epithet`.
    pub fn species(&mut self, name: &str) {
        let Some((genus, epithet)) = name.split_once(' ') else { return };
        if self.genera.iter().any(|own| own == genus) {
            return;
        }
        self.take(genus, Ordinary::Genus);
        self.take(epithet, Ordinary::Epithet);
        for own in &self.genera {
            if let Some(found) = self.names.guessed_species(own, epithet) {
                self.rows.insert((fold(epithet).text().to_owned(), Ordinary::Epithet), found);
            }
        }
    }

    /// The rows, in order.
    pub fn rows(self) -> impl Iterator<Item = OrdinaryWord> {
        self.rows.into_iter().map(|((word, kind), name)| OrdinaryWord { word, kind, name })
    }

    fn take(&mut self, word: &str, kind: Ordinary) {
        let folded = fold(word);
        if folded.tokens().len() != 1 || !self.names.screen(word) || self.spellings.contains(folded.text()) {
            return;
        }
        let hs = "4407".parse().ok();
        let found = self.names.resolve(&NameQuery { text: word, hs: hs.as_ref(), ..NameQuery::default() });
        let taken = found.mentions.iter().find(|mention| mention.method == Method::Misspelling);
        if let Some(mention) = taken {
            // An epithet that reads like a name when it stands alone is a word like others.
            let kind = if kind == Ordinary::Epithet { Ordinary::Word } else { kind };
            self.rows.insert((folded.text().to_owned(), kind), mention.name.clone());
        }
    }
}
