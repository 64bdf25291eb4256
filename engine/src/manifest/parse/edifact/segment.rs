//! One UN/EDIFACT segment: a tag and its components, each of which remembers whether somebody read it.
//!
//! A ship has fifty thousand segments, so one [`Segment`] is filled again and again: one text, ranges of it, and no
//! allocation once it has grown. Its place is written only for a finding.

use std::cell::Cell;

use super::super::super::limits::MAX_SEGMENT_BYTES;
use super::super::super::reading::{has_unseen, is_unseen};

/// Tags of cargo reports and their envelope, by which a segment is known whose terminator before was lost.
const TAGS: &[&str] = &[
    "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "BGM", "DTM", "MEA", "EQD", "TDT", "LOC", "NAD", "CNI", "RFF", "CNT",
    "GID", "FTX", "SGP", "PCI", "DGS", "SEL", "CST", "TMD", "GIS", "MOA", "PAC", "PIA", "HAN", "TSR", "DIM", "TMP",
    "RNG", "CTA", "COM", "DOC", "AUT", "QTY", "EQA", "GEI", "CUX", "CPI", "TOD",
];

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

/// A line break within an element.
#[derive(Debug, Clone, Copy)]
struct Break {
    /// Bytes of the text before it.
    at: usize,
    /// Does every line of the file have the length of the one that ends here? Then it cuts wherever the width was full.
    wraps: bool,
    /// Stands a released sign right before it?
    is_released: bool,
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
    /// Where the last released sign stands in the text.
    released_at: Option<usize>,
    /// Where line breaks stood that were left out, as places in the text.
    breaks: Vec<Break>,
    too_long: bool,
    /// The text of each piece without the signs that nobody sees, where some piece has any.
    plain: Option<Vec<String>>,
    /// Was a code or a number read that had such signs?
    hid: Cell<bool>,
    tag: [u8; 3],
    /// Number of the message within the file; set by the reader, as the next one.
    pub message: u64,
    /// Number within the message, `UNH` being 1.
    pub number: u64,
    /// Decimal mark in force.
    pub decimal_comma: bool,
    /// What it ended with.
    pub ending: Ending,
}

/// What a segment ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) enum Ending {
    /// As it should.
    #[default]
    Terminator,
    /// The tag of the next one, on a line of its own.
    NextTag,
    /// The end of the file.
    File,
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

    /// A component, trimmed and without signs that nobody sees: a code is the same code with one of them in it. `None` when
    /// absent or blank. Counts as read.
    pub fn get(&self, element: usize, component: usize) -> Option<&str> {
        let n = component.checked_sub(1)?;
        let piece = self.components(element).get(n)?;
        piece.read.set(true);
        let sent = self.text(piece);
        let text = match &self.plain {
            None => sent,
            Some(plain) => {
                let text = plain.get(self.elements.get(element)? + n)?;
                self.hid.set(self.hid.get() || text != sent);
                text
            }
        };
        let text = trimmed(text);
        (!text.is_empty()).then_some(text)
    }

    /// True when a code or a number was read from which signs that nobody sees were left out.
    pub fn hid_signs(&self) -> bool {
        self.hid.get()
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

    /// True when it says anything.
    pub fn has_elements(&self) -> bool {
        self.pieces.len() > 1
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
        let is_tag = |at: usize| {
            // A tag has elements behind it; the end of a word that was cut has none.
            let is_whole = self.pieces.iter().any(|piece| piece.end as usize == at + 3);
            let goes_on = self
                .elements
                .last()
                .and_then(|n| self.pieces.get(*n))
                .is_some_and(|last| last.start as usize >= at + 3);
            let tag = self.text.get(at..at + 3);
            is_whole && goes_on && tag.is_some_and(|tag| tag.bytes().all(|byte| byte.is_ascii_uppercase()))
        };
        self.breaks.iter().any(|broken| broken.is_released && !broken.wraps && is_tag(broken.at))
    }

    /// True when line breaks were left out of it.
    pub fn is_broken(&self) -> bool {
        !self.breaks.is_empty()
    }

    /// The text of an element with a blank where a line ended between two words, or within one: nobody can tell. `None`
    /// where no line ended so, or where all lines have one width and are cut at any place.
    pub fn parted(&self, element: usize) -> Option<String> {
        let pieces = self.components(element);
        let parts = |piece: &Piece| {
            let (start, end) = (piece.start as usize, piece.end as usize);
            let is_between = |at: usize| {
                let (before, after) = (self.text.get(start..at), self.text.get(at..end));
                let is_word = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
                is_word(before.and_then(|text| text.chars().next_back()))
                    && is_word(after.and_then(|text| text.chars().next()))
            };
            let breaks = self.breaks.iter().filter(|broken| !broken.wraps).map(|broken| broken.at);
            breaks.filter(|at| (start..end).contains(at) && is_between(*at)).collect::<Vec<_>>()
        };
        let cuts: Vec<Vec<usize>> = pieces.iter().map(parts).collect();
        if cuts.iter().all(Vec::is_empty) {
            return None;
        }
        let mut text = String::new();
        for (piece, cuts) in pieces.iter().zip(cuts) {
            let mut from = piece.start as usize;
            for end in cuts.into_iter().chain([piece.end as usize]) {
                text.push_str(self.text.get(from..end).unwrap_or_default().trim());
                text.push(' ');
                from = end;
            }
        }
        Some(text.trim_end().to_owned())
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
        self.breaks.clear();
        (self.n_released, self.released_at, self.too_long) = (0, None, false);
        self.plain = None;
        self.hid.set(false);
    }

    /// Starts a segment of which the tag and its separator were read already.
    pub(super) fn begin(&mut self, tag: &str) {
        self.clear();
        self.push(tag);
        self.end_element();
    }

    /// Leaves out a line break.
    pub(super) fn break_line(&mut self, wraps: bool) {
        let at = self.text.len();
        // A carriage return and a line feed are one break; more than a screen of them are not needed to know it.
        if self.breaks.len() < MAX_PLACES && self.breaks.last().is_none_or(|last| last.at < at) {
            let is_released = self.released_at.is_some_and(|released| released + 1 == at);
            self.breaks.push(Break { at, wraps, is_released });
        }
    }

    /// When an element ends: was it the tag of the next segment, which begins on a line of its own because the terminator
    /// before it was lost? Then this segment ends before it, and the tag is given.
    pub(super) fn split_tag(&mut self) -> Option<&'static str> {
        let broken = self.breaks.last().filter(|broken| !broken.wraps)?;
        let start = self.pieces.last().map_or(0, |piece| piece.end) as usize;
        let tag = self.text.get(broken.at..).filter(|_| broken.at > start && !self.is_at_tag())?;
        let tag = TAGS.iter().find(|known| **known == tag)?;
        self.text.truncate(broken.at);
        self.breaks.pop();
        Some(tag)
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
        self.released_at = Some(self.text.len());
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
        if has_unseen(&self.text) {
            let plain = |piece| self.text(piece).chars().filter(|c| !is_unseen(*c)).collect();
            self.plain = Some(self.pieces.iter().map(plain).collect());
        }
        let tag = match &self.plain {
            Some(plain) => plain.first().map(|text| trimmed(text).as_bytes()),
            None => self.pieces.first().map(|piece| trimmed(self.text(piece)).as_bytes()),
        };
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
