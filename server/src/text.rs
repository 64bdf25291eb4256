//! Characters of text from outside that a terminal obeys or a reader cannot see, and text without them.

use std::borrow::Cow;

/// True for what a terminal obeys or a reader cannot see: controls, marks of direction, separators of lines, tags.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Writes a character as JSON would.
pub(crate) fn escaped(c: char, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.push_str(&format!("\\u{unit:04x}"));
    }
}

/// One line: breaks and tabs become blanks, what acts is written out.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\r' => out.push(' '),
            c if acts(c) => escaped(c, &mut out),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}
