//! What format is this? Told from the first bytes, never from a file name alone.

use std::io::BufRead;

use super::super::fault::ManifestError;
use super::xml::{Piece, Records};
use super::{encoding, epermit};

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One canonical manifest in one JSON document.
    Json,
    /// One manifest or one consignment a line.
    Ndjson,
    /// One row per goods item and container.
    Csv,
    /// A spreadsheet with one row per goods item and container.
    Xlsx,
    /// UN/EDIFACT cargo reports (other messages are refused by name).
    Cuscar,
    /// ASYCUDA World manifest XML.
    Awmds,
    /// WCO Data Model declaration XML.
    WcoDeclaration,
    /// CITES e-permit XML: the consignment that a permit covers.
    EPermit,
    /// XML of another kind, refused by name.
    OtherXml,
}

impl Format {
    /// Names for the command line.
    pub const NAMES: &'static [&'static str] = &["json", "ndjson", "csv", "xlsx", "cuscar", "awmds", "wco", "epermit"];

    /// The format of that name, as `--format` takes it.
    pub fn by_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "cuscar" | "edifact" => Some(Self::Cuscar),
            "awmds" => Some(Self::Awmds),
            "wco" => Some(Self::WcoDeclaration),
            "epermit" => Some(Self::EPermit),
            _ => None,
        }
    }

    /// The name that [`Format::by_name`] knows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Cuscar => "cuscar",
            Self::Awmds => "awmds",
            Self::WcoDeclaration => "wco",
            Self::EPermit => "epermit",
            Self::OtherXml => "xml",
        }
    }

    /// By content: `head` is the start of the input, the more the surer (4 kB are plenty).
    pub fn detect(head: &[u8]) -> Self {
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || head.starts_with(b"\xd0\xcf\x11\xe0") {
            return Self::Xlsx;
        }
        let head = encoding::head_text(head);
        let start = head.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
        let head = head.get(start..).unwrap_or_default();
        match head {
            [b'{', ..] if starts_with_whole_line(head) => Self::Ndjson,
            [b'[', rest @ ..] if names_a_column(rest) => Self::Csv,
            [b'{' | b'[', ..] => Self::Json,
            [b'<', ..] => of_xml(head),
            [b'U', b'N', b'A' | b'B' | b'H' | b'G', next, ..] if !next.is_ascii_alphanumeric() => Self::Cuscar,
            _ => Self::Csv,
        }
    }
}

/// The format of an XML document by the names of its outermost elements. What is broken goes to the reader that says so.
fn of_xml(head: &[u8]) -> Format {
    for name in names(head) {
        let is = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(&name));
        if is(&["Awmds", "Awbolds", "Awmcds", "Awbolegmds", "Bol_segment"]) {
            return Format::Awmds;
        }
        if is(epermit::ROOTS) {
            return Format::EPermit;
        }
        if is(&["Declaration", "WCODataModelVersionCode"]) {
            return Format::WcoDeclaration;
        }
    }
    Format::OtherXml
}

/// Local names of the first elements.
fn names(head: &[u8]) -> Vec<String> {
    let mut records = Records::new(head, "XML");
    let mut names = Vec::new();
    while names.len() < 64 {
        match records.next(&|_, _| false) {
            Ok(Piece::Opened(name, _)) => names.push(name),
            _ => break,
        }
    }
    names
}

/// Why an XML document of another kind is not read.
pub(super) fn refused_xml(input: impl BufRead) -> ManifestError {
    let mut records = Records::new(input, "XML");
    let root = match records.next(&|_, _| false) {
        Ok(Piece::Opened(name, _)) => name,
        Ok(_) => return ManifestError::Malformed { format: "XML", at: "byte 0".into(), why: "no element".into() },
        Err(error) => return error,
    };
    let what = match root.as_str() {
        "ASYCUDA" => "an ASYCUDA declaration export, whose schema is not public",
        "Envelope" => "a SOAP message without a permit, manifest or declaration",
        "html" => "a web page",
        _ => "no manifest, declaration or permit that is read here",
    };
    let what = format!("XML with the root `{root}` is {what}; expected Awmds, a WCO Declaration or CITESEPermit");
    ManifestError::OtherMessage { what }
}

/// A letter that begins no word of JSON: `[B/L No],[Description]` is a header as databases write it.
fn names_a_column(rest: &[u8]) -> bool {
    let is_word = ["true", "false", "null"].iter().any(|word| rest.starts_with(word.as_bytes()));
    rest.first().is_some_and(|first| first.is_ascii_alphabetic() || !first.is_ascii()) && !is_word
}

/// True when the first line is a whole JSON object and more follows, or when the first line is so long that no one
/// writes it by hand.
fn starts_with_whole_line(head: &[u8]) -> bool {
    match head.iter().position(|b| *b == b'\n') {
        Some(end) => {
            let line = head.get(..end).unwrap_or_default();
            serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_content() {
        assert_eq!(Format::detect(b"{\n \"manifest\": {"), Format::Json);
        assert_eq!(Format::detect(b"{\"manifest\":{}}\n{\"manifest\":{}}\n"), Format::Ndjson);
        assert_eq!(Format::detect(b"[B/L No],[Goods]\n"), Format::Csv);
        assert_eq!(Format::detect(b"[null]"), Format::Json);
        assert_eq!(Format::detect(b"\xef\xbb\xbfmanifest_reference,imo\n"), Format::Csv);
    }
}
