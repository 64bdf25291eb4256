//! What the service does with its state: who asks, what he may do, what is decided.
//!
//! In: requests of `cli` and `routes`, already read. Out: entries in the store, and what follows from them. Not here: HTTP,
//! SQL, scoring.

pub mod access;
pub mod bundles;
pub mod caller;
pub mod clock;
pub mod decisions;
pub mod editions;
pub mod live;
mod office;
pub mod readers;
pub mod recorder;
pub mod results;
mod views;

pub use caller::{Caller, Denied};
pub use clock::Clock;
pub use office::{Office, OfficeError};
pub use views::Views;
