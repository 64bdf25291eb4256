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
pub struct Known(Mutex<Of>);

#[derive(Debug, Default)]
struct Of {
    found: HashMap<Hash, (Instant, Found)>,
    /// How often all was forgotten.
    turn: u64,
}

/// A look-up that has begun.
#[derive(Debug, Clone, Copy)]
pub struct Begun {
    at: Instant,
    turn: u64,
}

impl Known {
    /// What was found a moment ago.
    pub fn get(&self, hash: &Hash) -> Option<Found> {
        let of = self.of();
        of.found.get(hash).filter(|(at, _)| at.elapsed() < KNOWN_FOR).map(|(_, found)| found.clone())
    }

    /// Begins to look a key up.
    pub fn begin(&self) -> Begun {
        Begun { at: Instant::now(), turn: self.of().turn }
    }

    /// Keeps what was found, unless all was forgotten since the look-up began: it may be what stood before.
    pub fn put(&self, hash: Hash, begun: Begun, found: Found) {
        let mut of = self.of();
        if of.turn != begun.turn {
            return;
        }
        if of.found.len() >= MAX_READERS {
            of.found.clear();
        }
        of.found.insert(hash, (begun.at, found));
    }

    /// Forgets all, as somebody changed something.
    pub fn clear(&self) {
        let mut of = self.of();
        of.found.clear();
        of.turn += 1;
    }

    fn of(&self) -> MutexGuard<'_, Of> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::access::Audience;
    use crate::service::{Clock, Office};
    use crate::store::{ReaderKind, Role, SqliteStore};

    /// What was read before a change is not known after it, however the two crossed.
    #[test]
    fn a_look_up_that_a_change_overtook_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let office = Office::new(std::sync::Arc::new(SqliteStore::open(folder.path()).unwrap()), Clock::default());
        let wanted = crate::service::readers::Wanted {
            name: "Desk".to_owned(),
            kind: ReaderKind::Person,
            roles: [Role::Officer].into(),
            groups: Default::default(),
            clearance: palisander_engine::Label::Clear,
            expires_on: None,
            key: Default::default(),
        };
        let key = office.add_reader(crate::service::readers::OPERATOR, wanted).unwrap();
        let hash = crate::secret::key_hash(&key.key).unwrap();
        let found = Found::read(&*office.store, &hash).unwrap().unwrap();
        let known = Known::default();
        let begun = known.begin();
        known.put(hash, begun, found.clone());
        assert!(known.get(&hash).is_some());
        let overtaken = known.begin();
        known.clear();
        known.put(hash, overtaken, found.clone());
        assert!(known.get(&hash).is_none());
        known.put(hash, known.begin(), found);
        assert!(known.get(&hash).is_some());
        assert!(office.caller(&key.key).unwrap().audience() >= Some(Audience::Officer));
        assert!(office.known_caller(&key.key).is_some_and(|known| known.is_ok()));
    }
}
