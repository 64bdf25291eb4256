//! A script as words, numbers, texts and signs, each with its place; comments are left out.
//!
//! In: the text of a script, whatever stands in it. Out: [`Token`]s. It reads what the parser refuses, so that a slip can be
//! named; what a test means is the parser's matter alone. Cost: one pass.

use super::glyphs::{Glyph, glyph};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// In straight double quotes, which are part of it.
    Text,
    /// A text whose quotes are not closed on its line.
    Open,
    /// In single quotes.
    Single,
    /// A line of three backticks.
    Fence,
    /// Characters that rules are not written in; a quote of print with what it encloses.
    Foreign(Glyph),
    /// A comparison or another operator whole, any other sign alone.
    Sign,
}

/// A piece of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'s> {
    pub(super) kind: Kind,
    pub(super) text: &'s str,
    /// Line and column, from 1.
    pub(super) place: (usize, usize),
    /// No space stands between it and the one before.
    pub(super) is_joined: bool,
}

impl Token<'_> {
    /// Is it this sign or word?
    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, Kind::Sign | Kind::Word)
    }

    /// Does it end a value, so that an operator may follow?
    pub(super) fn ends_value(&self) -> bool {
        match self.kind {
            Kind::Number | Kind::Text | Kind::Single => true,
            Kind::Word => !KEYWORDS.contains(&self.text),
            Kind::Sign => self.is(")") || self.is("]"),
            _ => false,
        }
    }
}

/// Words that are no names.
pub(super) const KEYWORDS: &[&str] = &["and", "or", "in", "if", "else", "let", "const", "fn", "return", "switch"];

/// The tokens of a script.
pub(super) fn tokens(script: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut in_comment = false;
    for (n, line) in script.split('\n').enumerate() {
        let line = line.trim_end_matches('\r');
        if !in_comment && line.trim_start().starts_with("```") {
            let column = line.chars().take_while(|c| c.is_whitespace()).count() + 1;
            let place = (n + 1, column);
            found.push(Token { kind: Kind::Fence, text: line.trim(), place, is_joined: false });
            continue;
        }
        let mut reading = Line { rest: line, place: (n + 1, 1), is_joined: false };
        while !reading.rest.is_empty() {
            if in_comment {
                match reading.rest.split_once("*/") {
                    Some((comment, _)) => {
                        reading.skip(comment.len() + 2);
                        in_comment = false;
                    }
                    None => break,
                }
            } else if reading.rest.starts_with("//") {
                break;
            } else if reading.rest.starts_with("/*") {
                reading.skip(2);
                in_comment = true;
            } else {
                found.extend(reading.token());
            }
        }
    }
    found
}

/// What is left of one line.
struct Line<'s> {
    rest: &'s str,
    place: (usize, usize),
    is_joined: bool,
}

impl<'s> Line<'s> {
    /// Goes `bytes` further, which end between two characters.
    fn skip(&mut self, bytes: usize) -> &'s str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.place.1 += taken.chars().count();
        self.rest = rest;
        taken
    }

    /// The next token; `None` for a space.
    fn token(&mut self) -> Option<Token<'s>> {
        let first = self.rest.chars().next()?;
        let (kind, bytes) = match (first, glyph(first)) {
            (_, Some(foreign)) => (Kind::Foreign(foreign), foreign_run(self.rest, foreign)),
            (c, None) if c.is_whitespace() => {
                self.skip(c.len_utf8());
                self.is_joined = false;
                return None;
            }
            ('"', None) => {
                closed(self.rest, '"', usize::MAX).map_or((Kind::Open, self.rest.len()), |end| (Kind::Text, end))
            }
            ('\'', None) => closed(self.rest, '\'', MAX_SINGLE).map_or((Kind::Sign, 1), |end| (Kind::Single, end)),
            (c, None) if c.is_ascii_digit() => (Kind::Number, number(self.rest)),
            (c, None) if is_wordly(c) => (Kind::Word, run(self.rest, is_wordly)),
            (c, None) if is_operator(c) => (Kind::Sign, run(self.rest, is_operator)),
            (c, None) => (Kind::Sign, c.len_utf8()),
        };
        let (place, is_joined) = (self.place, self.is_joined);
        self.is_joined = true;
        Some(Token { kind, text: self.skip(bytes), place, is_joined })
    }
}

fn is_wordly(c: char) -> bool {
    c.is_alphanumeric() && glyph(c).is_none() || c == '_'
}

fn is_operator(c: char) -> bool {
    matches!(c, '=' | '<' | '>' | '!' | '&' | '|' | '~')
}

/// Bytes at the start that `is` holds for.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// Bytes of a number: digits, and a point with digits behind it.
fn number(text: &str) -> usize {
    let digits = |text: &str| run(text, |c: char| c.is_ascii_digit() || c == '_');
    let whole = digits(text);
    let part = text.get(whole..).and_then(|rest| rest.strip_prefix('.')).map_or(0, digits);
    if part == 0 { whole } else { whole + 1 + part }
}

/// Characters within which a single quote must close: one that stands alone is looked for its end at each place.
const MAX_SINGLE: usize = 256;

/// Bytes up to and with the quote that closes the one at the start, among so many characters.
fn closed(text: &str, quote: char, most: usize) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1).take(most) {
        if c == quote && !is_escaped {
            return Some(at + c.len_utf8());
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    None
}

/// Bytes of characters that stand for the same; of a quote of print all up to its end, on this line.
fn foreign_run(text: &str, kind: Glyph) -> usize {
    let same = |c: char| match (glyph(c), kind) {
        (Some(Glyph::Like(_)), Glyph::Like(_)) => true,
        (found, kind) => found == Some(kind),
    };
    let own = run(text, same);
    if kind != Glyph::Quote {
        return own;
    }
    let first = text.chars().next().map_or(0, char::len_utf8);
    let ends = |c: char| c == '"' || c == '\'' || glyph(c) == Some(Glyph::Quote);
    let after = text.get(first..).unwrap_or_default();
    match after.char_indices().find(|(_, c)| ends(*c)) {
        Some((at, c)) => first + at + c.len_utf8(),
        None => first + run(after, is_wordly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(script: &str, expected: &[(Kind, &str)]) {
        let found: Vec<(Kind, &str)> = tokens(script).iter().map(|token| (token.kind, token.text)).collect();
        assert_eq!(found, expected, "{script}");
    }

    #[test]
    fn scripts_are_read_whatever_stands_in_them() {
        use Kind::{Fence, Foreign, Number, Open, Sign, Single, Text, Word};
        check("a.b >= 2.5 // c", &[(Word, "a"), (Sign, "."), (Word, "b"), (Sign, ">="), (Number, "2.5")]);
        check("\"a \\\" b\" 'c'", &[(Text, "\"a \\\" b\""), (Single, "'c'")]);
        check("/* a\nb */ c", &[(Word, "c")]);
        check("“GA” x", &[(Foreign(Glyph::Quote), "“GA”"), (Word, "x")]);
        check("“GA\" x", &[(Foreign(Glyph::Quote), "“GA\""), (Word, "x")]);
        check("a\u{a0}b", &[(Word, "a"), (Foreign(Glyph::Space), "\u{a0}"), (Word, "b")]);
        check("x ＝＝ 1", &[(Word, "x"), (Foreign(Glyph::Like('=')), "＝＝"), (Number, "1")]);
        check("```rhai\nx\n```", &[(Fence, "```rhai"), (Word, "x"), (Fence, "```")]);
        check("x == \"open\ny", &[(Word, "x"), (Sign, "=="), (Open, "\"open"), (Word, "y")]);
        check("2500,5 5%", &[(Number, "2500"), (Sign, ","), (Number, "5"), (Number, "5"), (Sign, "%")]);
        assert_eq!(tokens("a\n  é(1)").get(1).map(|token| token.place), Some((2, 3)));
        assert_eq!(tokens("a b(").iter().map(|token| token.is_joined).collect::<Vec<_>>(), [false, false, true]);
    }
}
