//! The tables of `datasets/`, loaded once and frozen.
//!
//! In: a [`DataSource`] (embedded in the binary, or a folder). Out: typed rows, or *all* faults of all tables with
//! table, row and column. Not here: anything that looks at a consignment.

mod error;
mod load;

pub use error::{ReferenceError, TableFault};
pub use load::{DataSource, Table, list};
