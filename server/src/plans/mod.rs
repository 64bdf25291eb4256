//! Plans: what offices agreed to do, and which profiles do it.
//!
//! In: plans as TOML, the rules, a day. Out: every measure with the profiles that do it, those that nothing does, and profiles that
//! no plan asks for; milestones that are late; what stands in the way of a plan's next step. A plan names profiles; a profile knows
//! of no plan. Not here: who may see a plan and what it brought (`service::plans`).

mod coverage;
mod due;
mod read;
mod record;

pub use coverage::{Coverage, Done, Measured, Standing, coverage};
pub use due::{Overdue, overdue};
pub use read::{
    CountryRole, MAX_MILESTONES, MAX_PLAN_CHARS, MAX_PLAN_NAMES, Measure, Milestone, MilestoneState, Plan, PlanKind,
    built_in, faults, read,
};
pub use record::{PlanRecord, PlanState};
