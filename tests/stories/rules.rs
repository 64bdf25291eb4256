//! Rules: the shipped set is clean and its cases hold; a bad profile is a named fault and harms no other.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use palisander_engine::cases;
use palisander_engine::profile::RuleSource;
use palisander_engine::{Engine, Options};
use palisander_tests::generator::{Made, Port};

use crate::support::{ENGINE, hits, score, score_with};

#[test]
fn the_shipped_set_is_clean() {
    let faults: Vec<String> = ENGINE.profiles.faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    let native = ENGINE.profiles.indicators.iter().filter(|i| i.native.is_some()).count();
    assert!(native * 100 >= ENGINE.profiles.indicators.len() * 95, "{native}");
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
}

#[test]
fn the_written_reference_is_the_code() {
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../rules");
    let read = |name: &str| std::fs::read_to_string(rules.join(name)).unwrap_or_default();
    assert_eq!(read("reference.md"), cases::view_reference(), "run `palisander rules docs`");
    assert_eq!(read("catalogue.md"), palisander::cli::catalogue(&ENGINE), "run `palisander rules docs`");
}

/// A profile with one indicator over items whose script is `script`.
fn engine_with(name: &str, script: &str) -> Engine {
    let dir = std::env::temp_dir().join(format!("palisander-rules-{}-{name}", std::process::id())).join(name);
    std::fs::create_dir_all(&dir).unwrap();
    let toml = format!(
        "id = \"{name}\"\nuuid = \"00000000-0000-0000-0000-000000000000\"\ntitle = \"t\"\nowner = \"o\"\nstatus = \"test\"\nversion = 1\nreview_by = \"2030-01-01\"\nwhy = \"w\"\nsources = [\"CITES Res. Conf. 11.3\"]\ninnocent_explanations = [\"none\"]\n[[indicators]]\nname = \"t\"\neach = \"item\"\npoints = 50\nreason = \"r\"\n"
    );
    std::fs::write(dir.join("profile.toml"), toml).unwrap();
    std::fs::write(dir.join("profile.rhai"), script).unwrap();
    let options = Options { rules: RuleSource { overlay: Some(dir.clone()) }, ..Options::default() };
    let engine = Engine::open(&options).unwrap();
    std::fs::remove_dir_all(dir.parent().unwrap()).unwrap();
    engine
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
        assert!(engine.profiles.faults.iter().any(|fault| fault.code == "P030"));
    }
}
