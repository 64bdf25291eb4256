//! Sizes and inputs that every bench shares. All invented, all seeded.

use std::sync::LazyLock;

use palisander_engine::manifests::{Manifest, Parsed, json_document};
use palisander_engine::{Date, Engine, Options};
use palisander_tests::generator::{Made, Port};
use quick_xml::events::Event;

/// The engine on embedded defaults; a bench that cannot open it has nothing to measure.
#[expect(clippy::unwrap_used, reason = "a bench without an engine stops at once")]
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open(&Options::default()).unwrap());

/// The day that counts in every bench.
pub fn as_of() -> Date {
    Date::constant(2026, 11, 1)
}

/// `n` consignments of one make, as JSON bytes.
pub fn bytes_of(made: Made, n: usize) -> Vec<Vec<u8>> {
    let mut port = Port::new(42);
    (0..n).map(|_| port.of(made).to_string().into_bytes()).collect()
}

/// `n` consignments of one make, parsed.
pub fn parsed_of(made: Made, n: usize) -> Vec<Parsed> {
    bytes_of(made, n).iter().filter_map(|bytes| json_document(bytes).ok()).collect()
}

/// The mix of a port: `n` manifests as NDJSON.
pub fn port(n: usize) -> String {
    Port::new(42).ndjson(n)
}

/// A manifest as a table: a row for each goods item, with the columns that most lists have.
pub fn ship_csv(manifest: &Manifest) -> String {
    let mut csv =
        String::from("bill_of_lading,description,hs_code,origin,gross_mass_kg,volume_m3,n_packages,container\n");
    for consignment in &manifest.consignments {
        for item in &consignment.goods_items {
            let text = |n: Option<f64>| n.map(|n| n.to_string()).unwrap_or_default();
            let container = item.in_containers.first().map(|place| place.container.as_str()).unwrap_or_default();
            let row = [
                consignment.bill_of_lading.clone(),
                format!("\"{}\"", item.description.replace('"', "\"\"")),
                item.hs_code.as_ref().map(ToString::to_string).unwrap_or_default(),
                item.origin.map(|origin| origin.to_string()).unwrap_or_default(),
                text(item.gross_mass_kg),
                text(item.volume_m3),
                consignment.n_packages.map(|n| n.to_string()).unwrap_or_default(),
                container.to_owned(),
            ];
            csv.push_str(&row.join(","));
            csv.push('\n');
        }
    }
    csv
}

/// Elements of an XML file, by the bare reader of the library: what the syntax alone costs.
pub fn xml_elements(text: &str) -> usize {
    let mut reader = quick_xml::Reader::from_reader(text.as_bytes());
    let (mut buffer, mut n) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(_) | Event::Empty(_)) => n += 1,
            Ok(Event::Eof) | Err(_) => return n,
            Ok(_) => {}
        }
    }
}
