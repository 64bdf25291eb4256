//! Labels: what a record says stands under the record's label or a stricter one, wherever the answer tells of it.

use palisander_engine::{Assessment, Engine, Input, Inputs, Label};
use serde_json::{Value, json};

use crate::support::{ENGINE, score_with};

/// A word that each record holds and nothing else does.
const SECRET: &str = "QUILLFEATHER";

fn consignment() -> Value {
    json!({ "reference": "R1", "transport_means": { "name": "DEMO QUAY", "imo": "9999993" },
        "consignments": [{ "bill_of_lading": "LBL1",
            "parties": [{ "role": "consignor", "name": "QUILLFEATHER TRADING", "address": { "country": "MG" } }],
            "goods_items": [{ "description": "DALBERGIA BARONII LOGS", "hs_code": "440349", "origin": "MG",
                "gross_mass_kg": 9000, "net_mass_kg": 8800, "volume_m3": 10,
                "documents": [{ "kind": "cites_export_permit", "number": "14MG000417", "country": "MG" }] }] }] })
}

fn engine(alert: Option<&str>, watched: Option<&str>, row: Option<&str>) -> Engine {
    let alert = alert.map(|handling| {
        let mut record = json!({ "id": format!("{SECRET}-1"), "kind": "alert", "title": format!("{SECRET} is watched"),
            "published_on": "2013-01-01", "vessels": [{ "name": "DEMO QUAY", "imo": "9999993" }], "reliability": "A1" });
        if !handling.is_empty() {
            record["handling"] = json!(handling);
        }
        Input::Bytes(record.to_string().into_bytes())
    });
    let watch_list = watched.map(|handling| {
        Input::Bytes(
            format!("id,kind,name,country,reason,handling\nW1,company,{SECRET} TRADING,MG,seen before,{handling}\n")
                .into_bytes(),
        )
    });
    let register = row.map(|handling| {
        let head = "number,type,issuing_country,issued_on,expires_on,exporter,taxon,status,handling";
        let text = format!("{head}\n14MG000417,export,MG,2013-12-01,2014-05-30,{SECRET} TRADING,Dalbergia baronii,cancelled,{handling}\n");
        Input::Bytes(text.into_bytes())
    });
    ENGINE.with_inputs(&Inputs { alerts: alert, watch_list, register, ..Inputs::default() }).unwrap()
}

/// The label of every part of the answer that an indicator of the profile made.
fn labels(answer: &Assessment, profile: &str) -> Vec<Label> {
    answer.hits.iter().filter(|hit| hit.profile == profile).map(|hit| hit.handling).collect()
}

#[test]
fn a_hit_carries_the_strictest_label() {
    // As written, what it counts as where it stands in an alert or watch list, and in a register.
    for (written, information, register) in [
        ("", Label::Red, Label::Amber),
        ("TLP:CLEAR", Label::Clear, Label::Clear),
        ("TLP:GREEN", Label::Green, Label::Green),
        ("tlp:amber", Label::Amber, Label::Amber),
        ("TLP:AMBER+STRICT", Label::AmberStrict, Label::AmberStrict),
        ("TLP:RED", Label::Red, Label::Red),
        ("TLP:RAD", Label::Red, Label::Red),
    ] {
        let of_alert = score_with(&engine(Some(written), None, None), &consignment(), "2014-03-01");
        let found = labels(&of_alert, "alerts");
        assert!(found.contains(&information) && !found.is_empty(), "alert {written}: {found:?}");

        let of_watch = score_with(&engine(None, Some(written), None), &consignment(), "2014-03-01");
        let found = labels(&of_watch, "parties");
        assert!(found.contains(&information), "watch list {written}: {found:?}");
        let steps = of_watch.next_steps.iter().filter(|step| step.step == "identify_party");
        assert!(steps.clone().count() > 0 && steps.clone().all(|step| step.handling == information), "{written}");

        let of_register = score_with(&engine(None, None, Some(written)), &consignment(), "2014-03-01");
        let found = labels(&of_register, "document-problems");
        assert!(!found.is_empty() && found.iter().all(|label| *label == register), "register {written}: {found:?}");
        assert!(of_register.documents.iter().all(|document| document.handling == register), "{written}");
        // What rests on the manifest and the shipped tables is for everybody.
        for answer in [&of_alert, &of_watch, &of_register] {
            let measures = labels(answer, "trade-measures");
            assert!(!measures.is_empty() && measures.iter().all(|label| *label == Label::Clear), "{written}");
        }
    }
}

#[test]
fn a_label_that_cannot_be_read_is_told() {
    for (alert, watched, row) in
        [(Some("secret"), None, None), (None, Some("secret"), None), (None, None, Some("secret"))]
    {
        let faults = engine(alert, watched, row).load_faults().join("\n");
        assert!(faults.contains("secret") && faults.contains("TLP:RED"), "{faults}");
    }
    assert!(engine(Some("TLP:GREEN"), Some(""), Some("TLP:AMBER")).load_faults().is_empty());
}

#[test]
fn no_word_of_a_red_record_stands_under_a_clearer_label() {
    let engine = engine(Some("TLP:RED"), Some("TLP:RED"), Some("TLP:RED"));
    let answer = score_with(&engine, &consignment(), "2014-03-01");
    let json = serde_json::to_value(&answer).unwrap();
    let mut seen = 0;
    for part in ["hits", "unverifiable", "documents", "next_steps"] {
        for one in json[part].as_array().unwrap() {
            let label = Label::read(one["handling"].as_str().unwrap()).unwrap();
            // The name stands in the manifest too: only words that a record alone holds are secret.
            let text = one.to_string().replace("QUILLFEATHER TRADING", "");
            let tells = text.contains(SECRET) || text.contains("W1") || text.contains("cancelled");
            seen += usize::from(tells);
            assert!(!tells || label == Label::Red, "{part}: {one}");
        }
    }
    assert!(seen >= 3, "{seen}");
}

/// What a reader may not see is not cut from the answer: it was never asked. The answer is that of an office that does not
/// have the record, to the last edition.
#[test]
fn an_engine_seen_under_a_label_never_held_what_is_stricter() {
    let none = score_with(&engine(None, None, None), &consignment(), "2014-03-01");
    for handling in ["TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"] {
        let label = Label::read(handling).unwrap();
        let engine = engine(Some(handling), Some(handling), Some(handling));
        let whole = score_with(&engine, &consignment(), "2014-03-01");
        for clearance in Label::ALL {
            let seen = score_with(&engine.seen_under(clearance), &consignment(), "2014-03-01");
            let expected = if clearance < label { &none } else { &whole };
            assert_eq!(
                serde_json::to_string(&seen).unwrap(),
                serde_json::to_string(expected).unwrap(),
                "{handling} {clearance}"
            );
        }
        assert!(whole.score > none.score, "the records move the score, or nothing is shown here");
    }
    // Of rows that did not load nothing is said below full clearance.
    let broken =
        ENGINE.with_inputs(&Inputs { alerts: Some(Input::Bytes(b"{}".to_vec())), ..Inputs::default() }).unwrap();
    assert!(!broken.load_faults().is_empty() && broken.seen_under(Label::AmberStrict).load_faults().is_empty());
    let seen = score_with(&broken.seen_under(Label::AmberStrict), &consignment(), "2014-03-01");
    assert!(seen.faults.iter().all(|fault| fault.code != "input_rows_rejected" && fault.code != "input_lost"));
}
