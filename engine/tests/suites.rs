//! The data-driven suites of the engine, one module a subject, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod alerts;
mod formats;
mod headers;
mod listing;
mod names;
mod other_surfaces;
mod parties;
mod permits;
mod reference;
mod tables;
