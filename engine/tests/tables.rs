//! Tables that people send: cases as files, and mutations of tables that must not change a mass in silence.
//!
//! A case is a table `manifests/tables/NAME.…` with `NAME.expected`, a line for each demand: `bills …`; `BILL POINTER VALUE`, the
//! value at a JSON pointer of the bill (`BILL head POINTER VALUE`: of its manifest); `fault SEVERITY CODE`; `worst SEVERITY`.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use palisander_engine::manifests::{Format, Mapping, Parsed, Severity, guess_mapping, read, read_with};
use proptest::prelude::*;
use serde_json::Value;

fn parts(bytes: &[u8]) -> Vec<Parsed> {
    let text = String::from_utf8_lossy(bytes);
    let read = read(Cursor::new(bytes.to_vec()), Format::detect(bytes));
    read.map(|part| part.unwrap_or_else(|error| panic!("{error}\n{text}"))).collect()
}

fn word(severity: Severity) -> String {
    serde_json::to_value(severity).unwrap().as_str().unwrap().to_owned()
}

/// What a case demands and does not get.
fn misses(parts: &[Parsed], expected: &str) -> Vec<String> {
    let bills: BTreeMap<String, (Value, Value)> = parts
        .iter()
        .flat_map(|part| {
            let head = serde_json::to_value(&part.manifest).unwrap();
            part.manifest
                .consignments
                .iter()
                .map(move |bill| (bill.bill_of_lading.clone(), (serde_json::to_value(bill).unwrap(), head.clone())))
        })
        .collect();
    let faults: Vec<_> = parts.iter().flat_map(Parsed::faults).collect();
    let worst = faults.iter().map(|fault| fault.severity).max().map(word).unwrap_or_default();
    let holds = |line: &str| -> Result<bool, String> {
        let (first, rest) = line.split_once(' ').unwrap();
        Ok(match first {
            "bills" => bills.keys().map(String::as_str).collect::<Vec<_>>() == rest.split(' ').collect::<Vec<_>>(),
            "worst" => worst == rest,
            "fault" => faults.iter().any(|fault| format!("{} {}", word(fault.severity), fault.code) == rest),
            _ => {
                let (bill, head) = match first {
                    "head" => bills.values().next().ok_or("no bill")?,
                    bill => bills.get(bill).ok_or("no such bill")?,
                };
                let (of, rest) = match rest.strip_prefix("head ") {
                    Some(rest) => (head, rest),
                    None if first == "head" => (head, rest),
                    None => (bill, rest),
                };
                let (pointer, value) = rest.split_once(' ').unwrap();
                let found = of.pointer(pointer).cloned().unwrap_or(Value::Null);
                if found != serde_json::from_str::<Value>(value).unwrap() {
                    return Err(format!("{line}: found {found}"));
                }
                true
            }
        })
    };
    let missed = expected.lines().filter_map(|line| match holds(line) {
        Ok(true) => None,
        Ok(false) => Some(format!("{line}: bills {:?}, faults {faults:?}", bills.keys().collect::<Vec<_>>())),
        Err(why) => Some(why),
    });
    missed.collect()
}

#[test]
fn tables_that_people_send() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifests/tables");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending != "expected"));
    files.sort();
    assert!(files.len() >= 25);
    let mut missed = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let expected = std::fs::read_to_string(file.with_extension("expected")).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        missed.extend(misses(&parts(&bytes), &expected).into_iter().map(|why| format!("{name}: {why}")));
        // What would be done, given as a mapping file, does the same.
        let format = Format::detect(&bytes);
        if name == "hidden-and-strange-sheets" {
            // A mapping is one of one sheet.
            continue;
        }
        let shown = guess_mapping(Cursor::new(bytes.clone()), format, &Mapping::default()).unwrap();
        let shown = Mapping::from_toml(&shown.to_toml()).unwrap();
        let again = read_with(Cursor::new(bytes.clone()), format, &shown).map(Result::unwrap).map(|part| part.manifest);
        let first: Vec<_> = parts(&bytes).into_iter().map(|part| part.manifest).collect();
        if again.collect::<Vec<_>>() != first {
            missed.push(format!("{name}: its own mapping reads it otherwise\n{}", shown.to_toml()));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// One row as it is meant.
#[derive(Debug, Clone)]
struct Meant {
    bill: u8,
    goods: &'static str,
    /// Hundredths of a kilogram.
    gross: u64,
    net: u64,
}

/// How a table is dressed.
#[derive(Debug, Clone)]
struct Dress {
    order: Vec<usize>,
    decimal: char,
    group: Option<char>,
    unit: usize,
    groups_bills: bool,
    two_rows: bool,
    has_totals: bool,
    total_word: &'static str,
    header_again: Option<usize>,
    delimiter: char,
    places: usize,
}

/// Header of a mass in this unit, and what one of it is in hundredths of a kilogram.
const UNITS: [(&str, u64); 3] = [("", 100), (" (kg)", 100), (" (MT)", 100_000)];

fn written(amount: u64, dress: &Dress) -> String {
    let scale = UNITS[dress.unit].1;
    let digits = if scale == 100 { dress.places.min(2) } else { 5 };
    let (whole, fraction) = (amount / scale, amount % scale);
    let mut text = whole.to_string();
    if let Some(mark) = dress.group.filter(|mark| *mark != dress.decimal) {
        let mut grouped = String::new();
        for (n, digit) in text.chars().enumerate() {
            if n > 0 && (text.len() - n) % 3 == 0 {
                grouped.push(mark);
            }
            grouped.push(digit);
        }
        text = grouped;
    }
    if digits == 0 && fraction == 0 {
        return text;
    }
    let width = if scale == 100 { 2 } else { 5 };
    format!("{text}{}{fraction:0width$}", dress.decimal)
}

fn line(cells: &[String], dress: &Dress) -> String {
    let quoted = |cell: &String| {
        let needs = cell.contains([dress.delimiter, '"']);
        if needs { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    };
    let cells: Vec<String> = dress.order.iter().map(|n| quoted(&cells[*n])).collect();
    format!("{}\n", cells.join(&dress.delimiter.to_string()))
}

fn table(rows: &[Meant], dress: &Dress) -> String {
    let unit = UNITS[dress.unit].0;
    let row = |cells: [&str; 4]| line(&cells.map(str::to_owned), dress);
    let header = if dress.two_rows && dress.order == [0, 1, 2, 3] {
        [row(["B/L No", "Goods", &format!("Weight{unit}"), ""]), row(["", "", "Gross", "Net"])].concat()
    } else {
        row(["B/L No", "Goods", &format!("Gross weight{unit}"), &format!("Net weight{unit}")])
    };
    let mut text = header.clone();
    let mut last = None;
    for (n, meant) in rows.iter().enumerate() {
        let bill =
            if dress.groups_bills && last == Some(meant.bill) { String::new() } else { format!("B{}", meant.bill) };
        last = Some(meant.bill);
        text.push_str(&line(
            &[bill, meant.goods.to_owned(), written(meant.gross, dress), written(meant.net, dress)],
            dress,
        ));
        if dress.header_again == Some(n) {
            text.push_str(&header);
        }
    }
    if dress.has_totals {
        let sum = |of: fn(&Meant) -> u64| written(rows.iter().map(of).sum(), dress);
        text.push_str(&line(
            &[String::new(), dress.total_word.into(), sum(|row| row.gross), sum(|row| row.net)],
            dress,
        ));
    }
    text
}

fn meant() -> impl Strategy<Value = Vec<Meant>> {
    let goods = prop::sample::select(vec!["Rosewood logs", "Teak, sawn", "Ebony; squares", "Printed books"]);
    let row = (0..3_u8, goods, 1..9_999_999_u64).prop_map(|(bill, goods, gross)| Meant {
        bill,
        goods,
        gross,
        net: gross - gross / 10,
    });
    prop::collection::vec(row, 1..8).prop_map(|mut rows| {
        rows.sort_by_key(|row| row.bill);
        rows
    })
}

fn dress() -> impl Strategy<Value = Dress> {
    let order = Just(vec![0_usize, 1, 2, 3]).prop_shuffle();
    let marks =
        (prop::sample::select(vec!['.', ',']), prop::option::of(prop::sample::select(vec!['.', ',', ' ', '\''])));
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let words = prop::sample::select(vec!["TOTAL", "Grand total:", "合计", ""]);
    let delimiters = prop::sample::select(vec![',', ';', '\t', '|']);
    let rest = (0..UNITS.len(), prop::option::of(0..6_usize), delimiters, 0..3_usize, words);
    (order, marks, flags, rest).prop_map(
        |(order, (decimal, group), (keeps, groups_bills, two_rows, has_totals), rest)| Dress {
            order: if keeps { vec![0, 1, 2, 3] } else { order },
            decimal,
            group,
            unit: rest.0,
            groups_bills,
            two_rows,
            has_totals,
            total_word: rest.4,
            header_again: rest.1,
            delimiter: rest.2,
            places: rest.3,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Merged and split headers, rows grouped under their bill, totals, the order of columns and the style of numbers change no
    /// mass without a word.
    #[test]
    fn no_dress_changes_a_mass_in_silence(rows in meant(), dress in dress()) {
        let text = table(&rows, &dress);
        let parts = parts(text.as_bytes());
        let bills: BTreeMap<String, (f64, bool)> = parts.iter().flat_map(|part| {
            part.manifest.consignments.iter().enumerate().map(|(n, bill)| {
                let said = part.worst_of(n) > Some(Severity::Note);
                (bill.bill_of_lading.clone(), (bill.gross_mass_kg.unwrap_or(-1.0), said))
            })
        }).collect();
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        for row in &rows {
            *expected.entry(format!("B{}", row.bill)).or_default() += row.gross;
        }
        prop_assert_eq!(bills.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{}", text);
        for (bill, gross) in expected {
            let (found, is_said) = bills[&bill];
            let gross = gross as f64 / 100.0;
            prop_assert!(is_said || (found - gross).abs() < 0.006, "{bill}: {found} for {gross}\n{text}");
        }
    }
}
