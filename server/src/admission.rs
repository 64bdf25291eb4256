//! What all requests together may hold: bytes of bodies, work under way, places for calls.
//!
//! In: how much a request needs. Out: a permit, or the problem that says to come back. Bytes are asked for as they come
//! and before they are kept, and never waited for: who waits would keep what he has. Work is waited for, in the order of
//! asking, and not for long. Single calls have places of their own, so that no stream and no slow reader keeps them waiting.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::config::{
    LIGHT_BODY_BYTES, LIGHT_PLACES, MAX_BODIES_BYTES, MAX_WORK_BYTES, QUEUE_TIMEOUT, QUICK_PLACES_PER_CORE,
    STREAM_BYTES,
};
use crate::problem::Problem;

/// Bytes of one permit: permits are counted in 32 bits.
const UNIT: usize = 1 << 10;

/// How long leisurely work makes way at each piece of its input: single calls are answered in milliseconds.
const WAY_TIMEOUT: Duration = Duration::from_millis(100);
/// How long it sleeps between two looks.
const WAY_PAUSE: Duration = Duration::from_millis(2);

/// The limits of the whole service.
#[derive(Debug, Clone)]
pub struct Admission {
    bodies: Arc<Semaphore>,
    work: Arc<Semaphore>,
    light: Arc<Semaphore>,
    quick: Arc<Semaphore>,
}

/// A share of the bytes, given back when dropped.
#[derive(Debug, Default)]
pub struct Share {
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

/// Leave to work, given back when dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Default for Admission {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let of = |n: usize| Arc::new(Semaphore::new(n));
        Self {
            bodies: of(MAX_BODIES_BYTES / UNIT),
            work: of(MAX_WORK_BYTES / UNIT),
            light: of(LIGHT_PLACES),
            quick: of(cores * QUICK_PLACES_PER_CORE),
        }
    }
}

impl Admission {
    /// Lets `share` grow to `bytes`, if there is room now.
    pub fn grow(&self, share: &mut Share, bytes: usize) -> Result<(), Problem> {
        let more = bytes.div_ceil(UNIT).saturating_sub(share.bytes / UNIT);
        if more == 0 {
            return Ok(());
        }
        let n = u32::try_from(more).map_err(|_| Problem::overload())?;
        let permit = Arc::clone(&self.bodies).try_acquire_many_owned(n).map_err(|_| Problem::overload())?;
        share.bytes = bytes.div_ceil(UNIT) * UNIT;
        match &mut share.permit {
            Some(held) => held.merge(permit),
            None => share.permit = Some(permit),
        }
        Ok(())
    }

    /// A place for one bill or one search.
    pub async fn quick(&self) -> Result<Place, Problem> {
        waited(&self.quick, 1).await
    }

    /// Waits a moment while no single call would find a place at once: who works at leisure makes way. Blocks.
    pub fn make_way(&self) {
        let until = Instant::now() + WAY_TIMEOUT;
        while self.quick.available_permits() == 0 && Instant::now() < until {
            std::thread::sleep(WAY_PAUSE);
        }
    }

    /// A place for a stream that reads `body_bytes` and holds `factor` bytes for each. What would not fit at all runs alone.
    pub async fn stream(&self, body_bytes: usize, factor: usize) -> Result<Place, Problem> {
        if body_bytes <= LIGHT_BODY_BYTES {
            return waited(&self.light, 1).await;
        }
        let needs = body_bytes.saturating_mul(factor).saturating_add(STREAM_BYTES).min(MAX_WORK_BYTES);
        waited(&self.work, needs / UNIT).await
    }
}

async fn waited(places: &Arc<Semaphore>, n: usize) -> Result<Place, Problem> {
    let n = u32::try_from(n).map_err(|_| Problem::overload())?;
    match timeout(QUEUE_TIMEOUT, Arc::clone(places).acquire_many_owned(n)).await {
        Ok(Ok(permit)) => Ok(Place { _permit: permit }),
        _ => Err(Problem::overload()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_house_says_so_and_single_calls_go_on() {
        let admission = Admission::default();
        let mut share = Share::default();
        admission.grow(&mut share, 10).unwrap();
        admission.grow(&mut share, MAX_BODIES_BYTES).unwrap();
        assert_eq!(admission.grow(&mut Share::default(), 1).unwrap_err().status, 503);
        let alone = admission.stream(MAX_BODIES_BYTES, 100).await.unwrap();
        assert_eq!(admission.stream(LIGHT_BODY_BYTES + 1, 1).await.unwrap_err().status, 503);
        let _light = admission.stream(10, 1).await.unwrap();
        let _quick = admission.quick().await.unwrap();
        drop((share, alone));
        admission.grow(&mut Share::default(), 1).unwrap();
        admission.stream(LIGHT_BODY_BYTES + 1, 1).await.unwrap();
    }
}
