//! Characters that text programs and other keyboards put where a plain one is meant.
//!
//! In: a character. Out: what it stands for, if it is none that rules are written in. Not here: where such a character does
//! harm (`tokens.rs` and `toml_slips.rs` look outside of texts in quotes).

/// What a foreign character stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glyph {
    /// A quote of print.
    Quote,
    /// A space that is not the plain one.
    Space,
    /// Nobody sees it.
    Unseen,
    /// The plain sign that it looks like.
    Like(char),
    /// A sign of print that rules write in two: `>=` and its like.
    Means(&'static str),
}

/// How far full-width characters lie behind the plain ones.
const WIDE: u32 = 0xff01 - 0x21;

/// What `c` stands for; `None` for what rules are written in, letters of all scripts among it.
pub(super) fn glyph(c: char) -> Option<Glyph> {
    Some(match c {
        '\u{ff02}' | '\u{ff07}' | '\u{300c}'..='\u{300f}' => Glyph::Quote,
        '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '″' => {
            Glyph::Quote
        }
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Glyph::Space,
        '\u{ad}' | '\u{feff}' => Glyph::Unseen,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' => Glyph::Unseen,
        '\u{ff01}'..='\u{ff5e}' => Glyph::Like(char::from_u32(u32::from(c) - WIDE)?),
        '‐' | '‑' | '‒' | '–' | '—' | '−' => Glyph::Like('-'),
        '、' => Glyph::Like(','),
        '×' => Glyph::Like('*'),
        '÷' => Glyph::Like('/'),
        '≥' => Glyph::Means(">="),
        '≤' => Glyph::Means("<="),
        '≠' => Glyph::Means("!="),
        '∧' => Glyph::Means("and"),
        '∨' => Glyph::Means("or"),
        '¬' => Glyph::Means("not"),
        _ => return None,
    })
}

/// What is wrong with a run of such characters that stand for the same, and what to write instead.
pub(super) fn told(run: &str, kind: Glyph) -> (String, String) {
    let named = || run.chars().next().map_or_else(String::new, |c| format!("U+{:04X}", u32::from(c)));
    match kind {
        Glyph::Quote => {
            let inner = run.trim_matches(|c| c == '"' || c == '\'' || glyph(c) == Some(Glyph::Quote));
            let what = format!("`{run}` stands in quotes as they are printed, not in straight ones");
            (what, format!("write it in straight quotes: \"{inner}\""))
        }
        Glyph::Space => {
            let what = format!("a no-break space or another space of print ({}) stands here", named());
            (what, "delete it and type a plain space".to_owned())
        }
        Glyph::Unseen => (format!("a sign that nobody sees ({}) stands here", named()), "delete it".to_owned()),
        Glyph::Like(_) => {
            let plain: String = run.chars().map(plain).collect();
            (format!("`{run}` looks like `{plain}` and is another sign"), format!("write `{plain}`"))
        }
        Glyph::Means(plain) => (format!("`{run}` is no sign of the rule language"), format!("write `{plain}`")),
    }
}

fn plain(c: char) -> char {
    match glyph(c) {
        Some(Glyph::Like(plain)) => plain,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_something_else_is_told() {
        let check = |run: &str, what: &str, fix: &str| {
            let told = told(run, glyph(run.chars().next().unwrap()).unwrap());
            assert!(told.0.contains(what) && told.1.contains(fix), "{told:?}");
        };
        check("“GA”", "`“GA”`", "\"GA\"");
        check("＝＝", "looks like `==`", "`==`");
        check("\u{a0}", "U+00A0", "plain space");
        check("\u{200b}", "nobody sees", "delete");
        check("≥", "`≥`", "`>=`");
        assert!(['é', 'я', '木', '"', '-', ' '].into_iter().all(|c| glyph(c).is_none()));
    }
}
