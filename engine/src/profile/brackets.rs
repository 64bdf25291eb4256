//! Brackets of a script: which of them is not closed, and which one encloses a place.
//!
//! In: tokens. Out: a slip, or a bracket.

use super::slip::Slip;
use super::tokens::{Kind, Token};

const PAIRS: [(&str, &str); 3] = [("(", ")"), ("[", "]"), ("{", "}")];

fn closer(opener: &str) -> Option<&'static str> {
    PAIRS.iter().find(|(open, _)| *open == opener).map(|(_, close)| *close)
}

fn is_closer(token: &Token<'_>) -> bool {
    token.kind == Kind::Sign && PAIRS.iter().any(|(_, close)| *close == token.text)
}

/// A bracket that is open, with the name of the function where it is the brace of one.
struct Opened<'t, 's> {
    token: &'t Token<'s>,
    of: Option<&'s str>,
}

/// The first bracket that does not close, or closes nothing.
pub(super) fn unclosed(tokens: &[Token<'_>]) -> Option<Slip> {
    let mut open: Vec<Opened<'_, '_>> = Vec::new();
    let mut function = None;
    for (n, token) in tokens.iter().enumerate() {
        if token.is("fn") {
            // No function stands within another: the one before is not closed.
            if let Some(first) = open.first() {
                return Some(left_open(first, function));
            }
            function = tokens.get(n + 1).map(|name| name.text);
        } else if token.kind == Kind::Sign && closer(token.text).is_some() {
            let of = function.filter(|_| open.is_empty() && token.text == "{");
            open.push(Opened { token, of });
        } else if is_closer(token) {
            match open.pop() {
                Some(last) if closer(last.token.text) == Some(token.text) => {}
                Some(last) => return Some(left_open(&last, function)),
                None => return Some(too_many(token, function)),
            }
        }
    }
    open.last().map(|last| left_open(last, function))
}

fn left_open(opened: &Opened<'_, '_>, function: Option<&str>) -> Slip {
    let (sign, close) = (opened.token.text, closer(opened.token.text).unwrap_or_default());
    let (what, fix) = match opened.of {
        Some(name) => {
            let what = format!("the brace `{sign}` of `{name}` is opened here and not closed");
            (what, format!("write `{close}` on a line of its own behind the test"))
        }
        None => (
            format!("`{sign}` is opened here and not closed"),
            format!("write `{close}` where that part of the test ends"),
        ),
    };
    Slip { place: opened.token.place, what, fix, is_sure: false, function: function.map(str::to_owned) }
}

fn too_many(token: &Token<'_>, function: Option<&str>) -> Slip {
    let what = format!("`{}` closes nothing: no bracket is open here", token.text);
    let fix = "delete it, or open the bracket before".to_owned();
    Slip { place: token.place, what, fix, is_sure: false, function: function.map(str::to_owned) }
}

/// Tokens that are looked back over for an open bracket: the longest list that a script may hold has a quarter of them.
const MAX_BACK: usize = 1_024;

/// The bracket that encloses the token at `n`, where it stands near.
pub(super) fn encloses<'s>(tokens: &[Token<'s>], n: usize) -> Option<&'s str> {
    let mut closed = 0_usize;
    for token in tokens.iter().take(n).rev().take(MAX_BACK).filter(|token| token.kind == Kind::Sign) {
        if is_closer(token) {
            closed += 1;
        } else if closer(token.text).is_some() {
            match closed.checked_sub(1) {
                Some(left) => closed = left,
                None => return Some(token.text),
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    #[test]
    fn the_bracket_that_is_left_open_is_found() {
        let check = |script: &str, place: Option<(usize, usize)>, part: &str| {
            let found = unclosed(&tokens(script));
            assert_eq!(found.as_ref().map(|slip| slip.place), place, "{script}");
            assert!(found.is_none_or(|slip| slip.what.contains(part)), "{script}");
        };
        check("fn t(item) { a[1] }", None, "");
        check("fn t(item) {\n not(a }", Some((2, 5)), "`(`");
        check("fn t(item) {\n a in [1 and b(c) }", Some((2, 7)), "`[`");
        check("fn t(item) { a\nfn u(item) { b }", Some((1, 12)), "`t`");
        check("fn t(item) { a ) }", Some((1, 12)), "`{`");
        check("fn t(item) { a } }", Some((1, 18)), "closes nothing");
    }
}
