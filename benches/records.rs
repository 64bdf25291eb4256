//! Records of alerts, any number of them: invented, seeded, over all countries and many genera.

use palisander_benches::ENGINE;
use palisander_engine::CountryCode;
use palisander_engine::notices::{AlertRecord, RecordCountry};

/// Words of reports, so that terms repeat as they do in a feed.
const WORDS: &[&str] = &[
    "container",
    "logs",
    "declared",
    "scrap",
    "rubber",
    "charcoal",
    "tiles",
    "night",
    "lorry",
    "border",
    "forged",
    "permit",
    "broker",
    "furniture",
    "veneer",
    "granite",
    "coffee",
    "cashew",
    "harbour",
    "warehouse",
    "dhow",
    "hidden",
    "sawn",
    "squares",
    "customs",
    "report",
    "partner",
    "seized",
    "driver",
    "office",
];

/// A number as a word.
fn spelled(n: usize) -> String {
    n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'k')).collect()
}

/// A number that is the same in every run.
fn mix(n: usize, salt: usize) -> usize {
    let mut x = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (salt as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 32)) as usize
}

/// `n` records over all countries and many genera; eight of them, whatever `n`, are on Dalbergia of Madagascar.
pub fn records(n: usize) -> Vec<AlertRecord> {
    records_of(n, &["Pterocarpus", "Guibourtia", "Aquilaria", "Cedrela", "Swietenia", "Afzelia", "Khaya", "Cordia"])
}

/// The same on these genera.
pub fn records_of(n: usize, genera: &[&str]) -> Vec<AlertRecord> {
    let countries: Vec<CountryCode> = ENGINE.references().countries.rows().iter().map(|row| row.code).collect();
    let mg: CountryCode = "MG".parse().unwrap();
    (0..n)
        .map(|i| {
            let planted = i % (n / 8) == 7;
            let genus = if planted { "Dalbergia" } else { genera[mix(i, 1) % genera.len()] };
            let others = countries.iter().filter(|code| **code != mg).count();
            let code =
                if planted { mg } else { *countries.iter().filter(|c| **c != mg).nth(mix(i, 2) % others).unwrap() };
            // A third are words of the trade, the others come from a long list, some often and most seldom.
            let word = |w: usize| match w % 3 {
                0 => WORDS[mix(i, 10 + w) % WORDS.len()].to_owned(),
                _ => spelled((1_usize << (mix(i, 40 + w) % 15)) + mix(i, 70 + w) % 97),
            };
            let text: Vec<String> = (0..30).map(word).collect();
            AlertRecord {
                id: format!("SYN-{i:07}"),
                kind: "alert".into(),
                title: format!("{genus} of {code}: report {i}"),
                text: text.join(" "),
                language: Some("en".into()),
                taxa: vec![format!("{genus} spp.")],
                countries: vec![RecordCountry { code, role: "origin".into() }],
                containers: vec![format!("SYNU{:07}", mix(i, 3) % 10_000_000)],
                reliability: Some("B2".into()),
                ..AlertRecord::default()
            }
        })
        .collect()
}
