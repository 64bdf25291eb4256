//! People for whom a code stands: their names are not kept, and no free text may hold them.
//!
//! In: names as the agency that knows them gives them, once. Out: keyed hashes of how pairs of their words sound, from which
//! nobody reads a name; and whether a text holds such a pair near each other, in any order, script or spelling, with an
//! initial for one of them. Two common words may sound like a name: then a handler is asked. Who knows the names is another
//! system.

use std::collections::{BTreeMap, BTreeSet};

use palisander_engine::people::spoken;
use sha2::{Digest, Sha256};

use super::office::{Office, OfficeError};
use super::told::is_opaque;
use crate::hex;
use crate::store::{Batch, Holder, Kind};

/// Words of a text between two that belong to one name, at most: `SMITH, Mr. John`.
const NEAR: usize = 3;
/// Digits of a hash: enough that no two pairs of a register meet.
const HASH_DIGITS: usize = 24;

impl Office {
    /// Puts names under a code on record, by what they sound like alone.
    pub fn add_holder(&self, by: &str, code: &str, names: &[String]) -> Result<usize, OfficeError> {
        if !is_opaque(code) {
            let why = "a code is capitals, digits and `-`, with a digit: `SRC-7`";
            return Err(OfficeError::Wrong(vec![why.to_owned()]));
        }
        let hashes: BTreeSet<String> = names.iter().flat_map(|name| self.hashes_of(name)).collect();
        if hashes.is_empty() {
            return Err(OfficeError::Wrong(vec!["a name has two words at least".to_owned()]));
        }
        let holder = Holder { code: code.to_owned(), hashes: hashes.into_iter().collect() };
        let n = holder.hashes.len();
        let mut draft = self.says(by, Kind::HolderAdded, &format!("holder {code}"), &holder)?;
        draft.label = palisander_engine::Label::Red;
        self.store.append(Batch::of(draft))?;
        Ok(n)
    }

    /// Words of a text that name somebody on record: their places among its words ([`spoken`]).
    pub(super) fn named_holders(&self, text: &str) -> Result<BTreeSet<usize>, OfficeError> {
        let holders = self.store.holders()?;
        let known: BTreeSet<&str> = holders.iter().flat_map(|(_, hashes)| hashes).map(String::as_str).collect();
        let mut named = BTreeSet::new();
        if known.is_empty() {
            return Ok(named);
        }
        let words = spoken(text);
        // A word that comes again with the same neighbours is hashed once.
        let mut told: BTreeMap<(&str, &str), bool> = BTreeMap::new();
        let key = self.store.secret(PURPOSE);
        for (n, first) in words.iter().enumerate() {
            for (m, second) in words.iter().enumerate().skip(n + 1).take(NEAR) {
                let pair = ordered(first, second);
                if *told.entry(pair).or_insert_with(|| known.contains(&*hash(&key, pair))) {
                    named.extend([n, m]);
                }
            }
        }
        Ok(named)
    }

    /// Every pair of words of a name, and each with an initial for the other.
    fn hashes_of(&self, name: &str) -> BTreeSet<String> {
        let key = self.store.secret(PURPOSE);
        let words = spoken(name);
        let mut hashes = BTreeSet::new();
        for (n, first) in words.iter().enumerate() {
            for second in words.iter().skip(n + 1).filter(|second| first.len() > 1 || second.len() > 1) {
                let initial = |word: &str| word.get(..1).unwrap_or_default().to_owned();
                hashes.insert(hash(&key, ordered(first, second)));
                if second.len() > 1 {
                    hashes.insert(hash(&key, ordered(&initial(first), second)));
                }
                if first.len() > 1 {
                    hashes.insert(hash(&key, ordered(first, &initial(second))));
                }
            }
        }
        hashes
    }
}

const PURPOSE: &str = "names of holders";

/// Surname first or last is the same name.
fn ordered<'a>(first: &'a str, second: &'a str) -> (&'a str, &'a str) {
    if first <= second { (first, second) } else { (second, first) }
}

fn hash(key: &[u8; 32], (first, second): (&str, &str)) -> String {
    let digest = Sha256::new().chain_update(key).chain_update(first).chain_update([0]).chain_update(second).finalize();
    hex::shown(&digest).chars().take(HASH_DIGITS).collect()
}
