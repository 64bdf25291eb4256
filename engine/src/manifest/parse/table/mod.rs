//! Tables: rows become bills. One row per goods item and container; column names as in README of `datasets/samples`, or
//! by a [`Mapping`], or guessed from headers of the trade.
//!
//! Rows of one bill are joined by (manifest_reference, bill_of_lading). A bill-level figure that differs between its
//! rows is a fault, the first counts. Without a `bill_of_lading` column every row is a consignment of its own, named by
//! `line`, `id` or its row number: so a plain list of goods lines can be scored as it is.

mod columns;
mod headers;
mod mapping;
mod row;
mod style;

use std::collections::HashMap;

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::limits;
use super::super::types::*;
use super::Parsed;
use super::reading::is_absent;
use crate::codes::HsCode;
use columns::{Column, Columns, columns};
use row::Row;

pub use columns::COLUMNS;
pub use mapping::{DateOrder, Mapping};

/// Rows of one table, their numbers counted from 1.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Format in errors.
    pub name: &'static str,
    /// Format of the manifest.
    pub format: &'static str,
    /// Row number and cells.
    pub rows: Vec<(u64, csv::ByteRecord)>,
    /// Faults of the reading.
    pub faults: Vec<Fault>,
    /// Delimiter that was used.
    pub delimiter: Option<char>,
    /// Sheet that was used.
    pub sheet: Option<String>,
}

/// Rows that are looked at for the header: titles and addresses of the sender may stand above it.
const HEADER_ROWS: usize = 30;

fn text_of(field: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(field) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(field).0,
    }
}

/// Index of the header row: the one the mapping names, else the first that names a description or a bill and another
/// column, else the first row if it names one of the two.
pub(super) fn header_row(rows: &[(u64, csv::ByteRecord)], mapping: &Mapping) -> Option<usize> {
    if let Some(row) = mapping.header_row {
        return rows.iter().position(|(number, _)| *number == row as u64);
    }
    let names = |record: &csv::ByteRecord| {
        record
            .iter()
            .filter_map(|cell| mapping.column(&text_of(cell)).map(|(column, _)| column.to_owned()))
            .collect::<Vec<_>>()
    };
    let leads = |columns: &[String]| columns.iter().any(|column| column == "description" || column == "bill_of_lading");
    let several = rows.iter().take(HEADER_ROWS).position(|(_, record)| {
        mapping.understood(record.iter().map(text_of).collect::<Vec<_>>().iter().map(AsRef::as_ref)) >= 2
            && leads(&names(record))
    });
    several.or_else(|| rows.iter().take(HEADER_ROWS).position(|(_, record)| leads(&names(record))))
}

/// What the reader would do with the table, as a mapping file.
pub(super) fn guessed(sheet: &Sheet, mapping: &Mapping) -> Option<Mapping> {
    let at = header_row(&sheet.rows, mapping)?;
    let columns = columns(sheet, at, mapping);
    let mut guessed = mapping.clone();
    guessed.columns = columns
        .headers
        .iter()
        .zip(&columns.canonical)
        .filter(|(header, _)| !header.is_empty())
        .map(|(header, column)| (header.clone(), column.map(Column::name).unwrap_or_default().to_owned()))
        .collect();
    guessed.header_row = sheet.rows.get(at).and_then(|(number, _)| usize::try_from(*number).ok());
    guessed.delimiter = sheet.delimiter;
    guessed.sheet.clone_from(&sheet.sheet);
    guessed.decimal = Some(columns.style.decimal);
    guessed.dates = Some(columns.style.dates);
    Some(guessed)
}

/// The bills of a table, each one part.
pub(super) fn manifests(mut sheet: Sheet, mapping: &Mapping) -> Result<Vec<Parsed>, ManifestError> {
    let Some(at) = header_row(&sheet.rows, mapping) else {
        let why =
            "no header row names `description` or `bill_of_lading`, in these words or those of the trade".to_owned();
        return Err(ManifestError::Malformed { format: sheet.name, at: "row 1".into(), why });
    };
    let mut columns = columns(&sheet, at, mapping);
    let mut faults = std::mem::take(&mut sheet.faults);
    faults.append(&mut columns.faults);
    let mut unmapped = Vec::new();
    for (number, record) in sheet.rows.iter().take(at) {
        // Lines above the header: titles, addresses.
        let text: Vec<_> = record.iter().map(text_of).filter(|cell| !cell.trim().is_empty()).collect();
        if !text.is_empty() {
            unmapped.push(Unmapped {
                at: format!("row {number}"),
                found: text.join(" ").chars().take(limits::MAX_UNMAPPED_CHARS).collect(),
            });
        }
    }
    let mut bills =
        Bills { columns: &columns, mapping, format: sheet.format, parsed: Vec::new(), by_bill: HashMap::new() };
    for (number, record) in sheet.rows.iter().skip(at + 1) {
        if !record.iter().all(|field| field.trim_ascii().is_empty()) {
            bills.add(*number, record);
        }
    }
    let mut parsed = bills.parsed;
    match parsed.first_mut() {
        Some(first) => {
            faults.append(&mut first.faults);
            first.faults = faults;
            unmapped.append(&mut first.manifest.unmapped);
            first.manifest.unmapped = unmapped;
        }
        None => {
            let expected = "rows below the header";
            faults.push(Fault::new("no_rows", Severity::Doubt, sheet.name.to_owned(), "nothing", expected));
            let manifest = Manifest { format: sheet.format.to_owned(), unmapped, ..Manifest::default() };
            parsed.push(Parsed { manifest, faults });
        }
    }
    Ok(parsed)
}

struct Bills<'h> {
    columns: &'h Columns,
    mapping: &'h Mapping,
    format: &'static str,
    parsed: Vec<Parsed>,
    /// Manifest reference and bill → index in `parsed`. Only asked, never listed.
    by_bill: HashMap<(String, String), usize>,
}

impl<'h> Bills<'h> {
    fn add(&mut self, number: u64, record: &'h csv::ByteRecord) {
        let mut row = Row::new(number, record, self.columns, self.mapping);
        let named = self.columns.has(Column::BillOfLading);
        let reference = row.text(Column::ManifestReference).unwrap_or_default();
        let bill = match row.text(Column::BillOfLading) {
            Some(bill) => bill,
            None => {
                if named {
                    row.fault("missing", Severity::Lost, "bill_of_lading", "nothing", "a bill of lading number");
                }
                row.text(Column::Line).or_else(|| row.text(Column::Id)).unwrap_or_else(|| format!("row-{number}"))
            }
        };
        let consignment = consignment(&mut row, &bill, self.columns);
        let head = Manifest { format: self.format.to_owned(), ..head(&mut row, &reference) };
        let key = (reference, bill);
        match self.by_bill.get(&key).copied().filter(|_| named).and_then(|n| self.parsed.get_mut(n)) {
            Some(earlier) => join(earlier, head, consignment, &mut row),
            None => {
                let mut manifest = Manifest { consignments: vec![consignment], ..head };
                manifest.unmapped = std::mem::take(&mut row.unmapped);
                self.by_bill.insert(key, self.parsed.len());
                self.parsed.push(Parsed { manifest, faults: std::mem::take(&mut row.faults) });
            }
        }
    }
}

fn head(row: &mut Row<'_>, reference: &str) -> Manifest {
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
        equipment: container.into_iter().collect(),
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

fn consignment(row: &mut Row<'_>, bill: &str, columns: &Columns) -> Consignment {
    let mut parties = Vec::new();
    for (role, [name, country], place) in PARTIES {
        let country = row.country(country);
        if let Some(name) = row.text(name) {
            let (city, street) = place.map_or((None, None), |[city, street]| (row.text(city), row.text(street)));
            let address = Address { country, city, street, ..Address::default() };
            let address = (address != Address::default()).then_some(address);
            parties.push(Party { role, id: None, name, address, contacts: Vec::new() });
        }
    }
    let routing = row.get(Column::Routing).unwrap_or_default();
    let routing = routing.split('|').filter_map(|code| code.parse().ok()).collect();
    let item = goods_item(row, columns);
    Consignment {
        line: row.count(Column::Line),
        bill_of_lading: bill.to_owned(),
        master_bill: row.text(Column::MasterBill),
        procedure: row.word(Column::Procedure, "import, export, re_export, transit, transhipment, …"),
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
        gross_mass_kg: item.gross_mass_kg,
        n_packages: item.packages.first().and_then(|packages| packages.n),
        value: money(row),
        goods_items: vec![item],
        originals: std::mem::take(&mut row.originals),
        ..Consignment::default()
    }
}

fn money(row: &mut Row<'_>) -> Option<Money> {
    let text = row.text(Column::Value).filter(|text| !is_absent(text))?;
    let is_plain = text.parse::<f64>().is_ok() && row.style.decimal == '.';
    let amount = if is_plain { text.clone() } else { row.style.plain(&text).into_owned() };
    let money = Money { amount, currency: row.text(Column::Currency), kind: None };
    if money.number().is_none() {
        row.fault("not_an_amount", Severity::Lost, "value", &text, "a decimal amount");
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
    let hs_code: Option<HsCode> = row.parsed(Column::HsCode, "an HS code of 2 to 12 digits", Severity::Lost);
    if let Some(code) = &hs_code
        && let Some(text) = row.get(Column::HsCode).filter(|text| code.as_str() != *text).map(str::to_owned)
    {
        row.originals.push(Original { at: Column::HsCode.name().to_owned(), text });
    }
    let document = Document {
        code: row.text(Column::DocumentCode),
        kind: document_kind(row, columns),
        number: row.text(Column::DocumentNumber),
        issued_on: row.moment(Column::DocumentIssuedOn).map(|moment| moment.day()),
        country: row.country(Column::DocumentCountry),
        ..Document::default()
    };
    let declared = document.number.is_some() || document.code.is_some();
    GoodsItem {
        item: row.count(Column::Item),
        hs_code,
        hs_edition: row.count(Column::HsEdition).and_then(|edition| u16::try_from(edition).ok()),
        description: row.text(Column::Description).unwrap_or_default(),
        scientific_name: row.text(Column::ScientificName),
        common_name: row.text(Column::CommonName),
        origin: row.country(Column::Origin),
        in_containers: row
            .text(Column::Container)
            .map(|container| InContainer { container, n_packages: packages.n })
            .into_iter()
            .collect(),
        packages: if packages == Packages::default() { vec![] } else { vec![packages] },
        gross_mass_kg: row.number(Column::GrossMassKg),
        net_mass_kg: row.number(Column::NetMassKg),
        volume_m3: row.number(Column::VolumeM3),
        documents: if declared { vec![document] } else { vec![] },
        ..GoodsItem::default()
    }
}

/// Kind by its own column, else by the UN/EDIFACT 1001 code.
fn document_kind(row: &mut Row<'_>, columns: &Columns) -> DocumentKind {
    if let Some(kind) = row.word(Column::DocumentKind, "a kind of document such as cites_export_permit") {
        return kind;
    }
    // A column that is called CITES, without a code.
    if row.get(Column::DocumentCode).is_none() && row.get(Column::DocumentNumber).is_some() {
        let is_cites = |header: &String| headers::folded(header).contains("cites") || header.contains("濒危");
        return if columns.header(Column::DocumentNumber).is_some_and(is_cites) {
            DocumentKind::CitesExportPermit
        } else {
            DocumentKind::Other
        };
    }
    super::document_kind_of_code(row.get(Column::DocumentCode).unwrap_or_default())
}

/// Adds a further row of a bill: another goods item, or another container or document of the same one.
fn join(parsed: &mut Parsed, head: Manifest, consignment: Consignment, row: &mut Row<'_>) {
    for equipment in head.equipment {
        if !parsed.manifest.equipment.iter().any(|known| known.container == equipment.container) {
            parsed.manifest.equipment.push(equipment);
        }
    }
    parsed.manifest.unmapped.append(&mut row.unmapped);
    let Some(bill) = parsed.manifest.consignments.first_mut() else { return };
    let differs = [
        ("procedure", bill.procedure != consignment.procedure),
        ("places", bill.places != consignment.places),
        ("consignor_name", bill.party(PartyRole::Consignor) != consignment.party(PartyRole::Consignor)),
        ("consignee_name", bill.party(PartyRole::Consignee) != consignment.party(PartyRole::Consignee)),
        ("value", bill.value != consignment.value),
    ];
    for (column, _) in differs.iter().filter(|(_, differs)| *differs) {
        row.fault(
            "differs_within_bill",
            Severity::Doubt,
            column,
            column,
            "the same in every row of the bill; the first counts",
        );
    }
    bill.originals.extend(consignment.originals);
    for item in consignment.goods_items {
        match bill.goods_items.iter_mut().find(|known| known.item.is_some() && known.item == item.item) {
            Some(known) => {
                if known.description != item.description {
                    row.fault(
                        "differs_within_bill",
                        Severity::Doubt,
                        "description",
                        &item.description,
                        "the same in every row of the item",
                    );
                }
                known.in_containers.extend(item.in_containers);
                known
                    .documents
                    .extend(item.documents.into_iter().filter(|d| !known.documents.contains(d)).collect::<Vec<_>>());
            }
            None => {
                bill.gross_mass_kg = match (bill.gross_mass_kg, item.gross_mass_kg) {
                    (Some(sum), Some(more)) => Some(sum + more),
                    _ => None,
                };
                bill.goods_items.push(item);
            }
        }
    }
    parsed.faults.append(&mut row.faults);
}
