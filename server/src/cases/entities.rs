//! Who and what stands behind it: the half of a case that holds names, apart from the other and read by few.
//!
//! In: people, firms, phones, accounts, papers, each with the law by which it is kept. Out: [`Entities`]. No statistic and no
//! packet to a body without a police channel can be made from this type: they take [`Facts`](super::Facts).

use serde::{Deserialize, Serialize};

use super::limits::Shape;
use crate::words::words;

words! {
    /// What it is.
    EntityKind {
        Person = "person",
        Company = "company",
        Phone = "phone",
        Account = "account",
        Property = "property",
        Device = "device",
        /// A paper that somebody carried, such as proof of a journey that never was.
        Paper = "paper",
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    pub kind: EntityKind,
    /// The name, or the number of a phone, account or paper.
    pub name: String,
    /// The law by which it is kept.
    pub lawful_basis: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub found_where: String,
    /// Who issued a paper.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// What a paper looks like: its form, stamp and letterhead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub layout: String,
    /// A paper was found to be false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_false: bool,
    /// Names of others of the case to whom it belongs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

/// The names of one case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entities {
    pub case: String,
    pub entities: Vec<Entity>,
}

impl Entity {
    /// Everything that does not fit.
    pub fn faults(&self) -> Vec<String> {
        let mut shape = Shape::default();
        shape.text("name", &self.name);
        shape.text("lawful_basis", &self.lawful_basis);
        for (field, text) in [("found_where", &self.found_where), ("issuer", &self.issuer), ("layout", &self.layout)] {
            shape.free(field, text);
        }
        shape.rows("links", self.links.len());
        self.links.iter().for_each(|link| shape.text("links", link));
        let is_of_paper = !self.issuer.is_empty() || !self.layout.is_empty() || self.is_false;
        if is_of_paper && self.kind != EntityKind::Paper {
            shape.say("`issuer`, `layout` and `is_false` are of a paper");
        }
        shape.faults
    }

    /// Is it the paper that is looked for: the same number, or the same issuer and layout, however they are written?
    pub fn is_like(&self, asked: &PaperAsked) -> bool {
        let same = |own: &str, asked: &Option<String>| {
            asked.as_ref().map(|asked| folded(asked)).is_some_and(|asked| !asked.is_empty() && asked == folded(own))
        };
        let is_same_number = same(&self.name, &asked.number);
        let by_issuer =
            asked.number.is_none() && asked.issuer.as_ref().is_none_or(|_| same(&self.issuer, &asked.issuer));
        let by_layout = asked.layout.as_ref().is_none_or(|_| same(&self.layout, &asked.layout));
        let asks = asked.issuer.is_some() || asked.layout.is_some();
        self.kind == EntityKind::Paper && (is_same_number || asks && by_issuer && by_layout)
    }
}

/// A paper that is looked for: by its number, its issuer, or its looks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperAsked {
    pub number: Option<String>,
    pub issuer: Option<String>,
    pub layout: Option<String>,
}

/// Letters and digits alone, in small letters: `No. 12/A` and `no 12 a` are one.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
