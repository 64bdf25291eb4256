//! How many calls a key may make: so many a second, and more at once where it was quiet before.
//!
//! In: the id of a key that opened. Out: whether this call is within its budget, and what is left of it (the generic cell rate
//! algorithm: no window in which a second helping begins). A stream counts as one call, whatever it holds: its size is bounded
//! elsewhere. Not here: keys that open nothing (`guesses.rs`), headers (`identity`).

use std::num::NonZeroU32;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::config::MAX_BUDGETS;

/// Budgets of keys.
pub struct Budgets<C: Clock = MonotonicClock> {
    rate: NonZeroU32,
    burst: NonZeroU32,
    max: usize,
    clock: C,
    keys: RateLimiter<String, HashMapStateStore<String>, C, StateInformationMiddleware>,
}

/// What a key has left after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Calls that may be made at once after a pause.
    pub burst: u32,
    /// Seconds of that pause.
    pub window_seconds: u32,
    /// Calls that may be made at once now.
    pub calls: u32,
    /// Seconds until the whole burst is there again.
    pub whole_in_seconds: u32,
    /// Seconds to wait, where this call was one too many.
    pub wait_seconds: Option<u32>,
}

/// Stands for all keys that come when [`MAX_BUDGETS`] are remembered.
const OTHERS: &str = "";

impl Budgets {
    /// `rate` calls a second, and `burst` at once.
    pub fn new(rate: NonZeroU32, burst: NonZeroU32) -> Self {
        Self::timed(rate, burst, MAX_BUDGETS, MonotonicClock)
    }
}

impl<C: Clock + Clone> Budgets<C> {
    fn timed(rate: NonZeroU32, burst: NonZeroU32, max: usize, clock: C) -> Self {
        let quota = Quota::per_second(rate).allow_burst(burst);
        let keys = RateLimiter::hashmap_with_clock(quota, clock.clone()).with_middleware();
        Self { rate, burst, max, clock, keys }
    }

    /// Counts a call of a key.
    pub fn spend(&self, key: &str) -> Left {
        let key = if self.has_room() { key } else { OTHERS };
        let (calls, wait) = match self.keys.check_key(&key.to_owned()) {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(until) => (0, Some(until.wait_time_from(self.clock.now()))),
        };
        let (rate, burst) = (self.rate.get(), self.burst.get());
        Left {
            burst,
            window_seconds: burst.div_ceil(rate),
            calls,
            whole_in_seconds: burst.saturating_sub(calls).div_ceil(rate),
            // A part of a second is one: who comes early comes in vain.
            wait_seconds: wait.map(|wait| u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)),
        }
    }

    /// Is another key remembered by itself? Keys that have their whole burst again are forgotten first.
    fn has_room(&self) -> bool {
        if self.keys.len() >= self.max {
            self.keys.retain_recent();
            self.keys.shrink_to_fit();
        }
        self.keys.len() < self.max
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn budgets(rate: u32, burst: u32, max: usize) -> (Budgets<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let of = |n| NonZeroU32::new(n).unwrap();
        (Budgets::timed(of(rate), of(burst), max, clock.clone()), clock)
    }

    #[test]
    fn a_key_has_its_burst_and_then_its_rate() {
        let (budgets, clock) = budgets(2, 4, 10);
        for calls in [3, 2, 1, 0] {
            let left = budgets.spend("a");
            assert_eq!((left.calls, left.wait_seconds), (calls, None));
            assert_eq!((left.burst, left.window_seconds, left.whole_in_seconds), (4, 2, (4 - calls).div_ceil(2)));
        }
        assert_eq!(budgets.spend("a").wait_seconds, Some(1));
        assert_eq!(budgets.spend("b").calls, 3, "another key has its own");
        clock.advance(Duration::from_millis(500));
        assert_eq!((budgets.spend("a").wait_seconds, budgets.spend("a").wait_seconds), (None, Some(1)));
        clock.advance(Duration::from_secs(2));
        assert_eq!(budgets.spend("a").calls, 3, "what was refused costs nothing");
    }

    #[test]
    fn as_many_are_remembered_as_there_is_room_for() {
        let (budgets, clock) = budgets(1, 2, 3);
        for n in 0..100 {
            budgets.spend(&format!("key {n}"));
        }
        assert!(budgets.keys.len() <= 4, "{} keys and the others", budgets.keys.len());
        assert!(budgets.spend("one more").wait_seconds.is_some(), "those without room share one budget");
        clock.advance(Duration::from_secs(10));
        assert_eq!(budgets.spend("one more").wait_seconds, None);
        assert_eq!(budgets.keys.len(), 1, "who was quiet is forgotten");
    }
}
