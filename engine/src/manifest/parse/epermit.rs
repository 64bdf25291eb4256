//! CITES e-permit XML: UN/CEFACT `CITESEPermit` versions 1 and 2, the WCO view of version 3, also inside SOAP.
//!
//! In: UTF-8 text. Out: one [`EPermit`] for each permit, by local names; an empty element is absent. Two readers use it:
//! the register (`permits::import`), and this step, where a permit is a consignment that declares itself: its transport
//! document (box 15) names it.

use std::io::BufRead;

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::fields::*;
use super::super::limits;
use super::super::place::Place;
use super::super::pointer::country_of_party;
use super::super::reading::Reading;
use super::super::types::*;
use super::units::{Unit, unit};
use super::xml::{Node, Piece, Records};
use super::{Parsed, Parts};
use crate::codes::{CountryCode, Date};

/// A permit as its file says it. Texts are as they stand; boxes are those of the paper form.
#[derive(Debug, Default)]
pub(crate) struct EPermit {
    /// Box 1.
    pub number: Option<String>,
    /// Box 1: `E`, `R`, `I`, `O`, or words.
    pub kind: Option<String>,
    /// Box 1, in words.
    pub name: Option<String>,
    /// Box 2.
    pub valid_from: Option<Date>,
    /// Box 2.
    pub valid_to: Option<Date>,
    /// Box 3.
    pub importer: Option<Party>,
    /// Box 4.
    pub exporter: Option<Party>,
    /// Box 5.
    pub conditions: Option<String>,
    /// Box 5a.
    pub purpose: Option<String>,
    /// Box 5b.
    pub stamp: Option<String>,
    /// Box 6.
    pub authority: Option<Party>,
    /// Box 13.
    pub issued_on: Option<Date>,
    /// Box 13: who signed.
    pub signatory: Option<String>,
    /// Box 14.
    pub endorsed_on: Option<Date>,
    /// Box 15.
    pub transport_document: Option<String>,
    /// Boxes 7 to 12.
    pub items: Vec<EItem>,
    /// Faults, unmapped values and originals.
    pub(super) reading: Reading,
}

/// One position of a permit.
#[derive(Debug, Default)]
pub(crate) struct EItem {
    /// Box 7.
    pub taxon: Option<String>,
    /// Box 8.
    pub common_name: Option<String>,
    /// Box 9.
    pub description: Option<String>,
    /// Box 9: term code.
    pub term: Option<String>,
    /// Box 9: marks.
    pub marks: Option<String>,
    /// Box 10.
    pub appendix: Option<String>,
    /// Box 10.
    pub source: Option<String>,
    /// Box 11.
    pub quantity: Option<f64>,
    /// Box 11.
    pub unit: Option<String>,
    /// Box 12.
    pub origin: Option<CountryCode>,
    /// Box 12, else 12a: the permit of the country of origin, or the certificate of the last re-export; empty where the
    /// boxes are; `None` where the form is not known to have them.
    pub origin_permit: Option<String>,
    /// Box 12b.
    pub acquired_on: Option<Date>,
    /// Box 12b: number of the registered operation; `None` where it is not given.
    pub operation: Option<String>,
    /// Box 14: quantity actually exported.
    pub endorsed_quantity: Option<f64>,
}

impl EPermit {
    /// What was wrong with the file.
    pub fn faults(&mut self) -> Vec<Fault> {
        self.reading.take_faults().to_vec()
    }
}

/// Every permit of a stream.
pub(crate) fn permits(input: impl BufRead) -> impl Iterator<Item = Result<EPermit, ManifestError>> {
    Permits { records: Records::new(input, "CITES e-permit XML"), n: 0, done: false }
}

/// Every permit as the consignment that it covers.
pub(super) fn consignments(input: impl BufRead + Send + 'static) -> Parts {
    Box::new(permits(input).map(|permit| permit.map(manifest)))
}

struct Permits<R: BufRead> {
    records: Records<R>,
    n: u64,
    done: bool,
}

/// The authority is no party of the consignment; its country stands behind the other two.
const AUTHORITY: usize = 2;

/// Roots of a permit: versions 1 (`CBFShip`), 2 and 3.
pub(super) const ROOTS: &[&str] = &["CITESEPermit", "CBFShip", "CITESePermit", "CitesCertificate"];

impl<R: BufRead> Iterator for Permits<R> {
    type Item = Result<EPermit, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        let wanted = |name: &str, _: usize| ROOTS.iter().any(|root| root.eq_ignore_ascii_case(name));
        while !self.done {
            match self.records.next(&wanted) {
                Ok(Piece::Record(node)) => {
                    self.n += 1;
                    return Some(Ok(permit(&node, self.n)));
                }
                Ok(Piece::Opened(..)) => {}
                Ok(Piece::End) => {
                    self.done = true;
                    let why = "no CITESEPermit".to_owned();
                    let error = ManifestError::Malformed { format: "CITES e-permit XML", at: "/".into(), why };
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

/// The day of a date or time of any of the forms seen: ISO, with zone, compact.
pub(super) fn day_of(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(day) = text.get(..10).and_then(|day| day.parse().ok()) {
        return Some(day);
    }
    let digits = text.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?).parse().ok()
}

struct Walk<'n> {
    node: &'n Node,
    path: String,
    reading: Reading,
}

/// A placeholder is no value.
fn given(text: &str) -> Option<String> {
    let text = text.trim();
    let is_nothing = matches!(text, "?" | "-" | "--" | "N/A" | "n/a" | "null" | "");
    (!is_nothing).then(|| text.to_owned())
}

impl Walk<'_> {
    /// First value found among several paths.
    fn text(&mut self, node: &Node, paths: &[&[&str]]) -> Option<String> {
        paths.iter().find_map(|path| node.value(path)).and_then(given)
    }

    fn day(&mut self, node: &Node, paths: &[&[&str]]) -> Option<Date> {
        let text = self.text(node, paths)?;
        // A time may hold its text one level down (`DateTimeString`).
        let day = day_of(&text);
        if day.is_none() {
            let at = format!("{}/{}", self.path, paths.first().copied().unwrap_or_default().join("/"));
            self.reading.fault("not_a_date", Severity::Lost, &|| at.clone(), &text, "a day as 2014-02-10");
        }
        day
    }

    fn number(&mut self, node: &Node, at: &str) -> Option<f64> {
        let text = node.text().and_then(given)?;
        let place = format!("{}/{at}", self.path);
        self.reading.number(&text, &|| place.clone())
    }

    fn country(&mut self, node: Option<&Node>, at: &str, stands: Place) -> Option<CountryCode> {
        let node = node?;
        let text =
            self.text(node, &[&["ID"], &["CountryID"], &["CountryCode"]]).or_else(|| node.text().and_then(given));
        let place = format!("{}/{at}", self.path);
        if let Some(text) = text {
            return self.reading.country(&text, &|| place.clone(), stands);
        }
        // A name without a code: kept for the country table.
        let name = self.text(node, &[&["Name"], &["CountryName"]])?;
        self.reading.country(&name, &|| place.clone(), stands)
    }

    fn party(&mut self, role: PartyRole, node: Option<&Node>, n: usize) -> Option<Party> {
        let node = node?;
        let address = node.child("PostalTradeAddress").or_else(|| node.child("Address"));
        let nothing = Node::default();
        let postal = address.unwrap_or(&nothing);
        let at = format!("{}/CountryID", node.name);
        let line = self.text(postal, &[&["StreetName"], &["Line"], &["LineOne"]]);
        let country = self.country(address, &at, country_of_party(n));
        let address = Address {
            street: line.or_else(|| self.text(postal, &[&["PostOfficeBox"]])),
            city: self.text(postal, &[&["CityName"]]),
            region: self.text(postal, &[&["CountrySubDivisionName"]]),
            postcode: self.text(postal, &[&["PostcodeCode"], &["PostcodeID"]]),
            country,
        };
        if let Some(name) = postal.child("CountryName") {
            name.quiet();
        }
        let name = self.text(node, &[&["Name"]]).unwrap_or_default();
        let id = self.text(node, &[&["ID"]]);
        let address = (address != Address::default()).then_some(address);
        (!name.is_empty() || id.is_some() || address.is_some()).then_some(Party {
            role,
            id,
            name,
            address,
            contacts: Vec::new(),
        })
    }
}

/// Reads one permit.
fn permit(node: &Node, n: u64) -> EPermit {
    let path = if n == 1 { format!("/{}", node.name) } else { format!("/{}[{n}]", node.name) };
    let mut walk = Walk { node, path, reading: Reading::of_bill() };
    let mut permit = match node.child("HeaderExchangedDocument") {
        Some(header) => cefact(header, &mut walk),
        None => wco(&mut walk),
    };
    if permit.number.is_none() {
        let at = format!("{}/ID", walk.path);
        walk.reading.fault("missing", Severity::Lost, &|| at.clone(), "nothing", "the number of the permit (box 1)");
    }
    walk.node.keep_unread(&walk.path, &mut walk.reading);
    permit.reading = walk.reading;
    permit
}

/// Versions 1 and 2, and the UN/CEFACT view of version 3.
fn cefact(header: &Node, walk: &mut Walk<'_>) -> EPermit {
    if let Some(context) = walk.node.child("SpecifiedExchangedDocumentContext") {
        context.quiet();
    }
    let nothing = Node::default();
    let consignment = walk.node.child("SpecifiedSupplyChainConsignment").unwrap_or(&nothing);
    let (first, third) =
        (header.child("FirstSignatoryDocumentAuthentication"), header.child("ThirdSignatoryDocumentAuthentication"));
    let (first, third) = (first.unwrap_or(&nothing), third.unwrap_or(&nothing));
    let mut permit = EPermit {
        number: walk.text(header, &[&["ID"]]),
        kind: walk.text(header, &[&["TypeCode"]]),
        name: walk.text(header, &[&["Name"]]),
        valid_from: walk.day(header, &[&["EffectiveSpecifiedPeriod", "StartDateTime"]]),
        valid_to: walk.day(header, &[&["EffectiveSpecifiedPeriod", "EndDateTime"]]),
        importer: walk.party(PartyRole::Consignee, consignment.child("ConsigneeTradeParty"), 1),
        exporter: walk.party(PartyRole::Consignor, consignment.child("ConsignorTradeParty"), 0),
        conditions: walk.text(header, &[&["Information"]]),
        purpose: walk.text(header, &[&["PurposeCode"], &["Purpose"]]),
        stamp: walk.text(first, &[&["ID"]]),
        authority: walk.party(PartyRole::Declarant, first.child("ProviderTradeParty"), AUTHORITY),
        issued_on: walk.day(header, &[&["IssueDateTime"]]),
        signatory: walk.text(
            third,
            &[&["ProviderTradeParty", "SpecifiedRepresentativePerson", "Name"], &["ProviderTradeParty", "Name"]],
        ),
        endorsed_on: walk.day(consignment, &[&["ExaminationTransportEvent", "ActualOccurrenceDateTime"]]),
        transport_document: walk.text(consignment, &[&["TransportContractReferencedDocument", "ID"]]),
        ..EPermit::default()
    };
    for (n, item) in consignment.all("IncludedSupplyChainConsignmentItem").take(limits::MAX_GOODS_ITEMS).enumerate() {
        permit.items.push(cefact_item(item, n, walk));
    }
    permit
}

fn cefact_item(node: &Node, n: usize, walk: &mut Walk<'_>) -> EItem {
    let nothing = Node::default();
    let line = node.child("IncludedSupplyChainTradeLineItem").unwrap_or(&nothing);
    let product = line.child("SpecifiedTradeProduct").unwrap_or(&nothing);
    let at = format!("IncludedSupplyChainConsignmentItem[{}]", n + 1);
    let quantity = node.at(&["TransportLogisticsPackage", "ItemQuantity"]);
    let endorsed = node.at(&["ExaminationTransportEvent", "UnitQuantity"]);
    let procedure = node.child("ApplicableCrossBorderRegulatoryProcedure").unwrap_or(&nothing);
    let amount = |name: &str| procedure.child(name).and_then(Node::text).and_then(super::super::reading::plain_number);
    // Both stay unmapped; the contradiction is worth a word.
    let quota = (amount("UsedToDateQuotaQuantity"), amount("AnnualQuotaQuantity"));
    if let (Some(used), Some(quota)) = quota {
        for name in ["UsedToDateQuotaQuantity", "AnnualQuotaQuantity"] {
            let value = procedure.value(&[name]).unwrap_or_default().to_owned();
            walk.reading.unmapped(format!("{}/{at}/{name}", walk.path), &value);
        }
        if used > quota {
            let place = format!("{}/{at}/UsedToDateQuotaQuantity", walk.path);
            let expected = format!("at most {quota}, the annual quota");
            walk.reading.fault("over_quota", Severity::Doubt, &|| place.clone(), &used.to_string(), &expected);
        }
    }
    EItem {
        taxon: walk.text(product, &[&["ScientificName"]]),
        common_name: walk.text(product, &[&["CommonName"]]),
        description: walk.text(product, &[&["Description"]]),
        term: walk.text(product, &[&["TypeCode"]]),
        marks: walk.text(node, &[&["PhysicalLogisticsShippingMarks", "Marking"]]),
        appendix: walk.text(line, &[&["TypeCode"]]),
        source: walk.text(line, &[&["TypeExtensionCode"]]),
        quantity: quantity.and_then(|node| walk.number(node, &format!("{at}/ItemQuantity"))),
        unit: quantity.and_then(|node| node.attribute("unitCode")).and_then(given),
        origin: walk.country(
            node.child("OriginTradeCountry"),
            &format!("{at}/OriginTradeCountry"),
            Place::HEAD.item(n).field(goods_item::origin),
        ),
        origin_permit: walk
            .text(node, &[&["AssociatedReferencedDocument", "ID"]])
            .or_else(|| walk.text(procedure, &[&["PreviousReferencedDocument", "ID"]]))
            .or_else(|| Some(String::new())),
        acquired_on: walk.day(procedure, &[&["AcquisitionDateTime"]]),
        operation: walk.text(procedure, &[&["CategoryCode"]]),
        endorsed_quantity: endorsed.and_then(|node| walk.number(node, &format!("{at}/UnitQuantity"))),
    }
}

/// The WCO view of version 3: flat head, parties by WCO names, goods as `GovernmentAgencyGoodsItem`.
fn wco(walk: &mut Walk<'_>) -> EPermit {
    let node = walk.node;
    let nothing = Node::default();
    let consignment = node.child("Consignment").or_else(|| node.child("GoodsShipment")).unwrap_or(&nothing);
    let find = |names: &[&str]| names.iter().find_map(|name| node.child(name).or_else(|| consignment.child(name)));
    let authority = find(&["IssuingAuthority", "ManagementAuthority", "Authenticator", "Authentication"]);
    let mut permit = EPermit {
        number: walk.text(node, &[&["ID"]]),
        kind: walk.text(node, &[&["TypeCode"]]),
        name: walk.text(node, &[&["TypeName"], &["Name"]]),
        valid_from: walk.day(node, &[&["EffectiveDateTime"]]),
        valid_to: walk.day(node, &[&["ExpirationDateTime"]]),
        importer: walk.party(PartyRole::Consignee, find(&["Importer", "Consignee"]), 1),
        exporter: walk.party(PartyRole::Consignor, find(&["Exporter", "Consignor"]), 0),
        conditions: walk.text(node, &[&["AdditionalInformation", "StatementDescription"], &["Information"]]),
        purpose: walk.text(node, &[&["FunctionCode"], &["PurposeCode"], &["FunctionName"]]),
        stamp: walk.text(node, &[&["SecurityStampID"], &["Seal", "ID"]]),
        authority: walk.party(PartyRole::Declarant, authority, AUTHORITY),
        issued_on: walk.day(node, &[&["IssueDateTime"]]),
        transport_document: walk.text(consignment, &[&["TransportContractDocument", "ID"]]),
        ..EPermit::default()
    };
    for (n, item) in
        node.all("GovernmentAgencyGoodsItem").chain(consignment.all("GovernmentAgencyGoodsItem")).enumerate()
    {
        if n >= limits::MAX_GOODS_ITEMS {
            break;
        }
        permit.items.push(wco_item(item, n, walk));
    }
    permit
}

fn wco_item(node: &Node, n: usize, walk: &mut Walk<'_>) -> EItem {
    let nothing = Node::default();
    let commodity = node.child("Commodity").unwrap_or(&nothing);
    let at = format!("GovernmentAgencyGoodsItem[{}]", n + 1);
    let quantity = ["QuantityQuantity", "TariffQuantity", "UnitQuantity", "VolumeMeasure", "NetNetWeightMeasure"]
        .into_iter()
        .find_map(|name| node.find(name));
    EItem {
        taxon: walk.text(commodity, &[&["ScientificName"], &["CommodityScientific", "Name"]]),
        common_name: walk.text(commodity, &[&["CommonName"], &["CargoDescription"]]),
        description: walk.text(commodity, &[&["Description"]]),
        term: walk.text(commodity, &[&["TypeCode"], &["Classification", "ID"]]),
        marks: walk.text(node, &[&["Packaging", "MarksNumbersID"]]),
        appendix: walk.text(node, &[&["AppendixCode"], &["CITESAppendixCode"]]),
        source: walk.text(node, &[&["SourceCode"], &["CITESSourceCode"]]),
        quantity: quantity.and_then(|node| walk.number(node, &format!("{at}/quantity"))),
        unit: quantity.and_then(|node| node.attribute("unitCode")).and_then(given),
        origin: walk.country(
            node.child("Origin"),
            &format!("{at}/Origin"),
            Place::HEAD.item(n).field(goods_item::origin),
        ),
        origin_permit: None,
        acquired_on: None,
        operation: None,
        endorsed_quantity: None,
    }
}

/// Kind of the document by box 1.
fn kind(code: Option<&str>, name: Option<&str>) -> DocumentKind {
    let name = name.unwrap_or_default().to_ascii_uppercase();
    match code.unwrap_or_default().to_ascii_uppercase().as_str() {
        "E" => DocumentKind::CitesExportPermit,
        "R" => DocumentKind::CitesReExportCertificate,
        "I" => DocumentKind::CitesImportPermit,
        _ if name.contains("PRE-CONVENTION") || name.contains("PRE CONVENTION") => {
            DocumentKind::CitesPreConventionCertificate
        }
        _ if name.contains("ORIGIN") => DocumentKind::CitesCertificateOfOrigin,
        _ if name.contains("RE-EXPORT") => DocumentKind::CitesReExportCertificate,
        _ if name.contains("EXPORT") => DocumentKind::CitesExportPermit,
        _ if name.contains("IMPORT") => DocumentKind::CitesImportPermit,
        _ => DocumentKind::Other,
    }
}

/// A permit as the consignment that it covers.
fn manifest(mut permit: EPermit) -> Parsed {
    let (number, reading) = (permit.number.clone().unwrap_or_default(), &mut permit.reading);
    let country =
        permit.authority.as_ref().and_then(|party| party.address.as_ref()).and_then(|address| address.country);
    let name = |party: &Option<Party>| party.as_ref().map(|party| party.name.clone()).filter(|name| !name.is_empty());
    let document = Document {
        kind: kind(permit.kind.as_deref(), permit.name.as_deref()),
        number: permit.number.clone(),
        issued_on: permit.issued_on,
        expires_on: permit.valid_to,
        country,
        issuing_authority: name(&permit.authority),
        holder: name(&permit.exporter),
        importer: name(&permit.importer),
        purpose: permit.purpose.clone(),
        security_stamp: permit.stamp.clone(),
        signatory: permit.signatory.clone(),
        transport_document: permit.transport_document.clone(),
        remarks: permit.conditions.clone(),
        ..Document::default()
    };
    let mut consignment = Consignment {
        line: Some(1),
        bill_of_lading: permit.transport_document.clone().unwrap_or_else(|| number.clone()),
        ..Consignment::default()
    };
    consignment.parties.extend(permit.exporter.take());
    consignment.parties.extend(permit.importer.take());
    for (n, item) in permit.items.drain(..).enumerate() {
        let measured = item.unit.as_deref().and_then(unit).map(|(unit, _)| unit);
        let (mut volume_m3, mut mass_kg, mut quantity) = (None, None, None);
        match (measured, item.quantity) {
            (Some(Unit::Volume(factor)), Some(amount)) => volume_m3 = Some(amount * factor),
            (Some(Unit::Mass(factor)), Some(amount)) => mass_kg = Some(amount * factor),
            (None, Some(amount)) => {
                quantity = Some(Quantity { amount, unit: item.unit.clone().unwrap_or_else(|| "C62".to_owned()) });
            }
            (_, None) => {}
        }
        if let Some(appendix) = &item.appendix {
            reading.unmapped(format!("/goods_items/{n} box 10 appendix"), appendix);
        }
        if let Some(term) = &item.term {
            reading.unmapped(format!("/goods_items/{n} box 9 term"), term);
        }
        let own = Document {
            taxon: item.taxon.clone(),
            quantity: item.quantity,
            unit: item.unit.clone(),
            source: item.source.clone(),
            origin: item.origin,
            endorsed_quantity: item.endorsed_quantity,
            ..document.clone()
        };
        let words = [item.description.clone(), item.taxon.clone(), item.common_name.clone()];
        consignment.goods_items.push(GoodsItem {
            item: Some(n as u64 + 1),
            description: words.into_iter().flatten().collect::<Vec<_>>().join(" "),
            scientific_name: item.taxon,
            common_name: item.common_name,
            origin: item.origin,
            packages: item
                .marks
                .map(|marks| Packages { marks: Some(marks), ..Packages::default() })
                .into_iter()
                .collect(),
            net_mass_kg: mass_kg,
            volume_m3,
            quantity,
            documents: vec![own],
            ..GoodsItem::default()
        });
    }
    if consignment.goods_items.is_empty() {
        consignment.documents.push(document);
        let expected = "at least one position (boxes 7 to 12)";
        reading.fault("missing", Severity::Lost, &|| "/goods_items".to_owned(), "nothing", expected);
    }
    if consignment.bill_of_lading.is_empty() {
        consignment.bill_of_lading = "permit".to_owned();
    }
    if let Some(day) = permit.endorsed_on {
        reading.unmapped("box 14 date".to_owned(), &day.to_string());
    }
    let authority = name(&permit.authority);
    let manifest =
        Manifest { reference: number, format: "epermit/2".to_owned(), sender: authority, ..Manifest::default() };
    Parsed::of_one(manifest, consignment, permit.reading)
}
