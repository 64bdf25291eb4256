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
    /// Bytes at which a cell may end: the delimiter, quotation marks, line breaks.
    stops: Box<[bool; 256]>,
}

impl Syntax {
    pub fn new(delimiter: u8) -> Self {
        let is_stop = |byte: usize| [delimiter, b'"', b'\n', b'\r'].map(usize::from).contains(&byte);
        Self { delimiter, stops: Box::new(std::array::from_fn(is_stop)) }
    }

    /// Finds the cells of a row of one line whose quotation marks stand around whole cells and nowhere else, as in nearly every
    /// row. False where it is not so, whatever was found by then, and where only line breaks are left.
    pub fn split(&self, bytes: &[u8], from: usize, to: usize, spans: &mut Vec<Span>) -> bool {
        let Some(row) = bytes.get(..to) else { return false };
        let first = row.get(from..).and_then(|row| row.iter().position(|byte| !is_break(byte)));
        let last = row.iter().rposition(|byte| !is_break(byte));
        let (Some(first), Some(last)) = (first, last) else { return false };
        let row = row.get(..=last).unwrap_or_default();
        let mut start = from + first;
        loop {
            let Some(rest) = row.get(start..) else { return false };
            let (end, behind) = match rest.split_first() {
                Some((b'"', inside)) => {
                    let Some(length) = inside.iter().position(|byte| matches!(byte, b'"' | b'\n' | b'\r')) else {
                        return false;
                    };
                    if inside.get(length) != Some(&b'"') {
                        return false;
                    }
                    start += 1;
                    (start + length, start + length + 1)
                }
                _ => {
                    let is_stop = |byte: &u8| self.stops.get(usize::from(*byte)).copied().unwrap_or_default();
                    let end = start + rest.iter().position(is_stop).unwrap_or(rest.len());
                    (end, end)
                }
            };
            spans.push((index(start), index(end)));
            match row.get(behind) {
                None => return true,
                Some(byte) if *byte == self.delimiter && !is_break(byte) => start = behind + 1,
                Some(_) => return false,
            }
        }
    }

    /// Whether the quotation marks of a line stand around whole cells and nowhere else, as [`Syntax::split`] finds it.
    pub fn is_plain(&self, line: &[u8]) -> bool {
        let mut at = 0;
        while let Some(mark) = line.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) {
            let mark = at + mark;
            if mark.checked_sub(1).and_then(|n| line.get(n)).is_some_and(|byte| *byte != self.delimiter) {
                return false;
            }
            let Some(length) = line.get(mark + 1..).and_then(|inside| memchr::memchr(b'"', inside)) else {
                return false;
            };
            at = mark + length + 2;
            if line.get(at).is_some_and(|byte| *byte != self.delimiter) {
                return false;
            }
        }
        true
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

/// An odd number of quotation marks: the last one is open.
fn is_open(text: &[u8]) -> bool {
    text.iter().filter(|byte| **byte == b'"').count() % 2 == 1
}

pub(super) fn is_break(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}
