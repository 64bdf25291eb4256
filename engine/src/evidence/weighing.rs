//! What an item is weighed with, and how far woods may be from their air-dry density.
//!
//! In: nothing; read by `physics` (woods and figures) and `cover` (other goods). Sources: datasets/densities/card.toml,
//! datasets/timbers/card.toml, indicators F01 and F02.

use crate::codes::Date;
use crate::manifest::{Consignment, GoodsItem};
use crate::names::Resolution;
use crate::reference::{CoverGoods, Form, References, Timber};

use super::TaxonEvidence;
use super::equipment::EquipmentEvidence;

/// Logs may weigh this much more than air-dry wood (datasets/densities/card.toml).
pub const LOG_FACTOR: f64 = 1.3;
/// A range of few samples is widened by these shares at its ends.
pub const LOW_MARGIN: f64 = 0.95;
/// The upper end.
pub const HIGH_MARGIN: f64 = 1.10;
/// Gross mass includes packing.
pub const GROSS_MARGIN: f64 = 1.10;
/// Facts that an item is weighed with.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    pub references: &'a References,
    pub consignment: &'a Consignment,
    pub item: &'a GoodsItem,
    pub names: &'a Resolution,
    pub taxa: &'a [TaxonEvidence],
    /// Other woods that it names.
    pub timbers: &'a [&'a Timber],
    /// Cover goods that its words name.
    pub goods: &'a [&'a CoverGoods],
    pub form: Option<Form>,
    pub equipment: &'a EquipmentEvidence,
    pub as_of: Date,
}

/// Sawn wood of other genera is shipped half dry; above this (or its own upper end) it is another wood, kg/m³.
/// Source: indicators F02.
const SAWN_HIGH_KG_M3: f64 = 850.0;
/// Fresh logs of light woods, full of water, kg/m³: about the density of water and a tenth.
const WET_LOG_KG_M3: f64 = 1_100.0;

/// Range of a wood of trade in a form: air-dry at the lower end, half dry or wet at the upper.
pub(super) fn range_of(timber: &Timber, form: Option<Form>) -> (f64, f64) {
    let (low, high) = (timber.air_dry_min_kg_m3 * LOW_MARGIN, timber.air_dry_max_kg_m3);
    match form {
        Some(Form::Log | Form::Fuelwood | Form::Root) => (low, (high * LOG_FACTOR).max(WET_LOG_KG_M3)),
        _ => (low, (high * HIGH_MARGIN).max(SAWN_HIGH_KG_M3)),
    }
}
