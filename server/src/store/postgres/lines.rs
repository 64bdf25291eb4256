//! Connections that read, each with a thread of its own, at most [`MAX_READ_CONNECTIONS`].
//!
//! In: questions of any thread, those of an asynchronous runtime included. Out: their answers, or that none came in time. A
//! thread whose database says nothing at all is waited for only so long; it counts until it comes back, so
//! that a silent database never has more of them.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::address::Address;
use super::failed::Failed;
use super::link::{Line, Link};
use crate::config::MAX_READ_CONNECTIONS;
use crate::store::error::StoreError;

type Job = Box<dyn FnOnce(&mut Line) + Send>;
/// The way to one thread.
type Way = SyncSender<Job>;

/// All threads that read.
pub(super) struct Lines {
    address: Arc<Address>,
    ways: Arc<Ways>,
    /// Longest that a question waits.
    patience: Duration,
}

#[derive(Default)]
struct Ways {
    /// Those that wait for a question, and how many threads there are.
    idle: Mutex<(Vec<Way>, usize)>,
    freed: Condvar,
}

impl Lines {
    pub(super) fn new(address: Arc<Address>, patience: Duration) -> Self {
        Self { address, ways: Arc::default(), patience }
    }

    /// Asks the database; waits for a connection when all are in use.
    pub(super) fn read<T: Send + 'static>(
        &self,
        mut ask: impl FnMut(&mut Link) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T, StoreError> {
        let until = Instant::now() + self.patience;
        let way = self.take(until)?;
        let (reply, answer) = sync_channel(1);
        let job: Job = Box::new(move |line| {
            let _ = reply.send(line.ask(&mut ask));
        });
        way.send(job).map_err(|_| silent())?;
        let answer = answer.recv_timeout(until.saturating_duration_since(Instant::now())).map_err(|_| silent())?;
        self.ways.lock().0.push(way);
        self.ways.freed.notify_one();
        answer.map_err(StoreError::from)
    }

    fn take(&self, until: Instant) -> Result<Way, StoreError> {
        let mut idle = self.ways.lock();
        loop {
            if let Some(way) = idle.0.pop() {
                return Ok(way);
            }
            if idle.1 < MAX_READ_CONNECTIONS {
                idle.1 += 1;
                return Ok(self.laid());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(silent());
            }
            idle = self.ways.freed.wait_timeout(idle, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A new thread, which ends when nobody has a way to it.
    fn laid(&self) -> Way {
        let (way, jobs) = sync_channel::<Job>(1);
        let (address, ways) = (Arc::clone(&self.address), Arc::clone(&self.ways));
        std::thread::spawn(move || {
            let _counted = Counted(ways);
            let mut line = Line::new(address, None);
            while let Ok(job) = jobs.recv() {
                job(&mut line);
            }
        });
        way
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        // The threads hold what holds the ways to them.
        self.ways.lock().0.clear();
    }
}

impl Ways {
    fn lock(&self) -> MutexGuard<'_, (Vec<Way>, usize)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a thread out of the count when it ends.
struct Counted(Arc<Ways>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.lock().1 -= 1;
        self.0.freed.notify_one();
    }
}

fn silent() -> StoreError {
    StoreError::Unavailable("the database gives no answer".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database that takes connections and says nothing: everybody is told so in time, and no more wait for it than may.
    #[test]
    fn a_silent_database_is_waited_for_only_so_long() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Address::read(&format!("postgres://desk@{}/state", listener.local_addr().unwrap())).unwrap();
        let lines = Lines::new(Arc::new(address), Duration::from_millis(300));
        let taken = std::thread::spawn(move || {
            listener.set_nonblocking(true).unwrap();
            let (mut held, until) = (Vec::new(), Instant::now() + Duration::from_secs(1));
            while Instant::now() < until {
                held.extend(listener.accept());
                std::thread::sleep(Duration::from_millis(5));
            }
            held.len()
        });
        let began = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..2 * MAX_READ_CONNECTIONS {
                scope.spawn(|| {
                    let answer = lines.read(|link| link.all("SELECT 1"));
                    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
                });
            }
        });
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(taken.join().unwrap(), MAX_READ_CONNECTIONS);
        // It is over: the threads come back, and others may be laid.
        let until = Instant::now() + Duration::from_secs(10);
        while lines.ways.lock().1 > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(lines.ways.lock().1, 0);
        assert!(matches!(lines.read(|link| link.all("SELECT 1")), Err(StoreError::Unavailable(_))));
    }
}
