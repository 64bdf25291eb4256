//! What comes in beside manifests: alerts and watch-list entries, dated, most of them about what never comes.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::checked;
use crate::random::{Random, Seeds};
use crate::trader::Trader;
use crate::world::World;

/// What an alert names.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// A container by its number.
    Container(&'a str),
    /// A ship, and the country whose wood is meant.
    Ship { imo: &'a str, name: &'a str, country: &'a str },
    /// A firm.
    Party(&'a str),
}

/// News that is not written yet.
#[derive(Debug, Default)]
pub struct News {
    n: u64,
    /// Alerts, one JSON object each.
    pub alerts: Vec<Value>,
    /// Rows of the watch list in the order of [`COLUMNS`].
    pub watched: Vec<[String; 13]>,
}

/// Columns of the watch list (DESIGN, "Files it reads").
pub const COLUMNS: [&str; 13] = [
    "id",
    "kind",
    "name",
    "aliases",
    "country",
    "city",
    "address",
    "reason",
    "listed_on",
    "delisted_on",
    "source",
    "reliability",
    "handling",
];

impl News {
    /// An alert that is published on this day and holds for four months.
    pub fn alert(&mut self, world: &World, named: Named<'_>, on: Date, random: &mut Random) {
        self.n += 1;
        let id = format!("SYN-AL-{:06}", self.n);
        let phrase = |kind: &str| world.phrases(kind, "en").first().map_or(String::new(), |text| (*text).to_owned());
        let (name, country, text) = match named {
            Named::Container(number) => (number, "", phrase("alert_container")),
            Named::Ship { name, country, .. } => (name, country, phrase("alert_ship")),
            Named::Party(name) => (name, "", phrase("alert_party")),
        };
        let text = text.replace("{name}", name).replace("{country}", country);
        let countries = if country.is_empty() { json!([]) } else { json!([{ "code": country, "role": "origin" }]) };
        let vessels = match named {
            Named::Ship { imo, name, .. } => json!([{ "name": name, "imo": imo }]),
            _ => json!([]),
        };
        let only = |number: Option<&str>| number.map_or_else(|| json!([]), |number| json!([number]));
        let grade = random.pick(&["A1", "B2", "B3", "C3"]).copied().unwrap_or("C3");
        self.alerts.push(json!({
            "id": id, "number": id, "kind": "alert", "title": phrase("alert_title").replace("{name}", name), "text": text,
            "language": "en", "published_on": on.to_string(), "effective_from": on.to_string(),
            "effective_to": on.saturating_add(4.months()).to_string(), "issuing_body": "invented", "countries": countries,
            "taxa": [], "measure": "alert", "issuers": [],
            "parties": only(match named { Named::Party(name) => Some(name), _ => None }),
            "vessels": vessels,
            "containers": only(match named { Named::Container(number) => Some(number), _ => None }),
            "permits": [], "reliability": grade, "handling": "TLP:AMBER", "status": "in_force", "source": "invented"
        }));
    }

    /// A firm on the watch list since this day.
    pub fn watch(&mut self, world: &World, firm: &Trader, on: Date, random: &mut Random) {
        self.n += 1;
        let reason = random.pick(&world.phrases("watch_reason", "en")).map_or(String::new(), |text| (*text).to_owned());
        self.watched.push([
            format!("SYN-WL-{:06}", self.n),
            "company".to_owned(),
            firm.name.clone(),
            String::new(),
            firm.address.country.clone(),
            firm.address.city.clone(),
            firm.address.street.clone(),
            reason,
            on.to_string(),
            String::new(),
            "invented".to_owned(),
            "B2".to_owned(),
            "TLP:AMBER".to_owned(),
        ]);
    }

    /// A day's news of firms, ships and boxes that never come.
    pub fn noise(&mut self, world: &World, seeds: &Seeds, on: Date, random: &mut Random) {
        for _ in 0..world.setting("noise_alerts") as u64 {
            let n = random.bits();
            let countries: Vec<&String> = world.countries.keys().collect();
            let country = random.pick(&countries).map_or("", |country| country.as_str());
            match random.below(4) {
                0 => self.alert(world, Named::Container(&checked::container(20_000_000 + n % 5_000_000)), on, random),
                1 => {
                    let named =
                        Named::Ship { imo: &checked::ship(50_000 + n % 40_000), name: "SYNTHETIC ABSENCE", country };
                    self.alert(world, named, on, random);
                }
                2 => {
                    let firm = Trader::new(world, seeds, "absent", country, "timber", n);
                    self.alert(world, Named::Party(&firm.name), on, random);
                }
                _ => {
                    let firm = Trader::new(world, seeds, "absent", country, "general", n);
                    self.watch(world, &firm, on, random);
                }
            }
        }
    }
}
