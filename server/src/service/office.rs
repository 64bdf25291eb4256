//! The service with a state folder: its store, its clock, and when each key was last noted as used.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::Timestamp;

use super::caller::{self, Caller, Denied};
use super::clock::Clock;
use super::doors::{Door, Doors};
use super::exchange::Exchange;
use super::guesses::Guesses;
use super::known::Known;
use super::suspicions::SuspicionChannel;
use super::views::Views;
use crate::config::{DRAWN_SHARE, KEY_USE_INTERVAL};
use crate::metrics::{Metrics, Refused};
use crate::secret::NoRandom;
use crate::store::{Batch, Kind, Receipt, Store, StoreError};

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfficeError {
    /// What was asked does not fit; each line says what.
    #[error("{}", .0.join("; "))]
    Wrong(Vec<String>),
    /// It is well said, and does not fit how things stand; each line says what.
    #[error("{}", .0.join("; "))]
    Conflict(Vec<String>),
    /// Who asks may know of it, and it is not for him.
    #[error("{0}")]
    Barred(&'static str),
    /// There is no such thing.
    #[error("there is no {what} `{id}`")]
    Missing { what: &'static str, id: String },
    /// It is no longer as the caller has seen it.
    #[error("it was changed meanwhile; look at it again")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// As many came through a door without a key in this minute as may, of all together.
    #[error("{most} came in this minute; nothing was done, come again")]
    Crowded { most: u32 },
    /// Somebody else has it done now.
    #[error("another one is being made")]
    Busy,
    /// The system has no random bytes.
    #[error("{0}")]
    Random(String),
}

/// What is wrong with what was asked: all of it is told at once.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// By itself, whatever the day and whatever is kept.
    pub(super) form: Vec<String>,
    /// By how things stand now.
    pub(super) standing: Vec<String>,
}

impl Faults {
    /// An error with all of them; what is wrong by itself decides its kind.
    pub(super) fn checked(self) -> Result<(), OfficeError> {
        let Self { form, standing } = self;
        match (form.is_empty(), standing.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(OfficeError::Conflict(standing)),
            (false, _) => Err(OfficeError::Wrong(form.into_iter().chain(standing).collect())),
        }
    }
}

/// An error where what a caller acts on is no longer as he has seen it: `at` is the last entry about it.
pub(super) fn still(caller: &Caller, at: u64) -> Result<(), OfficeError> {
    if caller.has_seen(at) { Ok(()) } else { Err(OfficeError::Changed) }
}

impl From<NoRandom> for OfficeError {
    fn from(error: NoRandom) -> Self {
        Self::Random(error.to_string())
    }
}

/// Everything that has a memory.
pub struct Office {
    pub store: Arc<dyn Store>,
    pub clock: Clock,
    /// The live engine as each clearance may know it.
    pub views: Views,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Share of green bills of senders from outside that are drawn ([`super::probing`]), 0 to 1.
    pub drawn_share: f64,
    /// Exchanges of authorities that may be asked about permits.
    pub exchanges: Vec<Arc<dyn Exchange>>,
    /// The channel to the financial intelligence unit, where one is set up.
    pub suspicions: Option<Arc<dyn SuspicionChannel>>,
    /// What the first entry of the log says, once there is one.
    sandbox: OnceLock<bool>,
    /// Keys that open nothing.
    guesses: Guesses,
    /// Keys that were looked up a moment ago.
    known: Known,
    /// By key: when its use was last noted.
    noted: Mutex<HashMap<String, Timestamp>>,
    /// Bodies that hold the files of the last edition, by the digest of the file.
    editions: Mutex<HashMap<String, Vec<String>>>,
    /// Rows of changes of the register, by the change.
    register_rows: Mutex<HashMap<String, Arc<[u8]>>>,
    /// What comes through doors that ask for no key.
    pub(super) doors: Doors,
    /// What is heavy is done one at a time: bundles, effects and checks of rulesets make engines of their own.
    pub(super) heavy: Mutex<()>,
    /// Batches that draw on a permit on which another one drew meanwhile are judged again one at a time.
    pub(super) ledger_turn: Mutex<()>,
}

impl Office {
    /// An office over a store.
    pub fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self {
            store,
            clock,
            views: Views::default(),
            metrics: Arc::default(),
            drawn_share: DRAWN_SHARE,
            exchanges: Vec::new(),
            suspicions: None,
            sandbox: OnceLock::new(),
            guesses: Guesses::default(),
            known: Known::default(),
            noted: Mutex::default(),
            editions: Mutex::default(),
            register_rows: Mutex::default(),
            doors: Doors::default(),
            heavy: Mutex::default(),
            ledger_turn: Mutex::default(),
        }
    }

    /// Are the bills of this store no bills? The first entry of its log says so, or it never is.
    pub fn is_sandbox(&self) -> Result<bool, StoreError> {
        if let Some(known) = self.sandbox.get() {
            return Ok(*known);
        }
        let first = self.store.entries(0, 1)?.pop();
        Ok(first.is_some_and(|first| *self.sandbox.get_or_init(|| first.kind == Kind::SandboxMade)))
    }

    /// Goes through a door that asks for no key; an error where as many came in this minute as may.
    pub(super) fn enters(&self, door: Door) -> Result<(), OfficeError> {
        if self.doors.open(door) {
            return Ok(());
        }
        self.metrics.refused(Refused::Door);
        Err(OfficeError::Crowded { most: door.a_minute().get() })
    }

    /// Bodies that hold the files of the last edition.
    pub(super) fn editions(&self) -> MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.editions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows of changes of the register that are at hand.
    pub(super) fn register_rows(&self) -> MutexGuard<'_, HashMap<String, Arc<[u8]>>> {
        self.register_rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who shows this key. Its use is noted, at most once in [`KEY_USE_INTERVAL`].
    pub fn caller(&self, key: &str) -> Result<Caller, Denied> {
        let is_sandbox = self.is_sandbox().map_err(Denied::Store)?;
        let caller = caller::identify(&*self.store, &self.clock, &self.guesses, &self.known, key, is_sandbox)?;
        self.noted(&caller)?;
        Ok(caller)
    }

    /// The same for a key that was looked up a moment ago; `None` = it was not. Nothing is waited for.
    pub fn known_caller(&self, key: &str) -> Option<Result<Caller, Denied>> {
        let found = caller::known(&self.clock, &self.known, key, *self.sandbox.get()?)?;
        Some(found.and_then(|caller| self.noted(&caller).map(|()| caller)))
    }

    /// Writes what changes readers, groups or keys; once it is durable no key is known until it is looked up again.
    pub(super) fn append_of_readers(&self, batch: Batch) -> Result<Vec<Receipt>, StoreError> {
        let receipts = self.store.append(batch);
        // Also where it is in doubt whether it was written.
        self.known.clear();
        receipts
    }

    fn noted(&self, caller: &Caller) -> Result<(), Denied> {
        let now = self.clock.now();
        let is_due = {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            let due = |last: &Timestamp| now.duration_since(*last).unsigned_abs() >= KEY_USE_INTERVAL;
            let is_due = noted.get(&caller.key).is_none_or(due);
            if is_due {
                noted.insert(caller.key.clone(), now);
            }
            is_due
        };
        if is_due { self.store.used(&caller.key, now).map_err(Denied::Store) } else { Ok(()) }
    }
}
