//! What stands at a place of a line: a word, a field of a view, a text in quotes, and which field that text is compared with.
//!
//! In: a line, or the text before a place, whatever stands in it. Out: names and bytes. It reads what the parser refuses, since a line is
//! asked about while it is being written.

use std::ops::Range;

use palisander_engine::rules::{Field, View};

fn is_wordly(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Bytes of the word around a byte of a line; empty where there is none.
pub fn word(line: &str, at: usize) -> Range<usize> {
    let (before, after) = line.split_at_checked(at).unwrap_or((line, ""));
    let begins = before.char_indices().rev().take_while(|(_, c)| is_wordly(*c)).last().map_or(at, |(n, _)| n);
    let ends = after.find(|c| !is_wordly(c)).unwrap_or(after.len());
    begins..at.min(line.len()) + ends
}

/// The word that ends a text, behind spaces.
fn last_word(text: &str) -> &str {
    let end = text.trim_end().len();
    text.get(word(text, end)).unwrap_or_default()
}

/// What stands before the point that ends a text: `item` of `… item.`.
fn before_point(text: &str) -> Option<&str> {
    text.strip_suffix('.').map(last_word)
}

/// The field at a byte of a line, `item.origin`, in a script or between braces, with its bytes.
pub fn field(line: &str, at: usize) -> Option<(View, &'static Field, Range<usize>)> {
    let own = word(line, at);
    let view = View::by_name(before_point(line.get(..own.start)?)?)?;
    let (_, field) = view.field(line.get(own.clone())?)?;
    Some((view, field, own))
}

/// The field that a text ends by: `not(item.origin`.
pub fn field_at_end(text: &str) -> Option<(View, &'static Field)> {
    let end = text.trim_end().len();
    field(text, end).map(|(view, field, _)| (view, field))
}

/// The view whose fields are asked for at the end of a text, with the bytes of what is written of the field: `item.or`.
pub fn view_before(text: &str) -> Option<(View, Range<usize>)> {
    let own = word(text, text.len());
    let view = View::by_name(before_point(text.get(..own.start)?)?)?;
    Some((view, own))
}

/// The field whose tests are asked for at the end of a text: `item.words.sa`.
pub fn field_before(text: &str) -> Option<(View, &'static Field, Range<usize>)> {
    let own = word(text, text.len());
    let (view, field) = field_at_end(text.get(..own.start)?.strip_suffix('.')?)?;
    Some((view, field, own))
}

/// Bytes of the text in quotes around a byte of a line, quotes left out; its end is that of the line where it is not closed. `comment` is
/// what begins a comment.
pub fn quoted(line: &str, at: usize, comment: &str) -> Option<Range<usize>> {
    let (mut open, mut is_escaped) = (None, false);
    for (n, c) in line.char_indices() {
        match open {
            None if n >= at => return None,
            None if line.get(n..).is_some_and(|rest| rest.starts_with(comment)) => return None,
            None if c == '"' => open = Some(n + 1),
            Some(begin) if c == '"' && !is_escaped => {
                if at <= n && at >= begin {
                    return Some(begin..n);
                }
                open = None;
            }
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    open.filter(|begin| at >= *begin).map(|begin| begin..line.len())
}

/// Does a byte of a line stand in a comment?
pub fn is_comment(line: &str, at: usize, comment: &str) -> bool {
    let mut starts = line.match_indices(comment).map(|(n, _)| n);
    starts.any(|n| n < at && quoted(line, n, comment).is_none())
}

/// The field that a text in quotes is compared with, by what stands before its opening quote and behind its closing one: `item.origin ==
/// "`, `item.origin in ["GA", "`, `item.taxa.shares(["`, `"` … `" in item.genera`.
pub fn compared_with(before: &str, after: &str) -> Option<(View, &'static Field)> {
    let mut rest = before.trim_end();
    // Members of the list that stand before it.
    while let Some(member) = rest.strip_suffix(',').map(str::trim_end) {
        let text = member.strip_suffix('"')?;
        rest = text.get(..text.rfind('"')?)?.trim_end();
    }
    if let Some(list) = rest.strip_suffix('[').map(str::trim_end) {
        let of_set = list.strip_suffix('(').and_then(|call| call.trim_end().strip_suffix("shares")?.strip_suffix('.'));
        return field_at_end(of_set.or_else(|| list.strip_suffix("in"))?);
    }
    if let Some(field) = rest.strip_suffix("==").or_else(|| rest.strip_suffix("!=")).and_then(field_at_end) {
        return Some(field);
    }
    let behind = after.trim_start().strip_prefix("in ")?.trim_start();
    let point = behind.find('.')?;
    let end = behind.get(point + 1..)?.find(|c| !is_wordly(c)).map_or(behind.len(), |end| point + 1 + end);
    field_at_end(behind.get(..end)?)
}

/// The key of `profile.toml` whose value stands at a byte of a line: of the line, of an inline block, or of a list that began on a
/// line before. Whether it stands in an inline block comes with it.
pub fn key<'l>(lines: &[&'l str], n: usize, at: usize) -> Option<(&'l str, bool)> {
    let line = lines.get(n)?;
    let before = line.get(..at)?;
    if let Some(brace) = unquoted_brace(before) {
        let inside = before.get(brace + 1..)?;
        let sign = inside.rfind('=').filter(|sign| quoted(inside, *sign, "#").is_none())?;
        return Some((last_word(inside.get(..sign)?), true));
    }
    let own = |line: &'l str| {
        let (key, _) = line.split_once('=')?;
        let key = key.trim();
        (!key.is_empty() && key.chars().all(is_wordly)).then_some((key, false))
    };
    if before.contains('=')
        && let Some(key) = own(line)
    {
        return Some(key);
    }
    let above = lines.iter().take(n).rev().take_while(|line| !line.trim_start().starts_with("[["));
    let (key, begun) = above.filter_map(|line| Some((own(line)?, *line))).next()?;
    let is_open = begun.matches('[').count() > begun.matches(']').count();
    is_open.then_some(key)
}

/// The brace of an inline block that is open at the end of a text.
fn unquoted_brace(before: &str) -> Option<usize> {
    let is_free = |n: &usize| quoted(before, *n, "#").is_none_or(|text| text.start > *n);
    let last = |sign: char| before.match_indices(sign).map(|(n, _)| n).rfind(|n| is_free(n));
    let open = last('{')?;
    last('}').is_none_or(|close| close < open).then_some(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with the place marked by `|`.
    fn marked(text: &str) -> (String, usize) {
        (text.replacen('|', "", 1), text.find('|').unwrap())
    }

    #[test]
    fn words_fields_and_texts_are_found_around_a_place() {
        let check = |text: &str, expected: Option<&str>| {
            let (line, at) = marked(text);
            let found = field(&line, at).map(|(view, field, _)| format!("{}.{}", view.name(), field.name));
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("item.or|igin == \"GA\"", Some("item.origin"));
        check("not(item.origin|)", Some("item.origin"));
        check("reason = \"{taxon.na|me} é\"", Some("taxon.name"));
        check("é item.|origin", Some("item.origin"));
        check("it|em.origin", None);
        check("item.colo|ur", None);
        check("|", None);
        let check = |text: &str, expected: Option<&str>| {
            let (line, at) = marked(text);
            assert_eq!(quoted(&line, at, "//").and_then(|text| line.get(text)), expected, "{text}");
        };
        check("a == \"G|A\"", Some("GA"));
        check("a == \"|", Some(""));
        check("a == \"\\\"|", Some("\\\""));
        check("a == \"G\" |and \"b\"", None);
        check("// \"|a\"", None);
        check("\"//\" == \"|a\"", Some("a"));
        assert!(is_comment("a // b", 6, "//") && !is_comment("\"a // b\"", 6, "//"));
    }

    #[test]
    fn a_text_is_compared_with_a_field() {
        let check = |text: &str, expected: Option<&str>| {
            let (line, at) = marked(text);
            let own = quoted(&line, at, "//").unwrap();
            let (before, after) = (&line[..own.start - 1], line.get(own.end + 1..).unwrap_or_default());
            let found = compared_with(before, after).map(|(view, field)| format!("{}.{}", view.name(), field.name));
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("item.origin == \"|", Some("item.origin"));
        check("item.origin != \"G|\" and", Some("item.origin"));
        check("item.origin in [\"|", Some("item.origin"));
        check("item.origin in [\"GA\", \"CM\", \"|\"]", Some("item.origin"));
        check("x and item.taxa.shares([\"|", Some("item.taxa"));
        check("\"|\" in item.genera and item.form == \"log\"", Some("item.genera"));
        check("\"Dio|\" in taxon.name", Some("taxon.name"));
        check("item.words.says([\"|", None);
        check("\"|\" in list", None);
        check("\"|", None);
    }

    #[test]
    fn a_value_stands_under_its_key() {
        let check = |text: &str, expected: Option<(&str, bool)>| {
            let (text, at) = marked(text);
            let before = &text[..at];
            let n = before.matches('\n').count();
            let column = before.rsplit('\n').next().unwrap().len();
            assert_eq!(key(&text.lines().collect::<Vec<_>>(), n, column), expected, "{text}");
        };
        check("each = \"it|em\"", Some(("each", false)));
        check("each = |", Some(("each", false)));
        check("sources = [\n  \"a\",\n  \"|b\",\n]", Some(("sources", false)));
        check("steps = [\n  { step = \"|x\" },\n]", Some(("step", true)));
        check("steps = [\n  { step = \"x\", to = \"|\" },\n]", Some(("to", true)));
        check("steps = [{ step = \"x\", to = \"{item.origin}\", why = \"|\" }]", Some(("why", true)));
        check("reason = \"{item.|\"", Some(("reason", false)));
        check("points = 5\nea|ch", None);
        check("|", None);
    }
}
