//! A folder of parts as one archive. The same parts give the same bytes.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use super::SUMS;
use super::open::is_plain;
use crate::config::{MAX_BUNDLE_FILES, MAX_BUNDLE_UNPACKED_BYTES};
use crate::hex;

/// The archive of a folder; its parts by name, `SHA256SUMS` last.
pub fn packed(folder: &Path) -> Result<Vec<u8>, String> {
    let mut names = Vec::new();
    listed(folder, &PathBuf::new(), &mut names)?;
    names.sort();
    let failed = |error: &dyn std::fmt::Display| format!("the bundle cannot be packed: {error}");
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // No times: what is the same has the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    let (mut sums, mut all) = (String::new(), 0);
    for name in names {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(folder.join(&name)).map_err(|error| failed(&error))?;
        file.take(MAX_BUNDLE_UNPACKED_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        all += bytes.len() as u64;
        if all > MAX_BUNDLE_UNPACKED_BYTES {
            let most = format!("over MAX_BUNDLE_UNPACKED_BYTES ({MAX_BUNDLE_UNPACKED_BYTES})");
            return Err(format!("what this answer rests on is {most}"));
        }
        sums.push_str(&format!("{}  {name}\n", hex::shown(&Sha256::digest(&bytes))));
        archive.start_file(&name, options).map_err(|error| failed(&error))?;
        archive.write_all(&bytes).map_err(|error| failed(&error))?;
    }
    archive.start_file(SUMS, options).map_err(|error| failed(&error))?;
    archive.write_all(sums.as_bytes()).map_err(|error| failed(&error))?;
    archive.finish().map(Cursor::into_inner).map_err(|error| failed(&error))
}

fn listed(root: &Path, below: &Path, names: &mut Vec<String>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("the bundle cannot be packed: {error}");
    for entry in std::fs::read_dir(root.join(below)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = below.join(entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            listed(root, &path, names)?;
            continue;
        }
        let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
        let name = parts.map(|parts| parts.join("/")).filter(|name| is_plain(name));
        let name = name.ok_or_else(|| {
            format!("`{}` is no name of letters, digits, `.`, `_`, `-` and `+`", entry.file_name().display())
        })?;
        names.push(name);
        if names.len() >= MAX_BUNDLE_FILES {
            return Err(format!("more than MAX_BUNDLE_FILES ({MAX_BUNDLE_FILES}) files"));
        }
    }
    Ok(())
}
