//! Canonical JSON and NDJSON.
//!
//! One tolerant reader ([`super::super::canon`]) for every shape: a manifest (wrapped in `manifest` or bare), one
//! consignment, or a list of these. A line that is no JSON loses that line only. Lines are complete when they are given
//! ([`completed`]); a document is not.

use std::collections::VecDeque;
use std::io::{BufRead, Read};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::super::canon::{self, Cx, Draft};
use super::super::drafts::draft;
use super::super::fault::{Faults, ManifestError, Severity};
use super::super::fields::{Consignment, Manifest, manifest};
use super::super::json::{self, Broken, Json, Token};
use super::super::limits;
use super::super::loose::Loose;
use super::super::place::Place;
use super::super::reading::Reading;
use super::super::way::Way;
use super::completed::{completed, told};
use super::encoding::{Facts, Known};
use super::parsed::{Parsed, Parts, read_whole};

/// What a manifest read from JSON says of its format where it does not say it itself.
const FORMAT: &str = "json/1";
/// Shapes that are read.
const SHAPES: &str = "an object with `manifest`, with `consignments`, or one consignment with `bill_of_lading`";

/// One JSON document: a manifest, or a list of them.
pub(super) fn document(input: impl BufRead + Send + 'static) -> Parts {
    let read = read_whole(input, limits::MAX_DOCUMENT_BYTES, "MAX_DOCUMENT_BYTES", "a JSON document");
    let parts = read.and_then(|bytes| documents(&bytes, "", true));
    match parts {
        Ok(parts) => Box::new(parts.into_iter()),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

/// One manifest or one consignment a line. Lines are cut off one after the other and read together, on all cores; each is
/// told what was known of the letters when it was cut off.
pub(super) fn lines(input: impl BufRead + Send + 'static, facts: Arc<Facts>) -> Parts {
    let (buffer, ready) = (Vec::new(), VecDeque::new());
    Box::new(Lines { input, number: 0, buffer, ready, done: false, facts, said: [false; 3] })
}

/// Lines that are read together, ...
const TOGETHER: usize = 256;
/// ... or as many as hold so many bytes.
const TOGETHER_BYTES: usize = 1 << 20;

struct Lines<R> {
    input: R,
    number: u64,
    /// Lines that are cut off and not read yet, one behind the other.
    buffer: Vec<u8>,
    ready: VecDeque<(Known, Result<Parsed, ManifestError>)>,
    done: bool,
    facts: Arc<Facts>,
    said: [bool; 3],
}

/// What was cut off.
enum Cut {
    /// The line of that number, and where it stands in the buffer.
    Line(u64, Range<usize>),
    Refused(ManifestError),
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.done {
            self.read_some();
        }
        let (known, mut read) = self.ready.pop_front()?;
        if let Ok(parsed) = &mut read {
            told(parsed, known.faults(&mut self.said));
        }
        Some(read)
    }
}

impl<R: BufRead> Lines<R> {
    /// Cuts off some lines and reads them.
    fn read_some(&mut self) {
        let mut cuts = Vec::new();
        self.buffer.clear();
        while !self.done && cuts.len() < TOGETHER && self.buffer.len() < TOGETHER_BYTES {
            self.number += 1;
            let from = self.buffer.len();
            let cut = match self.read_line() {
                Ok(()) if self.buffer.iter().skip(from).all(u8::is_ascii_whitespace) => continue,
                Ok(()) => Cut::Line(self.number, from..self.buffer.len()),
                Err(error) => Cut::Refused(error),
            };
            cuts.push((self.facts.now(), cut));
        }
        let buffer = &self.buffer;
        let read = |cut: Cut| match cut {
            Cut::Line(number, range) => {
                let line = buffer.get(range).unwrap_or_default();
                let mut parsed = manifest_of(line, &format!("line {number}"))?;
                completed(&mut parsed);
                Ok(parsed)
            }
            Cut::Refused(error) => Err(error),
        };
        let ready: Vec<_> = cuts.into_par_iter().map(|(known, cut)| (known, read(cut))).collect();
        self.ready.extend(ready);
    }

    /// Adds one line to the buffer, or nothing at the end; a line over the limit is skipped to its end and reported.
    fn read_line(&mut self) -> Result<(), ManifestError> {
        let from = self.buffer.len();
        let limit = limits::MAX_DOCUMENT_BYTES as u64 + 1;
        let taken = self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer);
        let n = taken.map_err(|error| {
            self.done = true;
            self.buffer.truncate(from);
            ManifestError::Io(error.to_string())
        })?;
        self.done = n == 0;
        if n as u64 == limit && self.buffer.last() != Some(&b'\n') {
            while let Ok(n @ 1..) = {
                self.buffer.truncate(from);
                self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer)
            } {
                if self.buffer.last() == Some(&b'\n') || (n as u64) < limit {
                    break;
                }
            }
            self.buffer.truncate(from);
            let what = format!("line {}", self.number);
            return Err(ManifestError::TooLarge {
                what,
                limit: limits::MAX_DOCUMENT_BYTES,
                name: "MAX_DOCUMENT_BYTES",
            });
        }
        Ok(())
    }
}

/// One manifest (wrapped or bare) or one consignment. `at` names the line for faults.
pub(super) fn manifest_of(bytes: &[u8], at: &str) -> Result<Parsed, ManifestError> {
    documents(bytes, at, false)?.pop().unwrap_or_else(|| Err(other_shape(at)))
}

fn other_shape(at: &str) -> ManifestError {
    let at = if at.is_empty() { "/".to_owned() } else { at.to_owned() };
    ManifestError::Malformed { format: "JSON", at, why: format!("expected {SHAPES}") }
}

/// Every manifest of a document; a list only where `lists` are taken.
fn documents(bytes: &[u8], at: &str, lists: bool) -> Result<Documents, ManifestError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let read = std::str::from_utf8(bytes).ok().and_then(|text| whole(text, at, lists).ok());
    let Some(parts) = read else { return Err(malformed(bytes, at)) };
    if parts.is_empty() {
        let why = format!("an empty list: expected {SHAPES}");
        return Err(ManifestError::Malformed { format: "JSON", at: format!("{at}/"), why });
    }
    Ok(parts)
}

/// The whole of a document, and nothing behind it.
fn whole(text: &str, at: &str, lists: bool) -> Result<Documents, Broken> {
    let mut json = Json::new(text);
    let parts = document_of(&mut json, at, lists)?;
    json.end().map(|()| parts)
}

fn malformed(bytes: &[u8], at: &str) -> ManifestError {
    let error = json::refusal(bytes);
    let (line, column) = error.as_ref().map_or((1, 0), |error| (error.line(), error.column()));
    let place = if at.is_empty() { format!("line {line} column {column}") } else { format!("{at}, column {column}") };
    let why = match std::str::from_utf8(bytes) {
        Ok(_) => error.map_or_else(|| "not JSON".to_owned(), |error| error.to_string()),
        Err(utf8) => format!("not UTF-8 from byte {}", utf8.valid_up_to()),
    };
    ManifestError::Malformed { format: "JSON", at: place, why }
}

type Documents = Vec<Result<Parsed, ManifestError>>;

/// A manifest in one of its shapes, or a list of them.
fn document_of(json: &mut Json<'_>, at: &str, lists: bool) -> Result<Documents, Broken> {
    let mut first = true;
    match json.value()? {
        Token::Object => Ok(vec![Shape::read(json, at)?.done(at)]),
        Token::List if lists => {
            let mut parts = Vec::new();
            while json.entry(&mut first)? {
                let at = format!("{at}/{}", parts.len());
                parts.extend(document_of(json, &at, false)?);
            }
            Ok(parts)
        }
        Token::List => {
            while json.entry(&mut first)? {
                json.skip()?;
            }
            Ok(vec![Err(other_shape(at))])
        }
        _ => Ok(vec![Err(other_shape(at))]),
    }
}

/// What has been read of one object: it is a manifest, wraps one, or is a consignment. The names of the three do not
/// overlap, so it need not be known beforehand which it is.
#[derive(Default)]
struct Shape {
    cx: Cx,
    /// Large, and of most documents one of three at most: made when its first field is met.
    head: Option<Box<draft::manifest::Draft>>,
    bare: Option<Box<draft::consignment::Draft>>,
    bare_reading: Reading,
    wrapped: Vec<Manifest>,
    /// How many of them stood there: `manifest`, `consignments`, fields of a consignment.
    has: [bool; 3],
}

impl Shape {
    fn read(json: &mut Json<'_>, at: &str) -> Result<Self, Broken> {
        let mut shape =
            Self { bare_reading: Reading { here: Place::bill(0), ..Reading::default() }, ..Self::default() };
        shape.cx.before = at.to_owned();
        let mut first = true;
        while let Some(name) = json.member(&mut first)? {
            shape.take(&name, json, at)?;
        }
        Ok(shape)
    }

    fn take(&mut self, name: &str, json: &mut Json<'_>, at: &str) -> Result<(), Broken> {
        let [has_manifest, has_list, has_bare] = &mut self.has;
        if name == "manifest" {
            *has_manifest = true;
            self.cx.before.push_str("/manifest");
            let inner = canon::object::<draft::manifest::Draft>(json, &mut self.cx, &Way::Head)?;
            at.clone_into(&mut self.cx.before);
            if self.wrapped.is_empty() {
                // Nearly no document has more.
                self.wrapped.reserve_exact(1);
            }
            self.wrapped.extend(inner);
            return Ok(());
        }
        let index = |names: &[&str]| names.iter().position(|known| *known == name);
        if let Some(n) = index(draft::manifest::Draft::NAMES) {
            self.head.get_or_insert_default().take(n, json, &mut self.cx, &Way::Head)?;
            *has_list |= name == manifest::consignments.name();
            return Ok(());
        }
        if let Some(n) = index(draft::consignment::Draft::NAMES) {
            *has_bare = true;
            std::mem::swap(&mut self.cx.reading, &mut self.bare_reading);
            self.cx.is_bare = true;
            let taken = self.bare.get_or_insert_default().take(n, json, &mut self.cx, &Way::Bill(0));
            self.cx.is_bare = false;
            std::mem::swap(&mut self.cx.reading, &mut self.bare_reading);
            return taken;
        }
        let value = Loose::read(json)?;
        let names: Vec<&'static str> = [draft::manifest::Draft::NAMES, draft::consignment::Draft::NAMES].concat();
        self.cx.unknown(&Way::Head, name, &value, &names);
        Ok(())
    }

    fn done(self, at: &str) -> Result<Parsed, ManifestError> {
        let Self { mut cx, head, bare, mut bare_reading, wrapped, has } = self;
        let n_shapes = has.iter().filter(|has| **has).count() + wrapped.len().saturating_sub(1);
        let head = head.and_then(|head| head.done(&mut cx, &Way::Head));
        let mut wrapped = wrapped.into_iter();
        let mut manifest = match (has[0], head) {
            (true, head) => {
                let mut first = wrapped.next().unwrap_or_default();
                first.consignments.extend(head.into_iter().flat_map(|head| head.consignments));
                first
            }
            (false, head) => head.unwrap_or_default(),
        };
        for more in wrapped {
            manifest.consignments.extend(more.consignments);
        }
        if let Some(bare) = bare {
            std::mem::swap(&mut cx.reading, &mut bare_reading);
            cx.is_bare = true;
            let one: Option<Consignment> = bare.done(&mut cx, &Way::Bill(0));
            let originals = cx.close_bill(bare_reading);
            manifest.consignments.extend(one.map(|mut one| {
                one.originals.extend(originals);
                one
            }));
            cx.is_bare = false;
        }
        if n_shapes == 0 {
            return Err(other_shape(at));
        }
        let mut bills = cx.bills;
        let mut head = cx.reading.take_faults();
        if n_shapes > 1 {
            // Which of them a fault belongs to is not sure any more, so it concerns them all.
            let found = format!("{n_shapes} lists of consignments side by side");
            head.push(super::super::fault::Fault::new("beside", Severity::Lost, at.to_owned(), &found, SHAPES));
            bills.drain(..).for_each(|own| head.append(own.placed(|_| Place::HEAD)));
        }
        bills.resize_with(manifest.consignments.len(), Faults::default);
        if manifest.format.is_empty() {
            FORMAT.clone_into(&mut manifest.format);
        }
        manifest.unmapped.append(&mut cx.reading.unmapped);
        manifest.unmapped.append(&mut cx.unmapped);
        Ok(Parsed { manifest, head, bills, summary: None })
    }
}
