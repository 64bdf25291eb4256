//! The containers of a message: declared once at its head, given to every part whose bills name them.

use std::collections::HashMap;

use super::super::super::fields::{Equipment, Manifest};

/// Containers in the order of their declaration.
#[derive(Debug, Default)]
pub(super) struct Containers {
    list: Vec<Declared>,
    /// Number → index in `list`. Only asked, never listed, so that its order is nowhere seen.
    by_number: HashMap<String, usize>,
    /// Index of the one that was declared last.
    last: Option<usize>,
}

#[derive(Debug)]
struct Declared {
    equipment: Equipment,
    /// The part that it was given to last; `None` until a bill names it.
    given_to: Option<u64>,
}

impl Containers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Declares one. False when its number was declared before: the last counts.
    pub fn declare(&mut self, equipment: Equipment) -> bool {
        let known = self.by_number.get(&equipment.container).copied();
        self.last = known.or(Some(self.list.len()));
        match known.and_then(|n| self.list.get_mut(n)) {
            Some(declared) => declared.equipment = equipment,
            None => {
                self.by_number.insert(equipment.container.clone(), self.list.len());
                self.list.push(Declared { equipment, given_to: None });
            }
        }
        known.is_none()
    }

    /// The one that was declared last, for its seals and masses.
    pub fn last_mut(&mut self) -> Option<&mut Equipment> {
        self.last.and_then(|n| self.list.get_mut(n)).map(|declared| &mut declared.equipment)
    }

    /// Gives the one that a bill names to `part`, the `n`th, once. False when nobody declared it.
    pub fn give(&mut self, number: &str, part: &mut Manifest, n: u64) -> bool {
        let declared = self.by_number.get(number).and_then(|at| self.list.get_mut(*at));
        let is_declared = declared.is_some();
        if let Some(declared) = declared.filter(|declared| declared.given_to != Some(n)) {
            declared.given_to = Some(n);
            part.equipment.push(declared.equipment.clone());
        }
        is_declared
    }

    /// Those that no bill named.
    pub fn unnamed(&self) -> impl Iterator<Item = &Equipment> {
        self.list.iter().filter(|declared| declared.given_to.is_none()).map(|declared| &declared.equipment)
    }
}
