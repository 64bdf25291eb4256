//! What format is this? Told from the first bytes, never from a file name alone.

use std::io::BufRead;

use super::super::fault::ManifestError;
use super::foreign::{self, Foreign};
use super::xml::{Piece, Records};
use super::{codes, edifact, encoding, epermit};

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
    /// ASYCUDA World declaration (SAD) XML.
    Asycuda,
    /// XML of another kind, refused by name.
    OtherXml,
    /// A file that is no manifest in any format, refused by what it is.
    Foreign(Foreign),
}

impl Format {
    /// Names for the command line.
    pub const NAMES: &'static [&'static str] =
        &["json", "ndjson", "csv", "xlsx", "cuscar", "awmds", "wco", "epermit", "sad"];

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
            "sad" | "asycuda" => Some(Self::Asycuda),
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
            Self::Asycuda => "sad",
            Self::OtherXml => "xml",
            Self::Foreign(_) => "other",
        }
    }

    /// By content: `head` is the start of the input, the more the surer (4 kB are plenty).
    pub fn detect(head: &[u8]) -> Self {
        if let Some(foreign) = foreign::of(head) {
            return Self::Foreign(foreign);
        }
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || head.starts_with(b"\xd0\xcf\x11\xe0") {
            return Self::Xlsx;
        }
        let head = encoding::head_text(head);
        let start = head.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(head.len());
        let head = head.get(start..).unwrap_or_default();
        if let Some(foreign) = foreign::of_text(head) {
            return Self::Foreign(foreign);
        }
        match head {
            [b'{', ..] if starts_with_whole_line(head) => Self::Ndjson,
            [b'[', rest @ ..] if names_a_column(rest) => Self::Csv,
            [b'{' | b'[', ..] => Self::Json,
            _ if matches!(head.trim_ascii_end(), b"null" | b"true" | b"false") => Self::Json,
            [b'<', ..] => of_xml(head),
            [b'U', b'N', b'A' | b'B' | b'H' | b'G', next, ..] if !next.is_ascii_alphanumeric() => Self::Cuscar,
            _ if edifact::begins_in(head) => Self::Cuscar,
            _ => Self::Csv,
        }
    }
}

/// The format of an XML document by the names of its outermost elements. What is broken goes to the reader that says so.
fn of_xml(head: &[u8]) -> Format {
    let mut is_answer = false;
    for (name, depth) in names(head) {
        let is = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(&name));
        // An answer repeats parts of the declaration that it answers.
        is_answer |= depth <= MAX_ANSWER_DEPTH && codes::answer(&name).is_some();
        if is(&["Awmds", "Awbolds", "Awmcds", "Awbolegmds", "Bol_segment"]) {
            return Format::Awmds;
        }
        if is(epermit::ROOTS) {
            return Format::EPermit;
        }
        if is(&["ASYCUDA"]) {
            return Format::Asycuda;
        }
        if is(&["Declaration"]) {
            return if is_answer { Format::OtherXml } else { Format::WcoDeclaration };
        }
    }
    Format::OtherXml
}

/// An answer stands this high, below envelopes.
const MAX_ANSWER_DEPTH: usize = 5;

/// Local names of the first elements, and how deep they stand.
fn names(head: &[u8]) -> Vec<(String, usize)> {
    let mut records = Records::new(head, "XML");
    let mut names = Vec::new();
    while names.len() < 64 {
        match records.next(&|_, _| false) {
            Ok(Piece::Opened(name, depth)) => names.push((name, depth)),
            _ => break,
        }
    }
    names
}

/// Why an XML document of another kind is not read.
pub(super) fn refused_xml(input: impl BufRead) -> ManifestError {
    let mut records = Records::new(input, "XML");
    let mut names: Vec<(String, usize)> = Vec::new();
    while names.len() < 64 {
        match records.next(&|_, _| false) {
            Ok(Piece::Opened(name, depth)) => names.push((name, depth)),
            Err(error) if names.is_empty() => return error,
            _ => break,
        }
    }
    let Some((root, _)) = names.first() else {
        return ManifestError::Malformed { format: "XML", at: "byte 0".into(), why: "no element".into() };
    };
    let answers = names.iter().filter(|(_, depth)| *depth <= MAX_ANSWER_DEPTH);
    let what = answers.into_iter().find_map(|(name, _)| codes::answer(name)).unwrap_or(match root.as_str() {
        "Envelope" => "a SOAP message without a permit, manifest or declaration",
        "html" => "a web page",
        _ => "no manifest, declaration or permit that is read here",
    });
    let what =
        format!("XML with the root `{root}` is {what}; expected Awmds, an ASYCUDA or WCO Declaration, or CITESEPermit");
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
        assert_eq!(Format::detect(b"null\n"), Format::Json);
        assert_eq!(Format::detect(b"nullable,description\n"), Format::Csv);
        assert_eq!(Format::detect(b"2014-03-02 received\nUNA:+.? 'UNB+UNOA:1+A'"), Format::Cuscar);
        assert_eq!(Format::detect(b"''UNB+UNOA:1+A'"), Format::Cuscar);
        assert_eq!(Format::detect(b"bill,description\nUNABLE,UNBLEACHED COTTON\n"), Format::Csv);
    }

    #[test]
    fn declarations_and_their_answers() {
        let of = |text: &str| Format::detect(text.as_bytes());
        for (text, format) in [
            ("<Declaration/>", Format::WcoDeclaration),
            (
                "<m:MetaData><WCODataModelVersionCode>3.6</WCODataModelVersionCode><Declaration/></m:MetaData>",
                Format::WcoDeclaration,
            ),
            (
                "<MetaData><WCODataModelVersionCode>3.6</WCODataModelVersionCode><Response><Declaration/></Response></MetaData>",
                Format::OtherXml,
            ),
            ("<DeclarationResponse><Declaration/></DeclarationResponse>", Format::OtherXml),
            (
                "<Envelope><Body><declaration_rejection><Declaration/></declaration_rejection></Body></Envelope>",
                Format::OtherXml,
            ),
            (
                "<DeclarationRequest><ReplyTo/><Correspondence/><Declaration/></DeclarationRequest>",
                Format::WcoDeclaration,
            ),
            ("<Declaration><Response/></Declaration>", Format::WcoDeclaration),
            ("<ASYCUDA id='1'><Identification/></ASYCUDA>", Format::Asycuda),
            ("<Awmds/>", Format::Awmds),
        ] {
            assert_eq!(of(text), format, "{text}");
        }
        let said = |text: &str| refused_xml(text.as_bytes()).to_string();
        assert!(said("<MetaData><Response/></MetaData>").contains("`MetaData` is a response of a customs system"));
        assert!(said("<CC056C><a/></CC056C>").contains("`CC056C` is no manifest"));
    }
}
