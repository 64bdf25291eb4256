//! How the columns of a table become canonical ones: a file by the user, or guesses that can be shown and corrected.
//!
//! ```toml
//! decimal = ","            # "." or ","
//! dates = "dmy"            # dmy, mdy or ymd
//! delimiter = ";"          # CSV only
//! sheet = "Manifest"       # XLSX only
//! header_row = 3           # counted from 1
//! header_rows = 2          # where its names stand in two rows
//! [columns]
//! "Descrição da mercadoria" = "description"
//! [constants]
//! arrival = "HKHKG"
//! [units]
//! gross_mass_kg = "t"
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;

use super::super::super::vocabulary::{self, Strength, Under};
use super::column::{COLUMNS, Column};
use crate::manifest::ManifestError;

/// Order of day, month and year where it is not `2014-03-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// 31/12/2014.
    Dmy,
    /// 12/31/2014.
    Mdy,
    /// 2014/12/31.
    Ymd,
}

/// A mapping file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Decimal mark of all numbers; `None` = told from the values.
    pub decimal: Option<char>,
    /// Order of dates; `None` = told from the values.
    pub dates: Option<DateOrder>,
    /// Delimiter of a CSV; `None` = told from the header.
    pub delimiter: Option<char>,
    /// Sheet of a workbook; `None` = the first with a header that is understood.
    pub sheet: Option<String>,
    /// Row of the header, counted from 1; `None` = the first that is understood.
    pub header_row: Option<usize>,
    /// Rows that the header has; `None` = one, or told from the content.
    pub header_rows: Option<usize>,
    /// Header → canonical column. An empty column leaves it out, as unmapped.
    pub columns: BTreeMap<String, String>,
    /// Canonical column → value of every row.
    pub constants: BTreeMap<String, String>,
    /// Canonical column → unit of its numbers (`t`, `lb`, `l`, `cft`, …).
    pub units: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a mapping file; what is wrong with it is an error, because a wrong mapping spoils every row.
    pub fn from_toml(text: &str) -> Result<Self, ManifestError> {
        let malformed = |why: String| ManifestError::Malformed { format: "mapping file", at: "mapping".into(), why };
        let mapping: Self = toml::from_str(text).map_err(|error| malformed(error.message().to_owned()))?;
        if let Some(mark) = mapping.decimal.filter(|mark| !matches!(mark, '.' | ',')) {
            return Err(malformed(format!("decimal `{mark}` is neither `.` nor `,`")));
        }
        if let Some(delimiter) = mapping.delimiter.filter(|delimiter| !delimiter.is_ascii() || *delimiter == '"') {
            return Err(malformed(format!("delimiter `{delimiter}` is not one ASCII character")));
        }
        let named = mapping.columns.values().filter(|column| !column.is_empty());
        for column in named.chain(mapping.constants.keys()).chain(mapping.units.keys()) {
            if !COLUMNS.contains(&column.as_str()) {
                return Err(malformed(format!("`{column}` is not a canonical column: {}", COLUMNS.join(", "))));
            }
        }
        for (column, unit) in &mapping.units {
            let is_mass = column.ends_with("_kg");
            let fits = match super::super::units::unit(unit) {
                Some((super::super::units::Unit::Mass(_), _)) => is_mass,
                Some((super::super::units::Unit::Volume(_), _)) => column == "volume_m3",
                None => false,
            };
            if !fits {
                return Err(malformed(format!("unit `{unit}` does not fit the column `{column}`")));
            }
        }
        Ok(mapping)
    }

    /// As a file, to look at and correct.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        // A JSON string is a TOML string, but for the one control character that JSON leaves as it is.
        let quoted = |value: &str| serde_json::Value::from(value).to_string().replace('\u{7f}', "\\u007F");
        let mut line = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = writeln!(text, "{key} = {value}");
            }
        };
        line("decimal", self.decimal.map(|mark| quoted(&mark.to_string())));
        let order = |order| match order {
            DateOrder::Dmy => "dmy",
            DateOrder::Mdy => "mdy",
            DateOrder::Ymd => "ymd",
        };
        line("dates", self.dates.map(|dates| quoted(order(dates))));
        line("delimiter", self.delimiter.map(|delimiter| quoted(&delimiter.to_string())));
        line("sheet", self.sheet.as_deref().map(quoted));
        line("header_row", self.header_row.map(|row| row.to_string()));
        line("header_rows", self.header_rows.map(|rows| rows.to_string()));
        for (name, table) in [("columns", &self.columns), ("constants", &self.constants), ("units", &self.units)] {
            if !table.is_empty() {
                let _ = writeln!(text, "\n[{name}]");
                for (key, value) in table {
                    let _ = writeln!(text, "{} = {}", quoted(key), quoted(value));
                }
            }
        }
        text
    }

    /// What a header means: by the file, by its own name, by its words. `None` where the file leaves it out as well.
    pub(super) fn meaning(&self, header: &str) -> Option<Taken> {
        let header = header.trim();
        if let Some(column) = self.by_file(header) {
            return Column::named(column).map(|column| Taken::by(column, By::File));
        }
        let own = header.to_ascii_lowercase();
        if let Some(column) = Column::named(&own) {
            return Some(Taken::by(column, By::Name));
        }
        let meaning = vocabulary::header(header)?;
        let by = match meaning.strength {
            Strength::Vague => By::Vague,
            Strength::Plain => By::Word,
            Strength::Exact => By::Words,
        };
        Some(Taken { column: Column::named(meaning.column)?, by, unit: meaning.unit, under: meaning.under })
    }

    fn by_file(&self, header: &str) -> Option<&str> {
        if self.columns.is_empty() {
            return None;
        }
        let key = vocabulary::folded(header);
        let alike = || self.columns.iter().find(|(known, _)| !key.is_empty() && vocabulary::folded(known) == key);
        self.columns.get(header).or_else(|| alike().map(|(_, column)| column)).map(String::as_str)
    }
}

/// Why a column is taken for what it is, the weakest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// A strange word beside others, or what stands under it.
    Vague,
    /// One word.
    Word,
    /// Several words that agree.
    Words,
    /// The canonical name itself.
    Name,
    /// The mapping file.
    File,
}

/// The column that a header is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    pub column: Column,
    pub by: By,
    /// Unit that the header states.
    pub unit: Option<String>,
    /// What must stand under it.
    pub under: Option<Under>,
}

impl Taken {
    fn by(column: Column, by: By) -> Self {
        Self { column, by, unit: None, under: None }
    }

    /// The header itself says it, and not only what stands under it.
    pub fn is_named(&self) -> bool {
        self.by > By::Vague
    }

    /// Nobody but the words of the header says so.
    pub fn is_guess(&self) -> bool {
        self.by < By::Name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_round_trips_and_a_wrong_one_is_refused() {
        // Headers may hold any character, control characters too.
        let text = "decimal = \",\"\ndates = \"dmy\"\n[columns]\n\"Ware\" = \"description\"\n\"a\\u007F\\u0001\\\"\" = \"line\"\n\
            [units]\ngross_mass_kg = \"t\"\n";
        let mapping = Mapping::from_toml(text).unwrap_or_default();
        assert_eq!(mapping.columns.len(), 2);
        assert_eq!(Mapping::from_toml(&mapping.to_toml()).ok(), Some(mapping));
        for (wrong, why) in [
            ("decimal = \";\"", "neither"),
            ("[columns]\nWare = \"goods\"", "not a canonical column"),
            ("[units]\nvolume_m3 = \"t\"", "does not fit"),
            ("colour = 1", "unknown field"),
        ] {
            let error = Mapping::from_toml(wrong).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(why), "{wrong}: {error}");
        }
    }
}
