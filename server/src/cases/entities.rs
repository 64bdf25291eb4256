//! Who and what stands behind it: the half of a case that holds names, apart from the other and read by few.
//!
//! In: people, firms, phones, accounts, papers, each with the law by which it is kept. Out: [`Entities`]. No statistic and no
//! packet to a body without a police channel can be made from this type: they take [`Facts`](super::Facts).

use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// Letters and digits of a name below which it is any word.
const MIN_NAME_CHARS: usize = 4;
/// Digits from which a number is known however it is parted: more than the end of a day (20261201) has.
const MIN_DIGITS: usize = 7;

impl Entities {
    /// Names of these that stand in the texts of a document, as whole words however they are written. Numbers of papers may: a paper is
    /// declared by its number.
    pub fn named_in(&self, document: &Value) -> Vec<&str> {
        let mut texts = Vec::new();
        texts_of(document, &mut texts);
        let all: Vec<Vec<String>> = texts.iter().map(|text| words_of(text)).collect();
        let of_somebody = self.entities.iter().filter(|entity| entity.kind != EntityKind::Paper);
        let is_in = |name: &&str| {
            let (words, whole) = (words_of(name), folded(name));
            let is_number = whole.len() >= MIN_DIGITS && is_digits(&whole);
            let is_said = |own: &Vec<String>| own.windows(words.len()).any(|part| part == words);
            let is_long = whole.chars().count() >= MIN_NAME_CHARS && !words.is_empty();
            is_long && all.iter().any(|own| is_said(own) || is_number && is_dialled(own, &whole))
        };
        of_somebody.map(|entity| entity.name.as_str()).filter(is_in).collect()
    }
}

fn texts_of<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(all) => all.iter().for_each(|one| texts_of(one, texts)),
        Value::Object(all) => all.values().for_each(|one| texts_of(one, texts)),
        _ => {}
    }
}

fn is_digits(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

/// Does a number stand in words that are nothing but digits, parted as it may be, with or without what is dialled before it?
fn is_dialled(words: &[String], number: &str) -> bool {
    words
        .chunk_by(|a, b| is_digits(a) && is_digits(b))
        .any(|run| is_digits(&run.concat()) && run.concat().ends_with(number))
}

fn words_of(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(folded).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_it_is_written() {
        let one = |kind: EntityKind, name: &str| -> Entity {
            serde_json::from_value(serde_json::json!({ "kind": kind, "name": name, "lawful_basis": "x" })).unwrap()
        };
        let all = [
            one(EntityKind::Person, "Zébulon Kanarienvogel"),
            one(EntityKind::Paper, "BT 12/A"),
            one(EntityKind::Phone, "+261 20 999"),
            one(EntityKind::Phone, "+261 20 1"),
            one(EntityKind::Company, "Rose"),
            one(EntityKind::Person, "Li"),
        ];
        let entities = Entities { case: "c".to_owned(), entities: all.to_vec() };
        let said = |text: &str| entities.named_in(&serde_json::json!({ "place": { "name": [text] } })).len();
        assert_eq!(said("seen with ZÉBULON-KANARIENVOGEL at quay 4"), 1);
        assert_eq!(said("called 0026120999 twice"), 1);
        assert_eq!(said("by 00 261 20-999"), 1);
        // An id or a time that holds the digits by chance says nobody.
        for text in [
            "c_12612099900ab",
            "2026-12-09T99:00:00Z",
            "paper BT 12/A at quay 4",
            "kanarienvogel alone",
            "rosewood",
            "place",
            "",
        ] {
            assert_eq!(said(text), 0, "{text}");
        }
    }
}
