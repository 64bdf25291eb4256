//! History is an edition: neither the order of input, nor its parts, nor threads, nor the way in change an answer.

use std::collections::BTreeMap;
use std::io::Cursor;

use palisander_engine::answers::Lane;
use palisander_engine::bills::Scored;
use palisander_engine::manifests::{Format, read};
use palisander_engine::past::{Edition, Past};
use palisander_engine::{Engine, Input, Inputs, bills};
use palisander_tests::random::Random;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{ENGINE, day, hits};

const AS_OF: &str = "2026-11-01";
const REGISTER: &str = "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,importer,country_of_export,country_of_origin,country_of_destination,taxon,appendix,source,purpose,term,quantity,unit,security_stamp,status\n\
26TZ000467,export,Wildlife Division,TZ,2026-08-01,2027-01-31,EXAMPLE RUFIJI WOODS LTD,MUSTER KLANGHOLZ GMBH,TZ,TZ,DE,Dalbergia melanoxylon,II,W,T,SAW,10,m3,SYN0001,issued\n\
26TZ000468,export,Wildlife Division,TZ,2026-08-01,2027-01-31,EXAMPLE RUFIJI WOODS LTD,MUSTER KLANGHOLZ GMBH,TZ,TZ,DE,Dalbergia melanoxylon,II,W,T,SAW,4,m3,SYN0002,issued\n";

fn engine() -> Engine {
    let register = Some(Input::Bytes(REGISTER.as_bytes().to_vec()));
    ENGINE.with_inputs(&Inputs { register, ..Inputs::default() }).unwrap()
}

/// Bills of few receivers and two permits, on days of six weeks, some twice in two versions.
fn bills(seed: u64, n: usize) -> Vec<String> {
    let mut random = Random::new(seed);
    (0..n)
        .map(|i| {
            let bill = if random.one_in(12) { i / 2 } else { i };
            let receiver = ["MUSTER KLANGHOLZ GMBH", "BEISPIEL TONHOLZ KG", "EXEMPLE BOIS SARL"][random.below(3)];
            let arrives = day("2026-09-20").checked_add(jiff::Span::new().days(random.below(42) as i64)).unwrap();
            let mut item = json!({ "description": "SAWN TIMBER DALBERGIA MELANOXYLON", "hs_code": "440729", "origin": "TZ" });
            match random.below(5) {
                0 => {}
                1 => item["gross_mass_kg"] = json!(600 + 100 * random.below(30)),
                2 => item["volume_m3"] = json!(12.0),
                _ => item["volume_m3"] = json!(0.5 + random.below(3) as f64),
            }
            if random.one_in(3) {
                let number = ["26TZ000467", "26TZ000468"][random.below(2)];
                item["documents"] = json!([{ "kind": "cites_export_permit", "number": number, "issued_on": "2026-08-01", "country": "TZ" }]);
            }
            let departs = arrives.checked_sub(jiff::Span::new().days(20)).unwrap();
            json!({ "manifest": { "reference": format!("SYN{}", bill % 7), "departure": { "unlocode": "TZDAR", "at": departs.to_string() },
                "arrival": { "unlocode": "DEHAM", "at": arrives.to_string() },
                "consignments": [{ "bill_of_lading": format!("B{bill:04}"),
                    "places": { "loading": "TZDAR", "discharge": (["DEHAM", "NLRTM"][random.below(2)]) },
                    "parties": [{ "role": "consignor", "name": "EXAMPLE RUFIJI WOODS LTD", "address": { "country": "TZ" } },
                                { "role": "consignee", "name": receiver, "address": { "country": "DE" } }],
                    "goods_items": [item] }] } })
            .to_string()
        })
        .collect()
}

fn edition(engine: &Engine, lines: &[String]) -> Edition {
    let parts = read(Cursor::new(lines.join("\n").into_bytes()), Format::Ndjson);
    Edition::build(bills::remember(engine, parts, day(AS_OF)).records)
}

/// Answers by the line of the question.
fn answers(engine: &Engine, lines: &[String], edition: &Edition) -> BTreeMap<String, String> {
    let mut answers = Vec::new();
    let parts = read(Cursor::new(lines.join("\n").into_bytes()), Format::Ndjson);
    let done: Result<u64, std::convert::Infallible> =
        bills::score(engine, parts, day(AS_OF), &Past::of(edition), &mut |scored| {
            let Scored::Answer(answer) = scored else { panic!("{scored:?}") };
            answers.push(serde_json::to_string(&answer).unwrap());
            Ok(())
        });
    done.unwrap();
    assert_eq!(answers.len(), lines.len());
    lines.iter().cloned().zip(answers).collect()
}

fn bytes(edition: &Edition) -> Vec<u8> {
    let mut bytes = Vec::new();
    edition.write(&mut bytes).unwrap();
    bytes
}

fn shuffled(lines: &[String], seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let mut lines = lines.to_vec();
    for n in (1..lines.len()).rev() {
        lines.swap(n, random.below(n + 1));
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Extracting in parts and merging gives the whole, byte for byte; scoring in parts gives the answers of the whole.
    #[test]
    fn neither_order_nor_parts_change_an_answer(seed in 0_u64..1_000, parts in 1_usize..=16, turn in any::<u64>()) {
        let engine = engine();
        let lines = bills(seed, 96);
        let whole = edition(&engine, &lines);
        let expected = answers(&engine, &lines, &whole);
        let other = shuffled(&lines, turn);
        let chunks: Vec<&[String]> = other.chunks(other.len().div_ceil(parts)).collect();
        let mut editions: Vec<Edition> = chunks.iter().map(|chunk| edition(&engine, chunk)).collect();
        editions.rotate_left(parts / 2 % chunks.len());
        let merged = Edition::merge(&editions);
        prop_assert_eq!(bytes(&merged), bytes(&whole));
        prop_assert_eq!(bytes(&Edition::merge([&merged, &whole])), bytes(&whole), "again is the same");
        let (read, faults) = Edition::read(&bytes(&merged)).unwrap();
        prop_assert!(faults.is_empty());
        for chunk in chunks {
            for (line, answer) in answers(&engine, chunk, &read) {
                prop_assert_eq!(&expected[&line], &answer);
            }
        }
    }

    /// What a consignment meets is all that its id covers: traffic of others changes no byte.
    #[test]
    fn unrelated_traffic_changes_nothing(seed in 0_u64..1_000) {
        let engine = engine();
        let lines = bills(seed, 40);
        let more: Vec<String> = bills(seed + 1, 40)
            .iter()
            .map(|line| line.replace("GMBH", "OY").replace(" KG", " AB").replace("SARL", "SPA").replace("26TZ000", "26TZ999"))
            .collect();
        let own = edition(&engine, &lines);
        let all = Edition::merge([&own, &edition(&engine, &more)]);
        prop_assert!(all.len() > own.len());
        prop_assert_eq!(answers(&engine, &lines, &own), answers(&engine, &lines, &all));
    }
}

#[test]
fn the_past_is_met() {
    let engine = engine();
    let lines = bills(5, 300);
    let whole = edition(&engine, &lines);
    let answers = answers(&engine, &lines, &whole);
    let with = |word: &str| answers.values().filter(|answer| answer.contains(word)).count();
    for word in [
        "several_lots_to_one_address",
        "\"reused\"",
        "\"quantity_exhausted\"",
        "in the same days",
        "\"reaches\":\"edition\"",
    ] {
        assert!(with(word) > 0, "{word}");
    }
    assert_eq!(with("ledger_unavailable"), 0);
}

#[test]
fn without_a_history_nothing_is_innocent() {
    let engine = engine();
    let line = bills(5, 300).into_iter().find(|line| line.contains("26TZ000467")).unwrap();
    let parts = read(Cursor::new(line.into_bytes()), Format::Ndjson);
    let done: Result<u64, std::convert::Infallible> =
        bills::score(&engine, parts, day(AS_OF), &engine.past(), &mut |scored| {
            let Scored::Answer(answer) = scored else { panic!("{scored:?}") };
            let open: Vec<&str> = answer.unverifiable.iter().map(|open| open.indicator.as_str()).collect();
            assert!(open.contains(&"permit_reused") && open.contains(&"several_lots_to_one_address"), "{open:?}");
            assert!(serde_json::to_string(&answer).unwrap().contains("\"history\":{\"reaches\":\"none\"}"));
            Ok(())
        });
    done.unwrap();
}

fn lot(bill: &str, arrives: &str, goods: Value) -> String {
    json!({ "manifest": { "arrival": { "at": arrives }, "consignments": [{ "bill_of_lading": bill,
        "parties": [{ "role": "consignee", "name": "MUSTER KLANGHOLZ GMBH" }], "goods_items": [goods] }] } })
    .to_string()
}

fn wood(volume: Option<f64>, mass: Option<f64>) -> Value {
    json!({ "description": "SAWN TIMBER DALBERGIA MELANOXYLON", "origin": "TZ", "volume_m3": volume, "gross_mass_kg": mass })
}

/// What earlier lots make of the accumulation indicator of the last one: met, open, or neither.
fn check(earlier: &[(&str, Value)], expected: &str) {
    let mut lines: Vec<String> =
        earlier.iter().enumerate().map(|(n, (day, goods))| lot(&format!("E{n}"), day, goods.clone())).collect();
    let own = lot("OWN", "2026-10-20", wood(Some(0.7), None));
    let edition = edition(&ENGINE, &lines);
    lines.push(own.clone());
    let with_own = self::edition(&ENGINE, &lines);
    let answer = |edition| answers(&ENGINE, std::slice::from_ref(&own), edition)[&own].clone();
    assert_eq!(answer(&edition), answer(&with_own), "an edition that holds the consignment changes nothing");
    let answer: Value = serde_json::from_str(&answer(&edition)).unwrap();
    let has = |list: &str| {
        answer[list].as_array().unwrap().iter().any(|one| one["indicator"] == "several_lots_to_one_address")
    };
    let found = if has("hits") {
        "met"
    } else if has("unverifiable") {
        "open"
    } else {
        "no"
    };
    assert_eq!(found, expected, "{earlier:?}");
}

#[test]
fn small_lots_are_small() {
    let of = |day: &'static str, volume, mass| (day, wood(volume, mass));
    let small = || of("2026-10-10", Some(0.7), None);
    check(&[small(), small()], "no");
    check(&[small(), small(), small()], "met");
    check(&[small(), small(), of("2026-10-10", Some(20.0), None)], "no");
    check(&[small(), small(), of("2026-10-10", None, None)], "open");
    check(&[small(), small(), of("2026-10-10", None, Some(700.0))], "met");
    check(&[small(), small(), of("2026-10-10", None, Some(2_400.0))], "open");
    check(&[small(), small(), of("2026-10-10", None, Some(24_000.0))], "no");
    check(&[small(), small(), of("2026-09-01", Some(0.7), None)], "no");
    check(&[small(), small(), of("2026-10-21", Some(0.7), None)], "no");
}

#[test]
fn a_version_of_a_bill_counts_once() {
    let version = |volume: f64| lot("SAME", "2026-10-10", wood(Some(volume), None));
    let lines = [version(0.7), version(0.8), version(0.9)];
    let edition = edition(&ENGINE, &lines);
    assert_eq!(edition.len(), 3);
    let own = lot("OWN", "2026-10-20", wood(Some(0.7), None));
    let answer = answers(&ENGINE, std::slice::from_ref(&own), &edition)[&own].clone();
    assert!(!answer.contains("several_lots_to_one_address"), "{answer}");
}

/// What an office is told of an input that is broken in part or whole.
#[test]
fn no_input_vanishes() {
    let alert = r#"{"id":"A1","kind":"alert","title":"t","published_on":"2026-01-01","taxa":["Dalbergia melanoxylon"],"countries":["TZ"]}"#;
    let watch = "id,kind,name\nW1,company,SOMEBODY ELSE LTD\n";
    let head = "{\"palisander_history\":1}\n";
    let alerts = |text: &str| Inputs { alerts: Some(Input::Bytes(text.into())), ..Inputs::default() };
    let watched = |text: &str| Inputs { watch_list: Some(Input::Bytes(text.into())), ..Inputs::default() };
    let register = |text: &str| Inputs { register: Some(Input::Bytes(text.into())), ..Inputs::default() };
    let history = |text: &str| Inputs { history: Some(Input::Bytes(text.into())), ..Inputs::default() };
    let cases = [
        (alerts(alert), ""),
        (alerts(&alert.replace("taxa", "taxxa")), "input_lost"),
        (
            alerts(&format!("{alert}\n{}", alert.replace("A1", "A2").replace("countries", "ships"))),
            "input_rows_rejected",
        ),
        (alerts("\u{0}\u{1}"), "input_lost"),
        (watched(watch), ""),
        (watched(&format!("{watch},company,NO ID LTD\n")), "input_rows_rejected"),
        (watched("name,kind\nSOMEBODY,company\n"), "input_lost"),
        (watched(&format!("{watch}W2,company\n")), "input_rows_rejected"),
        (register(REGISTER), ""),
        (register(&REGISTER.replace("468,export", "468,exxport")), "input_rows_rejected"),
        (register(&REGISTER.replace("2027-01-31", "soon")), "input_values_not_read"),
        (register("a,b\n1,2\n"), "input_lost"),
        (register(""), "input_lost"),
        (history(head), ""),
        (history(&format!("{head}nonsense\n")), "input_lost"),
        (history("nonsense"), "input_lost"),
        (history(""), "input_lost"),
    ];
    let plain =
        json!({ "bill_of_lading": "P1", "goods_items": [{ "description": "COTTON T SHIRTS", "hs_code": "610910" }] });
    for (inputs, expected) in cases {
        let engine = ENGINE.with_inputs(&inputs).unwrap();
        let answer = crate::support::score_with(&engine, &plain, AS_OF);
        let codes: Vec<&str> = answer.faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes.join(" "), expected, "{inputs:?} {:?}", engine.load_faults());
        assert_eq!(answer.lane > Lane::Green, expected == "input_lost", "{inputs:?}");
        assert!(hits(&answer).is_empty());
    }
    let faults =
        ENGINE.with_inputs(&alerts(&alert.replace("containers", "x").replace("\"taxa\"", "\"taxas\""))).unwrap();
    assert!(faults.load_faults().join(" ").contains("did you mean `taxa`?"), "{:?}", faults.load_faults());
}

/// Another content, another edition and id; another order of rows, the same.
#[test]
fn editions_are_fingerprints_of_content() {
    let plain =
        json!({ "bill_of_lading": "P1", "goods_items": [{ "description": "COTTON T SHIRTS", "hs_code": "610910" }] });
    let id =
        |inputs: &Inputs| crate::support::score_with(&ENGINE.with_inputs(inputs).unwrap(), &plain, AS_OF).assessment_id;
    let alert = |id: &str, taxon: &str| {
        format!(r#"{{"id":"{id}","kind":"alert","title":"t","published_on":"2026-01-01","taxa":["{taxon}"]}}"#)
    };
    let (a, b, c) = (alert("A1", "Dalbergia nigra"), alert("A2", "Dalbergia retusa"), alert("A2", "Dalbergia sissoo"));
    let watch = "id,kind,name";
    let (v, w) = ("W1,company,SOMEBODY ELSE LTD", "W2,company,ANOTHER BODY LTD");
    let rows: Vec<&str> = REGISTER.lines().collect();
    let cancelled = rows[2].replace("issued", "cancelled");
    let alerts = |lines: &[&str]| Inputs { alerts: Some(Input::Bytes(lines.join("\n").into())), ..Inputs::default() };
    let watched =
        |lines: &[&str]| Inputs { watch_list: Some(Input::Bytes(lines.join("\n").into())), ..Inputs::default() };
    let register =
        |lines: &[&str]| Inputs { register: Some(Input::Bytes(lines.join("\n").into())), ..Inputs::default() };
    for (one, same, other) in [
        (alerts(&[&a, &b]), alerts(&[&b, &a]), alerts(&[&a, &c])),
        (watched(&[watch, v, w]), watched(&[watch, w, v]), watched(&[watch, v, &w.replace("ANOTHER", "A THIRD")])),
        (
            register(&[rows[0], rows[1], rows[2]]),
            register(&[rows[0], rows[2], rows[1]]),
            register(&[rows[0], rows[1], &cancelled]),
        ),
    ] {
        assert_eq!(id(&one), id(&same), "{one:?}");
        assert_ne!(id(&one), id(&other), "{one:?}");
        assert_ne!(id(&one), id(&Inputs::default()), "{one:?}");
    }
}

/// Everything of the head that can change an answer changes the id.
#[test]
fn the_id_covers_the_head() {
    let base = json!({ "manifest": { "reference": "R", "transport_means": { "imo": "9999993", "name": "SYNTHETIC STAR" },
        "arrival": { "at": "2026-10-20" }, "equipment": [{ "container": "ZZSU4170016", "size_type": "22G1" }],
        "consignments": [{ "bill_of_lading": "P1", "goods_items": [{ "description": "COTTON T SHIRTS", "in_containers": [{ "container": "ZZSU4170016" }] }] }] } });
    let id = |value: &Value| crate::support::score(value, AS_OF).assessment_id;
    let mut seen = vec![id(&base)];
    for (at, value) in [
        ("/manifest/reference", json!("S")),
        ("/manifest/transport_means/imo", json!("9074729")),
        ("/manifest/transport_means/name", json!("OTHER STAR")),
        ("/manifest/arrival/at", json!("2026-10-21")),
        ("/manifest/equipment/0/size_type", json!("22R1")),
        ("/manifest/consignments/0/goods_items/0/description", json!("COTTON SHIRTS")),
    ] {
        let mut other = base.clone();
        *other.pointer_mut(at).unwrap() = value;
        let id = id(&other);
        assert!(!seen.contains(&id), "{at}");
        seen.push(id);
    }
    let mut doubtful = base.clone();
    doubtful["manifest"]["consignments"][0]["goods_items"][0]["gross_mass_kg"] = json!("nonsense");
    assert!(!seen.contains(&id(&doubtful)), "a fault is part of what is answered");
}
