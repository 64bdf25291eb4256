//! Values against reference values: currencies by their rates, values by the cubic metre or the tonne, and what cannot be
//! compared stays an open question.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use crate::support::{hits, score};

const TOO_LOW: &str = "transit-and-value/value_too_low";
const TOO_HIGH: &str = "values/wood_value_too_high";

/// How the value of a row of one item stands.
fn standing(row: &BTreeMap<String, String>) -> &'static str {
    let text = |column: &str| row.get(column).map(String::as_str).filter(|text| !text.is_empty());
    let number = |column: &str| text(column).map(|text| text.parse::<f64>().unwrap());
    let mut item = json!({ "item": 1, "description": text("description"), "hs_code": text("hs_code"),
        "hs_edition": 2017, "origin": text("origin") });
    for column in ["gross_mass_kg", "volume_m3"] {
        if let Some(value) = number(column) {
            item[column] = json!(value);
        }
    }
    let mut bill = json!({ "line": 1, "bill_of_lading": text("case"), "procedure": "import", "goods_items": [item] });
    if let Some(amount) = text("amount") {
        bill["value"] = json!({ "amount": amount, "currency": text("currency") });
    }
    told(&bill, &row["as_of"])
}

/// The same of a row with one value for several items: `WORDS@HS@ORIGIN@KG@M3@USD`, by `|`.
fn standing_of_bill(row: &BTreeMap<String, String>) -> &'static str {
    let item = |(n, text): (usize, &str)| {
        let parts: Vec<&str> = text.split('@').collect();
        let number = |n: usize| parts.get(n).filter(|text| !text.is_empty()).map(|text| text.parse::<f64>().unwrap());
        let mut item = json!({ "item": n + 1, "description": parts[0], "hs_code": parts[1], "hs_edition": 2017, "origin": parts[2] });
        for (n, column) in [(3, "gross_mass_kg"), (4, "volume_m3")] {
            if let Some(value) = number(n) {
                item[column] = json!(value);
            }
        }
        if let Some(amount) = number(5) {
            item["value"] = json!({ "amount": amount.to_string(), "currency": "USD" });
        }
        item
    };
    let items: Vec<_> = row["items"].split('|').enumerate().map(item).collect();
    let mut bill = json!({ "line": 1, "bill_of_lading": row["case"], "procedure": "import", "goods_items": items });
    if !row["amount"].is_empty() {
        bill["value"] = json!({ "amount": row["amount"] });
        if !row["currency"].is_empty() {
            bill["value"]["currency"] = json!(row["currency"]);
        }
    }
    told(&bill, &row["as_of"])
}

/// How the values of a bill stand, as the answer tells it.
fn told(bill: &serde_json::Value, as_of: &str) -> &'static str {
    let head = json!({ "reference": "SYN", "format": "json/1", "function": "original", "consignments": [bill] });
    let answer = score(&json!({ "manifest": head }), as_of);
    let has = |indicator: &str| hits(&answer).iter().any(|hit| hit == indicator);
    let is_open = |indicator: &str| {
        answer.unverifiable.iter().any(|open| format!("{}/{}", open.profile, open.indicator) == indicator)
    };
    match (has(TOO_LOW), has(TOO_HIGH), is_open(TOO_LOW) && is_open(TOO_HIGH)) {
        (true, false, false) => "too_low",
        (false, true, false) => "too_high",
        (false, false, true) => "open",
        (false, false, false) => "usual",
        _ => "contradiction",
    }
}

#[test]
fn m06_one_value_for_several_items_stands_against_what_they_fetch_together() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("labelled/prices_of_bills.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let amiss: Vec<String> = rows
        .iter()
        .map(|row| (row, standing_of_bill(row)))
        .filter(|(row, found)| row["expected"] != *found)
        .map(|(row, found)| format!("{}: {found}, expected {} ({})", row["case"], row["expected"], row["why"]))
        .collect();
    assert!(rows.len() >= 20 && amiss.is_empty(), "{} rows:\n{}", rows.len(), amiss.join("\n"));
}

#[test]
fn m06_values_stand_against_reference_values_in_their_own_money_and_measure() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("labelled/prices.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let amiss: Vec<String> = rows
        .iter()
        .map(|row| (row, standing(row)))
        .filter(|(row, found)| row["expected"] != *found)
        .map(|(row, found)| format!("{}: {found}, expected {} ({})", row["case"], row["expected"], row["why"]))
        .collect();
    assert!(rows.len() >= 19 && amiss.is_empty(), "{} rows:\n{}", rows.len(), amiss.join("\n"));
}
