//! Writes CUSCAR D.95B.

use std::fmt::Write;

use palisander_engine::manifests::{
    Consignment, Document, Function, GoodsItem, Manifest, Moment, PartyRole, Procedure,
};

/// The manifest as one interchange with one message, a segment a line.
pub fn write(manifest: &Manifest) -> String {
    let mut out = Message::default();
    head(manifest, &mut out);
    for (n, consignment) in manifest.consignments.iter().enumerate() {
        bill(consignment, n as u64 + 1, &mut out);
    }
    let sender = manifest.sender.as_deref().unwrap_or("SYNLINE");
    let mut text = format!("UNA:+.? '\nUNB+UNOW:4+{}+SYNCUSTOMS+260301:0900+SYN1'\n", escaped(sender));
    let n = out.n + 2;
    text.push_str("UNH+1+CUSCAR:D:95B:UN'\n");
    text.push_str(&out.text);
    let _ = write!(text, "UNT+{n}+1'\nUNZ+1+SYN1'\n");
    text
}

/// What D.95B carries of a manifest; the rest is cleared.
pub fn carried(manifest: &Manifest) -> Manifest {
    let mut kept = manifest.clone();
    kept.format = "cuscar/D.95B".into();
    kept.sender = Some(manifest.sender.clone().unwrap_or_else(|| "SYNLINE".into()));
    kept.sent_at = manifest.sent_at.clone().or_else(|| Moment::parse("2026-03-01T09:00:00Z"));
    kept.office = None;
    kept.totals = Some(palisander_engine::manifests::Totals {
        n_consignments: Some(manifest.consignments.len() as u64),
        n_containers: Some(manifest.equipment.len() as u64),
        ..Default::default()
    });
    kept.unmapped.clear();
    for (n, consignment) in kept.consignments.iter_mut().enumerate() {
        consignment.line = Some(consignment.line.unwrap_or(n as u64 + 1));
        consignment.bill_level = None;
        consignment.originals.clear();
        for item in &mut consignment.goods_items {
            (item.hs_edition, item.scientific_name, item.common_name) = (None, None, None);
            for document in &mut item.documents {
                let (code, number) = (document.code.take(), document.number.take());
                *document = Document { kind: document.kind, code, number, ..Document::default() };
            }
        }
    }
    kept
}

#[derive(Default)]
struct Message {
    text: String,
    n: usize,
}

impl Message {
    fn segment(&mut self, text: &str) {
        // Empty elements at the end go; a released `+` stays.
        let mut end = text.trim_end_matches('+').len();
        let releases = text.get(..end).map_or(0, |kept| kept.bytes().rev().take_while(|byte| *byte == b'?').count());
        if releases % 2 == 1 {
            end += 1;
        }
        self.text.push_str(text.get(..end).unwrap_or(text));
        self.text.push_str("'\n");
        self.n += 1;
    }
}

/// With release characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ':' | '+' | '?' | '\'') {
            out.push('?');
        }
        out.push(c);
    }
    out
}

/// Lines of `width` characters, as meant.
fn lines(text: &str, width: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(width).map(|line| escaped(&line.iter().collect::<String>())).collect()
}

fn time(kind: &str, moment: &Moment, out: &mut Message) {
    let digits: String = moment.as_str().chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        8 => out.segment(&format!("DTM+{kind}:{digits}:102")),
        _ => out.segment(&format!("DTM+{kind}:{}:204", digits.get(..14).unwrap_or(&digits))),
    }
}

fn head(manifest: &Manifest, out: &mut Message) {
    let function = match manifest.function {
        Function::Original => 9,
        Function::Replace => 5,
        Function::Change => 4,
        Function::Cancel => 1,
    };
    out.segment(&format!("BGM+785+{}+{function}", escaped(&manifest.reference)));
    if let Some(at) = &manifest.sent_at {
        time("137", at, out);
    }
    if let Some(scac) = manifest.carrier.as_ref().and_then(|carrier| carrier.scac.as_deref()) {
        out.segment(&format!("NAD+CA+{}:172:20", escaped(scac)));
    }
    let means = manifest.transport_means.clone().unwrap_or_default();
    let text = |text: &Option<String>| escaped(text.as_deref().unwrap_or_default());
    let carrier = manifest.carrier.as_ref().map(|carrier| carrier.name.clone()).unwrap_or_default();
    let flag = means.flag.map(|flag| flag.to_string()).unwrap_or_default();
    let mode = means.mode.map(|mode| mode.to_string()).unwrap_or_default();
    let carrier = if carrier.is_some() { format!(":172:20:{}", text(&carrier)) } else { String::new() };
    let (voyage, imo, name) = (text(&means.voyage), text(&means.imo), text(&means.name));
    out.segment(&format!("TDT+20+{voyage}+{mode}++{carrier}+++{imo}:146:11:{name}:{flag}"));
    for (call, place, at) in [(&manifest.departure, "5", "133"), (&manifest.arrival, "60", "132")] {
        let Some(call) = call else { continue };
        if let Some(code) = &call.unlocode {
            out.segment(&format!("LOC+{place}+{}:139:6", escaped(code.as_str())));
        }
        if let Some(moment) = &call.at {
            time(at, moment, out);
        }
    }
    for one in &manifest.equipment {
        let fullness = match one.fullness.as_deref() {
            Some("empty") => "4",
            Some("full") => "5",
            Some("part") => "6",
            Some("mixed") => "7",
            _ => "",
        };
        let size = one.size_type.as_ref().map(|size| format!("{}:102:5", escaped(size))).unwrap_or_default();
        out.segment(&format!("EQD+CN+{}+{size}++3+{fullness}", escaped(&one.container)));
        for (kind, kg) in [("T", one.tare_kg), ("VGM", one.vgm_kg)] {
            if let Some(kg) = kg {
                out.segment(&format!("MEA+AAE+{kind}+KGM:{kg}"));
            }
        }
        for seal in &one.seals {
            out.segment(&format!("SEL+{}+{}", escaped(&seal.number), text(&seal.party)));
        }
    }
    out.segment(&format!("CNT+10:{}", manifest.consignments.len()));
    out.segment(&format!("CNT+16:{}", manifest.equipment.len()));
}

fn bill(consignment: &Consignment, n: u64, out: &mut Message) {
    out.segment(&format!("CNI+{}+{}", consignment.line.unwrap_or(n), escaped(&consignment.bill_of_lading)));
    for (kind, number) in [("MB", &consignment.master_bill), ("UCN", &consignment.ucr)] {
        if let Some(number) = number {
            out.segment(&format!("RFF+{kind}:{}", escaped(number)));
        }
    }
    out.segment(&format!("RFF+BM:{}", escaped(&consignment.bill_of_lading)));
    if let Some(kg) = consignment.gross_mass_kg {
        out.segment(&format!("CNT+7:{kg}:KGM"));
    }
    if let Some(n) = consignment.n_packages {
        out.segment(&format!("CNT+11:{n}"));
    }
    if let Some(value) = &consignment.value {
        money(value, out);
    }
    let places = &consignment.places;
    for (kind, place) in [
        ("76", &places.original_loading),
        ("9", &places.loading),
        ("13", &places.transhipment),
        ("11", &places.discharge),
        ("7", &places.delivery),
        ("20", &places.final_destination),
    ] {
        if let Some(place) = place {
            out.segment(&format!("LOC+{kind}+{}:139:6", escaped(place.as_str())));
        }
    }
    for country in &consignment.routing {
        out.segment(&format!("LOC+92+{country}:162:5"));
    }
    // D.95B has the country of origin at the bill only.
    if let Some(origin) = consignment.goods_items.first().and_then(|item| item.origin) {
        out.segment(&format!("LOC+27+{origin}:162:5"));
    }
    let procedure = consignment.procedure.and_then(|procedure| match procedure {
        Procedure::Export => Some(22),
        Procedure::Import => Some(23),
        Procedure::Transit => Some(24),
        Procedure::Transhipment => Some(28),
        _ => None,
    });
    if let Some(code) = procedure {
        out.segment(&format!("GIS+{code}"));
    }
    for party in &consignment.parties {
        let role = match party.role {
            PartyRole::Consignor => "CZ",
            PartyRole::Consignee => "CN",
            PartyRole::NotifyParty => "NI",
            PartyRole::Carrier => "CA",
            PartyRole::Declarant => "DT",
            PartyRole::Seller => "SE",
            PartyRole::Buyer => "BY",
            PartyRole::Exporter => "EX",
            PartyRole::Importer => "IM",
            PartyRole::Forwarder => "FW",
            PartyRole::Consolidator => "CS",
            PartyRole::Other => "GO",
        };
        let address = party.address.clone().unwrap_or_default();
        let text = |text: &Option<String>| escaped(text.as_deref().unwrap_or_default());
        let id = party.id.as_ref().map(|id| format!("{}:160:ZZZ", escaped(id))).unwrap_or_default();
        let street = address.street.as_deref().map(|street| lines(street, 35).join(":")).unwrap_or_default();
        let country = address.country.map(|country| country.to_string()).unwrap_or_default();
        out.segment(&format!(
            "NAD+{role}+{id}++{}+{street}+{}+{}+{}+{country}",
            lines(&party.name, 35).join(":"),
            text(&address.city),
            text(&address.region),
            text(&address.postcode)
        ));
    }
    consignment.goods_items.iter().for_each(|item| goods(item, procedure.unwrap_or(23), out));
}

fn money(value: &palisander_engine::manifests::Money, out: &mut Message) {
    let kind = match value.kind.as_deref() {
        Some("invoice") => "39",
        Some("statistical") => "123",
        Some("freight") => "64",
        _ => "40",
    };
    let currency = value.currency.as_deref().unwrap_or_default();
    out.segment(&format!("MOA+{kind}:{}:{}", escaped(&value.amount), escaped(currency)));
}

fn goods(item: &GoodsItem, procedure: u32, out: &mut Message) {
    let mut packages = String::new();
    for one in &item.packages {
        let n = one.n.map(|n| n.to_string()).unwrap_or_default();
        let _ = write!(packages, "+{n}:{}", escaped(one.kind.as_deref().unwrap_or_default()));
    }
    let number = item.item.map(|n| n.to_string()).unwrap_or_default();
    out.segment(&format!("GID+{number}{packages}"));
    // Five lines of 70 characters a segment.
    for piece in lines(&item.description, 70).chunks(5) {
        out.segment(&format!("FTX+AAA+++{}", piece.join(":")));
    }
    for (kind, unit, value) in
        [("G", "KGM", item.gross_mass_kg), ("AAA", "KGM", item.net_mass_kg), ("AAW", "MTQ", item.volume_m3)]
    {
        if let Some(value) = value {
            out.segment(&format!("MEA+AAE+{kind}+{unit}:{value}"));
        }
    }
    if let Some(value) = &item.value {
        money(value, out);
    }
    for place in &item.in_containers {
        let n = place.n_packages.map(|n| n.to_string()).unwrap_or_default();
        out.segment(&format!("SGP+{}+{n}", escaped(&place.container)));
    }
    for one in &item.packages {
        if let Some(marks) = &one.marks {
            out.segment(&format!("PCI+24+{}", lines(marks, 35).join(":")));
        }
    }
    if let Some(code) = &item.hs_code {
        out.segment(&format!("CST+1+{code}:122"));
    }
    if !item.documents.is_empty() {
        out.segment(&format!("GIS+{procedure}"));
    }
    for document in &item.documents {
        let text = |text: &Option<String>| escaped(text.as_deref().unwrap_or_default());
        out.segment(&format!("DOC+{}+{}", text(&document.code), text(&document.number)));
    }
}
