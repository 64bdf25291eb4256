//! Text from outside, made safe for where it is shown: a terminal, a web page, a spreadsheet.
//!
//! In: any text. Out: the same text, in which nothing moves a cursor, turns the direction of reading, hides, or is run as
//! code. Such a character is written as JSON writes it (`\u202e`), so that the reader sees that it is there and JSON stays
//! the same JSON. [`Safe`] is the last thing before standard output: whatever command prints, nothing raw comes through.
//! Not here: wrapping, colours (they are put on text that is safe already).

use std::borrow::Cow;
use std::io::Write;

use crate::text::escaped;
pub use crate::text::{acts, line};

/// Several lines: the same, but breaks and tabs stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    let acts = |c: char| acts(c) && !matches!(c, '\n' | '\t');
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts(c) { escaped(c, &mut out) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// Text of a web page, also between the quotes of an attribute.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A cell of a CSV: what a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection; the
/// full-width signs, which spreadsheets take for the others). Quotes are the writer's work.
pub fn cell(text: &str) -> Cow<'_, str> {
    let starts_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠');
    let leads = text.starts_with(starts_formula) || text.trim_start().starts_with(starts_formula);
    if leads { Cow::Owned(format!("'{}", line(text))) } else { line(text) }
}

/// A writer that lets lines of text through and writes out what acts.
#[derive(Debug)]
pub struct Safe<W> {
    inner: W,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl<W: Write> Safe<W> {
    /// A writer that makes safe what goes to `inner`.
    pub fn new(inner: W) -> Self {
        Self { inner, begun: Vec::new() }
    }

    /// What is behind it. Bytes of a character that never ended are dropped.
    pub fn into_inner(self) -> W {
        self.inner
    }

    /// Writes past the filter: text whose parts are safe, with colours between them.
    pub fn past(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.inner.write_all(bytes)
    }

    fn text(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.inner.write_all(lines(text).as_bytes()),
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.inner.write_all(lines(&String::from_utf8_lossy(good)).as_bytes())?;
                    let Some(length) = error.error_len() else {
                        self.begun = bad.to_vec();
                        return Ok(());
                    };
                    self.inner.write_all("\u{fffd}".as_bytes())?;
                    rest = bad.get(length..).unwrap_or_default();
                }
            }
        }
        Ok(())
    }
}

/// True for bytes that can be a part of something that acts: most text has none, and is passed on as it is.
fn may_act(byte: &u8) -> bool {
    matches!(byte, 0..=8 | 11..=31 | 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef | 0xf3)
}

impl<W: Write> Write for Safe<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.begun.is_empty() && !bytes.iter().any(may_act) && bytes.last().is_none_or(u8::is_ascii) {
            self.inner.write_all(bytes)?;
        } else {
            let mut all = std::mem::take(&mut self.begun);
            all.extend_from_slice(bytes);
            self.text(&all)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `(text, on one line, in HTML, in a cell)`
    #[test]
    fn what_acts_is_written_out() {
        for (text, one_line, in_html, in_cell) in [
            ("ROSEWOOD 24 m³", "ROSEWOOD 24 m³", "ROSEWOOD 24 m³", "ROSEWOOD 24 m³"),
            ("a\nb\tc", "a b c", "a b c", "a b c"),
            ("\u{1b}[2J", "\\u001b[2J", "\\u001b[2J", "\\u001b[2J"),
            ("\u{202e}GOLD", "\\u202eGOLD", "\\u202eGOLD", "\\u202eGOLD"),
            ("\u{9b}31m\u{7f}", "\\u009b31m\\u007f", "\\u009b31m\\u007f", "\\u009b31m\\u007f"),
            ("\u{e0041}", "\\udb40\\udc41", "\\udb40\\udc41", "\\udb40\\udc41"),
            ("<b a=\"'\">&", "<b a=\"'\">&", "&lt;b a=&quot;&#39;&quot;&gt;&amp;", "<b a=\"'\">&"),
            ("=1+1", "=1+1", "=1+1", "'=1+1"),
            ("+1", "+1", "+1", "'+1"),
            ("-1", "-1", "-1", "'-1"),
            ("@SUM", "@SUM", "@SUM", "'@SUM"),
            ("\t=1", " =1", " =1", "' =1"),
            (" =1", " =1", " =1", "' =1"),
            ("＝1", "＝1", "＝1", "'＝1"),
        ] {
            assert_eq!((&*line(text), &*html(text), &*cell(text)), (one_line, in_html, in_cell), "{text:?}");
        }
    }

    proptest! {
        /// However the bytes are cut, nothing that acts comes through, and JSON is the same JSON.
        #[test]
        fn nothing_that_acts_comes_through(text in "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}]|[\u{2028}-\u{202e}\u{2066}-\u{2069}\u{feff}]){0,40}", cut in 0_usize..80) {
            let json = serde_json::to_string(&text).unwrap();
            for text in [&text, &json] {
                let bytes = text.as_bytes();
                let (first, rest) = bytes.split_at(cut.min(bytes.len()));
                let mut out = Safe::new(Vec::new());
                out.write_all(first).unwrap();
                out.write_all(rest).unwrap();
                let shown = String::from_utf8(out.inner).unwrap();
                prop_assert!(shown.chars().all(|c| !acts(c) || matches!(c, '\n' | '\t')), "{shown:?}");
                prop_assert_eq!(shown, lines(text));
            }
            let shown = lines(&json).into_owned();
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }
}
