//! The tables of `datasets/`, loaded once and frozen.
//!
//! In: a [`DataSource`] (embedded in the binary, or a folder). Out: typed rows, or *all* faults of all tables with
//! table, row and column. Not here: anything that looks at a consignment.

mod error;
mod load;

pub use error::{ReferenceError, TableFault};
pub use load::{DataSource, Table, list};

mod contexts;
mod taxa;
mod trade_names;

pub use contexts::{Context, Side, load_contexts};
pub use taxa::{Taxon, load_taxa};
pub use trade_names::{NamedTaxon, Strength, TradeName, load_trade_names};
