//! Any bytes as an ASYCUDA declaration: no panic, no hang, and nothing lost in silence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisander_engine::manifests::Format;

fuzz_target!(|bytes: &[u8]| palisander_fuzz::read(bytes, Format::Asycuda));
