//! Feeds the target `lane_law` of tests/support/fuzzed.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| palisander_tests::fuzzed::run("lane_law", bytes));
