//! The Palisander engine.

pub mod codes;
pub mod manifest;
pub mod permits;
pub mod reference;
