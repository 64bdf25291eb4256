//! `palisander schema`

use super::OK;

/// Prints the JSON Schema of the canonical manifest.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub fn run() -> u8 {
    println!("{:#}", palisander_engine::manifest::schema::schema());
    OK
}
