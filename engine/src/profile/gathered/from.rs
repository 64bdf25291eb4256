//! What the facts of one consignment are made from, and what several views say in the same way.

use crate::alerts::WatchList;
use crate::codes::CountryCode;
use crate::evidence::{Evidence, ItemEvidence};
use crate::history::Standing;
use crate::manifest::{Consignment, Fault, Manifest};
use crate::names::Verdict;
use crate::profile::Wanted;
use crate::profile::facts::Word;
use crate::reference::References;

/// What the facts are made from.
#[derive(Debug, Clone, Copy)]
pub struct Gathered<'a> {
    pub manifest: &'a Manifest,
    pub consignment: &'a Consignment,
    pub evidence: &'a Evidence,
    /// Where the filing stands among those of its bill.
    pub standing: &'a Standing,
    /// Faults of the manifest.
    pub faults: &'a [Fault],
    pub references: &'a References,
    pub watch_list: &'a WatchList,
    /// Fields that are looked at.
    pub wanted: &'a Wanted,
}

/// Listed genera that the words name, or may name where they fit several.
pub(super) fn genera<'a>(from: &'a Gathered<'_>, item: &'a ItemEvidence) -> impl Iterator<Item = &'a str> {
    let mentions = item.names.mentions.iter().filter(|m| m.verdict >= Verdict::Review);
    let readings = mentions.flat_map(|m| {
        let others = m.alternatives.iter().map(String::as_str).filter(|_| !m.in_scope || m.verdict == Verdict::Review);
        std::iter::once(m.genus.as_str()).chain(others)
    });
    readings.map(crate::reference::genus_of).filter(|genus| from.references.groups.hold(genus))
}

/// A country as rules name it.
pub(super) fn code(country: &CountryCode) -> Word {
    Word(country.as_str())
}

/// Texts in order, each once.
pub(super) fn set_of<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut set: Vec<&str> = texts.collect();
    set.sort_unstable();
    set.dedup();
    set
}
