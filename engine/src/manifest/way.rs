//! Where the reader of a document stands; a place only when a fault asks for it.
//!
//! In: steps on the way down, each on the stack of the one who reads it. Out: a [`Place`]. Nearly no value has a fault, so
//! nearly no place is made.

use super::field::Field;
use super::place::Place;

/// The way to a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<'w> {
    /// The head of the manifest.
    Head,
    /// A consignment.
    Bill(usize),
    /// A field of what stands there.
    Field(&'w Way<'w>, Field),
    /// An entry of the list that stands there.
    Nth(&'w Way<'w>, usize),
}

impl Way<'_> {
    /// A field of what stands here.
    pub fn field(&self, field: Field) -> Way<'_> {
        Way::Field(self, field)
    }

    /// The place that it leads to.
    pub fn place(&self) -> Place {
        match self {
            Self::Head => Place::HEAD,
            Self::Bill(n) => Place::bill(*n),
            Self::Field(way, field) => way.place().field(*field),
            Self::Nth(way, n) => way.place().nth(*n),
        }
    }
}
