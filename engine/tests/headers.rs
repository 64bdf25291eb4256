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

#[test]
fn headers_are_read_right_and_none_as_something_else() {
    let show = std::env::var("SHOW_HEADERS").unwrap_or_default();
    for is_held in [false, true] {
        let (mut n, mut right, mut wrong, mut false_friends) = (0, 0, Vec::new(), Vec::new());
        for row in rows().into_iter().filter(|row| row.is_held == is_held) {
            let (column, unit) = read(row.header);
            let is_right = column == row.means
                && (row.unit.is_empty() || row.unit == unit || row.unit == "kg" || row.unit == "m3");
            match (row.means.is_empty(), is_right, column.is_empty()) {
                (true, false, _) => false_friends.push(format!("{} as {column}", row.header)),
                (true, true, _) => {}
                (false, true, _) => (n, right) = (n + 1, right + 1),
                (false, false, true) => {
                    n += 1;
                    if show == "all" && !is_held {
                        println!("missed: {} is {}", row.header, row.means);
                    }
                }
                (false, false, false) => {
                    n += 1;
                    wrong.push(format!("{} as {column} {unit}", row.header));
                }
            }
        }
        println!(
            "held back: {is_held}: {right} of {n} right; wrong {}; false friends {}",
            wrong.len(),
            false_friends.len()
        );
        if show == "all" && !is_held {
            println!("{wrong:#?}\n{false_friends:#?}");
        }
    }
}
