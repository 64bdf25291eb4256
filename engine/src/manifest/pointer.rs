//! Places that the table of fields knows: of goods items and parties, and those that a JSON pointer leads to.
//!
//! In: a pointer within a consignment, such as `/goods_items/0/origin`. Out: a [`Place`], or an error where the canonical
//! form has no such field.

use std::str::FromStr;

use super::drafts;
use super::fields::{address, consignment, party};
use super::place::{MAX_STEPS, Place};

impl Place {
    /// A goods item of a consignment.
    #[must_use]
    pub fn item(self, n: usize) -> Self {
        self.entry(consignment::goods_items, n)
    }

    /// True for a goods item, or something within one.
    pub fn is_of_item(&self) -> bool {
        self.is_of(consignment::goods_items)
    }

    /// The same place in goods item `n`, if it is one within a goods item.
    #[must_use]
    pub fn at_item(mut self, n: usize) -> Self {
        if self.is_of_item() {
            self.renumber(n);
        }
        self
    }
}

/// The country in the address of party `n` of a consignment.
pub(super) fn country_of_party(n: usize) -> Place {
    Place::HEAD.entry(consignment::parties, n).field(party::address).field(address::country)
}

/// The text is no place of the canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no place of a consignment, such as `/goods_items/0/origin`")]
pub struct PlaceError(String);

/// Reads a JSON pointer within a consignment, as `originals` have it.
impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let error = || PlaceError(text.chars().take(120).collect());
        let mut place = Self::HEAD;
        let mut object = Some("Consignment");
        let mut pieces = text.strip_prefix('/').ok_or_else(error)?.split('/').peekable();
        for _ in 0..MAX_STEPS {
            let Some(name) = pieces.next() else { return Ok(place) };
            let (field, inner) = drafts::find(object.ok_or_else(error)?, name).ok_or_else(error)?;
            place = match pieces.next_if(|text| text.parse::<u32>().is_ok()).and_then(|text| text.parse().ok()) {
                Some(n) => place.entry(field, n),
                None => place.field(field),
            };
            object = inner;
        }
        if pieces.next().is_none() { Ok(place) } else { Err(error()) }
    }
}

impl<'de> serde::Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::fields::{address, consignment, document, goods_item, party};

    #[test]
    fn a_place_is_written_and_read_as_a_pointer() {
        let item = Place::HEAD.item(3);
        for (place, pointer) in [
            (item.field(goods_item::origin), "/goods_items/3/origin"),
            (item.entry(goods_item::documents, 1).field(document::number), "/goods_items/3/documents/1/number"),
            (
                Place::HEAD.entry(consignment::parties, 0).field(party::address).field(address::country),
                "/parties/0/address/country",
            ),
            (Place::HEAD.entry(consignment::routing, 2), "/routing/2"),
        ] {
            assert_eq!(place.to_string(), pointer);
            assert_eq!(pointer.parse(), Ok(place));
        }
        assert_eq!(item.within(7).field(goods_item::item).to_string(), "/consignments/7/goods_items/3/item");
        for wrong in ["origin", "/goods_items/0/colour", "/goods_items/0/origin/0/name", "", "/ucr/name"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
