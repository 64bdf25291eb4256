//! What time it is. The engine has no clock; the service has this one, and tests set it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use palisander_engine::Date;

/// A clock; cheap to clone, and all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Microseconds since 1970; `None` = the system's.
    set: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// A clock that stands until it is set again.
    pub fn standing(at: Timestamp) -> Self {
        Self { set: Some(Arc::new(AtomicI64::new(at.as_microsecond()))) }
    }

    /// Sets a standing clock; the system's is left alone.
    pub fn set(&self, at: Timestamp) {
        if let Some(set) = &self.set {
            set.store(at.as_microsecond(), Ordering::Relaxed);
        }
    }

    /// Now, to the microsecond.
    pub fn now(&self) -> Timestamp {
        let micros = match &self.set {
            Some(set) => set.load(Ordering::Relaxed),
            None => Timestamp::now().as_microsecond(),
        };
        Timestamp::from_microsecond(micros).unwrap_or_default()
    }

    /// The day in UTC. Last days of readers, keys and groups end at its midnight.
    pub fn today(&self) -> Date {
        jiff::tz::Offset::UTC.to_datetime(self.now()).date()
    }
}
