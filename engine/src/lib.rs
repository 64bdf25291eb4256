//! The Palisander engine.

pub mod codes;
pub mod names;
pub mod reference;
mod text;
