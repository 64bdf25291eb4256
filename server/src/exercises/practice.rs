//! The bills of an exercise, taken from a simulated world.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use palisander_engine::Date;
use palisander_simulator::{Format, Wish, write};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Exercise;
use crate::words::words;

/// Bills of each kind.
pub const KIND_SIZE: usize = 20;

words! {
    /// What a bill is in truth.
    Kind {
        /// It smuggles.
        Planted = "planted",
        /// As the one before, but for the fact that tells.
        Twin = "twin",
        /// Honest trade in timber.
        Timber = "timber",
    }
}

/// One bill of an exercise.
#[derive(Debug, Clone, PartialEq)]
pub struct PracticeBill {
    /// Bill of lading.
    pub consignment: String,
    pub kind: Kind,
    /// How it smuggles, or how its twin does; empty for others.
    pub method: String,
    /// Day on which it is looked at.
    pub day: Date,
    /// A manifest with this bill alone, canonical JSON.
    pub manifest: Value,
}

/// The bills, and what is known beside them.
#[derive(Debug, Clone, PartialEq)]
pub struct Practice {
    /// In no order that tells.
    pub bills: Vec<PracticeBill>,
    /// Permits, CSV.
    pub register: Vec<u8>,
    /// Records, NDJSON.
    pub alerts: Vec<u8>,
    /// Watched parties, CSV.
    pub watch_list: Vec<u8>,
}

/// A line of the truth, as far as it is asked here.
#[derive(Deserialize)]
struct Truth {
    consignment: String,
    day: Date,
    made: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    case: String,
}

/// Makes the bills of an exercise; the same each time.
pub fn made(exercise: &Exercise) -> Result<Practice, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let world = folder.path().join("world");
    let wish = Wish { seed: exercise.seed, family: "play".to_owned(), bills: exercise.bills, days: exercise.days };
    write(wish, &world, Format::Ndjson, &mut |_| {}).map_err(|error| error.to_string())?;
    let read = |name: &str| std::fs::read(world.join(name)).map_err(|error| format!("{name}: {error}"));
    let chosen = chosen(exercise, &read("truth.ndjson")?)?;
    let bills = bills(&world.join("manifests"), chosen)?;
    Ok(Practice {
        bills,
        register: read("register.csv")?,
        alerts: read("alerts.ndjson")?,
        watch_list: read("watchlist.csv")?,
    })
}

/// Which bills are taken: whole pairs of the methods asked for, each in its turn, and as many honest ones.
fn chosen(exercise: &Exercise, truth: &[u8]) -> Result<BTreeMap<String, (Kind, Truth)>, String> {
    let mut honest = Vec::new();
    let mut cases: BTreeMap<(String, String), Vec<(Kind, Truth)>> = BTreeMap::new();
    for line in truth.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let truth: Truth = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let Some(kind) = Kind::read(&truth.made) else { continue };
        if kind == Kind::Timber {
            honest.push((kind, truth));
        } else if exercise.methods.contains(&truth.method) {
            cases.entry((truth.method.clone(), truth.case.clone())).or_default().push((kind, truth));
        }
    }
    let mut by_method: BTreeMap<String, Vec<Vec<(Kind, Truth)>>> = BTreeMap::new();
    for ((method, _), pair) in cases.into_iter().filter(|(_, pair)| pair.len() == 2) {
        by_method.entry(method).or_default().push(pair);
    }
    let mut pairs = Vec::new();
    while pairs.len() < KIND_SIZE {
        let before = pairs.len();
        for of_method in by_method.values_mut().filter(|left| !left.is_empty()) {
            pairs.push(of_method.remove(0));
        }
        if pairs.len() == before {
            return Err(format!("the world has {before} pairs of these methods, not {KIND_SIZE}"));
        }
    }
    pairs.truncate(KIND_SIZE);
    // Honest ones from over all days.
    let step = (honest.len() / KIND_SIZE).max(1);
    let honest = honest.into_iter().step_by(step).take(KIND_SIZE);
    let all = pairs.into_iter().flatten().chain(honest);
    Ok(all.map(|(kind, truth)| (truth.consignment.clone(), (kind, truth))).collect())
}

/// Finds them in the manifests, each as a manifest of its own.
fn bills(manifests: &Path, mut chosen: BTreeMap<String, (Kind, Truth)>) -> Result<Vec<PracticeBill>, String> {
    let days: BTreeSet<Date> = chosen.values().map(|(_, truth)| truth.day).collect();
    let mut bills = Vec::new();
    for day in days {
        let file = manifests.join(format!("{day}.ndjson"));
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        for line in text.lines() {
            let ship: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            for bill in ship.pointer("/manifest/consignments").and_then(Value::as_array).into_iter().flatten() {
                let number = bill.get("bill_of_lading").and_then(Value::as_str).unwrap_or_default();
                let Some((kind, truth)) = chosen.remove(number) else { continue };
                bills.push(PracticeBill {
                    consignment: number.to_owned(),
                    kind,
                    method: truth.method,
                    day,
                    manifest: alone(&ship, bill),
                });
            }
        }
    }
    // Neither the day nor the ship puts a bill beside its twin.
    bills.sort_by_key(|bill| scattered(&bill.consignment));
    Ok(bills)
}

/// A place that nothing in the text tells.
fn scattered(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The manifest of a ship with one of its bills, and the containers in which that lies.
fn alone(ship: &Value, bill: &Value) -> Value {
    let mut own = ship.clone();
    let items = bill.get("goods_items").and_then(Value::as_array).into_iter().flatten();
    let placed = items.filter_map(|item| item.get("in_containers").and_then(Value::as_array)).flatten();
    let boxes: BTreeSet<&str> = placed.filter_map(|one| one.get("container").and_then(Value::as_str)).collect();
    if let Some(fields) = own.pointer_mut("/manifest").and_then(Value::as_object_mut) {
        fields.insert("consignments".to_owned(), json!([bill]));
        fields.remove("totals");
        if let Some(all) = fields.get_mut("equipment").and_then(Value::as_array_mut) {
            all.retain(|one| one.get("container").and_then(Value::as_str).is_some_and(|number| boxes.contains(number)));
        }
    }
    own
}

impl Serialize for PracticeBill {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let shown =
            json!({ "consignment": self.consignment, "kind": self.kind, "method": self.method, "day": self.day });
        shown.serialize(to)
    }
}
