//! What stands in the two files of a profile and where: indicators in `profile.toml`, functions in `profile.rhai`.
//!
//! In: a text, whatever stands in it, also one that does not load. Out: names with their lines. Not here: what is wrong with it.

use std::ops::Range;

use lsp_types::{DocumentSymbol, SymbolKind};
use palisander_engine::rules::writing::Block;

use super::documents::{Document, Units};

/// What begins an indicator.
const INDICATORS: &str = "[[indicators]]";
/// What begins a step of its own.
const STEPS: &str = "[[indicators.next_steps]]";

/// A name, where it stands, and how far what it names goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    /// Line of the name, from 0.
    pub line: usize,
    /// Bytes of that line.
    pub bytes: Range<usize>,
    /// First line and the line behind the last.
    pub lines: Range<usize>,
    /// What is said of it: the comment above a function; what an indicator looks at and brings.
    pub about: String,
}

/// The indicators of a `profile.toml` that have a name.
pub fn indicators(text: &str) -> Vec<Named> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = lines.iter().enumerate().filter(|(_, line)| line.trim() == INDICATORS).map(|(n, _)| n);
    let begins: Vec<usize> = begins.collect();
    let ends = begins.iter().skip(1).copied().chain([lines.len()]);
    let blocks = begins.iter().copied().zip(ends);
    let named = blocks.filter_map(|(begin, end)| {
        let rows = || lines.iter().enumerate().take(end).skip(begin);
        let value = |key: &str| rows().find_map(|(n, line)| Some((n, *line, text_of(line, key)?)));
        let (line, whole, name) = value("name")?;
        let at = whole.find('"')? + 1;
        let plain = |key: &str| rows().find_map(|(_, line)| value_of(line, key)).unwrap_or("?").trim_matches('"');
        let about = format!("each {}, {} points", plain("each"), plain("points"));
        let bytes = at..at + name.len();
        Some(Named { name: name.to_owned(), line, bytes, lines: begin..end, about })
    });
    named.collect()
}

/// The functions of a script, with the comments above them.
pub fn functions(text: &str) -> Vec<Named> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<Named> = Vec::new();
    let mut about: Vec<&str> = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let begun = line.trim_start();
        if let Some(comment) = begun.strip_prefix("///") {
            about.push(comment.trim());
        } else if let Some(rest) = begun.strip_prefix("fn ") {
            let name: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let at = line.find("fn ").unwrap_or_default() + 3 + (rest.len() - rest.trim_start().len());
            let first = n - about.len().min(n);
            if let Some(last) = found.last_mut() {
                last.lines.end = first;
            }
            let bytes = at..at + name.len();
            found.push(Named { name, line: n, bytes, lines: first..lines.len(), about: about.join("\n") });
            about.clear();
        } else if !begun.starts_with("//") {
            about.clear();
        }
    }
    found.retain(|function| !function.name.is_empty());
    found
}

/// The value of a key on its line, as it is written.
pub fn value_of<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    line.trim_start().strip_prefix(key)?.trim_start().strip_prefix('=').map(str::trim)
}

fn text_of<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    value_of(line, key)?.strip_prefix('"')?.split('"').next()
}

/// The block in which a line of `profile.toml` stands, and the lines of it.
pub fn block(text: &str, n: usize) -> (Block, Range<usize>) {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &&str| line.trim_start().starts_with('[') && line.trim_end().ends_with("]]");
    let begin = lines.iter().take(n + 1).rposition(begins);
    let behind = begin.map_or(0, |begin| begin + 1);
    let end = lines.iter().skip(behind.max(n + 1)).position(begins);
    let end = end.map_or(lines.len(), |more| behind.max(n + 1) + more);
    let block = match begin.and_then(|begin| lines.get(begin)).map(|line| line.trim()) {
        None => Block::Head,
        Some(STEPS) => Block::Step,
        Some(_) => Block::Indicator,
    };
    (block, begin.unwrap_or(0)..end)
}

/// What an editor lists of a document.
#[expect(deprecated, reason = "the type of the protocol has a field that is no longer used and has no default")]
pub fn symbols(document: &Document, named: Vec<Named>, units: Units) -> Vec<DocumentSymbol> {
    let symbol = |one: Named| {
        let last = one.lines.end.saturating_sub(1).max(one.line);
        let whole = document.range(one.lines.start, 0..0, units);
        let end = document.range(last, document.line(last).len()..document.line(last).len(), units);
        DocumentSymbol {
            detail: Some(one.about.lines().next().unwrap_or_default().to_owned()).filter(|about| !about.is_empty()),
            selection_range: document.range(one.line, one.bytes, units),
            name: one.name,
            kind: SymbolKind::FUNCTION,
            tags: None,
            deprecated: None,
            range: lsp_types::Range::new(whole.start, end.end),
            children: None,
        }
    };
    named.into_iter().map(symbol).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = "id = \"x\"\n\n[[indicators]]\nname = \"a\"\neach = \"item\"\npoints = 5\n\n[[indicators]]\npoints = 1\n\n[[indicators]]\n  name = \"é\"\n[[indicators.next_steps]]\nstep = \"s\"\n";

    #[test]
    fn indicators_and_functions_are_found_with_their_lines() {
        let found: Vec<_> =
            indicators(TOML).into_iter().map(|one| (one.name, one.line, one.bytes, one.about)).collect();
        let (a, e) = ("each item, 5 points".to_owned(), "each ?, ? points".to_owned());
        assert_eq!(found, [("a".to_owned(), 3, 8..9, a), ("é".to_owned(), 11, 10..12, e)]);
        let script = "/// Looks.\n/// More.\nfn a(item) {\n  true\n}\n\n// no\nfn b() { 1 }\nfn (";
        let found: Vec<_> = functions(script).into_iter().map(|one| (one.name, one.lines, one.about)).collect();
        assert_eq!(found, [("a".to_owned(), 0..7, "Looks.\nMore.".to_owned()), ("b".to_owned(), 7..8, String::new())]);
    }

    #[test]
    fn every_line_stands_in_its_block() {
        let check = |n: usize, expected: (Block, Range<usize>)| assert_eq!(block(TOML, n), expected, "{n}");
        check(0, (Block::Head, 0..2));
        check(1, (Block::Head, 0..2));
        check(4, (Block::Indicator, 2..7));
        check(11, (Block::Indicator, 10..12));
        check(13, (Block::Step, 12..14));
        assert_eq!(block("", 0), (Block::Head, 0..0));
    }
}
