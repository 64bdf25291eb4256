//! The service with a state folder: its log, its readers, what each of them sees. Through the public names only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod access;
mod backup;
mod bundles;
mod cases;
mod clocks;
mod cluster;
mod conditional;
mod database;
mod decisions;
mod deploy;
mod disk;
mod feed;
mod harness;
mod holds;
mod hostile;
mod identifiers;
mod information;
mod integrity;
mod jobs;
mod kill;
mod ledger;
mod limits;
mod listings;
mod log;
mod oidc;
mod otlp;
mod packs;
mod probing;
mod queue;
mod readers;
mod register;
mod reports;
mod retention;
mod rulesets;
mod sandbox;
mod secrets;
mod sight;
mod standing;
mod tips;
mod tls;
mod verifications;
mod watch;
mod webhooks;
