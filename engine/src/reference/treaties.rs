//! Conventions that bind a country, and the category of its law: context for a reader, never points.
//!
//! In: nothing. Out: rows. Not here: what they say of a bill; they say nothing. Sources: datasets/conventions/card.toml,
//! datasets/legislation/card.toml.

use serde::{Deserialize, Serialize};

use super::fields::Confidence;
use crate::codes::CountryCode;
use crate::words::words;

words! {
    /// A convention beside CITES.
    pub enum Convention {
        /// United Nations Convention against Corruption.
        Uncac = "uncac",
        /// United Nations Convention against Transnational Organized Crime.
        Untoc = "untoc",
    }
}

words! {
    /// Whether a convention binds a country.
    pub enum TreatyStanding {
        Party = "party",
        NotParty = "not_party",
    }
}

/// A country and a convention.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ratification {
    pub country: CountryCode,
    pub convention: Convention,
    pub standing: TreatyStanding,
    pub confidence: Confidence,
}

/// A Party's category in the National Legislation Project.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Legislation {
    pub country: CountryCode,
    /// 1 to 3, 1 being the best.
    pub category: u8,
    pub confidence: Confidence,
}
