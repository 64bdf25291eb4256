//! UN/EDIFACT syntax: text becomes segments.
//!
//! Our own, behind [`Segments`], because input is dirty: bytes before `UNA`, a second `UNA` with other separators in the
//! same file, a tail without terminator, empty segments. A reader that stops there loses the rest of a ship in silence.
//! Here every byte ends up in a segment or in a [`SyntaxFault`], and memory is one segment.

use std::io::{self, BufRead};

use super::super::encoding::Decoded;
use super::segment::Segment;

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

impl From<io::Error> for SyntaxFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

/// Separators in force. All are ASCII, so that text falls apart between whole characters.
struct Separators {
    component: u8,
    element: u8,
    decimal_comma: bool,
    release: Option<u8>,
    terminator: u8,
    /// True at the first four.
    marks: [bool; 256],
}

impl Default for Separators {
    fn default() -> Self {
        Self::new([b':', b'+', b'.', b'?', b' ', b'\''])
    }
}

impl Separators {
    /// By the six characters of `UNA`. A blank is no release character.
    fn new([component, element, decimal, release, _, terminator]: [u8; 6]) -> Self {
        let release = (release != b' ' && release.is_ascii()).then_some(release);
        let mut marks = [false; 256];
        for mark in [component, element, terminator].into_iter().chain(release) {
            if let Some(slot) = marks.get_mut(usize::from(mark)) {
                *slot = true;
            }
        }
        Self { component, element, decimal_comma: decimal == b',', release, terminator, marks }
    }

    fn has(&self, byte: u8) -> bool {
        self.marks.get(usize::from(byte)).copied().unwrap_or(false)
    }

    /// Reads up to the terminator. Gives what is behind it, or `None` when more is needed; `is_released` is kept between.
    fn read<'c>(&self, mut rest: &'c str, segment: &mut Segment, is_released: &mut bool) -> Option<&'c str> {
        while let Some((first, behind)) = rest.as_bytes().split_first() {
            if std::mem::take(is_released) || !self.has(*first) {
                let more = behind.iter().position(|byte| self.has(*byte)).unwrap_or(behind.len());
                let (text, behind) = rest.split_at_checked(more + 1).unwrap_or((rest, ""));
                segment.push(text);
                rest = behind;
                continue;
            }
            let (mark, behind) = rest.split_at_checked(1).unwrap_or((rest, ""));
            rest = behind;
            if *first == self.terminator {
                return Some(rest);
            } else if *first == self.element {
                segment.end_element();
            } else if *first == self.component && !segment.is_at_tag() {
                segment.end_component();
            } else if Some(*first) == self.release {
                segment.release();
                *is_released = true;
            } else {
                // The separator of components is an ordinary character within the tag.
                segment.push(mark);
            }
        }
        None
    }
}

/// Reads segments from text.
pub(in super::super) struct Tokens<R> {
    input: Decoded<R>,
    separators: Separators,
    /// Bytes read so far.
    offset: u64,
    ended: bool,
}

impl<R: BufRead> Tokens<R> {
    /// Default separators until a `UNA` says otherwise.
    pub fn new(input: Decoded<R>) -> Self {
        Self { input, separators: Separators::default(), offset: 0, ended: false }
    }

    fn skip(&mut self, n: usize) {
        self.input.consume(n);
        self.offset += n as u64;
    }

    /// Passes line breaks and blanks between segments, and terminators of empty ones. False at the end.
    fn skip_blank(&mut self) -> Result<bool, SyntaxFault> {
        loop {
            let chunk = self.input.text()?;
            let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == self.separators.terminator;
            let n = chunk.bytes().take_while(is_blank).count();
            let (is_end, is_over) = (chunk.is_empty(), n < chunk.len());
            self.skip(n);
            if is_end || is_over {
                self.ended = is_end;
                return Ok(is_over);
            }
        }
    }

    /// Passes `UNA` where it stands; its three letters tell it from a segment. Letters of another tag go to `segment`.
    fn skip_advice_tag(&mut self, segment: &mut Segment) -> Result<bool, SyntaxFault> {
        let chunk = self.input.text()?;
        if !chunk.starts_with("UNA") && (chunk.len() >= 3 || !"UNA".starts_with(chunk)) {
            return Ok(false);
        }
        for letter in ["U", "N", "A"] {
            if !self.input.text()?.starts_with(letter) {
                return Ok(false);
            }
            segment.push(letter);
            self.skip(1);
        }
        Ok(true)
    }

    /// Reads the six characters of `UNA`.
    fn advice(&mut self) -> Result<(), SyntaxFault> {
        let mut given = ['\0'; 6];
        for slot in &mut given {
            let Some(c) = self.input.text()?.chars().next() else { break };
            *slot = c;
            self.skip(c.len_utf8());
        }
        let [component, element, .., terminator] = given;
        let usable = [component, element, terminator].iter().all(|c| c.is_ascii() && !c.is_ascii_alphanumeric());
        if usable && component != element && element != terminator && component != terminator {
            self.separators = Separators::new(given.map(|c| u8::try_from(c).unwrap_or(u8::MAX)));
            return Ok(());
        }
        Err(SyntaxFault::Garbage { at: self.offset, text: format!("UNA{}", String::from_iter(given)) })
    }

    /// Reads to the terminator. True when one was found.
    fn body(&mut self, segment: &mut Segment) -> Result<bool, SyntaxFault> {
        let at = self.offset;
        let mut is_released = false;
        loop {
            let chunk = self.input.text()?;
            let behind = self.separators.read(chunk, segment, &mut is_released);
            let (is_whole, n) = (behind.is_some(), chunk.len() - behind.map_or(0, str::len));
            self.skip(n);
            if is_whole && segment.is_too_long() {
                return Err(SyntaxFault::TooLong { at });
            }
            if is_whole || n == 0 {
                self.ended = !is_whole;
                return Ok(is_whole);
            }
        }
    }
}

impl<R: BufRead> Segments for Tokens<R> {
    fn next_into(&mut self, segment: &mut Segment) -> Result<bool, SyntaxFault> {
        loop {
            if self.ended || !self.skip_blank()? {
                return Ok(false);
            }
            let at = self.offset;
            segment.clear();
            if self.skip_advice_tag(segment)? {
                self.advice()?;
                continue;
            }
            let is_whole = self.body(segment)?;
            let has_tag = segment.finish();
            segment.decimal_comma = self.separators.decimal_comma;
            if !is_whole {
                return Err(SyntaxFault::Unfinished { at, text: segment.head() });
            }
            if !has_tag {
                return Err(SyntaxFault::Garbage { at, text: segment.head() });
            }
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::encoding::decoded;
    use super::*;
    use crate::manifest::limits::MAX_SEGMENT_BYTES;

    fn texts(input: &str) -> Vec<String> {
        let mut tokens = Tokens::new(decoded(io::BufReader::with_capacity(5, input.as_bytes())).0);
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
        assert_eq!(texts(&format!("LOC{}'LOC+9'", "+".repeat(70_000))), ["too long", "LOC+9"]);
        assert_eq!(texts(&format!("LOC+{}'LOC+9'", ":".repeat(501))), ["too long", "LOC+9"]);
        assert_eq!(texts("UN"), ["unfinished UN"]);
        // A sign of two bytes in UNA is no release character and does not move the terminator.
        assert_eq!(texts("UNA:+.¤ 'UNB+UNOA:1+É?'"), ["UNB+UNOA:1+É?"]);
        assert!(texts("").is_empty());
    }

    #[test]
    fn places_are_counted_from_one() {
        let mut tokens = Tokens::new(decoded(&b"LOC+9+LKCMB:139:6:COLOMBO'"[..]).0);
        let mut segment = Segment::default();
        assert!(tokens.next_into(&mut segment).is_ok_and(|more| more));
        assert_eq!((segment.get(1, 1), segment.code(2)), (Some("9"), Some("LKCMB")));
        assert_eq!(segment.unread().collect::<Vec<_>>(), [(2, 4, "COLOMBO")]);
    }
}
