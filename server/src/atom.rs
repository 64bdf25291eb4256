//! A page of what everybody may read, as an Atom document (RFC 4287).
//!
//! In: a page, and addresses of it and of the next one. Out: XML 1.0 in UTF-8. What a reader of XML may not meet (controls,
//! noncharacters) is replaced, so that no text breaks a document.

use std::borrow::Cow;
use std::fmt::Write;

use palisander_engine::Date;

use crate::service::feed::{Page, Published};

/// Media type of the document.
pub const MEDIA_TYPE: &str = "application/atom+xml";

/// The document; `own` and `next` are addresses on this service.
pub fn document(page: &Page, own: &str, next: Option<&str>) -> String {
    let mut text = String::new();
    // Writing into a text does not fail.
    let _ = write(&mut text, page, own, next);
    text
}

fn write(out: &mut String, page: &Page, own: &str, next: Option<&str>) -> std::fmt::Result {
    out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
    writeln!(out, "<id>{}</id>", urn(&page.feed))?;
    out.push_str("<title>Public alerts</title>\n<author><name>Palisander</name></author>\n");
    writeln!(out, "<updated>{}</updated>", midnight(page.on))?;
    writeln!(out, "<link rel=\"self\" type=\"{MEDIA_TYPE}\" href=\"{}\"/>", escaped(own))?;
    if let Some(next) = next {
        writeln!(out, "<link rel=\"next\" type=\"{MEDIA_TYPE}\" href=\"{}\"/>", escaped(next))?;
    }
    for one in &page.records {
        entry(out, one)?;
    }
    out.push_str("</feed>\n");
    Ok(())
}

fn entry(out: &mut String, one: &Published) -> std::fmt::Result {
    let (day, digits) = (midnight(one.published_on), one.id.rsplit('_').next().unwrap_or_default());
    writeln!(out, "<entry>\n<id>{}</id>", urn(digits))?;
    writeln!(out, "<title>{}</title>", escaped(&heading(&one.plain_text)))?;
    writeln!(out, "<published>{day}</published>\n<updated>{day}</updated>")?;
    writeln!(out, "<content type=\"text\">{}</content>\n</entry>", escaped(&one.plain_text))
}

/// Longest heading, in characters: a line.
const HEADING_CHARS: usize = 80;

/// What stands above a text: its first line, cut at a word. There is no other title that was written for everybody.
pub fn heading(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim();
    let Some((cut, _)) = line.char_indices().nth(HEADING_CHARS) else { return line.to_owned() };
    let short = line.get(..cut).unwrap_or_default();
    let whole = short.rsplit_once(char::is_whitespace).map_or(short, |(whole, _)| whole);
    format!("{}…", whole.trim_end())
}

/// A name for good, of 32 hexadecimal digits.
fn urn(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn midnight(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

/// The text as XML holds it, in an element or in an attribute.
fn escaped(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !matches!(c, '&' | '<' | '>' | '"' | '\'') && is_xml(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c if is_xml(c) => out.push(c),
            _ => out.push(char::REPLACEMENT_CHARACTER),
        }
    }
    Cow::Owned(out)
}

/// May the character stand in a document (XML 1.0, production 2)?
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_the_first_line_cut_at_a_word() {
        let long = "rosewood ".repeat(20);
        for (text, expected) in [
            ("", ""),
            ("  one \n two", "one"),
            (long.as_str(), &format!("{}…", "rosewood ".repeat(8).trim_end())),
            (&"x".repeat(200), &format!("{}…", "x".repeat(HEADING_CHARS))),
        ] {
            assert_eq!(heading(text), expected);
        }
    }

    #[test]
    fn no_text_breaks_a_document() {
        for (text, expected) in [
            ("plain & <b>\"'", "plain &amp; &lt;b&gt;&quot;&apos;"),
            ("a\u{0}\u{b}\u{fffe}\u{1f}b\n\tc", "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}b\n\tc"),
            ("]]>", "]]&gt;"),
            ("\u{1f332} été", "\u{1f332} été"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
