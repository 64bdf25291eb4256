//! Headers of ordinary shipping documents: how many are read right, and whether any is read as something else.
//!
//! In: `tests/labelled/headers.tsv`, gathered before the words were. A third of it is held back: nobody looked at it while
//! the words were chosen.

use std::io::Cursor;

use palisander_engine::manifests::{Format, Mapping, guess_mapping};

const HEADERS: &str = include_str!("../../tests/labelled/headers.tsv");

struct Row {
    is_held: bool,
    header: &'static str,
    means: &'static str,
    unit: &'static str,
}

fn rows() -> Vec<Row> {
    let cells = |line: &'static str| line.split('\t').collect::<Vec<_>>();
    let rows = HEADERS.lines().filter(|line| !line.starts_with('#')).skip(1).map(cells);
    rows.map(|cells| Row { is_held: cells[0] == "held", header: cells[2], means: cells[3], unit: cells[4] }).collect()
}

/// The column that a header is taken for, beside one of no interest and above no value at all.
fn read(header: &str) -> (String, String) {
    let table = format!("\"{}\"\tline\n", header.replace('"', "\"\""));
    let mapping = Mapping { header_row: Some(1), delimiter: Some('\t'), ..Mapping::default() };
    let guessed = guess_mapping(Cursor::new(table.into_bytes()), Format::Csv, &mapping).unwrap();
    let column = guessed.columns.get(header).cloned().unwrap_or_default();
    let unit = guessed.units.get(&column).cloned().unwrap_or_default();
    (column, unit)
}

/// Spellings of one unit.
fn unit(text: &str) -> &str {
    match text {
        "lbs" | "lb" => "lb",
        "mt" | "tonnes" | "metric tons" | "tm" | "т" | "吨" | "t" | "тонн" => "t",
        "cuft" | "cft" => "cft",
        // The unit of the field: said or not, it is the same.
        "" | "kg" | "m3" | "kgs" | "kilos" | "cbm" | "公斤" | "千克" => "",
        other => other,
    }
}

/// What of one part of the list was read.
#[derive(Debug, Default)]
struct Score {
    n: usize,
    right: usize,
    missed: Vec<String>,
    wrong: Vec<String>,
    false_friends: Vec<String>,
}

fn score(is_held: bool) -> Score {
    let mut score = Score::default();
    for row in rows().into_iter().filter(|row| row.is_held == is_held) {
        let (column, stated) = read(row.header);
        let units_agree = row.unit.is_empty() || matches!(row.unit, "kg" | "m3") || unit(&stated) == unit(row.unit);
        score.n += usize::from(!row.means.is_empty());
        match (row.means.is_empty(), column.is_empty()) {
            (true, true) => {}
            (true, false) => score.false_friends.push(format!("{} as {column}", row.header)),
            (false, _) if column == row.means && units_agree => score.right += 1,
            (false, true) => score.missed.push(format!("{} is {}", row.header, row.means)),
            (false, false) => score.wrong.push(format!("{} as {column} {stated}", row.header)),
        }
    }
    score
}

/// Run with `--nocapture` for the figures. Of the part that is held back only the figures are shown.
#[test]
fn headers_are_read_right_and_none_as_something_else() {
    let (tuned, held) = (score(false), score(true));
    println!("tuned: {} of {}; held back: {} of {}", tuned.right, tuned.n, held.right, held.n);
    assert!(tuned.wrong.is_empty() && tuned.false_friends.is_empty(), "{tuned:#?}");
    assert!(tuned.right * 100 >= tuned.n * 95, "{:#?}", tuned.missed);
    assert_eq!((held.wrong.len(), held.false_friends.len()), (0, 0));
    assert!(held.right * 100 >= held.n * 95, "{} of {}", held.right, held.n);
}
