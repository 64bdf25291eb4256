//! The live engine as each clearance may know it.
//!
//! In: the live engine and a label. Out: the engine without what is stricter, built when it is first asked for, and again
//! after another engine became the live one. Readers of one clearance share it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use palisander_engine::{Engine, Label};

/// Engines by clearance, beside the live one that they were made of.
#[derive(Default)]
pub struct Views {
    of: Mutex<Option<Of>>,
}

#[derive(Clone)]
struct Of {
    whole: Arc<Engine>,
    seen: Arc<[OnceLock<Arc<Engine>>; Label::ALL.len()]>,
}

impl Views {
    /// `whole` as a reader of that clearance may know it.
    pub fn of(&self, whole: &Arc<Engine>, clearance: Label) -> Arc<Engine> {
        if clearance == Label::Red {
            return Arc::clone(whole);
        }
        let own = {
            let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
            match of.as_ref().filter(|own| Arc::ptr_eq(&own.whole, whole)) {
                Some(own) => own.clone(),
                None => of.insert(Of { whole: Arc::clone(whole), seen: Arc::default() }).clone(),
            }
        };
        // Built without the lock: readers of other clearances go on.
        match own.seen.get(clearance as usize) {
            Some(seen) => Arc::clone(seen.get_or_init(|| Arc::new(whole.seen_under(clearance)))),
            None => Arc::new(whole.seen_under(clearance)),
        }
    }
}
