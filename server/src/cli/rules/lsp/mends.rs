//! A finding that one replacement mends, as a quick fix.
//!
//! In: a finding, whose words name what to write. Out: an edit, if the rules with it no longer have the finding and none that they cannot
//! be read: what is offered was tried. Cost: the folder is judged once for each that is tried.

use std::collections::HashMap;
use std::ops::Range;

use lsp_types::{CodeAction, CodeActionKind, TextEdit, WorkspaceEdit};
use palisander_engine::Engine;
use palisander_engine::rules::ProfileFault;

use super::documents::{Document, Documents, Units};
use super::findings::{Judged, Stands};
use super::home::{Home, TOML};

/// Edits that are tried for one request.
const MAX_TRIED: usize = 6;

/// Findings after which nothing else of a file is looked at.
const UNREAD: [&str; 2] = ["P001", "P031"];

/// Quick fixes of what is marked on some lines of a document.
pub fn mends(
    shipped: &Engine,
    document: &Document,
    home: &Home,
    judged: &Judged,
    documents: &Documents,
    (lines, units): (Range<usize>, Units),
) -> Vec<CodeAction> {
    let mut found = Vec::new();
    let mut n_tried = 0;
    for fault in judged.of_profile(home) {
        let stands = Stands::of(fault, home, documents);
        let Some((n, marked)) = stands.at.filter(|_| stands.path == document.path) else { continue };
        if !lines.contains(&n) {
            continue;
        }
        for (bytes, text) in candidates(fault, document.line(n), &marked) {
            n_tried += 1;
            if n_tried > MAX_TRIED {
                return found;
            }
            let range = document.range(n, bytes.clone(), units);
            let mended = replaced(document, n, bytes, &text);
            if !holds(shipped, fault, home, judged, documents, document, mended) {
                continue;
            }
            let edits = vec![TextEdit { range, new_text: text.clone() }];
            #[expect(clippy::mutable_key_type, reason = "the key of the protocol's type; no address is changed")]
            let changes = HashMap::from([(document.uri.clone(), edits)]);
            found.push(CodeAction {
                title: format!("write {text}"),
                kind: Some(CodeActionKind::QUICKFIX),
                edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
                is_preferred: Some(true),
                ..CodeAction::default()
            });
            break;
        }
    }
    found
}

/// The text with some bytes of a line replaced.
fn replaced(document: &Document, n: usize, bytes: Range<usize>, text: &str) -> String {
    let begin: usize = document.text.split_inclusive('\n').take(n).map(str::len).sum();
    let mut mended = document.text.clone();
    mended.replace_range(begin + bytes.start..begin + bytes.end, text);
    mended
}

/// Is the finding gone, and nothing unread that was read?
fn holds(
    shipped: &Engine,
    fault: &ProfileFault,
    home: &Home,
    judged: &Judged,
    documents: &Documents,
    document: &Document,
    mended: String,
) -> bool {
    let mut open = Documents::default();
    let others = documents.all().filter(|other| other.path != document.path);
    let texts = others.map(|other| (other, other.text.clone())).chain([(document, mended)]);
    for (other, text) in texts {
        if open.put(&other.uri, &other.path, other.version.unwrap_or_default(), text).is_err() {
            return false;
        }
    }
    let Ok(tried) = Judged::of(shipped, home, &open, std::slice::from_ref(&home.id)) else { return false };
    let is_left = tried.of_profile(home).any(|left| left.code == fault.code && left.what == fault.what);
    let n_unread = |judged: &Judged| judged.of_profile(home).filter(|one| UNREAD.contains(&one.code)).count();
    !is_left && n_unread(&tried) <= n_unread(judged)
}

/// What may be replaced by what, by the words of a finding: the likeliest first.
fn candidates(fault: &ProfileFault, line: &str, marked: &Range<usize>) -> Vec<(Range<usize>, String)> {
    let Some(text) = instead(&fault.fix) else { return Vec::new() };
    // `points = 65`: the key with its value, as far as the line goes.
    if fault.file == TOML
        && let Some((key, _)) = text.split_once(" = ")
    {
        let begin = line.len() - line.trim_start().len();
        let is_own = line.get(begin..).is_some_and(|rest| rest.starts_with(key)) && !line.contains('#');
        return if is_own { vec![(begin..line.trim_end().len(), text)] } else { Vec::new() };
    }
    let rest = line.get(marked.start..).unwrap_or_default();
    let named = fault.what.split('`').skip(1).step_by(2).filter(|named| !named.is_empty());
    let named = named.filter_map(|named| rest.find(named).map(|at| marked.start + at..marked.start + at + named.len()));
    let mut all: Vec<Range<usize>> = named.filter(|bytes| bytes.start == marked.start).collect();
    all.push(marked.clone());
    // What the words name elsewhere on the line is tried last.
    let words = fault.what.split('`').skip(1).step_by(2).filter(|named| !named.is_empty());
    all.extend(words.filter_map(|word| line.find(word).map(|at| at..at + word.len())));
    let mut seen: Vec<Range<usize>> = Vec::new();
    all.retain(|bytes| {
        !seen.contains(bytes) && line.get(bytes.clone()) != Some(text.as_str()) && {
            seen.push(bytes.clone());
            true
        }
    });
    all.into_iter().map(|bytes| (bytes, text.clone())).collect()
}

/// The one thing that the words say to write; `None` where they name several, or leave something open.
fn instead(fix: &str) -> Option<String> {
    let last = fix.rsplit(": ").next()?;
    let after = |words: &str| fix.strip_prefix(words);
    let text = if let Some(meant) = after("did you mean `") {
        meant.strip_suffix("`?")?
    } else if let Some(sign) = after("write `").and_then(|rest| rest.strip_suffix('`')) {
        sign
    } else if last.starts_with('"') && last.ends_with('"') && last.len() > 1 {
        last
    } else if let Some(code) = after("write ").filter(|code| code.starts_with('"') && code.ends_with('"')) {
        code
    } else {
        // A key of `profile.toml` with its value.
        let pair = if last == fix { after("write ")? } else { last };
        let (key, _) = pair.split_once(" = ")?;
        let is_key = key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_key.then_some(pair)?
    };
    let is_plain = !text.contains('…') && !text.contains('`') && !text.is_empty();
    is_plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_thing_that_is_said_whole_is_written() {
        for (fix, expected) in [
            ("write `and`", Some("and")),
            ("write `==`", Some("==")),
            ("did you mean `origin`?", Some("origin")),
            ("did you mean `origin` or `hs`?", None),
            ("write it in straight quotes: \"GA\"", Some("\"GA\"")),
            ("write \"GA\"", Some("\"GA\"")),
            ("write points = 65", Some("points = 65")),
            ("write it in small letters: floor = \"yellow\"", Some("floor = \"yellow\"")),
            ("write `not(…)`, with the test in the parentheses", None),
            ("write title = \"…\", owner = \"…\"", None),
            ("write `item.origin in [\"GA\", \"CM\"]`", Some("item.origin in [\"GA\", \"CM\"]")),
            ("make them equal", None),
            ("", None),
        ] {
            assert_eq!(instead(fix).as_deref(), expected, "{fix}");
        }
    }
}
