//! Which fields of the views are gathered.
//!
//! In: fields. Out: [`Wanted`], a bit for each. A short answer rests on the tests alone: what only reasons and explanations
//! read is gathered for a full one. Not here: what a field is (`view.rs`), what tests read (`load.rs`).

use super::view::View;

/// Fields by view, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted([u128; View::COUNT]);

impl Wanted {
    /// Every field of every view.
    pub const ALL: Self = Self([u128::MAX; View::COUNT]);

    /// No field of any view.
    pub const NONE: Self = Self([0; View::COUNT]);

    /// Adds fields of one view.
    pub(super) fn add(&mut self, view: View, fields: u128) {
        if let Some(own) = self.0.get_mut(view as usize) {
            *own |= fields;
        }
    }

    /// The fields of one view.
    pub fn of(&self, view: View) -> u128 {
        self.0.get(view as usize).copied().unwrap_or(u128::MAX)
    }
}
