//! UN/EDIFACT syntax: bytes become segments.
//!
//! Our own, behind [`Segments`], because input is dirty: bytes before `UNA`, a second `UNA` with other separators in the
//! same file, a tail without terminator, empty segments. A reader that stops there loses the rest of a ship in silence.
//! Here every byte ends up in a segment or in a [`SyntaxFault`], and memory is one segment.

use std::cell::Cell;
use std::io::BufRead;

use super::super::super::limits::MAX_SEGMENT_BYTES;

/// A source of segments.
pub(in super::super) trait Segments {
    /// Fills `segment` with the next one. `Ok(false)` at the end.
    fn next_into(&mut self, segment: &mut Segment) -> Result<bool, SyntaxFault>;
}

/// What broke the syntax. The source goes on behind it, except after `Io`.
#[derive(Debug)]
pub(in super::super) enum SyntaxFault {
    /// A segment over the limit was passed over.
    TooLong { at: u64 },
    /// The input ended within a segment.
    Unfinished { at: u64, text: String },
    /// A run of bytes that is no segment.
    Garbage { at: u64, text: String },
    /// The source failed.
    Io(String),
}

#[derive(Debug, Clone)]
struct Piece {
    element: u16,
    component: u16,
    start: u32,
    end: u32,
    /// Length in characters as sent, release characters included.
    sent: u32,
    read: Cell<bool>,
}

/// One segment. Elements and components count from 1; element 0 is the tag.
#[derive(Debug, Default)]
pub(in super::super) struct Segment {
    raw: Vec<u8>,
    pieces: Vec<Piece>,
    tag: [u8; 3],
    /// Number within the message, `UNH` being 1; set by the reader.
    pub number: u64,
    /// Decimal mark in force.
    pub decimal_comma: bool,
}

impl Segment {
    /// The tag in upper case.
    pub fn tag(&self) -> &str {
        std::str::from_utf8(&self.tag).unwrap_or("???")
    }

    /// A component, trimmed; `None` when absent or blank. Counts as read.
    pub fn get(&self, element: u16, component: u16) -> Option<&str> {
        let piece = self.piece(element, component)?;
        piece.read.set(true);
        let text = self.text(piece).trim();
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
            (text, widths.iter().any(|width| piece.sent == *width || chars == *width as usize))
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

    fn piece(&self, element: u16, component: u16) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.element == element && piece.component == component)
    }

    fn text(&self, piece: &Piece) -> &str {
        let bytes = self.raw.get(piece.start as usize..piece.end as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// Separators in force.
#[derive(Clone, Copy)]
struct Separators {
    component: u8,
    element: u8,
    comma: bool,
    release: Option<u8>,
    terminator: u8,
}

impl Default for Separators {
    fn default() -> Self {
        Self { component: b':', element: b'+', comma: false, release: Some(b'?'), terminator: b'\'' }
    }
}

/// Reads segments from UTF-8 text.
pub(in super::super) struct Tokens<R> {
    input: R,
    separators: Separators,
    /// Bytes read so far.
    offset: u64,
    ended: bool,
}

impl<R: BufRead> Tokens<R> {
    /// Default separators until a `UNA` says otherwise.
    pub fn new(input: R) -> Self {
        Self { input, separators: Separators::default(), offset: 0, ended: false }
    }

    fn peek(&mut self) -> Result<Option<u8>, SyntaxFault> {
        match self.input.fill_buf() {
            Ok(chunk) => Ok(chunk.first().copied()),
            Err(error) => {
                self.ended = true;
                Err(SyntaxFault::Io(error.to_string()))
            }
        }
    }

    fn skip(&mut self) {
        self.input.consume(1);
        self.offset += 1;
    }

    /// Passes line breaks and blanks between segments, and terminators of empty ones.
    fn skip_blank(&mut self) -> Result<bool, SyntaxFault> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() && byte != self.separators.terminator {
                return Ok(true);
            }
            self.skip();
        }
        self.ended = true;
        Ok(false)
    }

    /// Reads the six characters of `UNA`.
    fn advice(&mut self) -> Result<(), SyntaxFault> {
        let mut given = [0_u8; 6];
        for slot in &mut given {
            let Some(byte) = self.peek()? else { break };
            *slot = byte;
            self.skip();
        }
        let [component, element, decimal, release, _, terminator] = given;
        let usable =
            [component, element, terminator].iter().all(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
        if usable && component != element && element != terminator && component != terminator {
            let release = (release != b' ').then_some(release);
            self.separators = Separators { component, element, comma: decimal == b',', release, terminator };
            return Ok(());
        }
        Err(SyntaxFault::Garbage { at: self.offset, text: format!("UNA{}", String::from_utf8_lossy(&given)) })
    }

    /// Reads to the terminator. True when one was found. `start_of_tag` was read already.
    fn body(&mut self, segment: &mut Segment, start_of_tag: &[u8]) -> Result<bool, SyntaxFault> {
        let separators = self.separators;
        let Segment { raw, pieces, .. } = segment;
        raw.clear();
        raw.extend_from_slice(start_of_tag);
        pieces.clear();
        let (mut element, mut component, mut start, mut sent) = (0_u16, 1_u16, 0_usize, 0_u32);
        let mut released = false;
        let mut finish = |raw: &Vec<u8>, element, component, start: &mut usize, sent: &mut u32| {
            let (from, to) = (u32::try_from(*start).unwrap_or(0), u32::try_from(raw.len()).unwrap_or(0));
            pieces.push(Piece { element, component, start: from, end: to, sent: *sent, read: Cell::new(false) });
            *start = raw.len();
            *sent = 0;
        };
        let at = self.offset;
        let mut too_long = false;
        loop {
            let chunk = self.input.fill_buf().map_err(|error| {
                self.ended = true;
                SyntaxFault::Io(error.to_string())
            })?;
            if chunk.is_empty() {
                self.ended = true;
                finish(raw, element, component, &mut start, &mut sent);
                return Ok(false);
            }
            let mut used = 0;
            let mut done = false;
            for &byte in chunk {
                used += 1;
                if released {
                    released = false;
                    raw.push(byte);
                    sent += 1;
                } else if byte == separators.terminator {
                    done = true;
                    break;
                } else if byte == separators.element {
                    finish(raw, element, component, &mut start, &mut sent);
                    element = element.saturating_add(1);
                    component = 1;
                } else if byte == separators.component && element > 0 {
                    finish(raw, element, component, &mut start, &mut sent);
                    component = component.saturating_add(1);
                } else if Some(byte) == separators.release {
                    released = true;
                    sent += 1;
                } else {
                    // Continuation bytes are no characters of their own.
                    sent += u32::from(byte & 0xc0 != 0x80);
                    raw.push(byte);
                }
                if raw.len() > MAX_SEGMENT_BYTES || pieces_full(element, component) {
                    too_long = true;
                    raw.truncate(start);
                    sent = 0;
                }
            }
            self.input.consume(used);
            self.offset += used as u64;
            if done {
                finish(raw, element, component, &mut start, &mut sent);
                return if too_long { Err(SyntaxFault::TooLong { at }) } else { Ok(true) };
            }
        }
    }
}

/// More elements or components than any segment of any directory has.
fn pieces_full(element: u16, component: u16) -> bool {
    element > 500 || component > 500
}

impl<R: BufRead> Segments for Tokens<R> {
    fn next_into(&mut self, segment: &mut Segment) -> Result<bool, SyntaxFault> {
        loop {
            if self.ended || !self.skip_blank()? {
                return Ok(false);
            }
            let at = self.offset;
            // The tag, up to three letters, tells a service string advice from a segment.
            let chunk = self.input.fill_buf().map_err(|error| SyntaxFault::Io(error.to_string()))?;
            let mut start_of_tag = Vec::new();
            if chunk.starts_with(b"UNA") || (chunk.len() < 3 && b"UNA".starts_with(chunk)) {
                for expected in b"UNA" {
                    if self.peek()? != Some(*expected) {
                        break;
                    }
                    start_of_tag.push(*expected);
                    self.skip();
                }
                if start_of_tag == b"UNA" {
                    self.advice()?;
                    continue;
                }
            }
            let whole = self.body(segment, &start_of_tag)?;
            segment.decimal_comma = self.separators.comma;
            segment.tag = [b' '; 3];
            let tag = segment.pieces.first().map(|piece| segment.text(piece).trim().to_ascii_uppercase());
            let tag = tag.unwrap_or_default();
            if let [a, b, c] = *tag.as_bytes()
                && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                segment.tag = [a, b, c];
            }
            if let Some(first) = segment.pieces.first() {
                first.read.set(true);
            }
            if !whole {
                return Err(SyntaxFault::Unfinished { at, text: segment.to_lossy() });
            }
            if segment.tag == [b' '; 3] {
                return Err(SyntaxFault::Garbage { at, text: segment.to_lossy() });
            }
            return Ok(true);
        }
    }
}

impl Segment {
    /// The raw text for a fault.
    fn to_lossy(&self) -> String {
        String::from_utf8_lossy(&self.raw).trim().chars().take(200).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(input: &str) -> Vec<String> {
        let mut tokens = Tokens::new(std::io::BufReader::with_capacity(5, input.as_bytes()));
        let mut segment = Segment::default();
        let mut texts = Vec::new();
        loop {
            match tokens.next_into(&mut segment) {
                Ok(true) => texts.push(segment.to_text()),
                Ok(false) => return texts,
                Err(SyntaxFault::Unfinished { text, .. }) => texts.push(format!("unfinished {text}")),
                Err(SyntaxFault::Garbage { text, .. }) => texts.push(format!("garbage {text}")),
                Err(SyntaxFault::TooLong { .. }) => texts.push("too long".into()),
                Err(SyntaxFault::Io(_)) => return texts,
            }
        }
    }

    #[test]
    fn separators_releases_and_rests() {
        assert_eq!(texts("\n UNH+1'\r\n\tNAD+CN+++O?'BRIEN ?? ?+CO'"), ["UNH+1", "NAD+CN+++O'BRIEN ? +CO"]);
        assert_eq!(texts("UNA|*,? ~UNB*UNOA|1~UNA:+.? 'UNB+UNOB:1'"), ["UNB+UNOA:1", "UNB+UNOB:1"]);
        assert_eq!(texts("''LOC+9'garbage'LOC+"), ["LOC+9", "garbage garbage", "unfinished LOC"]);
        assert_eq!(texts(&format!("FTX+AAA+++{}'LOC+9'", "x".repeat(MAX_SEGMENT_BYTES + 9))), ["too long", "LOC+9"]);
        assert_eq!(texts("UN"), ["unfinished UN"]);
        assert!(texts("").is_empty());
    }

    #[test]
    fn places_are_counted_from_one() {
        let mut tokens = Tokens::new(&b"LOC+9+LKCMB:139:6:COLOMBO'"[..]);
        let mut segment = Segment::default();
        assert!(tokens.next_into(&mut segment).is_ok_and(|more| more));
        assert_eq!((segment.get(1, 1), segment.code(2)), (Some("9"), Some("LKCMB")));
        assert_eq!(segment.unread().collect::<Vec<_>>(), [(2, 4, "COLOMBO")]);
    }
}
