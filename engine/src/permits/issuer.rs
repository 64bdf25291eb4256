//! Whom the name of an issuer means, as the answer shows it.
//!
//! In: nothing but a name, a country, a day and the table of authorities. Out: an [`IssuerFound`]: whether the name is that
//! of an authority that could issue on the day, and how like it is. Not here: what follows of it (`judge/issuer.rs`).

use serde::Serialize;

use crate::codes::{CountryCode, Date};
use crate::reference::{Issuer, References};

/// What the authority that a name means could do on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssuerStanding {
    /// It was designated to issue.
    Designated,
    /// It was not designated to issue on that day.
    NotOnThatDay,
    /// No authority of the country has such a name.
    Unknown,
}

/// The issuer named on a document, and the authority whose name is nearest.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct IssuerFound {
    /// Name as it stands on the paper, else in the register.
    pub declared: String,
    pub standing: IssuerStanding,
    /// The authority that is meant, or the nearest where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// How like the two names are, 0 to 1: a slip of the pen is borne.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likeness: Option<f64>,
}

impl IssuerFound {
    /// `None` where no authority of the country is held: nothing can be said.
    pub(super) fn of(name: &str, country: CountryCode, day: Date, references: &References) -> Option<Self> {
        let (standing, nearest) = match references.authorities.issuer(country, name, day) {
            Issuer::NoneHeld => return None,
            Issuer::Designated(row, likeness) => (IssuerStanding::Designated, Some((row, likeness))),
            Issuer::NotOnThatDay(row, likeness) => (IssuerStanding::NotOnThatDay, Some((row, likeness))),
            Issuer::Unknown(nearest) => (IssuerStanding::Unknown, nearest),
        };
        Some(Self {
            declared: name.to_owned(),
            standing,
            authority: nearest.map(|(row, _)| row.name.clone()),
            likeness: nearest.map(|(_, likeness)| (likeness * 1_000.0).round() / 1_000.0),
        })
    }
}
