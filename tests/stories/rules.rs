//! Rules: the shipped set is clean and its cases hold; a bad profile is a named fault and harms no other.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use palisander_engine::rules;
use palisander_engine::rules::cases;
use palisander_tests::generator::{Made, Port};

use crate::support::{ENGINE, engine_with, engine_with_files, hits, score, score_with};

#[test]
fn the_shipped_set_is_clean() {
    let faults: Vec<String> = ENGINE.profiles().faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    let native = ENGINE.profiles().indicators.iter().filter(|i| i.native.is_some()).count();
    assert!(native * 100 >= ENGINE.profiles().indicators.len() * 95, "{native}");
}

#[test]
fn every_case_holds() {
    let ran = cases::run_all(&ENGINE);
    let mut failed = 0;
    for one in &ran {
        if !one.result.failures.is_empty() && one.result.known_gap.is_none() {
            println!(
                "{}/{} {}: {}",
                one.result.profile,
                one.result.file,
                one.result.title,
                one.result.failures.join("; ")
            );
            failed += 1;
        }
    }
    println!("{} cases", ran.len());
    assert_eq!(failed, 0);
    let covered = rules::coverage(&ENGINE, &ran);
    let missing: Vec<String> =
        covered.iter().flat_map(|one| one.missing.iter().map(|m| format!("{}: {m}", one.indicator))).collect();
    assert!(missing.is_empty(), "branches that no case takes:\n{}", missing.join("\n"));
    let (mutants, killed) =
        rules::hold(&ENGINE, &ran).iter().fold((0, 0), |(all, dead), held| (all + held.mutants, dead + held.killed));
    assert!(killed * 10 >= mutants * 9, "{killed} of {mutants} changes are noticed");
}

#[test]
fn reports_are_read_by_machines() {
    let set = ENGINE.profiles().indicators.len();
    let engine = engine_with("reported", "fn t(item) { item.origin == \"MG\" and item.description == \"<&>\" }");
    let (text, fails) = palisander::cli::tested(&engine, None, palisander::cli::Report::Json, false);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(!fails);
    assert_eq!(json["coverage"].as_array().unwrap().len(), set + 1);
    let branches = |key: &str| json[key].as_u64().unwrap();
    // Origin and description, each met and not, the origin unknown: the description is never that text.
    assert!(branches("branches") - branches("branches_covered") <= 1, "{text}");
    assert!(branches("mutants_killed") <= branches("mutants"));

    let (text, _) = palisander::cli::tested(&engine, None, palisander::cli::Report::Junit, false);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut cases = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                cases += usize::from(tag.name().as_ref() == "testcase");
                assert!(tag.attributes().all(|attribute| attribute.is_ok()));
            }
            _ => {}
        }
    }
    assert_eq!(cases, json["cases"].as_array().unwrap().len());

    let (text, _) = palisander::cli::checked(&engine, None, true);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let own = json["indicators"].as_array().unwrap().iter().find(|i| i["profile"] == "reported").unwrap();
    assert_eq!(own["native"], true);
    assert_eq!(own["worst_operations"], 7);
    assert_eq!(own["reads"], serde_json::json!(["item.origin", "item.description"]));
}

#[test]
fn an_office_may_be_stricter_and_never_laxer() {
    use palisander_engine::answers::Lane;
    use palisander_engine::rules::RuleSource;
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../rules/lanes.toml");
    let shipped = std::fs::read_to_string(rules).unwrap();
    let top = std::env::temp_dir().join(format!("palisander-lanes-{}", std::process::id()));
    let office = |from: &str, to: &str| {
        assert!(shipped.contains(from), "{from}");
        std::fs::create_dir_all(&top).unwrap();
        std::fs::write(top.join("lanes.toml"), shipped.replacen(from, to, 1)).unwrap();
        let engine = ENGINE.with_rules(&RuleSource { overlay: Some(top.clone()), ..RuleSource::default() }).unwrap();
        std::fs::remove_dir_all(&top).unwrap();
        engine
    };
    let port: Vec<_> = [Made::Plain, Made::Honest, Made::Sounding, Made::Planted]
        .into_iter()
        .flat_map(|made| (0..8).map(move |seed| Port::new(seed).of(made)))
        .collect();
    let lanes = |engine: &palisander_engine::Engine| -> Vec<Lane> {
        port.iter().map(|manifest| score_with(engine, manifest, "2026-11-01").lane).collect()
    };
    let usual = lanes(&ENGINE);
    let stricter = office("yellow = 60\nred = 200", "yellow = 10\nred = 10");
    assert!(stricter.profiles().faults.is_empty(), "{:?}", stricter.profiles().faults);
    assert_eq!(stricter.profiles().lanes.thresholds.yellow, 10);
    let strict = lanes(&stricter);
    assert!(strict.iter().zip(&usual).all(|(strict, usual)| strict >= usual) && strict != usual, "{strict:?}");
    for (from, to) in [
        ("yellow = 60", "yellow = 90"),
        ("red = 200", "red = 1000"),
        ("blue = 10", "blue = 11"),
        ("fault = \"blue\"", "fault = \"green\""),
        ("failed_profile = \"blue\"", "failed_profile = \"green\""),
        // Out of order: no score would reach yellow.
        ("red = 200", "red = 50"),
        ("[thresholds]", "[threshold]"),
    ] {
        let laxer = office(from, to);
        assert!(laxer.profiles().faults.iter().any(|f| matches!(f.code, "P073" | "P001")), "{from} → {to}");
        assert_eq!(laxer.profiles().lanes.thresholds.yellow, 60);
        // The attempt is named in every answer, and no lane is lower for it.
        assert!(lanes(&laxer).iter().zip(&usual).all(|(laxer, usual)| laxer >= usual), "{from} → {to}");
        assert!(score_with(&laxer, &port[0], "2026-11-01").faults.iter().any(|fault| fault.at.contains("lanes")));
    }
}

#[test]
fn the_written_reference_is_the_code() {
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../rules");
    let written = palisander::cli::written(&ENGINE);
    for (name, text) in &written {
        let held = std::fs::read_to_string(rules.join(name)).unwrap_or_default();
        assert_eq!(held, *text, "{name}: run `palisander rules docs`");
    }
    assert_eq!(written.len(), 2 + 9);
    // Editors read the definitions as Rhai; a view that is missing would be missed by nobody.
    assert_eq!(std::fs::read_dir(rules.join("definitions")).unwrap().count(), 9);
}

#[test]
fn a_bad_profile_is_a_named_fault_and_lowers_nothing() {
    let planted = Port::new(1).of(Made::Planted);
    let plain = score(&planted, "2026-11-01");
    for (name, script) in [
        ("throwing", "fn t(item) { throw \"no\"; }"),
        ("dividing", "fn t(item) { let a = 1; let b = a % 0; b == 1 }"),
        ("looping", "fn t(item) { while true { } }"),
        ("recursing", "fn t(item) { t(item) }"),
        ("mutual", "fn a(item) { t(item) } fn t(item) { a(item) }"),
        (
            "hungry",
            "fn t(item) { let a = \"xxxxxxxxxxxxxxxx\"; a += a; a += a; a += a; a += a; a += a; a += a; a += a; a += a; a += a; a == \"\" }",
        ),
        (
            "arrays",
            "fn t(item) { let a = [1, 2, 3, 4]; a = [a, a, a, a]; a = [a, a, a, a]; a = [a, a, a, a]; a = [a, a, a, a]; a == [] }",
        ),
        ("unknown-field", "fn t(item) { item.nothing == 1 }"),
        ("wrong-answer", "fn t(item) { if true { 5 } else { 6 } }"),
        ("evaluating", "fn t(item) { eval(\"1\") }"),
        ("importing", "import \"x\" as x; fn t(item) { true }"),
    ] {
        let began = Instant::now();
        let engine = engine_with(name, script);
        let answer = score_with(&engine, &planted, "2026-11-01");
        let named = answer.faults.iter().any(|fault| fault.at.starts_with(name));
        assert!(named, "{name}: {:?}", answer.faults);
        assert!(answer.lane >= plain.lane, "{name}");
        assert!(answer.score >= plain.score, "{name}");
        for hit in hits(&plain) {
            assert!(hits(&answer).contains(&hit), "{name} lost {hit}");
        }
        // Generous: the point is that it ends.
        assert!(began.elapsed() < Duration::from_secs(20), "{name}");
    }
}

#[test]
fn deep_nesting_is_refused_before_the_parser() {
    for script in [
        format!("fn t(item) {{ {}true{} }}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("fn t(item) {{ {}true }}", "!".repeat(5_000)),
        format!("fn t(item) {{ {} }}", "a".repeat(100_000)),
    ] {
        let engine = engine_with("nested", &script);
        assert!(engine.profiles().faults.iter().any(|fault| fault.code == "P030"));
    }
}

#[test]
fn a_local_profile_cannot_lower_a_mandatory_one() {
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../rules/trade-measures");
    let toml = std::fs::read_to_string(rules.join("profile.toml")).unwrap();
    let rhai = std::fs::read_to_string(rules.join("profile.rhai")).unwrap();
    let lower = [
        toml.replacen("points = 150", "points = 10", 1),
        toml.replacen("floor = \"red\"", "floor = \"blue\"", 1),
        toml.replacen("status = \"stable\"", "status = \"deprecated\"", 1),
        toml.replacen("version = 1", "version = 1\neffective_to = \"2015-01-01\"", 1),
    ];
    for text in lower {
        assert_ne!(text, toml);
        let engine = engine_with_files("trade-measures", &[("profile.toml", &text), ("profile.rhai", &rhai)]);
        assert!(engine.profiles().faults.iter().any(|fault| fault.code == "P073"));
        let shipped = |engine: &palisander_engine::Engine| {
            engine.profiles().indicators.iter().map(|i| (i.name.clone(), i.points, i.floor)).collect::<Vec<_>>()
        };
        assert_eq!(shipped(&engine), shipped(&ENGINE));
    }
    let higher = toml.replacen("points = 150", "points = 170", 1);
    let engine = engine_with_files("trade-measures", &[("profile.toml", &higher), ("profile.rhai", &rhai)]);
    assert!(engine.profiles().faults.is_empty(), "{:?}", engine.profiles().faults);
    assert!(engine.profiles().indicators.iter().any(|i| i.points == 170));
}
