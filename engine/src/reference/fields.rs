//! How a cell of a table becomes a value.
//!
//! In: the text of a cell. Out: a list, a flag, a key for comparison. Not here: what the columns mean.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use super::error::{ReferenceError, TableFault};
use super::load::{DataSource, list};

/// How well a row is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// From general knowledge, to be confirmed.
    Unverified,
    /// Met in the source named.
    Sourced,
    /// Met in two independent sources.
    Checked,
}

/// Does it hold: surely, possibly (something needed is not known), or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It does not hold.
    No,
    /// It may hold; what would settle it is not known.
    Possibly,
    /// It holds.
    Yes,
}

impl Certainty {
    /// Both must hold.
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

/// All rows of the table `name`; rows that do not fit go to `faults`.
pub(super) fn rows<T: DeserializeOwned>(
    source: &DataSource,
    name: &str,
    faults: &mut Vec<TableFault>,
) -> Result<Vec<T>, ReferenceError> {
    let table = source.table::<T>(name)?;
    faults.extend(table.faults);
    Ok(table.rows.into_iter().map(|(_, row)| row).collect())
}

/// A cell that holds a list by `|`.
pub(super) fn parts<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: Display,
{
    let text = String::deserialize(deserializer)?;
    list(&text).map(|part| part.parse().map_err(serde::de::Error::custom)).collect()
}

/// A cell that holds `yes` or `no`.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(serde::de::Error::custom(format!("`{other}` is neither `yes` nor `no`"))),
    }
}

/// The first word of a name and what follows it. Names of the tables have one blank between their words.
fn parted(name: &str) -> (&str, &str) {
    let name = name.trim_start();
    match name.bytes().position(|byte| !byte.is_ascii_graphic()) {
        None => (name, ""),
        Some(at) if name.as_bytes().get(at) == Some(&b' ') => {
            name.split_at_checked(at).map_or((name, ""), |(first, rest)| (first, rest))
        }
        // Letters beyond ASCII, or blanks of another kind.
        Some(_) => {
            let first = name.split_whitespace().next().unwrap_or_default();
            (first, name.get(first.len()..).unwrap_or_default())
        }
    }
}

/// The genus of a taxon name: its first word.
pub fn genus_of(taxon: &str) -> &str {
    let (genus, _) = parted(taxon);
    if genus.is_empty() { taxon } else { genus }
}

/// True when the name stands for a whole genus: `Dalbergia` or `Dalbergia spp.`.
pub fn is_genus(taxon: &str) -> bool {
    let (_, rest) = parted(taxon);
    matches!(parted(rest).0, "" | "spp." | "sp." | "spp" | "sp")
}

/// Genus and epithet; subspecies and authors are dropped.
pub fn species_of(taxon: &str) -> Option<(&str, &str)> {
    let (genus, rest) = parted(taxon);
    match parted(rest).0 {
        "" | "spp." | "sp." | "spp" | "sp" => None,
        epithet => Some((genus, epithet)),
    }
}

/// A taxon name with its words told apart, so that comparing it parts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxonWords<'a> {
    genus: &'a str,
    /// `None` = the whole genus.
    epithet: Option<&'a str>,
}

impl<'a> TaxonWords<'a> {
    /// The words of a species or of `Genus spp.`; subspecies and authors are dropped.
    pub fn of(taxon: &'a str) -> Self {
        let (genus, rest) = parted(taxon);
        let epithet = match parted(rest).0 {
            "" | "spp." | "sp." | "spp" | "sp" => None,
            epithet => Some(epithet),
        };
        Self { genus: if genus.is_empty() { taxon } else { genus }, epithet }
    }

    /// Does this row's taxon hold for the one that is asked? A genus asked against a species row is possible.
    pub fn meets(self, asked: TaxonWords<'_>) -> Certainty {
        if self.genus != asked.genus {
            return Certainty::No;
        }
        match (self.epithet, asked.epithet) {
            (None, _) => Certainty::Yes,
            (Some(_), None) => Certainty::Possibly,
            (Some(own), Some(other)) if own == other => Certainty::Yes,
            (Some(_), Some(_)) => Certainty::No,
        }
    }
}

/// A cell that holds a taxon, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxonName {
    text: Box<str>,
    genus: Box<str>,
    epithet: Option<Box<str>>,
}

impl TaxonName {
    /// The name as the cell has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The genus and the epithet that it names.
    pub fn words(&self) -> TaxonWords<'_> {
        TaxonWords { genus: &self.genus, epithet: self.epithet.as_deref() }
    }
}

impl From<&str> for TaxonName {
    fn from(text: &str) -> Self {
        let TaxonWords { genus, epithet } = TaxonWords::of(text);
        Self { text: text.into(), genus: genus.into(), epithet: epithet.map(Into::into) }
    }
}

impl FromStr for TaxonName {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.into())
    }
}

impl<'de> Deserialize<'de> for TaxonName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(deserializer)?.as_str()))
    }
}

impl Display for TaxonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Does the row's taxon (a species or `Genus spp.`) hold for `taxon`? A genus asked against a species row is possible.
pub fn taxon_meets(row: &str, taxon: &str) -> Certainty {
    TaxonWords::of(row).meets(TaxonWords::of(taxon))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_parted_at_its_blanks() {
        for name in [
            "",
            " ",
            "Dalbergia",
            "Dalbergia spp.",
            " Dalbergia  nigra Allem.",
            "Osyris\tlanceolata",
            "Éa b",
            "a\u{a0}b",
        ] {
            let mut words = name.split_whitespace();
            let (genus, epithet) = (words.next(), words.next());
            assert_eq!(genus_of(name), genus.unwrap_or(name), "{name:?}");
            let is_whole = matches!(epithet, None | Some("spp." | "sp." | "spp" | "sp"));
            assert_eq!(is_genus(name), is_whole, "{name:?}");
            assert_eq!(species_of(name), genus.zip(epithet).filter(|_| !is_whole), "{name:?}");
        }
    }

    #[test]
    fn a_row_holds_for_a_taxon() {
        assert_eq!(taxon_meets("Dalbergia spp.", "Dalbergia retusa"), Certainty::Yes);
        assert_eq!(taxon_meets("Dalbergia retusa", "Dalbergia spp."), Certainty::Possibly);
        assert_eq!(taxon_meets("Dalbergia retusa", "Dalbergia retusa var. lineata"), Certainty::Yes);
        assert_eq!(taxon_meets("Dalbergia retusa", "Dalbergia nigra"), Certainty::No);
    }
}
