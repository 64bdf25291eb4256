//! Palisander's edges: the command line and the HTTP service. Both do no scoring of their own; they read, call the
//! engine, and write.

pub mod admission;
pub mod atom;
pub mod body;
pub mod bundle;
pub mod cases;
pub mod cli;
pub mod conditional;
pub mod config;
pub mod directory;
pub mod edge;
pub mod exercises;
pub mod gzip;
pub mod hex;
pub mod identity;
pub mod inbox;
pub mod jobs;
pub mod kept;
pub mod leisure;
pub mod log;
mod meant;
pub mod metrics;
pub mod multipart;
#[cfg(feature = "oidc")]
pub mod oidc;
pub mod openapi;
#[cfg(feature = "otlp")]
pub mod otlp;
pub mod outgoing;
pub mod packs;
pub mod passes;
pub mod plans;
pub mod prepared;
pub mod problem;
pub mod render;
pub mod reports;
pub mod router;
pub mod routes;
pub mod search;
pub mod secret;
pub mod seen;
pub mod service;
pub mod standing;
pub mod state;
pub mod store;
pub mod streaming;
mod text;
pub mod totals;
pub mod trace;
pub mod verifications;
pub mod verify;
pub mod webhooks;
mod words;

pub use router::{build_router, build_router_with};
