//! What a sender does to what he filed: a replacement stands in place of the earlier filing, a cancellation takes it back.
//! Every answer stays, with its lane; they name each other, whatever their order and however they came.

use std::io::Cursor;

use palisander_engine::bills::Scored;
use palisander_engine::manifests::{Format, read};
use palisander_engine::past::{Edition, Past};
use palisander_engine::{Assessment, bills};
use serde_json::{Value, json};

use crate::support::{ENGINE, day};

const AS_OF: &str = "2026-11-01";

fn filing(sender: &str, reference: &str, bill: &str, function: &str, goods: &str, sent_at: &str) -> Value {
    let goods = if goods.is_empty() { json!([]) } else { json!([{ "description": goods, "origin": "MG" }]) };
    let consignments =
        if bill.is_empty() { json!([]) } else { json!([{ "bill_of_lading": bill, "goods_items": goods }]) };
    json!({ "manifest": { "sender": sender, "reference": reference, "function": function, "sent_at": sent_at,
        "arrival": { "unlocode": "NLRTM", "at": "2026-10-20" }, "consignments": consignments } })
}

fn edition(lines: &[Value]) -> Edition {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Edition::build(bills::remember(&ENGINE, read(Cursor::new(text.into_bytes()), Format::Ndjson), day(AS_OF)).records)
}

fn answers_by(lines: &[Value], edition: &Edition) -> Vec<Assessment> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let mut answers = Vec::new();
    let parts = read(Cursor::new(text.into_bytes()), Format::Ndjson);
    let done: Result<u64, ()> = bills::score(&ENGINE, parts, day(AS_OF), &Past::of(edition), &mut |scored| {
        if let Scored::Answer(answer) = scored {
            answers.push(*answer);
        }
        Ok(())
    });
    done.unwrap();
    answers
}

fn answers(lines: &[Value]) -> Vec<Assessment> {
    answers_by(lines, &edition(lines))
}

/// Listed wood that an earlier filing named and this one does not is held against it.
fn taken_back(answer: &Assessment) -> bool {
    answer.hits.iter().any(|hit| hit.indicator == "listed_wood_taken_back")
}

/// How an answer stands: `amends`, `superseded`, `withdrawn`, `taken back`, each by its first letter.
fn stands(answer: &Assessment) -> String {
    let marks = [
        ("a", answer.amends.is_some()),
        ("s", answer.superseded_by.is_some()),
        ("w", answer.withdrawn.is_some()),
        ("t", taken_back(answer)),
    ];
    marks.iter().filter(|(_, is)| *is).map(|(mark, _)| *mark).collect()
}

/// `(filings of one bill in the order of sending, how each answer stands)`
#[test]
fn functions_act_on_the_senders_own_filings() {
    let (early, late, last) = ("2026-10-01T08:00:00Z", "2026-10-02T08:00:00Z", "2026-10-03T08:00:00Z");
    let wood = "ROSEWOOD LOGS DALBERGIA MARITIMA";
    let one = |function: &str, goods: &str, at: &str| filing("LINE", "M1", "B1", function, goods, at);
    for (name, filings, expected) in [
        ("an original alone", vec![one("original", wood, early)], vec![""]),
        ("a replacement", vec![one("original", wood, early), one("replace", "PINE", late)], vec!["s", "at"]),
        ("a change", vec![one("original", wood, early), one("change", wood, late)], vec!["s", "a"]),
        ("a cancellation", vec![one("original", wood, early), one("cancel", wood, late)], vec!["w", "aw"]),
        ("a cancellation without goods", vec![one("original", wood, early), one("cancel", "", late)], vec!["w", "aw"]),
        ("goods that are no wood", vec![one("original", "BOLTS", early), one("replace", "NUTS", late)], vec!["s", ""]),
        (
            "replaced and taken back",
            vec![one("original", wood, early), one("replace", wood, late), one("cancel", wood, last)],
            vec!["sw", "aw", "aw"],
        ),
        (
            "filed anew after it was taken back",
            vec![one("original", wood, early), one("cancel", wood, late), one("replace", wood, last)],
            vec!["sw", "asw", "a"],
        ),
        ("no times", vec![one("original", wood, ""), one("replace", "PINE", "")], vec!["s", "at"]),
        (
            "another sender",
            vec![one("original", wood, early), filing("OTHER", "M1", "B1", "cancel", wood, late)],
            vec!["", "w"],
        ),
        (
            "no sender",
            vec![filing("", "M1", "B1", "original", wood, early), filing("", "M1", "B1", "cancel", wood, late)],
            vec!["", "w"],
        ),
        (
            "another manifest",
            vec![one("original", wood, early), filing("LINE", "M2", "B1", "cancel", wood, late)],
            vec!["", "w"],
        ),
        (
            "another bill",
            vec![one("original", wood, early), filing("LINE", "M1", "B2", "replace", wood, late)],
            vec!["", ""],
        ),
        (
            "the whole manifest",
            vec![one("original", wood, early), filing("LINE", "M1", "", "cancel", "", late)],
            vec!["w"],
        ),
        ("two originals", vec![one("original", wood, early), one("original", "PINE", late)], vec!["", ""]),
    ] {
        let plain: Vec<Assessment> = filings.iter().flat_map(|one| answers(std::slice::from_ref(one))).collect();
        let found = answers(&filings);
        assert_eq!(found.iter().map(stands).collect::<Vec<_>>(), expected, "{name}");
        for (alone, beside) in plain.iter().zip(&found) {
            let lanes = |answer: &Assessment| (answer.lane, answer.lane_high);
            if taken_back(beside) {
                assert!(lanes(beside) > lanes(alone), "{name}: wood that was named is held against the bill");
            } else {
                assert_eq!(lanes(beside), lanes(alone), "{name}: a mark changes no lane");
            }
        }
        // The order in which they come is nothing; nor is whether the edition was written and read between.
        let mut turned = filings.clone();
        turned.reverse();
        let mut found_turned = answers(&turned);
        found_turned.reverse();
        assert_eq!(found_turned, found, "{name}");
        let mut file = Vec::new();
        edition(&filings).write(&mut file).unwrap();
        let (kept, faults) = Edition::read(&file).unwrap();
        assert!(faults.is_empty(), "{name}: {faults:?}");
        assert_eq!(answers_by(&filings, &kept), found, "{name}");
    }
}

/// Both descriptions stand side by side, and each names the other.
#[test]
fn what_was_replaced_is_shown() {
    let filings = [
        filing("LINE", "M1", "B1", "original", "ROSEWOOD LOGS", "2026-10-01"),
        filing("LINE", "M1", "B1", "replace", "PINE LOGS", "2026-10-02"),
    ];
    let found = answers(&filings);
    let (old, new) = (found[0].superseded_by.as_ref().unwrap(), found[1].amends.as_ref().unwrap());
    assert_eq!((old.goods.as_str(), new.goods.as_str()), ("PINE LOGS", "ROSEWOOD LOGS"));
    assert_ne!(old.version, new.version);
    assert_ne!(found[0].assessment_id, answers(&filings[..1])[0].assessment_id, "the mark is part of the answer");
}
