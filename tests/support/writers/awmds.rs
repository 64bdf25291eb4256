//! Writes AWMDS XML.

use std::fmt::Write;

use palisander_engine::manifests::{Address, Consignment, GoodsItem, Manifest, Moment, PartyRole, Procedure};

/// The manifest as one document.
pub fn write(manifest: &Manifest) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Awmds>\n");
    head(manifest, &mut out);
    for (n, consignment) in manifest.consignments.iter().enumerate() {
        bill(manifest, consignment, n as u64 + 1, &mut out);
    }
    out.push_str("</Awmds>\n");
    out
}

/// What AWMDS carries of a manifest; the rest is cleared.
pub fn carried(manifest: &Manifest) -> Manifest {
    let mut kept = manifest.clone();
    kept.format = "awmds/1".into();
    (kept.sender, kept.sent_at) = (None, None);
    kept.office = Some("SYN01".into());
    let day = |call: &mut Option<palisander_engine::manifests::Call>| {
        if let Some(call) = call {
            call.at = call.at.as_ref().map(|at| Moment::on(at.day()));
        }
    };
    day(&mut kept.departure);
    day(&mut kept.arrival);
    let voyage = manifest.transport_means.as_ref().and_then(|means| means.voyage.clone()).unwrap_or_default();
    let departed = kept.departure.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day().to_string());
    kept.reference = ["SYN01".to_owned(), voyage].into_iter().chain(departed).collect::<Vec<_>>().join("/");
    kept.totals = Some(palisander_engine::manifests::Totals {
        n_consignments: Some(manifest.consignments.len() as u64),
        ..Default::default()
    });
    kept.unmapped.clear();
    for consignment in &mut kept.consignments {
        let first = (consignment.line, consignment.bill_of_lading.clone());
        consignment.line = first.0;
        (consignment.routing, consignment.bill_level) = (Vec::new(), None);
        (consignment.documents, consignment.originals) = (Vec::new(), Vec::new());
        consignment.places.transhipment = None;
        for party in &mut consignment.parties {
            let street = party.address.as_ref().map(one_line);
            party.address = street.map(|street| Address { street: Some(street), ..Address::default() });
        }
        for item in &mut consignment.goods_items {
            (item.hs_code, item.hs_edition, item.origin, item.net_mass_kg) = (None, None, None, None);
            (item.scientific_name, item.common_name, item.value) = (None, None, None);
            item.documents.clear();
        }
    }
    kept
}

/// An address in one line, as the format has it.
fn one_line(address: &Address) -> String {
    let pieces = [address.street.clone(), address.postcode.clone(), address.city.clone(), address.region.clone()];
    let country = address.country.map(|country| country.to_string());
    pieces.into_iter().flatten().chain(country).collect::<Vec<_>>().join(", ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn element(name: &str, text: &str, out: &mut String) {
    let _ = writeln!(out, "<{name}>{}</{name}>", escaped(text));
}

fn optional(name: &str, text: Option<&str>, out: &mut String) {
    if let Some(text) = text {
        element(name, text, out);
    }
}

fn head(manifest: &Manifest, out: &mut String) {
    let means = manifest.transport_means.clone().unwrap_or_default();
    let day = |call: &Option<palisander_engine::manifests::Call>| {
        call.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day().to_string())
    };
    out.push_str("<General_segment><General_segment_id>\n");
    element("Customs_office_code", "SYN01", out);
    optional("Voyage_number", means.voyage.as_deref(), out);
    optional("Date_of_departure", day(&manifest.departure).as_deref(), out);
    optional("Date_of_arrival", day(&manifest.arrival).as_deref(), out);
    out.push_str("</General_segment_id><Totals_segment>\n");
    element("Total_number_of_bols", &manifest.consignments.len().to_string(), out);
    out.push_str("</Totals_segment><Transport_information>\n");
    if let Some(carrier) = &manifest.carrier {
        out.push_str("<Carrier>");
        optional("Carrier_code", carrier.scac.as_deref(), out);
        optional("Carrier_name", carrier.name.as_deref(), out);
        out.push_str("</Carrier>");
    }
    optional("Mode_of_transport_code", means.mode.map(|mode| mode.to_string()).as_deref(), out);
    optional("Identity_of_transporter", means.name.as_deref(), out);
    optional("Nationality_of_transporter_code", means.flag.map(|flag| flag.to_string()).as_deref(), out);
    optional("Registration_number_of_transport_code", means.imo.as_deref(), out);
    out.push_str("</Transport_information><Load_unload_place>\n");
    let place = |call: &Option<palisander_engine::manifests::Call>| {
        call.as_ref().and_then(|call| call.unlocode.as_ref()).map(|place| place.as_str().to_owned())
    };
    optional("Place_of_departure_code", place(&manifest.departure).as_deref(), out);
    optional("Place_of_destination_code", place(&manifest.arrival).as_deref(), out);
    out.push_str("</Load_unload_place></General_segment>\n");
}

fn bill(manifest: &Manifest, consignment: &Consignment, n: u64, out: &mut String) {
    out.push_str("<Bol_segment><Bol_id>\n");
    element("Bol_reference", &consignment.bill_of_lading, out);
    element("Line_number", &consignment.line.unwrap_or(n).to_string(), out);
    let nature = consignment.procedure.and_then(|procedure| match procedure {
        Procedure::Export => Some("22"),
        Procedure::Import => Some("23"),
        Procedure::Transit => Some("24"),
        Procedure::Transhipment => Some("28"),
        _ => None,
    });
    optional("Bol_nature", nature, out);
    element("Bol_type_code", "BOL", out);
    optional("Master_bol_ref_number", consignment.master_bill.as_deref(), out);
    optional("Unique_carrier_reference", consignment.ucr.as_deref(), out);
    out.push_str("</Bol_id><Load_unload_place>\n");
    let places = &consignment.places;
    for (name, place) in [
        ("Original_port_of_loading_code", &places.original_loading),
        ("Place_of_delivery_code", &places.delivery),
        ("Place_of_ultimate_destination_code", &places.final_destination),
        ("Place_of_loading_code", &places.loading),
        ("Place_of_unloading_code", &places.discharge),
    ] {
        optional(name, place.as_ref().map(|place| place.as_str()), out);
    }
    out.push_str("</Load_unload_place><Traders_segment>\n");
    for (role, name) in
        [(PartyRole::Consignor, "Exporter"), (PartyRole::NotifyParty, "Notify"), (PartyRole::Consignee, "Consignee")]
    {
        if let Some(party) = consignment.party(role) {
            let _ = write!(out, "<{name}>");
            optional(&format!("{name}_code"), party.id.as_deref(), out);
            element(&format!("{name}_name"), &party.name, out);
            optional(&format!("{name}_address"), party.address.as_ref().map(one_line).as_deref(), out);
            let _ = writeln!(out, "</{name}>");
        }
    }
    out.push_str("</Traders_segment>\n");
    let named = |container: &str| {
        consignment.goods_items.iter().flat_map(|item| &item.in_containers).find(|place| place.container == container)
    };
    for (one, place) in manifest.equipment.iter().filter_map(|one| Some((one, named(&one.container)?))) {
        out.push_str("<ctn_segment>");
        element("Ctn_reference", &one.container, out);
        optional("Number_of_packages", place.n_packages.map(|n| n.to_string()).as_deref(), out);
        optional("Type_of_container", one.size_type.as_deref(), out);
        let fullness = match one.fullness.as_deref() {
            Some("empty") => Some("0/0"),
            Some("part") => Some("0/1"),
            Some("full") => Some("1/1"),
            other => other,
        };
        optional("Empty_Full", fullness, out);
        optional("Marks1", one.seals.first().map(|seal| seal.number.as_str()), out);
        let party = one.seals.first().and_then(|seal| seal.party.as_deref()).map(|party| match party {
            "CA" => "CAR",
            "SH" => "SHI",
            "CU" => "CUS",
            other => other,
        });
        optional("Sealing_Party", party, out);
        optional("Empty_weight", one.tare_kg.map(|kg| kg.to_string()).as_deref(), out);
        out.push_str("</ctn_segment>\n");
    }
    consignment.goods_items.iter().for_each(|item| goods(item, consignment.goods_items.len() > 1, out));
    if let Some(value) = &consignment.value {
        out.push_str("<Value_segment><Customs_segment>");
        element("Customs_value", &value.amount, out);
        optional("Customs_currency", value.currency.as_deref(), out);
        out.push_str("</Customs_segment></Value_segment>\n");
    }
    out.push_str("</Bol_segment>\n");
}

fn goods(item: &GoodsItem, names_containers: bool, out: &mut String) {
    out.push_str("<Goods_segment>");
    let packages = item.packages.first();
    optional("Number_of_packages", packages.and_then(|one| one.n).map(|n| n.to_string()).as_deref(), out);
    optional("Package_type_code", packages.and_then(|one| one.kind.as_deref()), out);
    optional("Gross_mass", item.gross_mass_kg.map(|kg| kg.to_string()).as_deref(), out);
    optional("Shipping_marks", packages.and_then(|one| one.marks.as_deref()), out);
    element("Goods_description", &item.description, out);
    for place in item.in_containers.iter().filter(|_| names_containers) {
        let _ = write!(
            out,
            "<Container_item_references><Ctn_item_reference>{}</Ctn_item_reference></Container_item_references>",
            escaped(&place.container)
        );
    }
    optional("Volume_in_cubic_meters", item.volume_m3.map(|m3| m3.to_string()).as_deref(), out);
    out.push_str("</Goods_segment>\n");
}
