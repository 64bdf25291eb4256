//! What the bills of one body know of each other: the first pass remembers, later ones judge against it.

use palisander_engine::manifests::Parts;
use palisander_engine::past::{Edition, Past};
use palisander_engine::{Date, Engine, bills};

/// What the bills of a body leave to be remembered.
pub fn own_edition(engine: &Engine, parts: Parts, day: Date) -> Edition {
    Edition::build(bills::remember(engine, parts, day).records)
}

/// The same with what the engine was opened with.
pub fn beside(engine: &Engine, own: &Edition) -> Edition {
    Edition::merge(engine.history().into_iter().chain([own]))
}

/// An edition to judge against; none counts where a history was given and cannot be read.
pub fn past<'a>(engine: &'a Engine, edition: &'a Edition) -> Past<'a> {
    if engine.history_is_lost() { engine.past() } else { Past::of(edition) }
}
