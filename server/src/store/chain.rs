//! How an entry becomes a hash: the leaf of the tree and the link to the entry before.
//!
//! A leaf is text, one field a line, so that any program in any language can build it again:
//! `palisander entry 1`, then `seq`, `at`, `reader`, `group`, `kind`, `subject`, `label`, `body`, `second`, `prev`, each
//! with its value after one blank, `-` for none, digests as 64 hexadecimal digits, every line ended by a line feed. Its
//! hash is that of a leaf of RFC 6962, SHA-256 over a zero byte and the text; `prev` is the hash of the entry before, 64
//! zeros for the first. So chain and tree rest on the same hashes.

use sha2::{Digest, Sha256};

use super::entry::Entry;
use crate::hex;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Stands where there is no entry before.
pub(super) const NO_ENTRY: Hash = [0; 32];
/// Who signs checkpoints, as they name it.
pub const ORIGIN: &str = "palisander/log";

/// The leaf of an entry, without its hash.
pub(super) fn leaf(entry: &Entry) -> String {
    let Entry { seq, at, reader, group, kind, subject, label, body, second, prev, hash: _ } = entry;
    let none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "palisander entry 1\nseq {seq}\nat {at}\nreader {reader}\ngroup {}\nkind {kind}\nsubject {subject}\nlabel {label}\n\
         body {}\nsecond {}\nprev {}\n",
        none(group),
        hex::shown(body),
        none(second),
        hex::shown(prev)
    )
}

/// The hash of an entry: that of its leaf.
pub(super) fn hash(entry: &Entry) -> Hash {
    leaf_hash(leaf(entry).as_bytes())
}

/// The hash of a leaf after RFC 6962, 2.1.
pub(super) fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// The hash of a node after RFC 6962, 2.1.
pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}
