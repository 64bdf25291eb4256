//! WCO Data Model declaration XML (3.x): one declaration is one consignment.
//!
//! In: UTF-8 text, also wrapped in an envelope of another system. Out: one part for each `Declaration`. A declaration
//! says who, what and under which documents; the voyage is mostly absent. The CITES document is category `C`, type `400`.

use std::io::BufRead;

use super::super::fault::{ManifestError, Severity};
use super::super::fields::*;
use super::super::limits;
use super::super::place::Place;
use super::super::pointer::country_of_party;
use super::super::reading::Reading;
use super::super::types::*;
use super::codes;
use super::units::{Unit, coded_unit};
use super::xml::{Node, Piece, Records};
use super::{Parsed, Parts};

/// Reads every declaration.
pub(super) fn declarations(input: impl BufRead + Send + 'static) -> Parts {
    Box::new(Reader { records: Records::new(input, "WCO declaration XML"), version: None, n: 0, done: false })
}

struct Reader<R: BufRead> {
    records: Records<R>,
    version: Option<String>,
    n: u64,
    done: bool,
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        let wanted = |name: &str, _: usize| {
            name.eq_ignore_ascii_case("Declaration") || name.eq_ignore_ascii_case("WCODataModelVersionCode")
        };
        while !self.done {
            match self.records.next(&wanted) {
                Ok(Piece::Record(node)) if node.is("Declaration") => {
                    self.n += 1;
                    let version = self.version.clone().unwrap_or_else(|| "3".to_owned());
                    return Some(Ok(Declaration::new(&node, self.n).read(&version)));
                }
                Ok(Piece::Record(node)) => self.version = node.text().map(str::to_owned),
                Ok(Piece::Opened(..)) => {}
                Ok(Piece::End) => {
                    self.done = true;
                    let why = "no Declaration".to_owned();
                    let error = ManifestError::Malformed { format: "WCO declaration XML", at: "/".into(), why };
                    return (self.n == 0).then_some(Err(error));
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

/// What is expected where a text about goods stands in an element that is not read.
pub(super) const GOODS_ELSEWHERE: &str = "goods in the elements of the format; this text was kept and not understood";

/// Elements that are goods items, by the editions and countries that use them.
const ITEMS: &[&str] = &["GovernmentAgencyGoodsItem", "CustomsGoodsItem", "ConsignmentItem", "GoodsItem"];

struct Declaration<'n> {
    /// The whole of it.
    outer: &'n Node,
    /// What holds the shipment: some countries wrap it once more (DU-E: `DeclarationNFe`, `DeclarationNoNF`).
    node: &'n Node,
    path: String,
    reading: Reading,
}

/// The goods in words: every description of the item and of its commodity, each once.
fn description(item: &Node, commodity: &Node) -> String {
    let own =
        commodity.all("Description").chain(commodity.all("CargoDescription")).chain(commodity.all("GoodsDescription"));
    let beside = item.all("Description").chain(item.all("GoodsDescription")).chain(item.all("CargoDescription"));
    let mut texts: Vec<&str> = Vec::new();
    for text in own.chain(beside).filter_map(Node::text) {
        if !texts.contains(&text) && texts.len() < limits::MAX_LIST {
            texts.push(text);
        }
    }
    texts.join(" / ")
}

impl<'n> Declaration<'n> {
    fn new(node: &'n Node, n: u64) -> Self {
        let path = if n == 1 { "/Declaration".to_owned() } else { format!("/Declaration[{n}]") };
        let wrapped = |node: &'n Node| {
            let mut holders = Vec::new();
            node.holders(&["GoodsShipment"], &mut holders);
            holders.into_iter().next()
        };
        Self { outer: node, node: wrapped(node).unwrap_or(node), path, reading: Reading::of_bill() }
    }

    /// Every goods item, wherever it stands: in each shipment, in its consignment, or beside them.
    fn items(&self) -> Vec<&'n Node> {
        let mut holders = Vec::new();
        for place in self.outer_holders() {
            place.holders(ITEMS, &mut holders);
        }
        holders.into_iter().flat_map(|holder| ITEMS.iter().flat_map(move |name| holder.all(name))).collect()
    }

    /// The shipments, else the whole.
    fn outer_holders(&self) -> Vec<&'n Node> {
        let shipments: Vec<&Node> = self.node.all("GoodsShipment").collect();
        if shipments.is_empty() { vec![self.outer] } else { shipments }
    }

    fn read(mut self, version: &str) -> Parsed {
        let node = self.node;
        let reference = node.value(&["FunctionalReferenceID"]).unwrap_or_default().to_owned();
        let mut manifest = Manifest {
            reference: reference.clone(),
            format: format!("wco/{version}"),
            function: self.function(),
            sent_at: node.value(&["IssueDateTime"]).and_then(super::epermit::day_of).map(Moment::on),
            office: ["DeclarationOfficeID"].iter().find_map(|name| node.value(&[name])).map(str::to_owned),
            carrier: self.carrier(),
            transport_means: self.transport_means(),
            ..Manifest::default()
        };
        manifest.office = manifest.office.or_else(|| node.value(&["ExitOffice", "ID"]).map(str::to_owned));
        let n_packages = self.count(node, "TotalPackageQuantity");
        let mut consignment = Consignment { line: Some(1), n_packages, ..Consignment::default() };
        consignment.routing = self.routing();
        consignment.value = self.money(node, "InvoiceAmount", "invoice");
        let nothing = Node::default();
        let shipment = node.child("GoodsShipment").unwrap_or(&nothing);
        self.parties(shipment, &mut consignment);
        self.places(shipment, &mut consignment);
        manifest.equipment = self.equipment(shipment);
        self.previous_documents(shipment, &mut consignment);
        let items = self.items();
        if items.len() > limits::MAX_GOODS_ITEMS {
            let (at, found) = (self.path.clone(), format!("{} goods items", items.len()));
            self.reading.fault("too_many", Severity::Lost, &|| at.clone(), &found, "at most MAX_GOODS_ITEMS");
        }
        let fits = items.len().saturating_mul(manifest.equipment.len()) <= limits::MAX_EQUIPMENT;
        let in_all: &[Equipment] = if fits { &manifest.equipment } else { &[] };
        for (n, item) in items.into_iter().take(limits::MAX_GOODS_ITEMS).enumerate() {
            let item = self.goods_item(item, n, in_all, &mut consignment);
            consignment.goods_items.push(item);
        }
        self.goods_are_told(&consignment, manifest.function);
        consignment.procedure = self.procedure(shipment);
        if let Some(stated) =
            self.count(node, "GoodsItemQuantity").filter(|n| *n != consignment.goods_items.len() as u64)
        {
            let at = format!("{}/GoodsItemQuantity", self.path);
            let expected = format!("{}, the goods items that were read", consignment.goods_items.len());
            self.reading.fault("wrong_total", Severity::Doubt, &|| at.clone(), &stated.to_string(), &expected);
        }
        if consignment.bill_of_lading.is_empty() {
            consignment.bill_of_lading = reference;
            let at = self.path.clone();
            let found = consignment.bill_of_lading.clone();
            if found.is_empty() {
                let expected = "a transport document (705) or a FunctionalReferenceID";
                consignment.bill_of_lading = "declaration".to_owned();
                self.reading.fault("missing", Severity::Lost, &|| at.clone(), "nothing", expected);
            } else {
                let expected = "a transport document (705); the declaration's own reference names the consignment";
                self.reading.fault("named_by_reference", Severity::Note, &|| at.clone(), &found, expected);
            }
        }
        self.outer.keep_unread(&self.path, &mut self.reading);
        Parsed::of_one(manifest, consignment, self.reading)
    }

    /// A declaration without goods has lost them, unless it only takes another back; and so has one with a text about
    /// goods that stands where nobody looks.
    fn goods_are_told(&mut self, consignment: &Consignment, function: Function) {
        let at = self.path.clone();
        if consignment.goods_items.is_empty() && function != Function::Cancel {
            self.reading.fault("missing", Severity::Lost, &|| at.clone(), "nothing", "a goods item");
        }
        if let Some((at, text)) = self.outer.unread_goods(&self.path) {
            self.reading.fault("goods_not_read", Severity::Lost, &|| at.clone(), text, GOODS_ELSEWHERE);
        }
    }

    fn function(&mut self) -> Function {
        match self.node.value(&["FunctionCode"]) {
            None | Some("9") => Function::Original,
            Some("1" | "3") => Function::Cancel,
            Some("13" | "4") => Function::Change,
            Some("5") => Function::Replace,
            Some(other) => {
                let at = format!("{}/FunctionCode", self.path);
                let expected = "9 original, 13 amendment or 1 cancellation; read as original";
                self.reading.fault("unknown_function", Severity::Lost, &|| at.clone(), other, expected);
                Function::Original
            }
        }
    }

    fn carrier(&mut self) -> Option<Carrier> {
        let name = self.node.value(&["Consignment", "Carrier", "Name"]).map(str::to_owned)?;
        Some(Carrier { scac: None, name: Some(name) })
    }

    /// The ship that crosses the border, or that arrives. Type 10 is an IMO number, 11 a ship's name (UN/EDIFACT 8179 of
    /// the WCO list); others stay unmapped.
    fn transport_means(&mut self) -> Option<TransportMeans> {
        let mut means = TransportMeans::default();
        let arrival = self.node.at(&["GoodsShipment", "Consignment", "ArrivalTransportMeans"]);
        for node in [self.node.child("BorderTransportMeans"), arrival].into_iter().flatten() {
            let kind = node.child("IdentificationTypeCode");
            let id = node.child("ID");
            match kind.and_then(Node::text) {
                // A lorry that arrives has a type 10 too; only what looks like an IMO number is one there.
                Some("10") if means.imo.is_none() => {
                    let is_border = node.is("BorderTransportMeans");
                    let shaped =
                        |id: &&Node| id.text().is_some_and(|id| id.bytes().filter(u8::is_ascii_digit).count() == 7);
                    means.imo = id.filter(|id| is_border || shaped(id)).and_then(Node::text).map(str::to_owned);
                }
                Some("11") if means.name.is_none() => means.name = id.and_then(Node::text).map(str::to_owned),
                Some("40") if means.voyage.is_none() => means.voyage = id.and_then(Node::text).map(str::to_owned),
                _ => {}
            }
            means.name = means.name.take().or_else(|| node.value(&["Name"]).map(str::to_owned));
            means.mode = means.mode.or_else(|| node.value(&["ModeCode"]).and_then(|mode| mode.parse().ok()));
            means.voyage = means.voyage.take().or_else(|| node.value(&["JourneyID"]).map(str::to_owned));
            if means.flag.is_none() {
                let at = format!("{}/{}/RegistrationNationalityCode", self.path, node.name);
                means.flag = node.value(&["RegistrationNationalityCode"]).and_then(|text| {
                    self.reading.country(
                        text,
                        &|| at.clone(),
                        Place::HEAD.field(manifest::transport_means).field(transport_means::flag),
                    )
                });
            }
        }
        (means != TransportMeans::default()).then_some(means)
    }

    fn routing(&mut self) -> Vec<crate::codes::CountryCode> {
        let mut routing = Vec::new();
        let nothing = Node::default();
        for node in self.node.child("Consignment").unwrap_or(&nothing).all("Itinerary").take(limits::MAX_LIST) {
            let at = format!("{}/Consignment/Itinerary", self.path);
            node.child("SequenceNumeric").map(Node::quiet);
            let place = Place::HEAD.entry(consignment::routing, routing.len());
            let code =
                node.value(&["RoutingCountryCode"]).and_then(|text| self.reading.country(text, &|| at.clone(), place));
            routing.extend(code);
        }
        routing
    }

    fn parties(&mut self, shipment: &Node, consignment: &mut Consignment) {
        let node = self.node;
        let find = |name: &str| {
            node.child(name).or_else(|| shipment.child(name)).or_else(|| shipment.at(&["Consignment", name]))
        };
        // The exporter of a declaration is the consignor of a bill unless both stand there; the importer likewise.
        let (consignor, consignee) = (find("Consignor"), find("Consignee"));
        let exporter = if consignor.is_some() { PartyRole::Exporter } else { PartyRole::Consignor };
        let importer = if consignee.is_some() { PartyRole::Importer } else { PartyRole::Consignee };
        for (role, party) in [
            (PartyRole::Consignor, consignor),
            (exporter, find("Exporter")),
            (PartyRole::Consignee, consignee),
            (importer, find("Importer")),
            (PartyRole::NotifyParty, find("NotifyParty")),
            (PartyRole::Declarant, find("Declarant")),
            (PartyRole::Declarant, find("Agent")),
            (PartyRole::Seller, find("Seller")),
            (PartyRole::Buyer, find("Buyer")),
        ] {
            let Some(party) = party else { continue };
            let n = consignment.parties.len();
            let party = self.party(role, party, n);
            consignment.parties.push(party);
        }
    }

    fn party(&mut self, role: PartyRole, node: &Node, n: usize) -> Party {
        let path = format!("{}/{}", self.path, node.name);
        let text = |name: &[&str]| node.value(name).map(str::to_owned);
        let country = node.value(&["Address", "CountryCode"]).and_then(|text| {
            self.reading.country(text, &|| format!("{path}/Address/CountryCode"), country_of_party(n))
        });
        let address = Address {
            street: text(&["Address", "Line"]),
            city: text(&["Address", "CityName"]),
            region: text(&["Address", "CountrySubDivisionName"]),
            postcode: text(&["Address", "PostcodeID"]),
            country,
        };
        let name =
            node.value(&["Name"]).map(|text| self.reading.text(text, &|| format!("{path}/Name"))).unwrap_or_default();
        let address = (address != Address::default()).then_some(address);
        let contacts =
            node.all("Communication").filter_map(|node| node.value(&["ID"])).map(str::to_owned).take(20).collect();
        Party { role, id: text(&["ID"]), name, address, contacts }
    }

    fn places(&mut self, shipment: &Node, consignment: &mut Consignment) {
        let place = |path: &[&str]| shipment.value(path).and_then(Location::new);
        consignment.places.loading = place(&["Consignment", "LoadingLocation", "ID"]);
        consignment.places.discharge = place(&["Consignment", "UnloadingLocation", "ID"]);
        consignment.places.final_destination = place(&["Destination", "CountryCode"]);
        if consignment.routing.is_empty()
            && let Some(text) = shipment.value(&["ExportCountry", "ID"])
        {
            let at = format!("{}/GoodsShipment/ExportCountry/ID", self.path);
            consignment.routing.extend(self.reading.country(
                text,
                &|| at.clone(),
                Place::HEAD.entry(consignment::routing, 0),
            ));
        }
        let ucr = shipment.value(&["UCR", "ID"]).or_else(|| self.node.value(&["UCR", "ID"]));
        consignment.ucr = ucr.or_else(|| shipment.value(&["UCR", "TraderAssignedReferenceID"])).map(str::to_owned);
    }

    fn equipment(&mut self, shipment: &Node) -> Vec<Equipment> {
        let nothing = Node::default();
        let consignment = shipment.child("Consignment").unwrap_or(&nothing);
        consignment.child("ContainerCode").map(Node::quiet);
        let mut list = Vec::new();
        for node in consignment.all("TransportEquipment").take(limits::MAX_EQUIPMENT) {
            node.child("SequenceNumeric").map(Node::quiet);
            let Some(container) = node.value(&["ID"]) else { continue };
            let seals = node.all("Seal").filter_map(|seal| {
                seal.child("SequenceNumeric").map(Node::quiet);
                Some(Seal { number: seal.value(&["ID"])?.to_owned(), party: None })
            });
            list.push(Equipment { container: container.to_owned(), seals: seals.collect(), ..Equipment::default() });
        }
        list
    }

    fn previous_documents(&mut self, shipment: &Node, consignment: &mut Consignment) {
        for node in shipment.all("PreviousDocument") {
            let (Some(kind), Some(id)) = (node.child("TypeCode"), node.child("ID")) else { continue };
            let slot = match kind.text() {
                Some("705" | "N705" | "741" | "740") if consignment.bill_of_lading.is_empty() => {
                    consignment.bill_of_lading = id.text().unwrap_or_default().to_owned();
                    node.quiet();
                    continue;
                }
                Some("704" | "N704") if consignment.master_bill.is_none() => &mut consignment.master_bill,
                Some("DCR") if consignment.ucr.is_none() => &mut consignment.ucr,
                _ => {
                    let found = format!("{} {}", kind.text().unwrap_or_default(), id.text().unwrap_or_default());
                    self.reading.unmapped(format!("{}/GoodsShipment/PreviousDocument", self.path), &found);
                    node.quiet();
                    continue;
                }
            };
            *slot = id.text().map(str::to_owned);
            node.quiet();
        }
    }

    /// By the procedure of the first item, else by the type of the declaration. Source: EU procedure codes.
    fn procedure(&mut self, shipment: &Node) -> Option<Procedure> {
        let kind = self.node.value(&["TypeCode"]);
        let item = ITEMS.iter().find_map(|name| shipment.child(name));
        let current = item.and_then(|item| item.at(&["GovernmentProcedure", "CurrentCode"])).and_then(Node::text);
        let by_item = current.and_then(|code| match code.get(..2)? {
            "31" => Some(Procedure::ReExport),
            "53" => Some(Procedure::TemporaryAdmission),
            "71" | "76" | "77" => Some(Procedure::Warehouse),
            "78" => Some(Procedure::FreeZone),
            "10" | "11" | "21" | "22" | "23" => Some(Procedure::Export),
            "01" | "07" | "40" | "42" | "44" | "45" | "51" | "61" | "63" | "68" => Some(Procedure::Import),
            _ => None,
        });
        by_item.or_else(|| match kind?.get(..2)? {
            "IM" | "CO" => Some(Procedure::Import),
            "EX" => Some(Procedure::Export),
            "TR" | "T1" | "T2" => Some(Procedure::Transit),
            _ => None,
        })
    }

    fn goods_item(
        &mut self,
        node: &Node,
        n: usize,
        equipment: &[Equipment],
        consignment: &mut Consignment,
    ) -> GoodsItem {
        let at = format!("{}/GoodsShipment/GovernmentAgencyGoodsItem[{}]", self.path, n + 1);
        let nothing = Node::default();
        let commodity = node.child("Commodity").unwrap_or(&nothing);
        let measure = commodity.child("GoodsMeasure").unwrap_or(&nothing);
        let mut item = GoodsItem { item: self.count(node, "SequenceNumeric"), ..GoodsItem::default() };
        let description = description(node, commodity);
        item.description = self.reading.text(description, &|| format!("{at}/Commodity/Description"));
        for node in commodity.all("Classification") {
            let kind = node.child("IdentificationTypeCode").and_then(Node::text);
            if item.hs_code.is_none() && matches!(kind, None | Some("TSP" | "HS" | "SRZ")) {
                let place = Place::HEAD.item(n).field(goods_item::hs_code);
                item.hs_code = node
                    .value(&["ID"])
                    .and_then(|text| self.reading.hs(text, &|| format!("{at}/Commodity/Classification/ID"), place));
            }
        }
        item.gross_mass_kg = self.measured(measure.child("GrossMassMeasure"), false, &at);
        item.net_mass_kg =
            self.measured(measure.child("NetNetWeightMeasure").or(measure.child("NetWeightMeasure")), false, &at);
        if let Some(node) = measure.child("TariffQuantity") {
            let spelling = node.attribute("unitCode").unwrap_or("C62").to_owned();
            if let Some((Unit::Volume(_), _)) = coded_unit(&spelling) {
                item.volume_m3 = self.measured(Some(node), true, &at);
            } else if let Some(amount) =
                node.text().and_then(|text| self.reading.number(text, &|| format!("{at}/TariffQuantity")))
            {
                item.quantity = Some(Quantity { amount, unit: spelling });
            }
        }
        item.volume_m3 = item.volume_m3.or_else(|| self.measured(measure.child("VolumeMeasure"), true, &at));
        let origin = node.value(&["Origin", "CountryCode"]);
        let place = Place::HEAD.item(n).field(goods_item::origin);
        item.origin = origin.and_then(|text| self.reading.country(text, &|| format!("{at}/Origin/CountryCode"), place));
        for node in node.all("Packaging").take(limits::MAX_LIST) {
            node.child("SequenceNumeric").map(Node::quiet);
            let marks =
                node.value(&["MarksNumbersID"]).map(|text| self.reading.text(text, &|| format!("{at}/Packaging")));
            let n = self.count(node, "QuantityQuantity");
            item.packages.push(Packages { n, kind: node.value(&["TypeCode"]).map(str::to_owned), marks });
        }
        for node in node.all("AdditionalDocument").take(limits::MAX_LIST) {
            let document = self.document(node, &at);
            item.documents.push(document);
        }
        for (name, kind) in [("CustomsValueAmount", "customs"), ("StatisticalValueAmount", "statistical")] {
            if item.value.is_none() {
                item.value = self.money(node, name, kind);
            }
        }
        if item.value.is_none()
            && let Some(line) = commodity.child("InvoiceLine")
        {
            item.value = self.money(line, "ItemChargeAmount", "invoice");
        }
        let own: Vec<&str> = node.all("TransportEquipment").filter_map(|node| node.value(&["ID"])).collect();
        // Where the items do not say, each may be in every container of the declaration.
        let n_packages =
            item.packages.first().and_then(|packages| packages.n).filter(|_| equipment.len() == 1 && n == 0);
        item.in_containers = if own.is_empty() {
            equipment.iter().map(|one| InContainer { container: one.container.clone(), n_packages }).collect()
        } else {
            own.into_iter().map(|id| InContainer { container: id.to_owned(), n_packages: None }).collect()
        };
        consignment.gross_mass_kg = match (n, consignment.gross_mass_kg, item.gross_mass_kg) {
            (0, _, mass) => mass,
            (_, Some(sum), Some(mass)) => Some(sum + mass),
            _ => None,
        };
        item
    }

    fn document(&mut self, node: &Node, at: &str) -> Document {
        let (category, kind) = (node.value(&["CategoryCode"]), node.value(&["TypeCode"]));
        let code = format!("{}{}", category.unwrap_or_default(), kind.unwrap_or_default());
        let day = |name: &str| node.value(&[name]).and_then(super::epermit::day_of);
        let writes_off = node.at(&["WriteOff", "QuantityQuantity"]).or_else(|| node.at(&["WriteOff", "AmountAmount"]));
        let quantity =
            writes_off.and_then(Node::text).and_then(|text| self.reading.number(text, &|| format!("{at}/WriteOff")));
        Document {
            kind: codes::document(&code),
            code: (!code.is_empty()).then_some(code),
            number: node.value(&["ID"]).map(str::to_owned),
            issued_on: day("IssueDateTime"),
            expires_on: day("ExpirationDateTime").or_else(|| day("EffectiveDateTime")),
            unit: writes_off
                .and_then(|node| node.attribute("unitCode"))
                .map(str::to_owned)
                .filter(|_| quantity.is_some()),
            quantity,
            issuing_authority: node.value(&["Submitter", "Name"]).map(str::to_owned),
            remarks: node.value(&["Name"]).map(str::to_owned),
            ..Document::default()
        }
    }

    fn measured(&mut self, node: Option<&Node>, is_volume: bool, at: &str) -> Option<f64> {
        let node = node?;
        let place = || format!("{at}/{}", node.name);
        let value = self.reading.decimal(node.text()?, &place)?;
        let Some(spelling) = node.attribute("unitCode") else { return Some(value) };
        match (coded_unit(spelling), is_volume) {
            (Some((Unit::Mass(factor), _)), false) | (Some((Unit::Volume(factor), _)), true) => Some(value * factor),
            _ => {
                let found = codes::other_unit(spelling).map(|name| format!("{spelling} ({name})"));
                let expected = "a unit of UNECE Recommendation 20 that measures this";
                self.reading.fault(
                    "unknown_unit",
                    Severity::Lost,
                    &place,
                    found.as_deref().unwrap_or(spelling),
                    expected,
                );
                None
            }
        }
    }

    fn count(&mut self, node: &Node, name: &str) -> Option<u64> {
        let at = format!("{}/{name}", self.path);
        node.value(&[name]).and_then(|text| self.reading.count(text, &|| at.clone()))
    }

    fn money(&mut self, node: &Node, name: &str, kind: &str) -> Option<Money> {
        let node = node.child(name)?;
        let money = Money {
            amount: node.text()?.to_owned(),
            currency: node.attribute("currencyID").map(str::to_owned),
            kind: Some(kind.to_owned()),
        };
        if money.number().is_some() {
            return Some(money);
        }
        let at = format!("{}/{name}", self.path);
        self.reading.fault("not_an_amount", Severity::Lost, &|| at.clone(), &money.amount, "a decimal amount");
        None
    }
}
