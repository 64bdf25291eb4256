//! Words of a text in any script, and the forms under which each is indexed and asked for.
//!
//! In: text. Out: words with their place in it; for a word its folded form, its stems by language (`~`), its
//! transliteration (`^`) and, for scripts that write no spaces, its pairs of characters (`:`). The same function serves
//! records and questions, so that they meet. Not here: what a word means (`words.rs`).

use std::collections::HashMap;
use std::sync::LazyLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};
use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, TokenStream};

use crate::text::{Script, fold, script_of};

/// Letters of one word that are looked at; a longer run is no word.
const MAX_WORD_CHARS: usize = 64;

static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_auto(WordBreakInvariantOptions::default()));

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word folded for comparison.
    pub text: String,
    /// First byte in the text.
    pub from: usize,
    /// Byte after the last.
    pub to: usize,
}

/// The words in order. Runs of letters and digits are words; Thai, Lao, Khmer, Burmese, Chinese and Japanese runs are cut
/// by dictionary.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut run: Option<(usize, bool)> = None;
    for (at, c) in text.char_indices() {
        if is_inside(c) {
            let (_, spaceless) = run.get_or_insert((at, false));
            *spaceless |= !c.is_ascii() && is_spaceless(c);
        } else if let Some((from, spaceless)) = run.take() {
            push_run(&mut words, text, from, at, spaceless);
        }
    }
    if let Some((from, spaceless)) = run {
        push_run(&mut words, text, from, text.len(), spaceless);
    }
    words
}

/// Letters, digits, marks, and what stands unseen between them.
fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || !c.is_ascii() && (is_mark(c) || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'))
}

fn is_spaceless(c: char) -> bool {
    matches!(script_of(c), Script::Han | Script::Hiragana | Script::Katakana | Script::Spaceless)
}

fn push_run(words: &mut Vec<Word>, text: &str, from: usize, to: usize, spaceless: bool) {
    let Some(run) = text.get(from..to) else { return };
    if !spaceless {
        push(words, run, from);
        return;
    }
    let mut start = 0;
    for (end, kind) in SEGMENTER.segment_str(run).iter_with_word_type() {
        if let Some(piece) = run.get(start..end).filter(|piece| kind.is_word_like() && !piece.is_empty()) {
            push(words, piece, from + start);
        }
        start = end;
    }
}

fn push(words: &mut Vec<Word>, piece: &str, from: usize) {
    let to = from + piece.len();
    let text: String = if piece.is_ascii() {
        piece.chars().take(MAX_WORD_CHARS).map(|c| c.to_ascii_lowercase()).collect()
    } else {
        let folded = fold(piece);
        folded.text().chars().filter(|c| c.is_alphanumeric() || is_mark(*c)).take(MAX_WORD_CHARS).collect()
    };
    if !text.is_empty() {
        words.push(Word { text, from, to });
    }
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Scripts whose words are also met by pairs of characters.
fn by_pairs(c: char) -> bool {
    matches!(script_of(c), Script::Han | Script::Hiragana | Script::Katakana | Script::Spaceless | Script::Hangul)
}

/// Pairs of characters of a word, marked `:`; none for words of scripts with spaces.
pub fn pairs(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().filter(|c| by_pairs(*c)).collect();
    letters.windows(2).map(|pair| std::iter::once(&':').chain(pair).collect()).collect()
}

/// Languages whose stems are tried for a question in the script of `word`.
pub fn languages_of(word: &str) -> &'static [Language] {
    match word.chars().next().map(script_of) {
        Some(Script::Latin) => &[
            Language::English,
            Language::French,
            Language::Spanish,
            Language::Portuguese,
            Language::German,
            Language::Italian,
            Language::Dutch,
        ],
        Some(Script::Cyrillic) => &[Language::Russian],
        Some(Script::Arabic) => &[Language::Arabic],
        Some(Script::Greek) => &[Language::Greek],
        Some(Script::Indic) => &[Language::Tamil],
        _ => &[],
    }
}

/// The language of an ISO 639-1 code, where it has a stemmer.
pub fn language(code: &str) -> Option<Language> {
    let code = code.get(..2).unwrap_or(code).to_ascii_lowercase();
    Some(match code.as_str() {
        "ar" => Language::Arabic,
        "da" => Language::Danish,
        "nl" => Language::Dutch,
        "en" => Language::English,
        "fi" => Language::Finnish,
        "fr" => Language::French,
        "de" => Language::German,
        "el" => Language::Greek,
        "hu" => Language::Hungarian,
        "it" => Language::Italian,
        "no" | "nb" | "nn" => Language::Norwegian,
        "pt" => Language::Portuguese,
        "ro" => Language::Romanian,
        "ru" | "uk" | "be" => Language::Russian,
        "es" => Language::Spanish,
        "sv" => Language::Swedish,
        "ta" => Language::Tamil,
        "tr" => Language::Turkish,
        _ => return None,
    })
}

/// Stems words and remembers them: a feed repeats its words.
#[derive(Default)]
pub struct Stems {
    analyzers: HashMap<u8, TextAnalyzer>,
    known: HashMap<u8, HashMap<String, String>>,
}

/// Stems that are remembered.
const MAX_KNOWN: usize = 200_000;

impl Stems {
    /// The stem of a folded word.
    pub fn stem(&mut self, word: &str, language: Language) -> &str {
        let known = self.known.entry(language as u8).or_default();
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        if !known.contains_key(word) {
            let analyzer = self.analyzers.entry(language as u8).or_insert_with(|| {
                TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(language)).build()
            });
            let mut stream = analyzer.token_stream(word);
            let stem = if stream.advance() { stream.token().text.clone() } else { word.to_owned() };
            known.insert(word.to_owned(), stem);
        }
        known.get(word).map_or("", String::as_str)
    }

    /// All forms of a word but its pairs: itself, `~` stems, `^` transliteration.
    pub fn forms(&mut self, word: &str, languages: &[Language]) -> Vec<String> {
        let mut forms = vec![word.to_owned()];
        if word.chars().any(|c| c.is_ascii_digit()) {
            return forms;
        }
        for language in languages {
            let stem = format!("~{}", self.stem(word, *language));
            if !forms.contains(&stem) {
                forms.push(stem);
            }
        }
        if !word.is_ascii() {
            let plain: String =
                any_ascii::any_ascii(word).chars().filter(char::is_ascii_alphanumeric).collect::<String>();
            if !plain.is_empty() {
                forms.push(format!("^{}", plain.to_ascii_lowercase()));
            }
        } else if languages.len() > 1 {
            // A question in Latin letters also asks for words that are written so by transliteration.
            forms.push(format!("^{word}"));
        }
        forms
    }
}

impl std::fmt::Debug for Stems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stems").field("known", &self.known.len()).finish_non_exhaustive()
    }
}

/// Numbers of containers, permits, ships and papers: chunks with a digit, joined over up to three spaces, as `#` keys.
pub fn number_keys(text: &str) -> Vec<String> {
    if !text.chars().any(char::is_numeric) {
        return Vec::new();
    }
    let chunks: Vec<String> = text
        .split_whitespace()
        .take(4_096)
        .map(|chunk| chunk.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect())
        .collect();
    let mut keys = Vec::new();
    let digits: Vec<usize> = chunks.iter().map(|chunk| chunk.chars().filter(|c| c.is_numeric()).count()).collect();
    for n in 0..chunks.len() {
        if digits.iter().skip(n).take(3).sum::<usize>() < 3 {
            continue;
        }
        let mut joined = String::new();
        for (at, chunk) in chunks.iter().enumerate().skip(n).take(3) {
            // Only digits go on a number that was begun (`MSCU 123456 7`); two words with digits are two words.
            if at > n && !chunk.chars().all(char::is_numeric) {
                break;
            }
            joined.push_str(chunk);
            let fits = (5..=24).contains(&joined.chars().count());
            if fits && joined.chars().filter(|c| c.is_numeric()).count() >= 3 {
                keys.push(format!("#{joined}"));
            }
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_of_many_scripts() {
        assert_eq!(texts("Suspension of trade: Côte-d’Ivoire"), ["suspension", "of", "trade", "cote", "d", "ivoire"]);
        assert!(texts("暂停老挝黄檀贸易").len() >= 3);
        assert!(texts("ระงับการค้าไม้พะยูง").len() >= 3);
        assert_eq!(texts(""), Vec::<String>::new());
        let text = "Ménagerie d’été 黄檀";
        for word in words(text) {
            assert!(text.get(word.from..word.to).is_some());
        }
    }

    #[test]
    fn forms_meet_across_endings_and_scripts() {
        let mut stems = Stems::default();
        let asked = stems.forms("suspended", languages_of("suspended"));
        let indexed = stems.forms("suspending", &[Language::English]);
        assert!(asked.iter().any(|form| indexed.contains(form)));
        assert!(stems.forms("лаос", &[]).contains(&"^laos".to_owned()));
        assert!(stems.forms("laos", languages_of("laos")).contains(&"^laos".to_owned()));
        assert_eq!(pairs("黄檀木"), [":黄檀", ":檀木"]);
        assert!(number_keys("box MSCU 123456 7").contains(&"#MSCU1234567".to_owned()));
    }
}
