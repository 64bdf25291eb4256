//! Feeds the target `detect` of tests/support/fuzzed.rs.
#![no_main]

// As in `xlsx`: what is told to be a workbook is read by the same library.
libfuzzer_sys::fuzz_target!(
    init: {
        let _ = std::panic::take_hook();
    },
    |bytes: &[u8]| palisander_tests::fuzzed::run("detect", bytes)
);
