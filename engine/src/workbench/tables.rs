//! What the doubts of rules may ask of the tables.
//!
//! In: questions as functions, so that a doubt knows neither the engine nor the tables. Not here: the doubts (`lint.rs`,
//! `codes.rs`).

use crate::codes::Date;
use crate::profile::field::Table;
use crate::reference::Redline;

/// What lints may ask of the tables.
pub struct Tables<'a> {
    /// Does the table hold the word?
    pub holds: &'a dyn Fn(Table, &str) -> bool,
    /// How rules ask for the wood that a phrase names; `None` = it names none.
    pub wood: &'a dyn Fn(&str) -> Option<String>,
    /// Is the instrument in force on the day? `None` = not held.
    pub in_force: &'a dyn Fn(&str, Date) -> Option<bool>,
    /// What became of a cited clause since the revision that is cited; `None` = nothing.
    pub revised: &'a dyn Fn(&str) -> Option<Redline>,
    pub today: Date,
}
