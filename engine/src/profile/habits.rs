//! Slips of people who write scripts by habit of letters, spreadsheets and other languages: each told in words, with its place
//! and what to write.
//!
//! In: the text of a script that does not load. Out: [`Slip`]s by place. Not here: slips in `profile.toml` (`toml_slips.rs`),
//! fields and values that do not fit (`mend.rs`). Cost: one pass, only where something is wrong.

use super::brackets::unclosed;
use super::glyphs::{Glyph, told};
use super::slip::Slip;
use super::tokens::{Kind, Token, tokens};
use super::view::View;

/// Slips that are told of one script; more of them say nothing new.
const MAX_SLIPS: usize = 20;

/// Tokens that are looked back over for an `if`.
const MAX_BACK: usize = 256;

/// What is wrong, and what to write; whether it always is.
type Found = (String, String, bool);

/// Looks at one token among all.
type Look = fn(&[Token<'_>], usize) -> Option<Found>;

/// The first that finds something at a token tells it.
const KINDS: &[Look] = &[
    fence,
    foreign,
    single,
    open,
    capitals,
    comparison,
    spelled,
    hash,
    assignment,
    then,
    percent,
    decimal,
    grouped,
    unit,
    comma,
    opening,
    bare_not,
    alternative,
    joining,
];

/// All slips of a script, by place; of a kind that a line repeats, the first.
pub(super) fn slips(script: &str) -> Vec<Slip> {
    let tokens = without_foreign_comments(tokens(script));
    let mut slips: Vec<Slip> = Vec::new();
    let (mut function, mut last, mut fenced) = (None, None, false);
    for (n, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Word && before(&tokens, n, 1).is_some_and(|before| before.is("fn")) {
            function = Some(token.text.to_owned());
        }
        let found = KINDS.iter().enumerate().find_map(|(kind, look)| Some((kind, look(&tokens, n)?)));
        let Some((kind, (what, fix, is_sure))) = found else { continue };
        // The second of two on one line is mended with the first, and the fence that closes with the one that opens.
        let is_told = last == Some((kind, token.place.0)) || token.kind == Kind::Fence && fenced;
        fenced |= token.kind == Kind::Fence;
        if !is_told && slips.len() < MAX_SLIPS {
            slips.push(Slip { place: token.place, what, fix, is_sure, function: function.clone() });
        }
        last = Some((kind, token.place.0));
    }
    if slips.is_empty() {
        slips.extend(unclosed(&tokens));
    }
    slips
}

/// The token so many before the one at `n`.
fn before<'t, 's>(tokens: &'t [Token<'s>], n: usize, by: usize) -> Option<&'t Token<'s>> {
    tokens.get(n.checked_sub(by)?)
}

fn fence(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.kind == Kind::Fence)?;
    let what = format!("`{}` begins or ends a text that was copied from a message", own.text);
    Some((what, "delete this line, and the one that closes it".to_owned(), false))
}

fn foreign(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n)?;
    let Kind::Foreign(kind) = own.kind else { return None };
    let (what, fix) = told(own.text, kind);
    Some((what, fix, true))
}

fn single(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.kind == Kind::Single)?;
    let what = format!("`{}` stands in single quotes", own.text);
    Some((what, format!("write it in straight double quotes: \"{}\"", own.text.trim_matches('\'')), true))
}

/// A text that does not end on its line, or ends by a quote of print.
fn open(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n)?;
    let (printed, _) = own.text.char_indices().find(|(_, c)| super::glyphs::glyph(*c) == Some(Glyph::Quote)).unzip();
    match (own.kind, printed.and_then(|at| own.text.get(1..at))) {
        (Kind::Text | Kind::Open, Some(inner)) => {
            let what = format!("the text `\"{inner}` ends by a quote as it is printed, not by a straight one");
            Some((what, format!("write it in straight quotes: \"{inner}\""), false))
        }
        (Kind::Open, None) => {
            let what = format!("the quotes of `{}` are not closed on this line", excerpt(own.text));
            Some((what, "write `\"` where the text ends".to_owned(), false))
        }
        _ => None,
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Words of the language in other letters than small ones.
fn capitals(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.kind == Kind::Word)?;
    let small = own.text.to_lowercase();
    if small == own.text || before(tokens, n, 1).is_some_and(|before| before.is(".")) {
        return None;
    }
    let what = format!("`{}` is written in small letters", own.text);
    match small.as_str() {
        "and" | "or" | "in" | "if" | "else" | "true" | "false" => Some((what, format!("write `{small}`"), true)),
        "not" => Some((what, "write `not(…)`, with the test in the parentheses".to_owned(), true)),
        "fn" => Some((what, "write `fn`".to_owned(), true)),
        view if View::by_name(view).is_some() => {
            tokens.get(n + 1).filter(|next| next.is("."))?;
            Some((what, format!("write `{small}`"), true))
        }
        _ => None,
    }
}

/// Comparisons as other languages write them, and the one that is meant.
const COMPARISONS: &[(&str, &str, bool)] = &[
    ("=>", ">=", false),
    ("=<", "<=", true),
    ("<>", "!=", true),
    ("><", "!=", true),
    ("===", "==", true),
    ("!==", "!=", true),
    ("=!", "!=", true),
    ("~=", "==", true),
    ("&", "and", false),
    ("|", "or", false),
];

fn comparison(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.kind == Kind::Sign)?;
    let (sign, meant, is_sure) = COMPARISONS.iter().find(|(sign, _, _)| *sign == own.text)?;
    Some((format!("`{sign}` is no sign of the rule language"), format!("write `{meant}`"), *is_sure))
}

/// Words for comparisons, with what is written for them.
const SPELLED: &[(&str, &str)] = &[
    ("is", "=="),
    ("equals", "=="),
    ("equal", "=="),
    ("eq", "=="),
    ("isnt", "!="),
    ("differs", "!="),
    ("above", ">"),
    ("over", ">"),
    ("exceeds", ">"),
    ("below", "<"),
    ("under", "<"),
    ("contains", "in"),
    ("includes", "in"),
    ("has", "in"),
    ("between", ">="),
];

/// A comparison in words between two values: `item.form is "log"`, `item.genera contains "Osyris"`, `… between 2 and 9`.
fn spelled(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.kind == Kind::Word)?;
    let small = own.text.to_lowercase();
    let (_, sign) = SPELLED.iter().find(|(word, _)| *word == small)?;
    before(tokens, n, 1).filter(|before| before.ends_value())?;
    let value = tokens.get(n + 1).filter(|next| matches!(next.kind, Kind::Word | Kind::Text | Kind::Number))?;
    let field = match [before(tokens, n, 3), before(tokens, n, 2), before(tokens, n, 1)] {
        [Some(view), Some(dot), Some(field)] if dot.is(".") => format!("{}.{}", view.text, field.text),
        [_, _, field] => field.map(|field| field.text.to_owned()).unwrap_or_default(),
    };
    let upper = tokens.get(n + 2).filter(|and| and.is("and")).and(tokens.get(n + 3));
    let fix = match (*sign, small.as_str(), upper.filter(|upper| upper.kind == Kind::Number)) {
        (_, "between", Some(upper)) => format!("write `{field} >= {} and {field} <= {}`", value.text, upper.text),
        (_, "between", None) => format!("write both limits: `{field} >= … and {field} <= …`"),
        ("in", ..) => format!("write what is looked for first: `{} in {field}`", value.text),
        (sign, ..) => format!("write `{sign}`"),
    };
    Some((format!("`{}` is no word of the rule language", own.text), fix, false))
}

/// A comment as other languages begin one.
fn hash(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    is_hash(tokens, n).then(|| ("`#` begins no comment here".to_owned(), "write `//`".to_owned(), false))
}

/// Does a line begin by `#`, and not by the `#{` of a map?
fn is_hash(tokens: &[Token<'_>], n: usize) -> bool {
    let Some(own) = tokens.get(n).filter(|token| token.is("#")) else { return false };
    let is_first = before(tokens, n, 1).is_none_or(|before| before.place.0 < own.place.0);
    is_first && !tokens.get(n + 1).is_some_and(|next| next.is("{") && next.is_joined)
}

/// The tokens without what such comments say: words of people, in which nothing is a slip.
fn without_foreign_comments(mut all: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let lines: Vec<usize> =
        (0..all.len()).filter(|n| is_hash(&all, *n)).filter_map(|n| Some(all.get(n)?.place.0)).collect();
    // They are in order; a script may be nothing but such lines.
    all.retain(|token| token.is("#") || lines.binary_search(&token.place.0).is_err());
    all
}

/// One `=` outside of `let name =`: sure where a field stands before it.
fn assignment(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    tokens.get(n).filter(|token| token.is("="))?;
    let is_field = before(tokens, n, 2).is_some_and(|before| before.is("."));
    let names = before(tokens, n, 2).is_some_and(|before| before.is("let") || before.is("const"));
    let arithmetic = before(tokens, n, 1).is_some_and(|before| ["+", "-", "*", "/", "%"].iter().any(|s| before.is(s)));
    let what = "one `=` gives a name to something and compares nothing".to_owned();
    (!names && !arithmetic).then(|| (what, "write `==`".to_owned(), is_field))
}

fn then(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.is("then"))?;
    tokens.iter().take(n).rev().take(MAX_BACK).take_while(|token| !token.is("fn")).find(|token| token.is("if"))?;
    let what = format!("a rule has no `if … {}`: its function is one test that answers yes or no", own.text);
    Some((what, "write only the test itself, without `if` and without what comes after `then`".to_owned(), false))
}

fn percent(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.is("%") && token.is_joined)?;
    let number = before(tokens, n, 1).filter(|before| before.kind == Kind::Number)?;
    let is_remainder = tokens.get(n + 1).is_some_and(|next| next.is("(") || next.kind == Kind::Number);
    let share = number.text.parse::<f64>().ok()? / 100.0;
    let what = format!("`{}{}`: there is no percent sign", number.text, own.text);
    (!is_remainder).then(|| (what, format!("write the share: {share}"), true))
}

/// `2500,5` outside of a list.
fn decimal(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let comma = tokens.get(n).filter(|token| token.is(",") && token.is_joined)?;
    let whole = before(tokens, n, 1).filter(|before| before.kind == Kind::Number)?;
    let part = tokens.get(n + 1).filter(|next| next.kind == Kind::Number && next.is_joined)?;
    if super::brackets::encloses(tokens, n) == Some("[") {
        return None;
    }
    let what = format!("`{}{}{}`: a comma ends a number", whole.text, comma.text, part.text);
    let fix = match part.text.len() {
        3 => format!("write {}{} for thousands, {}.{} for a part of one", whole.text, part.text, whole.text, part.text),
        _ => format!("write the decimal point: {}.{}", whole.text, part.text),
    };
    Some((what, fix, true))
}

/// `2 500` and `2'500`.
fn grouped(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let part = tokens.get(n).filter(|token| token.kind == Kind::Number)?;
    let (sign, by) = before(tokens, n, 1).filter(|before| before.is("'")).map_or((" ", 1), |_| ("'", 2));
    let whole = before(tokens, n, by).filter(|before| before.kind == Kind::Number)?;
    let what = format!("`{}{sign}{}`: nothing parts the digits of a number", whole.text, part.text);
    Some((what, format!("write {}{}", whole.text, part.text), true))
}

fn unit(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.kind == Kind::Word)?;
    let number = before(tokens, n, 1).filter(|before| before.kind == Kind::Number)?;
    let is_word = super::tokens::KEYWORDS.contains(&own.text.to_lowercase().as_str()) || own.is("then");
    let what = format!("`{}` stands behind the number {}", own.text, number.text);
    (!is_word).then(|| (what, format!("write {} alone: the name of a field says its unit", number.text), true))
}

fn comma(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.kind == Kind::Text)?;
    let other = before(tokens, n, 1).filter(|before| before.kind == Kind::Text)?;
    let what = format!("no comma stands between {} and {}", other.text, own.text);
    Some((what, format!("write {}, {}", other.text, own.text), true))
}

/// The word by which other languages begin a function.
fn opening(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| ["function", "func", "def", "rule"].iter().any(|word| token.is(word)))?;
    tokens.get(n + 1).filter(|next| next.kind == Kind::Word)?;
    tokens.get(n + 2).filter(|next| next.is("("))?;
    Some((format!("`{}` begins no function here", own.text), "write `fn`".to_owned(), false))
}

/// `item.origin == "GA" or "CM"`: the second text stands alone.
fn alternative(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| token.kind == Kind::Text)?;
    before(tokens, n, 1).filter(|or| or.is("or"))?;
    let first = before(tokens, n, 2).filter(|first| first.kind == Kind::Text)?;
    before(tokens, n, 3).filter(|sign| sign.is("=="))?;
    let [view, field] = [6, 4].map(|by| before(tokens, n, by).filter(|name| name.kind == Kind::Word));
    let (view, field) = (view?, field.filter(|_| before(tokens, n, 5).is_some_and(|dot| dot.is(".")))?);
    let is_test = tokens.get(n + 1).is_some_and(|next| next.is("in") || next.is("=="));
    let what = format!("{} stands alone behind `or`: it is compared with nothing", own.text);
    let fix = format!("write `{}.{} in [{}, {}]`", view.text, field.text, first.text, own.text);
    (!is_test).then_some((what, fix, true))
}

/// `not` without parentheses.
fn bare_not(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    tokens.get(n).filter(|token| token.is("not"))?;
    let next = tokens.get(n + 1).filter(|next| next.kind == Kind::Word || next.kind == Kind::Text)?;
    let what = format!("`not` stands before `{}` without a parenthesis", next.text);
    Some((what, "write `not(…)`, with the test in the parentheses".to_owned(), false))
}

/// A test behind a test, with nothing or a comma between.
fn joining(tokens: &[Token<'_>], n: usize) -> Option<Found> {
    let own = tokens.get(n).filter(|token| View::by_name(token.text).is_some() && token.kind == Kind::Word)?;
    tokens.get(n + 1).filter(|next| next.is("."))?;
    let is_comma = before(tokens, n, 1).is_some_and(|before| before.is(","));
    let last = before(tokens, n, if is_comma { 2 } else { 1 }).filter(|last| last.ends_value())?;
    // A word of the language in other letters joins, and is told by itself.
    let small = last.text.to_lowercase();
    if small == "not" || super::tokens::KEYWORDS.contains(&small.as_str()) {
        return None;
    }
    if is_comma && super::brackets::encloses(tokens, n) != Some("{") {
        return None;
    }
    let what = format!("a test ends by `{}`, and another begins by `{}` without a word between", last.text, own.text);
    Some((what, "join them by `and` or `or`".to_owned(), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `expected`: parts of what is said, in order of the slips.
    fn check(test: &str, expected: &[&str]) {
        let found: Vec<Slip> = slips(&format!("fn t(item) {{\n{test}\n}}"));
        let said: Vec<String> = found.iter().map(|slip| format!("{} / {}", slip.what, slip.fix)).collect();
        assert_eq!(said.len(), expected.len(), "{test}: {said:?}");
        assert!(said.iter().zip(expected).all(|(said, part)| said.contains(part)), "{said:?} {expected:?}");
        assert!(found.iter().all(|slip| slip.function.as_deref() == Some("t") && slip.place.0 >= 1));
    }

    #[test]
    fn every_slip_is_told_once_a_line() {
        check("item.origin == “GA” or item.origin == “CM”", &["\"GA\""]);
        check("item.origin == 'GA' AND item.form = \"log\"", &["single quotes", "`and`", "`==`"]);
        check("item.volume_m3 => 2500,5", &["`>=`", "2500.5"]);
        check("item.volume_m3 > 2,500", &["2500 for thousands"]);
        check("item.volume_m3 > 2 500", &["write 2500"]);
        check("item.volume_m3 > 5 m3", &["write 5 alone"]);
        check("item.volume_m3 > 5% and item.is_wood", &["0.05"]);
        check("item.origin in [\"GA\" \"CM\"]", &["no comma"]);
        check("item.origin == \"GA\" or \"CM\" and item.is_wood", &["item.origin in [\"GA\", \"CM\"]"]);
        check("item.origin == \"GA\", item.is_wood", &["`and` or `or`"]);
        check("if item.is_wood then true", &["test itself"]);
        check("item.origin == \"GA and item.is_wood", &["not closed"]);
        check("not(item.is_wood", &["`(`"]);
        check("item.form is \"log\" and item.is_wood", &["write `==`"]);
        check("item.genera includes \"Osyris\"", &["`\"Osyris\" in item.genera`"]);
        check("item.volume_m3 between 2 and 9.5", &["`item.volume_m3 >= 2 and item.volume_m3 <= 9.5`"]);
        check("item.volume_m3 exceeds 20", &["write `>`"]);
        check("# of the desk\nitem.is_wood", &["write `//`"]);
    }

    #[test]
    fn what_is_right_is_no_slip() {
        for test in [
            "let heavy = item.volume_m3 >= 2.5; heavy and not(\"sample\" in item.claims)",
            "item.origin in [\"GA\", \"CM\"] // “GA” AND 'CM' = 5%",
            "item.description == \"50 % “OFF”, 2,5 m\"",
            "let a = 1; a += 1; a % 2 == 0",
            "item.origin == \"GA\" or \"CM\" in item.taxa",
            "let over = item.volume_m3 > 2; over and has(item.taxa)",
        ] {
            let found: Vec<Slip> =
                slips(&format!("fn t(item) {{\n{test}\n}}")).into_iter().filter(|s| s.is_sure).collect();
            assert_eq!(found, [], "{test}");
        }
        assert!(slips("/// AND\nfn t(item, consignment) { item.form == consignment.procedure }").is_empty());
    }
}
