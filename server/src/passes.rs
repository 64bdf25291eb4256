//! What the bills of one body know of each other: the first pass remembers, later ones judge against it.

use palisander_engine::manifests::Parts;
use palisander_engine::past::{EarlierUses, Edition, Openings, Past};
use palisander_engine::{Date, Engine, bills};

/// What the bills of a body leave to be remembered.
pub fn own_edition(engine: &Engine, parts: Parts, day: Date) -> Edition {
    Edition::build(bills::remember(engine, parts, day).records)
}

/// The same with what the engine was opened with, after what stands on the accounts that it claims.
pub fn beside(engine: &Engine, own: &Edition, openings: &Openings) -> Edition {
    let all = engine.history().into_iter().chain([own]);
    Edition::build_after(openings, all.flat_map(|edition| edition.records().iter().cloned()))
}

/// The past that the engine was opened with, and another teller of what was drawn from permits. A history that is lost tells
/// nothing, and the ledger is no stand-in for it.
pub fn alone<'a>(engine: &'a Engine, uses: &'a dyn EarlierUses) -> Past<'a> {
    let past = engine.past();
    if engine.history_is_lost() { past } else { Past { uses, ..past } }
}

/// The same edition with another teller of what was drawn from permits.
pub fn after<'a>(engine: &'a Engine, edition: &'a Edition, uses: &'a dyn EarlierUses) -> Past<'a> {
    let past = past(engine, edition);
    if engine.history_is_lost() { past } else { Past { uses, ..past } }
}

/// An edition to judge against; none counts where a history was given and cannot be read.
pub fn past<'a>(engine: &'a Engine, edition: &'a Edition) -> Past<'a> {
    if engine.history_is_lost() { engine.past() } else { Past::of(edition) }
}
