//! A plan for a profile from example bills.
//!
//! In: files with bills that it must fire on, and files with bills that it must not. Out: a [`Plan`] with the test that parts them,
//! and each bill as a case. Not here: how a test is found (the engine's workbench).

use std::path::{Path, PathBuf};

use palisander_engine::Engine;
use palisander_engine::manifests::{Manifest, Mapping, Parsed};
use palisander_engine::rules::{Facts, View, learn};

use super::draft::{Example, Indicator, Plan};
use crate::cli::source;

/// Bills of one pile that are looked at; each becomes a case.
const MAX_BILLS: usize = 50;

/// One bill of a file.
struct Bill {
    name: String,
    facts: Facts,
    manifest: serde_json::Value,
}

/// The plan; or why there is none.
pub fn plan(engine: &Engine, hits: &[PathBuf], misses: &[PathBuf]) -> Result<Plan, String> {
    let [hits, misses] = [("--hit", hits), ("--miss", misses)].map(|(option, files)| pile(engine, option, files));
    let (hits, misses) = (hits?, misses?);
    let facts = |bills: &[Bill]| bills.iter().map(|bill| bill.facts.clone()).collect::<Vec<_>>();
    let learned = learn(&facts(&hits), &facts(&misses)).ok_or(
        "nothing that a rule may look at parts the bills of --hit from those of --miss; \
         `palisander rules explain --consignment FILE` says what is seen in each",
    )?;
    let names = |bills: &[Bill]| bills.iter().map(|bill| bill.name.as_str()).collect::<Vec<_>>().join(", ");
    let doc = format!("What {} show, and {} do not.", one_line(&names(&hits)), one_line(&names(&misses)));
    let example = |fires: bool| {
        move |(n, bill): (usize, Bill)| Example {
            name: format!("{}-{}", if fires { "hit" } else { "miss" }, n + 1),
            title: format!("bill {}", one_line(&bill.name)),
            bill: ("manifest", bill.manifest),
            fires,
        }
    };
    Ok(Plan {
        title: format!("As in {}", one_line(&names(&hits))),
        why: doc.clone(),
        genera: genera(&hits),
        indicators: vec![Indicator {
            name: "as_in_the_examples",
            parameters: if learned.of_consignment { "item, consignment" } else { "item" },
            doc,
            test: learned.test,
            group: "examples",
            reason: "{item.description}[ of {item.origin}]",
            settled_by: "what the bill does not say of its goods, origin and papers",
        }],
        examples: hits
            .into_iter()
            .enumerate()
            .map(example(true))
            .chain(misses.into_iter().enumerate().map(example(false)))
            .collect(),
    })
}

/// Text of a bill for a comment or title.
fn one_line(text: &str) -> String {
    text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Listed genera that every hit names.
fn genera(hits: &[Bill]) -> Vec<String> {
    let named = |bill: &Bill| -> Vec<String> {
        let Some((n, _)) = View::Consignment.field("genera") else { return Vec::new() };
        let item = bill.facts.of(View::Item).first();
        match item.map(|one| bill.facts.frame(View::Item, one).value(View::Consignment, n)) {
            Some(palisander_engine::rules::Value::Texts(set)) => set.iter().map(|genus| genus.to_string()).collect(),
            _ => Vec::new(),
        }
    };
    let mut shared = hits.first().map(named).unwrap_or_default();
    shared.retain(|genus| hits.iter().all(|bill| named(bill).contains(genus)));
    shared
}

fn pile(engine: &Engine, option: &str, files: &[PathBuf]) -> Result<Vec<Bill>, String> {
    let mut bills = Vec::new();
    for file in files {
        bills.extend(read(engine, file)?);
        if bills.len() > MAX_BILLS {
            return Err(format!("{option}: more than MAX_BILLS ({MAX_BILLS}) bills; give those that show it best"));
        }
    }
    if bills.is_empty() { Err(format!("{option}: there is no bill")) } else { Ok(bills) }
}

fn read(engine: &Engine, file: &Path) -> Result<Vec<Bill>, String> {
    let unreadable = |error: String| format!("`{}`: {error}", file.display());
    let (parts, _) = source::open(file, None, &Mapping::default())?;
    let mut bills = Vec::new();
    for part in parts {
        let part: Parsed = part.map_err(|error| unreadable(error.to_string()))?;
        for (n, one) in part.manifest.consignments.iter().enumerate() {
            let gathered = engine.gather(&part.manifest, one, crate::state::today());
            let facts = engine.facts(&engine.settle(gathered, &engine.past()), &part.faults_of(n));
            let alone = Manifest { consignments: vec![one.clone()], ..part.manifest.clone() };
            let manifest = serde_json::to_value(alone).map_err(|error| unreadable(error.to_string()))?;
            bills.push(Bill { name: one.bill_of_lading.to_string(), facts, manifest });
        }
    }
    Ok(bills)
}
