//! CSV: bytes become rows. Meaning: [`table`](super::table).

use std::io::BufRead;

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::limits;
use super::encoding;
use super::parsed::{Parts, read_whole};
use super::table::{self, Mapping, Rows, Scratch, Sheet};

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
    let delimiter = mapping.delimiter.and_then(|c| u8::try_from(c).ok()).or_else(|| stated(&bytes));
    let delimiter = delimiter.unwrap_or_else(|| delimiter_of(&bytes, mapping));
    let rows = Rows::of_csv(bytes, delimiter)?;
    let (delimiter, sheet, blocks) = (Some(char::from(delimiter)), None, Vec::new());
    Ok(Sheet { name: "CSV", format: "csv/1", rows, faults, delimiter, sheet, blocks, is_further: false })
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
        return (text, facts.now().faults(&mut [false; 3]));
    }
    match encoding::chinese(&bytes) {
        Some(text) => (text.into_bytes(), vec![note("GB18030")]),
        None => (bytes, Vec::new()),
    }
}

/// The delimiter that a first line `sep=;` names, as spreadsheets write it.
fn stated(bytes: &[u8]) -> Option<u8> {
    let line = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [s, e, p, b'=', delimiter] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => Some(*delimiter),
        _ => None,
    }
}

/// Delimiters that are tried, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Bytes and rows of the file that are looked at for the delimiter.
const HEAD_BYTES: usize = 64 << 10;
const HEAD_ROWS: usize = 100;

/// The delimiter by which the header names most columns; then the one by which most rows have the same number of columns.
fn delimiter_of(bytes: &[u8], mapping: &Mapping) -> u8 {
    let head = bytes.get(..bytes.len().min(HEAD_BYTES)).unwrap_or_default();
    // The last row of the piece may be cut.
    let whole = head.iter().rposition(|byte| *byte == b'\n').filter(|_| head.len() < bytes.len());
    let head = whole.and_then(|end| head.get(..end)).unwrap_or(head);
    let merit = |delimiter: u8| {
        let rows = Rows::of_csv(head.to_vec(), delimiter).ok()?;
        let mut scratch = Scratch::default();
        let mut widths: Vec<usize> = (0..rows.len().min(HEAD_ROWS)).map(|n| rows.read(n, &mut scratch).len()).collect();
        widths.sort_unstable();
        let most = widths.chunk_by(|a, b| a == b).filter(|same| same.first().is_some_and(|width| *width > 1));
        let (alike, width) = most.map(|same| (same.len(), same.first().copied().unwrap_or(0))).max()?;
        Some((table::n_named(&rows, mapping), alike, width))
    };
    // What stands nowhere parts nothing, and where nothing else parts a file the comma does.
    let others = DELIMITERS.into_iter().filter(|delimiter| *delimiter != b',');
    if !others.into_iter().any(|delimiter| head.contains(&delimiter)) {
        return b',';
    }
    let mut best = (b',', None);
    for delimiter in DELIMITERS.into_iter().filter(|delimiter| head.contains(delimiter)) {
        let merit = merit(delimiter);
        if merit > best.1 {
            best = (delimiter, merit);
        }
    }
    best.0
}
