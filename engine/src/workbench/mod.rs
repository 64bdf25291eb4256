//! The workbench: what people who write rules, names and alerts need, and no answer does.
//!
//! In: an engine and what it was opened with. Out: doubts about rules and their pages, cases with coverage and mutants, why
//! an indicator came out as it did, what one alert or a change of rules changes, figures over labelled sets, the written reference. Nothing of
//! the engine uses anything from here; the server does.

pub mod alerts;
mod allow;
mod alternatives;
pub mod cases;
#[cfg(test)]
mod checks;
mod clause;
mod codes;
pub mod compared;
mod cost;
mod coverage;
pub mod diagnostics;
mod effort;
mod evasion;
mod explain;
pub mod hunt;
mod implied;
mod learn;
pub mod lint;
mod mutation;
pub mod names;
pub mod ordinary;
pub mod parties;
mod reference;
pub mod tables;
pub mod trial;
mod turns;
mod ways;
mod witness;
pub mod writing;

pub use allow::allowed;
pub use cost::{Cost, costs};
pub use coverage::{Covered, coverage};
pub use evasion::{Evasion, Fired, Means, Silenced, evasions};
pub use explain::{Explained, explain};
pub use learn::{Learned, learn};
pub use mutation::{Held, hold};
pub use reference::{by_profile, definitions, view_reference, vocabulary};
pub use turns::{Altered, Open, Turn, Turns, turns};
pub use witness::{Claim, Shown, Witness, witnesses};
