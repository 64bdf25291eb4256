//! What stories and benches share: a seeded port. Everything it makes is invented.

pub mod damage;
pub mod fuzzed;
pub mod generator;
pub mod random;
pub mod register;
pub mod writers;
