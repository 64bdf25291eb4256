//! Profiles: `rules/` becomes a frozen [`ProfileSet`]; facts become outcomes.
//!
//! In: `profile.toml` and `profile.rhai` of each folder, `lanes.toml`; then [`Facts`] of one consignment.
//! Out: outcomes (met, or unverifiable with the reason) and faults. Rhai lives only here.
//! Not here: points becoming a lane (`assessment`); anything about timber (`evidence`).

mod brackets;
mod compile;
mod error;
pub mod evaluate;
pub mod facts;
pub mod field;
mod file;
mod folder;
pub mod gathered;
mod glyphs;
mod habits;
pub mod index;
mod indicator;
mod judge;
mod keys;
mod lanes;
mod layer;
mod load;
mod lower;
mod mend;
pub mod native;
mod place;
mod sandbox;
mod slip;
mod symbol;
pub mod template;
mod tokens;
mod toml_slips;
pub mod value;
pub mod view;
mod wanted;

pub use error::{ProfileError, ProfileFault};
pub use evaluate::{Outcome, State};
pub use facts::Facts;
pub(crate) use folder::{RHAI, TOML};
pub use folder::{RuleSource, RuleText, ids_in, shipped_ids};
pub use indicator::{Indicator, MAX_POINTS, NextStep, Profile, Status};
pub use judge::differing;
pub use lanes::{Floors, Lane, Lanes, Thresholds};
pub use load::ProfileSet;
pub use wanted::Wanted;
