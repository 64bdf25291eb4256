//! Feeds the target `wco` of tests/support/fuzzed.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| palisander_tests::fuzzed::run("wco", bytes));
