//! A seeded world of ports: ships call, honest trade of every kind goes on, some smuggle, customs open some, results come back.
//!
//! In: a seed, a family, a size. Out: manifests in four formats, a register of permits, alerts, a watch list and results, and
//! the truth in a file apart. Byte for byte the same from (seed, family, size) on any number of threads; memory does not grow
//! with the number of bills. Everything is invented; what it is set to stands in `world/` with reasons and sources.
//! Not here: anything of the engine or the rules. What makes the questions must not know how they are answered
//! (`tests/stories/simulator.rs` holds it).

mod act;
mod bill;
mod call;
mod checked;
mod customs;
mod draft;
mod folder;
mod honest;
mod load;
mod news;
mod permits;
mod port;
mod random;
#[cfg(test)]
mod tests;
mod trader;
mod truth;
mod world;
mod write;

pub use bill::{Bill, Call, Item, Label};
pub use call::Rendered;
pub use customs::ResultLine;
pub use folder::{FolderError, Written, write};
pub use port::{Day, Port, Wish};
pub use truth::lines as truth_lines;
pub use world::{Method, World, WorldError};
pub use write::Format;
