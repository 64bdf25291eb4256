//! Laboratories that say what wood, ivory or horn is, and the regions that they serve.
//!
//! In: nothing. Out: rows with what each can do and how far that is shown on a day. Not here: which of them fit a question. Sources:
//! datasets/laboratories/card.toml, datasets/regions/card.toml.

use serde::{Deserialize, Serialize};

use super::fields::{self, Confidence};
use crate::codes::{CountryCode, Date};
use crate::words::words;

words! {
    /// What a specimen is made of.
    pub enum Material {
        Wood = "wood",
        Ivory = "ivory",
        Horn = "horn",
        Other = "other",
    }
}

words! {
    /// What a laboratory is asked of a specimen.
    pub enum LabQuestion {
        Genus = "genus",
        Species = "species",
        /// Where it grew or lived.
        Origin = "origin",
        /// When it was cut or died.
        Age = "age",
    }
}

words! {
    /// How a laboratory finds its answer.
    pub enum Technique {
        Anatomy = "anatomy",
        Dna = "dna",
        Isotopes = "isotopes",
        MassSpectrometry = "mass_spectrometry",
        /// Near infrared light.
        Nir = "nir",
        Radiocarbon = "radiocarbon",
    }
}

words! {
    /// How far the work of a laboratory is shown to be sound.
    pub enum Quality {
        /// It says so itself.
        SelfDeclared = "self_declared",
        /// Its quality system and its documents of casework were seen.
        Minimum = "minimum",
        /// Somebody from outside audits its tests.
        Audited = "audited",
    }
}

words! {
    /// Whether a laboratory takes cases of other countries.
    pub enum ForeignCases {
        No = "no",
        /// Case by case.
        AdHoc = "ad_hoc",
        /// By a standing agreement.
        Agreed = "agreed",
    }
}

/// A laboratory as it stands in the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Laboratory {
    /// Id that never changes.
    pub id: String,
    pub name: String,
    pub country: CountryCode,
    #[serde(deserialize_with = "fields::parts")]
    pub materials: Vec<Material>,
    #[serde(deserialize_with = "fields::parts")]
    pub questions: Vec<LabQuestion>,
    #[serde(deserialize_with = "fields::parts")]
    pub techniques: Vec<Technique>,
    /// Taxa of which it holds samples to compare with.
    #[serde(deserialize_with = "fields::parts")]
    pub reference_material: Vec<String>,
    pub foreign_cases: ForeignCases,
    /// What it asks of whoever sends a sample.
    pub terms: String,
    /// Days from sample to finding; `None` = not known.
    pub turnaround_days: Option<u32>,
    /// Are its people trained and tested?
    #[serde(deserialize_with = "fields::flag")]
    pub trains_staff: bool,
    /// As it stood when its evidence was seen.
    pub quality: Quality,
    /// What shows it.
    pub evidence: String,
    /// Last day of the evidence; `None` = without an end.
    pub quality_until: Option<Date>,
    /// How it is reached.
    pub channel: String,
    /// Last day on which the row was confirmed.
    pub verified_on: Option<Date>,
    #[serde(deserialize_with = "fields::flag")]
    pub invented: bool,
    pub confidence: Confidence,
}

impl Laboratory {
    /// Its quality on a day: evidence that has run out counts one level less.
    pub fn quality_on(&self, day: Date) -> Quality {
        match (self.quality, self.quality_until) {
            (Quality::Audited, Some(last)) if last < day => Quality::Minimum,
            (Quality::Minimum, Some(last)) if last < day => Quality::SelfDeclared,
            (quality, _) => quality,
        }
    }
}

/// Countries that one laboratory may serve together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Region {
    /// Id that never changes.
    pub id: String,
    pub name: String,
    #[serde(deserialize_with = "fields::parts")]
    pub countries: Vec<CountryCode>,
    pub confidence: Confidence,
}
