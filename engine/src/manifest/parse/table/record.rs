//! One row while it is looked at: where each of its cells stands in a text that somebody else keeps.
//!
//! In: a text and the places of cells in it. Out: cells as bytes or as text, none of them copied. A row without quotation marks
//! inside its cells is a piece of the table itself; only what had to be freed of them stands in a [`Scratch`].

use std::borrow::Cow;

use csv::ByteRecord;

use super::sheet::text_of;

/// From and to, in bytes of the text.
pub(in super::super) type Span = (u32, u32);

/// What a row is read into, reused from row to row.
#[derive(Debug, Default)]
pub(in super::super) struct Scratch {
    /// Made once each, with quotation marks and without: their table of transitions costs more than a row.
    pub(super) readers: [Option<csv_core::Reader>; 2],
    pub(super) text: Vec<u8>,
    pub(super) ends: Vec<usize>,
    pub(super) spans: Vec<Span>,
}

/// The letters that cells are cut out of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Letters<'r> {
    /// Known to be UTF-8, so that no cell has to be asked.
    Utf8(&'r str),
    Bytes(&'r [u8]),
}

/// The cells of one row.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Cells<'r> {
    pub(super) letters: Letters<'r>,
    pub(super) spans: &'r [Span],
}

impl<'r> Cells<'r> {
    /// Cells of a text of their own.
    pub fn of_bytes(bytes: &'r [u8], spans: &'r [Span]) -> Self {
        Self { letters: Letters::Bytes(bytes), spans }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The cell in place `n`.
    #[inline]
    pub fn get(&self, n: usize) -> Option<&'r [u8]> {
        let (from, to) = *self.spans.get(n)?;
        let bytes = match self.letters {
            Letters::Utf8(text) => text.as_bytes(),
            Letters::Bytes(bytes) => bytes,
        };
        bytes.get(from as usize..to as usize)
    }

    /// The cell in place `n` as text: UTF-8, else Windows-1252.
    #[inline]
    pub fn text(&self, n: usize) -> Option<Cow<'r, str>> {
        let (from, to) = *self.spans.get(n)?;
        match self.letters {
            Letters::Utf8(text) => text.get(from as usize..to as usize).map(Cow::Borrowed),
            Letters::Bytes(bytes) => bytes.get(from as usize..to as usize).map(text_of),
        }
    }

    /// Every cell.
    pub fn iter(self) -> impl Iterator<Item = &'r [u8]> + Clone {
        (0..self.len()).filter_map(move |n| self.get(n))
    }

    /// Nothing but blanks stands in place `n`, or the row ends before it.
    #[inline]
    pub fn is_blank(&self, n: usize) -> bool {
        match self.get(n) {
            Some([first, ..]) if *first > b' ' => false,
            Some(cell) => cell.trim_ascii().is_empty(),
            None => true,
        }
    }

    /// Places that hold something.
    pub fn filled(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        (0..self.len()).filter(|n| !self.is_blank(*n))
    }

    /// Signs of ASCII that everybody sees, and blanks, in one piece of text: no cell has to be asked whether it hides others.
    pub fn is_ordinary(&self) -> bool {
        let (Letters::Utf8(text), Some((from, _)), Some((_, to))) =
            (self.letters, self.spans.first(), self.spans.last())
        else {
            return false;
        };
        let row = text.as_bytes().get(*from as usize..*to as usize).unwrap_or_default();
        // Piece by piece, so that the machine looks at many bytes at once.
        row.chunks(32).all(|piece| !piece.iter().fold(false, |odd, byte| odd | !matches!(byte, b' '..=b'~' | b'\t')))
    }

    /// The cell in place `n` is UTF-8.
    pub fn is_utf8(&self, n: usize) -> bool {
        matches!(self.letters, Letters::Utf8(_)) || self.get(n).is_none_or(|cell| std::str::from_utf8(cell).is_ok())
    }

    /// A copy, to keep.
    pub fn to_record(self) -> ByteRecord {
        self.iter().collect()
    }
}

/// A place in a table, which is far below four gigabytes (`MAX_TABLE_BYTES`).
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
