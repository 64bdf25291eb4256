//! Formats end to end: round trips through the writers, and a ship of 15,000 bills in one pass.

use std::collections::BTreeMap;
use std::io::Cursor;

use palisander_engine::bills::Scored;
use palisander_engine::manifests::{Format, Manifest, Parsed, Severity, read};
use palisander_engine::past::Past;
use palisander_engine::{Engine, Options, bills};
use palisander_tests::writers::{awmds, cuscar, ship};
use proptest::prelude::*;

/// Bills of the ship of the requirement.
const BILLS: usize = 15_000;

fn parts(text: String, format: Format) -> Vec<Parsed> {
    read(Cursor::new(text.into_bytes()), format).map(Result::unwrap).collect()
}

/// Parts as one manifest, and the faults above notes.
fn whole(text: String, format: Format) -> (Manifest, Vec<String>) {
    let mut parts = parts(text, format).into_iter();
    let mut first = parts.next().unwrap();
    for part in parts {
        first.manifest.consignments.extend(part.manifest.consignments);
        for one in part.manifest.equipment {
            if !first.manifest.equipment.iter().any(|known| known.container == one.container) {
                first.manifest.equipment.push(one);
            }
        }
        first.head.append(part.head);
        first.bills.extend(part.bills);
    }
    let faults = first.faults();
    let faults = faults.iter().filter(|fault| fault.severity > Severity::Note).map(ToString::to_string).collect();
    first.manifest.unmapped.clear();
    first.manifest.consignments.iter_mut().for_each(|consignment| consignment.originals.clear());
    (first.manifest, faults)
}

fn check_round_trips(manifest: &Manifest) {
    let (read, faults) = whole(cuscar::write(manifest), Format::Cuscar);
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(read, cuscar::carried(manifest));
    let (read, faults) = whole(awmds::write(manifest), Format::Awmds);
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(read, awmds::carried(manifest));
}

#[test]
fn a_port_survives_cuscar_and_awmds() {
    let (manifest, _) = ship(7, 300);
    check_round_trips(&manifest);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text of goods, names and marks: separators, release characters, long lines, other scripts.
    #[test]
    fn any_words_survive(
        description in "[A-Z0-9 ?':+&<>/.,éΩ木-]{1,400}",
        name in "[A-Z ?':+&<>é木]{1,90}",
        marks in "[A-Z0-9 ?':+&/-]{1,40}",
        seed in 0_u64..1_000,
    ) {
        // Words that announce numbers are gleaned, which is another test's matter; runs of blanks are one thing.
        let clean = |text: &str| {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("HS", "H");
            if text.is_empty() || matches!(text.as_str(), "-" | "?" | "NA" | "N/A") { "X".to_owned() } else { text }
        };
        let (mut manifest, _) = ship(seed, 2);
        let consignment = &mut manifest.consignments[0];
        consignment.parties[0].name = clean(&name);
        let item = &mut consignment.goods_items[0];
        item.description = clean(&description);
        item.packages[0].marks = Some(clean(&marks));
        check_round_trips(&manifest);
    }
}

fn scored(engine: &Engine, text: String, format: Format) -> BTreeMap<String, (String, i64, usize)> {
    let mut answers = BTreeMap::new();
    let as_of = "2026-11-01".parse().unwrap();
    let parts = read(Cursor::new(text.into_bytes()), format);
    bills::score::<()>(engine, parts, as_of, &Past::none(), &mut |scored| {
        match scored {
            Scored::Answer(answer) => {
                let lost = answer.faults.iter().filter(|fault| fault.severity == Severity::Lost).count();
                answers.insert(answer.consignment.clone(), (format!("{:?}", answer.lane), answer.score, lost));
            }
            other => panic!("{other:?}"),
        }
        Ok(())
    })
    .unwrap();
    answers
}

/// One faulty bill of 15,000 loses only that bill: the others answer as before, byte for byte of lane and score.
#[test]
fn a_fault_in_bill_7000_touches_no_other() {
    let engine = Engine::open(&Options::default()).unwrap();
    let (manifest, _) = ship(42, BILLS);
    let name = manifest.consignments[6_999].bill_of_lading.clone();
    for (format, text, broken) in [
        (Format::Cuscar, cuscar::write(&manifest), "MEA+AAE+G+KGM:ABC'"),
        (Format::Awmds, awmds::write(&manifest), "<Gross_mass>ABC</Gross_mass>"),
    ] {
        let whole = scored(&engine, text.clone(), format);
        assert_eq!(whole.len(), BILLS);
        assert!(whole.values().all(|(.., lost)| *lost == 0));
        // Behind the bill's name, its first gross mass.
        let start = text.find(&format!("{name}<")).or_else(|| text.find(&format!("RFF+BM:{name}'"))).unwrap();
        let (mark, end) =
            if format == Format::Cuscar { ("MEA+AAE+G+KGM:", "'") } else { ("<Gross_mass>", "</Gross_mass>") };
        let from = start + text[start..].find(mark).unwrap();
        let to = from + text[from..].find(end).unwrap() + end.len();
        let damaged = format!("{}{broken}{}", &text[..from], &text[to..]);
        let answers = scored(&engine, damaged, format);
        assert_eq!(answers.len(), BILLS);
        for (bill, answer) in &answers {
            if *bill == name {
                assert!(answer.2 > 0 && answer.0 != "Green", "{answer:?}");
            } else {
                assert_eq!(answer, &whole[bill], "{bill}");
            }
        }
    }
}

#[test]
fn formats_agree_on_a_whole_ship() {
    // What CUSCAR carries scores the same as JSON of the same content.
    let engine = Engine::open(&Options::default()).unwrap();
    let (manifest, _) = ship(11, 400);
    let carried = cuscar::carried(&manifest);
    let json = serde_json::json!({ "manifest": carried }).to_string();
    assert_eq!(scored(&engine, json, Format::Json), scored(&engine, cuscar::write(&manifest), Format::Cuscar));
    let carried = awmds::carried(&manifest);
    let json = serde_json::json!({ "manifest": carried }).to_string();
    assert_eq!(scored(&engine, json, Format::Json), scored(&engine, awmds::write(&manifest), Format::Awmds));
}
