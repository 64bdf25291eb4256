//! The part of a record in which the words of a question stand, with those words marked.

use std::collections::HashSet;

use super::question::Weighed;
use super::record::AlertRecord;
use super::schema::record_languages;
use super::tokens::{self, Stems, Word};

/// Characters of a snippet.
const SNIPPET_CHARS: usize = 200;
/// Words of a text in which the snippet is looked for.
const MAX_WORDS: usize = 2_000;

/// The window of the text with most matching words, those in `**`; the title where the text has none.
pub fn snippet(record: &AlertRecord, words: &[Weighed], stems: &mut Stems) -> String {
    let wanted: HashSet<&str> =
        words.iter().flat_map(|word| word.forms.iter().chain(&word.pairs)).map(String::as_str).collect();
    let in_text = marked(record, &record.text, &wanted, stems);
    let in_title = marked(record, &record.title, &wanted, stems);
    match (in_text, in_title) {
        (Some(text), _) => text,
        (None, Some(title)) => title,
        (None, None) => shortened(if record.text.is_empty() { &record.title } else { &record.text }),
    }
}

fn shortened(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= SNIPPET_CHARS {
        return flat;
    }
    flat.chars().take(SNIPPET_CHARS).chain(std::iter::once('…')).collect()
}

fn marked(record: &AlertRecord, text: &str, wanted: &HashSet<&str>, stems: &mut Stems) -> Option<String> {
    let languages = record_languages(record);
    let words: Vec<Word> = tokens::words(text).into_iter().take(MAX_WORDS).collect();
    let mut hit = |word: &Word| {
        let forms = stems.forms(&word.text, &languages);
        let pairs = tokens::pairs(&word.text);
        forms.iter().any(|form| wanted.contains(form.as_str()))
            || !pairs.is_empty() && pairs.iter().all(|pair| wanted.contains(pair.as_str()))
    };
    let hits: Vec<&Word> = words.iter().filter(|word| hit(word)).collect();
    let best = hits.iter().max_by_key(|first| {
        let inside = hits.iter().filter(|word| word.from >= first.from && word.to <= first.from + SNIPPET_CHARS);
        (inside.count(), std::cmp::Reverse(first.from))
    })?;
    let from = back(text, best.from, SNIPPET_CHARS / 4);
    let to = forward(text, from, SNIPPET_CHARS);
    let mut out = String::new();
    if from > 0 {
        out.push('…');
    }
    let mut at = from;
    for word in hits.iter().filter(|word| word.from >= from && word.to <= to) {
        out.push_str(text.get(at..word.from)?);
        out.push_str("**");
        out.push_str(text.get(word.from..word.to)?);
        out.push_str("**");
        at = word.to;
    }
    out.push_str(text.get(at..to)?);
    if to < text.len() {
        out.push('…');
    }
    Some(out.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `n` characters before `at`, at the beginning of a word.
fn back(text: &str, at: usize, n: usize) -> usize {
    let Some(before) = text.get(..at) else { return 0 };
    let start = before.char_indices().rev().nth(n).map_or(0, |(place, _)| place);
    if start == 0 {
        return 0;
    }
    let space = before.get(start..).and_then(|part| part.find(' '));
    space.map_or(start, |space| start + space + 1)
}

/// `n` characters after `at`, at the end of a word where there is one.
fn forward(text: &str, at: usize, n: usize) -> usize {
    let Some(after) = text.get(at..) else { return text.len() };
    match after.char_indices().nth(n) {
        None => text.len(),
        Some((end, _)) => {
            let part = after.get(..end).unwrap_or_default();
            at + part.rfind(' ').filter(|space| *space > end / 2).unwrap_or(end)
        }
    }
}
