//! A bill before it has a number and boxes: a load between two firms on a lane.

use crate::bill::{Bill, Item, Label, Money, Packages, Paper, Party, Places};
use crate::load::Load;
use crate::random::Random;
use crate::trader::Trader;
use crate::world::World;

/// The way of a load.
#[derive(Debug, Clone)]
pub struct Lane {
    /// First port, when it is not the one where the ship takes it.
    pub original: String,
    pub loading: String,
    pub arrival: String,
}

/// A bill to be.
#[derive(Debug, Clone)]
pub struct Draft {
    pub bill: Bill,
    pub size_type: &'static str,
    pub tare_kg: u64,
    pub n_boxes: u64,
    pub shares_box: bool,
    /// Volume, whether or not it is written.
    pub volume_m3: Option<f64>,
    /// The box that it must be in, where an alert has named it.
    pub box_number: Option<String>,
    pub label: Label,
}

/// How often goods go on from the port, and as what.
const ONWARD: [(&str, f64); 3] = [("import", 0.8), ("transit", 0.12), ("transhipment", 0.08)];

/// The bill of a load.
pub fn draft(
    world: &World,
    lane: &Lane,
    (consignor, consignee): (&Trader, &Trader),
    load: Load,
    papers: Vec<Paper>,
    label: Label,
    random: &mut Random,
) -> Draft {
    let style = &consignor.style;
    let procedure =
        random.weighted(&ONWARD.map(|(_, share)| share)).and_then(|n| ONWARD.get(n)).map_or("import", |one| one.0);
    let first = if lane.original.is_empty() { &lane.loading } else { &lane.original };
    let mut routing = vec![world.country_of(first).to_owned()];
    for port in [&lane.loading, &lane.arrival] {
        let country = world.country_of(port);
        if routing.last().is_none_or(|last| last != country) {
            routing.push(country.to_owned());
        }
    }
    let places = Places {
        original_loading: lane.original.clone(),
        loading: lane.loading.clone(),
        transhipment: String::new(),
        discharge: lane.arrival.clone(),
        delivery: lane.arrival.clone(),
        final_destination: lane.arrival.clone(),
    };
    let mut parties = vec![consignor.party("consignor")];
    if random.chance(0.07) {
        let order = random.pick(&world.phrases("order", "en")).map_or(String::new(), |text| (*text).to_owned());
        parties.push(Party { role: "consignee", name: order, address: consignee.address.clone() });
        parties.push(consignee.party("notify_party"));
    } else {
        parties.push(consignee.party("consignee"));
        if random.chance(0.6) {
            parties.push(consignee.party("notify_party"));
        }
    }
    let dollars = load.value_usd * random.within(0.9, 1.1);
    let amount = if style.rounds { (dollars / 100.0).ceil() * 100.0 } else { dollars };
    let currency = world.countries.get(&consignor.address.country).map_or("USD", |country| &country.currency);
    let value = style.gives_value.then(|| Money {
        amount: format!("{amount:.2}"),
        currency: currency.to_owned(),
        kind: "customs",
    });
    let volume_m3 = load.volume_m3;
    let gross = load.mass_kg.max(1.0) as u64;
    let packing = random.within(0.02, 0.06);
    let item = Item {
        item: 1,
        hs_edition: style.gives_code.then_some(2022),
        hs_code: if style.gives_code { load.hs } else { String::new() },
        description: load.text,
        scientific_name: load.latin,
        origin: load.origin,
        packages: vec![Packages {
            n: load.n_packages,
            kind: load.package,
            marks: format!("{} {}", consignee.name.get(..3).unwrap_or("N/M"), random.between(1, 999)),
        }],
        gross_mass_kg: gross,
        net_mass_kg: style.gives_net.then_some(((gross as f64) * (1.0 - packing)).max(1.0) as u64),
        volume_m3: style.gives_volume.then_some(load.volume_m3),
        in_containers: Vec::new(),
        documents: papers,
    };
    let bill = Bill {
        line: 0,
        bill_of_lading: String::new(),
        procedure,
        places,
        routing,
        parties,
        gross_mass_kg: gross,
        n_packages: load.n_packages,
        value,
        goods_items: vec![item],
    };
    Draft {
        bill,
        size_type: load.size_type,
        tare_kg: load.tare_kg,
        n_boxes: load.n_boxes,
        shares_box: load.shares_box,
        volume_m3: Some(volume_m3),
        box_number: None,
        label,
    }
}
