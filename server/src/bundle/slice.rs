//! Rows of an input: those under a label, of them those that an answer names.
//!
//! In: the bytes of an input file. Out: the same without the other rows. What is kept stands byte for byte as it came, so
//! that it reads as it did.

use palisander_engine::Label;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An input of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    Register,
    /// What was changed in the register since it was read.
    Permits,
    Alerts,
    WatchList,
    History,
    /// Records that the service took on.
    Information,
    /// Parties that it took on.
    Listed,
}

impl Input {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Register, Self::Permits, Self::Alerts, Self::WatchList, Self::History, Self::Information, Self::Listed];

    /// Where it lies in a bundle, and among the files of an edition.
    pub fn path(self) -> &'static str {
        match self {
            Self::Register => "inputs/register",
            Self::Permits => "inputs/permits",
            Self::Alerts => "inputs/alerts",
            Self::WatchList => "inputs/watch_list",
            Self::History => "inputs/history",
            Self::Information => "inputs/information",
            Self::Listed => "inputs/listed",
        }
    }

    /// Columns by which an answer names a row.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Register | Self::Permits => &["number"],
            Self::Alerts | Self::Information => &["id", "number"],
            Self::WatchList | Self::Listed => &["id", "name"],
            Self::History => &[],
        }
    }

    /// The label of a row that says nothing.
    fn unsaid(self) -> Label {
        match self {
            Self::Register | Self::Permits => Label::OF_REGISTER,
            _ => Label::OF_INFORMATION,
        }
    }
}

/// Shortest text that is looked for in an answer: a shorter one stands in every answer.
const MIN_KEY_CHARS: usize = 3;

/// The rows under `clearance`; with `named`, the text of an answer, only those that stand in it. Rows that cannot be read
/// are kept where everything is. A history is kept whole: its rows are keys and sums, without labels or names. Empty where no row is
/// kept, its header included: that an input has rows which may not be known is not told either.
pub fn rows(input: Input, bytes: &[u8], clearance: Label, named: Option<&str>) -> Vec<u8> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    match (input, named, first) {
        (Input::History, ..) => bytes.to_vec(),
        _ if clearance == Label::Red && named.is_none() => bytes.to_vec(),
        // Papers in XML carry no label of their own.
        (_, _, Some(b'<')) if input.unsaid() <= clearance => bytes.to_vec(),
        (_, _, Some(b'<')) => Vec::new(),
        (Input::Alerts | Input::Information, ..) | (_, _, Some(b'{')) => lines(input, bytes, clearance, named),
        _ => table(input, bytes, clearance, named),
    }
}

/// Is a row kept that says this of itself?
fn is_kept<'a>(
    input: Input,
    clearance: Label,
    named: Option<&str>,
    mut of: impl FnMut(&str) -> Option<&'a str>,
) -> bool {
    let is_seen = Label::of_row(of("handling"), input.unsaid()) <= clearance;
    let is_named = |text: &str| {
        let mut keys = input.keys().iter().filter_map(|key| of(key)).map(str::trim);
        keys.any(|key| key.chars().count() >= MIN_KEY_CHARS && text.contains(key))
    };
    is_seen && named.is_none_or(is_named)
}

fn lines(input: Input, bytes: &[u8], clearance: Label, named: Option<&str>) -> Vec<u8> {
    let mut kept = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Ok(row) = serde_json::from_slice::<Value>(line) else { continue };
        if is_kept(input, clearance, named, |column| row.get(column).and_then(Value::as_str)) {
            kept.extend_from_slice(line);
        }
    }
    kept
}

fn table(input: Input, bytes: &[u8], clearance: Label, named: Option<&str>) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
    let (mut kept, mut columns): (Vec<u8>, Vec<String>) = (Vec::new(), Vec::new());
    let mut any = false;
    let mut row = csv::ByteRecord::new();
    let mut from = 0;
    while let Ok(true) = reader.read_byte_record(&mut row) {
        let mut to = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(bytes.len());
        // The reader goes on after the first of two signs that end a line.
        if bytes.get(to.wrapping_sub(1)..=to) == Some(b"\r\n") {
            to += 1;
        }
        let written = bytes.get(from..to).unwrap_or_default();
        from = to;
        if columns.is_empty() {
            let name =
                |cell: &[u8]| String::from_utf8_lossy(cell).trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
            columns = row.iter().map(name).collect();
            kept.extend_from_slice(written);
            continue;
        }
        let cell = |column: &str| {
            let at = columns.iter().position(|name| name == column)?;
            std::str::from_utf8(row.get(at)?).ok()
        };
        if is_kept(input, clearance, named, cell) {
            any = true;
            kept.extend_from_slice(written);
        }
    }
    if any { kept } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_as_they_came() {
        let table = "number,taxon,handling\r\n\"BR 1\",\"a\nb\",\r\nBR 2,c,TLP:RED\r\nBR 3,d,TLP:CLEAR\r\n";
        let alerts = "{\"id\":\"A-1\",\"handling\":\"TLP:GREEN\"}\nnothing\n{\"id\":\"A-2\"}\n";
        let check = |input: Input, text: &str, clearance: Label, named: Option<&str>, kept: &str| {
            let found = String::from_utf8(rows(input, text.as_bytes(), clearance, named)).unwrap();
            assert_eq!(found, kept, "{input:?} {clearance} {named:?}");
        };
        let (register, red, green) = (Input::Register, Label::Red, Label::Green);
        check(register, table, red, None, table);
        check(register, table, green, None, "number,taxon,handling\r\nBR 3,d,TLP:CLEAR\r\n");
        let one = "number,taxon,handling\r\n\"BR 1\",\"a\nb\",\r\n";
        check(register, table, Label::Amber, Some("permit `BR 1`"), one);
        check(register, table, green, Some("permit `BR 1`"), "");
        check(Input::Alerts, alerts, red, None, alerts);
        check(Input::Alerts, alerts, green, None, "{\"id\":\"A-1\",\"handling\":\"TLP:GREEN\"}\n");
        check(Input::Alerts, alerts, red, Some("see A-2"), "{\"id\":\"A-2\"}\n");
        check(Input::Alerts, alerts, Label::Clear, None, "");
        check(register, "<xml/>", green, None, "");
        check(register, "<xml/>", Label::Amber, Some(""), "<xml/>");
        check(Input::History, "x", green, None, "x");
        check(Input::History, "x", green, Some("y"), "x");
    }
}
