//! The frozen sources that facts come from.

use super::wording::GoodsWords;
use crate::alerts::{AlertLookup, WatchList};
use crate::names::NameIndex;
use crate::permits::Register;
use crate::reference::References;

/// The frozen sources that facts come from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    pub references: &'a References,
    /// Names of taxa.
    pub names: &'a NameIndex,
    /// Words of goods texts.
    pub words: &'a GoodsWords,
    pub register: &'a Register,
    pub alerts: &'a AlertLookup,
    pub watch_list: &'a WatchList,
}
