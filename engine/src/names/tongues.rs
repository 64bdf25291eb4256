//! Which languages a text is evidently written in: a word that is also another language's counts only in its own.
//!
//! In: words that one language has and others have not. Out: the languages of the words of a text.
//! Source: `datasets/language-words`, and the contexts and trade names of one language.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::reference::{Context, LanguageWords, Side, TradeName};
use crate::text::{Folded, fold};

/// Words by which a language is known.
#[derive(Debug, Default)]
pub(super) struct Tongues {
    /// Folded word → languages, by number.
    words: FxHashMap<String, Vec<usize>>,
    names: Vec<String>,
}

impl Tongues {
    /// The words of the table, and those contexts and names of one language that stand in no other and mean nothing else.
    pub fn build(table: &[LanguageWords], contexts: &[Context], names: &[TradeName]) -> Self {
        let mut all = Self::default();
        for row in table {
            let language = all.number(&row.language);
            row.words.iter().for_each(|word| all.add(word, language));
        }
        for name in names {
            let language = all.number(&name.language);
            all.add(&name.name, language);
        }
        let own = |row: &&Context| {
            row.language != "any"
                && row.evident.is_empty()
                && !matches!(row.side, Side::Compound | Side::Hs | Side::Word)
        };
        for row in contexts.iter().filter(own) {
            let language = all.number(&row.language);
            all.add(&row.phrase, language);
        }
        all
    }

    /// Languages that some word of the text is of, and of no other.
    pub fn of(&self, folded: &Folded) -> BTreeSet<&str> {
        let lone = |word: &str| match self.words.get(word)?.as_slice() {
            [language] => self.names.get(*language).map(String::as_str),
            _ => None,
        };
        folded.tokens().iter().filter_map(|token| lone(folded.word(token))).collect()
    }

    fn number(&mut self, name: &str) -> usize {
        self.names.iter().position(|own| own == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
    }

    fn add(&mut self, word: &str, language: usize) {
        let folded = fold(word);
        if folded.tokens().len() == 1 {
            let languages = self.words.entry(folded.text().to_owned()).or_default();
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_evident_by_words_of_its_own() {
        let row = |language: &str, words: &[&str]| LanguageWords {
            language: language.into(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        let tongues = Tongues::build(&[row("Swedish", &["och", "med"]), row("Danish", &["og", "med"])], &[], &[]);
        let check = |text: &str, languages: &[&str]| {
            assert_eq!(tongues.of(&fold(text)).into_iter().collect::<Vec<_>>(), languages, "{text}");
        };
        check("bord OCH stol", &["Swedish"]);
        check("bord med lampa", &[]);
        check("", &[]);
    }
}
