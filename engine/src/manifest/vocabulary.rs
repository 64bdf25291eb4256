//! What people call the canonical fields: names of columns, and keys of JSON that are not ours.
//!
//! In: a name as it stands in a file. Out: the canonical column that it means, or the field that was probably meant.
//! The names are a table (`datasets/header-words`); it is read from the built-in data, once.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fields;
use crate::text::{joined, loose_key};

const TABLE: &str = include_str!("../../../datasets/header-words/header-words.csv");

/// Folded name → canonical column.
static FOLDED: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for (column, names) in rows() {
        for name in names {
            known.entry(folded(&name)).or_insert(column);
        }
    }
    known
});

/// Column and its names. The table is built in and a test reads all of it, so a row cannot fail here.
fn rows() -> Vec<(&'static str, Vec<String>)> {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rows = reader.records().flatten().filter_map(|record| {
        let column: &'static str = Box::leak(record.get(0)?.to_owned().into_boxed_str());
        Some((column, record.get(1)?.split('|').map(str::to_owned).collect()))
    });
    rows.collect()
}

/// The canonical column that a name means, if it is on the list.
pub(super) fn column(name: &str) -> Option<&'static str> {
    FOLDED.get(&folded(name)).copied().filter(|_| !name.trim().is_empty())
}

/// Letters and digits only, folded: `B/L No.` is `blno`, `Désignation` is `designation`, `goodsItems` is `goodsitems`.
pub(super) fn folded(name: &str) -> String {
    joined(&loose_key(name))
}

/// The field that was probably meant by a name that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    pub name: &'static str,
    /// It says what the goods are, or how much there is.
    pub holds_goods: bool,
}

/// Letters that may differ between a name and a field that is meant.
const MAX_SLIPS: usize = 2;

/// What `name` probably means; among fields of equal closeness one of `known`, the fields of the object it stands in.
pub(super) fn meant(name: &str, known: &[&'static str]) -> Option<Meant> {
    let own = folded(name);
    if own.is_empty() {
        return None;
    }
    let goods = || fields::GOODS.iter().map(|field| field.name());
    let by_letters = known.iter().copied().chain(goods()).find(|field| folded(field) == own);
    let near = || {
        // A short name is near to everything.
        let slips = if own.len() >= 8 { MAX_SLIPS } else { usize::from(own.len() >= 5) };
        let distance = |field: &&'static str| strsim::osa_distance(&folded(field), &own);
        known.iter().copied().chain(goods()).filter(|field| distance(field) <= slips).min_by_key(distance)
    };
    let name = by_letters.or_else(|| column(name)).or_else(near)?;
    Some(Meant { name, holds_goods: goods().any(|field| field == name) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse::COLUMNS;

    #[test]
    fn names_in_many_languages() {
        for (name, expected) in [
            ("B/L No.", "bill_of_lading"),
            ("Désignation des marchandises", "description"),
            ("Descripción", "description"),
            ("Descrição da mercadoria", "description"),
            ("Bruttogewicht (kg)", "gross_mass_kg"),
            ("品名", "description"),
            ("原产国", "origin"),
            ("Poids brut KG", "gross_mass_kg"),
            ("Consignee", "consignee_name"),
            ("Nº de bultos", "n_packages"),
        ] {
            assert_eq!(column(name), Some(expected), "{name}");
        }
        assert_eq!(column("Colour"), None);
        assert_eq!(column(""), None);
    }

    #[test]
    fn a_key_that_is_not_ours_is_told_what_it_means() {
        let of_bill = ["bill_of_lading", "goods_items", "parties", "ucr"];
        for (key, name, holds_goods) in [
            ("goodsItems", "goods_items", true),
            ("items", "goods_items", true),
            ("Descripton", "description", true),
            ("desc", "description", true),
            ("countryOfOrigin", "origin", true),
            ("billOfLading", "bill_of_lading", false),
            ("partie", "parties", false),
        ] {
            assert_eq!(meant(key, &of_bill), Some(Meant { name, holds_goods }), "{key}");
        }
        for key in ["colour", "x", "", "our_reference"] {
            assert_eq!(meant(key, &of_bill), None, "{key}");
        }
    }

    #[test]
    fn no_name_means_two_things_and_every_column_is_one() {
        let mut seen = std::collections::BTreeMap::new();
        for (column, names) in rows() {
            assert!(COLUMNS.contains(&column) || fields::GOODS.iter().any(|field| field.name() == column), "{column}");
            for name in names {
                assert!(!folded(&name).is_empty(), "{column} {name}");
                let other = seen.insert(folded(&name), column);
                assert!(other.is_none_or(|other| other == column), "{name} is {column} and {other:?}");
            }
        }
    }
}
