//! The canonical CSV: a row for each container or document of a line of goods; what is said of the line stands in each.

use crate::bill::{Bill, Call, Item, Placed};

const COLUMNS: [&str; 52] = [
    "manifest_reference",
    "imo",
    "ship_name",
    "flag",
    "voyage",
    "departure",
    "departed_at",
    "arrival",
    "arrives_at",
    "bill_of_lading",
    "line",
    "procedure",
    "original_loading",
    "loading",
    "discharge",
    "delivery",
    "final_destination",
    "routing",
    "consignor_name",
    "consignor_country",
    "consignor_city",
    "consignor_street",
    "consignee_name",
    "consignee_country",
    "consignee_city",
    "consignee_street",
    "notify_name",
    "notify_country",
    "value",
    "currency",
    "item",
    "hs_code",
    "hs_edition",
    "description",
    "scientific_name",
    "origin",
    "n_packages",
    "package_kind",
    "marks",
    "gross_mass_kg",
    "net_mass_kg",
    "volume_m3",
    "container",
    "size_type",
    "fullness",
    "tare_kg",
    "seals",
    "document_code",
    "document_kind",
    "document_number",
    "document_issued_on",
    "document_country",
];

/// The header row of a file.
pub fn head() -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let _ = writer.write_record(COLUMNS);
    text(writer)
}

/// Rows of a call.
pub fn rows(call: &Call) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for bill in &call.consignments {
        for item in &bill.goods_items {
            for n in 0..item.in_containers.len().max(item.documents.len()) {
                if let Some(placed) = item.in_containers.get(n).or(item.in_containers.first()) {
                    let _ = writer.write_record(row(call, bill, item, placed, n));
                }
            }
        }
    }
    text(writer)
}

fn text(writer: csv::Writer<Vec<u8>>) -> String {
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn row(call: &Call, bill: &Bill, item: &Item, placed: &Placed, n: usize) -> [String; 52] {
    let means = &call.transport_means;
    let party = |role: &str| {
        let party = bill.parties.iter().find(|party| party.role == role);
        party.map(|party| (party.name.clone(), party.address.clone()))
    };
    let named =
        |role: &str| party(role).map_or_else(Default::default, |(name, at)| [name, at.country, at.city, at.street]);
    let [from, from_country, from_city, from_street] = named("consignor");
    let [to, to_country, to_city, to_street] = named("consignee");
    let [notify, notify_country, ..] = named("notify_party");
    let equipment = call.equipment.iter().find(|one| one.container == placed.container);
    let seals = equipment
        .map_or(String::new(), |one| one.seals.iter().map(|seal| seal.number.as_str()).collect::<Vec<_>>().join("|"));
    let shown = |number: Option<String>| number.unwrap_or_default();
    let (value, currency) =
        bill.value.as_ref().map_or_else(Default::default, |value| (value.amount.clone(), value.currency.clone()));
    let packages = item.packages.first();
    let paper = item.documents.get(n).or(item.documents.first());
    let places = &bill.places;
    [
        call.reference.clone(),
        means.imo.clone(),
        means.name.clone(),
        means.flag.clone(),
        means.voyage.clone(),
        call.departure.unlocode.clone(),
        call.departure.at.clone(),
        call.arrival.unlocode.clone(),
        call.arrival.at.clone(),
        bill.bill_of_lading.clone(),
        bill.line.to_string(),
        bill.procedure.to_owned(),
        places.original_loading.clone(),
        places.loading.clone(),
        places.discharge.clone(),
        places.delivery.clone(),
        places.final_destination.clone(),
        bill.routing.join("|"),
        from,
        from_country,
        from_city,
        from_street,
        to,
        to_country,
        to_city,
        to_street,
        notify,
        notify_country,
        value,
        currency,
        item.item.to_string(),
        item.hs_code.clone(),
        shown(item.hs_edition.map(|edition| edition.to_string())),
        item.description.clone(),
        item.scientific_name.clone(),
        item.origin.clone(),
        shown(packages.map(|one| one.n.to_string())),
        shown(packages.map(|one| one.kind.clone())),
        shown(packages.map(|one| one.marks.clone())),
        item.gross_mass_kg.to_string(),
        shown(item.net_mass_kg.map(|kg| kg.to_string())),
        shown(item.volume_m3.map(|m3| m3.to_string())),
        placed.container.clone(),
        shown(equipment.map(|one| one.size_type.to_owned())),
        shown(equipment.map(|one| one.fullness.to_owned())),
        shown(equipment.map(|one| one.tare_kg.to_string())),
        seals,
        shown(paper.map(|paper| paper.code.to_owned())),
        shown(paper.map(|paper| paper.kind.to_owned())),
        shown(paper.map(|paper| paper.number.clone())),
        shown(paper.and_then(|paper| paper.issued_on).map(|day| day.to_string())),
        shown(paper.map(|paper| paper.country.clone())),
    ]
}
