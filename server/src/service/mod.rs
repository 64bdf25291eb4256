//! What the service does with its state: who asks, what he may do, what is decided.
//!
//! In: requests of `cli` and `routes`, already read. Out: entries in the store, and what follows from them. Not here: HTTP,
//! SQL, scoring.

pub mod access;
pub mod access_requests;
pub mod acting;
pub mod budgets;
pub mod bundles;
pub mod caller;
pub mod cases;
pub mod checks;
pub mod clock;
mod commit;
mod cursor;
pub mod decisions;
pub mod diagnosis;
pub mod doors;
pub mod editions;
pub mod effects;
pub mod examiner;
pub mod exchange;
pub mod feed;
pub mod files;
pub mod guesses;
mod holders;
pub mod holds;
pub mod identifiers;
pub mod information;
pub mod informed;
pub mod jobs;
mod known;
pub mod ledger;
pub mod likeness;
pub mod listings;
pub mod live;
pub mod news;
mod office;
pub mod outbound;
pub mod papers;
pub mod patterns;
pub mod permits;
pub mod plans;
mod probing;
pub mod readers;
pub mod recorder;
pub mod register;
pub mod reports;
pub mod reselection;
pub mod results;
pub mod retention;
pub mod rulesets;
pub mod sandbox;
pub mod spent;
pub mod suspicions;
pub mod tips;
pub mod tokens;
mod told;
pub mod verifications;
mod views;
pub mod webhook_events;
pub mod webhooks;

pub use caller::{Caller, Denied};
pub use clock::Clock;
pub use office::{Office, OfficeError};
pub use views::Views;

pub use crate::store::{Raised, RaisedFor};
