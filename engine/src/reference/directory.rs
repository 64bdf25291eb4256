//! Everything that is looked up beside a find: laboratories, contacts, posts on duty, procedures, chapters, means.
//!
//! In: a [`DataSource`]. Out: the rows of each table as they stand. Not here: which of them answer a question, and to whom they are
//! shown.

use std::collections::{BTreeMap, BTreeSet};

use super::contacts::Contact;
use super::error::{ReferenceError, TableFault};
use super::fields;
use super::guidance::{Guidance, LibraryEntry, LikeRow, SiteCheck};
use super::helpers::Helper;
use super::laboratories::{Laboratory, Region};
use super::load::DataSource;
use super::means::PortMeans;
use super::procedures::{Procedure, SamplingPlan};
use super::treaties::{Legislation, Ratification};

/// The tables of the directory, each in its own order.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    pub laboratories: Vec<Laboratory>,
    pub regions: Vec<Region>,
    pub contacts: Vec<Contact>,
    pub helpers: Vec<Helper>,
    pub procedures: Vec<Procedure>,
    pub sampling: Vec<SamplingPlan>,
    pub guidance: Vec<Guidance>,
    pub library: Vec<LibraryEntry>,
    pub site_checks: Vec<SiteCheck>,
    pub means: Vec<PortMeans>,
    pub conventions: Vec<Ratification>,
    pub legislation: Vec<Legislation>,
    /// Taxa that are taken for one another, both ways.
    like: BTreeMap<String, BTreeSet<String>>,
}

impl Directory {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let mut like: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in fields::rows::<LikeRow>(source, "taxa", faults)? {
            for other in row.lookalike_of {
                like.entry(other.clone()).or_default().insert(row.scientific_name.clone());
                like.entry(row.scientific_name.clone()).or_default().insert(other);
            }
        }
        let mut sampling: Vec<SamplingPlan> = fields::rows(source, "sampling-plans", faults)?;
        sampling.sort_by_key(|row| row.pieces_from);
        Ok(Self {
            laboratories: fields::rows(source, "laboratories", faults)?,
            regions: fields::rows(source, "regions", faults)?,
            contacts: fields::rows(source, "contacts", faults)?,
            helpers: fields::rows(source, "helpers", faults)?,
            procedures: fields::rows(source, "procedures", faults)?,
            sampling,
            guidance: fields::rows(source, "guidance", faults)?,
            library: fields::rows(source, "library", faults)?,
            site_checks: fields::rows(source, "site-checks", faults)?,
            means: fields::rows(source, "control-methods", faults)?,
            conventions: fields::rows(source, "conventions", faults)?,
            legislation: fields::rows(source, "legislation", faults)?,
            like,
        })
    }

    /// Taxa that one is taken for, or that are taken for it, by name.
    pub fn like(&self, taxon: &str) -> impl Iterator<Item = &str> {
        self.like.get(taxon).into_iter().flatten().map(String::as_str)
    }
}
