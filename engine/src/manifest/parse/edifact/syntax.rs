//! UN/EDIFACT syntax: text becomes segments.
//!
//! Our own, behind [`Segments`], because input is dirty: bytes before `UNA`, a second `UNA` with other separators in the
//! same file, a tail without terminator, empty segments. A reader that stops there loses the rest of a ship in silence.
//! Here every byte ends up in a segment or in a [`SyntaxFault`], and memory is one segment.
//!
//! Line breaks are no part of the text (ISO 9735-1, 7): files come wrapped at 80 columns, and cut anywhere. They are left
//! out wherever they stand, also within a tag, and the segment remembers where ([`Lines`] tells whether they wrap). A line
//! that begins with a known tag, where a terminator was lost, begins a segment all the same.

use std::io::{self, BufRead};

use super::super::encoding::Decoded;
use super::segment::{Ending, Segment};

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
    /// Bytes before the interchange begins.
    Before { at: u64, text: String },
    /// `UNA` with five signs; read with the release sign that is usual.
    ShortAdvice { at: u64, text: String },
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
    /// True at those that mean something, and at line breaks.
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
        for mark in [component, element, terminator, b'\r', b'\n'].into_iter().chain(release) {
            if let Some(slot) = marks.get_mut(usize::from(mark)) {
                *slot = true;
            }
        }
        Self { component, element, decimal_comma: decimal == b',', release, terminator, marks }
    }

    fn has(&self, byte: u8) -> bool {
        self.marks.get(usize::from(byte)).copied().unwrap_or(false)
    }

    /// Reads up to the terminator. Gives what is behind it, or `None` when more is needed; `reading` is kept between.
    fn read<'c>(&self, chunk: &'c str, segment: &mut Segment, reading: &mut Reading<'_>) -> Option<&'c str> {
        let mut rest = chunk;
        while let Some((first, behind)) = rest.as_bytes().split_first() {
            if matches!(first, b'\r' | b'\n') && *first != self.terminator {
                let at = reading.at + (chunk.len() - rest.len()) as u64;
                segment.break_line(reading.lines.end(at));
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            if std::mem::take(&mut reading.is_released) || !self.has(*first) {
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
                reading.next_tag = segment.split_tag();
                if reading.next_tag.is_some() {
                    return Some(rest);
                }
                segment.end_element();
            } else if *first == self.component && !segment.is_at_tag() {
                segment.end_component();
            } else if Some(*first) == self.release {
                segment.release();
                reading.is_released = true;
            } else {
                // The separator of components is an ordinary character within the tag.
                segment.push(mark);
            }
        }
        None
    }
}

/// What is remembered from one chunk of a segment to the next.
struct Reading<'l> {
    is_released: bool,
    /// Where the chunk begins.
    at: u64,
    lines: &'l mut Lines,
    /// The tag of the next segment, when this one ended before it.
    next_tag: Option<&'static str>,
}

/// Lengths of lines: a file whose lines, but the last, all have one length was wrapped, wherever that cut.
#[derive(Default)]
struct Lines {
    /// Where the line that is read began.
    from: u64,
    width: Option<u64>,
    differs: bool,
}

impl Lines {
    /// A line ends at byte `at`. True when it is as long as all before it, and there were some.
    fn end(&mut self, at: u64) -> bool {
        let length = at.saturating_sub(self.from);
        self.from = at + 1;
        // The line feed after a carriage return ends nothing, and says of it what was said.
        if length == 0 {
            return !self.differs;
        }
        match self.width {
            None => {
                self.width = Some(length);
                false
            }
            Some(width) => {
                self.differs |= width != length;
                !self.differs
            }
        }
    }
}

/// Reads segments from text.
pub(in super::super) struct Tokens<R> {
    input: Decoded<R>,
    separators: Separators,
    /// Bytes read so far.
    offset: u64,
    lines: Lines,
    /// The tag of the next segment, when it was read with the one before.
    next_tag: Option<&'static str>,
    /// Was anything read?
    begun: bool,
    ended: bool,
}

impl<R: BufRead> Tokens<R> {
    /// Default separators until a `UNA` says otherwise.
    pub fn new(input: Decoded<R>) -> Self {
        let (separators, lines) = (Separators::default(), Lines::default());
        Self { input, separators, offset: 0, lines, next_tag: None, begun: false, ended: false }
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
            for (at, _) in (self.offset..).zip(chunk.bytes().take(n)).filter(|(_, byte)| matches!(byte, b'\r' | b'\n'))
            {
                self.lines.end(at);
            }
            let (is_end, is_over) = (chunk.is_empty(), n < chunk.len());
            self.skip(n);
            if is_end || is_over {
                self.ended = is_end;
                return Ok(is_over);
            }
        }
    }

    /// Passes what stands before the first `UNA`, `UNB` or `UNH`: lines of a log, signs of a transfer.
    fn skip_before(&mut self) -> Result<(), SyntaxFault> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let at = self.offset;
        let chunk = self.input.text()?;
        let n = start(chunk).unwrap_or(0);
        let text: String = chunk.get(..n).unwrap_or_default().chars().take(200).collect();
        self.skip(n);
        if text.is_empty() { Ok(()) } else { Err(SyntaxFault::Before { at, text }) }
    }

    /// Passes `UNA` where it stands; its three letters tell it from a segment. Letters of another tag go to `segment`.
    fn skip_advice_tag(&mut self, segment: &mut Segment) -> Result<bool, SyntaxFault> {
        let chunk = self.input.text()?;
        if !chunk.starts_with("UNA") && !chunk.starts_with(['U']) {
            return Ok(false);
        }
        for letter in ["U", "N", "A"] {
            self.skip_breaks(segment)?;
            if !self.input.text()?.starts_with(letter) {
                return Ok(false);
            }
            segment.push(letter);
            self.skip(1);
        }
        Ok(true)
    }

    fn skip_breaks(&mut self, segment: &mut Segment) -> Result<(), SyntaxFault> {
        while self.input.text()?.starts_with(['\r', '\n']) {
            segment.break_line(self.lines.end(self.offset));
            self.skip(1);
        }
        Ok(())
    }

    /// Reads the six characters of `UNA`.
    fn advice(&mut self, segment: &mut Segment) -> Result<(), SyntaxFault> {
        let at = self.offset;
        let mut given = ['\0'; 6];
        for slot in &mut given {
            self.skip_breaks(segment)?;
            // A letter is no separator: it begins the next segment, and one sign is missing.
            let Some(c) = self.input.text()?.chars().next().filter(|c| !c.is_ascii_alphanumeric()) else { break };
            *slot = c;
            self.skip(c.len_utf8());
        }
        // A line break that ends the segments was passed over as one that ends the line.
        if let [.., ' ', last @ '\0'] = &mut given {
            *last = '\n';
        }
        let is_short = matches!(given, [.., last, '\0'] if last != '\0');
        let text = format!("UNA{}", String::from_iter(given).trim_end_matches('\0'));
        if let (true, [component, element, decimal, _, terminator, _]) = (is_short, given) {
            given = [component, element, decimal, '?', ' ', terminator];
        }
        let [component, element, .., terminator] = given;
        let usable =
            [component, element, terminator].iter().all(|c| c.is_ascii() && *c > ' ' && !c.is_ascii_alphanumeric());
        let usable = usable || terminator == '\n' && component.is_ascii_punctuation() && element.is_ascii_punctuation();
        if !usable || component == element || element == terminator || component == terminator {
            return Err(SyntaxFault::Garbage { at, text });
        }
        self.separators = Separators::new(given.map(|c| u8::try_from(c).unwrap_or(u8::MAX)));
        if is_short { Err(SyntaxFault::ShortAdvice { at, text }) } else { Ok(()) }
    }

    /// Reads to the terminator. True when one was found, or the next segment.
    fn body(&mut self, segment: &mut Segment) -> Result<bool, SyntaxFault> {
        let at = self.offset;
        let mut is_released = false;
        loop {
            let chunk = self.input.text()?;
            let mut reading =
                Reading { is_released, at: self.offset, lines: &mut self.lines, next_tag: self.next_tag.take() };
            let behind = self.separators.read(chunk, segment, &mut reading);
            let (is_whole, n) = (behind.is_some(), chunk.len() - behind.map_or(0, str::len));
            is_released = reading.is_released;
            self.next_tag = reading.next_tag;
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

/// Where the interchange begins in the first text of a file. `None`: it begins at once, or nowhere.
pub(super) fn start(text: &str) -> Option<usize> {
    let is_start = |at: &usize| {
        let rest = text.get(*at..).unwrap_or_default();
        let is_mark = |c: char| c.is_ascii_punctuation();
        let behind = rest.get(3..).unwrap_or_default();
        match rest.get(..3) {
            // Three separators in a row are no text.
            Some("UNA") => behind.chars().take(3).filter(|c| is_mark(*c)).count() == 3,
            Some("UNB") => behind.starts_with(is_mark) && behind.get(1..4) == Some("UNO"),
            Some("UNH") => behind.starts_with(is_mark),
            _ => false,
        }
    };
    // A file that is cut into lines may be cut within its first tag.
    let tag: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).take(4).collect();
    let begins =
        tag.len() == 4 && tag.chars().take(3).all(|c| c.is_ascii_alphanumeric()) && tag.ends_with(['+', '*', '|', ':']);
    let at = text.match_indices("UN").map(|(at, _)| at).find(is_start)?;
    (at > 0 && !begins).then_some(at)
}

impl<R: BufRead> Segments for Tokens<R> {
    fn next_into(&mut self, segment: &mut Segment) -> Result<bool, SyntaxFault> {
        loop {
            let at = self.offset;
            if let Some(tag) = self.next_tag.take() {
                segment.begin(tag);
            } else {
                if self.ended || !self.skip_blank()? {
                    return Ok(false);
                }
                self.skip_before()?;
                segment.clear();
                if self.skip_advice_tag(segment)? {
                    self.advice(segment)?;
                    continue;
                }
            }
            let is_whole = self.body(segment)?;
            let has_tag = segment.finish();
            segment.decimal_comma = self.separators.decimal_comma;
            segment.ending = match (is_whole, self.next_tag) {
                (true, None) => Ending::Terminator,
                (true, Some(_)) => Ending::NextTag,
                (false, _) => Ending::File,
            };
            // The last segment of an interchange that says its count and reference is whole without its terminator.
            let is_last = matches!(segment.tag(), b"UNZ" | b"UNT" | b"UNE") && segment.has_elements();
            if !is_whole && !is_last {
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
        texts_by(5, input)
    }

    fn texts_by(capacity: usize, input: &str) -> Vec<String> {
        let mut tokens = Tokens::new(decoded(io::BufReader::with_capacity(capacity, input.as_bytes())).0);
        let mut segment = Segment::default();
        let mut texts = Vec::new();
        loop {
            match tokens.next_into(&mut segment) {
                Ok(true) => texts.push(segment.to_text()),
                Ok(false) => return texts,
                Err(SyntaxFault::Unfinished { text, .. }) => texts.push(format!("unfinished {text}")),
                Err(SyntaxFault::Garbage { text, .. }) => texts.push(format!("garbage {text}")),
                Err(SyntaxFault::TooLong { .. }) => texts.push("too long".into()),
                Err(SyntaxFault::Before { text, .. }) => texts.push(format!("before {text}")),
                Err(SyntaxFault::ShortAdvice { text, .. }) => texts.push(format!("short {text}")),
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
    fn line_breaks_are_no_text() {
        let whole = "UNA:+.? 'UNB+UNOA:1'LOC+9+LKCMB'FTX+AAA+++O?'BRIEN'";
        let expected = ["UNB+UNOA:1", "LOC+9+LKCMB", "FTX+AAA+++O'BRIEN"];
        for width in 1..60 {
            for end in ["\n", "\r", "\r\n", "\n\n"] {
                let lines: Vec<String> =
                    whole.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into()).collect();
                assert_eq!(texts(&lines.join(end)), expected, "{width} {end:?}");
            }
        }
    }

    #[test]
    fn lost_terminators_and_strange_beginnings() {
        assert_eq!(texts("UNB+UNOA:1+R\nUNH+1+CUSCAR'LOC+9'"), ["UNB+UNOA:1+R", "UNH+1+CUSCAR", "LOC+9"]);
        assert_eq!(texts("FTX+AAA+++LOGS\r\nMEA+AAE\r\nLOC+9'"), ["FTX+AAA+++LOGS", "MEA+AAE", "LOC+9"]);
        // No tag, or none that is known: the text goes on.
        assert_eq!(texts("FTX+AAA+++LOGS\nOAK+1'"), ["FTX+AAA+++LOGSOAK+1"]);
        assert_eq!(texts("UNA:+.?'UNB+UNOA:1'"), ["short UNA:+.?'", "UNB+UNOA:1"]);
        assert_eq!(texts("UNA:+. '\r\nUNB+UNOA:1+O?'B'"), ["short UNA:+. '", "UNB+UNOA:1+O'B"]);
        assert_eq!(texts("UNA:+.? \nUNB+UNOA:1\nLOC+9\n"), ["UNB+UNOA:1", "LOC+9"]);
        assert_eq!(texts("UNA'UNB+UNOA:1'"), ["garbage UNA'", "UNB+UNOA:1"]);
        let log = "2014-03-02 UNABLE TO UNH received\nUNB+UNOA:1'";
        assert_eq!(texts_by(100, log), ["before 2014-03-02 UNABLE TO UNH received\n", "UNB+UNOA:1"]);
        assert_eq!(texts_by(100, "\u{2}UNA:+.? 'LOC+9'"), ["before \u{2}", "LOC+9"]);
        assert_eq!(texts_by(100, "BGM+85'UNB+UNOA:1'"), ["BGM+85", "UNB+UNOA:1"]);
        assert_eq!(texts("UNT+3+1'UNZ+1+R"), ["UNT+3+1", "UNZ+1+R"]);
        assert_eq!(texts("LOC+9'UNZ"), ["LOC+9", "unfinished UNZ"]);
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
