//! A JSON value becomes a manifest, field by field, with every fault that it holds.
//!
//! This is the patient path: it runs only where the strict reading of [`super::parse::json`] failed, so that ordinary
//! input pays nothing for it. What both accept, both read alike (property test in `engine/tests/manifest.rs`).

use serde_json::{Map, Value};

use super::fault::{Fault, Severity};
use super::limits;
use super::types::*;
use crate::codes::{CountryCode, Date, HsCode};

/// Collects faults, originals and unmapped fields on the way.
#[derive(Default)]
pub(super) struct Walk {
    pub faults: Vec<Fault>,
    pub unmapped: Vec<Unmapped>,
    pub originals: Vec<Original>,
}

/// One JSON object and its place.
struct Object<'v> {
    map: &'v Map<String, Value>,
    at: String,
}

impl Object<'_> {
    fn place(&self, key: &str) -> String {
        format!("{}/{key}", self.at)
    }
}

impl Walk {
    fn fault(&mut self, code: &'static str, severity: Severity, at: String, found: &str, expected: &str) {
        if self.faults.len() < limits::MAX_FAULTS {
            self.faults.push(Fault::new(code, severity, at, found, expected));
        }
    }

    fn wrong_type(&mut self, at: String, found: &Value, expected: &str) {
        self.fault("wrong_type", Severity::Lost, at, &found.to_string(), expected);
    }

    fn object<'v>(&mut self, value: &'v Value, at: String, known: &[&str]) -> Option<Object<'v>> {
        let Value::Object(map) = value else {
            self.wrong_type(at, value, "an object");
            return None;
        };
        for (key, value) in map.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let place = format!("{at}/{key}");
            self.fault("unknown_field", Severity::Note, place.clone(), key, "a field of the canonical manifest");
            if self.unmapped.len() < limits::MAX_FAULTS {
                let found = value.to_string().chars().take(1_000).collect();
                self.unmapped.push(Unmapped { at: place, found });
            }
        }
        Some(Object { map, at })
    }

    fn child<'v>(&mut self, from: &Object<'v>, key: &str, known: &[&str]) -> Option<Object<'v>> {
        let value = from.map.get(key).filter(|value| !value.is_null())?;
        self.object(value, from.place(key), known)
    }

    fn array<'v>(&mut self, from: &Object<'v>, key: &str, limit: usize) -> &'v [Value] {
        match from.map.get(key) {
            None | Some(Value::Null) => &[],
            Some(Value::Array(list)) if list.len() <= limit => list,
            Some(Value::Array(list)) => {
                let found = format!("{} entries", list.len());
                self.fault("too_many", Severity::Lost, from.place(key), &found, &format!("at most {limit}"));
                list.get(..limit).unwrap_or_default()
            }
            Some(other) => {
                self.wrong_type(from.place(key), other, "a list");
                &[]
            }
        }
    }

    fn text(&mut self, from: &Object<'_>, key: &str) -> Option<String> {
        match from.map.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(self.cut(text, from, key)),
            Value::Number(number) => {
                self.fault("number_for_text", Severity::Note, from.place(key), &number.to_string(), "text");
                Some(number.to_string())
            }
            other => {
                self.wrong_type(from.place(key), other, "text");
                None
            }
        }
    }

    fn cut(&mut self, text: &str, from: &Object<'_>, key: &str) -> String {
        if text.len() <= limits::MAX_TEXT_BYTES {
            return text.to_owned();
        }
        let found = format!("{} bytes", text.len());
        self.fault(
            "text_too_long",
            Severity::Lost,
            from.place(key),
            &found,
            "at most MAX_TEXT_BYTES; the rest was cut",
        );
        let end = text.floor_char_boundary(limits::MAX_TEXT_BYTES);
        text.get(..end).unwrap_or_default().to_owned()
    }

    /// Text that names something; blank is nothing.
    fn name(&mut self, from: &Object<'_>, key: &str) -> Option<String> {
        self.text(from, key).filter(|text| !text.trim().is_empty())
    }

    fn number(&mut self, from: &Object<'_>, key: &str) -> Option<f64> {
        let number = match from.map.get(key)? {
            Value::Null => return None,
            Value::Number(number) => number.as_f64(),
            Value::String(text) if is_absent(text) => return None,
            Value::String(text) => {
                let parsed = text.trim().parse::<f64>().ok();
                if parsed.is_some() {
                    self.fault("text_for_number", Severity::Note, from.place(key), text, "a number");
                }
                parsed
            }
            _ => None,
        };
        match number {
            Some(number) if number.is_finite() && number >= 0.0 => Some(number),
            _ => {
                let found = from.map.get(key).map(ToString::to_string).unwrap_or_default();
                self.fault("not_a_quantity", Severity::Lost, from.place(key), &found, "a number of at least 0");
                None
            }
        }
    }

    fn count(&mut self, from: &Object<'_>, key: &str) -> Option<u64> {
        let number = self.number(from, key)?;
        // 2^53: beyond it a JSON number no longer counts exactly.
        if number.fract() == 0.0 && number < 9_007_199_254_740_992.0 {
            return Some(number as u64);
        }
        self.fault("not_a_count", Severity::Lost, from.place(key), &number.to_string(), "a whole number");
        None
    }

    /// A code that is normalised; the original is kept where it differs.
    fn code<T: std::str::FromStr + ToString>(
        &mut self,
        from: &Object<'_>,
        key: &str,
        expected: &str,
        lost: Severity,
    ) -> Option<T> {
        let text = self.name(from, key)?;
        match text.parse::<T>() {
            Ok(code) => {
                if code.to_string() != text {
                    self.originals.push(Original { at: from.place(key), text });
                }
                Some(code)
            }
            Err(_) => {
                self.fault("not_a_code", lost, from.place(key), &text, expected);
                self.originals.push(Original { at: from.place(key), text });
                None
            }
        }
    }

    fn country(&mut self, from: &Object<'_>, key: &str) -> Option<CountryCode> {
        // A country written in words is kept; the evidence step looks it up in the country table.
        self.code(from, key, "an ISO 3166-1 alpha-2 country code", Severity::Doubt)
    }

    fn day(&mut self, from: &Object<'_>, key: &str) -> Option<Date> {
        let text = self.name(from, key)?;
        let moment = Moment::parse(&text);
        if moment.is_none() {
            self.fault("not_a_date", Severity::Lost, from.place(key), &text, "a day as 2014-02-10");
        }
        moment.map(|moment| moment.day())
    }

    fn moment(&mut self, from: &Object<'_>, key: &str) -> Option<Moment> {
        let text = self.name(from, key)?;
        let moment = Moment::parse(&text);
        if moment.is_none() {
            self.fault("not_a_time", Severity::Lost, from.place(key), &text, "a time as 2014-03-14T10:00:00Z");
        }
        moment
    }

    fn place(&mut self, from: &Object<'_>, key: &str) -> Option<Place> {
        self.text(from, key).and_then(|text| Place::new(&text))
    }

    /// One of the words that serde knows for `T`.
    fn word<T: serde::de::DeserializeOwned>(&mut self, from: &Object<'_>, key: &str, expected: &str) -> Option<T> {
        let text = self.name(from, key)?;
        let folded = text.trim().to_lowercase().replace([' ', '-'], "_");
        let word = serde_json::from_value(Value::String(folded)).ok();
        if word.is_none() {
            self.fault("unknown_word", Severity::Lost, from.place(key), &text, expected);
        }
        word
    }
}

/// Ways to say "not given" that are not a zero.
fn is_absent(text: &str) -> bool {
    matches!(text.trim().to_ascii_lowercase().as_str(), "" | "n/a" | "na" | "-" | "nil" | "none" | "null" | "unknown")
}

const MANIFEST: &[&str] = &[
    "reference",
    "format",
    "sender",
    "function",
    "sent_at",
    "office",
    "carrier",
    "transport_means",
    "departure",
    "arrival",
    "totals",
    "equipment",
    "consignments",
    "unmapped",
];
const CONSIGNMENT: &[&str] = &[
    "line",
    "bill_of_lading",
    "bill_level",
    "master_bill",
    "ucr",
    "procedure",
    "places",
    "routing",
    "parties",
    "gross_mass_kg",
    "n_packages",
    "value",
    "documents",
    "goods_items",
    "originals",
];
const GOODS_ITEM: &[&str] = &[
    "item",
    "hs_code",
    "hs_edition",
    "description",
    "scientific_name",
    "common_name",
    "origin",
    "packages",
    "gross_mass_kg",
    "net_mass_kg",
    "volume_m3",
    "quantity",
    "value",
    "in_containers",
    "documents",
];
const DOCUMENT: &[&str] = &[
    "code",
    "kind",
    "number",
    "issued_on",
    "expires_on",
    "country",
    "issuing_authority",
    "holder",
    "importer",
    "taxon",
    "quantity",
    "unit",
    "source",
    "purpose",
    "origin",
    "security_stamp",
    "transport_document",
    "remarks",
];

/// Reads a manifest object whose place is `at`.
pub(super) fn manifest(value: &Value, at: &str, walk: &mut Walk) -> Option<Manifest> {
    let object = walk.object(value, at.to_owned(), MANIFEST)?;
    let mut manifest = Manifest {
        reference: walk.text(&object, "reference").unwrap_or_default(),
        format: walk.text(&object, "format").unwrap_or_else(|| "json/1".to_owned()),
        sender: walk.name(&object, "sender"),
        function: walk.word(&object, "function", "original, replace, change or cancel").unwrap_or_default(),
        sent_at: walk.moment(&object, "sent_at"),
        office: walk.name(&object, "office"),
        carrier: walk
            .child(&object, "carrier", &["scac", "name"])
            .map(|from| Carrier { scac: walk.name(&from, "scac"), name: walk.name(&from, "name") }),
        transport_means: transport_means(&object, walk),
        departure: call(&object, "departure", walk),
        arrival: call(&object, "arrival", walk),
        totals: walk.child(&object, "totals", &["n_consignments", "n_packages", "n_containers", "gross_mass_kg"]).map(
            |from| Totals {
                n_consignments: walk.count(&from, "n_consignments"),
                n_packages: walk.count(&from, "n_packages"),
                n_containers: walk.count(&from, "n_containers"),
                gross_mass_kg: walk.number(&from, "gross_mass_kg"),
            },
        ),
        ..Manifest::default()
    };
    for (n, value) in walk.array(&object, "equipment", limits::MAX_EQUIPMENT).iter().enumerate() {
        manifest.equipment.extend(equipment(value, format!("{at}/equipment/{n}"), walk));
    }
    for (n, value) in walk.array(&object, "consignments", limits::MAX_CONSIGNMENTS).iter().enumerate() {
        manifest.consignments.extend(consignment(value, &format!("{at}/consignments/{n}"), walk));
    }
    manifest.unmapped = std::mem::take(&mut walk.unmapped);
    Some(manifest)
}

/// Reads a consignment object whose place is `at`. Originals are placed relative to the consignment.
pub(super) fn consignment(value: &Value, at: &str, walk: &mut Walk) -> Option<Consignment> {
    let object = walk.object(value, at.to_owned(), CONSIGNMENT)?;
    let outer = std::mem::take(&mut walk.originals);
    let mut consignment = Consignment {
        line: walk.count(&object, "line"),
        bill_of_lading: walk.name(&object, "bill_of_lading").unwrap_or_default(),
        bill_level: walk.name(&object, "bill_level"),
        master_bill: walk.name(&object, "master_bill"),
        ucr: walk.name(&object, "ucr"),
        procedure: walk.word(
            &object,
            "procedure",
            "import, export, re_export, transit, transhipment, temporary_admission, warehouse or free_zone",
        ),
        places: places(&object, walk),
        routing: routing(&object, walk),
        gross_mass_kg: walk.number(&object, "gross_mass_kg"),
        n_packages: walk.count(&object, "n_packages"),
        value: money(&object, walk),
        documents: documents(&object, walk),
        ..Consignment::default()
    };
    for (n, value) in walk.array(&object, "parties", limits::MAX_LIST).iter().enumerate() {
        consignment.parties.extend(party(value, format!("{at}/parties/{n}"), walk));
    }
    for (n, value) in walk.array(&object, "goods_items", limits::MAX_GOODS_ITEMS).iter().enumerate() {
        consignment.goods_items.extend(goods_item(value, format!("{at}/goods_items/{n}"), walk));
    }
    for (n, value) in walk.array(&object, "originals", limits::MAX_LIST).iter().enumerate() {
        if let Some(from) = walk.object(value, format!("{at}/originals/{n}"), &["at", "text"]) {
            let (place, text) = (walk.text(&from, "at"), walk.text(&from, "text"));
            consignment.originals.extend(place.zip(text).map(|(at, text)| Original { at, text }));
        }
    }
    let own = std::mem::replace(&mut walk.originals, outer);
    consignment.originals.extend(own.into_iter().map(|original| {
        let relative = original.at.strip_prefix(at).unwrap_or(&original.at).to_owned();
        Original { at: relative, text: original.text }
    }));
    if consignment.bill_of_lading.is_empty() {
        walk.fault("missing", Severity::Lost, format!("{at}/bill_of_lading"), "nothing", "a bill of lading number");
    }
    Some(consignment)
}

fn transport_means(object: &Object<'_>, walk: &mut Walk) -> Option<TransportMeans> {
    let from = walk.child(object, "transport_means", &["mode", "imo", "name", "flag", "voyage"])?;
    Some(TransportMeans {
        mode: walk.count(&from, "mode").and_then(|mode| u8::try_from(mode).ok()),
        imo: walk.name(&from, "imo"),
        name: walk.name(&from, "name"),
        flag: walk.country(&from, "flag"),
        voyage: walk.name(&from, "voyage"),
    })
}

fn call(object: &Object<'_>, key: &str, walk: &mut Walk) -> Option<Call> {
    let from = walk.child(object, key, &["unlocode", "at"])?;
    Some(Call { unlocode: walk.place(&from, "unlocode"), at: walk.moment(&from, "at") })
}

fn places(object: &Object<'_>, walk: &mut Walk) -> Places {
    let known = ["original_loading", "loading", "transhipment", "discharge", "delivery", "final_destination"];
    let Some(from) = walk.child(object, "places", &known) else { return Places::default() };
    Places {
        original_loading: walk.place(&from, "original_loading"),
        loading: walk.place(&from, "loading"),
        transhipment: walk.place(&from, "transhipment"),
        discharge: walk.place(&from, "discharge"),
        delivery: walk.place(&from, "delivery"),
        final_destination: walk.place(&from, "final_destination"),
    }
}

fn routing(object: &Object<'_>, walk: &mut Walk) -> Vec<CountryCode> {
    let mut countries = Vec::new();
    for (n, value) in walk.array(object, "routing", limits::MAX_LIST).iter().enumerate() {
        let at = format!("{}/routing/{n}", object.at);
        match value.as_str().map(|text| (text, text.parse::<CountryCode>())) {
            Some((text, Ok(code))) => {
                if code.as_str() != text {
                    walk.originals.push(Original { at, text: text.to_owned() });
                }
                countries.push(code);
            }
            Some((text, Err(_))) => {
                walk.fault("not_a_code", Severity::Doubt, at.clone(), text, "an ISO 3166-1 alpha-2 country code");
                walk.originals.push(Original { at, text: text.to_owned() });
            }
            None => walk.wrong_type(at, value, "a country code"),
        }
    }
    countries
}

fn equipment(value: &Value, at: String, walk: &mut Walk) -> Option<Equipment> {
    let from = walk.object(value, at.clone(), &["container", "size_type", "fullness", "tare_kg", "vgm_kg", "seals"])?;
    let mut equipment = Equipment {
        container: walk.name(&from, "container").unwrap_or_default(),
        size_type: walk.name(&from, "size_type"),
        fullness: walk.name(&from, "fullness"),
        tare_kg: walk.number(&from, "tare_kg"),
        vgm_kg: walk.number(&from, "vgm_kg"),
        seals: Vec::new(),
    };
    for (n, value) in walk.array(&from, "seals", limits::MAX_LIST).iter().enumerate() {
        if let Some(from) = walk.object(value, format!("{at}/seals/{n}"), &["number", "party"]) {
            let number = walk.name(&from, "number").unwrap_or_default();
            equipment.seals.push(Seal { number, party: walk.name(&from, "party") });
        }
    }
    Some(equipment)
}

fn party(value: &Value, at: String, walk: &mut Walk) -> Option<Party> {
    let from = walk.object(value, at.clone(), &["role", "id", "name", "address", "contacts"])?;
    let role = walk.word(&from, "role", "consignor, consignee, notify_party, …");
    let address =
        walk.child(&from, "address", &["street", "city", "region", "postcode", "country"]).map(|from| Address {
            street: walk.name(&from, "street"),
            city: walk.name(&from, "city"),
            region: walk.name(&from, "region"),
            postcode: walk.name(&from, "postcode"),
            country: walk.country(&from, "country"),
        });
    let contacts = walk.array(&from, "contacts", limits::MAX_LIST).iter().filter_map(|c| c.as_str().map(str::to_owned));
    let contacts = contacts.collect();
    let party = Party {
        role: role?,
        id: walk.name(&from, "id"),
        name: walk.text(&from, "name").unwrap_or_default(),
        address,
        contacts,
    };
    Some(party)
}

fn money(object: &Object<'_>, walk: &mut Walk) -> Option<Money> {
    let from = walk.child(object, "value", &["amount", "currency", "kind"])?;
    let amount = walk.name(&from, "amount");
    let money = Money { amount: amount?, currency: walk.name(&from, "currency"), kind: walk.name(&from, "kind") };
    if money.number().is_none() {
        walk.fault("not_an_amount", Severity::Lost, from.place("amount"), &money.amount, "a decimal amount as text");
    }
    Some(money)
}

fn goods_item(value: &Value, at: String, walk: &mut Walk) -> Option<GoodsItem> {
    let from = walk.object(value, at.clone(), GOODS_ITEM)?;
    let mut item = GoodsItem {
        item: walk.count(&from, "item"),
        hs_code: walk.code::<HsCode>(&from, "hs_code", "an HS code of 2 to 12 digits", Severity::Lost),
        hs_edition: walk.count(&from, "hs_edition").and_then(|edition| u16::try_from(edition).ok()),
        description: walk.text(&from, "description").unwrap_or_default(),
        scientific_name: walk.name(&from, "scientific_name"),
        common_name: walk.name(&from, "common_name"),
        origin: walk.country(&from, "origin"),
        gross_mass_kg: walk.number(&from, "gross_mass_kg"),
        net_mass_kg: walk.number(&from, "net_mass_kg"),
        volume_m3: walk.number(&from, "volume_m3"),
        value: money(&from, walk),
        documents: documents(&from, walk),
        ..GoodsItem::default()
    };
    if let Some(from) = walk.child(&from, "quantity", &["amount", "unit"]) {
        let amount = walk.number(&from, "amount");
        let unit = walk.name(&from, "unit").unwrap_or_default();
        item.quantity = amount.map(|amount| Quantity { amount, unit });
    }
    for (n, value) in walk.array(&from, "packages", limits::MAX_LIST).iter().enumerate() {
        if let Some(from) = walk.object(value, format!("{at}/packages/{n}"), &["n", "kind", "marks"]) {
            let n = walk.count(&from, "n");
            item.packages.push(Packages { n, kind: walk.name(&from, "kind"), marks: walk.name(&from, "marks") });
        }
    }
    for (n, value) in walk.array(&from, "in_containers", limits::MAX_EQUIPMENT).iter().enumerate() {
        if let Some(from) = walk.object(value, format!("{at}/in_containers/{n}"), &["container", "n_packages"]) {
            let container = walk.name(&from, "container").unwrap_or_default();
            item.in_containers.push(InContainer { container, n_packages: walk.count(&from, "n_packages") });
        }
    }
    Some(item)
}

fn documents(object: &Object<'_>, walk: &mut Walk) -> Vec<Document> {
    let mut documents = Vec::new();
    for (n, value) in walk.array(object, "documents", limits::MAX_LIST).iter().enumerate() {
        let Some(from) = walk.object(value, format!("{}/documents/{n}", object.at), DOCUMENT) else { continue };
        documents.push(Document {
            code: walk.name(&from, "code"),
            kind: walk.word(&from, "kind", "a kind of document such as cites_export_permit").unwrap_or_default(),
            number: walk.name(&from, "number"),
            issued_on: walk.day(&from, "issued_on"),
            expires_on: walk.day(&from, "expires_on"),
            country: walk.country(&from, "country"),
            issuing_authority: walk.name(&from, "issuing_authority"),
            holder: walk.name(&from, "holder"),
            importer: walk.name(&from, "importer"),
            taxon: walk.name(&from, "taxon"),
            quantity: walk.number(&from, "quantity"),
            unit: walk.name(&from, "unit"),
            source: walk.name(&from, "source"),
            purpose: walk.name(&from, "purpose"),
            origin: walk.country(&from, "origin"),
            security_stamp: walk.name(&from, "security_stamp"),
            transport_document: walk.name(&from, "transport_document"),
            remarks: walk.name(&from, "remarks"),
        });
    }
    documents
}
