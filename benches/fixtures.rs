//! Sizes and inputs that every bench shares. All invented, all seeded.

use std::sync::LazyLock;

use palisander_engine::manifests::{Parsed, json_document};
use palisander_engine::{Date, Engine, Options};
use palisander_tests::generator::{Made, Port};

/// The engine on embedded defaults; a bench that cannot open it has nothing to measure.
#[expect(clippy::unwrap_used, reason = "a bench without an engine stops at once")]
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open(&Options::default()).unwrap());

/// The day that counts in every bench.
pub fn as_of() -> Date {
    Date::constant(2026, 11, 1)
}

/// `n` consignments of one make, as JSON bytes.
pub fn bytes_of(made: Made, n: usize) -> Vec<Vec<u8>> {
    let mut port = Port::new(42);
    (0..n).map(|_| port.of(made).to_string().into_bytes()).collect()
}

/// `n` consignments of one make, parsed.
pub fn parsed_of(made: Made, n: usize) -> Vec<Parsed> {
    bytes_of(made, n).iter().filter_map(|bytes| json_document(bytes).ok()).collect()
}

/// The mix of a port: `n` manifests as NDJSON.
pub fn port(n: usize) -> String {
    Port::new(42).ndjson(n)
}
