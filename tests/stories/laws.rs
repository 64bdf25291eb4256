//! Laws that hold for any input.

use palisander_engine::answers::Lane;
use palisander_engine::manifests::json_document;
use palisander_tests::generator::{Made, Port};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{ENGINE, day, hits, score};

const AS_OF: &str = "2026-11-01";

/// A consignment of several items, parties and documents.
fn mixed(seed: u64) -> Value {
    let mut port = Port::new(seed);
    let mut first = port.of(Made::Honest);
    for made in [Made::Planted, Made::Plain, Made::Sounding] {
        let other = port.of(made);
        let item = other["manifest"]["consignments"][0]["goods_items"][0].clone();
        first["manifest"]["consignments"][0]["goods_items"].as_array_mut().unwrap().push(item);
    }
    first
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// The order of goods items, parties and documents never changes lane, score or which indicators hit.
    #[test]
    fn order_is_irrelevant(seed in 0_u64..10_000, turn in 0_usize..4, swap in any::<bool>()) {
        let one = mixed(seed);
        let mut other = one.clone();
        let consignment = &mut other["manifest"]["consignments"][0];
        consignment["goods_items"].as_array_mut().unwrap().rotate_left(turn);
        if swap {
            consignment["parties"].as_array_mut().unwrap().reverse();
        }
        let (a, b) = (score(&one, AS_OF), score(&other, AS_OF));
        prop_assert_eq!((a.lane, a.score, a.score_high), (b.lane, b.score, b.score_high));
        let (mut x, mut y) = (hits(&a), hits(&b));
        x.sort();
        y.sort();
        prop_assert_eq!(x, y);
    }

    /// One more risky item never lowers score or lane.
    #[test]
    fn more_risk_is_never_less(seed in 0_u64..10_000) {
        let mut port = Port::new(seed);
        let plain = port.of(Made::Plain);
        let item = port.of(Made::Planted)["manifest"]["consignments"][0]["goods_items"][0].clone();
        let mut more = plain.clone();
        more["manifest"]["consignments"][0]["goods_items"].as_array_mut().unwrap().push(item);
        let (a, b) = (score(&plain, AS_OF), score(&more, AS_OF));
        prop_assert!(b.score >= a.score && b.lane >= a.lane);
    }

    /// An innocent item beside others changes nothing that is said of them, and not the lane.
    #[test]
    fn an_innocent_item_changes_no_other(seed in 0_u64..10_000, which in 0_usize..4) {
        let mut port = Port::new(seed);
        let made = [Made::Planted, Made::Honest, Made::Plain, Made::Sounding][which];
        let mut alone = port.of(made);
        let consignment = &mut alone["manifest"]["consignments"][0];
        // One value for two items is no value of either: here it is told for the item.
        if let Some(value) = consignment.as_object_mut().unwrap().remove("value") {
            consignment["goods_items"][0]["value"] = value;
        }
        let mut beside = alone.clone();
        let consignment = &mut beside["manifest"]["consignments"][0];
        let first = consignment["goods_items"][0].clone();
        let shirts = json!({ "item": 2, "description": "COTTON T SHIRTS", "hs_code": "610910", "origin": "PT",
            "gross_mass_kg": 120.0, "packages": [{ "n": 6, "kind": "CT" }], "in_containers": first["in_containers"] });
        consignment["goods_items"].as_array_mut().unwrap().push(shirts);
        for (total, more) in [("gross_mass_kg", 120.0), ("n_packages", 6.0)] {
            if let Some(known) = consignment[total].as_f64() {
                consignment[total] = if total == "n_packages" { json!((known + more) as u64) } else { json!(known + more) };
            }
        }
        let (a, b) = (score(&alone, AS_OF), score(&beside, AS_OF));
        let of_first = |answer: &palisander_engine::Assessment| {
            let is_of = |hit: &&palisander_engine::answers::Hit| hit.met.iter().any(|met| met.at.starts_with("/goods_items/0"));
            let mut said: Vec<String> = answer.hits.iter().filter(is_of).map(|hit| hit.reason.clone()).collect();
            said.sort();
            said
        };
        prop_assert_eq!(of_first(&a), of_first(&b));
        // Where the shirts' own weight fills the shared box past its limit, the box is rightly spoken of.
        let of_the_box = |answer: &palisander_engine::Assessment| hits(answer).iter().filter(|hit| hit.starts_with("equipment/")).count();
        prop_assume!(of_the_box(&a) == of_the_box(&b));
        prop_assert_eq!((a.lane, a.score, hits(&a)), (b.lane, b.score, hits(&b)));
    }

    /// Any bytes: an answer or a clear error, never a panic.
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(parsed) = json_document(&bytes) {
            for (n, consignment) in parsed.manifest.consignments.iter().enumerate() {
                ENGINE.assess(&parsed.manifest, consignment, &parsed.faults_of(n), day(AS_OF));
            }
        }
    }

    /// A manifest with any one value replaced by nonsense still gives an answer, and a lost value is never green.
    #[test]
    fn a_lost_value_is_never_green(seed in 0_u64..10_000, which in 0_usize..5) {
        let mut value = Port::new(seed).of(Made::Plain);
        let field = ["gross_mass_kg", "volume_m3", "hs_code", "item", "net_mass_kg"][which];
        value["manifest"]["consignments"][0]["goods_items"][0][field] = json!("nonsense");
        let answer = score(&value, AS_OF);
        prop_assert!(answer.lane > Lane::Green, "{}", field);
        let place = format!("/goods_items/0/{field}");
        prop_assert!(answer.faults.iter().any(|fault| fault.at.ends_with(&place)));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let value = mixed(7);
    let text = |_| serde_json::to_string(&score(&value, AS_OF)).unwrap();
    let answers: Vec<String> = (0..3).map(text).collect();
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn an_unknown_field_changes_nothing_else() {
    let mut port = Port::new(11);
    for _ in 0..200 {
        let (value, _) = port.manifest();
        let plain = json_document(value.to_string().as_bytes()).unwrap();
        assert_eq!(plain.faults(), []);
        let mut odd = value.clone();
        odd["manifest"]["x_unknown"] = json!(1);
        let odd = json_document(odd.to_string().as_bytes()).unwrap();
        assert_eq!(odd.faults().len(), 1);
        let mut manifest = odd.manifest;
        manifest.unmapped.clear();
        assert_eq!(manifest, plain.manifest);
    }
}

#[test]
fn rank_keys_are_a_strict_order() {
    let mut port = Port::new(5);
    let mut answers: Vec<_> = (0..300).map(|_| score(&port.manifest().0, AS_OF)).collect();
    answers.sort_by(|a, b| a.rank_key.cmp(&b.rank_key));
    for pair in answers.windows(2) {
        assert!(pair[0].rank_key < pair[1].rank_key);
        assert!((pair[0].lane, pair[0].score) >= (pair[1].lane, pair[1].score));
    }
}
