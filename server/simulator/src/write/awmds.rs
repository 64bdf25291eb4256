//! ASYCUDA World manifest: one document a call. It has no codes of goods, no origin and no documents.

use std::fmt::Write;

use crate::bill::{Address, Bill, Call};

/// The call as a document.
pub fn write(call: &Call) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Awmds>\n");
    head(call, &mut out);
    for bill in &call.consignments {
        consignment(call, bill, &mut out);
    }
    out.push_str("</Awmds>\n");
    out
}

fn element(name: &str, text: &str, out: &mut String) {
    if !text.is_empty() {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(out, "<{name}>{text}</{name}>");
    }
}

fn day(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}

fn head(call: &Call, out: &mut String) {
    let means = &call.transport_means;
    out.push_str("<General_segment><General_segment_id>\n");
    element("Customs_office_code", "SYN01", out);
    element("Voyage_number", &means.voyage, out);
    element("Date_of_departure", day(&call.departure.at), out);
    element("Date_of_arrival", day(&call.arrival.at), out);
    out.push_str("</General_segment_id><Totals_segment>\n");
    element("Total_number_of_bols", &call.totals.n_consignments.to_string(), out);
    out.push_str("</Totals_segment><Transport_information>\n<Carrier>");
    element("Carrier_code", &call.carrier.scac, out);
    element("Carrier_name", &call.carrier.name, out);
    out.push_str("</Carrier>\n");
    element("Mode_of_transport_code", &means.mode.to_string(), out);
    element("Identity_of_transporter", &means.name, out);
    element("Nationality_of_transporter_code", &means.flag, out);
    element("Registration_number_of_transport_code", &means.imo, out);
    out.push_str("</Transport_information><Load_unload_place>\n");
    element("Place_of_departure_code", &call.departure.unlocode, out);
    element("Place_of_destination_code", &call.arrival.unlocode, out);
    out.push_str("</Load_unload_place></General_segment>\n");
}

fn one_line(at: &Address) -> String {
    [at.street.as_str(), &at.city, &at.country].join(", ")
}

fn consignment(call: &Call, bill: &Bill, out: &mut String) {
    out.push_str("<Bol_segment><Bol_id>\n");
    element("Bol_reference", &bill.bill_of_lading, out);
    element("Line_number", &bill.line.to_string(), out);
    let nature = match bill.procedure {
        "transit" => "24",
        "transhipment" => "28",
        _ => "23",
    };
    element("Bol_nature", nature, out);
    element("Bol_type_code", "BOL", out);
    out.push_str("</Bol_id><Load_unload_place>\n");
    let places = &bill.places;
    element("Original_port_of_loading_code", &places.original_loading, out);
    element("Place_of_delivery_code", &places.delivery, out);
    element("Place_of_ultimate_destination_code", &places.final_destination, out);
    element("Place_of_loading_code", &places.loading, out);
    element("Place_of_unloading_code", &places.discharge, out);
    out.push_str("</Load_unload_place><Traders_segment>\n");
    for (role, name) in [("consignor", "Exporter"), ("notify_party", "Notify"), ("consignee", "Consignee")] {
        if let Some(party) = bill.parties.iter().find(|party| party.role == role) {
            let _ = write!(out, "<{name}>");
            element(&format!("{name}_name"), &party.name, out);
            element(&format!("{name}_address"), &one_line(&party.address), out);
            let _ = writeln!(out, "</{name}>");
        }
    }
    out.push_str("</Traders_segment>\n");
    for item in &bill.goods_items {
        for placed in &item.in_containers {
            let Some(one) = call.equipment.iter().find(|one| one.container == placed.container) else { continue };
            out.push_str("<ctn_segment>");
            element("Ctn_reference", &one.container, out);
            element("Number_of_packages", &placed.n_packages.to_string(), out);
            element("Type_of_container", one.size_type, out);
            element("Empty_Full", if one.fullness == "part" { "0/1" } else { "1/1" }, out);
            element("Marks1", one.seals.first().map_or("", |seal| &seal.number), out);
            element("Sealing_Party", "CAR", out);
            element("Empty_weight", &one.tare_kg.to_string(), out);
            out.push_str("</ctn_segment>\n");
        }
    }
    for item in &bill.goods_items {
        out.push_str("<Goods_segment>");
        let packages = item.packages.first();
        element("Number_of_packages", &packages.map_or(String::new(), |one| one.n.to_string()), out);
        element("Package_type_code", packages.map_or("", |one| &one.kind), out);
        element("Gross_mass", &item.gross_mass_kg.to_string(), out);
        element("Shipping_marks", packages.map_or("", |one| &one.marks), out);
        element("Goods_description", &item.description, out);
        element("Volume_in_cubic_meters", &item.volume_m3.map_or(String::new(), |m3| m3.to_string()), out);
        out.push_str("</Goods_segment>\n");
    }
    if let Some(value) = &bill.value {
        out.push_str("<Value_segment><Customs_segment>");
        element("Customs_value", &value.amount, out);
        element("Customs_currency", &value.currency, out);
        out.push_str("</Customs_segment></Value_segment>\n");
    }
    out.push_str("</Bol_segment>\n");
}
