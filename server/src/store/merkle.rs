//! The tree over all entries, after RFC 6962: its root says what the log was when a checkpoint was signed.
//!
//! In: hashes of leaves in order. Out: the root after any number of them. Kept are the roots of the full trees that the
//! number of leaves is made of, one for each of its binary ones: at most 64 hashes, whatever the log holds.

use sha2::{Digest, Sha256};

use super::hash::{Hash, leaf_hash, node_hash};

/// The right edge of the tree.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    /// Roots of full trees, the largest first, with their leaves counted in powers of two.
    full: Vec<(u32, Hash)>,
    size: u64,
}

impl Frontier {
    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let (mut height, mut root) = (0, leaf);
        while let Some((_, left)) = self.full.pop_if(|(other, _)| *other == height) {
            root = node_hash(&left, &root);
            height += 1;
        }
        self.full.push((height, root));
        self.size += 1;
    }

    /// Adds the next leaf by its bytes.
    pub fn add(&mut self, leaf: &[u8]) {
        self.push(leaf_hash(leaf));
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root; that of the empty tree is the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut trees = self.full.iter().rev().map(|(_, root)| *root);
        let Some(last) = trees.next() else { return Sha256::digest([]).into() };
        trees.fold(last, |right, left| node_hash(&left, &right))
    }
}

/// The whole tree, for the paths from its leaves: twice the hashes of the leaves, however many paths are asked for.
#[derive(Debug, Clone)]
pub struct AuditTree {
    /// Nodes by level, from the leaves. A node without a right neighbour stands on the next level as it is.
    levels: Vec<Vec<Hash>>,
}

impl AuditTree {
    /// The tree over the hashes of leaves, in their order.
    pub fn over(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(last) = levels.last().filter(|last| last.len() > 1) {
            let pair = |pair: &[Hash]| match pair {
                [left, right] => node_hash(left, right),
                alone => alone.first().copied().unwrap_or_default(),
            };
            let next = last.chunks(2).map(pair).collect();
            levels.push(next);
        }
        Self { levels }
    }

    /// The hashes that lead from the leaf at a place, from 0, to the root, the nearest first; none where there is no such leaf.
    pub fn path(&self, at: usize) -> Vec<Hash> {
        if self.levels.first().is_none_or(|leaves| at >= leaves.len()) {
            return Vec::new();
        }
        let beside = |(height, nodes): (usize, &Vec<Hash>)| nodes.get((at >> height) ^ 1).copied();
        self.levels.iter().enumerate().filter_map(beside).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    /// Leaves and roots of the tests of the certificate transparency project (`merkle_tree_test`), of 0 to 8 leaves.
    #[test]
    fn roots_of_rfc_6962() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::default();
        assert_eq!(hex::shown(&frontier.root()), roots[0]);
        for (leaf, root) in leaves.iter().zip(&roots[1..]) {
            frontier.push(leaf_hash(leaf));
            assert_eq!(hex::shown(&frontier.root()), *root, "{} leaves", frontier.size());
        }
    }
}
