//! Who may issue: names of authorities as they stand on papers (`tests/labelled/authorities-by-name.csv`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use palisander_engine::papers::{MatchContext, Register, match_line};
use palisander_engine::{Input, Inputs};
use serde_json::{Value, json};

use crate::support::{ENGINE, hits, score_with};

type Row = BTreeMap<String, String>;

fn rows() -> Vec<Row> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("labelled/authorities-by-name.csv");
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

/// What the filter says of the issuer of a paper that no register holds.
fn issuer(row: &Row) -> Value {
    let context = MatchContext::new(ENGINE.references());
    let question = json!({ "id": 1, "number": "1", "issuing_country": row["country"], "issued_on": row["day"],
        "issuing_authority": row["name"] });
    match_line(&Register::empty(), &question, &context)
}

/// A misspelt name of a designated authority passes, with its likeness; another office of whatever rank, another country's
/// authority and an old one after its hand-over do not.
#[test]
fn p03_a_misspelt_authority_passes_with_its_likeness_and_another_office_does_not() {
    let rows = rows();
    let mut amiss = Vec::new();
    for row in &rows {
        let answer = issuer(row);
        let found = &answer["issuer"];
        let likeness = found["likeness"].as_f64();
        let failed = answer["problems"].as_array().unwrap().contains(&json!("issuer_not_designated"));
        let right = found["standing"] == row["standing"].as_str()
            && failed == (row["standing"] != "designated")
            && (row["standing"] == "unknown" || likeness.is_some_and(|like| (0.9..=1.0).contains(&like)));
        let is_as_written = ["slip", "scan", "short", "cut"].contains(&row["kind"].as_str());
        if !right || (is_as_written && row["standing"] == "designated" && likeness == Some(0.0)) {
            amiss.push(format!("{} {} {}: {} {found}", row["kind"], row["country"], row["name"], row["standing"]));
        }
    }
    assert!(rows.len() >= 220, "{} rows", rows.len());
    assert!(amiss.is_empty(), "{} of {} amiss:\n{}", amiss.len(), rows.len(), amiss.join("\n"));
}

#[test]
fn p03_the_answer_shows_whom_the_name_means() {
    let register = "number,type,issuing_authority,issuing_country,issued_on,expires_on,exporter,country_of_origin,taxon,appendix,\
        source,purpose,quantity,unit,status\n24TZ000417,export,,TZ,2024-03-01,2024-08-31,SYN SENDER,TZ,Dalbergia melanoxylon,II,\
        W,T,20,m3,issued\n";
    let inputs = Inputs { register: Some(Input::Bytes(register.into())), ..Inputs::default() };
    let engine = ENGINE.with_inputs(&inputs).unwrap();
    let answer = |authority: &str| {
        let item = json!({ "description": "DALBERGIA MELANOXYLON SAWN", "origin": "TZ", "volume_m3": 9.8, "documents": [{
            "kind": "cites_export_permit", "country": "TZ", "number": "24TZ000417", "issued_on": "2024-03-01",
            "issuing_authority": authority }] });
        let bill = json!({ "bill_of_lading": "A", "procedure": "import", "goods_items": [item] });
        score_with(&engine, &bill, "2024-05-14")
    };
    let fired = |authority: &str| {
        let hits = hits(&answer(authority));
        hits.iter().any(|hit| hit == "document-problems/issuer_not_designated")
    };
    let shown = serde_json::to_value(answer("Ministry of Natural Ressources and Tourism")).unwrap();
    let issuer = &shown["documents"][0]["issuer"];
    assert_eq!(issuer["standing"], "designated", "{issuer}");
    assert_eq!(issuer["declared"], "Ministry of Natural Ressources and Tourism");
    let likeness = issuer["likeness"].as_f64().unwrap();
    assert!((0.9..1.0).contains(&likeness), "{issuer}");
    assert!(!fired("Ministry of Natural Ressources and Tourism"));
    assert!(fired("Ministry of Works"));
    assert!(!fired("Wildlife Division"));
}
