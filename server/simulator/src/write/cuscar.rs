//! CUSCAR D.95B: one interchange with one message, in UNOW (UTF-8), a segment a line.

use std::fmt::Write;

use crate::bill::{Bill, Call, Item};

/// Characters a line of text and lines a segment may have.
const TEXT: (usize, usize) = (70, 5);
/// Characters a line of a name or a street may have.
const NAME: usize = 35;

/// The call as an interchange.
pub fn write(call: &Call) -> String {
    let mut out = Message::default();
    head(call, &mut out);
    for bill in &call.consignments {
        consignment(bill, &mut out);
    }
    let mut text = format!("UNA:+.? '\nUNB+UNOW:4+{}+SYNCUSTOMS+260901:0900+SYN1'\n", call.carrier.scac);
    text.push_str("UNH+1+CUSCAR:D:95B:UN'\n");
    text.push_str(&out.text);
    let _ = write!(text, "UNT+{}+1'\nUNZ+1+SYN1'\n", out.n + 2);
    text
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
        end += releases % 2;
        self.text.push_str(text.get(..end).unwrap_or(text));
        self.text.push_str("'\n");
        self.n += 1;
    }
}

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

fn lines(text: &str, width: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(width).map(|line| escaped(&line.iter().collect::<String>())).collect()
}

fn time(kind: &str, at: &str, out: &mut Message) {
    let digits: String = at.chars().filter(char::is_ascii_digit).collect();
    out.segment(&format!("DTM+{kind}:{digits}:204"));
}

fn head(call: &Call, out: &mut Message) {
    let means = &call.transport_means;
    out.segment(&format!("BGM+785+{}+9", escaped(&call.reference)));
    time("137", &call.sent_at, out);
    out.segment(&format!("NAD+CA+{}:172:20", call.carrier.scac));
    out.segment(&format!(
        "TDT+20+{}+{}++:172:20:{}+++{}:146:11:{}:{}",
        means.voyage,
        means.mode,
        escaped(&call.carrier.name),
        means.imo,
        escaped(&means.name),
        means.flag
    ));
    for (stop, place, at) in [(&call.departure, "5", "133"), (&call.arrival, "60", "132")] {
        out.segment(&format!("LOC+{place}+{}:139:6", stop.unlocode));
        time(at, &stop.at, out);
    }
    for one in &call.equipment {
        let fullness = if one.fullness == "part" { "6" } else { "5" };
        out.segment(&format!("EQD+CN+{}+{}:102:5++3+{fullness}", one.container, one.size_type));
        out.segment(&format!("MEA+AAE+T+KGM:{}", one.tare_kg));
        for seal in &one.seals {
            out.segment(&format!("SEL+{}+{}", seal.number, seal.party));
        }
    }
    out.segment(&format!("CNT+10:{}", call.totals.n_consignments));
    out.segment(&format!("CNT+16:{}", call.totals.n_containers));
}

fn consignment(bill: &Bill, out: &mut Message) {
    out.segment(&format!("CNI+{}+{}", bill.line, bill.bill_of_lading));
    out.segment(&format!("RFF+BM:{}", bill.bill_of_lading));
    out.segment(&format!("CNT+7:{}:KGM", bill.gross_mass_kg));
    out.segment(&format!("CNT+11:{}", bill.n_packages));
    if let Some(value) = &bill.value {
        out.segment(&format!("MOA+40:{}:{}", value.amount, value.currency));
    }
    let places = &bill.places;
    for (kind, place) in [
        ("76", &places.original_loading),
        ("9", &places.loading),
        ("11", &places.discharge),
        ("7", &places.delivery),
        ("20", &places.final_destination),
    ] {
        if !place.is_empty() {
            out.segment(&format!("LOC+{kind}+{place}:139:6"));
        }
    }
    for country in &bill.routing {
        out.segment(&format!("LOC+92+{country}:162:5"));
    }
    // D.95B has the country of origin at the bill only.
    if let Some(item) = bill.goods_items.first().filter(|item| !item.origin.is_empty()) {
        out.segment(&format!("LOC+27+{}:162:5", item.origin));
    }
    let procedure = match bill.procedure {
        "transit" => 24,
        "transhipment" => 28,
        _ => 23,
    };
    out.segment(&format!("GIS+{procedure}"));
    for party in &bill.parties {
        let role = match party.role {
            "consignor" => "CZ",
            "consignee" => "CN",
            _ => "NI",
        };
        let at = &party.address;
        out.segment(&format!(
            "NAD+{role}+++{}+{}+{}+++{}",
            lines(&party.name, NAME).join(":"),
            lines(&at.street, NAME).join(":"),
            escaped(&at.city),
            at.country
        ));
    }
    for item in &bill.goods_items {
        goods(item, procedure, out);
    }
}

fn goods(item: &Item, procedure: u32, out: &mut Message) {
    let mut packages = String::new();
    for one in &item.packages {
        let _ = write!(packages, "+{}:{}", one.n, one.kind);
    }
    out.segment(&format!("GID+{}{packages}", item.item));
    for piece in lines(&item.description, TEXT.0).chunks(TEXT.1) {
        out.segment(&format!("FTX+AAA+++{}", piece.join(":")));
    }
    out.segment(&format!("MEA+AAE+G+KGM:{}", item.gross_mass_kg));
    if let Some(kg) = item.net_mass_kg {
        out.segment(&format!("MEA+AAE+AAA+KGM:{kg}"));
    }
    if let Some(m3) = item.volume_m3 {
        out.segment(&format!("MEA+AAE+AAW+MTQ:{m3}"));
    }
    for placed in &item.in_containers {
        out.segment(&format!("SGP+{}+{}", placed.container, placed.n_packages));
    }
    for one in &item.packages {
        out.segment(&format!("PCI+24+{}", lines(&one.marks, NAME).join(":")));
    }
    if !item.hs_code.is_empty() {
        out.segment(&format!("CST+1+{}:122", item.hs_code));
    }
    if !item.documents.is_empty() {
        out.segment(&format!("GIS+{procedure}"));
    }
    for paper in &item.documents {
        out.segment(&format!("DOC+{}+{}", paper.code, escaped(&paper.number)));
    }
}
