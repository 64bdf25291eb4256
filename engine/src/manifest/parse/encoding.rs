//! Bytes become UTF-8 text, whatever the sender called them.
//!
//! In: a stream. Out: the same as UTF-8 without byte-order mark and NUL bytes, and what had to be done for it. A stream
//! that says UTF-8, or nothing, and holds other bytes is read byte by byte: what is UTF-8 stays, the rest is
//! Windows-1252 (or the single-byte set that the sender named). Nothing is refused for its letters.
//! Source of the EDIFACT repertoires: ISO 9735, level UNOA to UNOY.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::super::fault::{Fault, Severity};

/// What was done to the bytes so far. Written while reading, told with the next part.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// `index + 1` in [`LABELS`] of the encoding that was not UTF-8.
    label: AtomicU64,
    /// Byte offset + 1 of the first byte that was not UTF-8.
    repaired: AtomicU64,
    /// Byte offset + 1 of the first NUL byte.
    nul: AtomicU64,
    /// 1 where the sender said that letters are single bytes of the Western set: such bytes are no doubt then.
    is_western: AtomicU64,
}

/// The same at one moment of the reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    label: u64,
    repaired: u64,
    nul: u64,
    is_western: bool,
}

impl Known {
    /// Faults for what was noticed since the last call. `said` is the caller's memory.
    pub(super) fn faults(self, said: &mut [bool; 3]) -> Vec<Fault> {
        let [label_said, repaired_said, nul_said] = said;
        let mut faults = Vec::new();
        let Self { label, repaired, nul, is_western } = self;
        if label > 0 && !std::mem::replace(label_said, true) {
            let name = usize::try_from(label - 1).ok().and_then(|n| LABELS.get(n)).map_or("another", |e| e.name());
            faults.push(Fault::new("encoding", Severity::Note, "byte 0".into(), name, "UTF-8; it was converted"));
        }
        if repaired > 0 && !is_western && !std::mem::replace(repaired_said, true) {
            let at = format!("byte {}", repaired - 1);
            let expected = "UTF-8; such bytes were read as a single-byte Western encoding";
            faults.push(Fault::new("not_utf8", Severity::Doubt, at, "bytes that are not UTF-8", expected));
        }
        if nul > 0 && !std::mem::replace(nul_said, true) {
            let at = format!("byte {}", nul - 1);
            faults.push(Fault::new("nul_byte", Severity::Doubt, at, "NUL", "text; NUL bytes were left out"));
        }
        faults
    }
}

/// Encodings that a stream may turn out to be in.
static LABELS: &[&Encoding] = &[
    UTF_16LE,
    UTF_16BE,
    WINDOWS_1252,
    encoding_rs::ISO_8859_2,
    encoding_rs::ISO_8859_3,
    encoding_rs::ISO_8859_4,
    encoding_rs::ISO_8859_5,
    encoding_rs::ISO_8859_6,
    encoding_rs::ISO_8859_7,
    encoding_rs::ISO_8859_8,
    encoding_rs::WINDOWS_1254,
    encoding_rs::ISO_8859_15,
    encoding_rs::WINDOWS_1250,
    encoding_rs::WINDOWS_1251,
    encoding_rs::GB18030,
    encoding_rs::GBK,
    encoding_rs::BIG5,
    encoding_rs::SHIFT_JIS,
    encoding_rs::EUC_KR,
    encoding_rs::KOI8_R,
];

impl Facts {
    /// What is known so far.
    pub(super) fn now(&self) -> Known {
        let load = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        Known {
            label: load(&self.label),
            repaired: load(&self.repaired),
            nul: load(&self.nul),
            is_western: load(&self.is_western) > 0,
        }
    }

    fn note_label(&self, encoding: &'static Encoding) {
        if let Some(n) = LABELS.iter().position(|known| *known == encoding) {
            self.label.store(n as u64 + 1, Ordering::Relaxed);
        }
    }

    fn first(cell: &AtomicU64, at: u64) {
        let _ = cell.compare_exchange(0, at + 1, Ordering::Relaxed, Ordering::Relaxed);
    }
}

enum How {
    /// Not looked at yet.
    Unknown,
    /// UTF-8, other bytes by this single-byte set.
    Utf8(&'static Encoding),
    /// All of it through a decoder.
    Through(Box<Decoder>),
}

/// A stream as UTF-8.
pub(super) struct Decoded<R> {
    input: R,
    how: How,
    facts: Arc<Facts>,
    out: String,
    at: usize,
    /// Start of a character whose rest has not arrived.
    carry: Vec<u8>,
    offset: u64,
    ended: bool,
}

/// `input` as UTF-8, and the facts about it.
pub(super) fn decoded<R: BufRead>(input: R) -> (Decoded<R>, Arc<Facts>) {
    let facts = Arc::new(Facts::default());
    let shared = Arc::clone(&facts);
    let (out, carry) = (String::new(), Vec::new());
    (Decoded { input, how: How::Unknown, facts, out, at: 0, carry, offset: 0, ended: false }, shared)
}

impl<R: BufRead> Decoded<R> {
    /// What is there of the text; empty at its end. Whoever asks for text consumes whole characters.
    pub(super) fn text(&mut self) -> io::Result<&str> {
        if self.at >= self.out.len() {
            self.refill()?;
        }
        Ok(self.out.get(self.at..).unwrap_or_default())
    }

    /// Fills `out` with the next text; leaves it empty at the end only.
    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.at = 0;
        while self.out.is_empty() && !self.ended {
            let chunk = self.input.fill_buf()?;
            if matches!(self.how, How::Unknown) {
                let (how, skip) = guess(chunk, &self.facts);
                self.how = how;
                self.offset += skip as u64;
                self.input.consume(skip);
                continue;
            }
            let taken = chunk.len();
            self.ended = taken == 0;
            match &mut self.how {
                How::Unknown => {}
                How::Utf8(fallback) if self.carry.is_empty() => {
                    utf8(chunk, self.ended, fallback, self.offset, &self.facts, &mut self.out, &mut self.carry);
                }
                How::Utf8(fallback) => {
                    let mut whole = std::mem::take(&mut self.carry);
                    let start = self.offset - whole.len() as u64;
                    whole.extend_from_slice(chunk);
                    utf8(&whole, self.ended, fallback, start, &self.facts, &mut self.out, &mut self.carry);
                }
                How::Through(decoder) => through(decoder, chunk, self.ended, &self.facts, self.offset, &mut self.out),
            }
            self.input.consume(taken);
            self.offset += taken as u64;
            if self.out.contains('\0') {
                Facts::first(&self.facts.nul, self.offset - taken as u64);
                self.out.retain(|c| c != '\0');
            }
        }
        Ok(())
    }
}

/// Copies what is UTF-8 and converts the rest; keeps the start of a character that is not whole yet.
fn utf8(
    mut bytes: &[u8],
    ended: bool,
    fallback: &'static Encoding,
    mut offset: u64,
    facts: &Facts,
    out: &mut String,
    carry: &mut Vec<u8>,
) {
    loop {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return out.push_str(text),
            Err(error) => error,
        };
        let (good, rest) = bytes.split_at(error.valid_up_to());
        out.push_str(std::str::from_utf8(good).unwrap_or_default());
        let bad = match error.error_len() {
            None if !ended => return carry.extend_from_slice(rest),
            None => rest.len(),
            Some(n) => n,
        };
        Facts::first(&facts.repaired, offset + good.len() as u64);
        let (bad, rest) = rest.split_at(bad.min(rest.len()));
        let (text, _) = fallback.decode_without_bom_handling(bad);
        out.push_str(&text);
        offset += (good.len() + bad.len()) as u64;
        bytes = rest;
    }
}

fn through(decoder: &mut Decoder, mut chunk: &[u8], last: bool, facts: &Facts, offset: u64, out: &mut String) {
    out.reserve(chunk.len() * 2 + 64);
    loop {
        let (result, read, replaced) = decoder.decode_to_string(chunk, out, last);
        if replaced {
            Facts::first(&facts.repaired, offset);
        }
        chunk = chunk.get(read..).unwrap_or_default();
        match result {
            CoderResult::InputEmpty => break,
            CoderResult::OutputFull => out.reserve(chunk.len() * 2 + 64),
        }
    }
}

/// How to read a stream that starts with `head`, and how many bytes of mark to skip.
fn guess(head: &[u8], facts: &Facts) -> (How, usize) {
    let (encoding, skip) = encoding_of(head);
    if encoding == UTF_8 {
        return (How::Utf8(WINDOWS_1252), skip);
    }
    if encoding == WINDOWS_1252 {
        // What the sender calls Latin-1 is often UTF-8; where it is not, the bytes are converted one by one.
        facts.is_western.store(1, Ordering::Relaxed);
        if !head.is_ascii() && std::str::from_utf8(head).is_err() {
            facts.note_label(encoding);
        }
        return (How::Utf8(WINDOWS_1252), skip);
    }
    let is_utf16 = encoding == UTF_16LE || encoding == UTF_16BE;
    if !is_utf16 && !head.is_ascii() && std::str::from_utf8(head).is_ok() {
        return (How::Utf8(WINDOWS_1252), skip);
    }
    facts.note_label(encoding);
    (How::Through(Box::new(encoding.new_decoder_without_bom_handling())), skip)
}

/// Encoding by mark, by pattern, by what the file says of itself, else UTF-8.
fn encoding_of(head: &[u8]) -> (&'static Encoding, usize) {
    if let Some((encoding, length)) = Encoding::for_bom(head) {
        return (encoding, length);
    }
    if let Some(encoding) = utf16_without_mark(head) {
        return (encoding, 0);
    }
    let start = head.get(..head.len().min(512)).unwrap_or_default();
    let text: String = start.iter().map(|byte| char::from(*byte)).collect();
    let declared = xml_declaration(&text).or_else(|| edifact_repertoire(&text));
    (declared.unwrap_or(UTF_8), 0)
}

/// Latin text in UTF-16 has a zero in every second byte.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let sample = head.get(..head.len().min(64) & !1)?;
    if sample.len() < 8 {
        return None;
    }
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    match (even * 10 >= half * 8, odd * 10 >= half * 8) {
        (false, true) if even == 0 => Some(UTF_16LE),
        (true, false) if odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

fn xml_declaration(text: &str) -> Option<&'static Encoding> {
    let declaration = text.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?;
    // A file of single bytes that calls itself UTF-16 is not.
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE)
}

/// Syntax identifier of `UNB`: UNOA and UNOB are ASCII (other bytes are a doubt), UNOC to UNOK the parts of ISO 8859, UNOW
/// and UNOY Unicode.
fn edifact_repertoire(text: &str) -> Option<&'static Encoding> {
    let after = text.split_once("UNB")?.1;
    let level = after.get(after.find("UNO").filter(|at| *at < 8)? + 3..)?.chars().next()?;
    Some(match level {
        'C' => WINDOWS_1252,
        'D' => encoding_rs::ISO_8859_2,
        'E' => encoding_rs::ISO_8859_5,
        'F' => encoding_rs::ISO_8859_7,
        'G' => encoding_rs::ISO_8859_3,
        'H' => encoding_rs::ISO_8859_4,
        'I' => encoding_rs::ISO_8859_6,
        'J' => encoding_rs::ISO_8859_8,
        'K' => encoding_rs::WINDOWS_1254,
        'L' => encoding_rs::ISO_8859_15,
        _ => UTF_8,
    })
}

impl<R: BufRead> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.out.len() {
            self.refill()?;
        }
        Ok(self.out.as_bytes().get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let n = available.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), available.get(..n)) {
            to.copy_from_slice(from);
        }
        self.consume(n);
        Ok(n)
    }
}

/// The start of a file as UTF-8, to tell its format.
pub(super) fn head_text(head: &[u8]) -> Vec<u8> {
    let (mut decoded, _) = decoded(head);
    let mut text = Vec::new();
    let _ = decoded.read_to_end(&mut text);
    text
}

/// A table that is not UTF-8 as a whole: GB18030 where it reads as Chinese, else `None` (fields fall back one by one).
pub(super) fn chinese(bytes: &[u8]) -> Option<String> {
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let (text, failed) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    let is_common = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c) || ('\u{3000}'..='\u{303f}').contains(c);
    let high = text.chars().filter(|c| !c.is_ascii()).count();
    let common = text.chars().filter(is_common).count();
    (!failed && high >= 4 && common * 10 >= high * 8).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Vec<&'static str>) {
        let (mut stream, facts) = decoded(io::BufReader::with_capacity(3, bytes));
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap_or_default();
        let codes = facts.now().faults(&mut [false; 3]).iter().map(|fault| fault.code).collect();
        (text, codes)
    }

    #[test]
    fn every_encoding_becomes_utf8() {
        assert_eq!(read("palissandre d’Asie 花梨".as_bytes()), ("palissandre d’Asie 花梨".into(), vec![]));
        assert_eq!(read(b"\xef\xbb\xbfCAF\xc3\x89"), ("CAFÉ".into(), vec![]));
        assert_eq!(read(b"CAF\xc9 EN GRAINS \x80"), ("CAFÉ EN GRAINS €".into(), vec!["not_utf8"]));
        assert_eq!(read(b"RO\0SE\0WOOD"), ("ROSEWOOD".into(), vec!["nul_byte"]));
        assert_eq!(read(b"").0, "");
    }

    /// Letters that are what the sender said they are raise no doubt; others do.
    #[test]
    fn what_was_declared_is_no_doubt() {
        let codes = |bytes: &[u8]| {
            let (mut stream, facts) = decoded(bytes);
            stream.read_to_end(&mut Vec::new()).unwrap();
            facts.now().faults(&mut [false; 3]).iter().map(|fault| fault.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(b"UNB+UNOC:3+A'NAD+CN+++CAF\xc9'"), ["encoding"]);
        assert_eq!(codes("UNB+UNOC:3+A'NAD+CN+++CAFÉ'".as_bytes()), [""; 0]);
        assert_eq!(codes("UNB+UNOY:3+A'NAD+CN+++花梨'".as_bytes()), [""; 0]);
        assert_eq!(codes(b"UNB+UNOA:3+A'NAD+CN+++CAF\xc9'"), ["not_utf8"]);
        assert_eq!(codes(b"UNB+UNOY:3+A'NAD+CN+++CAF\xc9'"), ["not_utf8"]);
        assert_eq!(codes(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xc9</a>"), ["encoding"]);
        assert_eq!(codes(b"<?xml version='1.0' encoding='UTF-8'?><a>\xc9</a>"), ["not_utf8"]);
    }

    #[test]
    fn utf16_with_and_without_mark() {
        let text = "UNB+UNOA:1+SENDER+RECEIVER+260101:0900+1'É";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let whole = |bytes: &[u8]| {
            let (mut stream, _) = decoded(bytes);
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap_or_default();
            text
        };
        assert_eq!(whole(&little), text);
        assert_eq!(whole(&big), text);
        assert_eq!(whole(&[&[0xff, 0xfe][..], &little].concat()), text);
    }

    #[test]
    fn repertoires_of_edifact_and_xml() {
        let whole = |bytes: &[u8]| String::from_utf8_lossy(&head_text(bytes)).into_owned();
        assert!(whole(b"UNB+UNOE:3+A+B+1:2+3'NAD+CN+++\xbb\xd5\xe1'").contains("Лес"));
        assert!(whole("UNB+UNOE:3+A+B+1:2+3'NAD+CN+++Лес'".as_bytes()).contains("Лес"));
        assert!(whole(b"<?xml version='1.0' encoding=\"ISO-8859-2\"?><a>\xa3</a>").contains('Ł'));
        assert!(chinese(b"\xc3\xe8\xca\xf6,\xba\xec\xcb\xe1\xd6\xa6\xd4\xad\xc4\xbe\n").is_some());
        assert!(chinese(b"description\nCAF\xc9\n").is_none());
    }
}
