//! Rows of `datasets/taxa`: accepted names, synonyms, where they grow, what they are sold as.

use serde::{Deserialize, Serialize};

use super::{DataSource, ReferenceError, TableFault, list};
use crate::codes::CountryCode;

/// A taxon under its accepted name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taxon {
    /// Accepted name without author, such as `Dalbergia nigra`; a genus is one word.
    pub scientific_name: String,
    /// Author of the name; empty when not known.
    pub author: String,
    pub genus: String,
    /// Family; empty when not known.
    pub family: String,
    /// `genus`, `species`, `subspecies` or `variety`.
    pub rank: String,
    /// Other names for it, without authors.
    pub synonyms: Vec<String>,
    /// Countries where it grows naturally; empty when not known.
    pub range_states: Vec<CountryCode>,
    /// Taxa that it is sold as, or mistaken for.
    pub lookalike_of: Vec<String>,
    /// Remarks; empty when there are none.
    pub notes: String,
    /// `checked`, `sourced` or `unverified`.
    pub confidence: String,
    /// Where the row comes from.
    pub source: String,
}

/// The row as the file holds it.
#[derive(Deserialize)]
struct Row {
    scientific_name: String,
    author: String,
    genus: String,
    family: String,
    rank: String,
    synonyms: String,
    range_states: String,
    lookalike_of: String,
    notes: String,
    confidence: String,
    source: String,
}

/// All taxa in file order, or every fault of the table.
pub fn load_taxa(source: &DataSource) -> Result<Vec<Taxon>, ReferenceError> {
    let table = source.table::<Row>("taxa")?;
    let mut faults = table.faults;
    let mut taxa = Vec::with_capacity(table.rows.len());
    for (line, row) in table.rows {
        let mut range_states = Vec::new();
        for code in list(&row.range_states) {
            match code.parse::<CountryCode>() {
                Ok(code) => range_states.push(code),
                Err(error) => faults.push(fault(line, "range_states", error.to_string())),
            }
        }
        if row.scientific_name.split(' ').next() != Some(row.genus.as_str()) {
            faults.push(fault(line, "genus", format!("`{}` is not the first word of the name", row.genus)));
        }
        taxa.push(Taxon {
            synonyms: list(&row.synonyms).map(str::to_owned).collect(),
            lookalike_of: list(&row.lookalike_of).map(str::to_owned).collect(),
            scientific_name: row.scientific_name,
            author: row.author,
            genus: row.genus,
            family: row.family,
            rank: row.rank,
            range_states,
            notes: row.notes,
            confidence: row.confidence,
            source: row.source,
        });
    }
    if faults.is_empty() { Ok(taxa) } else { Err(ReferenceError::Faults(faults)) }
}

fn fault(row: u64, column: &str, what: String) -> TableFault {
    TableFault { table: "taxa/taxa.csv".into(), row: Some(row), column: Some(column.into()), what }
}
