//! One row while it is looked at: where each of its cells stands in a text that somebody else keeps.
//!
//! In: a text and the places of cells in it. Out: cells as bytes or as text, none of them copied. A row without quotation marks
//! inside its cells is a piece of the table itself; only what had to be freed of them stands in a [`Scratch`].

use std::borrow::Cow;

use csv::ByteRecord;

/// From and to, in bytes of the text.
pub(in super::super) type Span = (u32, u32);

/// The text of a cell: UTF-8, else Windows-1252.
pub(super) fn text_of(field: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(field).0,
    }
}

/// What a row is read into, reused from row to row.
#[derive(Debug, Default)]
pub(in super::super) struct Scratch {
    /// Made once each, with quotation marks and without: their table of transitions costs more than a row.
    pub(super) readers: [Option<csv_core::Reader>; 2],
    pub(super) text: Vec<u8>,
    pub(super) ends: Vec<usize>,
    pub(super) spans: Vec<Span>,
}

/// The cells of one row.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Cells<'r> {
    bytes: &'r [u8],
    /// The same, where it is known to be UTF-8, so that no cell has to be asked.
    known: Option<&'r str>,
    pub(super) spans: &'r [Span],
}

impl<'r> Cells<'r> {
    /// Cells of bytes of which nothing is known.
    pub fn of_bytes(bytes: &'r [u8], spans: &'r [Span]) -> Self {
        Self { bytes, known: None, spans }
    }

    /// Cells of a text.
    pub fn of_text(text: &'r str, spans: &'r [Span]) -> Self {
        Self { bytes: text.as_bytes(), known: Some(text), spans }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The cell in place `n`.
    #[inline]
    pub fn get(&self, n: usize) -> Option<&'r [u8]> {
        let (from, to) = *self.spans.get(n)?;
        self.bytes.get(from as usize..to as usize)
    }

    /// The cell in place `n` as text: UTF-8, else Windows-1252.
    #[inline]
    pub fn text(&self, n: usize) -> Option<Cow<'r, str>> {
        let (from, to) = *self.spans.get(n)?;
        match self.known {
            Some(text) => text.get(from as usize..to as usize).map(Cow::Borrowed),
            None => self.bytes.get(from as usize..to as usize).map(text_of),
        }
    }

    /// Every cell, in the order of the row.
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

    /// The text that the cells are cut out of, where they hold nothing but blanks and signs of ASCII that everybody sees: no cell
    /// has to be asked whether it hides others.
    pub fn ordinary(&self) -> Option<&'r str> {
        let text = self.known?;
        let ((from, _), (_, to)) = self.spans.first().zip(self.spans.last())?;
        let row = text.as_bytes().get(*from as usize..*to as usize)?;
        // Piece by piece, so that the machine looks at many bytes at once.
        let is_odd = |byte: &u8| !matches!(byte, b' '..=b'~' | b'\t');
        row.chunks(32).all(|piece| !piece.iter().fold(false, |odd, byte| odd | is_odd(byte))).then_some(text)
    }

    /// The cell in place `n` is UTF-8.
    pub fn is_utf8(&self, n: usize) -> bool {
        self.known.is_some() || self.get(n).is_none_or(|cell| std::str::from_utf8(cell).is_ok())
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
