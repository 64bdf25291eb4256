//! The world as a whole: the same for ever, of the size asked for, pairs that differ in one fact.

use std::collections::BTreeMap;

use crate::port::{Port, Wish};
use crate::write::Format;
use crate::{Bill, Label};

fn wish(seed: u64, bills: u64) -> Wish {
    Wish { seed, family: "play".to_owned(), bills, days: 10 }
}

/// All that a world says, as one text.
fn whole(wish: Wish) -> String {
    let mut out = String::new();
    for day in Port::new(wish).unwrap() {
        for rendered in &day.calls {
            for format in [Format::Ndjson, Format::Csv, Format::Cuscar, Format::Awmds] {
                out.push_str(&format.text(&rendered.call));
            }
            out.push_str(&crate::truth::lines(rendered));
        }
        day.register.iter().for_each(|row| out.push_str(&row.0.join(",")));
        day.watched.iter().for_each(|row| out.push_str(&row.join(",")));
        day.alerts.iter().for_each(|alert| out.push_str(&alert.to_string()));
        day.results.iter().for_each(|line| out.push_str(&serde_json::to_string(line).unwrap()));
    }
    out
}

#[test]
fn a_world_is_the_same_on_any_number_of_threads() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| whole(wish(11, 3_000)))
    };
    let one = on(1);
    assert!(one == on(4), "threads move the world");
    assert!(one != whole(wish(12, 3_000)), "the seed moves nothing");
    let figures = Wish { family: "figures".to_owned(), ..wish(11, 3_000) };
    assert!(one != whole(figures), "the family moves nothing");
}

#[test]
fn a_world_has_as_many_bills_as_asked_for_and_numbers_none_twice() {
    for bills in [1, 37, 2_500] {
        let mut seen = std::collections::BTreeSet::new();
        for rendered in Port::new(wish(2, bills)).unwrap().flat_map(|day| day.calls) {
            assert_eq!(rendered.call.consignments.len(), rendered.labels.len());
            seen.extend(rendered.call.consignments.iter().map(|bill| bill.bill_of_lading.clone()));
        }
        assert_eq!(seen.len() as u64, bills);
    }
}

type Pair = (Vec<Bill>, Vec<Bill>);

fn pairs(bills: u64) -> (BTreeMap<String, Pair>, BTreeMap<String, Label>) {
    let (mut pairs, mut labels): (BTreeMap<String, Pair>, BTreeMap<String, Label>) = Default::default();
    for rendered in Port::new(Wish { days: 30, ..wish(4, bills) }).unwrap().flat_map(|day| day.calls) {
        for (bill, label) in
            rendered.call.consignments.iter().zip(&rendered.labels).filter(|(_, label)| !label.case.is_empty())
        {
            let pair = pairs.entry(label.case.clone()).or_default();
            if label.is_planted() {
                pair.0.push(bill.clone())
            } else {
                pair.1.push(bill.clone())
            }
            labels.insert(label.case.clone(), label.clone());
        }
    }
    (pairs, labels)
}

#[test]
fn every_planted_case_has_a_twin_that_differs_in_its_decisive_fact_alone() {
    let (pairs, labels) = pairs(120_000);
    let mut methods: BTreeMap<&str, usize> = BTreeMap::new();
    let mut alone = 0;
    for (case, (planted, twins)) in &pairs {
        let method = labels[case].method.as_str();
        // Twins that come on a later ship may come after the last day.
        if planted.len() != twins.len() {
            alone += 1;
            continue;
        }
        *methods.entry(method).or_default() += 1;
        for (bill, twin) in planted.iter().zip(twins) {
            let (item, other) = (&bill.goods_items[0], &twin.goods_items[0]);
            let places =
                (&bill.places.loading, &bill.places.discharge) == (&twin.places.loading, &twin.places.discharge);
            assert!(places, "{case} {method}: lanes differ");
            let differs = [
                ("words", item.description != other.description),
                ("origin", item.origin != other.origin),
                ("first port", bill.places.original_loading != twin.places.original_loading),
                ("mass", item.gross_mass_kg != other.gross_mass_kg),
                ("kinds of papers", kinds(item) != kinds(other)),
                ("volume", item.volume_m3 != other.volume_m3),
                ("code", item.hs_code != other.hs_code),
                ("procedure", bill.procedure != twin.procedure),
            ];
            let found: Vec<&str> = differs.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
            let expected: &[&str] = match method {
                "no_document" | "certificate_of_origin" | "appendix_one" => &["kinds of papers"],
                "false_name" | "vague_words" | "cover_load" => &["mass"],
                "hub" | "sandalwood" => &["first port"],
                "out_of_range" | "false_code" => &["words"],
                "suspended" => &["origin"],
                _ => &[],
            };
            if method != "split_lots" {
                assert_eq!(found, expected, "{case} {method}: {bill:#?} {twin:#?}");
            }
        }
    }
    let world = crate::World::shipped().unwrap();
    let missing: Vec<&str> =
        world.methods.iter().map(|method| method.id.as_str()).filter(|id| !methods.contains_key(id)).collect();
    assert!(missing.is_empty(), "methods that never came with a twin: {missing:?} of {methods:?}");
    assert!(alone * 10 < pairs.len(), "{alone} of {} stand alone", pairs.len());
}

fn kinds(item: &crate::Item) -> Vec<&str> {
    item.documents.iter().map(|paper| paper.kind.as_str()).collect()
}

#[test]
fn rings_react_to_finds_and_results_come_late_or_never() {
    let mut port = Port::new(Wish { days: 30, ..wish(9, 60_000) }).unwrap();
    let (mut finals, mut corrected, mut late) = (0, 0, 0);
    for day in port.by_ref() {
        for line in &day.results {
            assert_eq!(line.reported_on, day.date, "told on its day");
            late += usize::from(line.examined_on < day.date);
            finals += usize::from(line.state == "final");
            corrected += usize::from(line.state == "preliminary");
        }
    }
    let (opened, untold, waiting) = port.results_so_far();
    assert!(finals > 500 && corrected > 5 && late == finals + corrected, "{finals} {corrected} {late}");
    assert!(untold > 0 && waiting > 0 && opened > finals as u64, "{opened} {untold} {waiting}");
}

#[test]
fn masses_and_volumes_fit_into_boxes() {
    for rendered in Port::new(wish(6, 8_000)).unwrap().flat_map(|day| day.calls) {
        let numbers: std::collections::BTreeSet<&str> =
            rendered.call.equipment.iter().map(|one| one.container.as_str()).collect();
        assert_eq!(numbers.len(), rendered.call.equipment.len(), "a box twice on one ship");
        for (bill, label) in rendered.call.consignments.iter().zip(&rendered.labels) {
            let item = &bill.goods_items[0];
            let boxes = item.in_containers.len() as f64;
            assert!(item.gross_mass_kg as f64 <= boxes * 28_500.0, "{label:?} {bill:#?}");
            assert!(item.volume_m3.is_none_or(|m3| m3 <= boxes * 76.1), "{label:?} {bill:#?}");
            assert!(item.net_mass_kg.is_none_or(|kg| kg <= item.gross_mass_kg));
            let placed: u64 = item.in_containers.iter().map(|placed| placed.n_packages).sum();
            assert_eq!(placed, bill.n_packages, "{bill:#?}");
            assert!(bill.parties.iter().all(|party| !party.name.is_empty()));
        }
    }
}
