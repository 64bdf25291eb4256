//! One UN/EDIFACT segment: a tag and its components, each of which remembers whether somebody read it.
//!
//! A ship has fifty thousand segments, so one [`Segment`] is filled again and again: one text, ranges of it, and no
//! allocation once it has grown. Its place is written only for a finding.

use std::cell::Cell;

use super::super::super::limits::MAX_SEGMENT_BYTES;

/// More elements or components than any segment of any directory has.
const MAX_PLACES: u16 = 500;

/// One component: a range of the text of its segment.
#[derive(Debug, Clone)]
struct Piece {
    element: u16,
    component: u16,
    start: u32,
    end: u32,
    /// Release characters sent within it. They are not in the text, but they count for the width of a line.
    n_released: u32,
    read: Cell<bool>,
}

/// One segment. Elements and components count from 1; element 0 is the tag.
#[derive(Debug, Default)]
pub(in super::super) struct Segment {
    /// All components behind each other, without separators.
    text: String,
    pieces: Vec<Piece>,
    tag: [u8; 3],
    /// Number of the message within the file; set by the reader, as the next one.
    pub message: u64,
    /// Number within the message, `UNH` being 1.
    pub number: u64,
    /// Decimal mark in force.
    pub decimal_comma: bool,
}

impl Segment {
    /// The tag in upper case.
    pub fn tag(&self) -> &str {
        std::str::from_utf8(&self.tag).unwrap_or("???")
    }

    /// True for a tag of three letters or digits.
    pub fn has_tag(&self) -> bool {
        self.tag != [b' '; 3]
    }

    /// Where it stands, for a finding.
    pub fn place(&self) -> String {
        format!("message {} segment {} {}", self.message, self.number, self.tag())
    }

    /// A component, trimmed; `None` when absent or blank. Counts as read.
    pub fn get(&self, element: u16, component: u16) -> Option<&str> {
        let piece = self.piece(element, component)?;
        piece.read.set(true);
        let text = trimmed(self.text(piece));
        (!text.is_empty()).then_some(text)
    }

    /// The first component of an element, its code list qualifiers counting as read.
    pub fn code(&self, element: u16) -> Option<&str> {
        self.quiet(element, &[2, 3]);
        self.get(element, 1)
    }

    /// Marks components that only say which code list is meant.
    pub fn quiet(&self, element: u16, components: &[u16]) {
        for piece in self.pieces.iter().filter(|p| p.element == element && components.contains(&p.component)) {
            piece.read.set(true);
        }
    }

    /// All components of an element, with whether each is as long as a line can be (as sent, or as meant).
    pub fn all<'s>(&'s self, element: u16, widths: &'s [u32]) -> impl Iterator<Item = (&'s str, bool)> {
        self.pieces.iter().filter(move |piece| piece.element == element).map(move |piece| {
            piece.read.set(true);
            let text = self.text(piece);
            let chars = text.chars().count();
            let sent = chars + piece.n_released as usize;
            (text, widths.iter().any(|width| sent == *width as usize || chars == *width as usize))
        })
    }

    /// Marks everything as read.
    pub fn quiet_all(&self) {
        self.pieces.iter().for_each(|piece| piece.read.set(true));
    }

    /// Components that nobody read: element, component, text.
    pub fn unread(&self) -> impl Iterator<Item = (u16, u16, &str)> {
        self.pieces
            .iter()
            .filter(|piece| !piece.read.get())
            .map(|piece| (piece.element, piece.component, self.text(piece).trim()))
            .filter(|(.., text)| !text.is_empty())
    }

    /// The segment as text, separators written as the default ones.
    pub fn to_text(&self) -> String {
        let mut text = self.tag().to_owned();
        let mut element = 0;
        for piece in self.pieces.iter().filter(|piece| piece.element > 0) {
            if piece.element != element {
                (element..piece.element).for_each(|_| text.push('+'));
                element = piece.element;
            } else {
                text.push(':');
            }
            text.push_str(self.text(piece));
        }
        text
    }

    /// Its start without separators, for a fault of syntax.
    pub fn head(&self) -> String {
        self.text.trim().chars().take(200).collect()
    }

    fn piece(&self, element: u16, component: u16) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.element == element && piece.component == component)
    }

    fn text(&self, piece: &Piece) -> &str {
        self.text.get(piece.start as usize..piece.end as usize).unwrap_or_default()
    }
}

/// `trim`, at once for what needs none.
fn trimmed(text: &str) -> &str {
    let is_bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_bare(bytes.first()) && is_bare(bytes.last()) { text } else { text.trim() }
}

/// A segment that is being read.
#[derive(Debug)]
pub(super) struct Draft {
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
    element: u16,
    component: u16,
    n_released: u32,
    too_long: bool,
}

impl Draft {
    /// An empty one, in the memory of the segment before.
    pub fn over(segment: &mut Segment) -> Self {
        let mut bytes = std::mem::take(&mut segment.text).into_bytes();
        let mut pieces = std::mem::take(&mut segment.pieces);
        bytes.clear();
        pieces.clear();
        Self { bytes, pieces, element: 0, component: 1, n_released: 0, too_long: false }
    }

    /// All bytes so far, separators left out.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// True while the tag is read.
    pub fn is_at_tag(&self) -> bool {
        self.element == 0
    }

    /// True once a limit was passed; nothing is kept from there on.
    pub fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// Adds to the component that is open.
    pub fn push(&mut self, bytes: &[u8]) {
        let left = MAX_SEGMENT_BYTES - self.bytes.len();
        self.too_long |= bytes.len() > left;
        self.bytes.extend_from_slice(bytes.get(..left).unwrap_or(bytes));
    }

    /// Counts a release character of the component that is open.
    pub fn release(&mut self) {
        self.n_released += 1;
    }

    /// Goes on with the next component.
    pub fn next_component(&mut self) {
        self.end_piece();
        self.component = self.component.saturating_add(1);
        self.too_long |= self.component > MAX_PLACES;
    }

    /// Goes on with the first component of the next element.
    pub fn next_element(&mut self) {
        self.end_piece();
        (self.element, self.component) = (self.element.saturating_add(1), 1);
        self.too_long |= self.element > MAX_PLACES;
    }

    fn end_piece(&mut self) {
        if self.too_long {
            return;
        }
        let start = self.pieces.last().map_or(0, |piece| piece.end);
        let end = u32::try_from(self.bytes.len()).unwrap_or(start);
        let (element, component) = (self.element, self.component);
        let n_released = std::mem::take(&mut self.n_released);
        // The tag is always read.
        self.pieces.push(Piece { element, component, start, end, n_released, read: Cell::new(element == 0) });
    }

    /// Becomes the segment whose memory it took.
    pub fn finish(mut self, segment: &mut Segment) {
        self.end_piece();
        segment.pieces = self.pieces;
        // Separators are ASCII, so UTF-8 stays UTF-8; only what was cut at the limit may end within a character.
        segment.text = String::from_utf8(self.bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        segment.tag = match segment.pieces.first().map(|piece| trimmed(segment.text(piece)).as_bytes()) {
            Some(&[a, b, c]) if [a, b, c].iter().all(u8::is_ascii_alphanumeric) => {
                [a, b, c].map(|c| c.to_ascii_uppercase())
            }
            _ => [b' '; 3],
        };
    }
}
