//! An archive from anywhere, as a folder of parts. Every byte of it is hostile.
//!
//! Only plain names of files are taken, none twice, no more and no larger than the limits say; each part has to stand in
//! `SHA256SUMS` with its digest, and nothing else may.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{ABOUT, About, FORM, SUMS};
use crate::config::{MAX_BUNDLE_FILES, MAX_BUNDLE_UNPACKED_BYTES};
use crate::hex;

/// Why an archive is no bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unopened {
    /// It cannot be read as one.
    Unreadable(String),
    /// It is one, and its parts are not those that were packed. Each line says what.
    Changed(Vec<String>),
}

impl Unopened {
    fn unreadable(why: impl std::fmt::Display) -> Self {
        Self::Unreadable(why.to_string())
    }
}

/// Unpacks the archive of a bundle into a folder that exists and is empty.
pub fn opened(archive: impl Read + Seek, folder: &Path) -> Result<About, Unopened> {
    unpacked(archive, folder)?;
    let text = std::fs::read(folder.join(ABOUT)).map_err(Unopened::unreadable)?;
    let form = serde_json::from_slice::<serde_json::Value>(&text).ok().and_then(|about| about.get("form")?.as_u64());
    if form.is_some_and(|form| form != u64::from(FORM)) {
        return Err(Unopened::unreadable(format!(
            "a bundle of another form than {FORM}; use the program that made it"
        )));
    }
    serde_json::from_slice(&text).map_err(|error| Unopened::unreadable(format!("`{ABOUT}`: {error}")))
}

/// Unpacks an archive into a folder that exists and is empty: the parts that stand in [`SUMS`], and nothing else.
pub fn unpacked(archive: impl Read + Seek, folder: &Path) -> Result<(), Unopened> {
    let mut archive = zip::ZipArchive::new(archive).map_err(Unopened::unreadable)?;
    if archive.len() > MAX_BUNDLE_FILES {
        return Err(Unopened::unreadable(format!("more than MAX_BUNDLE_FILES ({MAX_BUNDLE_FILES}) files")));
    }
    let mut left = MAX_BUNDLE_UNPACKED_BYTES;
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for n in 0..archive.len() {
        let part = archive.by_index(n).map_err(Unopened::unreadable)?;
        let name = part.name().map_err(Unopened::unreadable)?.into_owned();
        if !part.is_file() || !is_plain(&name) {
            return Err(Unopened::unreadable(format!("`{}` is not the name of a part", shown(&name))));
        }
        let path = folder.join(&name);
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).map_err(Unopened::unreadable)?;
        }
        // A second file of that name is an error here, not an answer.
        let mut file =
            File::create_new(&path).map_err(|error| Unopened::unreadable(format!("`{}`: {error}", shown(&name))))?;
        let mut hashed = Hashing { digest: Sha256::new(), inner: part.take(left + 1) };
        let n_bytes = std::io::copy(&mut hashed, &mut file).map_err(Unopened::unreadable)?;
        left = left.checked_sub(n_bytes).ok_or_else(|| {
            Unopened::unreadable(format!("over MAX_BUNDLE_UNPACKED_BYTES ({MAX_BUNDLE_UNPACKED_BYTES})"))
        })?;
        found.insert(name, hex::shown(&hashed.digest.finalize()));
    }
    checked(folder, found)
}

/// Every part against the list of digests, both ways.
fn checked(folder: &Path, mut found: BTreeMap<String, String>) -> Result<(), Unopened> {
    let missing = || Unopened::unreadable(format!("it holds no `{SUMS}`, so it is no bundle"));
    found.remove(SUMS).ok_or_else(missing)?;
    let sums = std::fs::read_to_string(folder.join(SUMS)).map_err(Unopened::unreadable)?;
    let mut wrong = Vec::new();
    for line in sums.lines() {
        match line.split_once("  ") {
            Some((sum, name)) => match found.remove(name) {
                Some(own) if own == sum => {}
                Some(_) => wrong.push(format!("`{}` was changed", shown(name))),
                None => wrong.push(format!("`{}` is missing", shown(name))),
            },
            None => wrong.push(format!("`{SUMS}` holds a line that is no digest")),
        }
    }
    wrong.extend(found.keys().map(|name| format!("`{}` was added", shown(name))));
    if wrong.is_empty() { Ok(()) } else { Err(Unopened::Changed(wrong)) }
}

/// Letters, digits and a few signs, in folders that do not lead out.
pub(super) fn is_plain(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | ' ');
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain);
    name.len() <= 200 && name.split('/').all(is_part) && name.split('/').count() <= 8
}

fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Digests what passes.
struct Hashing<R> {
    digest: Sha256,
    inner: R,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..n).unwrap_or_default());
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use crate::bundle::packed;

    #[test]
    fn only_plain_names_are_parts() {
        for (name, holds) in [
            ("about.json", true),
            ("rules/mine/profile.toml", true),
            ("../out", false),
            ("/etc/passwd", false),
            ("a/../../b", false),
            ("a\\b", false),
            ("", false),
            ("a//b", false),
            (".hidden", false),
            ("a/b/c/d/e/f/g/h/i", false),
        ] {
            assert_eq!(is_plain(name), holds, "{name}");
        }
    }

    #[test]
    fn what_was_changed_missing_or_added_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inputs")).unwrap();
        std::fs::write(folder.path().join("inputs/alerts"), "a").unwrap();
        std::fs::write(folder.path().join("answer.json"), "{}").unwrap();
        let whole = packed(folder.path()).unwrap();
        assert_eq!(whole, packed(folder.path()).unwrap(), "the same parts, the same bytes");
        let again = |change: &dyn Fn(&str, &mut Vec<u8>) -> bool, more: Option<&str>| {
            let mut from = zip::ZipArchive::new(Cursor::new(&whole)).unwrap();
            let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for n in 0..from.len() {
                let (mut bytes, name) = (Vec::new(), from.by_index(n).unwrap().name().unwrap().into_owned());
                from.by_index(n).unwrap().read_to_end(&mut bytes).unwrap();
                if change(&name, &mut bytes) {
                    to.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
                    to.write_all(&bytes).unwrap();
                }
            }
            if let Some(more) = more {
                to.start_file(more, zip::write::SimpleFileOptions::default()).unwrap();
            }
            let out = tempfile::tempdir().unwrap();
            opened(to.finish().unwrap(), out.path())
        };
        let changed = |whats: &[&str]| Err(Unopened::Changed(whats.iter().map(|what| (*what).to_owned()).collect()));
        let flip = |name: &str, bytes: &mut Vec<u8>| {
            if name == "inputs/alerts" {
                bytes[0] ^= 1;
            }
            true
        };
        assert_eq!(again(&flip, None), changed(&["`inputs/alerts` was changed"]));
        assert_eq!(again(&|name, _| name != "inputs/alerts", None), changed(&["`inputs/alerts` is missing"]));
        assert_eq!(again(&|_, _| true, Some("rules/x")), changed(&["`rules/x` was added"]));
        for (drop, more) in [(SUMS, None), ("", Some("../x")), ("", Some("rules/"))] {
            let found = again(&|name, _| name != drop, more);
            assert!(matches!(found, Err(Unopened::Unreadable(_))), "{found:?}");
        }
        assert!(matches!(opened(Cursor::new(b"no zip"), folder.path()), Err(Unopened::Unreadable(_))));
    }
}
