//! Witnesses: what is wrong with rules as rules, each with a bill on which it can be seen.
//!
//! In: an engine with its rules and their cases. Out: [`Witness`]es: what is proven from the tests, or found by trying; and the
//! bill, as a case that the engine was asked again about. Nothing is said that was not replayed or proven. Not here: how a test
//! can be met (`ways.rs`), doubts that need no bill (`lint.rs`).
//! Cost: every case once, then at most [`bills::MAX_TRIED`] altered bills.

mod altered;
mod bills;
mod claims;
mod found;
mod promises;
mod reach;

use crate::assess::Engine;

pub use found::{Claim, Shown, Witness};

/// Looks through the rules; of profiles that are named, or of all.
pub fn witnesses(engine: &Engine, only: Option<&[String]>) -> Vec<Witness> {
    let mut bills = bills::Bills::of(engine);
    let mut found = claims::claims(engine, only, &mut bills);
    found.extend(reach::lanes(engine, &mut bills));
    found.extend(promises::broken(engine, only, &mut bills));
    found.sort_by(|a, b| (&a.of, a.claim.as_str()).cmp(&(&b.of, b.claim.as_str())));
    found
}
