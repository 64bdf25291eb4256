//! The canonical manifest: what a carrier or declarant says is on its way.
//!
//! In: bytes of any supported format (see [`parse`]). Out: a [`Manifest`] and *all* faults, each with its place.
//! Names follow the WCO Data Model. Units stand in the names. A missing figure is `None`; a declared zero is `Some(0)`.
//! After this module nobody looks at bytes, formats or field spellings again.

mod convert;
mod fault;
mod glean;
pub mod limits;
pub mod parse;
pub mod schema;
mod types;

pub use fault::{Fault, ManifestError, Severity};
pub use types::*;
