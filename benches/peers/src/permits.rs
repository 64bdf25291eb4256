//! The permit behind a paper, among so many: our register by its indexes, others by a look at every number and holder.

use std::hint::black_box;
use std::path::Path;

use palisander_engine::papers::{MatchContext, Register};
use palisander_tests::register::{Issued, Paper};
use rapidfuzz::distance::{jaro_winkler, osa};
use serde_json::json;

use crate::rounds::{Way, compare as timed};
use crate::{ENGINE, child};

const SUBJECT: &str = "permits: the one behind a paper";
const DOCUMENTS: usize = 50_000;
const PAPERS: usize = 24;
/// What number and holder weigh for those who have nothing else.
const WEIGHTS: [f64; 2] = [0.6, 0.4];

/// The place of the best, the first of equals.
fn best(scores: impl Iterator<Item = f64>) -> usize {
    scores.enumerate().fold((0, f64::MIN), |best, (n, score)| if score > best.1 { (n, score) } else { best }).0
}

/// Asserts that all find the permit of which the paper is a copy, damaged in number and holder, then times them in turns.
pub fn compare(folder: &Path) {
    let issued = Issued::new(11, DOCUMENTS);
    let register = Register::from_documents(issued.documents());
    let texts: Vec<(String, String)> =
        issued.documents().map(|document| (document.number, document.exporter.unwrap())).collect();
    let places: Vec<usize> = (0..PAPERS).map(|n| n * (DOCUMENTS / PAPERS)).collect();
    let papers: Vec<Paper> =
        places.iter().enumerate().map(|(n, place)| issued.paper(*place, n % 2, n / 2 % 2)).collect();
    let asked: Vec<[&str; 2]> = papers
        .iter()
        .map(|paper| paper.presented())
        .map(|paper| [paper.number.unwrap(), paper.holder.unwrap()])
        .collect();

    let context = MatchContext::new(ENGINE.references());
    for (place, paper) in places.iter().zip(&papers) {
        let answer = register.match_permit(&paper.presented(), &context);
        assert_eq!(answer.candidates[0].document.number, texts[*place].0);
    }
    let scan = |[number, holder]: &[&str; 2]| {
        let numbers = osa::BatchComparator::new(number.chars());
        let holders = jaro_winkler::BatchComparator::new(holder.chars());
        best(texts.iter().map(|(own, name)| {
            WEIGHTS[0] * numbers.normalized_similarity(own.chars()) + WEIGHTS[1] * holders.similarity(name.chars())
        }))
    };
    assert_eq!(asked.iter().map(scan).collect::<Vec<_>>(), places);

    let mut ways = vec![
        Way::new("Palisander", || {
            papers
                .iter()
                .for_each(|paper| drop(black_box(register.match_permit(&black_box(paper).presented(), &context))));
        }),
        Way::new("rapidfuzz (crate), every document", || {
            asked.iter().for_each(|asked| _ = black_box(scan(black_box(asked))));
        }),
    ];
    let file = folder.join("permits.json");
    let (numbers, holders): (Vec<_>, Vec<_>) = texts.iter().cloned().unzip();
    let question = json!({ "numbers": numbers, "holders": holders, "asked": asked, "weights": WEIGHTS });
    std::fs::write(&file, question.to_string()).unwrap();
    ways.extend(child::way(SUBJECT, "RapidFuzz (PyPI), every document", child::NAMES, &file, &json!(places)));
    timed(SUBJECT, ways);
}
