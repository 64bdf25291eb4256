//! Canonical JSON and NDJSON.
//!
//! One tolerant reader ([`super::super::canon`]) for every shape: a manifest (wrapped in `manifest` or bare), one
//! consignment, or a list of these. A line that is no JSON loses that line only.

use std::io::BufRead;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::canon::{self, Cx, Draft};
use super::super::drafts::draft;
use super::super::fault::{Faults, ManifestError, Severity};
use super::super::fields::{Consignment, Manifest, manifest};
use super::super::limits;
use super::super::loose::{Loose, Name};
use super::super::place::Place;
use super::super::reading::Reading;
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

/// One manifest or one consignment a line.
pub(super) fn lines(input: impl BufRead + Send + 'static) -> Parts {
    Box::new(Lines { input, number: 0, buffer: Vec::new(), done: false })
}

struct Lines<R> {
    input: R,
    number: u64,
    buffer: Vec<u8>,
    done: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            self.number += 1;
            match self.read_line() {
                Ok(None) => return None,
                Ok(Some(())) if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                Ok(Some(())) => return Some(manifest_of(&self.buffer, &format!("line {}", self.number))),
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }
}

impl<R: BufRead> Lines<R> {
    /// Fills the buffer with one line; a line over the limit is skipped to its end and reported.
    fn read_line(&mut self) -> Result<Option<()>, ManifestError> {
        use std::io::Read;
        self.buffer.clear();
        let limit = limits::MAX_DOCUMENT_BYTES as u64 + 1;
        let taken = self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer);
        let n = taken.map_err(|error| {
            self.done = true;
            ManifestError::Io(error.to_string())
        })?;
        if n == 0 {
            self.done = true;
            return Ok(None);
        }
        if n as u64 == limit && self.buffer.last() != Some(&b'\n') {
            while let Ok(n @ 1..) = {
                self.buffer.clear();
                self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer)
            } {
                if self.buffer.last() == Some(&b'\n') || (n as u64) < limit {
                    break;
                }
            }
            let what = format!("line {}", self.number);
            return Err(ManifestError::TooLarge {
                what,
                limit: limits::MAX_DOCUMENT_BYTES,
                name: "MAX_DOCUMENT_BYTES",
            });
        }
        Ok(Some(()))
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
fn documents(bytes: &[u8], at: &str, lists: bool) -> Result<Vec<Result<Parsed, ManifestError>>, ManifestError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Letters are checked once for the whole; where they are none, the reader says where it met them.
    let read = match std::str::from_utf8(bytes) {
        Ok(text) => read(serde_json::Deserializer::from_str(text), Document { at, lists }),
        Err(_) => read(serde_json::Deserializer::from_slice(bytes), Document { at, lists }),
    };
    let parts = read.map_err(|error| malformed(&error, bytes, at))?;
    if parts.is_empty() {
        let why = format!("an empty list: expected {SHAPES}");
        return Err(ManifestError::Malformed { format: "JSON", at: format!("{at}/"), why });
    }
    Ok(parts)
}

/// The whole of a document, and nothing behind it.
fn read<'de, R: serde_json::de::Read<'de>>(
    mut json: serde_json::Deserializer<R>,
    document: Document<'_>,
) -> serde_json::Result<Documents> {
    let parts = (&mut json).deserialize_any(document)?;
    json.end().map(|()| parts)
}

fn malformed(error: &serde_json::Error, bytes: &[u8], at: &str) -> ManifestError {
    let place = format!("line {} column {}", error.line(), error.column());
    let place = if at.is_empty() { place } else { format!("{at}, column {}", error.column()) };
    let why = match std::str::from_utf8(bytes) {
        Ok(_) => error.to_string(),
        Err(utf8) => format!("not UTF-8 from byte {}", utf8.valid_up_to()),
    };
    ManifestError::Malformed { format: "JSON", at: place, why }
}

type Documents = Vec<Result<Parsed, ManifestError>>;

/// A manifest in one of its shapes, or a list of them.
struct Document<'a> {
    at: &'a str,
    lists: bool,
}

impl Document<'_> {
    fn other<E>(&self) -> Result<Documents, E> {
        Ok(vec![Err(other_shape(self.at))])
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Documents;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(SHAPES)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Documents, A::Error> {
        Ok(vec![Shape::read(map, self.at)?.done(self.at)])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Documents, A::Error> {
        let mut parts = Vec::new();
        if !self.lists {
            while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            return self.other();
        }
        loop {
            let at = format!("{}/{}", self.at, parts.len());
            match seq.next_element_seed(Entry { at: &at })? {
                Some(part) => parts.extend(part),
                None => return Ok(parts),
            }
        }
    }

    fn visit_unit<E>(self) -> Result<Documents, E> {
        self.other()
    }

    fn visit_bool<E>(self, _: bool) -> Result<Documents, E> {
        self.other()
    }

    fn visit_i64<E>(self, _: i64) -> Result<Documents, E> {
        self.other()
    }

    fn visit_u64<E>(self, _: u64) -> Result<Documents, E> {
        self.other()
    }

    fn visit_f64<E>(self, _: f64) -> Result<Documents, E> {
        self.other()
    }

    fn visit_str<E>(self, _: &str) -> Result<Documents, E> {
        self.other()
    }
}

/// An entry of a list of documents.
struct Entry<'a> {
    at: &'a str,
}

impl<'de> serde::de::DeserializeSeed<'de> for Entry<'_> {
    type Value = Documents;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Documents, D::Error> {
        from.deserialize_any(Document { at: self.at, lists: false })
    }
}

/// What has been read of one object: it is a manifest, wraps one, or is a consignment. The names of the three do not
/// overlap, so it need not be known beforehand which it is.
#[derive(Default)]
struct Shape {
    cx: Cx,
    head: draft::manifest::Draft,
    bare: draft::consignment::Draft,
    bare_reading: Reading,
    wrapped: Vec<Manifest>,
    /// How many of them stood there: `manifest`, `consignments`, fields of a consignment.
    has: [bool; 3],
}

impl Shape {
    fn read<'de, A: MapAccess<'de>>(mut map: A, at: &str) -> Result<Self, A::Error> {
        let mut shape =
            Self { bare_reading: Reading { here: Place::bill(0), ..Reading::default() }, ..Self::default() };
        shape.cx.before = at.to_owned();
        while let Some(Name(name)) = map.next_key()? {
            shape.take(&name, &mut map, at)?;
        }
        Ok(shape)
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A, at: &str) -> Result<(), A::Error> {
        let [has_manifest, has_list, has_bare] = &mut self.has;
        if name == "manifest" {
            *has_manifest = true;
            self.cx.before = format!("{at}/manifest");
            let inner = map.next_value_seed(Wrapped { cx: &mut self.cx })?;
            at.clone_into(&mut self.cx.before);
            self.wrapped.extend(inner);
            return Ok(());
        }
        if self.head.take(name, map, &mut self.cx, Place::HEAD)? {
            *has_list |= name == manifest::consignments.name();
            return Ok(());
        }
        std::mem::swap(&mut self.cx.reading, &mut self.bare_reading);
        self.cx.is_bare = true;
        let taken = self.bare.take(name, map, &mut self.cx, Place::bill(0));
        self.cx.is_bare = false;
        std::mem::swap(&mut self.cx.reading, &mut self.bare_reading);
        if taken? {
            *has_bare = true;
            return Ok(());
        }
        let value: Loose<'de> = map.next_value()?;
        let names: Vec<&'static str> = [draft::manifest::Draft::NAMES, draft::consignment::Draft::NAMES].concat();
        self.cx.unknown(Place::HEAD, name, &value, &names);
        Ok(())
    }

    fn done(self, at: &str) -> Result<Parsed, ManifestError> {
        let Self { mut cx, head, bare, mut bare_reading, mut wrapped, has } = self;
        let n_shapes = has.iter().filter(|has| **has).count() + wrapped.len().saturating_sub(1);
        let head = head.done(&mut cx, Place::HEAD).unwrap_or_default();
        let mut manifest = if wrapped.is_empty() { Manifest::default() } else { wrapped.remove(0) };
        if !has[0] {
            manifest = head;
        } else {
            manifest.consignments.extend(head.consignments);
        }
        for more in wrapped {
            manifest.consignments.extend(more.consignments);
        }
        if has[2] {
            std::mem::swap(&mut cx.reading, &mut bare_reading);
            cx.is_bare = true;
            let one: Option<Consignment> = bare.done(&mut cx, Place::bill(0));
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

/// The manifest inside `{"manifest": …}`.
struct Wrapped<'c> {
    cx: &'c mut Cx,
}

impl<'de> serde::de::DeserializeSeed<'de> for Wrapped<'_> {
    type Value = Option<Manifest>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<Manifest>, D::Error> {
        canon::object::<draft::manifest::Draft, D>(from, self.cx, Place::HEAD)
    }
}
