//! Profiles: `rules/` becomes a frozen [`ProfileSet`]; facts become outcomes.
//!
//! In: `profile.toml` and `profile.rhai` of each folder, `lanes.toml`; then [`Facts`] of one consignment.
//! Out: outcomes (met, or unverifiable with the reason) and faults. Rhai lives only here.
//! Not here: points becoming a lane (`assessment`); anything about timber (`evidence`).

pub mod diagnostics;
mod error;
pub mod evaluate;
pub mod facts;
pub mod gathered;
pub mod lint;
pub mod load;
mod lower;
pub mod native;
mod sandbox;
pub mod value;
pub mod view;

pub use error::{ProfileError, ProfileFault};
pub use evaluate::{Outcome, State};
pub use facts::Facts;
pub use load::{Indicator, Lane, Lanes, Profile, ProfileSet, RuleSource};
