//! Wood and weight: lanes of own consignments, honest and risky, by files named by what they prove; and the law that a
//! named wood never stands higher than a nameless one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use palisander_engine::Assessment;
use palisander_engine::answers::Lane;
use serde_json::{Value, json};

use crate::support::{hits, score};

fn under(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The consignment of a row: one item, its way by countries and ports, the box it is in.
pub fn manifest(row: &BTreeMap<String, String>) -> Value {
    let text = |column: &str| row.get(column).map(String::as_str).filter(|text| !text.is_empty());
    let number = |column: &str| text(column).map(|text| text.parse::<f64>().unwrap());
    let path: Vec<&str> = text("path").into_iter().flat_map(|path| path.split('|')).collect();
    let country = |place: &str| place[..2].to_owned();
    let mut item =
        json!({ "item": 1, "description": text("description"), "hs_code": text("hs_code"), "hs_edition": 2022 });
    if let Some(origin) = text("origin") {
        item["origin"] = json!(origin);
    }
    for column in ["gross_mass_kg", "net_mass_kg", "volume_m3"] {
        if let Some(value) = number(column) {
            item[column] = json!(value);
        }
    }
    if let Some(n) = number("packages").filter(|n| *n > 0.0) {
        item["packages"] = json!([{ "n": n as u64, "kind": text("kind") }]);
    }
    let mut head = json!({ "reference": "SYN", "format": "json/1", "function": "original" });
    if let Some(size) = text("box") {
        head["equipment"] = json!([{ "container": "ZZSU4170016", "size_type": size, "fullness": "full" }]);
        item["in_containers"] = json!([{ "container": "ZZSU4170016" }]);
    }
    let mut bill = json!({
        "line": 1, "bill_of_lading": text("case"), "procedure": "import",
        "routing": path.iter().map(|place| country(place)).collect::<Vec<_>>(),
        "goods_items": [item],
    });
    if let (Some(from), Some(to)) = (path.first(), path.last()) {
        bill["parties"] = json!([
            { "role": "consignor", "name": "SYN SENDER", "address": { "country": country(from) } },
            { "role": "consignee", "name": "SYN RECEIVER", "address": { "country": country(to) } },
        ]);
    }
    if let Some(port) = path.iter().find(|place| place.len() == 5) {
        bill["places"] = json!({ "loading": port });
    }
    head["consignments"] = json!([bill]);
    json!({ "manifest": head })
}

/// Everything that the answer says.
fn said(answer: &Assessment) -> String {
    serde_json::to_string(&(&answer.hits, &answer.unverifiable, &answer.next_steps)).unwrap()
}

fn lane_of(text: &str) -> Lane {
    serde_json::from_value(json!(text)).unwrap()
}

fn fault(row: &BTreeMap<String, String>, answer: &Assessment) -> Option<String> {
    let text = |column: &str| row.get(column).map(String::as_str).filter(|text| !text.is_empty());
    let said = said(answer);
    let words = || text("must_not_say").into_iter().flat_map(|words| words.split('|'));
    let what = if text("lane_min").is_some_and(|lane| answer.lane < lane_of(lane)) {
        "too low".to_owned()
    } else if text("lane_max").is_some_and(|lane| answer.lane > lane_of(lane)) {
        "too high".to_owned()
    } else {
        format!("says `{}`", words().find(|words| said.contains(words))?)
    };
    let of = ["case", "description", "why"].map(|column| text(column).unwrap_or_default());
    Some(format!("{}: {what}, {:?} {:?}", of.join(" | "), answer.lane, hits(answer)))
}

#[test]
fn own_consignments_come_out_in_their_lanes() {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(under("labelled/lanes")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut n, mut amiss) = (0, Vec::new());
    for file in files {
        let mut reader = csv::Reader::from_path(&file).unwrap();
        for row in reader.deserialize::<BTreeMap<String, String>>() {
            let row = row.unwrap();
            n += 1;
            amiss.extend(fault(&row, &score(&manifest(&row), &row["as_of"])));
        }
    }
    assert!(n > 500, "{n} rows");
    assert!(amiss.is_empty(), "{} of {n} rows amiss:\n{}", amiss.len(), amiss.join("\n"));
}

/// A sawn load of these words at a weight that the wood has.
fn sawn(words: &str, kg_m3: f64) -> Assessment {
    let item = json!({ "item": 1, "description": words, "hs_code": "440799", "hs_edition": 2022, "origin": "DE",
        "gross_mass_kg": kg_m3 * 20.0, "volume_m3": 20.0 });
    let bill = json!({ "line": 1, "bill_of_lading": "SYN", "procedure": "import", "goods_items": [item] });
    let head = json!({ "reference": "SYN", "format": "json/1", "function": "original", "consignments": [bill] });
    score(&json!({ "manifest": head }), "2024-05-14")
}

fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(under("../datasets").join(name).join(format!("{name}.csv"))).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// A more exact honest declaration of another wood never stands higher than a vaguer one. Woods that are listed
/// themselves, or sold as listed ones, say more by their names than `boards` does; of the others every name is tried.
#[test]
fn a_named_wood_never_stands_higher_than_a_nameless_one() {
    let typical: BTreeMap<String, f64> = table("timbers")
        .into_iter()
        .map(|row| (row["timber"].clone(), row["typical_kg_m3"].parse().unwrap()))
        .collect();
    let (mut tried, mut left_out) = (0, 0);
    for row in table("timber-names") {
        let kg_m3 = typical[&row["timber"]];
        let vaguer = [sawn("boards", kg_m3), sawn("wooden boards 27 mm, kiln dried", kg_m3)];
        for name in row["names"].split('|').filter(|name| !name.ends_with('*')).take(2) {
            let exact = sawn(&format!("{name}, boards 27 mm, kiln dried"), kg_m3);
            let others = ["wording", "cover-loads", "lookalikes/other_wood_named"];
            if hits(&exact).iter().any(|hit| !others.iter().any(|other| hit.starts_with(other))) {
                left_out += 1;
                continue;
            }
            tried += 1;
            for vaguer in &vaguer {
                assert!(exact.lane <= vaguer.lane && exact.score <= vaguer.score, "{name}: {:?}", hits(&exact));
            }
        }
    }
    assert!(tried > 1_500 && left_out * 8 < tried, "{tried} tried, {left_out} left out");
}
