//! JSON Schema (draft 2020-12) of the canonical manifest, generated from one table.
//!
//! The table says every field once: name, shape, meaning. A test holds it against the types and the patient reader, so
//! that a field cannot be added in one place only. Versioned by [`VERSION`]: fields are added, none dropped or renamed.

use serde_json::{Map, Value, json};

/// Version of the schema; it rises with every field.
pub const VERSION: &str = "1.0";

/// Where the schema is served and what `$id` says.
pub const ID: &str = "/v1/schemas/manifest";

/// Shape of one field.
enum Shape {
    /// Any text.
    Text,
    /// ISO 3166-1 alpha-2.
    Country,
    /// Digits of the Harmonized System.
    Hs,
    /// `2014-03-01`.
    Day,
    /// RFC 3339, or a day.
    Time,
    /// UN/LOCODE, or a name.
    Place,
    /// At least 0.
    Number,
    /// A whole number of at least 0.
    Count,
    /// One of these words.
    Words(&'static [&'static str]),
    /// An object of the table.
    Object(&'static str),
    /// A list of objects of the table.
    Objects(&'static str),
    /// A list of countries.
    Countries,
    /// A list of texts.
    Texts,
}

use Shape::{Count, Countries, Country, Day, Hs, Number, Object, Objects, Place, Text, Texts, Time, Words};

type Field = (&'static str, Shape, &'static str);

/// Words of `function`.
const FUNCTIONS: &[&str] = &["original", "replace", "change", "cancel"];
/// Words of `procedure`.
const PROCEDURES: &[&str] =
    &["import", "export", "re_export", "transit", "transhipment", "temporary_admission", "warehouse", "free_zone"];
/// Words of `role`.
const ROLES: &[&str] = &[
    "consignor",
    "consignee",
    "notify_party",
    "carrier",
    "declarant",
    "seller",
    "buyer",
    "exporter",
    "importer",
    "forwarder",
    "consolidator",
];
/// Words of `kind` of a document.
const KINDS: &[&str] = &[
    "cites_export_permit",
    "cites_import_permit",
    "cites_re_export_certificate",
    "cites_pre_convention_certificate",
    "cites_certificate_of_origin",
    "phytosanitary_certificate",
    "certificate_of_origin",
    "flegt_licence",
    "other",
];

/// Every object: name, meaning, fields that must be there, all fields.
const OBJECTS: &[(&str, &str, &[&str], &[Field])] = &[
    (
        "manifest",
        "One transport document set of one voyage, or a part of it.",
        &["consignments"],
        &[
            ("reference", Text, "Reference that the sender gave; with sender and function the key of the manifest."),
            ("format", Text, "Format it was read from, such as `json/1`."),
            ("sender", Text, "Who sent it."),
            ("function", Words(FUNCTIONS), "What the message does to an earlier one of the same reference."),
            ("sent_at", Time, "When it was sent."),
            ("office", Text, "Customs office it is addressed to."),
            ("carrier", Object("carrier"), "The carrier."),
            ("transport_means", Object("transport_means"), "The ship, aircraft or vehicle."),
            ("departure", Object("call"), "Where and when the voyage starts."),
            ("arrival", Object("call"), "Where and when it arrives."),
            ("totals", Object("totals"), "Totals as the sender states them."),
            ("equipment", Objects("equipment"), "Containers of the voyage."),
            ("consignments", Objects("consignment"), "The consignments."),
            ("unmapped", Objects("unmapped"), "What the canonical form does not carry, with its place."),
        ],
    ),
    ("carrier", "The carrier.", &[], &[("scac", Text, "Standard Carrier Alpha Code."), ("name", Text, "Name.")]),
    (
        "transport_means",
        "The means of transport.",
        &[],
        &[
            ("mode", Count, "1 sea, 2 rail, 3 road, 4 air (UNECE Recommendation 19)."),
            ("imo", Text, "IMO ship number, as declared."),
            ("name", Text, "Name."),
            ("flag", Country, "Flag State."),
            ("voyage", Text, "Voyage or flight number."),
        ],
    ),
    (
        "call",
        "A place on the voyage and when it is reached.",
        &[],
        &[("unlocode", Place, "Place."), ("at", Time, "When.")],
    ),
    (
        "totals",
        "Totals as stated.",
        &[],
        &[
            ("n_consignments", Count, "Bills."),
            ("n_packages", Count, "Packages."),
            ("n_containers", Count, "Containers."),
            ("gross_mass_kg", Number, "Gross mass, kg."),
        ],
    ),
    (
        "equipment",
        "One container or other piece of transport equipment.",
        &["container"],
        &[
            ("container", Text, "Number as declared (ISO 6346)."),
            ("size_type", Text, "ISO 6346 size-type, such as `22G1`."),
            ("fullness", Text, "`empty`, `part`, `full` or `mixed`."),
            ("tare_kg", Number, "Tare, kg."),
            ("vgm_kg", Number, "Verified gross mass (SOLAS), kg."),
            ("seals", Objects("seal"), "Seals."),
        ],
    ),
    (
        "seal",
        "A seal.",
        &["number"],
        &[("number", Text, "Number."), ("party", Text, "Who set it: `CA` carrier, `SH` shipper, `CU` customs.")],
    ),
    (
        "consignment",
        "What one transport document covers.",
        &["bill_of_lading", "goods_items"],
        &[
            ("line", Count, "Line number in the manifest."),
            ("bill_of_lading", Text, "Bill of lading or air waybill: the name of the consignment."),
            ("bill_level", Text, "`master` or `house`."),
            ("master_bill", Text, "Master bill of a house bill."),
            ("ucr", Text, "Unique consignment reference."),
            ("procedure", Words(PROCEDURES), "Customs procedure asked for."),
            ("places", Object("places"), "Places of the carriage."),
            ("routing", Countries, "Countries passed, in order."),
            ("parties", Objects("party"), "Parties by role."),
            ("gross_mass_kg", Number, "Gross mass, kg."),
            ("n_packages", Count, "Packages."),
            ("value", Object("money"), "Declared value."),
            ("documents", Objects("document"), "Documents that cover the whole consignment."),
            ("goods_items", Objects("goods_item"), "The goods."),
            ("originals", Objects("original"), "Texts that were normalised, as they stood."),
        ],
    ),
    (
        "original",
        "A text as it stood before it was normalised.",
        &["at", "text"],
        &[("at", Text, "JSON pointer within the consignment."), ("text", Text, "The text.")],
    ),
    (
        "unmapped",
        "Something that the canonical form does not carry.",
        &["at", "found"],
        &[("at", Text, "Place in the source."), ("found", Text, "What stood there.")],
    ),
    (
        "places",
        "Places of the carriage.",
        &[],
        &[
            ("original_loading", Place, "First port of the sea leg."),
            ("loading", Place, "Port of loading on this means of transport."),
            ("transhipment", Place, "Port of transhipment."),
            ("discharge", Place, "Port of discharge."),
            ("delivery", Place, "Place of delivery."),
            ("final_destination", Place, "Final destination."),
        ],
    ),
    (
        "party",
        "A party.",
        &["role"],
        &[
            ("role", Words(ROLES), "Role."),
            ("id", Text, "Identifier (tax or trader number)."),
            ("name", Text, "Name as declared. `TO ORDER` is a value, not a company."),
            ("address", Object("address"), "Address."),
            ("contacts", Texts, "Telephone, mail and other contacts."),
        ],
    ),
    (
        "address",
        "An address.",
        &[],
        &[
            ("street", Text, "Street and number, or all lines where the source does not split them."),
            ("city", Text, "City."),
            ("region", Text, "Province or State."),
            ("postcode", Text, "Postcode."),
            ("country", Country, "Country."),
        ],
    ),
    (
        "money",
        "An amount of money. The amount is text, so that nothing is rounded.",
        &["amount"],
        &[
            ("amount", Text, "Decimal amount."),
            ("currency", Text, "ISO 4217 currency."),
            ("kind", Text, "What it values: `customs`, `statistical`, `invoice`, `freight`."),
        ],
    ),
    (
        "goods_item",
        "One line of a consignment.",
        &["description"],
        &[
            ("item", Count, "Number of the item."),
            ("hs_code", Hs, "HS code as declared."),
            ("hs_edition", Count, "HS edition (2012, 2017, 2022)."),
            ("description", Text, "Description of the goods, as declared."),
            ("scientific_name", Text, "Declared scientific name."),
            ("common_name", Text, "Declared common name."),
            ("origin", Country, "Declared country of origin."),
            ("packages", Objects("packages"), "Packages."),
            ("gross_mass_kg", Number, "Gross mass, kg. Absent is not zero."),
            ("net_mass_kg", Number, "Net mass, kg."),
            ("volume_m3", Number, "Volume, m³."),
            ("quantity", Object("quantity"), "Other quantity with its unit, such as 55 pieces."),
            ("value", Object("money"), "Value of this item."),
            ("in_containers", Objects("in_container"), "Containers it is in."),
            ("documents", Objects("document"), "Documents declared for it."),
        ],
    ),
    (
        "quantity",
        "A quantity with its unit as declared.",
        &["amount", "unit"],
        &[("amount", Number, "Amount."), ("unit", Text, "Unit as declared.")],
    ),
    (
        "packages",
        "Packages of one kind.",
        &[],
        &[
            ("n", Count, "How many."),
            ("kind", Text, "UNECE Recommendation 21 code, as declared."),
            ("marks", Text, "Marks and numbers."),
        ],
    ),
    (
        "in_container",
        "A container that holds some of an item.",
        &["container"],
        &[("container", Text, "Container number."), ("n_packages", Count, "How many packages of the item are in it.")],
    ),
    (
        "document",
        "A document that the declarant cites.",
        &[],
        &[
            ("code", Text, "UN/EDIFACT 1001 or national code, as declared."),
            ("kind", Words(KINDS), "What it is."),
            ("number", Text, "Number as declared."),
            ("issued_on", Day, "Day of issue."),
            ("expires_on", Day, "Last day of validity."),
            ("country", Country, "Country that issued it."),
            ("issuing_authority", Text, "Authority that issued it."),
            ("holder", Text, "Holder (exporter) named on it."),
            ("importer", Text, "Importer named on it."),
            ("taxon", Text, "Taxon named on it."),
            ("quantity", Number, "Quantity on it."),
            ("unit", Text, "Unit of the quantity."),
            ("source", Text, "CITES source code."),
            ("purpose", Text, "CITES purpose code."),
            ("origin", Country, "Country of origin on it."),
            ("security_stamp", Text, "Security stamp."),
            ("transport_document", Text, "Transport document named on it (box 15)."),
            ("remarks", Text, "Remarks, such as an extension or a reason for retrospective issue."),
        ],
    ),
];

/// The schema of a document `{"manifest": …}`.
pub fn schema() -> Value {
    let definitions: Map<String, Value> = OBJECTS
        .iter()
        .map(|(name, meaning, required, fields)| ((*name).to_owned(), object(meaning, required, fields)))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "Palisander canonical manifest",
        "version": VERSION,
        "description": "What a carrier or declarant says is on its way. Units stand in the names; absent is not zero; a \
                        country that is not known is `ZZ`. Fields may be added, none is dropped or renamed.",
        "type": "object",
        "required": ["manifest"],
        "properties": { "manifest": reference("manifest") },
        "additionalProperties": false,
        "$defs": definitions,
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn object(meaning: &str, required: &[&str], fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|(name, shape, meaning)| ((*name).to_owned(), field(shape, meaning, required.contains(name))))
        .collect();
    let mut object =
        json!({ "type": "object", "description": meaning, "properties": properties, "additionalProperties": false });
    if let (Some(map), false) = (object.as_object_mut(), required.is_empty()) {
        map.insert("required".into(), json!(required));
    }
    object
}

/// A field; one that need not be there may also be `null`.
fn field(shape: &Shape, meaning: &str, is_required: bool) -> Value {
    let orderly = |kind: &str| if is_required { json!(kind) } else { json!([kind, "null"]) };
    let mut value = match shape {
        Text | Place => json!({ "type": orderly("string") }),
        Country => json!({ "type": orderly("string"), "pattern": "^[A-Z]{2}$" }),
        Hs => json!({ "type": orderly("string"), "pattern": "^[0-9]{2,12}$" }),
        Day => json!({ "type": orderly("string"), "format": "date" }),
        Time => json!({ "type": orderly("string"), "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$" }),
        Number => json!({ "type": orderly("number"), "minimum": 0 }),
        Count => json!({ "type": orderly("integer"), "minimum": 0 }),
        Words(words) => json!({ "type": "string", "enum": words }),
        Object(name) if is_required => reference(name),
        Object(name) => json!({ "oneOf": [reference(name), { "type": "null" }] }),
        Objects(name) => json!({ "type": "array", "items": reference(name) }),
        Countries => json!({ "type": "array", "items": { "type": "string", "pattern": "^[A-Z]{2}$" } }),
        Texts => json!({ "type": "array", "items": { "type": "string" } }),
    };
    // `procedure` may be absent although the other words may not.
    if let (Words(PROCEDURES), Some(map)) = (shape, value.as_object_mut()) {
        let words: Vec<Value> = PROCEDURES.iter().map(|word| json!(word)).chain([Value::Null]).collect();
        map.insert("type".into(), json!(["string", "null"]));
        map.insert("enum".into(), json!(words));
    }
    if let Some(map) = value.as_object_mut() {
        map.insert("description".into(), json!(meaning));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::super::types::*;
    use super::*;

    fn names(object: &str) -> Vec<&'static str> {
        let found = OBJECTS.iter().find(|(name, ..)| *name == object);
        found.map(|(.., fields)| fields.iter().map(|(name, ..)| *name).collect()).unwrap_or_default()
    }

    /// Fields of a type by its own serialisation, everything given.
    fn of<T: serde::Serialize>(value: &T) -> Vec<String> {
        let value = serde_json::to_value(value).unwrap_or_default();
        value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
    }

    #[test]
    fn the_table_holds_every_field_of_the_types() {
        let unmapped = Unmapped { at: String::new(), found: String::new() };
        let manifest = Manifest { unmapped: vec![unmapped.clone()], ..Manifest::default() };
        assert_eq!(names("manifest"), of(&manifest));
        let text = || Some("x".to_owned());
        let country = "MG".parse().ok();
        let document = Document {
            expires_on: "2014-08-09".parse().ok(),
            issuing_authority: text(),
            holder: text(),
            importer: text(),
            taxon: text(),
            quantity: Some(1.0),
            unit: text(),
            source: text(),
            purpose: text(),
            origin: country,
            security_stamp: text(),
            transport_document: text(),
            remarks: text(),
            ..Document::default()
        };
        assert_eq!(names("document"), of(&document));
        let original = Original { at: String::new(), text: String::new() };
        let consignment =
            Consignment { documents: vec![document], originals: vec![original.clone()], ..Consignment::default() };
        assert_eq!(names("consignment"), of(&consignment));
        let money = Money { amount: "1".into(), currency: None, kind: None };
        let quantity = Quantity { amount: 1.0, unit: "C62".into() };
        let item = GoodsItem { quantity: Some(quantity.clone()), value: Some(money.clone()), ..GoodsItem::default() };
        assert_eq!(names("goods_item"), of(&item));
        assert_eq!(names("address"), of(&Address { region: text(), ..Address::default() }));
        let party = Party {
            role: PartyRole::Consignee,
            id: None,
            name: String::new(),
            address: None,
            contacts: vec!["x".into()],
        };
        assert_eq!(names("party"), of(&party));
        assert_eq!(names("equipment"), of(&Equipment::default()));
        assert_eq!(names("seal"), of(&Seal::default()));
        assert_eq!(names("carrier"), of(&Carrier::default()));
        assert_eq!(names("transport_means"), of(&TransportMeans::default()));
        assert_eq!(names("call"), of(&Call::default()));
        assert_eq!(names("totals"), of(&Totals::default()));
        assert_eq!(names("places"), of(&Places::default()));
        assert_eq!(names("packages"), of(&Packages::default()));
        assert_eq!(names("in_container"), of(&InContainer::default()));
        assert_eq!(names("money"), of(&money));
        assert_eq!(names("quantity"), of(&quantity));
        assert_eq!(names("original"), of(&original));
        assert_eq!(names("unmapped"), of(&unmapped));
    }

    #[test]
    fn every_word_of_the_table_is_read() {
        for word in ROLES {
            assert!(serde_json::from_value::<PartyRole>(json!(word)).is_ok(), "{word}");
        }
        for word in KINDS {
            assert!(serde_json::from_value::<DocumentKind>(json!(word)).is_ok(), "{word}");
        }
        for word in PROCEDURES {
            assert!(serde_json::from_value::<Procedure>(json!(word)).is_ok(), "{word}");
        }
        for word in FUNCTIONS {
            assert!(serde_json::from_value::<Function>(json!(word)).is_ok(), "{word}");
        }
    }

    #[test]
    fn every_reference_resolves() {
        let schema = schema();
        let text = schema.to_string();
        for piece in text.split("#/$defs/").skip(1) {
            let name = piece.split('"').next().unwrap_or_default();
            assert!(schema.pointer(&format!("/$defs/{name}")).is_some(), "{name}");
        }
    }
}
