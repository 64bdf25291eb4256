//! End to end: each file a story, through the public names only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod answer;
mod architecture;
mod arrows;
mod as_of;
mod broken_profiles;
mod controls;
mod cost;
mod duties;
mod evasion;
mod filings;
mod formats;
mod fuzz;
mod groups;
mod history;
mod hostile;
mod http;
mod issuers;
mod labels;
mod lane_law;
mod laws;
mod layers;
mod lowering;
mod papers;
mod people;
mod prices;
mod public_names;
mod reasons;
mod revisions;
mod rules;
mod scoring;
mod seed_law;
mod seed_timber;
mod shortcut;
mod simulator;
mod slips;
mod support;
mod translations;
mod turns;
mod understood;
mod witnesses;
mod woods;
mod words;
