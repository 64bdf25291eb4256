//! Rows of the feature list on tree species, Notifications and routes, each test named by its row.

use palisander_engine::Assessment;
use serde_json::{Value, json};

use crate::support::{ENGINE, hits, score};

/// A bill of one item; countries of the voyage by name of the field.
fn voyage(description: &str, hs: &str, more: &[(&str, Value)]) -> Value {
    let mut item =
        json!({ "item": 1, "description": description, "hs_code": hs, "gross_mass_kg": 21_600.0, "volume_m3": 24.0 });
    let mut bill = json!({ "bill_of_lading": "SYN1", "procedure": "import" });
    for (name, value) in more {
        match *name {
            "origin" => item["origin"] = value.clone(),
            "consignor" => {
                bill["parties"] =
                    json!([{ "role": "consignor", "name": "SYN SENDER", "address": { "country": value } }]);
            }
            name => bill[name] = value.clone(),
        }
    }
    bill["goods_items"] = json!([item]);
    json!({ "manifest": { "reference": "SYN", "consignments": [bill] } })
}

fn cites(answer: &Assessment, instrument: &str) -> bool {
    answer.hits.iter().any(|hit| hit.sources.iter().any(|source| source.contains(instrument)))
}

fn has(answer: &Assessment, indicator: &str) -> bool {
    hits(answer).iter().any(|hit| hit == indicator)
}

#[test]
fn t01_madagascar_by_day_wording_and_role() {
    const NOTICE: &str = "CITES Notif. 2013/039";
    let of = |words: &str, more: &[(&str, Value)], day: &str| score(&voyage(words, "440399", more), day);
    let from = [("origin", json!("MG"))];
    let before = of("DALBERGIA MARITIMA LOGS", &from, "2013-09-03");
    let after = of("DALBERGIA MARITIMA LOGS", &from, "2013-09-04");
    assert!(!cites(&before, NOTICE) && cites(&after, NOTICE));
    assert_ne!(before.hits, after.hits);
    for words in [
        "DALBERGIA MARITIMA LOGS",
        "DALBERGIA LOUVELII LOGS",
        "DIOSPYROS PERRIERI LOGS",
        "DALBERGIA LOGS",
        "DIOSPYROS LOGS",
        "ROSEWOOD LOGS",
        "BOIS DE ROSE EN GRUMES",
        "EBONY LOGS",
        "PALISSANDRE GRUMES",
    ] {
        let answer = of(words, &from, "2014-03-01");
        assert!(cites(&answer, NOTICE), "{words}: {:?}", hits(&answer));
    }
    for (role, more) in [
        ("consignor", vec![("consignor", json!("MG"))]),
        (
            "first loading",
            vec![("places", json!({ "original_loading": "MGTMM", "loading": "LKCMB", "discharge": "HKHKG" }))],
        ),
        ("routing", vec![("origin", json!("TZ")), ("routing", json!(["TZ", "MG", "HK"]))]),
    ] {
        let answer = of("DALBERGIA LOGS", &more, "2014-03-01");
        assert!(cites(&answer, NOTICE), "{role}: {:?}", hits(&answer));
    }
    let cameroon =
        of("DIOSPYROS CRASSIFLORA LOGS", &[("origin", json!("CM")), ("routing", json!(["CM", "CN"]))], "2014-03-01");
    assert!(!cites(&cameroon, NOTICE), "{:?}", hits(&cameroon));
}

/// The voyage of the seizures: Madagascar, a hub, Asia. Goods that only pass are told as goods that stay.
#[test]
fn t02_transit_scores_as_import_and_tells_the_estimate() {
    let of = |procedure: &str| {
        let more = [
            ("procedure", json!(procedure)),
            (
                "places",
                json!({ "original_loading": "MGTMM", "loading": "LKCMB", "discharge": "HKHKG", "final_destination": "CNSHA" }),
            ),
            ("routing", json!(["MG", "LK", "HK", "CN"])),
            ("consignor", json!("MG")),
        ];
        score(&voyage("ROSEWOOD LOGS", "440399", &more), "2014-03-01")
    };
    let route = |answer: &Assessment| -> i64 {
        // Passing through has a group of its own, which import has not.
        answer.hits.iter().filter(|hit| hit.counts && hit.group != "procedure").map(|hit| hit.points).sum()
    };
    let import = of("import");
    for procedure in ["transit", "transhipment"] {
        let other = of(procedure);
        assert_eq!(other.lane, import.lane, "{procedure}");
        assert_eq!(route(&other), route(&import), "{procedure}: {:?}", hits(&other));
        assert!(other.score >= import.score, "{procedure}");
    }
    let told = import.hits.iter().any(|hit| hit.profile == "madagascar-rosewood" && hit.reason.contains("4,600 t"));
    assert!(told, "{:?}", import.hits.iter().map(|hit| &hit.reason).collect::<Vec<_>>());
}

#[test]
fn t04_burundi_by_consignor_form_and_name() {
    const NOTICE: &str = "CITES Notif. 2014/005";
    let beside = |port: &str, words: &str, hs: &str| {
        let more = [("consignor", json!("BI")), ("places", json!({ "loading": port, "discharge": "AEJEA" }))];
        score(&voyage(words, hs, &more), "2014-03-01")
    };
    // Burundi has no sea: the port of loading is another's.
    for port in ["TZDAR", "KEMBA"] {
        for (words, hs) in [
            ("OSYRIS LANCEOLATA WOOD", "440399"),
            ("OSYRIS LANCEOLATA CHIPS", "440122"),
            ("OSYRIS LANCEOLATA ROOTS", "121190"),
            ("OSYRIS LANCEOLATA OIL", "330129"),
            ("OSYRIS QUADRIPARTITA WOOD", "440399"),
            ("OSYRIS WIGHTIANA CHIPS", "121190"),
            ("OSYRIS ARBOREA ROOTS", "121190"),
            ("AFRICAN SANDALWOOD", "121190"),
            ("AFRICAN SANDALWOOD LOGS", "440399"),
        ] {
            let answer = beside(port, words, hs);
            assert!(cites(&answer, NOTICE), "{port} {words} {hs}: {:?}", hits(&answer));
        }
    }
    let australian = [("origin", json!("AU")), ("places", json!({ "loading": "AUFRE", "discharge": "CNSHA" }))];
    let santalum = score(&voyage("SANTALUM ALBUM LOGS", "440399", &australian), "2014-03-01");
    assert!(!cites(&santalum, NOTICE), "{:?}", hits(&santalum));
}

/// Each of the seed's paragraphs on timber is the source of a shipped profile or of one of its indicators.
#[test]
fn t14_every_timber_paragraph_is_used_by_a_profile() {
    let set = ENGINE.profiles();
    let own = set.profiles.iter().flat_map(|profile| profile.sources.iter().cloned());
    let cited: Vec<String> = own
        .chain(
            set.indicators.iter().flat_map(|indicator| indicator.sources.iter().map(|source| source.text().to_owned())),
        )
        .collect();
    for paragraph in 40..=46 {
        let citation = format!("CITES CoP17 Doc. 25 para. {paragraph}");
        assert!(ENGINE.references().instruments.resolve(&citation).is_some(), "{citation}");
        assert!(cited.contains(&citation), "no profile cites {citation}");
    }
    assert!(set.profiles.iter().all(|profile| !profile.sources.is_empty()));
}

#[test]
fn t20_neighbours_of_producing_countries() {
    for (neighbour, range, words, hs) in [
        ("KM", "MG", "DALBERGIA MARITIMA LOGS", "440399"),
        ("MU", "MG", "DALBERGIA MARITIMA LOGS", "440399"),
        ("RE", "MG", "DIOSPYROS PERRIERI LOGS", "440399"),
    ] {
        let answer = score(&voyage(words, hs, &[("origin", json!(neighbour))]), "2014-03-01");
        let impossible = has(&answer, "impossible-origin/origin_outside_range")
            || has(&answer, "impossible-origin/unlisted_origin_outside_range");
        assert!(impossible, "{neighbour}: {:?}", hits(&answer));
        assert!(has(&answer, "impossible-origin/neighbour_of_range_state"), "{neighbour}: {:?}", hits(&answer));
        let true_origin = score(&voyage(words, hs, &[("origin", json!(range))]), "2014-03-01");
        assert!(!hits(&true_origin).iter().any(|hit| hit.starts_with("impossible-origin")), "{range}");
    }
    // The neighbours of Burundi are range States: more than a lot of theirs is asked about.
    for neighbour in ["TZ", "RW"] {
        let answer = score(&voyage("OSYRIS LANCEOLATA LOGS", "440399", &[("origin", json!(neighbour))]), "2014-03-01");
        assert!(has(&answer, "burundi-osyris/large_lot_of_a_neighbour"), "{neighbour}: {:?}", hits(&answer));
    }
    let small = {
        let mut bill = voyage("OSYRIS LANCEOLATA LOGS", "440399", &[("origin", json!("RW"))]);
        bill["manifest"]["consignments"][0]["goods_items"][0]["volume_m3"] = json!(0.6);
        bill["manifest"]["consignments"][0]["goods_items"][0]["gross_mass_kg"] = json!(540.0);
        score(&bill, "2014-03-01")
    };
    assert!(!has(&small, "burundi-osyris/large_lot_of_a_neighbour"), "{:?}", hits(&small));
}
