//! The tables of `datasets/`, loaded once and frozen.
//!
//! In: a [`DataSource`] (embedded in the binary, or a folder). Out: typed rows, or *all* faults of all tables with
//! table, row and column. Not here: anything that looks at a consignment.

mod error;
mod load;

pub use error::{ReferenceError, TableFault};
pub use load::{DataSource, Table, list, samples};

mod annotations;
mod authorities;
mod check;
mod code_lists;
mod countries;
mod cover;
mod densities;
mod fields;
mod forms;
mod groups;
mod hs;
mod instruments;
mod listings;
mod measures;
mod plantations;
mod ports;
mod references;
mod routes;
mod seizures;
mod units;

pub use annotations::{Annotation, Annotations, Cover};
pub use authorities::{Authorities, Authority, Issuer};
pub use check::check;
pub use code_lists::{CodeLists, ListedCode};
pub use countries::{Countries, Country};
pub use cover::{CoverGoods, Covers};
pub use densities::{Densities, Density, UnitValue};
pub use fields::{Certainty, Confidence, genus_of, is_genus, species_of, taxon_meets};
pub use forms::{Form, UnknownForm};
pub use groups::{Group, Groups, load_groups};
pub use hs::{HsCodes, HsRow};
pub use instruments::{Instrument, Instruments, Notification};
pub use listings::{Listed, Listing, Listings};
pub use measures::{
    ActingMeasure, AppliesTo, CountryRole, Measure, MeasureKind, MeasureQuestion, MeasureStatus, Measures,
};
pub use plantations::{Plantation, Plantations};
pub use ports::{Port, Ports};
pub use references::{References, TABLES};
pub use routes::{FollowedRoute, Node, Route, Routes};
pub use seizures::{Seizure, Seizures};
pub use units::{Measured, PackageKind, Unit, Units};
mod contexts;
mod taxa;
mod trade_names;

pub use contexts::{Context, Side, load_contexts};
pub use taxa::{Taxon, load_taxa};
pub use trade_names::{NamedTaxon, Strength, TradeName, load_trade_names};
