//! The one table of the canonical fields.
//!
//! Every object of the canonical manifest stands here once: names, types, meanings, units. From it come the types, the
//! tolerant reading of JSON ([`super::canon`]), the JSON Schema, the names of places and the writing. A field added here
//! is added everywhere. Field order is the order of the JSON output. A missing figure is `None`, a declared zero is
//! `Some(0)`.

use schemars::JsonSchema;
use serde::de::{Deserializer, MapAccess};
use serde::{Deserialize, Serialize};

use super::canon::{self, Canon, Cx, Draft};
use super::fault::Severity;
use super::limits;
use super::place::Place;
use super::types::{DocumentKind, Function, Location, Moment, PartyRole, Procedure};
use crate::codes::{CountryCode, Date, HsCode};

/// Name of a field of the canonical form. Only this table makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Field(&'static str);

impl Field {
    /// As written in JSON.
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// The field `name` of the object type `object`, and the object type that it holds, if it holds one.
pub fn find(object: &str, name: &str) -> Option<(Field, Option<&'static str>)> {
    let (_, fields) = OBJECTS.iter().find(|(known, _)| *known == object)?;
    fields.iter().find(|(field, _)| field.0 == name).copied()
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
    fn checked(self, _cx: &mut Cx, _at: Place) -> Option<Self> {
        Some(self)
    }
}

macro_rules! objects {
    ($(
        $(#[$about:meta])*
        $object:ident $module:ident {
            $( $(#[$meta:meta])* $field:ident : $ty:ty, )*
        }
    )*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $object { $( $(#[$meta])* pub $field: $ty, )* }

            #[doc = concat!("Fields of [`", stringify!($object), "`].")]
            #[allow(non_upper_case_globals, dead_code, reason = "named as the fields are; not every place is asked for")]
            pub mod $module {
                use super::Field;
                $(
                    #[doc = concat!("`", stringify!($field), "`")]
                    pub const $field: Field = Field(stringify!($field));
                )*

                /// What has been read of one, and which fields stood there.
                #[derive(Default)]
                pub(in crate::manifest) struct Draft {
                    $( pub(super) $field: (Option<super::shapes::$module::$field>, bool), )*
                }
            }

            impl Draft for $module::Draft {
                type Of = $object;
                const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

                fn take<'de, A: MapAccess<'de>>(
                    &mut self,
                    name: &str,
                    map: &mut A,
                    cx: &mut Cx,
                    at: Place,
                ) -> Result<bool, A::Error> {
                    match name {
                        $( stringify!($field) => {
                            let (slot, seen) = &mut self.$field;
                            canon::slot(slot, seen, map, cx, at.field($module::$field))?;
                        } )*
                        _ => return Ok(false),
                    }
                    Ok(true)
                }

                fn done(self, cx: &mut Cx, at: Place) -> Option<Self::Of> {
                    $(
                        let $field = match self.$field.0.or_else(<$ty as Canon>::absent) {
                            Some(value) => value,
                            None => {
                                // What stood there and was not read has its fault already.
                                if !self.$field.1 {
                                    let at = at.field($module::$field);
                                    cx.fault("missing", Severity::Lost, at, "nothing", concat!("`", stringify!($field), "`"));
                                }
                                return None;
                            }
                        };
                    )*
                    $object { $($field),* }.checked(cx, at)
                }
            }
        )*

        /// Types of the fields, for the drafts.
        mod shapes {
            $( #[allow(non_camel_case_types)] pub mod $module {
                #[allow(unused_imports)]
                use super::super::*;
                $( pub type $field = $ty; )*
            } )*
        }

        /// Every object: its fields, and the object type that a field holds.
        const OBJECTS: &[(&str, &[(Field, Option<&str>)])] = &[
            $( (stringify!($object), &[ $( ($module::$field, <$ty as Canon>::OBJECT) ),* ]), )*
        ];
    };
}

/// Objects whose entries need nothing of their own.
macro_rules! plain {
    ($($object:ident $module:ident),*) => {$(
        impl Canon for $object {
            const MOST: usize = <Self as Whole>::MOST;
            const OBJECT: Option<&'static str> = Some(stringify!($object));

            fn read<'de, D: Deserializer<'de>>(from: D, cx: &mut Cx, at: Place) -> Result<Option<Self>, D::Error> {
                canon::object::<$module::Draft, D>(from, cx, at)
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

objects! {
    /// One transport document set of one voyage, or a part of it (long files are read in parts with the same head).
    #[derive(Default)]
    Manifest manifest {
        /// Reference that the sender gave. Together with sender and function it is the key of the manifest.
        #[serde(default)]
        reference: String,
        /// Format it was read from, such as `json/1`.
        #[serde(default)]
        format: String,
        /// Who sent it, where the format says so.
        sender: Option<String>,
        /// What the message does to an earlier one of the same reference.
        #[serde(default)]
        function: Function,
        /// When it was sent.
        sent_at: Option<Moment>,
        /// Customs office it is addressed to.
        office: Option<String>,
        /// The carrier.
        carrier: Option<Carrier>,
        /// The ship, aircraft or vehicle.
        transport_means: Option<TransportMeans>,
        /// Where and when the voyage starts.
        departure: Option<Call>,
        /// Where and when it arrives.
        arrival: Option<Call>,
        /// Totals as the sender states them.
        totals: Option<Totals>,
        /// Transport equipment (containers) of the voyage.
        #[serde(default)]
        equipment: Vec<Equipment>,
        /// The consignments.
        consignments: Vec<Consignment>,
        /// What the canonical form does not carry, with its place.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unmapped: Vec<Unmapped>,
    }

    /// The carrier.
    #[derive(Default, Eq)]
    Carrier carrier {
        /// Standard Carrier Alpha Code.
        scac: Option<String>,
        /// Name.
        name: Option<String>,
    }

    /// The means of transport.
    #[derive(Default, Eq)]
    TransportMeans transport_means {
        /// 1 sea, 2 rail, 3 road, 4 air (UNECE Recommendation 19).
        mode: Option<u8>,
        /// IMO ship number, as declared.
        imo: Option<String>,
        /// Name.
        name: Option<String>,
        /// Flag State.
        flag: Option<CountryCode>,
        /// Voyage or flight number.
        voyage: Option<String>,
    }

    /// A place on the voyage and when it is reached.
    #[derive(Default, Eq)]
    Call call {
        /// Place.
        unlocode: Option<Location>,
        /// When.
        at: Option<Moment>,
    }

    /// Totals as stated.
    #[derive(Default)]
    Totals totals {
        /// Bills.
        n_consignments: Option<u64>,
        /// Packages.
        n_packages: Option<u64>,
        /// Containers.
        n_containers: Option<u64>,
        /// Gross mass, kg.
        #[schemars(range(min = 0.0))]
        gross_mass_kg: Option<f64>,
    }

    /// One container or other piece of transport equipment.
    #[derive(Default)]
    Equipment equipment {
        /// Number as declared (ISO 6346 for containers).
        container: String,
        /// ISO 6346 size-type, such as `22G1`.
        size_type: Option<String>,
        /// `empty`, `part`, `full`, `mixed`.
        fullness: Option<String>,
        /// Tare, kg.
        #[schemars(range(min = 0.0))]
        tare_kg: Option<f64>,
        /// Verified gross mass (SOLAS), kg.
        #[schemars(range(min = 0.0))]
        vgm_kg: Option<f64>,
        /// Seals.
        #[serde(default)]
        seals: Vec<Seal>,
    }

    /// A seal.
    #[derive(Default, Eq)]
    Seal seal {
        /// Number.
        number: String,
        /// Who set it: `CA` carrier, `SH` shipper, `CU` customs.
        party: Option<String>,
    }

    /// What one transport document covers.
    #[derive(Default)]
    Consignment consignment {
        /// Line number in the manifest.
        line: Option<u64>,
        /// Bill of lading or air waybill: the name of the consignment.
        bill_of_lading: String,
        /// `master` or `house`.
        bill_level: Option<String>,
        /// Master bill of a house bill.
        master_bill: Option<String>,
        /// Unique consignment reference.
        ucr: Option<String>,
        /// Customs procedure asked for.
        procedure: Option<Procedure>,
        /// Places of the carriage.
        #[serde(default)]
        places: Places,
        /// Countries passed, in order.
        #[serde(default)]
        routing: Vec<CountryCode>,
        /// Parties by role.
        #[serde(default)]
        parties: Vec<Party>,
        /// Gross mass, kg.
        #[schemars(range(min = 0.0))]
        gross_mass_kg: Option<f64>,
        /// Packages.
        n_packages: Option<u64>,
        /// Declared value.
        value: Option<Money>,
        /// Documents that cover the whole consignment.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        documents: Vec<Document>,
        /// The goods.
        goods_items: Vec<GoodsItem>,
        /// Texts that were normalised, as they stood: place in the consignment and the original.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        originals: Vec<Original>,
    }

    /// A text as it stood before it was normalised.
    #[derive(Eq)]
    Original original {
        /// JSON pointer within the consignment.
        at: Place,
        /// The text.
        text: String,
    }

    /// Something that the canonical form does not carry.
    #[derive(Eq)]
    Unmapped unmapped {
        /// Place in the source: JSON pointer, XML path, segment number, row and column.
        at: String,
        /// What stood there.
        found: String,
        /// Index of the consignment it stood in; absent = the head, or not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consignment: Option<usize>,
    }

    /// Places of the carriage.
    #[derive(Default, Eq)]
    Places places {
        /// First port of the sea leg.
        original_loading: Option<Location>,
        /// Port of loading on this means of transport.
        loading: Option<Location>,
        /// Port of transhipment.
        transhipment: Option<Location>,
        /// Port of discharge.
        discharge: Option<Location>,
        /// Place of delivery.
        delivery: Option<Location>,
        /// Final destination.
        final_destination: Option<Location>,
    }

    /// A party.
    #[derive(Eq)]
    Party party {
        /// Role.
        role: PartyRole,
        /// Identifier (tax or trader number).
        id: Option<String>,
        /// Name as declared. `TO ORDER` is a value, not a company.
        #[serde(default)]
        name: String,
        /// Address.
        address: Option<Address>,
        /// Telephone, mail and other contacts.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        contacts: Vec<String>,
    }

    /// An address.
    #[derive(Default, Eq)]
    Address address {
        /// Street and number, or all lines where the source does not split them.
        street: Option<String>,
        /// City.
        city: Option<String>,
        /// Province or State.
        #[serde(skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// Postcode.
        postcode: Option<String>,
        /// Country.
        country: Option<CountryCode>,
    }

    /// An amount of money. The amount stays text, so that nothing is rounded.
    #[derive(Eq)]
    Money money {
        /// Decimal amount.
        amount: String,
        /// ISO 4217 currency.
        currency: Option<String>,
        /// What it values: `customs`, `statistical`, `invoice`, `freight`.
        kind: Option<String>,
    }

    /// One line of a consignment.
    #[derive(Default)]
    GoodsItem goods_item {
        /// Number of the item.
        item: Option<u64>,
        /// HS code as declared.
        hs_code: Option<HsCode>,
        /// HS edition (2012, 2017, 2022).
        hs_edition: Option<u16>,
        /// Description of the goods, as declared.
        description: String,
        /// Declared scientific name.
        scientific_name: Option<String>,
        /// Declared common name.
        common_name: Option<String>,
        /// Declared country of origin.
        origin: Option<CountryCode>,
        /// Packages.
        #[serde(default)]
        packages: Vec<Packages>,
        /// Gross mass, kg.
        #[schemars(range(min = 0.0))]
        gross_mass_kg: Option<f64>,
        /// Net mass, kg.
        #[schemars(range(min = 0.0))]
        net_mass_kg: Option<f64>,
        /// Volume, m³.
        #[schemars(range(min = 0.0))]
        volume_m3: Option<f64>,
        /// Other quantity with its unit, such as 55 pieces.
        #[serde(skip_serializing_if = "Option::is_none")]
        quantity: Option<Quantity>,
        /// Value of this item.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<Money>,
        /// Containers it is in.
        #[serde(default)]
        in_containers: Vec<InContainer>,
        /// Documents declared for it.
        #[serde(default)]
        documents: Vec<Document>,
    }

    /// A quantity with its unit as declared.
    Quantity quantity {
        /// Amount.
        #[schemars(range(min = 0.0))]
        amount: f64,
        /// Unit as declared.
        unit: String,
    }

    /// Packages of one kind.
    #[derive(Default, Eq)]
    Packages packages {
        /// How many.
        n: Option<u64>,
        /// UNECE Recommendation 21 code, as declared.
        kind: Option<String>,
        /// Marks and numbers.
        marks: Option<String>,
    }

    /// A container that holds some of an item.
    #[derive(Default, Eq)]
    InContainer in_container {
        /// Container number.
        container: String,
        /// How many packages of the item are in it.
        n_packages: Option<u64>,
    }

    /// A document that the declarant cites.
    #[derive(Default)]
    Document document {
        /// UN/EDIFACT 1001 or national code, as declared.
        code: Option<String>,
        /// What it is.
        #[serde(default)]
        kind: DocumentKind,
        /// Number as declared.
        number: Option<String>,
        /// Day of issue.
        #[schemars(with = "Option<String>", extend("format" = "date"))]
        issued_on: Option<Date>,
        /// Last day of validity.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>", extend("format" = "date"))]
        expires_on: Option<Date>,
        /// Country that issued it.
        country: Option<CountryCode>,
        /// Authority that issued it.
        #[serde(skip_serializing_if = "Option::is_none")]
        issuing_authority: Option<String>,
        /// Holder (exporter) named on it.
        #[serde(skip_serializing_if = "Option::is_none")]
        holder: Option<String>,
        /// Importer named on it.
        #[serde(skip_serializing_if = "Option::is_none")]
        importer: Option<String>,
        /// Taxon named on it.
        #[serde(skip_serializing_if = "Option::is_none")]
        taxon: Option<String>,
        /// Quantity on it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0.0))]
        quantity: Option<f64>,
        /// Unit of the quantity.
        #[serde(skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// CITES source code.
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// CITES purpose code.
        #[serde(skip_serializing_if = "Option::is_none")]
        purpose: Option<String>,
        /// Country of origin on it.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<CountryCode>,
        /// Security stamp.
        #[serde(skip_serializing_if = "Option::is_none")]
        security_stamp: Option<String>,
        /// Transport document named on it (box 15).
        #[serde(skip_serializing_if = "Option::is_none")]
        transport_document: Option<String>,
        /// Remarks, such as an extension or a reason for retrospective issue.
        #[serde(skip_serializing_if = "Option::is_none")]
        remarks: Option<String>,
    }
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
    fn checked(self, cx: &mut Cx, at: Place) -> Option<Self> {
        if self.amount.is_empty() {
            return None;
        }
        if self.number().is_none() {
            cx.fault(
                "not_an_amount",
                Severity::Lost,
                at.field(money::amount),
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

    fn checked(self, cx: &mut Cx, at: Place) -> Option<Self> {
        if self.bill_of_lading.is_empty() {
            let at = at.field(consignment::bill_of_lading);
            cx.fault("missing", Severity::Lost, at, "nothing", "a bill of lading number");
        }
        Some(self)
    }
}

/// A consignment keeps its own faults, originals and unmapped values.
impl Canon for Consignment {
    const MOST: usize = <Self as Whole>::MOST;
    const OBJECT: Option<&'static str> = Some("Consignment");

    fn read<'de, D: Deserializer<'de>>(from: D, cx: &mut Cx, at: Place) -> Result<Option<Self>, D::Error> {
        let head = cx.open_bill(at);
        let mut read = canon::object::<consignment::Draft, D>(from, cx, at)?;
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

    fn nth(_: Place, n: usize) -> Place {
        Place::bill(n)
    }
}

/// Fields that say what the goods are or how much there is: a value under another name is lost with them.
pub const GOODS: &[Field] = &[
    consignment::goods_items,
    goods_item::description,
    goods_item::scientific_name,
    goods_item::common_name,
    goods_item::hs_code,
    goods_item::origin,
    goods_item::gross_mass_kg,
    goods_item::net_mass_kg,
    goods_item::volume_m3,
    goods_item::quantity,
    consignment::n_packages,
    goods_item::packages,
];

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
