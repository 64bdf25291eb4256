//! The genera that the engine looks for: whose names are flagged, and everything else is not.
//!
//! Source: datasets/groups/card.toml. Another group of taxa is another row, not other code.

use serde::Deserialize;

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;

/// One genus in one group.
#[derive(Debug, Clone, Deserialize)]
pub struct Group {
    /// As in the taxa table.
    pub genus: String,
    /// What the trade calls it, such as `rosewood`.
    pub group: String,
    /// Is the trade of the group to be found?
    #[serde(deserialize_with = "fields::flag")]
    pub sought: bool,
    /// Goods other than wood that share its names.
    #[serde(deserialize_with = "fields::parts")]
    pub gives: Vec<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All groups, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    rows: Vec<Group>,
}

impl Groups {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "groups", faults)? })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Group] {
        &self.rows
    }

    /// Is this genus looked for?
    pub fn hold(&self, genus: &str) -> bool {
        self.rows.iter().any(|row| row.sought && row.genus == genus)
    }

    /// Is this genus one of that group?
    pub fn is_of(&self, genus: &str, group: &str) -> bool {
        self.rows.iter().any(|row| row.genus == genus && row.group == group)
    }

    /// Does the trade know `goods` (`fruit`, `oil`) of this genus under its names?
    pub fn give(&self, genus: &str, goods: &str) -> bool {
        self.rows.iter().any(|row| row.genus == genus && row.gives.iter().any(|own| own == goods))
    }
}

/// The table alone, or every fault of it; for the names, which are built without the other tables.
pub fn load_groups(source: &DataSource) -> Result<Groups, ReferenceError> {
    let mut faults = Vec::new();
    let groups = Groups::load(source, &mut faults)?;
    if faults.is_empty() { Ok(groups) } else { Err(ReferenceError::Faults(faults)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_genus_is_looked_for_when_it_has_a_row() {
        let groups = load_groups(&DataSource::Embedded).unwrap();
        for (genus, held, fruit, oil) in [
            ("Dalbergia", true, false, false),
            ("Diospyros", true, true, false),
            ("Osyris", true, false, true),
            ("Santalum", false, false, false),
            ("Pterocarpus", false, false, false),
        ] {
            assert_eq!(groups.hold(genus), held, "{genus}");
            assert_eq!((groups.give(genus, "fruit"), groups.give(genus, "oil")), (fruit, oil), "{genus}");
        }
        assert!(groups.is_of("Pterocarpus", "hongmu") && !groups.is_of("Osyris", "hongmu"));
    }
}
