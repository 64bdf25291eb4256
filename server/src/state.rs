//! What every request shares: the frozen engine behind a swap, and a bound on scoring under way.

use std::sync::Arc;

use arc_swap::ArcSwap;
use palisander_engine::{Date, Engine};
use tokio::sync::Semaphore;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The live engine. A reload builds another aside and swaps it in.
    pub engine: Arc<ArcSwap<Engine>>,
    /// Places for scoring.
    pub places: Arc<Semaphore>,
    /// Search over its alerts and the library.
    pub search: Arc<crate::search::SearchIndex>,
    /// Day for requests that name none; `None` = today in UTC.
    pub as_of: Option<Date>,
}

impl State {
    /// State over one engine.
    pub fn new(engine: Engine, as_of: Option<Date>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            engine: Arc::new(ArcSwap::from_pointee(engine)),
            places: Arc::new(Semaphore::new(cores * crate::config::MAX_SCORING_PER_CORE)),
            search: Arc::default(),
            as_of,
        }
    }

    /// The day that counts: as asked, else as set, else today in UTC. Stamped here, at the edge.
    pub fn day(&self, asked: Option<Date>) -> Date {
        asked.or(self.as_of).unwrap_or_else(today)
    }
}

/// Today in UTC.
pub fn today() -> Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}
