//! Profiles: `rules/` becomes a frozen [`ProfileSet`]; facts become outcomes.
//!
//! In: `profile.toml` and `profile.rhai` of each folder, `lanes.toml`; then [`Facts`] of one consignment.
//! Out: outcomes (met, or unverifiable with the reason) and faults. Rhai lives only here.
//! Not here: points becoming a lane (`assessment`); anything about timber (`evidence`).

mod compile;
mod error;
pub mod evaluate;
pub mod facts;
pub mod field;
mod file;
mod folder;
pub mod gathered;
pub mod index;
mod indicator;
mod lanes;
mod layer;
mod load;
mod lower;
pub mod native;
mod place;
mod sandbox;
mod symbol;
pub mod template;
pub mod value;
pub mod view;
mod wanted;

pub use error::{ProfileError, ProfileFault};
pub use evaluate::{Outcome, State};
pub use facts::Facts;
pub(crate) use folder::{RHAI, TOML};
pub use folder::{RuleSource, RuleText, ids_in, shipped_ids};
pub use indicator::{Indicator, MAX_POINTS, NextStep, Profile, Status};
pub use lanes::{Floors, Lane, Lanes, Thresholds};
pub use load::ProfileSet;
pub use wanted::Wanted;
