//! Plans: what offices agreed to do, and which profiles do it.
//!
//! In: plans as TOML, the rules, a day. Out: every measure with the profiles that do it, those that nothing does, and profiles that
//! no plan asks for. A plan names profiles; a profile knows of no plan. Not here: who may see a plan, milestones, operations that
//! load and end.

mod coverage;
mod read;

pub use coverage::{Coverage, Done, Measured, Standing, coverage};
pub use read::{CountryRole, Measure, Plan, PlanKind, built_in, read};
