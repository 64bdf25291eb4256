//! Keys that were looked up a moment ago, so that a caller who asks often is not looked up at each call.
//!
//! In: what the store says of a key. Out: the same for [`KNOWN_FOR`], or until somebody changes readers, groups or keys here.
//! Days and hours are looked at afresh each time. Not here: who may do what, keys that open nothing (`guesses.rs`).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::config::{KNOWN_FOR, MAX_READERS};
use crate::store::{Group, Hash, Key, Reader, Store, StoreError};

/// A key, whose it is, and his groups.
#[derive(Debug, Clone)]
pub struct Found {
    pub key: Key,
    pub reader: Reader,
    pub groups: Vec<Group>,
}

impl Found {
    /// Looks a key up; `None` = it opens nothing.
    pub fn read(store: &dyn Store, hash: &Hash) -> Result<Option<Self>, StoreError> {
        let Some((key, reader)) = store.key(hash)? else { return Ok(None) };
        let mut groups = if reader.groups.is_empty() { Vec::new() } else { store.groups()? };
        groups.retain(|group| reader.groups.contains(&group.id));
        Ok(Some(Self { key, reader, groups }))
    }
}

/// By hash of the key: when it was looked up, and what was found.
#[derive(Debug, Default)]
pub struct Known {
    of: Mutex<HashMap<Hash, (Instant, Found)>>,
}

impl Known {
    /// What was found a moment ago.
    pub fn get(&self, hash: &Hash) -> Option<Found> {
        let of = self.of();
        of.get(hash).filter(|(at, _)| at.elapsed() < KNOWN_FOR).map(|(_, found)| found.clone())
    }

    /// Keeps what was found for a key that was looked up from then on.
    pub fn put(&self, hash: Hash, at: Instant, found: Found) {
        let mut of = self.of();
        if of.len() >= MAX_READERS {
            of.clear();
        }
        of.insert(hash, (at, found));
    }

    /// Forgets all, as somebody changed something.
    pub fn clear(&self) {
        self.of().clear();
    }

    fn of(&self) -> MutexGuard<'_, HashMap<Hash, (Instant, Found)>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
