//! The live engine as each clearance may know it.
//!
//! In: the live engine and a label. Out: the engine without what is stricter, built when it is first asked for, and again
//! after another engine became the live one. Readers of one clearance share it, and so do clearances between which nothing is
//! hidden: what one of them is told is what all are told.

use std::collections::BTreeSet;
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
    /// The labels of all that it holds.
    labels: Arc<OnceLock<BTreeSet<Label>>>,
    seen: Arc<[OnceLock<Arc<Engine>>; Label::ALL.len()]>,
}

impl Of {
    fn new(whole: &Arc<Engine>) -> Self {
        Self { whole: Arc::clone(whole), labels: Arc::default(), seen: Arc::default() }
    }

    fn labels(&self) -> &BTreeSet<Label> {
        self.labels.get_or_init(|| self.whole.labels())
    }

    /// The least clearance that is told the same.
    fn least(&self, clearance: Label) -> Label {
        self.labels().range(..=clearance).next_back().copied().unwrap_or(Label::Clear)
    }
}

impl Views {
    /// `whole` as a reader of that clearance may know it.
    pub fn of(&self, whole: &Arc<Engine>, clearance: Label) -> Arc<Engine> {
        if clearance == Label::Red {
            return Arc::clone(whole);
        }
        let own = self.beside(whole);
        let least = own.least(clearance);
        // Built without the lock: readers of other clearances go on.
        match own.seen.get(least as usize) {
            Some(seen) => Arc::clone(seen.get_or_init(|| Arc::new(whole.seen_under(least)))),
            None => Arc::new(whole.seen_under(least)),
        }
    }

    /// Does it answer all clearances alike, since all that it holds is open to all and nothing failed to load?
    pub fn hides_nothing(&self, whole: &Arc<Engine>) -> bool {
        !whole.has_faults() && self.beside(whole).labels().iter().all(|label| *label == Label::Clear)
    }

    fn beside(&self, whole: &Arc<Engine>) -> Of {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        match of.as_ref().filter(|own| Arc::ptr_eq(&own.whole, whole)) {
            Some(own) => own.clone(),
            None => of.insert(Of::new(whole)).clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use palisander_engine::{Input, Inputs, Options};
    use serde_json::json;

    use super::*;

    #[test]
    fn clearances_between_which_nothing_is_hidden_share_an_engine() {
        let plain = Engine::open(&Options::default()).unwrap();
        let record = |label: &str| json!({ "id": label, "kind": "alert", "title": "t", "handling": label }).to_string();
        let alerts = format!("{}\n{}\n", record("TLP:GREEN"), record("TLP:RED"));
        let inputs = Inputs { alerts: Some(Input::Bytes(alerts.into())), ..Inputs::default() };
        let secret = Arc::new(plain.with_inputs(&inputs).unwrap());
        let broken = Inputs { alerts: Some(Input::Bytes("no record".into())), ..Inputs::default() };
        let broken = Arc::new(plain.with_inputs(&broken).unwrap());
        let plain = Arc::new(plain);
        let same = |whole: &Arc<Engine>, one: Label, other: Label| {
            let views = Views::default();
            Arc::ptr_eq(&views.of(whole, one), &views.of(whole, other))
        };
        let hides_nothing = |whole: &Arc<Engine>| Views::default().hides_nothing(whole);
        assert!(same(&plain, Label::Clear, Label::AmberStrict) && hides_nothing(&plain));
        assert!(same(&secret, Label::Green, Label::AmberStrict) && !hides_nothing(&secret));
        assert!(!same(&secret, Label::Clear, Label::Green) && !same(&secret, Label::AmberStrict, Label::Red));
        assert!(same(&broken, Label::Clear, Label::Amber) && !hides_nothing(&broken));
    }
}
