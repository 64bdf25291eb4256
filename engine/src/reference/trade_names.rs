//! Rows of `datasets/trade-names`: what a wood is called in trade, and how far the name can be trusted.

use serde::{Deserialize, Serialize};

use super::{DataSource, ReferenceError, TableFault, list};
use crate::codes::CountryCode;
use crate::words::words;

words! {
    /// How far a name points to its taxa.
    pub enum Strength {
        /// A generic or cover word: counts only beside other evidence.
        Weak = "weak",
        /// Several taxa, or listed and unlisted ones.
        Ambiguous = "ambiguous",
        /// One species or one group.
        Exclusive = "exclusive",
    }
}

/// What a trade name points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedTaxon {
    /// Species, genus, or `any` for a generic wood word.
    pub name: String,
    /// Only this population, as in `Dalbergia (MG) spp.`.
    pub population: Option<CountryCode>,
}

/// A trade or vernacular name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TradeName {
    /// The name as it is written.
    pub name: String,
    /// Language or romanisation.
    pub language: String,
    /// What it can be, the most usual first.
    pub taxa: Vec<NamedTaxon>,
    /// How far it can be trusted.
    pub strength: Strength,
    /// True when its accents tell it from other words and must be there.
    pub marks_required: bool,
    /// True when a space inside it makes it other words (`black wood`).
    pub closed: bool,
    /// Row in the file, the header being 1.
    pub row: u64,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    language: String,
    taxa: String,
    strength: Strength,
    marks: String,
    spacing: String,
}

/// All trade names in file order, or every fault of the table.
pub fn load_trade_names(source: &DataSource) -> Result<Vec<TradeName>, ReferenceError> {
    let table = source.table::<Row>("trade-names")?;
    let mut faults = table.faults;
    let mut names = Vec::with_capacity(table.rows.len());
    for (line, row) in table.rows {
        let mut taxa = Vec::new();
        for text in list(&row.taxa) {
            match named_taxon(text) {
                Some(taxon) => taxa.push(taxon),
                None => faults.push(fault(
                    line,
                    format!("`{text}` is not `Genus species`, `Genus spp.`, `Genus (CC) spp.` or `any`"),
                )),
            }
        }
        names.push(TradeName {
            name: row.name,
            language: row.language,
            taxa,
            strength: row.strength,
            marks_required: row.marks == "required",
            closed: row.spacing == "closed",
            row: line,
        });
    }
    if faults.is_empty() { Ok(names) } else { Err(ReferenceError::Faults(faults)) }
}

fn named_taxon(text: &str) -> Option<NamedTaxon> {
    if text == "any" {
        return Some(NamedTaxon { name: text.into(), population: None });
    }
    let (genus, rest) = text.split_once(' ')?;
    if rest == "spp." {
        return Some(NamedTaxon { name: genus.into(), population: None });
    }
    match rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(") spp.")) {
        Some(code) => Some(NamedTaxon { name: genus.into(), population: Some(code.parse().ok()?) }),
        None => Some(NamedTaxon { name: text.into(), population: None }),
    }
}

fn fault(row: u64, what: String) -> TableFault {
    TableFault { table: "trade-names/trade-names.csv".into(), row: Some(row), column: Some("taxa".into()), what }
}
