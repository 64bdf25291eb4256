//! The directory: whom to ask, what to read, what to look at, beside what is found.
//!
//! In: tables that an office keeps, a question, a day or a moment. Out: what meets all of the question, and what nobody has. Nothing
//! here is kept in a store, gives points or names a person. Not here: who may ask (`service::access`), how a question comes in
//! (`routes`, `cli`).

mod answer;
mod asked;
mod beside;
mod contacts;
mod duty;
mod guidance;
mod laboratories;
mod means;
mod procedures;
mod treaties;

pub use answer::{Moment, Told, told};
pub use asked::{
    Asked, DirectoryTable, MAX_ASKED_CHARS, MAX_CONTAINERS, MAX_LOT_PIECES, MAX_LOTS, NOT_A_LANGUAGE, is_language,
};
pub use beside::{AgencyProcedure, Beside, beside};
pub use contacts::{ContactWish, FoundContact, contacts, parties_without};
pub use duty::{DutyWish, is_on_duty, on_duty};
pub use guidance::{Checks, Guide, guide, site_checks};
pub use laboratories::{
    Area, FoundLaboratory, LabCounts, LabWish, RegionGaps, hub, lab_counts, lab_gaps, laboratories,
};
pub use means::{Planned, Recommended, planned, recommended};
pub use procedures::{Sampled, procedure, sampled};
pub use treaties::{Bound, bound, unbound};
