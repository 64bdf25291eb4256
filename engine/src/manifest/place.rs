//! Where a value stands in the canonical manifest, whatever format it came in.
//!
//! In: the index of a consignment and steps of the table of fields ([`super::fields`]). Out: a [`Place`], compared and
//! kept as it is, and written as a JSON pointer only when somebody looks. A row, a segment or an XML path is where it
//! stood in the *file*; a fault says that beside the place.

use std::fmt;
use std::str::FromStr;

use super::fields::{self, Field};

/// Steps of the longest place: `/goods_items/0/documents/1/number`.
const MAX_STEPS: usize = 3;

/// A place: of the manifest's head, or of one consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Place {
    /// Index of the consignment in its manifest; `None` = the head.
    bill: Option<u32>,
    steps: [Option<Step>; MAX_STEPS],
}

/// A field, and which entry of it when it is a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Step {
    field: Field,
    n: Option<u32>,
}

impl Place {
    /// The head of a manifest.
    pub const HEAD: Self = Self { bill: None, steps: [None; MAX_STEPS] };

    /// The consignment number `n` of its manifest.
    pub fn bill(n: usize) -> Self {
        Self { bill: Some(index(n)), ..Self::HEAD }
    }

    /// A field of what this place is.
    #[must_use]
    pub fn field(self, field: Field) -> Self {
        self.step(Step { field, n: None })
    }

    /// Entry `n` of a list of what this place is.
    #[must_use]
    pub fn entry(self, field: Field, n: usize) -> Self {
        self.step(Step { field, n: Some(index(n)) })
    }

    /// Entry `n` of the list that this place is.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        if let Some(last) = self.steps.iter_mut().rev().flatten().next() {
            last.n = Some(index(n));
        }
        self
    }

    /// A goods item of a consignment.
    #[must_use]
    pub fn item(self, n: usize) -> Self {
        self.entry(fields::consignment::goods_items, n)
    }

    /// A place deeper than any field stays where the deepest is: nothing of the canonical form is deeper.
    fn step(mut self, step: Step) -> Self {
        if let Some(free) = self.steps.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(step);
        }
        self
    }

    /// True for that field of a manifest or consignment, or something within it.
    pub fn is_of(&self, field: Field) -> bool {
        self.steps.first().copied().flatten().is_some_and(|step| step.field == field)
    }

    /// True for a goods item, or something within one.
    pub fn is_of_item(&self) -> bool {
        self.is_of(fields::consignment::goods_items)
    }

    /// The same place in goods item `n`, if it is one within a goods item.
    #[must_use]
    pub fn at_item(mut self, n: usize) -> Self {
        if self.is_of_item()
            && let Some(Some(step)) = self.steps.first_mut()
        {
            step.n = Some(index(n));
        }
        self
    }

    /// Index of the consignment; `None` = the head, which concerns all of them.
    pub fn consignment(&self) -> Option<usize> {
        self.bill.map(|n| n as usize)
    }

    /// The same place in consignment `n`.
    #[must_use]
    pub fn within(self, n: usize) -> Self {
        Self { bill: Some(index(n)), ..self }
    }

    /// The same place without saying in which consignment.
    #[must_use]
    pub fn in_bill(self) -> Self {
        Self { bill: None, ..self }
    }

    /// True for the head or the consignment as a whole.
    pub fn is_whole(&self) -> bool {
        self.steps.iter().all(Option::is_none)
    }

    /// The JSON pointer within the consignment (within the manifest, for the head).
    pub fn pointer(&self) -> String {
        self.in_bill().to_string()
    }
}

/// The country in the address of party `n` of a consignment.
pub(super) fn country_of_party(n: usize) -> Place {
    Place::HEAD.entry(fields::consignment::parties, n).field(fields::party::address).field(fields::address::country)
}

fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The JSON pointer within the manifest.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(bill) = self.bill {
            write!(f, "/consignments/{bill}")?;
        }
        for step in self.steps.iter().flatten() {
            write!(f, "/{}", step.field.name())?;
            if let Some(n) = step.n {
                write!(f, "/{n}")?;
            }
        }
        Ok(())
    }
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
            let (field, inner) = fields::find(object.ok_or_else(error)?, name).ok_or_else(error)?;
            let n = pieces.peek().and_then(|text| text.parse::<u32>().ok());
            if n.is_some() {
                pieces.next();
            }
            place = place.step(Step { field, n });
            object = inner;
        }
        if pieces.next().is_none() { Ok(place) } else { Err(error()) }
    }
}

impl serde::Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Place {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Place".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^/" })
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
