//! Entries by themselves, each with the path to the root that was signed (RFC 6962, 2.1.1): a court is given those of one case.
//!
//! In: entries as NDJSON, paths, a signed note. Out: what does not hold. Which other entries there are is not told by it.

use serde::Deserialize;

use super::entry::Line;
use super::tree::parent;
use super::{Findings, Note, PublicKey};
use crate::hex;

/// Paths of some entries to the root over `size` of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proofs {
    size: u64,
    proofs: Vec<Proof>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    seq: u64,
    path: Vec<String>,
}

/// Checks entries against the note that is said to be signed over them.
pub fn check_proven(entries: &str, proofs: &str, note: &str, key: Option<&PublicKey>) -> Result<Findings, String> {
    let proofs: Proofs = serde_json::from_str(proofs).map_err(|error| format!("the proofs cannot be read: {error}"))?;
    let note = Note::read(note).map_err(|why| format!("the checkpoint cannot be read: {why}"))?;
    let mut found = Findings::default();
    let mut holds = true;
    if proofs.size != note.size() {
        found.fault(None, format!("the proofs are over {} entries, the checkpoint over {}", proofs.size, note.size()));
        holds = false;
    }
    if let Some(key) = key
        && let Err(why) = note.check(key)
    {
        found.fault(None, why);
        holds = false;
    }
    for (n, line) in (1_u64..).zip(entries.lines()) {
        let line: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            Err(error) => {
                found.fault(None, format!("line {n} is no entry: {error}"));
                continue;
            }
        };
        found.entries += 1;
        found.erased += u64::from(line.is_erased());
        let seq = line.seq();
        let leaf = line.alone(&mut |seq, what| found.fault(Some(seq), what));
        let path = proofs.proofs.iter().find(|proof| proof.seq == seq);
        let root = path.and_then(|proof| root_of(leaf, seq.checked_sub(1)?, proofs.size, &proof.path));
        if root != Some(note.root()) {
            found.fault(Some(seq), format!("entry {seq} is not one of those that were signed"));
        }
    }
    if holds {
        found.checkpoints = 1;
        (found.signed, found.signed_at) = (note.size(), note.at().to_owned());
    }
    Ok(found)
}

/// The root that a path leads to from the leaf at that place; `None` where the path is not one.
fn root_of(leaf: [u8; 32], place: u64, size: u64, path: &[String]) -> Option<[u8; 32]> {
    let (mut at, mut last, mut root) = (place, size.checked_sub(1)?, leaf);
    if at > last {
        return None;
    }
    for step in path {
        let other = hex::read::<32>(step)?;
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            root = parent(other, root);
            // At the right edge a node goes up alone until it has a left neighbour.
            while at.is_multiple_of(2) && at > 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            root = parent(root, other);
        }
        (at, last) = (at / 2, last / 2);
    }
    (last == 0).then_some(root)
}
