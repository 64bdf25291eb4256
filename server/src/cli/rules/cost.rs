//! `palisander rules cost`

use palisander_engine::rules::{Cost, cases, costs};
use serde_json::json;

use super::place::Place;
use super::shape::Shape;
use super::test::unloaded;
use crate::cli::{OK, say};

/// What each test costs at most and on this machine; the exit code.
pub fn cost(place: &Place, shape: &Shape) -> u8 {
    let engine = &place.engine;
    unloaded(engine).iter().for_each(|fault| say(&format!("does not load: {fault}")));
    let mut found = costs(engine, &cases::run_all(engine));
    found.retain(|one| place.only().is_none_or(|only| only.contains(&one.profile)));
    found.sort_by(|a, b| b.ns.unwrap_or_default().total_cmp(&a.ns.unwrap_or_default()));
    let sums = Sums::of(&found);
    shape.put(&json!({ "indicators": found, "worst_operations": sums.operations, "ns": sums.ns }), || {
        in_words(&found, &sums)
    });
    OK
}

/// Of one bill with one subject of each kind.
struct Sums {
    operations: u64,
    ns: f64,
}

impl Sums {
    fn of(costs: &[Cost]) -> Self {
        let operations = costs.iter().map(|one| one.worst_operations).sum();
        Self { operations, ns: costs.iter().filter_map(|one| one.ns).sum() }
    }
}

fn in_words(costs: &[Cost], sums: &Sums) -> String {
    let mut text = format!("{:<54} {:>7} {:>6} {:>9}\n", "test, the dearest first", "at most", "fields", "ns a test");
    for one in costs {
        let name = format!("{}/{}", one.profile, one.indicator);
        let name: String =
            if name.chars().count() > 54 { name.chars().take(53).chain(['…']).collect() } else { name };
        let ns = one.ns.map_or("-".to_owned(), |ns| format!("{ns:.0}"));
        let mark = if one.native { "" } else { " (interpreted)" };
        text.push_str(&format!("{name:<54} {:>7} {:>6} {ns:>9}{mark}\n", one.worst_operations, one.reads.len()));
    }
    text.push_str(&format!(
        "\n{} tests. Each asks \"at most\" so many parts, whatever is declared; all of them together, asked once each, {} parts and \
         {:.1} µs on this machine. A bill asks each test once for every item, taxon, paper … that it has.",
        costs.len(),
        sums.operations,
        sums.ns / 1_000.0
    ));
    text
}
