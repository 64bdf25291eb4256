//! Finds the header of a table: one row, or two or three whose cells go together.
//!
//! In: the first rows. Out: which rows are the header, and the name of each place. Titles, addresses and a head of keys and
//! values may stand above. The row that names most wins; a row above or below joins it where together they name more
//! (`Weight` over `Gross` and `Net`), or where it holds units alone.
//! Not here: what the names mean together with what stands under them (`columns.rs`).

use super::column::Column;
use super::mapping::Mapping;
use super::record::Scratch;
use super::record::text_of;
use super::rows::Rows;

/// Rows that are looked at for the header: titles and addresses of the sender may stand above it.
const HEADER_ROWS: usize = 40;
/// Rows that one header may have.
const MAX_ROWS: usize = 3;
/// Letters of one header at most; a longer text is no name.
const MAX_CHARS: usize = 120;

/// The header of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Index of its first row.
    pub first: usize,
    /// Index of its last row.
    pub last: usize,
    /// Name of each place.
    pub names: Vec<String>,
}

type Cells = Vec<String>;

/// The cells of a row as names.
pub(super) fn cells(rows: &Rows, n: usize) -> Vec<String> {
    rows.get(n).iter().map(|cell| one_line(&text_of(cell))).collect()
}

/// How many of them are none.
fn n_filled(rows: &Rows, n: usize, scratch: &mut Scratch) -> usize {
    let cells = rows.read(n, scratch);
    (0..cells.len()).filter(|n| cells.text(*n).is_some_and(|text| !text.trim().is_empty())).count()
}

/// A name without the line breaks that its cell has.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The header: where the mapping says, else the row that names goods or bills and most columns.
pub(super) fn find(rows: &Rows, mapping: &Mapping) -> Option<Header> {
    if let Some(number) = mapping.header_row {
        let first = (0..rows.len()).find(|n| rows.number(*n) == number as u64)?;
        let last = (first + mapping.header_rows.unwrap_or(1).clamp(1, MAX_ROWS) - 1).min(rows.len().checked_sub(1)?);
        let block: Vec<Cells> = (first..=last).map(|n| cells(rows, n)).collect();
        return Some(Header { first, last, names: names(&block, mapping) });
    }
    let n_rows = rows.len().min(HEADER_ROWS);
    let block = |from: usize, to: usize| (from..=to).map(|n| cells(rows, n)).collect::<Vec<_>>();
    let score = |from: usize, to: usize| score(&names(&block(from, to), mapping), mapping);
    let (mut best, mut scratch): (Option<(usize, usize)>, _) = (None, Scratch::default());
    for n in 0..n_rows {
        // A row that has no more cells than the best one has names cannot name more.
        if best.is_some_and(|(_, most)| n_filled(rows, n, &mut scratch) <= most) {
            continue;
        }
        let found = score(n, n);
        if found >= 2 && best.is_none_or(|(_, most)| found > most) {
            best = Some((n, found));
        }
    }
    let alone = || {
        let one = |n: &usize| score(*n, *n) == 1;
        (0..n_rows).find(one).map(|n| (n, 1))
    };
    let (row, mut most) = best.or_else(alone)?;
    let (mut first, mut last) = (row, row);
    while last - first + 1 < MAX_ROWS {
        let below = last + 1;
        let cells = cells(rows, below);
        if below >= rows.len() || !is_label_row(&cells, mapping) {
            break;
        }
        let found = score(first, below);
        if found <= most && !is_unit_row(&cells) {
            break;
        }
        (last, most) = (below, found.max(most));
    }
    while last - first + 1 < MAX_ROWS && first > 0 {
        let above = first - 1;
        let found = score(above, last);
        if found <= most || !is_label_row(&cells(rows, above), mapping) {
            break;
        }
        (first, most) = (above, found);
    }
    Some(Header { first, last, names: names(&block(first, last), mapping) })
}

/// How many columns the names mean; none where they name neither goods nor a bill.
fn score(names: &[String], mapping: &Mapping) -> usize {
    let mut found: Vec<Column> = Vec::new();
    for name in names {
        if let Some(taken) = mapping.meaning(name)
            && !found.contains(&taken.column)
            && taken.is_named()
        {
            found.push(taken.column);
        }
    }
    let leads = |column: &Column| column.names_goods() || *column == Column::BillOfLading;
    if found.iter().any(leads) { found.len() } else { 0 }
}

/// The names of the places of several rows: what stands in one place together, a group above read over the places to its
/// right that have none of their own.
fn names(block: &[Cells], mapping: &Mapping) -> Vec<String> {
    let width = block.iter().map(Vec::len).max().unwrap_or(0);
    let Some((lowest, groups)) = block.split_last() else { return Vec::new() };
    let mut above: Vec<String> = vec![String::new(); groups.len()];
    let mut names = Vec::with_capacity(width);
    for n in 0..width {
        let own = lowest.get(n).map(String::as_str).unwrap_or_default();
        let mut parts: Vec<&str> = Vec::new();
        for (row, group) in groups.iter().zip(&mut above) {
            match row.get(n).filter(|cell| !cell.is_empty()) {
                Some(cell) => {
                    group.clone_from(cell);
                    parts.push(cell);
                }
                // A blank place above nothing ends the group.
                None if own.is_empty() => group.clear(),
                None => {}
            }
        }
        let inherited: Vec<&str> = above.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        names.push(name(&inherited, &parts, own, mapping));
    }
    names
}

/// The name of one place: of its group and its own, else its own, else what stands above it; the first that means something.
fn name(inherited: &[&str], parts: &[&str], own: &str, mapping: &Mapping) -> String {
    let whole = |above: &[&str]| {
        let mut pieces: Vec<&str> = Vec::new();
        for piece in above.iter().copied().chain([own]) {
            if !piece.is_empty() && pieces.last() != Some(&piece) {
                pieces.push(piece);
            }
        }
        pieces.join(" ")
    };
    let candidates =
        [whole(inherited), own.to_owned(), whole(parts), parts.last().copied().unwrap_or_default().to_owned()];
    let means = |text: &&String| !text.is_empty() && mapping.meaning(text).is_some();
    let found = candidates.iter().find(means).or_else(|| candidates.iter().find(|text| !text.is_empty()));
    found.cloned().unwrap_or_default()
}

/// Every cell is a name, or made of words of headers: no value.
pub(super) fn is_label_row(cells: &[String], mapping: &Mapping) -> bool {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some()
        && filled.all(|cell| {
            cell.len() <= MAX_CHARS
                && (mapping.meaning(cell).is_some() || super::super::super::vocabulary::is_label(cell))
        })
}

/// Nothing but units: `(KGS)`, `CBM`.
fn is_unit_row(cells: &[String]) -> bool {
    let mut filled = cells
        .iter()
        .map(|cell| cell.trim_matches(|c: char| !c.is_alphanumeric() && c != '³'))
        .filter(|cell| !cell.is_empty());
    let mut some = filled.next().is_some_and(|cell| super::super::units::unit(cell).is_some());
    for cell in filled {
        some &= super::super::units::unit(cell).is_some();
    }
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(csv: &str, expected: Option<(usize, usize, &str)>) {
        let rows = Rows::of_csv(csv.as_bytes().to_vec(), b',').unwrap();
        let found = find(&rows, &Mapping::default());
        let found = found.as_ref().map(|header| (header.first, header.last, header.names.join("|")));
        assert_eq!(found, expected.map(|(first, last, names)| (first, last, names.to_owned())), "{csv}");
    }

    #[test]
    fn headers_of_one_two_and_three_rows() {
        check("B/L No,Goods,Gross weight\nB1,logs,5\n", Some((0, 0, "B/L No|Goods|Gross weight")));
        check("DEMO LTD\nPacking list\n\nGoods,Gross weight\nlogs,5\n", Some((2, 2, "Goods|Gross weight")));
        check("Goods,Weight,,CBM\n,Gross,Net,\nlogs,5,4,1\n", Some((0, 1, "Goods|Weight Gross|Weight Net|CBM")));
        check("Goods,Gross weight,Volume\n,(MT),CFT\nlogs,5,1\n", Some((0, 1, "Goods|Gross weight (MT)|Volume CFT")));
        // What stands above and adds nothing is a title.
        check(
            "Cargo,,Weight,\nDescription,HS code,Gross,Net\nlogs,4403,5,4\n",
            Some((1, 1, "Description|HS code|Gross|Net")),
        );
        check(
            "Cargo,,Gross,\nDescription,HS code,Weight,Volume\nl,4403,5,4\n",
            Some((1, 1, "Description|HS code|Weight|Volume")),
        );
        check(
            "Shipment,,,\nBill of lading,Goods,Weight,\n,,Gross,Net\nB1,logs,5,4\n",
            Some((1, 2, "Bill of lading|Goods|Weight Gross|Weight Net")),
        );
        // A first row of plain words is a value.
        check("Goods\nTimber\nWood\n", Some((0, 0, "Goods")));
        check("Goods,Packages\nTimber,Cartons\nWood,Bundles\n", Some((0, 0, "Goods|Packages")));
        check("a,b\n1,2\n", None);
    }
}
