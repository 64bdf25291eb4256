//! What was not understood is never green, and a bill is judged the same in whatever format it comes.

use std::io::Cursor;

use palisander_engine::Assessment;
use palisander_engine::answers::Lane;
use palisander_engine::bills::{self, Scored};
use palisander_engine::manifests::{Consignment, Manifest};
use palisander_engine::manifests::{Format, Parsed, read};
use palisander_engine::past::Past;
use palisander_tests::generator::{Made, Port};
use palisander_tests::random::Random;
use palisander_tests::writers::{awmds, cuscar, table};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{ENGINE, day, hits};

const AS_OF: &str = "2026-11-01";

/// Answers of a file, and whether something of it was said to be unreadable.
fn answers(bytes: Vec<u8>, format: Format) -> (Vec<Assessment>, bool) {
    let (mut answers, mut loud) = (Vec::new(), false);
    let parts = read(Cursor::new(bytes), format);
    let done = bills::score(&ENGINE, parts, day(AS_OF), &Past::none(), &mut |scored| {
        match scored {
            Scored::Answer(answer) => answers.push(*answer),
            _ => loud = true,
        }
        Ok::<(), ()>(())
    });
    assert!(done.is_ok());
    (answers, loud)
}

fn only(bytes: &str, format: Format) -> Assessment {
    let (mut all, loud) = answers(bytes.as_bytes().to_vec(), format);
    assert!(all.len() == 1 && !loud, "{} answers of {bytes}", all.len());
    all.remove(0)
}

/// Goods that nobody read, as they were seen: each came out green once.
#[test]
fn goods_under_another_name_are_never_green() {
    let logs = json!([{ "description": "ROSEWOOD LOGS MADAGASCAR", "origin": "MG" }]);
    let item = |key: &str| json!({ "bill_of_lading": "X", "goods_items": [{ key: "ROSEWOOD LOGS MADAGASCAR" }] });
    let list = |key: &str| json!({ "bill_of_lading": "X", key: logs.clone() });
    for (value, meant) in [
        (list("items"), Some("goods_items")),
        (list("goodsItems"), Some("goods_items")),
        (list("GOODS ITEMS"), Some("goods_items")),
        (item("desc"), Some("description")),
        (item("goodsDescription"), Some("description")),
        (item("Descripton"), Some("description")),
        (item("bezeichnung"), None),
        (json!({ "bill_of_lading": "X" }), None),
        (json!({ "bill_of_lading": "X", "goods_items": null }), None),
        (json!({ "bill_of_lading": "X", "goods_items": [] }), None),
        (json!({ "bill_of_lading": "X", "goods_items": [null] }), None),
        (json!({ "bill_of_lading": "X", "goods_items": ["ROSEWOOD LOGS"] }), None),
        (json!({ "bill_of_lading": "X", "goods_items": [{ "description": "" }] }), None),
    ] {
        let answer = only(&value.to_string(), Format::Json);
        assert!(answer.lane > Lane::Green, "{value}");
        assert!(answer.unverifiable.iter().any(|open| open.profile == "understanding"), "{value}");
        assert!(answer.score_high > answer.score, "{value}");
        if let Some(meant) = meant {
            let told = |fault: &palisander_engine::manifests::Fault| fault.expected.contains(&format!("`{meant}`"));
            assert!(answer.faults.iter().any(told), "{value}: {:?}", answer.faults);
        }
    }
    let failed = json!({ "bill_of_lading": "X", "goods_items": [{ "description": "#REF!", "hs_code": "090240" }] });
    for text in [failed.to_string(), "bill_of_lading,hs_code,description\nX,090240,#N/A\n".to_owned()] {
        let format = if text.starts_with('{') { Format::Json } else { Format::Csv };
        assert_eq!(only(&text, format).lane, Lane::Blue, "{text}");
    }
    let csv = "bill_of_lading,Merkwürdige Spalte\nX,ROSEWOOD LOGS MADAGASCAR\n";
    assert!(only(csv, Format::Csv).lane > Lane::Green);
    let awmds = "<Awmds><General_segment><General_segment_id><Customs_office_code>A</Customs_office_code></General_segment_id>\
        </General_segment><Bol_segment><Bol_id><Bol_reference>X</Bol_reference></Bol_id><Our_extension><Goods>ROSEWOOD LOGS \
        MADAGASCAR</Goods></Our_extension></Bol_segment></Awmds>";
    let answer = only(awmds, Format::Awmds);
    assert!(answer.lane > Lane::Green);
    assert!(answer.faults.iter().any(|fault| fault.code == "unread_names_wood"), "{:?}", answer.faults);
}

/// No number of notes hides a lost value, and a neighbour's lost value is the neighbour's.
#[test]
fn what_is_not_kept_is_not_forgiven() {
    let mut odd =
        json!({ "bill_of_lading": "A", "goods_items": [{ "description": "BLACK TEA", "hs_code": "090240" }] });
    for n in 0..1_001 {
        odd[format!("x_{n}")] = json!(1);
    }
    odd["goods_items"][0]["gross_mass_kg"] = json!("heavy");
    let plain = json!({ "bill_of_lading": "B", "goods_items": [{ "description": "BLACK TEA", "hs_code": "090240" }] });
    let (all, _) =
        answers(json!({ "manifest": { "consignments": [odd, plain] } }).to_string().into_bytes(), Format::Json);
    assert_eq!((all[0].lane, all[1].lane), (Lane::Blue, Lane::Green));
    assert!(all[0].faults.iter().any(|fault| fault.code == "more_faults"));

    let bill = |n: usize| json!({ "bill_of_lading": format!("B{n}"), "goods_items": [{ "description": "TEA", "volume_m3": "?x" }] });
    let ship = json!({ "manifest": { "consignments": (0..2_000).map(bill).collect::<Vec<_>>() } });
    let (all, _) = answers(ship.to_string().into_bytes(), Format::Json);
    assert_eq!(all.iter().filter(|answer| answer.lane == Lane::Blue && answer.faults.len() == 1).count(), 2_000);
}

/// A limit that is passed is named, and what is behind it is not forgotten.
#[test]
fn more_items_than_the_limit_is_said() {
    let items: Vec<Value> = (0..10_000).map(|n| json!({ "item": n, "description": "TOYS" })).collect();
    let value = json!({ "bill_of_lading": "X", "goods_items": items });
    let csv =
        (0..10_000).fold("bill_of_lading,item,description\n".to_owned(), |csv, n| csv + &*format!("X,{n},TOYS\n"));
    for answer in [only(&value.to_string(), Format::Json), only(&csv, Format::Csv)] {
        assert!(answer.lane > Lane::Green);
        assert!(answer.faults.iter().any(|fault| fault.code == "too_many" && fault.expected.contains("9999")
            || fault.expected.contains("MAX_GOODS_ITEMS")));
    }
}

/// Duplicates: texts go on, other fields are unreadable, nothing is dropped without a word.
#[test]
fn a_field_that_stands_twice_hides_nothing() {
    for text in [
        r#"{"bill_of_lading":"X","goods_items":[{"description":"ROSEWOOD LOGS","description":"TOYS"}]}"#,
        r#"{"bill_of_lading":"X","goods_items":[{"description":"ROSEWOOD LOGS"}],"goods_items":[{"description":"TOYS"}]}"#,
        r#"{"manifest":{"consignments":[{"bill_of_lading":"X","goods_items":[{"description":"ROSEWOOD LOGS"}]}],"consignments":[]}}"#,
        r#"{"manifest":{"consignments":[{"bill_of_lading":"X","goods_items":[{"description":"ROSEWOOD LOGS"}]}]},"manifest":{}}"#,
        r#"{"manifest":{},"consignments":[{"bill_of_lading":"X","goods_items":[{"description":"ROSEWOOD LOGS"}]}]}"#,
    ] {
        let answer = only(text, Format::Json);
        assert!(answer.lane >= Lane::Yellow, "{text}");
        let said = ["duplicate_field", "beside"];
        assert!(answer.faults.iter().any(|fault| said.contains(&fault.code)), "{text}: {:?}", answer.faults);
    }
    let (all, loud) =
        answers(br#"{"manifest":{"consignments":[7,{"bill_of_lading":"X","goods_items":[]}]}}"#.to_vec(), Format::Json);
    assert!(!loud && all.len() == 2 && all.iter().all(|answer| answer.lane > Lane::Green));
}

/// Signs that nobody sees hide no wood, wherever in a word they stand and whatever the format.
#[test]
fn hidden_signs_hide_nothing() {
    let value = json!({ "manifest": { "reference": "R", "consignments": [{
        "bill_of_lading": "X", "goods_items": [{ "item": 1, "description": "ROSEWOOD LOGS", "origin": "MG" }],
    }] } });
    let plain = one(value.to_string(), Format::Json).manifest;
    let lane = only(&value.to_string(), Format::Json).lane;
    for c in ['\u{1}', '\u{1b}', '\u{7f}', '\u{1a}', '\u{9b}', '\u{ad}', '\u{200b}', '\u{2060}', '\u{2800}', '\u{3164}']
    {
        for at in [1, 4, 7] {
            let mut manifest = plain.clone();
            manifest.consignments[0].goods_items[0].description.insert(at, c);
            let json = json!({ "manifest": manifest }).to_string();
            for (format, text) in [
                (Format::Json, json),
                (Format::Csv, table::write(&manifest)),
                (Format::Cuscar, cuscar::write(&manifest)),
            ] {
                let answer = only(&text, format);
                assert!(answer.lane >= lane, "{} U+{:04X} at {at}", format.name(), u32::from(c));
            }
        }
    }
}

/// The parts of a manifest that every format here carries.
fn common(seed: u64, made: Made) -> Manifest {
    let value = Port::new(seed).of(made);
    let manifest: Manifest = serde_json::from_value(value["manifest"].clone()).unwrap();
    let mut manifest = cuscar::carried(&table::carried(&manifest));
    manifest.carrier = None;
    manifest
}

/// What the judgement rests on, without what only tells the format.
fn judged(parsed: &Parsed) -> (Consignment, Lane, i64, i64, Vec<String>, Vec<Value>) {
    let answer = ENGINE.assess(&parsed.manifest, &parsed.manifest.consignments[0], &parsed.faults_of(0), day(AS_OF));
    let met = answer.hits.iter().map(|hit| json!(hit.met)).collect();
    let mut consignment = parsed.manifest.consignments[0].clone();
    (consignment.n_packages, consignment.line) = (None, None);
    consignment.value.iter_mut().for_each(|value| value.kind = None);
    (consignment, answer.lane, answer.score, answer.score_high, hits(&answer), met)
}

fn one(text: String, format: Format) -> Parsed {
    let mut parts: Vec<Parsed> = read(Cursor::new(text.into_bytes()), format).map(Result::unwrap).collect();
    assert_eq!(parts.len(), 1);
    parts.remove(0)
}

/// The same bill in JSON, CSV and CUSCAR; with countries in words where `words` says so.
fn spellings(manifest: &Manifest, words: bool) -> Vec<(&'static str, Parsed)> {
    let json = json!({ "manifest": manifest }).to_string();
    let (csv, edi) = (table::write(manifest), cuscar::write(manifest));
    let origin = manifest.consignments[0].goods_items[0].origin;
    let name = origin.and_then(|code| ENGINE.references().countries.get(code)).map(|country| country.name.clone());
    let (json, csv, edi) = match (words, origin, name) {
        (true, Some(code), Some(name)) => (
            json.replace(&format!("\"origin\":\"{code}\""), &format!("\"origin\":\"{name}\"")),
            in_words(&csv, code.as_str(), &name),
            edi.replace(&format!("LOC+27+{code}:"), &format!("LOC+27+{name}:")),
        ),
        _ => (json, csv, edi),
    };
    vec![("json", one(json, Format::Json)), ("csv", one(csv, Format::Csv)), ("cuscar", one(edi, Format::Cuscar))]
}

/// The `origin` cells of a table in words.
fn in_words(csv: &str, code: &str, name: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut at = None;
    for record in reader.records().map(Result::unwrap) {
        at = at.or_else(|| record.iter().position(|cell| cell == "origin"));
        let cell =
            |(n, cell): (usize, &str)| if Some(n) == at && cell == code { name.to_owned() } else { cell.to_owned() };
        writer.write_record(record.iter().enumerate().map(cell)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Another format, the same judgement: hits, score, lanes and evidence.
    #[test]
    fn a_format_changes_nothing(seed in 0_u64..100_000, kind in 0_usize..4, words in any::<bool>()) {
        let made = [Made::Planted, Made::Honest, Made::Plain, Made::Sounding][kind];
        let spelled = spellings(&common(seed, made), words);
        let (_, first) = &spelled[0];
        for (name, other) in &spelled[1..] {
            prop_assert_eq!(judged(first), judged(other), "{}", name);
        }
    }

    /// The same for what AWMDS carries, which knows neither origin nor HS code.
    #[test]
    fn awmds_changes_nothing(seed in 0_u64..100_000, kind in 0_usize..4) {
        let made = [Made::Planted, Made::Honest, Made::Plain, Made::Sounding][kind];
        let manifest = awmds::carried(&common(seed, made));
        let other = one(awmds::write(&manifest), Format::Awmds);
        for (name, first) in &spellings(&other.manifest, false) {
            prop_assert_eq!(judged(first), judged(&other), "{}", name);
        }
    }

    /// The CSV carries what it says it carries.
    #[test]
    fn a_table_reads_back(seed in 0_u64..100_000, kind in 0_usize..4) {
        let made = [Made::Planted, Made::Honest, Made::Plain, Made::Sounding][kind];
        let value = Port::new(seed).of(made);
        let manifest: Manifest = serde_json::from_value(value["manifest"].clone()).unwrap();
        let kept = table::carried(&manifest);
        let read = one(table::write(&kept), Format::Csv);
        prop_assert_eq!(read.faults(), vec![]);
        prop_assert_eq!(read.manifest, kept);
    }
}

/// Mutations of a file: what a careless or a hostile sender does to a field.
fn mutated(text: &str, format: Format, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(2) {
        text = match format {
            Format::Csv => mutated_table(&text, random),
            _ => mutated_text(&text, random),
        };
    }
    text
}

const NONSENSE: &[&str] = &["", "-", "N/A", "##", "?", "\u{fffd}", "0", "x"];

/// One column renamed, emptied, dropped, doubled or filled with nonsense, or the table cut off.
fn mutated_table(text: &str, random: &mut Random) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> =
        reader.records().flatten().map(|record| record.iter().map(str::to_owned).collect()).collect();
    let n_columns = rows.first().map_or(0, Vec::len).max(1);
    let column = random.below(n_columns);
    let how = random.below(6);
    let nonsense = NONSENSE[random.below(NONSENSE.len())];
    for (n, row) in rows.iter_mut().enumerate() {
        let Some(cell) = row.get_mut(column) else { continue };
        match how {
            0 if n == 0 => *cell = format!("{cell}_x"),
            1 if n > 0 => cell.clear(),
            2 => drop(row.remove(column)),
            3 => {
                let copy = if n == 0 { cell.clone() } else { nonsense.to_owned() };
                row.push(copy);
            }
            4 if n > 0 => nonsense.clone_into(cell),
            _ => {}
        }
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    if how == 5 { cut(&text, random) } else { text }
}

/// One word of the syntax or one value renamed, dropped, doubled or filled with nonsense, or the file cut off.
fn mutated_text(text: &str, random: &mut Random) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    for (n, c) in text.char_indices().chain([(text.len(), '\n')]) {
        match (start, is_word(c)) {
            (None, true) => start = Some(n),
            (Some(from), false) => {
                words.push((from, n));
                start = None;
            }
            _ => {}
        }
    }
    let Some(&(from, to)) = words.get(random.below(words.len())) else { return text.to_owned() };
    let nonsense = NONSENSE[random.below(NONSENSE.len())];
    let word = &text[from..to];
    let instead = match random.below(5) {
        0 => format!("{word}x"),
        1 => String::new(),
        2 => nonsense.to_owned(),
        3 => format!("{word} {word}"),
        _ => return cut(text, random),
    };
    format!("{}{instead}{}", &text[..from], &text[to..])
}

fn cut(text: &str, random: &mut Random) -> String {
    text[..text.floor_char_boundary(random.below(text.len() + 1))].to_owned()
}

/// Inputs of each format; 100,000 in all.
const MUTATIONS: u64 = 20_000;

/// Rosewood that stood in the file before it was damaged: every bill that still comes out of it is at least blue, and a
/// bill that does not come out is named as lost.
#[test]
fn no_damage_makes_listed_wood_green() {
    let item = json!({
        "item": 1, "description": "ROSEWOOD LOGS DALBERGIA MARITIMA", "origin": "MG", "gross_mass_kg": 21600.0,
        "volume_m3": 24.0, "in_containers": [{ "container": "ZZSU4170016" }], "packages": [{ "n": 86, "kind": "LG" }],
    });
    let consignment = json!({
        "bill_of_lading": "SYNX", "procedure": "import", "routing": ["MG", "HK"],
        "places": { "loading": "MGTMM", "discharge": "HKHKG", "final_destination": "HKHKG" },
        "parties": [{ "role": "consignor", "name": "BOIS FICTIF SARL", "address": { "country": "MG" } }],
        "goods_items": [item],
    });
    let value = json!({ "manifest": { "reference": "R", "consignments": [consignment] } });
    let manifest: Manifest = one(value.to_string(), Format::Json).manifest;
    let files = [
        (Format::Json, value.to_string()),
        (Format::Ndjson, format!("{value}\n")),
        (Format::Csv, table::write(&manifest)),
        (Format::Cuscar, cuscar::write(&manifest)),
        (Format::Awmds, awmds::write(&manifest)),
    ];
    for (format, text) in files {
        let mut random = Random::new(12);
        for n in 0..MUTATIONS {
            let damaged = mutated(&text, format, &mut random);
            let (all, loud) = answers(damaged.clone().into_bytes(), format);
            let green = all.iter().any(|answer| answer.lane == Lane::Green);
            assert!(!green, "{} {n}: {damaged}", format.name());
            assert!(
                loud || !all.is_empty() || damaged.trim().is_empty(),
                "{} {n}: lost without a word: {damaged}",
                format.name()
            );
        }
    }
}
