//! Any bytes, the format told from the content.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisander_engine::manifests::Format;

fuzz_target!(|bytes: &[u8]| palisander_fuzz::read(bytes, Format::detect(bytes)));
