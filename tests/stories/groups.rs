//! Another group of taxa is other tables, not other code: tortoises, from a folder as `--data` takes it.

use std::path::Path;
use std::sync::LazyLock;

use palisander_engine::tables::DataSource;
use palisander_engine::{Engine, Options};
use serde_json::{Value, json};

use crate::support::{hits, score, score_with};

static TURTLES: LazyLock<Engine> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories/turtles");
    Engine::open(&Options { data: DataSource::Folder(folder), ..Options::default() }).unwrap()
});

const NO_DOCUMENT: &str = "listed-without-document/no_document_declared";

fn bill(text: &str) -> Value {
    json!({ "bill_of_lading": "SYN22", "goods_items": [{ "description": text, "hs_code": "010620", "origin": "IN",
        "gross_mass_kg": 310.0 }] })
}

#[test]
fn t22_tortoises_are_recognised_by_their_tables_alone() {
    // (text, day, taxon named by the tables of tortoises, Appendix I without a document)
    for (text, day, taxon, listed) in [
        ("150 LIVE STAR TORTOISES IN CRATES", "2024-01-01", Some("Geochelone elegans"), true),
        ("live tortoises, Geochelone elegans", "2024-01-01", Some("Geochelone elegans"), true),
        ("Geochelone platynota, captive bred", "2024-01-01", Some("Geochelone platynota"), true),
        ("live tortoises (Geochelone elegens)", "2024-01-01", Some("Geochelone elegans"), true),
        ("活体印度星龟", "2024-01-01", Some("Geochelone elegans"), true),
        ("150 LIVE STAR TORTOISES IN CRATES", "2018-01-01", Some("Geochelone elegans"), false),
        ("leopard tortoises, Stigmochelys pardalis", "2024-01-01", Some("Stigmochelys pardalis"), false),
        ("ROSEWOOD LOGS DALBERGIA NIGRA", "2024-01-01", None, false),
        ("STAR TORTOISE PLUSH TOYS", "2024-01-01", None, false),
        ("plastic aquarium plants", "2024-01-01", None, false),
    ] {
        let answer = score_with(&TURTLES, &bill(text), day);
        assert_eq!(answer.taxa.first().map(|named| named.taxon.as_str()), taxon, "{text}");
        assert_eq!(hits(&answer).contains(&NO_DOCUMENT.to_owned()), listed, "{text}: {:?}", hits(&answer));
        assert!(
            !listed || answer.lane.as_str() == "yellow" || answer.lane.as_str() == "red",
            "{text}: {:?}",
            answer.lane
        );
        // With the shipped tables the same words name no tortoise.
        assert!(!score(&bill(text), day).taxa.iter().any(|named| Some(named.taxon.as_str()) == taxon), "{text}");
    }
}
