//! One bill of an AWMDS manifest: a `Bol_segment` becomes a consignment and its containers.
//!
//! In: the element. Out: the canonical consignment, what was wrong with it, what nobody read. The format knows containers of
//! the bill, not of its goods: [`Bill::containers_of_items`] says which goods may be in which.

use std::collections::HashMap;

use super::super::super::fault::Severity;
use super::super::super::fields::*;
use super::super::super::limits;
use super::super::super::place::Place;
use super::super::super::reading::{Reading, is_absent, plain_number};
use super::super::super::types::*;
use super::super::wco::GOODS_ELSEWHERE;
use super::super::xml::Node;

/// Elements of a container that hold the number of a seal.
const SEALS: &[&str] = &["Marks1", "Marks2", "Marks3", "Seal_number", "Seal_no", "Seal_reference", "Seals", "Seal"];
/// Elements that hold the goods in words, and their code. National schemas put them below elements of their own.
const TEXTS: &[&str] = &["Goods_description", "Description_of_goods", "Commodity_description", "HS_description"];
const CODES: &[&str] = &["Commodity_code", "HS_code", "HScode", "Tariff_code", "HS_Code_Number"];

/// One bill on the way.
pub(super) struct Bill<'n> {
    node: &'n Node,
    path: String,
    reading: Reading,
}

impl<'n> Bill<'n> {
    /// The bill of a `Bol_segment`, which stands at `path`.
    pub fn new(node: &'n Node, path: String) -> Self {
        Self { node, path, reading: Reading::of_bill() }
    }

    /// What was found while it was read, and what nobody read.
    pub fn left_over(self) -> Reading {
        let Self { node, path, mut reading } = self;
        if let Some((at, text)) = node.unread_goods(&path) {
            reading.fault("goods_not_read", Severity::Lost, &|| at.clone(), text, GOODS_ELSEWHERE);
        }
        node.keep_unread(&path, &mut reading);
        reading
    }

    fn text(&mut self, path: &[&str]) -> Option<String> {
        let text = self.node.value(path)?;
        let Self { path: own, reading, .. } = self;
        Some(reading.text(text, &|| format!("{own}/{}", path.join("/")))).filter(|text| !text.is_empty())
    }

    fn number(&mut self, node: &Node, name: &str) -> Option<f64> {
        let Self { path, reading, .. } = self;
        node.value(&[name]).and_then(|text| reading.decimal(text, &|| format!("{path}/{}/{name}", node.name)))
    }

    fn count(&mut self, node: &Node, name: &str) -> Option<u64> {
        let number = self.number(node, name)?;
        // Packages are a decimal in the schema: `86.00` is 86.
        if number.fract() != 0.0 {
            let at = format!("{}/{}/{name}", self.path, node.name);
            self.reading.fault("not_a_count", Severity::Doubt, &|| at.clone(), &number.to_string(), "a whole number");
        }
        Some(number as u64)
    }

    /// The consignment and its containers; `n` is its number in the file.
    pub fn read(&mut self, n: u64) -> (Consignment, Vec<Equipment>) {
        let node = self.node;
        let line = node.value(&["Bol_id", "Line_number"]).and_then(|text| text.parse().ok()).or(Some(n));
        let procedure = self.text(&["Bol_id", "Bol_nature"]);
        let kind = self.text(&["Bol_id", "Bol_type_code"]);
        let mut consignment = Consignment {
            line,
            bill_of_lading: self.text(&["Bol_id", "Bol_reference"]).unwrap_or_default(),
            bill_level: level(kind.as_deref()),
            master_bill: self.text(&["Bol_id", "Master_bol_ref_number"]),
            ucr: self.text(&["Bol_id", "Unique_carrier_reference"]),
            places: self.places(),
            ..Consignment::default()
        };
        consignment.procedure = procedure.as_deref().and_then(|code| match code {
            "22" => Some(Procedure::Export),
            "23" => Some(Procedure::Import),
            "24" => Some(Procedure::Transit),
            "28" => Some(Procedure::Transhipment),
            other => {
                let at = format!("{}/Bol_id/Bol_nature", self.path);
                self.reading.fault("unknown_word", Severity::Lost, &|| at.clone(), other, "22, 23, 24 or 28");
                None
            }
        });
        if let (Some(kind), None) = (&kind, &consignment.bill_level)
            && !kind.eq_ignore_ascii_case("BOL")
        {
            self.reading.unmapped(format!("{}/Bol_id/Bol_type_code", self.path), kind);
        }
        if consignment.bill_of_lading.is_empty() {
            consignment.bill_of_lading = format!("line-{}", line.unwrap_or(n));
            let at = format!("{}/Bol_id/Bol_reference", self.path);
            self.reading.fault("missing", Severity::Lost, &|| at.clone(), "nothing", "a bill of lading number");
        }
        self.parties(&mut consignment);
        let equipment = self.equipment();
        for goods in node.all("Goods_segment").take(limits::MAX_GOODS_ITEMS) {
            let item = self.goods(goods, consignment.goods_items.len());
            consignment.goods_items.push(item);
            self.goods_below(goods, &mut consignment);
        }
        self.containers_of_items(&mut consignment, &equipment);
        consignment.value =
            self.money(&["Value_segment", "Customs_segment"], "Customs_value", "Customs_currency", "customs");
        consignment.freight =
            self.money(&["Value_segment", "Freight_segment"], "Freight_value", "Freight_currency", "freight");
        sum(&mut consignment);
        if consignment.goods_items.is_empty() {
            let at = self.path.clone();
            self.reading.fault("missing", Severity::Doubt, &|| at.clone(), "nothing", "a Goods_segment");
        }
        let equipment = equipment.into_iter().map(|(equipment, _)| equipment).collect();
        (consignment, equipment)
    }

    fn places(&mut self) -> Places {
        let mut place = |name: &str| {
            self.text(&["Load_unload_place", name])
                .filter(|text| !is_absent(text))
                .and_then(|text| Location::new(&text))
        };
        Places {
            original_loading: place("Original_port_of_loading_code").or_else(|| place("Port_of_origin_code")),
            loading: place("Place_of_loading_code"),
            transhipment: None,
            discharge: place("Place_of_unloading_code"),
            delivery: place("Place_of_delivery_code"),
            final_destination: place("Place_of_ultimate_destination_code"),
        }
    }

    fn parties(&mut self, consignment: &mut Consignment) {
        for (role, segment, [address, id, name]) in [
            (PartyRole::Consignor, "Exporter", ["Exporter_address", "Exporter_code", "Exporter_name"]),
            (PartyRole::Consignee, "Consignee", ["Consignee_address", "Consignee_code", "Consignee_name"]),
            (PartyRole::NotifyParty, "Notify", ["Notify_address", "Notify_code", "Notify_name"]),
        ] {
            let address = self.text(&["Traders_segment", segment, address]).filter(|text| !is_absent(text));
            let id = self.text(&["Traders_segment", segment, id]);
            let name = self.text(&["Traders_segment", segment, name]);
            if name.is_none() && address.is_none() && id.is_none() {
                continue;
            }
            let address = address.map(|street| Address { street: Some(street), ..Address::default() });
            consignment.parties.push(Party { role, id, name: name.unwrap_or_default(), address, contacts: Vec::new() });
        }
        let forwarder = self.text(&["Traders_segment", "FreightForwarder", "FFName"]);
        if let Some(name) = forwarder {
            let id = self.text(&["Traders_segment", "FreightForwarder", "FFId"]);
            consignment.parties.push(Party {
                role: PartyRole::Forwarder,
                id,
                name,
                address: None,
                contacts: Vec::new(),
            });
        }
    }

    /// Containers of the bill with the packages in each.
    fn equipment(&mut self) -> Vec<(Equipment, Option<u64>)> {
        let mut list = Vec::new();
        for node in self.node.all("ctn_segment").take(limits::MAX_LIST) {
            let Some(container) = node.value(&["Ctn_reference"]).map(str::to_owned) else { continue };
            let fullness = node.value(&["Empty_Full"]).map(|text| match text.to_ascii_uppercase().as_str() {
                "0/0" | "E" | "EMP" | "4" => "empty".to_owned(),
                "0/1" | "P" | "LCL" => "part".to_owned(),
                "1/1" | "F" | "FCL" | "FUL" | "5" | "8" => "full".to_owned(),
                "7" => "mixed".to_owned(),
                _ => text.to_owned(),
            });
            let party = node.value(&["Sealing_Party"]).map(|party| match party {
                "CAR" => "CA".to_owned(),
                "SHI" | "SHP" => "SH".to_owned(),
                "CUS" => "CU".to_owned(),
                other => other.to_owned(),
            });
            // Some national schemas name the seal for what it is.
            let seals = SEALS.iter().filter_map(|name| node.value(&[name])).filter(|text| !is_absent(text));
            let seals = seals.map(|number| Seal { number: number.to_owned(), party: party.clone() }).collect();
            let equipment = Equipment {
                container,
                size_type: node.value(&["Type_of_container"]).map(str::to_owned),
                fullness,
                tare_kg: self.number(node, "Empty_weight"),
                vgm_kg: None,
                seals,
            };
            list.push((equipment, self.count(node, "Number_of_packages")));
        }
        list
    }

    fn goods(&mut self, node: &Node, n: usize) -> GoodsItem {
        let Self { path, reading, .. } = self;
        let at = |name: &str| format!("{path}/Goods_segment[{}]/{name}", n + 1);
        let description = node.first_of(TEXTS).unwrap_or_default();
        let description = reading.text(description, &|| at("Goods_description"));
        let marks = node.value(&["Shipping_marks"]).map(|text| reading.text(text, &|| at("Shipping_marks")));
        // A code of its own, else the one of the single element below that has no text.
        let below = || CODES.iter().find_map(|name| node.find(name));
        let hs = node.first_of(CODES).or_else(|| below().filter(|_| lines_below(node).is_empty()).and_then(Node::text));
        let place = Place::HEAD.item(n).field(goods_item::hs_code);
        let hs_code = hs.and_then(|text| reading.hs(text, &|| at("Commodity_code"), place));
        let packages = Packages {
            n: self.count(node, "Number_of_packages"),
            kind: node.value(&["Package_type_code"]).map(str::to_owned),
            marks,
        };
        let containers = node.all("Container_item_references").filter_map(|node| node.value(&["Ctn_item_reference"]));
        let in_containers =
            containers.map(|text| InContainer { container: text.to_owned(), n_packages: None }).collect();
        let quantity = self
            .number(node, "Quantity")
            .map(|amount| Quantity { amount, unit: node.value(&["Quantity_type_code"]).unwrap_or("C62").to_owned() });
        node.child("Num_of_ctn_for_this_bol").map(Node::quiet);
        GoodsItem {
            item: Some(n as u64 + 1),
            hs_code,
            description,
            packages: if packages == Packages::default() { vec![] } else { vec![packages] },
            gross_mass_kg: self.number(node, "Gross_mass"),
            volume_m3: self.number(node, "Volume_in_cubic_meters"),
            quantity,
            in_containers,
            ..GoodsItem::default()
        }
    }

    /// Lines of goods below a segment: the first is the segment's own where it says nothing itself, others are items of
    /// their own, whose masses stand in the segment.
    fn goods_below(&mut self, node: &Node, consignment: &mut Consignment) {
        for (n, line) in lines_below(node).into_iter().enumerate() {
            if consignment.goods_items.len() >= limits::MAX_GOODS_ITEMS {
                return;
            }
            let at = format!("{}/Goods_segment[{}]/{}[{}]", self.path, consignment.goods_items.len(), line.name, n + 1);
            let text = line.first_of(TEXTS).unwrap_or_default();
            let description = self.reading.text(text, &|| at.clone());
            let own = consignment.goods_items.last().is_some_and(|item| n == 0 && item.description.is_empty());
            let item_n = consignment.goods_items.len() - usize::from(own);
            let place = Place::HEAD.item(item_n).field(goods_item::hs_code);
            let hs_code = line.first_of(CODES).and_then(|text| self.reading.hs(text, &|| at.clone(), place));
            match consignment.goods_items.last_mut().filter(|_| own) {
                Some(item) => {
                    item.description = description;
                    item.hs_code = item.hs_code.take().or(hs_code);
                }
                None => consignment.goods_items.push(GoodsItem {
                    item: Some(item_n as u64 + 1),
                    hs_code,
                    description,
                    ..GoodsItem::default()
                }),
            }
        }
    }

    /// Which items lie in which containers, where the format leaves it to the reader: the only item is in all of them.
    fn containers_of_items(&mut self, consignment: &mut Consignment, equipment: &[(Equipment, Option<u64>)]) {
        let place =
            |(one, n): &(Equipment, Option<u64>)| InContainer { container: one.container.clone(), n_packages: *n };
        let weights = self.node.all("ctn_segment").filter_map(|node| node.value(&["Goods_Weight"])).count();
        match consignment.goods_items.as_mut_slice() {
            [only] if only.in_containers.is_empty() => only.in_containers = equipment.iter().map(place).collect(),
            [] => {}
            items => {
                let by_number: HashMap<&str, Option<u64>> =
                    equipment.iter().map(|(one, n)| (one.container.as_str(), *n)).collect();
                // Every item in every container is a guess that a large bill cannot carry.
                let fits = items.len().saturating_mul(equipment.len()) <= limits::MAX_EQUIPMENT;
                if !fits && items.iter().any(|item| item.in_containers.is_empty()) {
                    let at = format!("{}/ctn_segment", self.path);
                    let found = format!("{} items and {} containers", items.len(), equipment.len());
                    let expected = "which item is in which container (Container_item_references); none was assumed";
                    self.reading.fault("containers_not_told", Severity::Doubt, &|| at.clone(), &found, expected);
                }
                for item in items.iter_mut() {
                    for at in &mut item.in_containers {
                        at.n_packages = at.n_packages.or(by_number.get(at.container.as_str()).copied().flatten());
                    }
                    if item.in_containers.is_empty() && fits {
                        // Not said which: all of them, without numbers of packages.
                        let all = equipment
                            .iter()
                            .map(|(one, _)| InContainer { container: one.container.clone(), n_packages: None });
                        item.in_containers = all.collect();
                    }
                }
            }
        }
        if weights == 1 && equipment.len() == 1 {
            // The weight of the only container's goods repeats that of the bill.
            let stated = self.node.at(&["ctn_segment", "Goods_Weight"]).and_then(Node::text).map(str::to_owned);
            let sum: Option<f64> = consignment.goods_items.iter().map(|item| item.gross_mass_kg).sum();
            let stated = stated.and_then(|text| plain_number(&text));
            if let (Some(stated), Some(sum)) = (stated, sum)
                && (stated - sum).abs() > 0.5
            {
                let at = format!("{}/ctn_segment/Goods_Weight", self.path);
                let expected = format!("{sum}, the gross mass of the goods");
                self.reading.fault("wrong_total", Severity::Doubt, &|| at.clone(), &stated.to_string(), &expected);
            }
        }
    }

    fn money(&mut self, path: &[&str], amount: &str, currency: &str, kind: &str) -> Option<Money> {
        let node = self.node.at(path)?;
        let text = node.value(&[amount])?;
        let money = Money {
            amount: text.to_owned(),
            currency: node.value(&[currency]).map(str::to_owned),
            kind: Some(kind.to_owned()),
        };
        if money.number().is_some() {
            return Some(money);
        }
        let at = format!("{}/{}/{amount}", self.path, path.join("/"));
        self.reading.fault("not_an_amount", Severity::Lost, &|| at.clone(), text, "a decimal amount");
        None
    }
}

/// Elements below a goods segment that hold a text about goods.
fn lines_below(node: &Node) -> Vec<&Node> {
    let mut lines = Vec::new();
    node.below(TEXTS, &mut lines);
    lines
}

fn level(kind: Option<&str>) -> Option<String> {
    match kind?.to_ascii_uppercase().as_str() {
        "HBL" | "HSB" | "HOU" | "HWB" | "HAWB" | "714" => Some("house".to_owned()),
        "MBL" | "MST" | "MAS" | "MWB" | "MSB" | "704" => Some("master".to_owned()),
        _ => None,
    }
}

/// AWMDS has no figures of the bill: they are those of its goods.
fn sum(consignment: &mut Consignment) {
    let items = &consignment.goods_items;
    if items.is_empty() {
        return;
    }
    consignment.gross_mass_kg = items.iter().map(|item| item.gross_mass_kg).sum();
    consignment.n_packages = items.iter().map(|item| item.packages.first().and_then(|packages| packages.n)).sum();
}
