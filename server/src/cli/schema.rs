//! `palisander schema`

use super::OK;
use crate::cli::out::putln;

/// Prints the JSON Schema of the canonical manifest.
pub fn run() -> u8 {
    putln!("{:#}", palisander_engine::manifest::schema::schema());
    OK
}
