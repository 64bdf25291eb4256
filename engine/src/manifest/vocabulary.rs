//! What people call the canonical fields: names of columns, and keys of JSON that are not ours.
//!
//! In: a name as it stands in a file. Out: the canonical column that it means, or the field that was probably meant.
//! The words and what they mean together are tables (`header_words.rs`, `header_meanings.rs`, `total_words.rs`).

use super::fields;
use super::header_meanings::meaning;
use super::header_words::{is_list, words};

pub(super) use super::header_meanings::{Meaning, Strength, Under};
pub(super) use super::header_words::{folded, is_price};
pub(super) use super::total_words::{is_total, may_be_total};

/// The canonical column that a header means, how surely, and the unit that it states.
pub(super) fn header(name: &str) -> Option<Meaning> {
    meaning(name)
}

/// Bytes of a label at most.
const MAX_LABEL_BYTES: usize = 240;

/// Is every word of it one that stands in headers?
pub(super) fn is_label(text: &str) -> bool {
    let words = if text.len() <= MAX_LABEL_BYTES { words(text) } else { Vec::new() };
    !words.is_empty() && words.iter().all(|word| !word.is_unknown())
}

/// The canonical column that a name means by its words alone.
pub(super) fn column(name: &str) -> Option<&'static str> {
    meaning(name).filter(|meaning| meaning.strength > Strength::Vague).map(|meaning| meaning.column)
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
    let of_list = || is_list(name).then_some(fields::consignment::goods_items.name());
    let name = by_letters.or_else(of_list).or_else(|| column(name)).or_else(near)?;
    Some(Meant { name, holds_goods: goods().any(|field| field == name) })
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
