//! The ranked table for people: one row a bill, wrapped to the width at hand.
//!
//! In: rows whose texts are safe, the columns of the terminal. Out: lines of text. Each row is laid out by itself, so that
//! a million of them need the memory of one. Not here: what a row says (`row.rs`).

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::row::Row;

/// Columns before the text, with the two blanks after each: rank, lane, score, high.
const BEFORE: [u16; 4] = [6, 8, 7, 7];

/// The line above all.
pub fn head(columns: u16) -> String {
    laid_out(["rank", "lane", "score", "high", "bill, ship, container, goods, reason"], columns)
}

/// The lines of one row at a rank. `colour` adds terminal colours.
pub fn show(row: &Row, rank: usize, columns: u16, colour: bool) -> String {
    let (rank, score, high) = (rank.to_string(), row.score.to_string(), row.high.to_string());
    let text = laid_out([&rank, &row.lane, &score, &high, &row.lines.join("\n")], columns);
    if colour { painted(&text, &row.lane) } else { text }
}

fn laid_out(cells: [&str; 5], columns: u16) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(columns);
    table.add_row(cells);
    let text = columns.saturating_sub(BEFORE.iter().sum());
    for (n, width) in BEFORE.into_iter().chain([text]).enumerate() {
        let Some(column) = table.column_mut(n) else { continue };
        let is_last = n == BEFORE.len();
        column.set_padding((0, if is_last { 0 } else { 2 }));
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        if !matches!(n, 1 | 4) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{}\n", table.trim_fmt())
}

/// The lane, which stands once in the first line before any text from outside, in its colour.
fn painted(text: &str, lane: &str) -> String {
    let code = match lane {
        "red" => "1;37;41",
        "yellow" => "30;43",
        "blue" => "37;44",
        _ => "30;42",
    };
    text.replacen(lane, &format!("\u{1b}[{code}m{lane}\u{1b}[0m"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(lines: &[&str]) -> Row {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        Row { lane: "yellow".into(), score: 60, high: 1_260, bill: "B".into(), lines }
    }

    #[test]
    fn rows_wrap_at_any_width_and_lose_nothing() {
        let text = "MEDUTHISISALONGBILLNUMBER01  SYNTHETIC STAR 047E, HKHKG 2014-03-14";
        let goods = "檜木家具及木雕擺件一批 KAYU SONOKELING SAWN TIMBER (HS 440729, from ID, 21600 kg)";
        for columns in [40, 47, 60, 80, 132, 300] {
            let shown = show(&row(&[text, goods]), 12_345, columns, false);
            let widest =
                shown.lines().map(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>());
            assert!(widest.max().unwrap() <= usize::from(columns), "{columns}\n{shown}");
            let without_blanks = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let body: String = shown.lines().map(|line| line.chars().skip(28).collect::<String>()).collect();
            assert_eq!(without_blanks(&body), without_blanks(&format!("{text}{goods}")), "{columns}\n{shown}");
        }
    }

    #[test]
    fn the_lane_is_painted_and_nothing_else() {
        let plain = show(&row(&["yellow paint"]), 1, 80, false);
        let painted = show(&row(&["yellow paint"]), 1, 80, true);
        assert_eq!(painted.replace("\u{1b}[30;43m", "").replace("\u{1b}[0m", ""), plain);
        assert!(painted.starts_with("   1  \u{1b}[30;43myellow\u{1b}[0m"), "{painted:?}");
    }
}
