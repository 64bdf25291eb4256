//! The one table of the canonical fields.
//!
//! Every object of the canonical manifest stands here once: names, types, meanings, units. From it come the types and the
//! names of places (here), the tolerant reading of JSON ([`super::drafts`]), the JSON Schema and the writing. A field added
//! here is added everywhere. Field order is the order of the JSON output. A missing figure is `None`, a declared zero is
//! `Some(0)`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::field::Field;
use super::place::Place;
use super::types::{DocumentKind, Function, Location, Moment, PartyRole, Procedure};
use crate::codes::{CountryCode, Date, HsCode};

/// Hands the table to a macro: a row for each object, with the module of its fields.
macro_rules! canonical {
    ($take:ident) => {
        $take! {
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
            /// Carrier as declared.
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
            /// Bills of lading or other transport documents, one consignment each.
            consignments: Vec<Consignment>,
            /// What the canonical form does not carry, with its place.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            unmapped: Vec<Unmapped>,
        }

        /// The carrier that runs the voyage.
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
            /// Flag State (ISO 3166-1 alpha-2).
            flag: Option<CountryCode>,
            /// Voyage or flight number.
            voyage: Option<String>,
        }

        /// A place on the voyage and when it is reached.
        #[derive(Default, Eq)]
        Call call {
            /// Place (UN/LOCODE), as declared.
            unlocode: Option<Location>,
            /// Day, or day and time, as declared.
            at: Option<Moment>,
        }

        /// Totals as stated.
        #[derive(Default)]
        Totals totals {
            /// Number of bills.
            n_consignments: Option<u64>,
            /// Number of packages.
            n_packages: Option<u64>,
            /// Number of containers.
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
            /// Mass of the empty container, kg.
            #[schemars(range(min = 0.0))]
            tare_kg: Option<f64>,
            /// Verified gross mass (SOLAS), kg.
            #[schemars(range(min = 0.0))]
            vgm_kg: Option<f64>,
            /// Seals on it when it was declared.
            #[serde(default)]
            seals: Vec<Seal>,
        }

        /// A seal and who put it on.
        #[derive(Default, Eq)]
        Seal seal {
            /// Number as it stands on the seal.
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
            /// Number of packages.
            n_packages: Option<u64>,
            /// Value declared for the whole bill.
            value: Option<Money>,
            /// What the carriage costs.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            freight: Option<Money>,
            /// Documents that cover the whole consignment.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            documents: Vec<Document>,
            /// Goods items, in the order declared.
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
            /// The text as it stood in the source.
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
            /// Place or country where the goods end their way.
            final_destination: Option<Location>,
        }

        /// A person or firm with a part in the consignment.
        #[derive(Eq)]
        Party party {
            /// What it does: consignor, consignee, notify party, and so on.
            role: PartyRole,
            /// Identifier (tax or trader number).
            id: Option<String>,
            /// Name as declared. `TO ORDER` is a value, not a company.
            #[serde(default)]
            name: String,
            /// Where it is, as declared.
            address: Option<Address>,
            /// Telephone, mail and other contacts.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            contacts: Vec<String>,
        }

        /// An address, in parts or in free lines.
        #[derive(Default, Eq)]
        Address address {
            /// Street and number, or all lines where the source does not split them.
            street: Option<String>,
            /// City or town.
            city: Option<String>,
            /// Province or State.
            #[serde(skip_serializing_if = "Option::is_none")]
            region: Option<String>,
            /// Postcode as declared.
            postcode: Option<String>,
            /// Country (ISO 3166-1 alpha-2).
            country: Option<CountryCode>,
        }

        /// An amount of money. The amount stays text, so that nothing is rounded.
        #[derive(Eq)]
        Money money {
            /// Amount as decimal text, so that no cent is rounded.
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
            /// Packages that hold it, a row for each kind.
            #[serde(default)]
            packages: Vec<Packages>,
            /// Gross mass, kg.
            #[schemars(range(min = 0.0))]
            gross_mass_kg: Option<f64>,
            /// Net mass, kg.
            #[schemars(range(min = 0.0))]
            net_mass_kg: Option<f64>,
            /// Declared volume, m³.
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
            /// Amount in the unit beside it.
            #[schemars(range(min = 0.0))]
            amount: f64,
            /// Unit as declared.
            unit: String,
        }

        /// Packages of one kind.
        #[derive(Default, Eq)]
        Packages packages {
            /// Number of packages of this kind.
            n: Option<u64>,
            /// UNECE Recommendation 21 code, as declared.
            kind: Option<String>,
            /// Marks and numbers.
            marks: Option<String>,
        }

        /// A container that holds some of an item.
        #[derive(Default, Eq)]
        InContainer in_container {
            /// Number of a container of the manifest.
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
            /// Number of the CITES security stamp, where the paper bears one.
            #[serde(skip_serializing_if = "Option::is_none")]
            security_stamp: Option<String>,
            /// Name of the one who signed it (box 13).
            #[serde(skip_serializing_if = "Option::is_none")]
            signatory: Option<String>,
            /// Transport document named on it (box 15).
            #[serde(skip_serializing_if = "Option::is_none")]
            transport_document: Option<String>,
            /// Day on which the specimens were acquired (box 12b).
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(with = "Option<String>", extend("format" = "date"))]
            acquired_on: Option<Date>,
            /// Quantity that left by the export endorsement (box 14), in `unit`.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(range(min = 0.0))]
            endorsed_quantity: Option<f64>,
            /// Remarks, such as an extension or a reason for retrospective issue.
            #[serde(skip_serializing_if = "Option::is_none")]
            remarks: Option<String>,
        }
        }
    };
}
pub(super) use canonical;

macro_rules! types {
    ($(
        $(#[$about:meta])*
        $object:ident $module:ident {
            $( $(#[$meta:meta])* $field:ident : $ty:ty, )*
        }
    )*) => {$(
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
                pub const $field: Field = Field::new(stringify!($field));
            )*
        }
    )*};
}

canonical!(types);

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
