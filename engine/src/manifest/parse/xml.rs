//! XML as a stream of records: one small tree for each element that a reader asks for.
//!
//! Local names only, without regard to case: senders drop and invent namespaces. `DOCTYPE` is refused, so no entity can
//! be declared and nothing is fetched; depth, elements and bytes of a record are bounded. A record that breaks the
//! syntax ends the stream, because no XML reader can know where the next one starts; what was read before stays.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, BufRead, Read};

use compact_str::CompactString;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::fault::ManifestError;
use super::super::limits::{MAX_XML_DEPTH, MAX_XML_ELEMENTS, MAX_XML_RECORD_BYTES};
use super::super::reading::Reading;

/// One element with its attributes, its text and the elements inside it. Names and most texts are short: they stand in the
/// node itself.
#[derive(Debug, Default)]
pub(in super::super::super) struct Node {
    /// Name without its prefix.
    pub name: CompactString,
    text: CompactString,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
    read: Cell<bool>,
}

impl Node {
    /// True when the local name is `name`, letter case aside.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// First child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(name))
    }

    /// All children of this name.
    pub fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.is(name))
    }

    /// Follows child names.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    /// Own text, trimmed; `None` when blank. Counts as read.
    pub fn text(&self) -> Option<&str> {
        self.read.set(true);
        let text = self.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Text at the end of a path.
    pub fn value(&self, path: &[&str]) -> Option<&str> {
        self.at(path).and_then(Self::text)
    }

    /// An attribute by local name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Marks this element and all below as read.
    pub fn quiet(&self) {
        self.read.set(true);
        self.children.iter().for_each(Self::quiet);
    }

    /// First element of this name anywhere below, this one included.
    pub fn find(&self, name: &str) -> Option<&Self> {
        if self.is(name) { Some(self) } else { self.children.iter().find_map(|child| child.find(name)) }
    }

    /// All elements below that hold a child of one of these names, this one included; what lies below such a one is its own.
    pub fn holders<'n>(&'n self, names: &[&str], found: &mut Vec<&'n Self>) {
        if self.children.iter().any(|child| names.iter().any(|name| child.is(name))) {
            found.push(self);
            return;
        }
        self.children.iter().for_each(|child| child.holders(names, found));
    }

    /// The same without this one.
    pub fn below<'n>(&'n self, names: &[&str], found: &mut Vec<&'n Self>) {
        self.children.iter().for_each(|child| child.holders(names, found));
    }

    /// The first child with a text among these names.
    pub fn first_of(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.child(name)?.text())
    }

    /// The first text that nobody read and that tells of goods, with its path below `path`.
    pub fn unread_goods(&self, path: &str) -> Option<(String, &str)> {
        let mut way = Vec::new();
        let text = self.goods_left(&mut way)?;
        Some((std::iter::once(path).chain(way.into_iter().rev()).collect::<Vec<_>>().join("/"), text))
    }

    /// Such a text; `way` holds the names of the elements that lead to it, the innermost first.
    fn goods_left<'n>(&'n self, way: &mut Vec<&'n str>) -> Option<&'n str> {
        let text = self.text.trim();
        let is_left = !self.read.get() && text.chars().filter(|c| c.is_alphabetic()).take(3).count() == 3;
        if is_left && super::codes::tells_of_goods(&self.name) {
            return Some(text);
        }
        self.children.iter().find_map(|child| {
            let text = child.goods_left(way)?;
            way.push(&child.name);
            Some(text)
        })
    }

    /// Is there a text here or below that nobody read?
    fn has_unread(&self) -> bool {
        !self.read.get() && !self.text.trim().is_empty() || self.children.iter().any(Self::has_unread)
    }

    /// Texts that nobody read become unmapped values, with their path below `path`.
    pub fn keep_unread(&self, path: &str, reading: &mut Reading) {
        // Nearly every record is read whole: paths are written for what is left of the others.
        if !self.has_unread() {
            return;
        }
        if !self.read.get() && !self.text.trim().is_empty() {
            reading.unmapped(path.to_owned(), self.text.trim());
        }
        let mut n_of: HashMap<CompactString, usize> = HashMap::new();
        for child in &self.children {
            *n_of.entry(child.name.to_ascii_lowercase()).or_default() += 1;
        }
        let mut n_before: HashMap<CompactString, usize> = HashMap::new();
        for child in &self.children {
            let name = child.name.to_ascii_lowercase();
            let is_alone = n_of.get(&name).is_none_or(|n| *n == 1);
            let before = n_before.entry(name).or_default();
            *before += 1;
            let step =
                if is_alone { format!("{path}/{}", child.name) } else { format!("{path}/{}[{before}]", child.name) };
            child.keep_unread(&step, reading);
        }
    }
}

/// Counts the bytes of a record and stops an endless one.
pub(in super::super::super) struct Bounded<R> {
    input: R,
    left: usize,
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("over MAX_XML_RECORD_BYTES"));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.input.consume(amount);
    }
}

impl<R: BufRead> Read for Bounded<R> {
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

/// What the stream gives.
#[derive(Debug)]
pub(in super::super::super) enum Piece {
    /// An element that was asked for, whole.
    Record(Node),
    /// An element that was passed into: its local name and depth (the root is 1).
    Opened(String, usize),
    /// The end of the document.
    End,
}

/// The stream of records.
pub(in super::super::super) struct Records<R: BufRead> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    format: &'static str,
    depth: usize,
    ended: bool,
}

impl<R: BufRead> Records<R> {
    /// `format` names the format in errors.
    pub fn new(input: R, format: &'static str) -> Self {
        let mut reader = Reader::from_reader(Bounded { input, left: MAX_XML_RECORD_BYTES });
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        Self { reader, buffer: Vec::new(), format, depth: 0, ended: false }
    }

    /// Byte reached, for places.
    pub fn offset(&self) -> u64 {
        self.reader.buffer_position()
    }

    fn malformed(&mut self, why: String) -> ManifestError {
        self.ended = true;
        if why.contains("MAX_XML_RECORD_BYTES") {
            let what = format!("an XML record before byte {}", self.offset());
            return ManifestError::TooLarge { what, limit: MAX_XML_RECORD_BYTES, name: "MAX_XML_RECORD_BYTES" };
        }
        ManifestError::Malformed { format: self.format, at: format!("byte {}", self.reader.error_position()), why }
    }

    /// The next record whose local name `wanted` accepts (at the depth it names), or an element passed into.
    pub fn next(&mut self, wanted: &dyn Fn(&str, usize) -> bool) -> Result<Piece, ManifestError> {
        if self.ended {
            return Ok(Piece::End);
        }
        loop {
            self.reader.get_mut().left = MAX_XML_RECORD_BYTES;
            match self.event()? {
                Owned::Start(node) => {
                    self.depth += 1;
                    if self.depth > MAX_XML_DEPTH {
                        return Err(self.malformed("nested deeper than MAX_XML_DEPTH".into()));
                    }
                    if wanted(&node.name, self.depth) {
                        let record = self.record(node)?;
                        self.depth -= 1;
                        return Ok(Piece::Record(record));
                    }
                    return Ok(Piece::Opened(node.name.into_string(), self.depth));
                }
                Owned::Whole(node) => {
                    if wanted(&node.name, self.depth + 1) {
                        return Ok(Piece::Record(node));
                    }
                    return Ok(Piece::Opened(node.name.into_string(), self.depth + 1));
                }
                Owned::End => self.depth = self.depth.saturating_sub(1),
                Owned::Text(_) => {}
                Owned::Eof => {
                    self.ended = true;
                    if self.depth > 0 {
                        return Err(self.malformed(format!("the file ends {} elements deep", self.depth)));
                    }
                    return Ok(Piece::End);
                }
            }
        }
    }

    /// Reads the rest of the element `root`.
    fn record(&mut self, root: Node) -> Result<Node, ManifestError> {
        let mut open = vec![root];
        let mut n_elements = 1;
        while let Some(current) = open.last_mut() {
            match self.event()? {
                // Blanks between elements are layout.
                Owned::Text(text) if current.text.is_empty() && text.trim().is_empty() => {}
                Owned::Text(text) => current.text.push_str(&text),
                Owned::Whole(node) => {
                    n_elements += 1;
                    current.children.push(node);
                }
                Owned::Start(node) => {
                    n_elements += 1;
                    if self.depth + open.len() > MAX_XML_DEPTH {
                        return Err(self.malformed("nested deeper than MAX_XML_DEPTH".into()));
                    }
                    open.push(node);
                }
                Owned::End => {
                    let Some(done) = open.pop() else { break };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Owned::Eof => {
                    let name = open.first().map(|node| node.name.clone()).unwrap_or_default();
                    return Err(self.malformed(format!("the file ends within `{name}`")));
                }
            }
            if n_elements > MAX_XML_ELEMENTS {
                return Err(self.malformed("more than MAX_XML_ELEMENTS elements in one record".into()));
            }
        }
        Err(self.malformed("an element without end".into()))
    }

    fn event(&mut self) -> Result<Owned, ManifestError> {
        loop {
            self.buffer.clear();
            let owned = match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Start(start)) => Owned::Start(node(&start)),
                Ok(Event::Empty(start)) => Owned::Whole(node(&start)),
                Ok(Event::End(_)) => Owned::End,
                Ok(Event::Text(text)) => Owned::Text(text.xml10_content().into()),
                Ok(Event::CData(text)) => Owned::Text(text.xml10_content().into()),
                Ok(Event::GeneralRef(reference)) => Owned::Text(entity(&reference).into()),
                Ok(Event::DocType(_)) => {
                    return Err(self.malformed("DOCTYPE is refused: no entities, no schemas from elsewhere".into()));
                }
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => continue,
                Ok(Event::Eof) => Owned::Eof,
                Err(error) => {
                    let why = error.to_string();
                    return Err(self.malformed(why));
                }
            };
            return Ok(owned);
        }
    }
}

enum Owned {
    Start(Node),
    Whole(Node),
    End,
    Text(CompactString),
    Eof,
}

fn node(start: &BytesStart<'_>) -> Node {
    let name = CompactString::from(start.local_name().as_ref());
    let attributes = start
        .html_attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .filter(|attribute| !attribute.key.as_ref().starts_with("xmlns"))
        .take(64)
        .map(|attribute| {
            let key = attribute.key.local_name().as_ref().to_owned();
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_or_else(|_| attribute.value.to_string(), |value| value.into_owned());
            (key, value)
        })
        .collect();
    Node { name, attributes, ..Node::default() }
}

/// A character reference or one of the five entities of XML; any other stays as it was written.
fn entity(reference: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    let name = reference.xml10_content();
    match name.as_ref() {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Result<Node, ManifestError> {
        let mut records = Records::new(text.as_bytes(), "XML");
        match records.next(&|_, _| true)? {
            Piece::Record(node) => Ok(node),
            _ => Err(ManifestError::Io("none".into())),
        }
    }

    #[test]
    fn names_texts_and_what_is_left() {
        let node = record("<a:A xmlns:a='u' b:Unit='KG'><x>1 &amp; 2</x><X><![CDATA[<3>]]></X><y/>&#65;</a:A>")
            .unwrap_or_default();
        assert_eq!((node.value(&["x"]), node.attribute("unit")), (Some("1 & 2"), Some("KG")));
        let mut reading = Reading::default();
        node.keep_unread("/A", &mut reading);
        let left: Vec<(&str, &str)> = reading.unmapped.iter().map(|u| (u.at.as_str(), u.found.as_str())).collect();
        assert_eq!(left, [("/A", "A"), ("/A/X[2]", "<3>")]);
    }

    #[test]
    fn hostile_documents_are_refused() {
        let why = |text: &str| record(text).map(|_| String::new()).unwrap_or_else(|error| error.to_string());
        assert!(why("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").contains("DOCTYPE"));
        assert!(why(&"<a>".repeat(100)).contains("MAX_XML_DEPTH"));
        assert!(why("<a><b></a>").contains("not a manifest"));
        assert!(why("<a><b>").contains("ends within"));
    }
}
