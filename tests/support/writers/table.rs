//! Writes the canonical CSV: a row for each goods item, and one more for each further container or document of it.

use palisander_engine::manifests::{Address, Consignment, Document, GoodsItem, Manifest, Party, PartyRole, Totals};

const COLUMNS: &[&str] = &[
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
    "master_bill",
    "procedure",
    "original_loading",
    "loading",
    "transhipment",
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
    "line",
    "value",
    "currency",
    "item",
    "hs_code",
    "hs_edition",
    "description",
    "scientific_name",
    "common_name",
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

/// What the CSV carries of a manifest; the rest is cleared.
pub fn carried(manifest: &Manifest) -> Manifest {
    let mut kept = manifest.clone();
    kept.format = "csv/1".into();
    (kept.sender, kept.sent_at, kept.office, kept.carrier, kept.totals) = (None, None, None, None, None::<Totals>);
    if let Some(means) = &mut kept.transport_means {
        means.mode = None;
    }
    for one in &mut kept.equipment {
        one.vgm_kg = None;
        one.seals.iter_mut().for_each(|seal| seal.party = None);
    }
    kept.unmapped.clear();
    kept.consignments.iter_mut().for_each(carried_bill);
    kept
}

fn carried_bill(bill: &mut Consignment) {
    (bill.bill_level, bill.ucr) = (None, None);
    bill.documents.clear();
    bill.originals.clear();
    let of_role = |role: PartyRole| bill.parties.iter().find(|party| party.role == role).cloned();
    let roles = [PartyRole::Consignor, PartyRole::Consignee, PartyRole::NotifyParty];
    bill.parties = roles.into_iter().filter_map(of_role).map(party).collect();
    if let Some(value) = &mut bill.value {
        value.kind = None;
    }
    // The table says masses and packages of the items; the bill's are their sums.
    bill.gross_mass_kg = bill.goods_items.iter().map(|item| item.gross_mass_kg).sum();
    for (n, item) in bill.goods_items.iter_mut().enumerate() {
        item.item = Some(item.item.unwrap_or(n as u64 + 1));
        item.packages.truncate(1);
        (item.quantity, item.value) = (None, None);
        let n_packages = item.packages.first().and_then(|packages| packages.n);
        item.in_containers.iter_mut().for_each(|place| place.n_packages = n_packages);
        for document in &mut item.documents {
            let Document { code, kind, number, issued_on, country, .. } = std::mem::take(document);
            *document = Document { code, kind, number, issued_on, country, ..Document::default() };
        }
    }
    bill.n_packages = bill.goods_items.first().and_then(|item| item.packages.first()).and_then(|packages| packages.n);
}

fn party(party: Party) -> Party {
    let place = |address: Address| {
        let (city, street) = match party.role {
            PartyRole::NotifyParty => (None, None),
            _ => (address.city, address.street),
        };
        Address { city, street, country: address.country, ..Address::default() }
    };
    let address = party.address.map(place).filter(|address| *address != Address::default());
    Party { role: party.role, name: party.name, address, id: None, contacts: Vec::new() }
}

/// The manifest as a table.
pub fn write(manifest: &Manifest) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let _ = writer.write_record(COLUMNS);
    for bill in &manifest.consignments {
        for item in &bill.goods_items {
            let n_rows = item.in_containers.len().max(item.documents.len()).max(1);
            for n in 0..n_rows {
                let row = Row { manifest, bill, item, n };
                let _ = writer.write_record(COLUMNS.iter().map(|column| row.cell(column).unwrap_or_default()));
            }
        }
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

struct Row<'m> {
    manifest: &'m Manifest,
    bill: &'m Consignment,
    item: &'m GoodsItem,
    n: usize,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<String> {
        let text = |value: &Option<String>| value.clone();
        let shown = |value: Option<&dyn std::fmt::Display>| value.map(ToString::to_string);
        macro_rules! show {
            ($value:expr) => {
                shown($value.as_ref().map(|value| value as &dyn std::fmt::Display))
            };
        }
        let Self { manifest, bill, item, .. } = self;
        let means = manifest.transport_means.as_ref();
        let place = |location: &Option<palisander_engine::manifests::Location>| {
            location.as_ref().map(|location| location.as_str().to_owned())
        };
        let call =
            |call: &Option<palisander_engine::manifests::Call>| call.as_ref().and_then(|call| place(&call.unlocode));
        let at = |call: &Option<palisander_engine::manifests::Call>| {
            call.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.as_str().to_owned())
        };
        let packages = item.packages.first();
        let container = item.in_containers.get(self.n).or(item.in_containers.first()).map(|one| one.container.clone());
        let equipment = manifest.equipment.iter().find(|one| Some(&one.container) == container.as_ref());
        let document = item.documents.get(self.n).or(item.documents.first());
        let (role, field) = column.split_once('_').unwrap_or((column, ""));
        let role = match role {
            "consignor" => Some(PartyRole::Consignor),
            "consignee" => Some(PartyRole::Consignee),
            "notify" => Some(PartyRole::NotifyParty),
            _ => None,
        };
        if let Some(role) = role {
            let party = bill.party(role)?;
            let address = party.address.as_ref();
            return match field {
                "name" => Some(party.name.clone()),
                "country" => show!(address?.country),
                "city" => text(&address?.city),
                _ => text(&address?.street),
            };
        }
        match column {
            "manifest_reference" => Some(manifest.reference.clone()),
            "imo" => text(&means?.imo),
            "ship_name" => text(&means?.name),
            "flag" => show!(means?.flag),
            "voyage" => text(&means?.voyage),
            "departure" => call(&manifest.departure),
            "departed_at" => at(&manifest.departure),
            "arrival" => call(&manifest.arrival),
            "arrives_at" => at(&manifest.arrival),
            "bill_of_lading" => Some(bill.bill_of_lading.clone()),
            "master_bill" => text(&bill.master_bill),
            "procedure" => show!(bill.procedure),
            "original_loading" => place(&bill.places.original_loading),
            "loading" => place(&bill.places.loading),
            "transhipment" => place(&bill.places.transhipment),
            "discharge" => place(&bill.places.discharge),
            "delivery" => place(&bill.places.delivery),
            "final_destination" => place(&bill.places.final_destination),
            "routing" => Some(bill.routing.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")),
            "line" => show!(bill.line),
            "value" => bill.value.as_ref().map(|value| value.amount.clone()),
            "currency" => bill.value.as_ref()?.currency.clone(),
            "item" => show!(item.item),
            "hs_code" => show!(item.hs_code),
            "hs_edition" => show!(item.hs_edition),
            "description" => Some(item.description.clone()),
            "scientific_name" => text(&item.scientific_name),
            "common_name" => text(&item.common_name),
            "origin" => show!(item.origin),
            "n_packages" => show!(packages?.n),
            "package_kind" => text(&packages?.kind),
            "marks" => text(&packages?.marks),
            "gross_mass_kg" => show!(item.gross_mass_kg),
            "net_mass_kg" => show!(item.net_mass_kg),
            "volume_m3" => show!(item.volume_m3),
            "container" => container,
            "size_type" => text(&equipment?.size_type),
            "fullness" => text(&equipment?.fullness),
            "tare_kg" => show!(equipment?.tare_kg),
            "seals" => Some(equipment?.seals.iter().map(|seal| seal.number.clone()).collect::<Vec<_>>().join("|")),
            "document_code" => text(&document?.code),
            "document_kind" => show!(Some(document?.kind)),
            "document_number" => text(&document?.number),
            "document_issued_on" => show!(document?.issued_on),
            "document_country" => show!(document?.country),
            _ => None,
        }
    }
}
