//! UN/EDIFACT syntax: bytes become segments.
//!
//! Our own, behind [`Segments`], because input is dirty: bytes before `UNA`, a second `UNA` with other separators in the
//! same file, a tail without terminator, empty segments. A reader that stops there loses the rest of a ship in silence.
//! Here every byte ends up in a segment or in a [`SyntaxFault`], and memory is one segment.

use std::io::BufRead;

use super::segment::{Draft, Segment};

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

impl Separators {
    fn has(&self, byte: u8) -> bool {
        byte == self.element || byte == self.component || byte == self.terminator || Some(byte) == self.release
    }

    /// Reads up to the terminator. Gives what is behind it, or `None` when more is needed; `is_released` is kept between.
    fn read<'c>(&self, mut rest: &'c [u8], draft: &mut Draft, is_released: &mut bool) -> Option<&'c [u8]> {
        while let Some((first, behind)) = rest.split_first() {
            if std::mem::take(is_released) || !self.has(*first) {
                let more = behind.iter().position(|byte| self.has(*byte)).unwrap_or(behind.len());
                let (text, behind) = rest.split_at(more + 1);
                draft.push(text);
                rest = behind;
                continue;
            }
            rest = behind;
            if *first == self.terminator {
                return Some(rest);
            } else if *first == self.element {
                draft.next_element();
            } else if *first == self.component && !draft.is_at_tag() {
                draft.next_component();
            } else if Some(*first) == self.release {
                draft.release();
                *is_released = true;
            } else {
                // The separator of components is an ordinary character within the tag.
                draft.push(&[*first]);
            }
        }
        None
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

    /// What is there of the input; empty at its end.
    fn chunk(&mut self) -> Result<&[u8], SyntaxFault> {
        self.input.fill_buf().map_err(|error| {
            self.ended = true;
            SyntaxFault::Io(error.to_string())
        })
    }

    fn skip(&mut self, n: usize) {
        self.input.consume(n);
        self.offset += n as u64;
    }

    /// Passes line breaks and blanks between segments, and terminators of empty ones. False at the end.
    fn skip_blank(&mut self) -> Result<bool, SyntaxFault> {
        let terminator = self.separators.terminator;
        loop {
            let chunk = self.chunk()?;
            let n = chunk.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == terminator).count();
            let (is_end, is_over) = (chunk.is_empty(), n < chunk.len());
            self.skip(n);
            self.ended |= is_end;
            if is_end || is_over {
                return Ok(is_over);
            }
        }
    }

    /// Passes `UNA` where it stands; the tag, up to three letters, tells it from a segment. What was passed of another tag
    /// goes to `draft`.
    fn skip_advice_tag(&mut self, draft: &mut Draft) -> Result<bool, SyntaxFault> {
        let chunk = self.chunk()?;
        if chunk.starts_with(b"UNA") || (chunk.len() < 3 && b"UNA".starts_with(chunk)) {
            for expected in b"UNA" {
                if self.chunk()?.first() != Some(expected) {
                    break;
                }
                draft.push(&[*expected]);
                self.skip(1);
            }
        }
        Ok(draft.bytes() == b"UNA")
    }

    /// Reads the six characters of `UNA`.
    fn advice(&mut self) -> Result<(), SyntaxFault> {
        let mut given = [0_u8; 6];
        for slot in &mut given {
            let Some(byte) = self.chunk()?.first().copied() else { break };
            *slot = byte;
            self.skip(1);
        }
        let [component, element, decimal, release, _, terminator] = given;
        let usable =
            [component, element, terminator].iter().all(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
        if usable && component != element && element != terminator && component != terminator {
            let release = (release != b' ' && release.is_ascii()).then_some(release);
            self.separators = Separators { component, element, comma: decimal == b',', release, terminator };
            return Ok(());
        }
        Err(SyntaxFault::Garbage { at: self.offset, text: format!("UNA{}", String::from_utf8_lossy(&given)) })
    }

    /// Reads to the terminator. True when one was found.
    fn body(&mut self, draft: &mut Draft) -> Result<bool, SyntaxFault> {
        let (separators, at) = (self.separators, self.offset);
        let mut is_released = false;
        loop {
            let chunk = self.chunk()?;
            let behind = separators.read(chunk, draft, &mut is_released);
            let (is_whole, n) = (behind.is_some(), chunk.len() - behind.map_or(0, <[u8]>::len));
            self.skip(n);
            self.ended |= n == 0;
            if is_whole && draft.is_too_long() {
                return Err(SyntaxFault::TooLong { at });
            }
            if is_whole || n == 0 {
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
            let mut draft = Draft::over(segment);
            if self.skip_advice_tag(&mut draft)? {
                self.advice()?;
                continue;
            }
            let is_whole = self.body(&mut draft)?;
            draft.finish(segment);
            segment.decimal_comma = self.separators.comma;
            if !is_whole {
                return Err(SyntaxFault::Unfinished { at, text: segment.head() });
            }
            if !segment.has_tag() {
                return Err(SyntaxFault::Garbage { at, text: segment.head() });
            }
            return Ok(true);
        }
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
