//! What a find calls for: from where it is large, and which leads are followed.
//!
//! In: taxa with mass and volume; the name of a template. Out: is it large, and leads. Not here: cases. Source:
//! datasets/large-seizures/card.toml, datasets/case-leads/card.toml.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Certainty, Confidence, taxon_meets};
use super::load::DataSource;

/// From where a seizure of a taxon is large.
#[derive(Debug, Clone, Deserialize)]
struct Large {
    /// Species, `Genus spp.`, or `*`.
    taxon: String,
    mass_kg: f64,
    volume_m3: f64,
    #[serde(rename = "confidence")]
    _confidence: Confidence,
}

/// Every other taxon.
const ALL: &str = "*";

/// A lead that is to be followed.
#[derive(Debug, Clone, Deserialize)]
pub struct Lead {
    pub template: String,
    /// Its id within the template.
    pub lead: String,
    /// What is to be done, as an officer reads it.
    pub what: String,
    /// Within so many days after the case was opened.
    pub due_days: u16,
}

/// What a find calls for.
#[derive(Debug, Clone, Default)]
pub struct FollowUp {
    large: Vec<Large>,
    leads: Vec<Lead>,
}

impl FollowUp {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self {
            large: fields::rows(source, "large-seizures", faults)?,
            leads: fields::rows(source, "case-leads", faults)?,
        })
    }

    /// Is so much of a taxon a large seizure? A row of its own stands before that of its genus and before that of all. Without a
    /// taxon it is judged as any; kilograms and m³ as far as they are known.
    pub fn is_large(&self, taxon: Option<&str>, mass_kg: Option<f64>, volume_m3: Option<f64>) -> bool {
        let of_taxon = |row: &&Large| {
            taxon.is_some_and(|taxon| row.taxon != ALL && taxon_meets(&row.taxon, taxon) == Certainty::Yes)
        };
        let narrowest = self.large.iter().filter(of_taxon).max_by_key(|row| !row.taxon.ends_with("spp."));
        let row = narrowest.or_else(|| self.large.iter().find(|row| row.taxon == ALL));
        row.is_some_and(|row| {
            mass_kg.is_some_and(|mass| mass > row.mass_kg) || volume_m3.is_some_and(|volume| volume > row.volume_m3)
        })
    }

    /// The leads of a template in their order; none where there is no such template.
    pub fn leads(&self, template: &str) -> impl Iterator<Item = &Lead> {
        self.leads.iter().filter(move |lead| lead.template == template)
    }

    /// Names of the templates.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        let mut last = "";
        self.leads
            .iter()
            .map(|lead| lead.template.as_str())
            .filter(move |name| std::mem::replace(&mut last, name) != *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::References;

    /// G01: a kilogram more or less decides.
    #[test]
    fn g01_one_kilogram_over_is_large() {
        let table = References::load(&DataSource::Embedded).unwrap().follow_up;
        for (taxon, mass, is_large) in [
            (Some("Dalbergia madagascariensis"), 10_000.0, false),
            (Some("Dalbergia madagascariensis"), 10_001.0, true),
            (Some("Dalbergia nigra"), 500.0, false),
            (Some("Dalbergia nigra"), 501.0, true),
            (None, 10_001.0, true),
            (None, 9_999.0, false),
        ] {
            assert_eq!(table.is_large(taxon, Some(mass), None), is_large, "{taxon:?} {mass}");
        }
        assert!(table.is_large(None, None, Some(10.5)) && !table.is_large(None, None, None));
        assert_eq!(table.templates().collect::<Vec<_>>(), ["arrest", "false_papers", "container"]);
        assert_eq!(table.leads("arrest").count(), 5);
    }
}
