//! The canonical manifest: what a carrier or declarant says is on its way.
//!
//! In: bytes of any supported format (see [`parse`]). Out: a [`Manifest`] and *all* faults, each with its place.
//! Names follow the WCO Data Model. Units stand in the names. A missing figure is `None`; a declared zero is `Some(0)`.
//! After this module nobody looks at bytes, formats or field spellings again.

mod asked;
mod canon;
#[cfg(test)]
mod checks;
mod countries;
mod drafts;
mod fault;
mod field;
pub mod fields;
mod glean;
mod header_meanings;
mod header_words;
mod json;
pub mod limits;
mod loose;
pub(crate) mod number_words;
pub mod parse;
mod place;
mod pointer;
mod reading;
pub mod schema;
mod several;
mod summary;
mod sums;
mod total_words;
mod types;
mod vocabulary;
mod way;

pub(crate) use fault::code;
pub use fault::{Fault, Faults, ManifestError, Severity};
pub use fields::{
    Address, Call, Carrier, Consignment, Document, Equipment, GoodsItem, InContainer, Manifest, Money, Original,
    Packages, Party, Places, Quantity, Seal, Totals, TransportMeans, Unmapped,
};
pub use place::Place;
pub use reading::is_absent as says_nothing;
pub use summary::{ColumnRead, ReadingSummary};
pub use types::*;
