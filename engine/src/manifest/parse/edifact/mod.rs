//! UN/EDIFACT: interchanges of CUSCAR messages become parts of manifests.
//!
//! In: UTF-8 text. Out: a part every [`PART_BILLS`](super::super::limits::PART_BILLS) bills with the head of its message.
//! Here: the envelope (`UNB` … `UNZ`), several messages and interchanges in one file, counts and references. Meaning:
//! [`cuscar`] (head) and [`bill`]. Other messages are refused by name and passed over. The last part of a file is held
//! back until the end is seen, so that what the end says about it is told with it.

mod bill;
mod containers;
mod cuscar;
mod envelope;
mod fields;
mod segment;
mod syntax;

use std::collections::VecDeque;
use std::io::BufRead;

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::fields::Manifest;
use super::encoding::{self, Decoded};
use super::{Parsed, Parts};
use cuscar::Message;
use envelope::Envelope;
use segment::{Ending, Segment};
use syntax::{Segments, SyntaxFault, Tokens};

/// Reads every CUSCAR message of a file.
pub(super) fn interchange(input: Decoded<impl BufRead + Send + 'static>) -> Parts {
    Box::new(Reader::new(Tokens::new(input)))
}

/// Counts the segments of a file: its letters and the bare syntax, for measurements.
pub(super) fn count(input: impl BufRead) -> u64 {
    let (mut tokens, mut segment, mut n) = (Tokens::new(encoding::decoded(input).0), Segment::default(), 0);
    while !matches!(tokens.next_into(&mut segment), Ok(false) | Err(SyntaxFault::Io(_))) {
        n += 1;
    }
    n
}

/// Does an interchange begin in this text, behind something else? For telling the format.
pub(super) fn begins_in(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head.get(..head.len().min(MAX_BEFORE)).unwrap_or_default());
    // The first tag may be cut by a line break.
    let tag: String = head.chars().filter(|c| !matches!(c, '\r' | '\n')).take(4).collect();
    let is_cut = ["UNA", "UNB", "UNH"].iter().any(|known| tag.starts_with(known))
        && tag.ends_with(|c: char| c.is_ascii_punctuation());
    is_cut || syntax::start(&head).is_some()
}

/// Bytes before an interchange, such as the head of a mail or lines of a log.
const MAX_BEFORE: usize = 4 << 10;

/// Where the reader is.
enum State {
    Outside,
    /// In a cargo report.
    Cargo(Box<Message>),
    /// In a message that is not read, until its `UNT`.
    Other,
}

struct Reader<S> {
    segments: S,
    segment: Segment,
    state: State,
    envelope: Envelope,
    queue: VecDeque<Result<Parsed, ManifestError>>,
    /// Faults that wait for a part.
    waiting: Vec<Fault>,
    n_segments: u64,
    n_messages: u64,
    stray: u64,
    /// Were line breaks told of?
    breaks_told: bool,
    ended: bool,
}

impl<S: Segments> Iterator for Reader<S> {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended && self.queue.len() < 2 {
            self.step();
        }
        self.queue.pop_front()
    }
}

impl<S: Segments> Reader<S> {
    fn new(segments: S) -> Self {
        Self {
            segments,
            segment: Segment::default(),
            state: State::Outside,
            envelope: Envelope::default(),
            queue: VecDeque::new(),
            waiting: Vec::new(),
            n_segments: 0,
            n_messages: 0,
            stray: 0,
            breaks_told: false,
            ended: false,
        }
    }

    fn step(&mut self) {
        match self.segments.next_into(&mut self.segment) {
            Ok(true) => {
                self.n_segments += 1;
                self.look_at_form();
                self.take();
            }
            Ok(false) => self.finish(),
            Err(SyntaxFault::Io(why)) => {
                self.finish();
                self.queue.push_back(Err(ManifestError::Io(why)));
            }
            Err(SyntaxFault::TooLong { at }) => {
                self.lost("segment_too_long", at, "a segment", "at most MAX_SEGMENT_BYTES; the segment was left out");
            }
            Err(SyntaxFault::Unfinished { at, text }) => {
                self.lost("unfinished", at, &text, "a segment with its terminator; the file is cut off here");
            }
            Err(SyntaxFault::Garbage { at, text }) => {
                self.lost("not_a_segment", at, &text, "a segment with a tag of three letters");
            }
            Err(SyntaxFault::Before { at, text }) => {
                let expected = "UNA or UNB at the start of the file; what stands before it was passed over";
                self.waiting.push(Fault::new(
                    "before_the_interchange",
                    Severity::Doubt,
                    format!("byte {at}"),
                    &text,
                    expected,
                ));
            }
            Err(SyntaxFault::ShortAdvice { at, text }) => {
                let expected = "UNA with six signs; read with the release sign `?`";
                self.waiting.push(Fault::new("una_too_short", Severity::Doubt, format!("byte {at}"), &text, expected));
            }
        }
    }

    /// What is wrong with the form of a segment and costs nothing: line breaks within it, a lost terminator.
    fn look_at_form(&mut self) {
        if self.segment.is_broken() && !std::mem::replace(&mut self.breaks_told, true) {
            let expected = "no line breaks within a segment; they were left out (ISO 9735)";
            let fault = Fault::new("line_breaks", Severity::Note, self.place(), "a line break", expected);
            self.waiting.push(fault);
        }
        let found = match self.segment.ending {
            Ending::Terminator => return,
            Ending::NextTag => "the tag of the next segment",
            Ending::File => "the end of the file",
        };
        let expected = "the terminator of the segment";
        let fault = Fault::new("missing_terminator", Severity::Doubt, self.place(), found, expected);
        self.waiting.push(fault);
    }

    /// Where the segment stands.
    fn place(&self) -> String {
        format!("segment {} of the file, {}", self.n_segments, self.segment.tag_text())
    }

    /// Something was lost: it belongs to the bill that is open, else to the next part.
    fn lost(&mut self, code: &'static str, at: u64, found: &str, expected: &str) {
        let place = format!("byte {at}");
        match &mut self.state {
            State::Cargo(message) => message.lost(code, &place, found, expected),
            State::Outside => self.waiting.push(Fault::new(code, Severity::Lost, place, found, expected)),
            State::Other => {}
        }
    }

    fn take(&mut self) {
        match self.segment.tag() {
            b"UNB" => self.open_interchange(),
            b"UNZ" => self.close_interchange(),
            b"UNG" | b"UNE" => {}
            b"UNH" => self.open_message(),
            b"UNT" => self.close_message(),
            _ => match &mut self.state {
                State::Cargo(message) => {
                    message.count(&mut self.segment);
                    message.take(&self.segment);
                    self.drain(false);
                }
                State::Other => {}
                State::Outside => self.stray_segment(),
            },
        }
    }

    /// A segment outside every message is a message whose `UNH` was lost.
    fn stray_segment(&mut self) {
        self.stray += 1;
        if self.stray == 1 {
            let at = format!("segment {} of the file", self.n_segments);
            let (found, expected) = (self.segment.to_text(), "UNH before it; segments outside a message are not read");
            self.waiting.push(Fault::new("outside_a_message", Severity::Lost, at, &found, expected));
        }
    }

    fn open_interchange(&mut self) {
        if self.envelope.open || matches!(self.state, State::Cargo(_)) {
            self.cut_message("UNB");
            self.doubt("missing_unz", "UNB", "UNZ before the next interchange");
        }
        let segment = &self.segment;
        let sent_at = segment.get(4, 1).and_then(|day| fields::interchange_time(day, segment.get(4, 2)));
        self.envelope = Envelope {
            sender: segment.get(2, 1).map(str::to_owned),
            sent_at,
            reference: segment.get(5, 1).map(str::to_owned),
            n_messages: 0,
            open: true,
        };
    }

    fn close_interchange(&mut self) {
        self.cut_message("UNZ");
        let (stated, reference) =
            (self.segment.get(1, 1).map(str::to_owned), self.segment.get(2, 1).map(str::to_owned));
        let envelope = std::mem::take(&mut self.envelope);
        if !envelope.open {
            self.doubt("missing_unb", "UNZ", "UNB at the start of the interchange");
        }
        // With groups (UNG) the count is of groups; only plain interchanges are compared.
        if stated.as_deref().and_then(|n| n.parse::<u64>().ok()).is_some_and(|n| n != envelope.n_messages && n != 1) {
            let expected = format!("{}, the messages of the interchange", envelope.n_messages);
            self.doubt("wrong_unz_count", &stated.unwrap_or_default(), &expected);
        }
        if envelope.open && reference != envelope.reference {
            let expected = format!("`{}`, the reference in UNB", envelope.reference.unwrap_or_default());
            self.doubt("wrong_unz_reference", &reference.unwrap_or_default(), &expected);
        }
    }

    fn open_message(&mut self) {
        self.cut_message("UNH");
        self.envelope.n_messages += 1;
        self.n_messages += 1;
        if !self.envelope.open && self.n_messages == 1 {
            self.doubt("missing_unb", "UNH", "UNB at the start of the interchange");
        }
        let segment = &self.segment;
        let kind = segment.get(2, 1).unwrap_or_default().to_ascii_uppercase();
        if kind == "CUSCAR" || kind.is_empty() {
            // Some senders leave the type out: BGM then tells a cargo report.
            let message = Message::open(segment, &self.envelope, self.n_messages, std::mem::take(&mut self.waiting));
            self.state = State::Cargo(Box::new(message));
            return;
        }
        let at = format!("message {}", self.n_messages);
        self.queue.push_back(Err(ManifestError::OtherMessage { what: refusal(&kind, &at) }));
        self.state = State::Other;
    }

    fn close_message(&mut self) {
        if let State::Cargo(message) = &mut self.state {
            message.count(&mut self.segment);
            message.close(&self.segment);
            self.drain(true);
        }
        self.state = State::Outside;
    }

    /// The message is open although `before` starts something new.
    fn cut_message(&mut self, before: &str) {
        if let State::Cargo(message) = &mut self.state {
            message.cut(before);
            self.drain(true);
        }
        self.state = State::Outside;
    }

    /// Takes finished parts from the message.
    fn drain(&mut self, all: bool) {
        if let State::Cargo(message) = &mut self.state {
            while let Some(part) = message.part(all) {
                self.queue.push_back(Ok(part));
            }
        }
    }

    /// A finding about the envelope goes to the part that was read last.
    fn doubt(&mut self, code: &'static str, found: &str, expected: &str) {
        let fault = Fault::new(code, Severity::Doubt, self.place(), found, expected);
        match self.queue.back_mut() {
            Some(Ok(part)) => part.head.push(fault),
            _ => self.waiting.push(fault),
        }
    }

    fn finish(&mut self) {
        self.ended = true;
        let was_open = matches!(self.state, State::Cargo(_));
        self.cut_message("the end of the file");
        if !was_open && self.envelope.open {
            self.doubt("missing_unz", "the end of the file", "UNZ at the end of the interchange");
        }
        let waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_empty() {
            match self.queue.back_mut() {
                Some(Ok(part)) => part.head.append(waiting.into()),
                _ => {
                    let manifest = Manifest { format: "cuscar".into(), ..Manifest::default() };
                    self.queue.push_back(Ok(Parsed {
                        manifest,
                        head: waiting.into(),
                        bills: Vec::new(),
                        summary: None,
                    }));
                }
            }
        }
        if self.n_segments == 0 && self.queue.is_empty() {
            let why = "no segment was found".to_owned();
            self.queue.push_back(Err(ManifestError::Malformed { format: "UN/EDIFACT", at: "byte 0".into(), why }));
        } else if self.queue.is_empty() && self.n_messages == 0 {
            let why = "an interchange without a message".to_owned();
            self.queue.push_back(Err(ManifestError::Malformed { format: "UN/EDIFACT", at: "UNB".into(), why }));
        }
    }
}

/// Why a message of this kind is refused.
fn refusal(kind: &str, at: &str) -> String {
    let what = super::codes::message(kind).unwrap_or("another UN/EDIFACT message");
    format!("{kind} is {what}, not a cargo report (CUSCAR); {at} was not read")
}
