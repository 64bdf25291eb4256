//! A seeded port: manifests of one consignment each, most of them with nothing to do with timber.
//!
//! In: a seed and how many. Out: canonical JSON, one manifest a line, with known shares of plain goods, honest timber and
//! planted smuggling. Everything is invented.

use serde_json::{Value, json};

use crate::random::Random;

/// What a consignment was made to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Nothing to do with timber.
    Plain,
    /// Words that only sound like wood.
    Sounding,
    /// Lawful timber with its papers.
    Honest,
    /// Smuggling by one of the known methods.
    Planted,
}

/// Plain goods: text, HS code, lightest and heaviest load in kg/m³.
const PLAIN: &[(&str, &str, u64, u64)] = &[
    ("COTTON T SHIRTS", "610910", 140, 240),
    ("FROZEN SHRIMP", "030617", 420, 620),
    ("AUTO PARTS, BRAKE PADS", "870830", 380, 700),
    ("BLACK TEA", "090240", 300, 420),
    ("CERAMIC FLOOR TILES", "690721", 900, 1500),
    ("LED TELEVISION SETS", "852872", 110, 220),
    ("POLYESTER YARN", "540233", 260, 420),
    ("STAINLESS STEEL COOKWARE", "732393", 180, 420),
    ("PLASTIC TOYS", "950300", 90, 190),
    ("RICE IN BAGS", "100630", 620, 780),
    ("USED CLOTHING IN BALES", "630900", 280, 420),
    ("PAPER IN REELS", "480255", 520, 760),
    ("GREEN COFFEE BEANS", "090111", 540, 680),
    ("SOLAR PANELS", "854143", 190, 320),
    ("LAPTOP COMPUTERS", "847130", 150, 260),
    ("WINE IN BOTTLES", "220421", 560, 760),
    ("FERTILIZER IN BAGS", "310520", 760, 980),
    ("TYRES NEW", "401110", 190, 280),
    ("SHOES, SPORTS", "640411", 120, 190),
    ("CHEMICAL PRODUCTS, PIGMENTS", "320649", 480, 820),
];

/// Words that only sound like wood.
const SOUNDING: &[(&str, &str)] = &[
    ("NAIL POLISH, SHADE ROSEWOOD", "330430"),
    ("LADIES SHOES, COLOUR EBONY", "640399"),
    ("SCENTED CANDLES SANDALWOOD", "340600"),
    ("LAMINATE FLOORING PALISANDER DECOR", "391810"),
    ("HOTEL LINEN FOR ROSEWOOD HOTEL", "630231"),
    ("HAIR DYE EBONY BLACK", "330590"),
];

/// Lawful timber: text, Latin name, HS code, origin, port, air-dry density in kg/m³.
const HONEST: &[(&str, &str, &str, &str, &str, u64)] = &[
    ("SAWN TIMBER TECTONA GRANDIS", "Tectona grandis", "440723", "TZ", "TZDAR", 660),
    ("SAWN PINE LUMBER", "Pinus sylvestris", "440711", "SE", "SEGOT", 510),
    ("OAK LUMBER QUERCUS ALBA", "Quercus alba", "440791", "US", "USSAV", 740),
    ("SAWN TIMBER DALBERGIA MELANOXYLON", "Dalbergia melanoxylon", "440729", "MZ", "MZMNC", 1200),
    ("ROSEWOOD VENEER DALBERGIA LATIFOLIA", "Dalbergia latifolia", "440839", "IN", "INNSA", 850),
];

/// Planted smuggling: text, HS code, origin, port, kg/m³.
const PLANTED: &[(&str, &str, &str, &str, u64)] = &[
    ("BOIS DE ROSE EN RONDINS", "440399", "MG", "MGTMM", 900),
    ("PLASTIC SCRAP IN BALES", "391590", "MG", "MGTMM", 980),
    ("EBONY LOGS DIOSPYROS", "440399", "MG", "MGMJN", 1050),
    ("WOOD CHARCOAL", "440290", "LA", "THLCH", 1020),
    ("DALBERGIA COCHINCHINENSIS SAWN", "440729", "LA", "VNDAD", 1040),
    ("OSYRIS LANCEOLATA CHIPS", "440122", "BI", "TZDAR", 420),
    ("RUBBER WASTE", "400400", "GT", "MXZLO", 1030),
];

/// Makes `n` manifests of one consignment each.
#[derive(Debug, Clone)]
pub struct Port {
    random: Random,
    made: u64,
}

impl Port {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), made: 0 }
    }

    /// The next manifest and what it was made to be: of 1,000 about 20 honest timber, 5 planted, 15 that sound like wood.
    pub fn manifest(&mut self) -> (Value, Made) {
        let made = match self.random.below(1_000) {
            0..20 => Made::Honest,
            20..25 => Made::Planted,
            25..40 => Made::Sounding,
            _ => Made::Plain,
        };
        (self.of(made), made)
    }

    /// A manifest of this make.
    pub fn of(&mut self, made: Made) -> Value {
        let (text, latin, hs, origin, port, density, document) = match made {
            Made::Plain => {
                let (text, hs, low, high) = self.random.pick(PLAIN);
                let (origin, port) = self.random.pick(&[
                    ("CN", "CNSHA"),
                    ("IN", "INNSA"),
                    ("VN", "VNSGN"),
                    ("DE", "DEHAM"),
                    ("BR", "BRSSZ"),
                ]);
                (text, None, hs, origin, port, self.random.between(low, high), false)
            }
            Made::Sounding => {
                let (text, hs) = self.random.pick(SOUNDING);
                (text, None, hs, "CN", "CNSHA", self.random.between(140, 400), false)
            }
            Made::Honest => {
                let (text, latin, hs, origin, port, density) = self.random.pick(HONEST);
                (text, Some(latin), hs, origin, port, density, latin.starts_with("Dalbergia"))
            }
            Made::Planted => {
                let (text, hs, origin, port, density) = self.random.pick(PLANTED);
                (text, None, hs, origin, port, density, false)
            }
        };
        let volume = self.random.between(80, 240) as f64 / 10.0;
        let mass = (volume * density as f64).round();
        self.made += 1;
        let n = self.made;
        let container = container_number(n);
        let packages = self.random.between(4, 900);
        let firm = |random: &mut Random| {
            format!(
                "{} {} {}",
                random.pick(&["EXAMPLE", "SAMPLE", "INVENTED", "MODEL"]),
                random.pick(&["RIVER", "HILL", "COAST", "NORTH", "GOLDEN", "UNITED", "LOTUS", "EASTERN"]),
                random.pick(&["TRADING LTD", "EXPORTS PVT LTD", "SARL", "GMBH", "CO LTD", "INDUSTRIES"])
            )
        };
        let (consignor, consignee) = (firm(&mut self.random), firm(&mut self.random));
        let documents = if document {
            json!([{ "code": "811", "kind": "cites_export_permit", "number": format!("26{origin}{:06}", self.random.between(1, 999_999)), "issued_on": "2026-09-01", "country": origin }])
        } else {
            json!([])
        };
        json!({ "manifest": {
            "reference": format!("SYN{:05}", n / 200), "format": "json/1", "function": "original",
            "transport_means": { "mode": 1, "imo": "9999993", "name": "SYNTHETIC STAR", "flag": "KM", "voyage": "SYN1" },
            "departure": { "unlocode": port, "at": "2026-10-01T06:00:00Z" },
            "arrival": { "unlocode": "NLRTM", "at": "2026-11-01T10:00:00Z" },
            "equipment": [{ "container": container, "size_type": "22G1", "fullness": "full", "tare_kg": 2200 }],
            "consignments": [{
                "line": n, "bill_of_lading": format!("SYNB{n:08}"), "bill_level": "master", "procedure": "import",
                "places": { "original_loading": port, "loading": port, "discharge": "NLRTM", "delivery": "NLRTM", "final_destination": "NLRTM" },
                "routing": [origin, "NL"],
                "parties": [
                    { "role": "consignor", "name": consignor, "address": { "street": format!("{} INVENTED ROAD", n % 97), "city": "SAMPLE CITY", "country": origin } },
                    { "role": "consignee", "name": consignee, "address": { "street": format!("{} SAMPLE STRAAT", n % 89), "city": "ROTTERDAM", "country": "NL" } }
                ],
                "gross_mass_kg": mass, "n_packages": packages,
                "value": { "amount": format!("{}.00", self.random.between(2_000, 90_000)), "currency": "USD", "kind": "customs" },
                "goods_items": [{
                    "item": 1, "hs_code": hs, "hs_edition": 2022, "description": text, "scientific_name": latin, "origin": origin,
                    "packages": [{ "n": packages, "kind": "PK", "marks": "N/M" }],
                    "gross_mass_kg": mass, "volume_m3": volume,
                    "in_containers": [{ "container": container, "n_packages": packages }],
                    "documents": documents
                }]
            }]
        } })
    }

    /// `n` manifests as NDJSON.
    pub fn ndjson(&mut self, n: usize) -> String {
        let mut text = String::new();
        for _ in 0..n {
            text.push_str(&self.manifest().0.to_string());
            text.push('\n');
        }
        text
    }
}

/// A container number with the right check digit (ISO 6346).
pub fn container_number(n: u64) -> String {
    let number = format!("ZZSU{:06}", n % 1_000_000);
    let value = |c: char| match c.to_digit(10) {
        Some(digit) => digit,
        None => {
            let n = 10 + c as u32 - 'A' as u32;
            n + (n - 1) / 10
        }
    };
    let sum: u32 = number.chars().enumerate().map(|(place, c)| value(c) << place).sum();
    format!("{number}{}", sum % 11 % 10)
}
