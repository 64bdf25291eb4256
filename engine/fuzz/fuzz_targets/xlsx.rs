//! Feeds the target `xlsx` of tests/support/fuzzed.rs.
#![no_main]

// A library that breaks inside the reader is contained there; what comes out of the reader ends the run all the same.
libfuzzer_sys::fuzz_target!(
    init: {
        let _ = std::panic::take_hook();
    },
    |bytes: &[u8]| palisander_tests::fuzzed::run("xlsx", bytes)
);
