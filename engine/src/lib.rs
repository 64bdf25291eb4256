#![doc = include_str!("../README.md")]

pub mod alerts;
pub mod assess;
pub mod assessment;
pub mod codes;
pub mod evidence;
pub mod label;
pub mod manifest;
pub mod names;
pub mod permits;
pub mod profile;
pub mod reference;
mod text;
mod words;
pub mod workbench;

pub use assess::{Engine, EngineError, Input, Inputs, Options};
pub use assessment::Assessment;
