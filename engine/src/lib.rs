//! The Palisander engine.

pub mod codes;
pub mod reference;
