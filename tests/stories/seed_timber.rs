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

#[test]
fn t05_siamese_rosewood_from_thailand_by_day_and_name() {
    const NOTICE: &str = "CITES Notif. 2014/032";
    let of = |words: &str, origin: &str, day: &str| {
        score(&voyage(words, "440399", &[("origin", json!(origin)), ("places", json!({ "discharge": "CNSHA" }))]), day)
    };
    let (before, after) = (
        of("DALBERGIA COCHINCHINENSIS LOGS", "TH", "2014-07-03"),
        of("DALBERGIA COCHINCHINENSIS LOGS", "TH", "2014-07-04"),
    );
    assert!(!cites(&before, NOTICE) && cites(&after, NOTICE), "{:?}", hits(&after));
    // By the name under which each country knows it.
    for words in [
        "SIAMESE ROSEWOOD LOGS",
        "THAILAND ROSEWOOD LOGS",
        "PHAYUNG LOGS",
        "ไม้พะยูง",
        "MAI KHANYOUNG LOGS",
        "TRAC WOOD LOGS",
        "GỖ TRẮC",
        "KRANHUNG LOGS",
        "交趾黄檀 原木",
    ] {
        let answer = of(words, "TH", "2014-08-01");
        assert!(cites(&answer, NOTICE), "{words}: {:?}", hits(&answer));
    }
    let teak = of("TECTONA GRANDIS LOGS", "TH", "2014-08-01");
    assert!(!cites(&teak, NOTICE), "{:?}", hits(&teak));
}

#[test]
fn t07_a_substitute_from_thailand_fires_lower_and_says_so() {
    let of = |words: &str| score(&voyage(words, "440399", &[("origin", json!("TH"))]), "2014-08-01");
    let (named, substitute) = (of("DALBERGIA COCHINCHINENSIS LOGS"), of("PTEROCARPUS MACROCARPUS LOGS"));
    let hit = substitute.hits.iter().find(|hit| hit.indicator == "substitute_from_thailand");
    let hit = hit.unwrap_or_else(|| panic!("{:?}", hits(&substitute)));
    assert!(hit.reason.contains("substitute"), "{}", hit.reason);
    let own = named.hits.iter().find(|hit| hit.indicator == "siamese_rosewood_and_thailand").unwrap();
    assert!(hit.points < own.points && substitute.score < named.score, "{} {}", hit.points, own.points);
}

#[test]
fn t08_an_origin_outside_the_range_and_the_way_to_the_consumer() {
    for origin in ["MY", "SG"] {
        let answer =
            score(&voyage("DALBERGIA COCHINCHINENSIS LOGS", "440399", &[("origin", json!(origin))]), "2014-08-01");
        assert!(has(&answer, "impossible-origin/origin_outside_range"), "{origin}: {:?}", hits(&answer));
    }
    for origin in ["KH", "LA", "TH", "VN"] {
        let answer =
            score(&voyage("DALBERGIA COCHINCHINENSIS LOGS", "440399", &[("origin", json!(origin))]), "2014-08-01");
        assert!(!hits(&answer).iter().any(|hit| hit.starts_with("impossible-origin")), "{origin}: {:?}", hits(&answer));
    }
    // Over land and by sea.
    for (way, more) in [
        (
            "by road",
            vec![
                ("origin", json!("LA")),
                ("routing", json!(["LA", "VN", "CN"])),
                ("places", json!({ "final_destination": "CNPIN" })),
            ],
        ),
        ("by sea", vec![("origin", json!("LA")), ("places", json!({ "loading": "VNHPH", "discharge": "CNSHA" }))]),
    ] {
        let answer = score(&voyage("DALBERGIA COCHINCHINENSIS LOGS", "440399", &more), "2014-08-01");
        assert!(has(&answer, "siamese-rosewood/range_to_consumer_lane"), "{way}: {:?}", hits(&answer));
    }
}

#[test]
fn t17_evasive_words_over_much_weight_fire_and_real_furniture_does_not() {
    let of = |words: &str, hs: &str, kg: f64, m3: f64| {
        let mut bill = voyage(words, hs, &[("origin", json!("VN"))]);
        let item = &mut bill["manifest"]["consignments"][0]["goods_items"][0];
        (item["gross_mass_kg"], item["volume_m3"]) = (json!(kg), json!(m3));
        score(&bill, "2026-03-01")
    };
    let is_wording = |answer: &Assessment| hits(answer).iter().any(|hit| hit.starts_with("wording/"));
    for (words, hs) in [("TIMBER ARTICLES", "442199"), ("HANDICRAFT BLANKS", "442199"), ("FURNITURE PARTS", "940390")] {
        let answer = of(words, hs, 24_000.0, 25.0);
        assert!(is_wording(&answer), "{words}: {:?}", hits(&answer));
    }
    for (words, hs) in
        [("OAK DINING CHAIRS, UPHOLSTERED, IN CARTONS", "940161"), ("BEDROOM FURNITURE OF PINE, FLAT PACKED", "940350")]
    {
        let answer = of(words, hs, 9_000.0, 55.0);
        assert!(!is_wording(&answer), "{words}: {:?}", hits(&answer));
    }
}

/// Missions, delegates and troops are not exempt: what is claimed never makes a bill safer.
#[test]
fn p18_who_claims_to_be_exempt_stands_no_lower() {
    let bare = score(&voyage("DALBERGIA MARITIMA LOGS", "440399", &[("origin", json!("MG"))]), "2026-03-01");
    for claim in [
        "DIPLOMATIC HOUSEHOLD GOODS",
        "MILITARY CARGO OF THE UNITED NATIONS MISSION",
        "EFFECTS OF A CONFERENCE DELEGATE",
    ] {
        let words = format!("{claim}: DALBERGIA MARITIMA LOGS");
        let claimed = score(&voyage(&words, "440399", &[("origin", json!("MG"))]), "2026-03-01");
        assert!(claimed.score >= bare.score && claimed.lane >= bare.lane, "{claim}: {} {}", claimed.score, bare.score);
        assert!(has(&claimed, "claims/special_treatment_claimed"), "{claim}: {:?}", hits(&claimed));
    }
}

/// Listed wood that only passes is never waved through: its papers are looked at, at least.
#[test]
fn b03_transit_of_listed_wood_is_never_below_the_documents_lane() {
    for procedure in ["transit", "transhipment"] {
        for words in
            ["DALBERGIA NIGRA SAWN", "DIOSPYROS PERRIERI LOGS", "OSYRIS LANCEOLATA CHIPS", "PTEROCARPUS ERINACEUS LOGS"]
        {
            let (name, hs) = (words, if words.contains("CHIPS") { "440122" } else { "440399" });
            let mut bill = voyage(name, hs, &[("procedure", json!(procedure)), ("routing", json!(["TZ", "AE", "CN"]))]);
            for kg in [200.0, 21_600.0] {
                bill["manifest"]["consignments"][0]["goods_items"][0]["gross_mass_kg"] = json!(kg);
                bill["manifest"]["consignments"][0]["goods_items"][0]["volume_m3"] = json!(kg / 900.0);
                let answer = score(&bill, "2026-03-01");
                assert!(
                    answer.lane >= palisander_engine::answers::Lane::Blue,
                    "{procedure} {words} {kg}: {}",
                    answer.lane
                );
            }
        }
    }
}

/// Cover loads: what is too dense for what it is said to be fires; the same goods at their own weight do not, nor does wood that says so.
#[test]
fn b11_goods_as_dense_as_rosewood_fire_and_true_ones_do_not() {
    let of = |words: &str, hs: &str, kg_m3: f64, origin: &str| {
        let mut bill = voyage(
            words,
            hs,
            &[("origin", json!(origin)), ("places", json!({ "loading": "MGTMM", "discharge": "CNSHA" }))],
        );
        let item = &mut bill["manifest"]["consignments"][0]["goods_items"][0];
        (item["volume_m3"], item["gross_mass_kg"], item["net_mass_kg"]) =
            (json!(24.0), json!(24.0 * kg_m3), json!(24.0 * kg_m3));
        score(&bill, "2026-03-01")
    };
    let is_dense = |answer: &Assessment| {
        has(answer, "cover-loads/as_dense_as_rosewood") || has(answer, "cover-loads/heavier_than_declared_goods")
    };
    let planted = of("PLASTIC SCRAP", "391590", 976.0, "MG");
    assert!(is_dense(&planted), "{:?}", hits(&planted));
    for (words, hs, kg_m3) in [("PLASTIC SCRAP", "391590", 300.0), ("DALBERGIA BARONII LOGS", "440349", 976.0)] {
        let answer = of(words, hs, kg_m3, "MG");
        assert!(!is_dense(&answer), "{words}: {:?}", hits(&answer));
    }
}
