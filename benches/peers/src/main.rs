//! Other people's engines beside ours: the same rules, permits, parties and searches, in one run.
//!
//! In: `palisander-peers FOLDER`, a folder with what runs outside of Rust (see `run`). Out: a line for each peer on standard
//! output, `subject<TAB>peer<TAB>times ours`. Every answer is asserted equal before anything is timed; all ways take turns,
//! and the median of many rounds counts. A peer that is not there is told, with why.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

// What the benches of the product and its tests share is used from where it stands, under the names that it has there.
extern crate self as palisander_benches;
extern crate self as palisander_tests;

mod child;
mod engines;
#[allow(dead_code, reason = "the product's benches and tests use more of it")]
#[path = "../../fixtures.rs"]
mod fixtures;
#[path = "../../rules/generated.rs"]
mod generated;
#[allow(dead_code, reason = "the product's benches and tests use more of it")]
#[path = "../../../tests/support/generator.rs"]
pub mod generator;
#[path = "../../rules/hand.rs"]
mod hand;
mod parties;
mod permits;
#[allow(dead_code, reason = "the product's benches and tests use more of it")]
#[path = "../../../tests/support/random.rs"]
pub mod random;
#[allow(dead_code, reason = "the product's benches and tests use more of it")]
#[path = "../../records.rs"]
mod records;
#[allow(dead_code, reason = "the product's benches and tests use more of it")]
#[path = "../../../tests/support/register.rs"]
pub mod register;
mod rounds;
mod rules;
mod search;
mod seen;
mod tree;

pub use fixtures::{ENGINE, as_of, parsed_of};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).expect("the folder with what runs outside of Rust"));
    rules::compare(&folder);
    permits::compare(&folder);
    parties::compare(&folder);
    search::compare(&folder);
}
