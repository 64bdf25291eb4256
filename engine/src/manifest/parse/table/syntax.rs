//! The syntax of one CSV: what parts its cells, and what quotation marks do.
//!
//! In: bytes, and where a row stands in them. Out: where its cells stand. Nearly every row is one line whose quotation marks
//! stand around whole cells, and is cut where it stands; any other goes through the reader of the library, which takes its
//! marks out. Not here: which lines are rows (`rows.rs`).

use super::record::{Scratch, Span, index};

/// What parts the cells of a table.
#[derive(Debug)]
pub(super) struct Syntax {
    delimiter: u8,
    /// Eight of it.
    delimiters: u64,
}

impl Syntax {
    /// The syntax of a table with that delimiter.
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, delimiters: eight_of(delimiter) }
    }

    /// Finds the cells of a row whose quotation marks stand around whole cells and nowhere else, as in nearly every row. False
    /// where it is not so, whatever was found by then, and where only line breaks are left.
    pub fn split(&self, bytes: &[u8], from: usize, to: usize, spans: &mut Vec<Span>) -> bool {
        // Whoever parts cells by line breaks leaves it to the library.
        let Some(row) = bytes.get(..to).filter(|_| !is_break(&self.delimiter)) else { return false };
        let first = row.get(from..).and_then(|row| row.iter().position(|byte| !is_break(byte)));
        let last = row.iter().rposition(|byte| !is_break(byte));
        let (Some(first), Some(last)) = (first, last) else { return false };
        let row = row.get(..=last).unwrap_or_default();
        let mut start = from + first;
        loop {
            let Some(rest) = row.get(start..) else { return false };
            let (cell, behind) = match rest.split_first() {
                Some((b'"', inside)) => {
                    let Some(length) = memchr::memchr(b'"', inside) else { return false };
                    ((start + 1, start + 1 + length), start + length + 2)
                }
                _ => {
                    let end = start + self.length(rest);
                    ((start, end), end)
                }
            };
            spans.push((index(cell.0), index(cell.1)));
            match row.get(behind) {
                None => return true,
                Some(byte) if *byte == self.delimiter => start = behind + 1,
                Some(_) => return false,
            }
        }
    }

    /// How far the first delimiter or quotation mark is, eight bytes at once: most cells are not much longer.
    #[inline]
    fn length(&self, text: &[u8]) -> usize {
        let (eights, rest) = text.as_chunks();
        for (n, eight) in eights.iter().enumerate() {
            let eight = u64::from_le_bytes(*eight);
            let found = equal(eight, self.delimiters) | equal(eight, QUOTES);
            if found != 0 {
                return n * 8 + found.trailing_zeros() as usize / 8;
            }
        }
        let in_rest = rest.iter().position(|byte| *byte == self.delimiter || *byte == b'"');
        in_rest.map_or(text.len(), |n| eights.len() * 8 + n)
    }

    /// Reads one record of the bytes up to `end` from `at` on; gives the bytes that it took and whether it ended there, `None` where
    /// nothing is left.
    pub fn scan(
        &self,
        bytes: &[u8],
        (at, end): (usize, usize),
        quoting: bool,
        scratch: &mut Scratch,
    ) -> Option<(usize, bool)> {
        let delimiter = self.delimiter;
        let make = || csv_core::ReaderBuilder::new().delimiter(delimiter).quoting(quoting).build();
        let [quoted, plain] = &mut scratch.readers;
        let reader = if quoting { quoted } else { plain }.get_or_insert_with(make);
        reader.reset();
        let mut input = bytes.get(at..end)?;
        scratch.text.resize(scratch.text.capacity().max(1 << 10), 0);
        scratch.ends.resize(scratch.ends.capacity().max(64), 0);
        let (mut taken, mut written, mut fields) = (0, 0, 0);
        let mut is_whole = true;
        loop {
            let text = scratch.text.get_mut(written..)?;
            let ends = scratch.ends.get_mut(fields..)?;
            let (result, n_in, n_out, n_ends) = reader.read_record(input, text, ends);
            taken += n_in;
            written += n_out;
            fields += n_ends;
            input = input.get(n_in..)?;
            match result {
                csv_core::ReadRecordResult::OutputFull => {
                    let more = scratch.text.len() * 2;
                    scratch.text.resize(more, 0);
                }
                csv_core::ReadRecordResult::OutputEndsFull => {
                    let more = scratch.ends.len() * 2;
                    scratch.ends.resize(more, 0);
                }
                // The last record may end without a line break: an empty input says so. One that ends where the bytes do
                // and not with a line break may go on, or is never closed.
                csv_core::ReadRecordResult::InputEmpty => {
                    is_whole = end == bytes.len() && !(quoting && is_open(bytes.get(at..end).unwrap_or_default()));
                }
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::End => return None,
            }
        }
        scratch.text.truncate(written);
        scratch.ends.truncate(fields);
        Some((taken, is_whole))
    }
}

/// Eight quotation marks.
const QUOTES: u64 = eight_of(b'"');

const fn eight_of(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of every byte that is the same in both, and no other bit.
#[inline]
fn equal(eight: u64, wanted: u64) -> u64 {
    const LOW: u64 = eight_of(0x7f);
    let differs = eight ^ wanted;
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// An odd number of quotation marks: the last one is open.
fn is_open(text: &[u8]) -> bool {
    text.iter().filter(|byte| **byte == b'"').count() % 2 == 1
}

pub(super) fn is_break(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}
