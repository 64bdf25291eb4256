//! CSV: bytes become rows. Meaning: [`table`](super::table).

use std::io::BufRead;

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::limits;
use super::encoding;
use super::parsed::{Parts, read_whole};
use super::table::{self, Mapping, Rows, Sheet};

/// Reads the whole table. Each bill is one part.
pub(super) fn table(input: impl BufRead, mapping: &Mapping) -> Parts {
    match sheet(input, mapping).and_then(|sheet| table::manifests(sheet, mapping)) {
        Ok(bills) => Box::new(bills),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

/// The rows of a CSV.
pub(super) fn sheet(input: impl BufRead, mapping: &Mapping) -> Result<Sheet, ManifestError> {
    let bytes = read_whole(input, limits::MAX_TABLE_BYTES, "MAX_TABLE_BYTES", "a CSV table")?;
    let (bytes, mut faults) = text(bytes);
    if !bytes.is_empty() && !bytes.ends_with(b"\n") && !bytes.ends_with(b"\r") {
        // A file that was cut off looks like this as well.
        let expected = "a line break at the end of the last row";
        faults.push(Fault::new("no_final_line_break", Severity::Note, "the last row".into(), "nothing", expected));
    }
    let delimiter = mapping.delimiter.and_then(|c| u8::try_from(c).ok()).unwrap_or_else(|| delimiter(&bytes));
    let rows = Rows::of_csv(bytes, delimiter)?;
    Ok(Sheet { name: "CSV", format: "csv/1", rows, faults, delimiter: Some(char::from(delimiter)), sheet: None })
}

/// UTF-16 and Chinese as UTF-8; NUL bytes left out; single fields in another encoding fall back one by one.
fn text(bytes: Vec<u8>) -> (Vec<u8>, Vec<Fault>) {
    let note = |name: &str| Fault::new("encoding", Severity::Note, "byte 0".into(), name, "UTF-8; it was converted");
    let has_nul = bytes.contains(&0);
    if !has_nul && std::str::from_utf8(&bytes).is_ok() {
        let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec);
        return (unmarked.unwrap_or(bytes), Vec::new());
    }
    if has_nul || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        use std::io::Read;
        let (mut stream, facts) = encoding::decoded(bytes.as_slice());
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text);
        return (text, facts.faults(&mut [false; 3]));
    }
    match encoding::chinese(&bytes) {
        Some(text) => (text.into_bytes(), vec![note("GB18030")]),
        None => (bytes, Vec::new()),
    }
}

/// The delimiter that the first lines use most.
fn delimiter(bytes: &[u8]) -> u8 {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0), (b'|', 0)];
    for &byte in head {
        quoted ^= byte == b'"';
        if let Some((_, n)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte && !quoted) {
            *n += 1;
        }
    }
    // The first of the most frequent: a comma where nothing speaks for another.
    let most = counts.iter().map(|(_, n)| *n).max().unwrap_or(0);
    counts.iter().find(|(_, n)| *n == most && most > 0).map_or(b',', |(delimiter, _)| *delimiter)
}
