//! A name as written, cut into words of capital Latin letters and digits.
//!
//! In: a name in any script. Out: its pieces in order, each with the script it was written in. Signs between letters are
//! gaps, save those that join initials: `S.A.`, `M/V`. Scripts that put no gaps between words are cut where a term of
//! `party-words` or a legal form stands.

use super::letters::spelt;
use super::piece::{Piece, Writing};
use super::{legal_forms, party_words};

/// Longer names are cut: no register holds longer ones.
const MAX_CHARS: usize = 300;
/// Longest term of a script without gaps, in letters.
const MAX_TERM: usize = 12;

/// The pieces of a name.
pub(super) fn pieces(name: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut run = String::new();
    let (mut writing, mut depth) = (Writing::Latin, 0_u32);
    for c in name.chars().take(MAX_CHARS) {
        let next = writing_of(c);
        let joins = matches!(c, '.' | '\'' | '’' | '`' | '/' | '·');
        if next.is_some_and(|next| next != writing) {
            flush(&mut run, writing, depth > 0, &mut out);
        }
        match next {
            Some(next) => {
                writing = next;
                run.push(c);
            }
            None if c.is_alphanumeric() || joins || is_mark(c) => run.push(c),
            None => {
                flush(&mut run, writing, depth > 0, &mut out);
                match c {
                    '(' | '[' | '（' | '【' => depth += 1,
                    ')' | ']' | '）' | '】' => depth = depth.saturating_sub(1),
                    _ => {
                        // `㈱` is a form written as one sign, `№` a word.
                        if let Some(form) = legal_forms::of_run(&c.to_string()) {
                            out.push(Piece { form: Some(form), ..Piece::default() });
                        }
                    }
                }
            }
        }
    }
    flush(&mut run, writing, depth > 0, &mut out);
    out
}

/// Marks that belong to the letter before them, such as vowel signs of Indic scripts.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{65f}' | '\u{670}' | '\u{900}'..='\u{df4}'
        | '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ecd}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17dd}'
        | '\u{200c}' | '\u{200d}')
}

/// Script of a letter; `None` for signs, digits and marks, which take that of what stands before.
fn writing_of(c: char) -> Option<Writing> {
    Some(match c {
        'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff5a}' => {
            Writing::Latin
        }
        '\u{370}'..='\u{58f}' | '\u{10a0}'..='\u{10ff}' | '\u{1f00}'..='\u{1fff}' => Writing::Alphabet,
        '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Writing::Alphabet,
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => Writing::Han,
        '\u{590}'..='\u{8ff}' | '\u{900}'..='\u{109f}' | '\u{1200}'..='\u{137f}' | '\u{1780}'..='\u{17ff}' => {
            Writing::Loose
        }
        '\u{ac00}'..='\u{d7a3}' => Writing::Loose,
        _ => return None,
    })
}

/// Ends a run of letters of one script.
fn flush(run: &mut String, writing: Writing, bracketed: bool, out: &mut Vec<Piece>) {
    let text = std::mem::take(run);
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && !is_mark(c) && c != '.');
    if text.is_empty() {
        return;
    }
    if writing == Writing::Latin {
        return latin(text, bracketed, out);
    }
    let mut left = String::new();
    let mut rest = text;
    // Terms and forms are cut out of a run from the left, the longest first.
    while !rest.is_empty() {
        let ends = rest.char_indices().map(|(n, c)| n + c.len_utf8()).take(MAX_TERM);
        let at_start = left.is_empty();
        let term = ends.collect::<Vec<_>>().into_iter().rev().find_map(|end| {
            let (term, after) = rest.split_at_checked(end)?;
            if is_whole_word(writing) && !(at_start && after.is_empty()) {
                return None;
            }
            let form = legal_forms::of_run(term).filter(|_| at_start || after.is_empty() || writing != Writing::Han);
            let means = if form.is_none() { party_words::of_run(term) } else { None };
            (form.is_some() || means.is_some()).then_some((form, means, after))
        });
        match term {
            Some((form, means, after)) => {
                foreign(&std::mem::take(&mut left), writing, bracketed, out);
                let text = means.map(str::to_owned).unwrap_or_default();
                out.push(Piece { text, form, bracketed, ..Piece::default() });
                rest = after;
            }
            None => {
                let mut chars = rest.chars();
                left.extend(chars.next());
                rest = chars.as_str();
            }
        }
    }
    foreign(&left, writing, bracketed, out);
}

/// Scripts with gaps between words are looked up by whole words.
fn is_whole_word(writing: Writing) -> bool {
    matches!(writing, Writing::Alphabet)
}

fn foreign(word: &str, writing: Writing, bracketed: bool, out: &mut Vec<Piece>) {
    if word.is_empty() {
        return;
    }
    if writing == Writing::Han {
        let mut text = String::new();
        for c in word.chars() {
            let syllable = any_ascii::any_ascii_char(c).to_ascii_uppercase();
            let syllable: String = syllable.chars().filter(char::is_ascii_alphanumeric).collect();
            if !text.is_empty() && !syllable.is_empty() {
                text.push(' ');
            }
            text.push_str(&syllable);
        }
        if !text.is_empty() {
            out.push(Piece { text, writing, bracketed, ..Piece::default() });
        }
        return;
    }
    let spelt = any_ascii::any_ascii(&spelt(word)).to_ascii_uppercase();
    // Letters with dots are initials or a form in these scripts as well.
    let dotted = spelt.contains('.');
    for part in spelt.split(' ') {
        let text: String = part.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '\'').collect();
        let text = if writing == Writing::Loose { text } else { text.replace('\'', "") };
        if text.bytes().any(|b| b.is_ascii_alphanumeric()) {
            let text = text.trim_matches('\'').to_owned();
            out.push(Piece { text, writing, dotted, bracketed, form: None });
        }
    }
}

/// Latin letters: dots join single letters and part words.
fn latin(text: &str, bracketed: bool, out: &mut Vec<Piece>) {
    let ascii =
        if text.is_ascii() { text.to_ascii_uppercase() } else { any_ascii::any_ascii(text).to_ascii_uppercase() };
    let ascii: String = ascii.chars().filter(|c| !matches!(c, '\'' | '`')).collect();
    let parts: Vec<&str> = ascii.split(['.', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let push = |text: String, dotted: bool, out: &mut Vec<Piece>| {
        if text.bytes().any(|b| b.is_ascii_alphanumeric()) {
            out.push(Piece { text, dotted, bracketed, ..Piece::default() });
        }
    };
    // `S.A.ngha` is one word: what follows the dots is no word of its own.
    let small = |n: usize| text.split(['.', '/', ' ']).filter(|part| !part.is_empty()).nth(n);
    let goes_on = |n: usize| small(n).is_some_and(|part| part.starts_with(|c: char| c.is_ascii_lowercase()));
    let mut letters = String::new();
    let joined = ascii.contains(['.', '/']);
    for (n, part) in parts.into_iter().enumerate() {
        let part: String = part.chars().filter(char::is_ascii_alphanumeric).collect();
        if part.len() == 1 && joined {
            letters.push_str(&part);
        } else if !letters.is_empty()
            && part.len() <= 2
            && ascii.contains('.')
            && !part.bytes().any(|b| b.is_ascii_digit())
            && letters.len() < 4
        {
            // `G.m.b.H`, `Sp.z o.o`: short parts belong together.
            letters.push_str(&part);
        } else if letters.len() > 1 && goes_on(n) && letters.bytes().all(|b| b.is_ascii_alphabetic()) {
            push([std::mem::take(&mut letters), part].concat(), false, out);
        } else {
            push(std::mem::take(&mut letters), true, out);
            push(part, false, out);
        }
    }
    push(letters, true, out);
}
