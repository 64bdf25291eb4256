//! Slips that keep `profile.toml` from being read as TOML at all: each told in words, with its place and what to write.
//!
//! In: the text and the reader's own words. Out: faults by place. Not here: keys and values that do not fit (`keys.rs`).

use super::glyphs::{Glyph, glyph, told};
use super::keys::Wrong;

/// Slips that are told of one file.
const MAX_SLIPS: usize = 20;

/// What is wrong, and what to write.
type Found = (usize, String, String);

/// Each looks at one line: its text, and the key and value where it has such.
const KINDS: &[fn(&Row<'_>) -> Option<Found>] =
    &[fence, foreign, block, colon, no_sign, day, number, bare, open, comma];

/// What is wrong with a text that is no TOML.
pub(super) fn unreadable(text: &str, error: &toml::de::Error) -> Vec<Wrong> {
    let mut found: Vec<Wrong> = Vec::new();
    let (mut at, mut in_long) = (0, false);
    for line in text.split_inclusive('\n') {
        let quotes = line.matches("\"\"\"").count();
        if !in_long && quotes == 0 {
            let row = Row::of(line.trim_end());
            if let Some((offset, what, fix)) = KINDS.iter().find_map(|look| look(&row)) {
                found.push(Wrong { at: at + offset, what, fix });
            }
        }
        in_long ^= quotes % 2 == 1;
        at += line.len();
    }
    found.truncate(MAX_SLIPS);
    if found.is_empty() {
        let at = error.span().map_or(0, |span| span.start);
        let fix = "a line is a key, `=` and a value: title = \"…\"; rules/README.md shows how a profile is written";
        found.push(Wrong { at, what: error.message().to_owned(), fix: fix.to_owned() });
    }
    found
}

/// The same day as rules write it: `31/12/2090` → `2090-12-31`. `None` for what is no day, or may be two.
pub(super) fn plain_day(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let number = |text: &str| text.parse::<u32>().ok();
    let (year, month, day) = match (a.len(), c.len()) {
        (4, _) => (number(a)?, number(b)?, number(c)?),
        (_, 4) if number(a)? > 12 => (number(c)?, number(b)?, number(a)?),
        (_, 4) if number(b)? > 12 => (number(c)?, number(a)?, number(b)?),
        (_, 4) if a == b => (number(c)?, number(a)?, number(b)?),
        _ => return None,
    };
    let text = format!("{year:04}-{month:02}-{day:02}");
    text.parse::<crate::codes::Date>().is_ok().then_some(text)
}

/// How a day is written, by the one that is meant where that can be told.
pub(super) fn day_fix(text: &str) -> String {
    match plain_day(text) {
        Some(day) => format!("write it as {day}"),
        None => "write year, month and day: 2027-01-31".to_owned(),
    }
}

/// A line of the file.
struct Row<'l> {
    line: &'l str,
    /// The word that it begins with, where it is no part of a list or table.
    key: &'l str,
    /// What stands behind that word, spaces left out.
    rest: &'l str,
    /// What stands behind `=`.
    value: Option<&'l str>,
}

impl<'l> Row<'l> {
    fn of(line: &'l str) -> Self {
        let begun = line.trim_start();
        let end = begun.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(begun.len());
        let (key, rest) = begun.split_at_checked(end).unwrap_or((begun, ""));
        let rest = rest.trim_start();
        Self { line, key, rest, value: rest.strip_prefix('=').map(str::trim).filter(|_| !key.is_empty()) }
    }

    /// Byte of the line at which it begins behind its spaces.
    fn begins(&self) -> usize {
        self.line.len() - self.line.trim_start().len()
    }

    /// Byte at which a part begins that stands last on the line.
    fn at(&self, part: &str) -> usize {
        self.line.rfind(part).unwrap_or_default()
    }

    /// The value where it has no quotes, brackets or braces, without a comment.
    fn plain(&self) -> Option<&'l str> {
        let value = self.value?.split('#').next()?.trim();
        let is_plain = value.chars().next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '+' | '-' | '.'));
        is_plain.then_some(value)
    }

    /// The parts outside of texts in quotes, each with its byte; a comment ends them.
    fn outside(&self) -> Vec<(usize, char)> {
        let mut parts = Vec::new();
        let (mut quote, mut is_escaped) = (None, false);
        for (at, c) in self.line.char_indices() {
            match quote {
                Some(open) => {
                    if c == open && !is_escaped {
                        quote = None;
                    }
                    is_escaped = c == '\\' && open == '"' && !is_escaped;
                }
                None if c == '#' => break,
                None if c == '"' || c == '\'' => quote = Some(c),
                None => parts.push((at, c)),
            }
        }
        parts
    }
}

fn fence(row: &Row<'_>) -> Option<Found> {
    let line = row.line.trim();
    let what = format!("`{line}` begins or ends a text that was copied from a message");
    line.starts_with("```").then(|| (row.begins(), what, "delete this line".to_owned()))
}

fn foreign(row: &Row<'_>) -> Option<Found> {
    let (at, kind) = row.outside().into_iter().find_map(|(at, c)| Some((at, glyph(c)?)))?;
    let rest = row.line.get(at..)?;
    let run = match kind {
        // A text in quotes of print is told whole: from the first of them to the last.
        Glyph::Quote => {
            let is_quote = |c: char| c == '"' || glyph(c) == Some(Glyph::Quote);
            let last = rest.char_indices().rfind(|(_, c)| is_quote(*c));
            last.map_or(rest.len(), |(at, c)| at + c.len_utf8())
        }
        _ => rest.find(|c| glyph(c).is_none()).unwrap_or(rest.len()),
    };
    let (what, fix) = told(rest.get(..run)?, kind);
    Some((at, what, fix))
}

/// `[indicators]`, which may stand once alone.
fn block(row: &Row<'_>) -> Option<Found> {
    let line = row.line.trim();
    let name = line.strip_prefix('[')?.strip_suffix(']')?;
    let is_one = !name.starts_with('[') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let what = format!("`{line}` has one bracket on each side, and begins no block of a list");
    is_one.then(|| (row.begins(), what, format!("write `[[{name}]]`")))
}

fn colon(row: &Row<'_>) -> Option<Found> {
    let value = row.rest.strip_prefix(':').filter(|_| !row.key.is_empty())?.trim_start_matches(['=', ' ']).trim();
    let what = format!("a colon stands behind `{}`, where `=` belongs", row.key);
    Some((row.begins(), what, format!("write {} = {}", row.key, quoted(value))))
}

fn no_sign(row: &Row<'_>) -> Option<Found> {
    if row.key.is_empty() || row.line.trim_start().starts_with('#') || !row.rest.starts_with(['"', '[', '\'']) {
        return None;
    }
    let what = format!("`=` is missing behind `{}`", row.key);
    Some((row.begins(), what, format!("write {} = {}", row.key, row.rest)))
}

fn day(row: &Row<'_>) -> Option<Found> {
    let value = row.plain()?;
    let is_day = value.starts_with(|c: char| c.is_ascii_digit())
        && value.split(['/', '.']).filter(|part| !part.is_empty()).count() == 3
        && value.chars().all(|c| c.is_ascii_digit() || c == '/' || c == '.');
    let what = format!("`{}` is {value}, a day that is written in another way and without quotes", row.key);
    let fix = match plain_day(value) {
        Some(day) => format!("write {} = \"{day}\"", row.key),
        None => format!("write year, month and day in quotes: {} = \"2027-01-31\"", row.key),
    };
    is_day.then(|| (row.at(value), what, fix))
}

fn number(row: &Row<'_>) -> Option<Found> {
    let value = row.plain().filter(|value| value.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let (number, behind) = value.split_at_checked(digits)?;
    let is_whole = behind.is_empty() || value.parse::<f64>().is_ok() || value.parse::<crate::codes::Date>().is_ok();
    let what = format!("`{}` is {value}, and `{}` is no part of a number", row.key, behind.trim());
    (!is_whole).then(|| (row.at(value), what, format!("write a number alone: {} = {number}", row.key)))
}

/// A text without quotes.
fn bare(row: &Row<'_>) -> Option<Found> {
    let value =
        row.plain().filter(|value| !value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')))?;
    let what = match value.to_lowercase().as_str() {
        "true" | "false" if value.to_lowercase() == value => return None,
        "true" | "yes" => (format!("`{value}` is not how yes is written"), format!("write {} = true", row.key)),
        "false" | "no" => (format!("`{value}` is not how no is written"), format!("write {} = false", row.key)),
        _ => (format!("the text of `{}` has no quotes", row.key), format!("write {} = {}", row.key, quoted(value))),
    };
    Some((row.at(value), what.0, what.1))
}

fn quoted(value: &str) -> String {
    let is_written = value.starts_with(['"', '[', '{', '\'']) || value.parse::<f64>().is_ok();
    if is_written || value.is_empty() { value.to_owned() } else { format!("\"{}\"", value.trim_matches('"')) }
}

/// A text that does not end on its line.
fn open(row: &Row<'_>) -> Option<Found> {
    let value = row.value.filter(|value| value.starts_with('"'))?;
    let is_open = unescaped(value).count() % 2 == 1;
    let what = format!("the quotes of `{}` are opened and not closed on this line", row.key);
    is_open.then(|| (row.at(value), what, "write `\"` where the text ends; within a text write `\\\"`".to_owned()))
}

/// Bytes at which quotes stand that open or close a text.
fn unescaped(text: &str) -> impl Iterator<Item = usize> + '_ {
    let is_open = |at: &usize| text.get(..*at).is_none_or(|before| !before.ends_with('\\'));
    text.match_indices('"').map(|(at, _)| at).filter(is_open)
}

/// Two texts side by side in a list.
fn comma(row: &Row<'_>) -> Option<Found> {
    let quotes: Vec<usize> = unescaped(row.line).collect();
    let (first, _) = quotes.as_chunks::<2>();
    let pairs = first.iter().zip(first.iter().skip(1));
    let (at, one, other) = pairs.into_iter().find_map(|([begin, end], [next, last])| {
        let between = row.line.get(end + 1..*next)?;
        let texts = (row.line.get(*begin..=*end)?, row.line.get(*next..=*last)?);
        between.trim().is_empty().then_some((*next, texts.0, texts.1))
    })?;
    Some((at, format!("no comma stands between {one} and {other}"), format!("write {one}, {other}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_with_their_place() {
        let check = |text: &str, at: usize, part: &str| {
            let error = toml::de::DeTable::parse(text).err().unwrap_or_else(|| panic!("{text} is read"));
            let found = unreadable(text, &error);
            let said: Vec<String> = found.iter().map(|one| format!("{} / {}", one.what, one.fix)).collect();
            assert!(said[0].contains(part) && found[0].at == at, "{text}: {said:?} {}", found[0].at);
        };
        check("a = 1\nb = “x y”\n", 10, "\"x y\"");
        check("b ＝ 1\n", 2, "`=`");
        check("b =\u{a0}\"x\"\n", 3, "U+00A0");
        check("[indicators]\na = 1\n[[indicators]]\n", 0, "`[[indicators]]`");
        check("owner: \"x\"\n", 0, "owner = \"x\"");
        check("owner \"x\"\n", 0, "owner = \"x\"");
        check("owner = Office of x\n", 8, "owner = \"Office of x\"");
        check("on = 31/12/2090\n", 5, "on = \"2090-12-31\"");
        check("on = 01/02/2090\n", 5, "2027-01-31");
        check("points = 65 points\n", 9, "points = 65");
        check("points = 6,5\n", 9, "points = 6");
        check("mandatory = yes\n", 12, "mandatory = true");
        check("owner = \"x\n", 8, "not closed");
        check("sources = [\"a\" \"b\"]\n", 15, "\"a\", \"b\"");
        check("```toml\na = 1\n", 0, "delete this line");
        // Long texts may hold anything.
        let long = "why = \"\"\"\n“a” owner: x\n\"\"\"\n";
        let found = unreadable(&format!("{long}b = ]\n"), &toml::de::DeTable::parse("b = ]\n").unwrap_err());
        assert!(found.len() == 1 && found[0].fix.contains("a line is a key"), "{found:?}");
    }

    #[test]
    fn a_day_is_turned_only_where_it_is_one() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(plain_day(text).as_deref(), expected, "{text}");
        check("31/12/2090", Some("2090-12-31"));
        check("12/31/2090", Some("2090-12-31"));
        check("31.12.2090", Some("2090-12-31"));
        check("2090/12/31", Some("2090-12-31"));
        check("2/2/2090", Some("2090-02-02"));
        check("1/2/2090", None);
        check("31/31/2090", None);
        check("next year", None);
    }
}
