//! Alerts by words, by a number, by wood and country: our index (Tantivy, with all that it makes of a question), and others.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use palisander_engine::notices::{AlertIndex, AlertRecord, AlertSearch, SearchContext, Vocabulary};
use palisander_engine::tables::DataSource;
use serde_json::{Value, json};

use crate::records::records;
use crate::rounds::{Way, compare as timed};
use crate::{ENGINE, child};

const RECORDS: usize = 20_000;
const ASKED: usize = 40;
/// Words of a record that are asked for: those that are seldom, of every third place.
const WORDS: [usize; 4] = [1, 4, 7, 10];

/// The records that are asked for.
fn places() -> impl Iterator<Item = usize> {
    (0..ASKED).map(|n| n * (RECORDS / ASKED) + 3)
}

/// Asserts that all find the same, then times them in turns: questions of one kind after the other.
pub fn compare(folder: &Path) {
    let all = records(RECORDS);
    let vocabulary = Vocabulary::build(&DataSource::Embedded, ENGINE.references()).unwrap();
    let context = SearchContext { vocabulary: Arc::new(vocabulary), names: Arc::clone(ENGINE.names()) };
    let index = AlertIndex::build(&all, &context).unwrap();
    let words = |record: &AlertRecord| {
        let words: Vec<&str> = record.text.split(' ').collect();
        WORDS.map(|at| words[at]).join(" ")
    };
    let ids: Vec<&str> = places().map(|n| all[n].id.as_str()).collect();
    let first = |text: &str| {
        let found = index.search(&AlertSearch { text, limit: 1, ..AlertSearch::default() });
        found.first().map(|one| one.id.clone()).unwrap_or_default()
    };
    let by_words: Vec<String> = places().map(|n| words(&all[n])).collect();
    let by_number: Vec<String> = places().map(|n| all[n].containers[0].clone()).collect();
    let shown = |record: &AlertRecord| {
        let countries: Vec<&str> = record.countries.iter().map(|country| country.code.as_str()).collect();
        json!({ "id": record.id, "title": record.title, "text": record.text, "taxa": record.taxa, "countries": countries, "containers": record.containers })
    };
    let shown: Vec<Value> = all.iter().map(shown).collect();
    for (kind, asked) in [("words", &by_words), ("number", &by_number)] {
        let subject = format!("alerts: the one by {kind}");
        assert_eq!(asked.iter().map(|text| first(text)).collect::<Vec<_>>(), ids, "{subject}");
        let mut ways =
            vec![Way::new("Palisander", || asked.iter().for_each(|text| drop(black_box(first(black_box(text))))))];
        let file = folder.join(format!("{kind}.json"));
        std::fs::write(&file, json!({ "records": shown, "kind": kind, "asked": asked }).to_string()).unwrap();
        for name in ["SQLite FTS5", "bm25s (PyPI)"] {
            ways.extend(child::way(&subject, name, child::WORDS, &file, &json!(ids)));
        }
        timed(&subject, ways);
    }

    let filter = AlertSearch { country: "MG".parse().ok(), taxon: Some("Dalbergia"), ..AlertSearch::default() };
    let n = index.count_filtered(&filter);
    assert!(n > 0);
    let subject = "alerts: how many of a wood and a country";
    let file = folder.join("filter.json");
    let question = json!({ "records": shown, "kind": "filter", "asked": [{ "taxon": "Dalbergia", "country": "MG" }] });
    std::fs::write(&file, question.to_string()).unwrap();
    let mut ways = vec![Way::new("Palisander", || _ = black_box(index.count_filtered(black_box(&filter))))];
    ways.extend(child::way(subject, "SQLite FTS5", child::WORDS, &file, &json!([n])));
    timed(subject, ways);
}
