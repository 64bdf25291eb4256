//! How an entry becomes a hash: the leaf of the tree and the link to the entry before.
//!
//! A leaf is text, one field a line, so that any program in any language can build it again:
//! `palisander entry 1`, then `seq`, `at`, `reader`, `group`, `kind`, `subject`, `label`, `body`, `second`, `prev`, each
//! with its value after one blank, `-` for none, digests as 64 hexadecimal digits, every line ended by a line feed. Its
//! hash is that of a leaf of RFC 6962, SHA-256 over a zero byte and the text; `prev` is the hash of the entry before, 64
//! zeros for the first. So chain and tree rest on the same hashes.

use super::entry::{Draft, Entry};
use super::hash::{Hash, leaf_hash};
use crate::hex;

/// Stands where there is no entry before.
pub(super) const NO_ENTRY: Hash = [0; 32];

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

/// The entry that a draft becomes after the one numbered `seq - 1`, whose hash is `prev`.
pub(super) fn linked(draft: &Draft, seq: u64, prev: Hash) -> Entry {
    let mut entry = Entry {
        seq,
        at: draft.at,
        reader: draft.reader.clone(),
        group: draft.group.clone(),
        kind: draft.kind,
        subject: draft.subject.clone(),
        label: draft.label,
        body: draft.body.digest,
        second: draft.second.clone(),
        prev,
        hash: [0; 32],
    };
    entry.hash = hash(&entry);
    entry
}
