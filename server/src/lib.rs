//! Palisander's edges: the command line and the HTTP service. Both do no scoring of their own; they read, call the
//! engine, and write.

pub mod cli;
pub mod config;
pub mod kept;
pub mod problem;
pub mod router;
pub mod routes;
pub mod search;
pub mod state;
pub mod totals;

pub use router::{build_router, build_router_with};
