//! What every fuzz target asks of a reader.

use std::io::Cursor;

use palisander_engine::manifests;
use palisander_engine::manifests::{Format, json_document};

/// Reads `bytes` as `format`. Something must come out: a manifest, a fault or an error. What was read, written as
/// canonical JSON, must read back as itself without a fault that loses something.
pub fn read(bytes: &[u8], format: Format) {
    let mut n = 0;
    for part in manifests::read(Cursor::new(bytes.to_vec()), format) {
        n += 1;
        let Ok(parsed) = part else { continue };
        let Ok(json) = serde_json_of(&parsed.manifest) else { panic!("a manifest that cannot be written") };
        match json_document(&json) {
            Ok(again) => assert_eq!(again.manifest.consignments.len(), parsed.manifest.consignments.len()),
            Err(error) => panic!("what was read does not read back: {error}"),
        }
    }
    let is_blank = bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
    assert!(n > 0 || is_blank || format == Format::Ndjson, "not a word about {} bytes", bytes.len());
}

fn serde_json_of(manifest: &palisander_engine::manifests::Manifest) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&serde_json::json!({ "manifest": manifest }))
}
