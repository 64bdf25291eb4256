//! What format is this? Told from the first bytes, never from a file name alone.

use super::encoding;

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One canonical manifest in one JSON document.
    Json,
    /// One manifest or one consignment a line.
    Ndjson,
    /// One row per goods item and container.
    Csv,
    /// UN/EDIFACT cargo reports (other messages are refused by name).
    Cuscar,
    /// ASYCUDA World manifest XML.
    Awmds,
}

impl Format {
    /// Names for the command line.
    pub const NAMES: &'static [&'static str] = &["json", "ndjson", "csv", "cuscar", "awmds"];

    /// By name.
    pub fn by_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            "cuscar" | "edifact" => Some(Self::Cuscar),
            "awmds" => Some(Self::Awmds),
            _ => None,
        }
    }

    /// By content: `head` is the start of the input, the more the surer (4 kB are plenty).
    pub fn detect(head: &[u8]) -> Self {
        let head = encoding::head_text(head);
        let start = head.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
        let head = head.get(start..).unwrap_or_default();
        match head {
            [b'{', ..] if starts_with_whole_line(head) => Self::Ndjson,
            [b'{' | b'[', ..] => Self::Json,
            [b'<', ..] => of_xml(head),
            [b'U', b'N', b'A' | b'B' | b'H' | b'G', next, ..] if !next.is_ascii_alphanumeric() => Self::Cuscar,
            _ => Self::Csv,
        }
    }
}

/// The format of an XML document by its outermost names.
fn of_xml(_head: &[u8]) -> Format {
    Format::Awmds
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
        assert_eq!(Format::detect(b"\xef\xbb\xbfmanifest_reference,imo\n"), Format::Csv);
    }
}
