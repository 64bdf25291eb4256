//! What one row says: of the voyage, of its bill, of its goods item. And how a further row joins its bill.

use std::collections::HashMap;

use super::super::super::fault::{Fault, Faults, Severity};
use super::super::super::fields::*;
use super::super::super::limits;
use super::super::super::place::Place;
use super::super::super::pointer::country_of_party;
use super::super::super::reading::is_absent;
use super::super::super::types::{DocumentKind, PartyRole};
use super::super::super::vocabulary;
use super::super::units::{Unit, unit};
use super::column::{Column, Set};
use super::columns::Columns;
use super::row::Row;
use super::style::without_unit;

/// What a row says of the voyage and of its container.
pub(super) fn head(row: &mut Row<'_>, reference: &str) -> Manifest {
    let transport_means = TransportMeans {
        mode: None,
        imo: row.text(Column::Imo),
        name: row.text(Column::ShipName),
        flag: row.country(Column::Flag),
        voyage: row.text(Column::Voyage),
    };
    let departure = Call { unlocode: row.place(Column::Departure), at: row.moment(Column::DepartedAt) };
    let arrival = Call { unlocode: row.place(Column::Arrival), at: row.moment(Column::ArrivesAt) };
    let container = row.text(Column::Container).map(|container| Equipment {
        container,
        size_type: row.text(Column::SizeType),
        fullness: row.text(Column::Fullness),
        tare_kg: row.number(Column::TareKg),
        vgm_kg: None,
        seals: row
            .text(Column::Seals)
            .into_iter()
            .flat_map(|seals| seals.split('|').map(str::to_owned).collect::<Vec<_>>())
            .map(|number| Seal { number: number.trim().to_owned(), party: None })
            .collect(),
    });
    Manifest {
        reference: reference.to_owned(),
        transport_means: (transport_means != TransportMeans::default()).then_some(transport_means),
        departure: (departure != Call::default()).then_some(departure),
        arrival: (arrival != Call::default()).then_some(arrival),
        equipment: container.map_or_else(Vec::new, |container| vec![container]),
        ..Manifest::default()
    }
}

/// Name and country of each party, then its city and street where a table has them.
const PARTIES: [(PartyRole, [Column; 2], Option<[Column; 2]>); 3] = {
    use Column::*;
    [
        (PartyRole::Consignor, [ConsignorName, ConsignorCountry], Some([ConsignorCity, ConsignorStreet])),
        (PartyRole::Consignee, [ConsigneeName, ConsigneeCountry], Some([ConsigneeCity, ConsigneeStreet])),
        (PartyRole::NotifyParty, [NotifyName, NotifyCountry], None),
    ]
};

/// Columns of parties; most tables have none, or say it of few rows.
const OF_PARTIES: Set = {
    use Column::*;
    Set::of(&[ConsignorName, ConsignorCountry, ConsignorCity, ConsignorStreet, ConsigneeName, ConsigneeCountry])
        .with(&[ConsigneeCity, ConsigneeStreet, NotifyName, NotifyCountry])
};

/// Columns of documents.
const OF_DOCUMENTS: Set = {
    use Column::*;
    Set::of(&[DocumentCode, DocumentKind, DocumentNumber, DocumentIssuedOn, DocumentCountry])
};

/// What a row says of its bill, with one goods item.
pub(super) fn consignment(row: &mut Row<'_>, bill: String, columns: &Columns) -> Consignment {
    let mut parties = Vec::new();
    let asked = if row.says_any(OF_PARTIES) { PARTIES.as_slice() } else { &[] };
    for (role, [name, country], place) in asked.iter().copied() {
        let name = row.text(name).unwrap_or_default();
        let n = parties.len();
        let has_country = row.get(country).is_some();
        let (city, street) = place.map_or((None, None), |[city, street]| (row.text(city), row.text(street)));
        if name.is_empty() && !has_country && city.is_none() && street.is_none() {
            continue;
        }
        let country = row.country_at(country, || country_of_party(n).within(0));
        let address = Address { country, city, street, ..Address::default() };
        let address = (address != Address::default()).then_some(address);
        parties.push(Party { role, id: None, name, address, contacts: Vec::new() });
    }
    let routing = row.countries(Column::Routing);
    let mut item = goods_item(row, columns);
    let gross_mass_kg = item.gross_mass_kg;
    if row.shares(Column::GrossMassKg).is_some() {
        // It is the mass of the bill, not of one of its items.
        item.gross_mass_kg = None;
    }
    Consignment {
        line: row.count(Column::Line),
        bill_of_lading: bill,
        master_bill: row.text(Column::MasterBill),
        procedure: row.word(Column::Procedure),
        places: Places {
            original_loading: row.place(Column::OriginalLoading),
            loading: row.place(Column::Loading),
            transhipment: row.place(Column::Transhipment),
            discharge: row.place(Column::Discharge),
            delivery: row.place(Column::Delivery),
            final_destination: row.place(Column::FinalDestination),
        },
        routing,
        parties,
        gross_mass_kg,
        n_packages: item.packages.first().and_then(|packages| packages.n),
        value: money(row),
        goods_items: vec![item],
        originals: std::mem::take(&mut row.originals),
        ..Consignment::default()
    }
}

fn money(row: &mut Row<'_>) -> Option<Money> {
    let text = row.text(Column::Value).filter(|text| !is_absent(text))?;
    let decimal = row.decimal(Column::Value);
    let is_plain = text.parse::<f64>().is_ok() && decimal.mark == '.';
    let amount = if is_plain {
        text.clone()
    } else {
        decimal.amount(&text).map_or_else(|| text.clone(), |plain| plain.into_owned())
    };
    let money = Money { amount, currency: row.text(Column::Currency), kind: None };
    if money.number().is_none() {
        row.fault("not_an_amount", Severity::Lost, Column::Value, &text, "a decimal amount");
        return None;
    }
    Some(money)
}

fn goods_item(row: &mut Row<'_>, columns: &Columns) -> GoodsItem {
    let packages = Packages {
        n: row.count(Column::NPackages),
        kind: row.text(Column::PackageKind),
        marks: row.text(Column::Marks),
    };
    let hs_code = row.tariff();
    let documents = if row.says_any(OF_DOCUMENTS) { document(row, columns) } else { Vec::new() };
    let quantity = quantity(row);
    GoodsItem {
        item: row.count(Column::Item),
        hs_code,
        hs_edition: row.count(Column::HsEdition).and_then(|edition| u16::try_from(edition).ok()),
        description: description(row, columns),
        scientific_name: row.text(Column::ScientificName),
        common_name: row.text(Column::CommonName),
        origin: row.country(Column::Origin),
        in_containers: row
            .text(Column::Container)
            .map_or_else(Vec::new, |container| vec![InContainer { container, n_packages: packages.n }]),
        packages: if packages == Packages::default() { vec![] } else { vec![packages] },
        gross_mass_kg: row.number(Column::GrossMassKg),
        net_mass_kg: own(row, Column::NetMassKg),
        volume_m3: own(row, Column::VolumeM3).or_else(|| volume_of(quantity.as_ref(), row)),
        quantity,
        documents,
        ..GoodsItem::default()
    }
}

/// The document that a row cites, where it gives its number or its code.
fn document(row: &mut Row<'_>, columns: &Columns) -> Vec<Document> {
    let document = Document {
        code: row.text(Column::DocumentCode),
        kind: document_kind(row, columns),
        number: row.text(Column::DocumentNumber),
        issued_on: row.moment(Column::DocumentIssuedOn).map(|moment| moment.day()),
        country: row.country(Column::DocumentCountry),
        ..Document::default()
    };
    let declared = document.number.is_some() || document.code.is_some();
    if declared { vec![document] } else { Vec::new() }
}

/// The goods text; where no column holds one, the names are it.
fn description(row: &Row<'_>, columns: &Columns) -> String {
    let text = row.text(Column::Description);
    let by_name = || row.text(Column::CommonName).or_else(|| row.text(Column::ScientificName));
    text.or_else(|| by_name().filter(|_| columns.names_are_goods)).unwrap_or_default()
}

/// A number of this row alone. One that several rows share is told and kept as unmapped: nobody knows how it parts.
fn own(row: &mut Row<'_>, column: Column) -> Option<f64> {
    let number = row.number(column);
    match row.shares(column) {
        None => number,
        Some(false) => None,
        Some(true) => {
            let found = row.text(column).unwrap_or_default();
            row.fault(
                "shared_number",
                Severity::Doubt,
                column,
                &found,
                "a number for each row; it is shared by several",
            );
            row.keep(column, &found);
            None
        }
    }
}

/// A quantity with its unit, which stands behind it or in a column of its own.
fn quantity(row: &mut Row<'_>) -> Option<Quantity> {
    let text = row.text(Column::Quantity).filter(|text| !is_absent(text))?;
    let (number, behind) = without_unit(&text);
    let unit = Some(behind.to_owned()).filter(|unit| !unit.is_empty()).or_else(|| row.text(Column::Unit));
    let Some(unit) = unit else {
        // Of nobody knows what: it is no quantity.
        row.keep(Column::Quantity, &text);
        return None;
    };
    match row.decimal(Column::Quantity).read(number) {
        Some(reading) => Some(Quantity { amount: reading.value(), unit }),
        None => {
            row.fault("not_a_quantity", Severity::Lost, Column::Quantity, &text, "a number of at least 0");
            None
        }
    }
}

/// The volume that a quantity is, where the row gives no other.
fn volume_of(quantity: Option<&Quantity>, row: &Row<'_>) -> Option<f64> {
    let quantity = quantity.filter(|_| row.get(Column::VolumeM3).is_none())?;
    match unit(&quantity.unit)?.0 {
        Unit::Volume(factor) => Some(quantity.amount * factor),
        Unit::Mass(_) => None,
    }
}

/// Kind by its own column, else by the UN/EDIFACT 1001 code.
fn document_kind(row: &mut Row<'_>, columns: &Columns) -> DocumentKind {
    if let Some(kind) = row.word(Column::DocumentKind) {
        return kind;
    }
    // A column that is called CITES, without a code.
    if row.get(Column::DocumentCode).is_none() && row.get(Column::DocumentNumber).is_some() {
        let is_cites = |header: &String| vocabulary::folded(header).contains("cites") || header.contains("濒危");
        return if columns.header(Column::DocumentNumber).is_some_and(is_cites) {
            DocumentKind::CitesExportPermit
        } else {
            DocumentKind::Other
        };
    }
    super::super::codes::document(row.get(Column::DocumentCode).unwrap_or_default())
}

/// A bill that further rows may join. What is looked up for each row has an index, so that a bill of many rows stays cheap.
pub(super) struct Open {
    pub manifest: Manifest,
    pub faults: Faults,
    /// Made when a second row joins: most bills have one.
    known: Option<Known>,
    is_full: bool,
}

/// Where the items and containers of a bill stand.
#[derive(Default)]
struct Known {
    /// Item number → index among the goods items.
    items: HashMap<u64, usize>,
    /// Container → index among the equipment.
    equipment: HashMap<String, usize>,
}

impl Known {
    fn of(manifest: &Manifest) -> Self {
        let items = manifest.consignments.iter().flat_map(|bill| bill.goods_items.iter().enumerate());
        let items = items.filter_map(|(n, item)| Some((item.item?, n))).collect();
        let equipment = manifest.equipment.iter().enumerate().map(|(n, one)| (one.container.clone(), n)).collect();
        Self { items, equipment }
    }
}

impl Open {
    /// The bill of its first row.
    pub fn of(head: Manifest, consignment: Consignment, row: &mut Row<'_>) -> Self {
        let unmapped = std::mem::take(&mut row.unmapped);
        let manifest = Manifest { consignments: vec![consignment], unmapped, ..head };
        Self { manifest, faults: std::mem::take(&mut row.faults).into(), known: None, is_full: false }
    }

    /// Adds a further row of the bill: another goods item, or another container or document of the same one.
    pub fn join(&mut self, head: Manifest, mut consignment: Consignment, row: &mut Row<'_>) {
        let known = self.known.get_or_insert_with(|| Known::of(&self.manifest));
        for one in head.equipment {
            if !known.equipment.contains_key(&one.container) {
                known.equipment.insert(one.container.clone(), self.manifest.equipment.len());
                self.manifest.equipment.push(one);
            }
        }
        if self.manifest.unmapped.len() < limits::MAX_UNMAPPED {
            self.manifest.unmapped.append(&mut row.unmapped);
        }
        let items = std::mem::take(&mut consignment.goods_items);
        if let Some(bill) = self.manifest.consignments.first() {
            compare(bill, &consignment, row);
        }
        for item in items {
            // A mass that stands in a row above is counted there.
            let adds =
                if row.shares(Column::GrossMassKg) == Some(false) { Some(0.0) } else { consignment.gross_mass_kg };
            self.item(item, adds, &consignment.originals, row);
        }
    }

    fn item(&mut self, item: GoodsItem, adds: Option<f64>, originals: &[Original], row: &mut Row<'_>) {
        let numbers = self.known.get_or_insert_with(|| Known::of(&self.manifest));
        let Some(bill) = self.manifest.consignments.first_mut() else { return };
        let known = item.item.and_then(|number| numbers.items.get(&number).copied());
        let n = known.unwrap_or(bill.goods_items.len());
        let faults = std::mem::take(&mut row.faults);
        faults.into_iter().for_each(|fault| self.faults.push(Fault { place: fault.place.at_item(n), ..fault }));
        match known.and_then(|n| bill.goods_items.get_mut(n)) {
            Some(known) => {
                if !item.description.is_empty() && known.description != item.description {
                    let at = Place::bill(0).item(n).field(goods_item::description);
                    row.fault("differs_within_item", Severity::Lost, Column::Description, &item.description, SAME);
                    row.faults.drain(..).for_each(|fault| self.faults.push(Fault { place: at, ..fault }));
                    goes_on(&mut known.description, &item.description);
                }
                let room = |n: usize| limits::MAX_EQUIPMENT.saturating_sub(n);
                known.in_containers.extend(item.in_containers.into_iter().take(room(known.in_containers.len())));
                let documents = item.documents.into_iter().filter(|one| !known.documents.contains(one));
                let documents: Vec<Document> = documents.collect();
                let room = limits::MAX_LIST.saturating_sub(known.documents.len());
                known.documents.extend(documents.into_iter().take(room));
            }
            None if n >= limits::MAX_GOODS_ITEMS => {
                if !std::mem::replace(&mut self.is_full, true) {
                    let at = Place::bill(0).field(consignment::goods_items);
                    let (found, expected) =
                        (format!("row {}", row.number_of_row()), "at most MAX_GOODS_ITEMS goods items in a bill");
                    self.faults.push(Fault::of(at, "too_many", Severity::Lost, found.clone(), &found, expected));
                }
            }
            None => {
                if let Some(number) = item.item {
                    numbers.items.insert(number, n);
                }
                bill.gross_mass_kg = match (bill.gross_mass_kg, adds) {
                    (Some(sum), Some(more)) => Some(sum + more),
                    _ => None,
                };
                let n_packages = item.packages.first().and_then(|packages| packages.n);
                bill.n_packages = bill.n_packages.zip(n_packages).map(|(sum, more)| sum.saturating_add(more));
                // What the bill says again with every row is said already.
                let own = originals.iter().filter(|original| original.at.is_of_item());
                bill.originals.extend(own.map(|original| Original { at: original.at.at_item(n), ..original.clone() }));
                bill.goods_items.push(item);
            }
        }
    }
}

const SAME: &str = "the same in every row of the item; the texts were joined";

/// Joins a text as far as a description may be long.
fn goes_on(text: &mut String, more: &str) {
    if text.len() + more.len() < limits::MAX_TEXT_BYTES {
        text.push(' ');
        text.push_str(more);
    }
}

/// Says where a row of a bill contradicts its first one, which counts.
fn compare(bill: &Consignment, row_says: &Consignment, row: &mut Row<'_>) {
    let party = |role: PartyRole| row_says.party(role).is_some() && bill.party(role) != row_says.party(role);
    let differs = [
        (Column::Procedure, row_says.procedure.is_some() && bill.procedure != row_says.procedure),
        (Column::Loading, row_says.places != Places::default() && bill.places != row_says.places),
        (Column::ConsignorName, party(PartyRole::Consignor)),
        (Column::ConsigneeName, party(PartyRole::Consignee)),
        (Column::Value, row_says.value.is_some() && bill.value != row_says.value),
    ];
    for (column, _) in differs.iter().filter(|(_, differs)| *differs) {
        let expected = "the same in every row of the bill; the first counts";
        row.fault("differs_within_bill", Severity::Doubt, *column, column.name(), expected);
    }
}
