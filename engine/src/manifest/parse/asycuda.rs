//! ASYCUDA World declaration (SAD) XML: one declaration is one consignment.
//!
//! In: UTF-8 text, root `ASYCUDA`, alone or several below another. Out: one part for each. Names as ASYCUDA World exports
//! them, letter case aside; `<null/>` is nothing. The bill is the summary declaration of the first item that names one,
//! else the reference of the declarant or of the registration; a fragment that names none of them is refused, because
//! nobody could find its consignment. Masses in kg. Not here: manifests of the same system (`awmds`).

use std::io::BufRead;

use super::super::fault::{ManifestError, Severity};
use super::super::fields::*;
use super::super::limits;
use super::super::place::Place;
use super::super::reading::{Reading, is_absent};
use super::super::types::*;
use super::xml::{Node, Piece, Records};
use super::{Parsed, Parts, codes};

/// Reads every declaration.
pub(super) fn declarations(input: impl BufRead + Send + 'static) -> Parts {
    Box::new(Reader { records: Records::new(input, "ASYCUDA XML"), n: 0, done: false })
}

struct Reader<R: BufRead> {
    records: Records<R>,
    n: u64,
    done: bool,
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        let malformed =
            |why: &str| ManifestError::Malformed { format: "ASYCUDA XML", at: "/".into(), why: why.to_owned() };
        while !self.done {
            match self.records.next(&|name, _| name.eq_ignore_ascii_case("ASYCUDA")) {
                Ok(Piece::Record(node)) => {
                    self.n += 1;
                    return Some(Declaration::new(&node, self.n).read().ok_or_else(|| {
                        let what = "an ASYCUDA declaration that names neither a bill (Summary_declaration), a reference \
                                    of its declarant nor a registration; nobody could find its consignment";
                        ManifestError::OtherMessage { what: what.to_owned() }
                    }));
                }
                Ok(Piece::Opened(..)) => {}
                Ok(Piece::End) => {
                    self.done = true;
                    return (self.n == 0).then_some(Err(malformed("no ASYCUDA element")));
                }
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

struct Declaration<'n> {
    node: &'n Node,
    path: String,
    reading: Reading,
}

/// A text at the end of a path, unless it says that there is none.
fn told<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.value(path).filter(|text| !is_absent(text))
}

fn owned(node: &Node, path: &[&str]) -> Option<String> {
    told(node, path).map(str::to_owned)
}

impl<'n> Declaration<'n> {
    fn new(node: &'n Node, n: u64) -> Self {
        let path = if n == 1 { "/ASYCUDA".to_owned() } else { format!("/ASYCUDA[{n}]") };
        Self { node, path, reading: Reading::of_bill() }
    }

    /// `None`: it names no consignment.
    fn read(mut self) -> Option<Parsed> {
        let node = self.node;
        let bill = node.all("Item").find_map(|item| told(item, &["Previous_doc", "Summary_declaration"]));
        let reference = told(node, &["Declarant", "Reference", "Number"])
            .or_else(|| told(node, &["Identification", "Registration", "Number"]))
            .or_else(|| told(node, &["Identification", "Manifest_reference_number"]));
        let bill_of_lading = bill.or(reference)?.to_owned();
        let mut manifest = self.head();
        let mut consignment = Consignment { line: Some(1), bill_of_lading, ..Consignment::default() };
        if bill.is_none() {
            let (at, found) = (self.path.clone(), consignment.bill_of_lading.clone());
            let expected = "a Summary_declaration; the declaration's own reference names the consignment";
            self.reading.fault("named_by_reference", Severity::Note, &|| at.clone(), &found, expected);
        }
        consignment.procedure = self.procedure();
        self.parties(&mut consignment);
        self.places(&mut consignment);
        manifest.equipment = self.equipment();
        let items = node.all("Item").count();
        if items > limits::MAX_GOODS_ITEMS {
            let (at, found) = (self.path.clone(), format!("{items} goods items"));
            self.reading.fault("too_many", Severity::Lost, &|| at.clone(), &found, "at most MAX_GOODS_ITEMS");
        }
        // Which item is in which container is not said: each may be in all, where that is a list one can hold.
        let fits = items.saturating_mul(manifest.equipment.len()) <= limits::MAX_EQUIPMENT;
        let in_all: &[Equipment] = if fits { &manifest.equipment } else { &[] };
        for (n, item) in node.all("Item").take(limits::MAX_GOODS_ITEMS).enumerate() {
            let item = self.goods_item(item, n, in_all);
            consignment.goods_items.push(item);
        }
        self.compare(&mut consignment);
        if let Some((at, text)) = node.unread_goods(&self.path) {
            self.reading.fault("goods_not_read", Severity::Lost, &|| at.clone(), text, super::wco::GOODS_ELSEWHERE);
        }
        node.keep_unread(&self.path, &mut self.reading);
        Some(Parsed::of_one(manifest, consignment, self.reading))
    }

    fn head(&mut self) -> Manifest {
        let node = self.node;
        let means = node.at(&["Transport", "Means_of_transport"]);
        let border = means.and_then(|means| means.child("Border_information"));
        let arrival = means.and_then(|means| means.child("Departure_arrival_information"));
        let name = [border, arrival].into_iter().flatten().find_map(|node| owned(node, &["Identity"]));
        let flag = [border, arrival].into_iter().flatten().find_map(|node| told(node, &["Nationality"]));
        let at = format!("{}/Transport/Means_of_transport", self.path);
        let place = Place::HEAD.field(manifest::transport_means).field(transport_means::flag);
        let means = TransportMeans {
            mode: border.and_then(|node| told(node, &["Mode"])).and_then(|mode| mode.parse().ok()),
            name,
            flag: flag.and_then(|text| self.reading.country(text, &|| at.clone(), place)),
            ..TransportMeans::default()
        };
        let day_at = format!("{}/Identification/Registration/Date", self.path);
        let sent = told(node, &["Identification", "Registration", "Date"]);
        Manifest {
            reference: owned(node, &["Identification", "Manifest_reference_number"]).unwrap_or_default(),
            format: "asycuda-sad".into(),
            office: owned(node, &["Identification", "Office_segment", "Customs_clearance_office_code"]),
            sender: owned(node, &["Declarant", "Declarant_code"]),
            sent_at: sent.and_then(|text| day(text).or_else(|| self.reading.moment(text, &|| day_at.clone()))),
            transport_means: (means != TransportMeans::default()).then_some(means),
            ..Manifest::default()
        }
    }

    /// By the general procedure: the first digit of the customs procedure.
    fn procedure(&self) -> Option<Procedure> {
        let kind = self.node.at(&["Identification", "Type"])?;
        let (flow, general) = (told(kind, &["Type_of_declaration"]), told(kind, &["Declaration_gen_procedure_code"]));
        match general?.chars().next()? {
            '1' | '2' => Some(Procedure::Export),
            '3' => Some(Procedure::ReExport),
            '4' | '6' => Some(Procedure::Import),
            '5' => Some(Procedure::TemporaryAdmission),
            '7' | '9' => Some(Procedure::Warehouse),
            '8' => Some(Procedure::Transit),
            _ if flow.is_some_and(|flow| flow.starts_with("EX")) => Some(Procedure::Export),
            _ if flow.is_some_and(|flow| flow.starts_with("IM")) => Some(Procedure::Import),
            _ => None,
        }
    }

    fn parties(&mut self, consignment: &mut Consignment) {
        for (role, path, prefix) in [
            (PartyRole::Consignor, &["Traders", "Exporter"][..], "Exporter"),
            (PartyRole::Consignee, &["Traders", "Consignee"], "Consignee"),
            (PartyRole::Declarant, &["Declarant"], "Declarant"),
        ] {
            let Some(node) = self.node.at(path) else { continue };
            let at = format!("{}/{}", self.path, path.join("/"));
            let (id, name) = (owned(node, &[&format!("{prefix}_code")]), told(node, &[&format!("{prefix}_name")]));
            if id.is_none() && name.is_none() {
                continue;
            }
            // The name and the address share one field, a line each.
            let mut lines = name.unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
            let name = self.reading.text(lines.next().unwrap_or_default(), &|| at.clone());
            let street = lines.collect::<Vec<_>>().join(", ");
            let address = (!street.is_empty()).then(|| Address { street: Some(street), ..Address::default() });
            consignment.parties.push(Party { role, id, name, address, contacts: Vec::new() });
        }
    }

    fn places(&mut self, consignment: &mut Consignment) {
        let node = self.node;
        let loading = owned(node, &["Transport", "Place_of_loading", "Code"])
            .or_else(|| owned(node, &["Transport", "Place_of_loading", "Name"]));
        consignment.places.loading = loading.and_then(|text| Location::new(&text));
        let country = node.at(&["General_information", "Country"]);
        let at = format!("{}/General_information/Country", self.path);
        let destination = country.and_then(|node| owned(node, &["Destination", "Destination_country_code"]));
        consignment.places.final_destination = destination.and_then(|text| Location::new(&text));
        let export = country.and_then(|node| told(node, &["Export", "Export_country_code"]));
        let place = Place::HEAD.entry(consignment::routing, 0);
        consignment.routing.extend(export.and_then(|text| self.reading.country(text, &|| at.clone(), place)));
    }

    fn equipment(&mut self) -> Vec<Equipment> {
        let mut containers: Vec<&Node> = Vec::new();
        self.node.holders(&["Container_identity"], &mut containers);
        let mut list = Vec::new();
        for node in containers.into_iter().take(limits::MAX_EQUIPMENT) {
            let Some(container) = owned(node, &["Container_identity"]) else { continue };
            let size_type = owned(node, &["Container_type"]);
            list.push(Equipment { container, size_type, ..Equipment::default() });
        }
        list
    }

    fn goods_item(&mut self, node: &Node, n: usize, equipment: &[Equipment]) -> GoodsItem {
        let path = format!("{}/Item[{}]", self.path, n + 1);
        let goods = node.child("Goods_description");
        let mut texts: Vec<&str> = Vec::new();
        for name in ["Commercial_Description", "Description_of_goods"] {
            texts.extend(goods.and_then(|goods| told(goods, &[name])).filter(|text| !texts.contains(text)));
        }
        let free = ["Free_text_1", "Free_text_2"].into_iter().filter_map(|name| told(node, &[name]));
        texts.extend(free);
        let text_at = format!("{path}/Goods_description");
        let description = self.reading.text(texts.join(" / "), &|| text_at.clone());
        let hs_at = format!("{path}/Tarification/HScode/Commodity_code");
        let hs = told(node, &["Tarification", "HScode", "Commodity_code"]);
        let hs_place = Place::HEAD.item(n).field(goods_item::hs_code);
        let hs_code = hs.and_then(|text| self.reading.hs(text, &|| hs_at.clone(), hs_place));
        let origin = goods.and_then(|goods| told(goods, &["Country_of_origin_code"]));
        let origin_place = Place::HEAD.item(n).field(goods_item::origin);
        let origin = origin.and_then(|text| self.reading.country(text, &|| text_at.clone(), origin_place));
        let mass = |name: &str| told(node, &["Valuation_item", "Weight_itm", name]);
        let mass_at = format!("{path}/Valuation_item/Weight_itm");
        let mut number = |text: Option<&str>| text.and_then(|text| self.reading.decimal(text, &|| mass_at.clone()));
        let (gross_mass_kg, net_mass_kg) = (number(mass("Gross_weight_itm")), number(mass("Net_weight_itm")));
        GoodsItem {
            item: Some(n as u64 + 1),
            hs_code,
            description,
            origin,
            packages: self.packages(node, &path),
            gross_mass_kg,
            net_mass_kg,
            in_containers: equipment
                .iter()
                .map(|one| InContainer { container: one.container.clone(), n_packages: None })
                .collect(),
            documents: node.all("Attached_documents").take(limits::MAX_LIST).map(document).collect(),
            ..GoodsItem::default()
        }
    }

    fn packages(&mut self, item: &Node, path: &str) -> Vec<Packages> {
        let Some(node) = item.child("Packages") else { return Vec::new() };
        let at = format!("{path}/Packages");
        let marks: Vec<&str> =
            ["Marks1_of_packages", "Marks2_of_packages"].into_iter().filter_map(|name| told(node, &[name])).collect();
        let packages = Packages {
            n: told(node, &["Number_of_packages"])
                .and_then(|text| self.reading.decimal(text, &|| at.clone()))
                .map(|n| n as u64),
            kind: owned(node, &["Kind_of_packages_code"]),
            marks: (!marks.is_empty()).then(|| self.reading.text(marks.join(" "), &|| at.clone())),
        };
        if packages == Packages::default() { Vec::new() } else { vec![packages] }
    }

    /// Sums, and the number of items that the head states.
    fn compare(&mut self, consignment: &mut Consignment) {
        let items = &consignment.goods_items;
        let (n_items, at) = (items.len(), self.path.clone());
        if items.is_empty() {
            self.reading.fault("missing", Severity::Lost, &|| at.clone(), "nothing", "an Item");
            return;
        }
        let gross: Option<f64> = items.iter().map(|item| item.gross_mass_kg).sum();
        let packages: Option<u64> =
            items.iter().map(|item| item.packages.first().and_then(|packages| packages.n)).sum();
        (consignment.gross_mass_kg, consignment.n_packages) = (gross, packages);
        let numbers = self.node.at(&["Property", "Nbers"]);
        let stated =
            |name: &str| numbers.and_then(|node| told(node, &[name])).and_then(|text| text.parse::<u64>().ok());
        for (name, stated, counted) in [
            ("Total_number_of_items", stated("Total_number_of_items"), Some(n_items as u64)),
            ("Total_number_of_packages", stated("Total_number_of_packages"), packages),
        ] {
            if let (Some(stated), Some(counted)) = (stated, counted)
                && stated != counted
            {
                let at = format!("{at}/Property/Nbers/{name}");
                let expected = format!("{counted}, the sum of the items");
                self.reading.fault("wrong_total", Severity::Doubt, &|| at.clone(), &stated.to_string(), &expected);
            }
        }
    }
}

/// A day as ASYCUDA exports it: `2014-03-14`, `3/14/14` (month first) or `14/03/2014`. `None` where both orders fit.
fn day(text: &str) -> Option<Moment> {
    let parts: Vec<u16> = text.split('/').map_while(|part| part.parse().ok()).collect();
    let [a, b, year] = parts.as_slice() else { return Moment::parse(text) };
    let year = if *year < 100 { 2000 + year } else { *year };
    let written = match (*a > 12, *b > 12) {
        (true, false) => format!("{year}-{b:02}-{a:02}"),
        (false, true) => format!("{year}-{a:02}-{b:02}"),
        _ => return None,
    };
    Moment::parse(&written)
}

fn document(node: &Node) -> Document {
    let code = owned(node, &["Attached_document_code"]);
    let date = told(node, &["Attached_document_date"]).and_then(day);
    Document {
        kind: code.as_deref().map(codes::document).unwrap_or_default(),
        code,
        number: owned(node, &["Attached_document_reference"]),
        issued_on: date.map(|moment| moment.day()),
        remarks: owned(node, &["Attached_document_name"]),
        ..Document::default()
    }
}
