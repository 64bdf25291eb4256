//! Words that a rule looks for: found however a paper spells them, and doubts about those that are looked for as one spelt them.

use palisander::service::diagnosis::diagnose;
use palisander_engine::rules::ProfileFault;

use crate::support::{ENGINE, day, engine_with, parse};

fn fires(test: &str, item: &str) -> bool {
    let engine = engine_with("words", &format!("/// Words.\nfn t(item) {{ {test} }}\n"));
    assert!(engine.profiles().faults.is_empty(), "{:?}", engine.profiles().faults);
    let bill = format!("{{\"bill_of_lading\":\"A\",\"goods_items\":[{item}]}}");
    let parsed = parse(&serde_json::from_str(&bill).unwrap());
    let answer =
        engine.assess(&parsed.manifest, &parsed.manifest.consignments[0], &parsed.faults_of(0), day("2026-11-01"));
    let of_words = |profile: &str, indicator: &str| profile == "words" && indicator == "t";
    answer.hits.iter().any(|hit| of_words(&hit.profile, &hit.indicator))
}

#[test]
fn words_are_found_however_a_paper_spells_them() {
    for (test, item, expected) in [
        (r#"item.words.says(["charbon de bois"])"#, r#"{"description":"SACS DE CHARBONS  DE BOIS"}"#, true),
        (r#"item.words.says(["charbon de bois"])"#, r#"{"description":"BOIS DE CHARBON"}"#, false),
        (r#"item.words.says(["Éponge"])"#, r#"{"description":"goods","common_name":"EPONGES"}"#, true),
        (r#"item.words.says(["sponge"])"#, r#"{"description":"SPONGEBOB TOYS"}"#, false),
        (r#"item.words.says_nearly(["charcoal"])"#, r#"{"description":"CHARCOL IN BAGS"}"#, true),
        (r#"item.words.says(["charcoal"])"#, r#"{"description":"CHARCOL IN BAGS"}"#, false),
        (r#"item.words.says(["木炭"])"#, r#"{"description":"优质木炭"}"#, true),
        (r#""charcoal" in item.cover_goods_named"#, r#"{"description":"LUMP CHARCOAL, RUBBER SCRAP"}"#, true),
        (r#""rubber-waste" in item.cover_goods_named"#, r#"{"description":"LUMP CHARCOAL, RUBBER SCRAP"}"#, true),
        (
            r#""log" in item.forms and "sawn" in item.forms"#,
            r#"{"description":"LOGS AND SAWN TIMBER","hs_code":"4407"}"#,
            true,
        ),
    ] {
        assert_eq!(fires(test, item), expected, "{test} {item}");
    }
}

/// The same in the interpreter, which is the meaning.
#[test]
fn the_interpreter_finds_the_same_words() {
    let test = r#"if item.words.says(["charbon de bois"]) { item.words.says_nearly("charbn") } else { false }"#;
    assert!(fires(test, r#"{"description":"Charbons de bois"}"#) && !fires(test, r#"{"description":"Bois"}"#));
}

#[test]
fn what_is_looked_for_as_one_spelt_it_is_doubted() {
    let doubts = |test: &str| -> Vec<ProfileFault> {
        let engine = engine_with("words", &format!("/// Words.\nfn t(item) {{ {test} }}\n"));
        let own = ["words".to_owned()];
        let found = diagnose(&engine, Some(&own), day("2026-11-01"));
        found.into_iter().filter(|fault| ["P081", "P082", "P024", "P030"].contains(&fault.code)).collect()
    };
    for (test, code, fix) in [
        (r#""CHARCOAL" in item.description"#, "P081", r#"item.words.says(["charcoal"])"#),
        (r#"item.declared_name == "Acacia""#, "P081", r#"item.declared_name.says(["acacia"])"#),
        (r#""Charcoal" in item.words"#, "P081", r#"item.words.says(["charcoal"])"#),
        (r#"item.words.says(["rosewood"])"#, "P082", r#""Dalbergia" in item.genera"#),
        (r#"item.words.says(["teak"])"#, "P082", "item."),
        (r#"item.words.says(["..."])"#, "P024", "quotes"),
    ] {
        let found = doubts(test);
        assert!(found.iter().any(|one| one.code == code && one.fix.contains(fix)), "{test}: {found:?}");
    }
    for sound in [r#"item.words.says(["charcoal"])"#, r#""char" in item.words"#, r#"item.form == "log""#] {
        assert!(doubts(sound).is_empty(), "{sound}: {:?}", doubts(sound));
    }
    let many = (0..40).map(|n| format!("\"word{n}x\"")).collect::<Vec<_>>().join(", ");
    assert!(doubts(&format!("item.words.says_nearly([{many}])")).iter().any(|one| one.code == "P030"));
    assert!(ENGINE.profiles().faults.is_empty());
}
