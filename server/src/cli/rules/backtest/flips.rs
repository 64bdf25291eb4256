//! The bills whose lane changes, the most urgent kept: those that rise by the new order, those that fall by the old one.

use std::collections::BTreeMap;

use crate::cli::rules::flip::{Bill, Flip};

/// The most urgent of them.
#[derive(Debug, Default)]
pub struct Flips {
    most: usize,
    /// By the new order.
    up: BTreeMap<String, Flip>,
    /// By the old order.
    down: BTreeMap<String, Flip>,
}

impl Flips {
    /// Keeps at most so many each way.
    pub fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Keeps the bill if its lane changes and it is among the most urgent.
    pub fn take(&mut self, bill: &Bill) {
        let [before, after] = &bill.judged;
        let (kept, key) = match after.lane.cmp(&before.lane) {
            std::cmp::Ordering::Greater => (&mut self.up, &after.rank_key),
            std::cmp::Ordering::Less => (&mut self.down, &before.rank_key),
            std::cmp::Ordering::Equal => return,
        };
        let is_behind = kept.len() >= self.most && kept.last_key_value().is_none_or(|(last, _)| last <= key);
        if is_behind {
            return;
        }
        if let Some(flip) = &bill.flip {
            kept.insert(key.clone(), flip.as_ref().clone());
        }
        while kept.len() > self.most {
            kept.pop_last();
        }
    }

    /// Those that rise, the most urgent under the new rules first; then those that fall, the most urgent under the old first.
    pub fn into_lists(self) -> (Vec<Flip>, Vec<Flip>) {
        (self.up.into_values().collect(), self.down.into_values().collect())
    }
}
