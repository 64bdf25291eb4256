//! Keys that open nothing: so many a second are looked up for the whole service, however many addresses they come from.
//!
//! In: the hash of a key, and what became of it. Out: whether it is looked up at all. Once more wrong keys came than
//! [`GUESS_RATE`] allows, the door is shut for [`GUESS_PAUSE`]: only keys on the roll of those that there are, which is read
//! once for that time, are looked up. So a flood of wrong keys costs the store a few questions, and no good key waits for it.
//! A key that is made while the door is shut may be told once to come back.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::config::{GUESS_BURST, GUESS_PAUSE, GUESS_RATE};
use crate::hex;
use crate::store::{Hash, Store, StoreError};

/// What is known of wrong keys.
pub struct Guesses {
    budget: DefaultDirectRateLimiter,
    door: Mutex<Door>,
}

#[derive(Default)]
struct Door {
    shut_until: Option<Instant>,
    /// Hashes of all keys as they were since it was shut; `None` = nobody has asked.
    roll: Option<HashSet<Hash>>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self::new(GUESS_RATE, GUESS_BURST)
    }
}

impl Guesses {
    fn new(rate: NonZeroU32, burst: NonZeroU32) -> Self {
        Self { budget: RateLimiter::direct(Quota::per_second(rate).allow_burst(burst)), door: Mutex::default() }
    }

    /// Is this key looked up?
    pub fn lets_in(&self, hash: &Hash, store: &dyn Store) -> Result<bool, StoreError> {
        let mut door = self.door();
        if door.shut_until.is_none_or(|until| until <= Instant::now()) {
            return Ok(true);
        }
        if let Some(roll) = &door.roll {
            return Ok(roll.contains(hash));
        }
        let roll: HashSet<Hash> = store.keys()?.iter().filter_map(|(key, _)| hex::read(&key.hash)).collect();
        let is_on_it = roll.contains(hash);
        door.roll = Some(roll);
        Ok(is_on_it)
    }

    /// A key that was looked up is none.
    pub fn failed(&self) {
        if self.budget.check().is_err() {
            *self.door() = Door { shut_until: Some(Instant::now() + GUESS_PAUSE), roll: None };
        }
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;

    #[test]
    fn a_flood_shuts_the_door_and_a_pause_opens_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        let of = |n| NonZeroU32::new(n).unwrap();
        let guesses = Guesses::new(of(1), of(3));
        let wrong = [7; 32];
        for n in 0..10 {
            assert_eq!(guesses.lets_in(&wrong, &store).unwrap(), n <= 3, "guess {n}");
            if n <= 3 {
                guesses.failed();
            }
        }
        std::thread::sleep(GUESS_PAUSE);
        assert!(guesses.lets_in(&wrong, &store).unwrap());
    }
}
