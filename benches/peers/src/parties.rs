//! Which of ten names is this one? Ours compares as scoring does; others by their own measure of likeness.

use std::hint::black_box;
use std::path::Path;

use palisander_engine::people::{PartyName, similarity};
use palisander_tests::register::Issued;
use rapidfuzz::distance::jaro_winkler;
use serde_json::json;

use crate::child;
use crate::rounds::{Way, compare as timed};

const SUBJECT: &str = "parties: which of ten names";
const ASKED: usize = 60;
const NAMES: usize = 10;

fn best(scores: impl Iterator<Item = f64>) -> usize {
    scores.enumerate().fold((0, f64::MIN), |best, (n, score)| if score > best.1 { (n, score) } else { best }).0
}

/// Asserts that all find the name of which the asked one is a damaged copy, then times them in turns. Names are made
/// comparable beforehand where a peer can do that.
pub fn compare(folder: &Path) {
    let issued = Issued::new(12, 100_000);
    let holder = |n: usize| issued.document(n).exporter.unwrap();
    let places: Vec<usize> = (0..ASKED).map(|n| n % NAMES).collect();
    let lists: Vec<Vec<String>> = (0..ASKED).map(|n| (0..NAMES).map(|at| holder(n * NAMES + at)).collect()).collect();
    let asked: Vec<String> = places
        .iter()
        .enumerate()
        .map(|(n, at)| issued.paper(n * NAMES + at, 0, 1).presented().holder.unwrap().to_owned())
        .collect();

    let parties: Vec<(PartyName, Vec<PartyName>)> = asked
        .iter()
        .zip(&lists)
        .map(|(asked, list)| (PartyName::new(asked), list.iter().map(|name| PartyName::new(name)).collect()))
        .collect();
    let ours = |(asked, list): &(PartyName, Vec<PartyName>)| best(list.iter().map(|name| similarity(asked, name)));
    assert_eq!(parties.iter().map(ours).collect::<Vec<_>>(), places);
    let theirs = |(asked, list): (&String, &Vec<String>)| {
        let asked = jaro_winkler::BatchComparator::new(asked.chars());
        best(list.iter().map(|name| asked.similarity(name.chars())))
    };
    assert_eq!(asked.iter().zip(&lists).map(theirs).collect::<Vec<_>>(), places);

    let mut ways = vec![
        Way::new("Palisander", || parties.iter().for_each(|one| _ = black_box(ours(black_box(one))))),
        Way::new("rapidfuzz (crate), Jaro-Winkler", || {
            asked.iter().zip(&lists).for_each(|one| _ = black_box(theirs(black_box(one))));
        }),
    ];
    let file = folder.join("parties.json");
    std::fs::write(&file, json!({ "asked": asked, "lists": lists }).to_string()).unwrap();
    for name in [
        "RapidFuzz (PyPI), Jaro-Winkler",
        "nomenklatura, name-based",
        "nomenklatura, logic-v1",
        "nomenklatura, logic-v2",
    ] {
        ways.extend(child::way(SUBJECT, name, child::NAMES, &file, &json!(places)));
    }
    timed(SUBJECT, ways);
}
