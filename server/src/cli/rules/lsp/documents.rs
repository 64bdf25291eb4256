//! Documents that an editor has open, and places in them as it counts them.
//!
//! In: addresses, texts and places of the protocol. Out: [`Document`]s by path; places as lines and bytes of their text. Lines end by `\n`
//! or `\r\n`; columns are counted in units of UTF-16 unless both sides know UTF-8. Not here: which profile a document belongs to
//! (`home.rs`).

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::{Location, Position, Uri};

/// Bytes of one document, as many as the engine reads of a script.
pub const MAX_DOCUMENT_BYTES: usize = 1 << 20;
/// Documents that are open at once.
pub const MAX_OPEN: usize = 256;

/// The byte order mark, which the engine reads over and does not count.
const MARK: char = '\u{feff}';

/// How columns are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units {
    Utf8,
    Utf16,
}

impl Units {
    fn of(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
        }
    }

    /// The column of a byte of a line.
    fn column(self, line: &str, byte: usize) -> u32 {
        let before = line.char_indices().take_while(|(at, _)| *at < byte);
        u32::try_from(before.map(|(_, c)| self.of(c)).sum::<usize>()).unwrap_or(u32::MAX)
    }

    /// The byte at a column of a line; its end where it is shorter.
    fn byte(self, line: &str, column: u32) -> usize {
        let mut left = column as usize;
        for (at, c) in line.char_indices() {
            let own = self.of(c);
            if left < own {
                return at;
            }
            left -= own;
        }
        line.len()
    }
}

/// A text with its address.
#[derive(Debug, Clone)]
pub struct Document {
    pub uri: Uri,
    pub path: PathBuf,
    /// As the editor counts; `None` = it is not open.
    pub version: Option<i32>,
    pub text: String,
}

impl Document {
    /// Line number `n`, from 0, without its end; empty behind the last.
    pub fn line(&self, n: usize) -> &str {
        self.text.split('\n').nth(n).unwrap_or_default().trim_end_matches('\r')
    }

    /// Line and byte of it at a place of the protocol.
    pub fn at(&self, place: Position, units: Units) -> (usize, usize) {
        let n = place.line as usize;
        (n, units.byte(self.line(n), place.character))
    }

    /// A place of the protocol: bytes of a line.
    pub fn range(&self, n: usize, bytes: Range<usize>, units: Units) -> lsp_types::Range {
        let line = self.line(n);
        let place = |byte: usize| Position::new(u32::try_from(n).unwrap_or(u32::MAX), units.column(line, byte));
        lsp_types::Range::new(place(bytes.start), place(bytes.end))
    }

    /// The same in another document than the one that is asked about.
    pub fn location(&self, n: usize, bytes: Range<usize>, units: Units) -> Location {
        Location::new(self.uri.clone(), self.range(n, bytes, units))
    }

    /// Bytes between two columns of a line, counted in characters from 1 as the engine does.
    pub fn bytes(&self, n: usize, columns: Range<usize>) -> Range<usize> {
        let line = self.line(n);
        let marked = usize::from(n == 0 && line.starts_with(MARK));
        let byte = |column: usize| {
            let at = line.char_indices().nth(column.saturating_sub(1) + marked);
            at.map_or(line.len(), |(at, _)| at)
        };
        byte(columns.start)..byte(columns.end)
    }
}

/// The documents that are open, by path.
#[derive(Debug, Default)]
pub struct Documents(BTreeMap<PathBuf, Document>);

impl Documents {
    /// Takes the text of a document that was opened or changed; why not where it is too much.
    pub fn put(&mut self, uri: &Uri, path: &Path, version: i32, text: String) -> Result<(), String> {
        if text.len() > MAX_DOCUMENT_BYTES {
            self.0.remove(path);
            return Err(format!("{} has {} bytes, more than {MAX_DOCUMENT_BYTES}", path.display(), text.len()));
        }
        if !self.0.contains_key(path) && self.0.len() >= MAX_OPEN {
            return Err(format!("more than {MAX_OPEN} documents are open; {} is not looked at", path.display()));
        }
        let document = Document { uri: uri.clone(), path: path.to_owned(), version: Some(version), text };
        self.0.insert(path.to_owned(), document);
        Ok(())
    }

    /// Forgets a document that was closed.
    pub fn close(&mut self, path: &Path) {
        self.0.remove(path);
    }

    /// The document that is open at a path.
    pub fn get(&self, path: &Path) -> Option<&Document> {
        self.0.get(path)
    }

    /// All that are open, by path.
    pub fn all(&self) -> impl Iterator<Item = &Document> {
        self.0.values()
    }

    /// A document as the editor has it, else as the disk has it. `None` where there is none, or it is too large.
    pub fn read(&self, path: &Path) -> Option<Document> {
        if let Some(open) = self.get(path) {
            return Some(open.clone());
        }
        let about = std::fs::metadata(path).ok()?;
        if !about.is_file() || about.len() > MAX_DOCUMENT_BYTES as u64 {
            return None;
        }
        let text = std::fs::read_to_string(path).ok()?;
        Some(Document { uri: uri_of(path)?, path: path.to_owned(), version: None, text })
    }
}

/// The file of an address; `None` for what is no file.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = rest.get(rest.find('/')?..)?.split(['?', '#']).next()?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.bytes();
    while let Some(byte) = left.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(left.next())?, digit(left.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let path = PathBuf::from(String::from_utf8(bytes).ok()?);
    // A path with steps back could name two profiles by one file.
    let is_plain = path.components().all(|part| !matches!(part, std::path::Component::ParentDir));
    is_plain.then_some(path)
}

/// The address of a file.
pub fn uri_of(path: &Path) -> Option<Uri> {
    let mut text = String::from("file://");
    for byte in path.to_str()?.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        let path = PathBuf::from("/a");
        Document { uri: uri_of(&path).unwrap(), path, version: None, text: text.to_owned() }
    }

    #[test]
    fn columns_are_counted_as_both_sides_agreed() {
        let check = |text: &str, columns: Range<usize>, utf_16: [u32; 2], utf_8: [u32; 2]| {
            let document = document(text);
            for (units, expected) in [(Units::Utf16, utf_16), (Units::Utf8, utf_8)] {
                let bytes = document.bytes(0, columns.clone());
                let range = document.range(0, bytes.clone(), units);
                assert_eq!([range.start.character, range.end.character], expected, "{text} {units:?}");
                assert_eq!(document.at(range.start, units), (0, bytes.start));
            }
        };
        check("item.x", 6..7, [5, 6], [5, 6]);
        check("é item.x\r\nb", 8..9, [7, 8], [8, 9]);
        check("𝄞 item.x", 8..9, [8, 9], [10, 11]);
        check("\u{feff}item.x", 6..7, [6, 7], [8, 9]);
        check("short", 9..12, [5, 5], [5, 5]);
        assert_eq!(document("a\nb").at(Position::new(7, 7), Units::Utf16), (7, 0));
        // Half of a character is its beginning.
        assert_eq!(document("𝄞").at(Position::new(0, 1), Units::Utf16), (0, 0));
    }

    #[test]
    fn addresses_are_those_of_files() {
        for path in ["/a/b c/é.toml", "/a%b/#c?d"] {
            assert_eq!(path_of(&uri_of(Path::new(path)).unwrap()).as_deref(), Some(Path::new(path)));
        }
        let check = |uri: &str, expected: Option<&str>| {
            let uri = Uri::from_str(uri).unwrap();
            assert_eq!(path_of(&uri).as_deref(), expected.map(Path::new), "{uri:?}");
        };
        check("file:///a/b", Some("/a/b"));
        check("file://localhost/a", Some("/a"));
        check("file:///a/../b", None);
        check("file:///a%2F..%2Fb", None);
        check("untitled:Untitled-1", None);
        check("https://example.org/a", None);
    }

    #[test]
    fn what_is_open_is_bounded() {
        let mut documents = Documents::default();
        let put = |documents: &mut Documents, n: usize, bytes: usize| {
            let path = PathBuf::from(format!("/{n}"));
            documents.put(&uri_of(&path).unwrap(), &path, 1, "a".repeat(bytes))
        };
        assert!(put(&mut documents, 0, MAX_DOCUMENT_BYTES + 1).is_err());
        assert!((0..MAX_OPEN).all(|n| put(&mut documents, n, 1).is_ok()));
        assert!(put(&mut documents, MAX_OPEN, 1).is_err());
        documents.close(Path::new("/0"));
        assert!(put(&mut documents, MAX_OPEN, 1).is_ok());
        // What has grown too large is no longer known, rather than known as it was.
        assert!(put(&mut documents, 1, MAX_DOCUMENT_BYTES + 1).is_err());
        assert!(documents.get(Path::new("/1")).is_none());
    }
}
