//! Feeds the target `detect` of tests/support/fuzzed.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| palisander_tests::fuzzed::run("detect", bytes));
