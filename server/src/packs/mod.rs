//! A pack: rules that one office signs and others load from a file, without a network.
//!
//! In: a folder of rules and who made and approved it ([`About`]). Out: a zip archive whose every part stands in `SHA256SUMS`,
//! and beside it a signature that Debian's minisign makes and checks as well ([`seal`]); of such a pair, and the public key of
//! whoever is trusted, the folder again ([`open`]). Nothing of a pack is read before its signature holds. Not here: what rules
//! mean (the engine), rulesets that a service publishes (`service::rulesets`).

mod open;
mod seal;

use std::path::{Path, PathBuf};

use palisander_engine::Date;
use serde::{Deserialize, Serialize};

use crate::config::MAX_FIELD_CHARS;

pub use open::{NotOpened, opened, read};
pub use seal::{Keys, SealError, signed};

/// Version of this form. A program refuses those that it does not know.
pub const FORM: u32 = 1;
/// What the parts are.
pub const ABOUT: &str = "about.json";
/// Where the rules lie.
pub const RULES: &str = "rules";

/// What a pack says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// [`FORM`].
    pub form: u32,
    /// The same for every edition of it.
    pub name: String,
    /// The higher number stands in place of the lower.
    pub edition: u64,
    pub made_on: Date,
    /// Version of the program that checked it.
    pub program: String,
    /// Who wrote it.
    pub author: String,
    /// Who approved it: another one.
    pub approved_by: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl About {
    /// What does not fit, each in words.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (field, text) in [("name", &self.name), ("author", &self.author), ("approved-by", &self.approved_by)] {
            match text.trim().chars().count() {
                0 => faults.push(format!("`{field}` is needed")),
                n if n > MAX_FIELD_CHARS => {
                    faults.push(format!("`{field}` is over MAX_FIELD_CHARS ({MAX_FIELD_CHARS})"));
                }
                _ => {}
            }
        }
        if self.author.trim().to_lowercase() == self.approved_by.trim().to_lowercase() {
            faults.push("who wrote a pack does not approve it: name another person".to_owned());
        }
        if self.edition == 0 {
            faults.push("the first edition is 1".to_owned());
        }
        faults
    }

    /// In one line: what a signature vouches for.
    pub fn line(&self) -> String {
        let Self { name, edition, made_on, author, approved_by, .. } = self;
        format!("rules `{name}`, edition {edition} of {made_on}, by {author}, approved by {approved_by}")
    }
}

/// Where the signature of a pack lies, as minisign names it.
pub fn signature_of(pack: &Path) -> PathBuf {
    let mut name = pack.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}
