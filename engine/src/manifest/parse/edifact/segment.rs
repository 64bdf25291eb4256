//! One UN/EDIFACT segment: a tag and its components, each of which remembers whether somebody read it.
//!
//! A ship has fifty thousand segments, so one [`Segment`] is filled again and again: one text, ranges of it, and no
//! allocation once it has grown. Its place is written only for a finding.

use std::cell::Cell;

use super::super::super::limits::MAX_SEGMENT_BYTES;

/// More elements or components than any segment of any directory has.
const MAX_PLACES: usize = 500;

/// One component: a range of the text of its segment.
#[derive(Debug, Clone)]
struct Piece {
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
    /// Where the pieces of each element start.
    elements: Vec<usize>,
    n_released: u32,
    too_long: bool,
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
    pub fn tag(&self) -> &[u8; 3] {
        &self.tag
    }

    /// The tag for a finding.
    pub fn tag_text(&self) -> &str {
        std::str::from_utf8(&self.tag).unwrap_or("???")
    }

    /// Where it stands, for a finding.
    pub fn place(&self) -> String {
        format!("message {} segment {} {}", self.message, self.number, self.tag_text())
    }

    /// A component, trimmed; `None` when absent or blank. Counts as read.
    pub fn get(&self, element: usize, component: usize) -> Option<&str> {
        let piece = component.checked_sub(1).and_then(|n| self.components(element).get(n))?;
        piece.read.set(true);
        let text = trimmed(self.text(piece));
        (!text.is_empty()).then_some(text)
    }

    /// The first component of an element, its code list qualifiers counting as read.
    pub fn code(&self, element: usize) -> Option<&str> {
        self.quiet(element, &[2, 3]);
        self.get(element, 1)
    }

    /// Marks components that only say which code list is meant.
    pub fn quiet(&self, element: usize, components: &[usize]) {
        let pieces = self.components(element);
        let named = components.iter().filter_map(|component| pieces.get(component.checked_sub(1)?));
        named.for_each(|piece| piece.read.set(true));
    }

    /// All components of an element, with whether each is as long as a line can be (as sent, or as meant).
    pub fn all<'s>(&'s self, element: usize, widths: &'s [usize]) -> impl Iterator<Item = (&'s str, bool)> {
        self.components(element).iter().map(move |piece| {
            piece.read.set(true);
            let text = self.text(piece);
            let meant = text.chars().count();
            let sent = meant + piece.n_released as usize;
            (text, widths.contains(&meant) || widths.contains(&sent))
        })
    }

    /// Marks everything as read.
    pub fn quiet_all(&self) {
        self.pieces.iter().for_each(|piece| piece.read.set(true));
    }

    /// Components that nobody read: element, component, text.
    pub fn unread(&self) -> impl Iterator<Item = (usize, usize, &str)> {
        let unread = self.pieces.iter().enumerate().filter(|(_, piece)| !piece.read.get());
        unread
            .map(|(n, piece)| (self.place_of(n), trimmed(self.text(piece))))
            .filter(|(_, text)| !text.is_empty())
            .map(|((element, component), text)| (element, component, text))
    }

    /// The segment as text, separators written as the default ones.
    pub fn to_text(&self) -> String {
        let mut text = self.tag_text().to_owned();
        for element in 1..self.elements.len() {
            text.push('+');
            for (n, piece) in self.components(element).iter().enumerate() {
                text.push_str(if n > 0 { ":" } else { "" });
                text.push_str(self.text(piece));
            }
        }
        text
    }

    /// Its start without separators, for a fault of syntax.
    pub fn head(&self) -> String {
        self.text.trim().chars().take(200).collect()
    }

    /// True when a released sign stands before a line break and what looks like the tag of another segment: its terminator
    /// was released by mistake, and the other segment was read as text of this one.
    pub fn swallows_another(&self) -> bool {
        let is_tag = |rest: &str| {
            let tag = rest.trim_start_matches(['\r', '\n']);
            tag.len() < rest.len() && tag.bytes().take(3).filter(u8::is_ascii_uppercase).count() == 3
        };
        let has_released = self.pieces.iter().any(|piece| piece.n_released > 0);
        has_released && self.text.match_indices(['\r', '\n']).any(|(n, _)| is_tag(self.text.get(n..).unwrap_or("")))
    }

    fn components(&self, element: usize) -> &[Piece] {
        let Some(start) = self.elements.get(element) else { return &[] };
        let end = self.elements.get(element + 1).copied().unwrap_or(self.pieces.len());
        self.pieces.get(*start..end).unwrap_or_default()
    }

    /// Element and component of the `n`th piece, counted from 0.
    fn place_of(&self, n: usize) -> (usize, usize) {
        let element = self.elements.partition_point(|start| *start <= n).saturating_sub(1);
        (element, n + 1 - self.elements.get(element).copied().unwrap_or_default())
    }

    fn text(&self, piece: &Piece) -> &str {
        self.text.get(piece.start as usize..piece.end as usize).unwrap_or_default()
    }
}

/// Filling, by [`syntax`](super::syntax).
impl Segment {
    /// Starts a segment in the memory of the one before.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.pieces.clear();
        self.elements.clear();
        self.elements.push(0);
        (self.n_released, self.too_long) = (0, false);
    }

    /// True while the tag is read.
    pub(super) fn is_at_tag(&self) -> bool {
        self.elements.len() == 1
    }

    /// True once a limit was passed; nothing is kept from there on.
    pub(super) fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// Adds to the component that is open.
    pub(super) fn push(&mut self, text: &str) {
        let left = MAX_SEGMENT_BYTES - self.text.len();
        if text.len() <= left {
            return self.text.push_str(text);
        }
        self.too_long = true;
        self.text.push_str(text.get(..text.floor_char_boundary(left)).unwrap_or_default());
    }

    /// Counts a release character of the component that is open.
    pub(super) fn release(&mut self) {
        self.n_released += 1;
    }

    /// Ends the component that is open; the next one belongs to the same element.
    pub(super) fn end_component(&mut self) {
        let start = self.pieces.last().map_or(0, |piece| piece.end);
        let end = u32::try_from(self.text.len()).unwrap_or(start);
        let n_before = self.pieces.len() - self.elements.last().copied().unwrap_or_default();
        self.too_long |= n_before >= MAX_PLACES;
        // Nothing is kept of a segment that is too long: a file of nothing but separators stays small.
        if !self.too_long {
            let n_released = std::mem::take(&mut self.n_released);
            self.pieces.push(Piece { start, end, n_released, read: Cell::new(false) });
        }
    }

    /// Ends the element that is open.
    pub(super) fn end_element(&mut self) {
        self.end_component();
        self.too_long |= self.elements.len() > MAX_PLACES;
        if !self.too_long {
            self.elements.push(self.pieces.len());
        }
    }

    /// Ends the segment. False when its tag is not three letters or digits.
    pub(super) fn finish(&mut self) -> bool {
        self.end_component();
        let tag = self.pieces.first().map(|piece| trimmed(self.text(piece)).as_bytes());
        let tag: Option<[u8; 3]> = tag.and_then(|tag| tag.try_into().ok());
        let tag = tag.filter(|tag| tag.iter().all(u8::is_ascii_alphanumeric));
        self.tag = tag.map_or([b' '; 3], |tag| tag.map(|byte| byte.to_ascii_uppercase()));
        // A tag counts as read.
        if let Some(first) = self.pieces.first() {
            first.read.set(true);
        }
        tag.is_some()
    }
}

/// `trim`, at once for what needs none.
fn trimmed(text: &str) -> &str {
    let is_bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_bare(bytes.first()) && is_bare(bytes.last()) { text } else { text.trim() }
}
