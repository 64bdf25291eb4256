//! How each object of the table of fields is read: its draft, what may be missing, and a last look at the whole.
//!
//! In: the table ([`super::fields`]). Out: a [`Draft`] and [`Canon`] for each object, and the way from an object to the
//! objects that its fields hold ([`find`]). Not here: how single values are read (`canon.rs`).

use super::canon::{self, Canon, Cx, Draft};
use super::fault::Severity;
use super::fields::*;
use super::json::{Broken, Json};
use super::limits;
use super::place::Place;
use super::types::{DocumentKind, Function, Location, Moment, PartyRole, Procedure};
use super::way::Way;
use crate::codes::{CountryCode, Date, HsCode};

/// The field `name` of the object type `object`, and the object type that it holds, if it holds one.
pub(super) fn find(object: &str, name: &str) -> Option<(Field, Option<&'static str>)> {
    let (_, fields) = OBJECTS.iter().find(|(known, _)| *known == object)?;
    fields.iter().find(|(field, _)| field.name() == name).copied()
}

/// What an object may say beyond its fields.
pub(super) trait Whole: Sized {
    /// Entries of a list of these that are read.
    const MOST: usize = limits::MAX_LIST;

    /// What stands for an entry that could not be read.
    fn hollow() -> Option<Self> {
        None
    }

    /// What a field of this type is where it is not there; `None`: nothing.
    fn empty() -> Option<Self> {
        None
    }

    /// A last look when all fields are read; `None`: it cannot stand.
    fn checked(self, _cx: &mut Cx, _at: &Way<'_>) -> Option<Self> {
        Some(self)
    }
}

macro_rules! drafts {
    ($(
        $(#[$about:meta])*
        $object:ident $module:ident {
            $( $(#[$meta:meta])* $field:ident : $ty:ty, )*
        }
    )*) => {
        /// What has been read of each object, and which fields stood there.
        pub(super) mod draft {
            $(
                pub(in crate::manifest) mod $module {
                    #[allow(unused_imports, reason = "not every object holds every type")]
                    use super::super::*;

                    #[derive(Default)]
                    pub(in crate::manifest) struct Draft {
                        $( pub(in crate::manifest::drafts) $field: (Option<$ty>, bool), )*
                    }
                }
            )*
        }

        $(
            impl Draft for draft::$module::Draft {
                type Of = $object;
                const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];
                const KEYS: &'static [&'static str] = &[$(concat!(stringify!($field), "\":")),*];

                fn take(&mut self, n: usize, json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<(), Broken> {
                    #[allow(non_camel_case_types, clippy::enum_variant_names, reason = "named as the fields are")]
                    enum Nth { $($field),* }
                    match n {
                        $( n if n == Nth::$field as usize => {
                            let (slot, seen) = &mut self.$field;
                            canon::slot(slot, seen, json, cx, &at.field($module::$field))
                        } )*
                        _ => Ok(()),
                    }
                }

                fn done(self, cx: &mut Cx, at: &Way<'_>) -> Option<Self::Of> {
                    $(
                        let $field = match self.$field.0.or_else(<$ty as Canon>::absent) {
                            Some(value) => value,
                            None => {
                                // What stood there and was not read has its fault already.
                                if !self.$field.1 {
                                    let at = at.field($module::$field);
                                    cx.fault("missing", Severity::Lost, &at, "nothing", concat!("`", stringify!($field), "`"));
                                }
                                return None;
                            }
                        };
                    )*
                    $object { $($field),* }.checked(cx, at)
                }
            }
        )*

        /// Every object: its fields, and the object type that a field holds.
        const OBJECTS: &[(&str, &[(Field, Option<&str>)])] = &[
            $( (stringify!($object), &[ $( ($module::$field, <$ty as Canon>::OBJECT) ),* ]), )*
        ];
    };
}

canonical!(drafts);

/// Objects whose entries need nothing of their own.
macro_rules! plain {
    ($($object:ident $module:ident),*) => {$(
        impl Canon for $object {
            const MOST: usize = <Self as Whole>::MOST;
            const OBJECT: Option<&'static str> = Some(stringify!($object));

            fn read(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<Self>, Broken> {
                canon::object::<draft::$module::Draft>(json, cx, at)
            }

            fn absent() -> Option<Self> {
                <Self as Whole>::empty()
            }

            fn hollow() -> Option<Self> {
                <Self as Whole>::hollow()
            }
        }
    )*};
}

plain! {
    Manifest manifest, Carrier carrier, TransportMeans transport_means, Call call, Totals totals, Equipment equipment,
    Seal seal, Original original, Unmapped unmapped, Places places, Party party, Address address, Money money,
    GoodsItem goods_item, Quantity quantity, Packages packages, InContainer in_container, Document document
}

impl Whole for Manifest {}
impl Whole for Carrier {}
impl Whole for TransportMeans {}
impl Whole for Call {}
impl Whole for Totals {}
impl Whole for Seal {}
impl Whole for Original {}
impl Whole for Party {}
impl Whole for Address {}
impl Whole for Quantity {}
impl Whole for Packages {}
impl Whole for Document {}

impl Whole for Unmapped {
    const MOST: usize = limits::MAX_UNMAPPED;
}

impl Whole for Equipment {
    const MOST: usize = limits::MAX_EQUIPMENT;
}

impl Whole for InContainer {
    const MOST: usize = limits::MAX_EQUIPMENT;
}

impl Whole for Places {
    fn empty() -> Option<Self> {
        Some(Self::default())
    }
}

impl Whole for Money {
    fn checked(self, cx: &mut Cx, at: &Way<'_>) -> Option<Self> {
        if self.amount.is_empty() {
            return None;
        }
        if self.number().is_none() {
            cx.fault(
                "not_an_amount",
                Severity::Lost,
                &at.field(money::amount),
                &self.amount,
                "a decimal amount as text",
            );
        }
        Some(self)
    }
}

impl Whole for GoodsItem {
    const MOST: usize = limits::MAX_GOODS_ITEMS;

    fn hollow() -> Option<Self> {
        Some(Self::default())
    }
}

impl Whole for Consignment {
    const MOST: usize = limits::MAX_CONSIGNMENTS;

    /// One that could not be read still has an answer.
    fn hollow() -> Option<Self> {
        Some(Self::default())
    }

    fn checked(self, cx: &mut Cx, at: &Way<'_>) -> Option<Self> {
        if self.bill_of_lading.is_empty() {
            let at = at.field(consignment::bill_of_lading);
            cx.fault("missing", Severity::Lost, &at, "nothing", "a bill of lading number");
        }
        Some(self)
    }
}

/// A consignment keeps its own faults, originals and unmapped values.
impl Canon for Consignment {
    const MOST: usize = <Self as Whole>::MOST;
    const OBJECT: Option<&'static str> = Some("Consignment");

    fn read(json: &mut Json<'_>, cx: &mut Cx, at: &Way<'_>) -> Result<Option<Self>, Broken> {
        let head = cx.open_bill(at.place());
        let mut read = canon::object::<draft::consignment::Draft>(json, cx, at)?;
        let own = cx.close_bill(head);
        if let Some(consignment) = &mut read {
            consignment.originals.extend(own);
        }
        Ok(read)
    }

    fn absent() -> Option<Self> {
        None
    }

    fn hollow() -> Option<Self> {
        <Self as Whole>::hollow()
    }

    fn nth<'w>(_: &'w Way<'w>, n: usize) -> Way<'w> {
        Way::Bill(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_found_by_the_fields_that_hold_it() {
        let (field, inner) = find("Consignment", "goods_items").unwrap();
        assert_eq!((field, inner), (consignment::goods_items, Some("GoodsItem")));
        for (object, fields) in OBJECTS {
            for (field, inner) in *fields {
                assert!(inner.is_none_or(|inner| OBJECTS.iter().any(|(name, _)| *name == inner)), "{object} {field:?}");
            }
        }
    }
}
