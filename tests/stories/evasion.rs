//! What it costs to silence an indicator: told for every one that is shipped, and for a threshold exactly.

use palisander_engine::rules::{Evasion, Facts, Fired, cases, evasions};

use crate::support::{ENGINE, day, engine_with, parse};

fn facts(engine: &palisander_engine::Engine, item: &str) -> Facts {
    let bill = format!("{{\"bill_of_lading\":\"A\",\"goods_items\":[{item}]}}");
    let parsed = parse(&serde_json::from_str(&bill).unwrap());
    let gathered = engine.gather(&parsed.manifest, &parsed.manifest.consignments[0], day("2026-11-01"));
    engine.facts(&engine.settle(gathered, &engine.past()), &parsed.faults_of(0))
}

fn of_test(test: &str, item: &str) -> Evasion {
    let engine = engine_with("price", &format!("/// P.\nfn t(item) {{ {test} }}\n"));
    let facts = facts(&engine, item);
    let all = evasions(&engine, &[Fired { facts: &facts, as_of: day("2026-11-01") }]);
    all.into_iter().find(|one| one.profile == "price").unwrap()
}

#[test]
fn the_cheapest_way_around_is_a_figure_stated_a_little_otherwise() {
    let item = r#"{"description":"COTTON SHIRTS","hs_code":"610910","origin":"BD","gross_mass_kg":15100}"#;
    let found = of_test(r#"item.gross_mass_kg > 15000 and item.origin == "BD""#, item);
    let change = found.change.unwrap();
    assert_eq!((change.fact.field, change.fact.then.as_str(), found.bills), ("gross_mass_kg", "15000", 1));
    assert!(change.by.is_some_and(|by| (-0.007..0.0).contains(&by)), "{change:?}");
    assert!(change.score_after < change.score_before);
    // Where no figure is asked, another entry of the declaration.
    let change = of_test(r#"item.origin == "BD" and item.words.says(["shirt"])"#, item).change.unwrap();
    assert_eq!(change.fact.field, "origin");
    let none = of_test(r#"item.origin == "BD""#, r#"{"description":"COTTON SHIRTS","origin":"IN"}"#);
    assert_eq!((none.change, none.bills), (None, 0));
}

#[test]
fn a_price_is_told_for_every_shipped_indicator() {
    let ran = cases::run_all(&ENGINE);
    let bills: Vec<Fired<'_>> = ran.iter().map(|ran| Fired { facts: &ran.facts, as_of: ran.as_of }).collect();
    let found = evasions(&ENGINE, &bills);
    let native = ENGINE.profiles().indicators.iter().filter(|indicator| indicator.native.is_some()).count();
    assert_eq!(found.len(), native);
    for one in &found {
        let fires = ran.iter().flat_map(|ran| &ran.assessment.hits);
        let fires = fires.filter(|hit| hit.profile == one.profile && hit.indicator == one.indicator).count();
        assert!(one.bills > 0 || fires == 0, "{}/{}", one.profile, one.indicator);
        if let Some(change) = &one.change {
            assert_ne!(change.fact.now, change.fact.then, "{one:?}");
            assert!(change.speak_then.iter().all(|name| *name != format!("{}/{}", one.profile, one.indicator)));
        }
    }
    let priced = found.iter().filter(|one| one.change.is_some()).count();
    let fired = found.iter().filter(|one| one.bills > 0).count();
    assert!(fired * 10 >= native * 9 && priced * 10 >= fired * 9, "{priced} of {fired} of {native}");
}
