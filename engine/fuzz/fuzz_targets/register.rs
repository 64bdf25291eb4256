//! Any bytes as a permit register: CSV, NDJSON or e-permits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisander_engine::papers::Register;

fuzz_target!(|bytes: &[u8]| {
    let (register, _) = Register::from_bytes(bytes);
    register.documents().for_each(drop);
});
