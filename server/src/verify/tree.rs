//! The tree of RFC 6962 over the hashes of leaves, built by levels.
//!
//! In: hashes in order. Out: the root. Kept is, for each level, the one node that waits for its right neighbour.

use sha2::{Digest, Sha256};

/// Nodes that wait, by level.
#[derive(Debug, Default)]
pub(super) struct Tree {
    waiting: Vec<Option<[u8; 32]>>,
    size: u64,
}

impl Tree {
    pub(super) fn push(&mut self, leaf: [u8; 32]) {
        let mut node = leaf;
        self.size += 1;
        for level in &mut self.waiting {
            match level.take() {
                Some(left) => node = parent(left, node),
                None => {
                    *level = Some(node);
                    return;
                }
            }
        }
        self.waiting.push(Some(node));
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn root(&self) -> [u8; 32] {
        let waiting = self.waiting.iter().flatten().copied();
        waiting.reduce(|right, left| parent(left, right)).unwrap_or_else(|| Sha256::digest([]).into())
    }
}

pub(super) fn parent(left: [u8; 32], right: [u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}
