//! What is asked of the directory: which table, and what a row has to meet.
//!
//! In: names and values as they come in a query or on a command line. Out: values of their own types, or everything that does not fit,
//! each with its name.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use crate::words::words;

/// Characters of one value.
pub const MAX_ASKED_CHARS: usize = 200;
/// Lots of one sampling plan.
pub const MAX_LOTS: usize = 64;
/// Pieces of one lot; beyond it something is mistyped.
pub const MAX_LOT_PIECES: u64 = 1_000_000_000;
/// Containers of one day of a port.
pub const MAX_CONTAINERS: u32 = 100_000;

words! {
    /// A table of the directory, as it is asked.
    DirectoryTable {
        Laboratories = "laboratories",
        Contacts = "contacts",
        /// Who can be called now.
        Duty = "duty",
        Procedures = "procedures",
        Sampling = "sampling",
        /// What to read and learn for an indicator.
        Guidance = "guidance",
        /// What to look at on the spot.
        Checks = "checks",
        Means = "means",
        Conventions = "conventions",
        /// Tools and courses of the library.
        Tools = "tools",
    }
}

impl DirectoryTable {
    /// What may be asked of it.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Laboratories => &[
                "country",
                "region",
                "material",
                "questions",
                "techniques",
                "reference",
                "foreign",
                "quality",
                "within_days",
                "hub_for",
                "day",
                "gaps",
            ],
            Self::Contacts => &["country", "topic", "agency", "language", "urgency", "day", "gaps"],
            Self::Duty => &["kind", "country", "skill", "taxon", "language", "at"],
            Self::Procedures => &["agency", "size", "subject", "day"],
            Self::Sampling => &["pieces"],
            Self::Guidance => &["profile", "indicator"],
            Self::Checks => &["taxon"],
            Self::Means => &["port", "containers"],
            Self::Conventions => &["country", "day", "gaps"],
            Self::Tools => &[],
        }
    }
}

/// What is asked, by name.
#[derive(Debug, Default)]
pub struct Asked {
    values: BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Asked {
    /// Takes names and values; what the table does not know, stands twice or is too long is a fault.
    pub fn of(table: DirectoryTable, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs {
            if !table.fields().contains(&name.as_str()) {
                let known = match table.fields() {
                    [] => "nothing".to_owned(),
                    fields => fields.join(", "),
                };
                asked.faults.push(format!("`{}` is not asked of {table}; there is {known}", shown(&name)));
            } else if value.chars().nth(MAX_ASKED_CHARS).is_some() {
                asked.faults.push(format!("`{name}` is over MAX_ASKED_CHARS ({MAX_ASKED_CHARS})"));
            } else if value.trim().is_empty() {
                asked.faults.push(format!("`{name}` is empty; leave it out"));
            } else if asked.values.insert(name.clone(), value.trim().to_owned()).is_some() {
                asked.faults.push(format!("`{name}` stands twice"));
            }
        }
        asked
    }

    /// A value in words.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).cloned()
    }

    /// A value of a type.
    pub(super) fn one<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let value = self.values.get(name)?;
        match value.parse() {
            Ok(read) => Some(read),
            Err(error) => {
                self.faults.push(format!("`{name}`: {error}"));
                None
            }
        }
    }

    /// A code of a language.
    pub(super) fn language(&mut self) -> Option<String> {
        let code = self.text("language")?;
        if !is_language(&code) {
            self.faults.push(format!("`language`: {NOT_A_LANGUAGE}"));
        }
        Some(code)
    }

    /// A value that is needed.
    pub(super) fn needed(&mut self, name: &str) -> String {
        let value = self.text(name);
        if value.is_none() && self.faults.is_empty() {
            self.faults.push(format!("`{name}` is needed"));
        }
        value.unwrap_or_default()
    }

    /// Values of a type, parted by `|` or commas.
    pub(super) fn many<T: FromStr<Err: Display>>(&mut self, name: &str) -> Vec<T> {
        let value = self.text(name).unwrap_or_default();
        let mut all = Vec::new();
        for part in value.split(['|', ',']).map(str::trim).filter(|part| !part.is_empty()) {
            match part.parse() {
                Ok(read) => all.push(read),
                Err(error) => self.faults.push(format!("`{name}`: {error}")),
            }
        }
        all
    }

    /// Whether something is wished.
    pub(super) fn yes(&mut self, name: &str) -> bool {
        match self.values.get(name).map(String::as_str) {
            None | Some("false" | "no") => false,
            Some("true" | "yes") => true,
            Some(_) => {
                self.faults.push(format!("`{name}` is true or false"));
                false
            }
        }
    }

    /// Something that does not fit.
    pub(super) fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    /// Everything that does not fit, or that nothing does.
    pub(super) fn checked(self) -> Result<(), Vec<String>> {
        if self.faults.is_empty() { Ok(()) } else { Err(self.faults) }
    }
}

/// Said of what is no code of a language.
pub const NOT_A_LANGUAGE: &str = "a language is two or three small letters of ISO 639, such as zh";

/// Is it written as a code of ISO 639?
pub fn is_language(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// A word from outside, short enough to be quoted.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
