//! The tables of `datasets/`, loaded once and frozen.
//!
//! In: a [`DataSource`] (embedded in the binary, or a folder). Out: typed rows, or *all* faults of all tables with
//! table, row and column. Not here: anything that looks at a consignment.

#[cfg(test)]
mod checks;
mod error;
mod load;

pub use error::{ReferenceError, TableFault};
pub use load::{DataSource, list, samples};

mod annotations;
mod authorities;
mod authority_name;
mod check;
mod clauses;
mod code_lists;
mod contacts;
mod correspondence;
mod countries;
mod cover;
mod currencies;
mod densities;
mod directory;
mod duties;
mod fields;
mod follow_up;
mod forms;
mod gradings;
mod groups;
mod guidance;
mod helpers;
mod hs;
mod hs_prefixes;
mod import_permits;
mod instruments;
mod laboratories;
mod language_words;
mod listings;
mod means;
mod measures;
mod offences;
mod ordinary;
mod places;
mod plantations;
mod ports;
mod powers;
mod procedures;
mod quotas;
mod references;
mod reservations;
mod routes;
mod seizures;
mod storage;
mod term_forms;
mod timbers;
mod treaties;
mod united;
mod units;

pub use annotations::{Annotation, Cover};
pub use authorities::Issuer;
pub use check::check;
pub use clauses::Redline;
pub use contacts::{Contact, ContactAgency, Topic, Urgency};
pub use correspondence::Correspondence;
pub use cover::CoverGoods;
pub use currencies::Rate;
pub use directory::Directory;
pub use duties::{Duties, Duty};
pub use fields::{Certainty, TaxonWords, genus_of, is_genus, species_of, taxon_meets};
pub use follow_up::{FollowUp, Lead};
pub use forms::Form;
pub use gradings::{Graded, Gradings};
pub use groups::{Groups, load_groups};
pub use guidance::{Guidance, LibraryEntry, LooksAt, SiteCheck};
pub use helpers::{Helper, HelperKind, Skill, Weekday};
pub use hs::HsCodes;
pub use hs_prefixes::HsPrefixes;
pub use import_permits::ImportLaw;
pub use laboratories::{ForeignCases, LabQuestion, Laboratory, Material, Quality, Region, Technique};
pub use listings::Listing;
pub use means::{ControlMeans, MeansState, PortMeans};
pub use measures::{ActingMeasure, CountryRole, Measure, MeasureKind, MeasureQuestion, MeasureStatus};
pub use offences::{Offence, Offences};
pub use plantations::Supply;
pub use powers::{Needs, Power, PowerAct, Powers};
pub use procedures::{FindSize, Procedure, ProcedureSubject, SamplingPlan, SamplingRule};
pub use references::References;
pub use routes::Node;
pub use storage::{StorageSite, StorageSites};
pub use timbers::Timber;
pub use treaties::{Convention, Legislation, Ratification, TreatyStanding};
pub use units::{Measured, Unit, load_units};
mod contexts;
mod taxa;
mod trade_names;

pub use contexts::{Context, Side, load_contexts};
pub use language_words::{LanguageWords, load_language_words};
pub use ordinary::{Ordinary, OrdinaryWord, load_ordinary};
pub use taxa::{Taxon, load_taxa};
pub use trade_names::{Strength, TradeName, load_trade_names};
