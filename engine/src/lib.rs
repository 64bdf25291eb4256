#![doc = include_str!("../README.md")]

pub mod alerts;
pub mod assess;
pub mod assessment;
pub mod codes;
mod digest;
pub mod evidence;
pub mod history;
mod inputs;
pub mod label;
pub mod manifest;
pub mod names;
pub mod permits;
pub mod profile;
pub mod reference;
pub mod settle;
pub mod stream;
mod text;
mod words;
pub mod workbench;

pub use assess::{Engine, EngineError, Options};
pub use assessment::Assessment;
pub use inputs::{Input, InputError, Inputs};
pub use text::lines;
