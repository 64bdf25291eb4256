//! Profiles: `rules/` becomes a frozen [`ProfileSet`]; facts become outcomes.
//!
//! In: `profile.toml` and `profile.rhai` of each folder, `lanes.toml`; then [`Facts`] of one consignment.
//! Out: outcomes (met, or unverifiable with the reason) and faults. Rhai lives only here.
//! Not here: points becoming a lane (`assessment`); anything about timber (`evidence`).

mod allow;
mod compile;
pub mod diagnostics;
mod error;
pub mod evaluate;
pub mod facts;
mod file;
mod folder;
pub mod gathered;
pub mod index;
mod indicator;
mod lanes;
mod layer;
pub mod lint;
mod load;
mod lower;
pub mod native;
mod place;
mod sandbox;
pub mod template;
pub mod value;
pub mod view;

pub use allow::allowed;
pub use error::{ProfileError, ProfileFault, Span};
pub use evaluate::{Outcome, State};
pub use facts::Facts;
pub use folder::{RuleSource, ids_in};
pub use indicator::{Indicator, MAX_POINTS, NextStep, Profile, Status};
pub use lanes::{Floors, Lane, Lanes, Thresholds};
pub use load::ProfileSet;
pub use sandbox::MAX_OPERATIONS;
pub use template::Template;
