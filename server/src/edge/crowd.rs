//! Who is connected, and who gives way when the house is full.
//!
//! A connection *waits* while its request is not whole. When [`Crowd::enter`] finds no room, the one that has waited
//! longest is told to go: an honest caller sends in milliseconds and is never the oldest for long, and whoever opens
//! thousands of connections only pushes out his own. Those that are being answered stay (`pace.rs` ends those that do not
//! read).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// All connections that are open, and who of them waits.
#[derive(Debug, Clone)]
pub struct Crowd(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    inside: Mutex<Inside>,
    left: Notify,
    max: usize,
}

#[derive(Debug, Default)]
struct Inside {
    n: usize,
    next: u64,
    /// Those that wait, by when they began to.
    waiting: BTreeMap<u64, Arc<Notify>>,
}

/// One connection; leaves when dropped. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Member(Arc<Own>);

#[derive(Debug)]
struct Own {
    crowd: Crowd,
    told: Arc<Notify>,
    /// When it began to wait; `None` = it does not.
    since: Mutex<Option<u64>>,
}

impl Crowd {
    /// Room for `max`.
    pub fn new(max: usize) -> Self {
        Self(Arc::new(Shared { inside: Mutex::default(), left: Notify::new(), max }))
    }

    /// A place for one more. Waits only when all are being answered.
    pub async fn enter(&self) -> Member {
        loop {
            let left = self.0.left.notified();
            {
                let mut inside = self.inside();
                let is_full = inside.n >= self.0.max;
                let gone = if is_full { inside.waiting.pop_first() } else { None };
                if let Some((_, told)) = &gone {
                    // Its place is the newcomer's now; it counts until it has left.
                    told.notify_one();
                }
                if !is_full || gone.is_some() {
                    inside.n += 1;
                    drop(inside);
                    let own = Own { crowd: self.clone(), told: Arc::default(), since: Mutex::default() };
                    let member = Member(Arc::new(own));
                    member.waits();
                    return member;
                }
            }
            left.await;
        }
    }

    /// How many there are.
    pub fn n(&self) -> usize {
        self.inside().n
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.0.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    /// It waits for a request from now on.
    pub fn waits(&self) {
        let mut since = self.0.since.lock().unwrap_or_else(PoisonError::into_inner);
        let mut inside = self.0.crowd.inside();
        let at = inside.next;
        inside.next += 1;
        inside.waiting.insert(at, Arc::clone(&self.0.told));
        if let Some(before) = since.replace(at) {
            inside.waiting.remove(&before);
        }
    }

    /// Its request is whole.
    pub fn is_served(&self) {
        if let Some(at) = self.0.since.lock().unwrap_or_else(PoisonError::into_inner).take() {
            self.0.crowd.inside().waiting.remove(&at);
        }
    }

    /// Comes when another needs the place.
    pub async fn must_go(&self) {
        self.0.told.notified().await;
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut inside = self.crowd.inside();
        if let Some(at) = self.since.lock().unwrap_or_else(PoisonError::into_inner).take() {
            inside.waiting.remove(&at);
        }
        inside.n = inside.n.saturating_sub(1);
        drop(inside);
        self.crowd.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn is_told(member: &Member) -> bool {
        tokio::time::timeout(Duration::from_millis(1), member.must_go()).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_that_waits_gives_way() {
        let crowd = Crowd::new(3);
        let (a, b, c) = (crowd.enter().await, crowd.enter().await, crowd.enter().await);
        a.is_served();
        let d = crowd.enter().await;
        assert!(!is_told(&a).await && is_told(&b).await && !is_told(&c).await && !is_told(&d).await);
        a.waits();
        drop(b);
        let _e = crowd.enter().await;
        assert!(is_told(&c).await && !is_told(&a).await, "who asked again is the youngest");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_who_is_answered_is_sent_away() {
        let crowd = Crowd::new(2);
        let (a, b) = (crowd.enter().await, crowd.enter().await);
        a.is_served();
        b.is_served();
        assert!(tokio::time::timeout(Duration::from_secs(1), crowd.enter()).await.is_err());
        drop(a);
        let _c = crowd.enter().await;
        assert_eq!(crowd.n(), 2);
    }
}
