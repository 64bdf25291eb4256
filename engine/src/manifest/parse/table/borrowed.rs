//! Cells that say what another cell says: below it in one merged block, a ditto mark, or left blank under the bill of the row
//! above.
//!
//! In: the rows once, in their order, and the merged blocks of a workbook. Out: for each such cell the row it is read from.
//! Quantities are never repeated so: a number over several rows is shared by them.

use rustc_hash::FxHashMap;

use super::column::Column;
use super::columns::Columns;
use super::record::text_of;
use super::record::{Cells, Span, index};
use super::rows::Rows;
use super::sheet::Block;

/// Cells that are read from another row, and numbers that several rows share.
#[derive(Debug, Default)]
pub(super) struct Borrowed {
    /// Row → place and the row that says it.
    from: FxHashMap<u32, Vec<(u16, u32)>>,
    /// Row → place of a number that the rows of its block share; the flag says the first of them, where it stands.
    shared: FxHashMap<u32, Vec<(u16, bool)>>,
    /// The last row that filled each place itself, for ditto marks.
    last_filled: Vec<Option<u32>>,
    /// The last row of goods that named its bill.
    last_named: Option<u32>,
}

/// Where a row is written with what it borrows, and which of its places were filled.
#[derive(Debug, Default)]
pub(super) struct Filled {
    text: Vec<u8>,
    spans: Vec<Span>,
    places: Vec<usize>,
}

/// Words and signs for "the same as above".
const WORDS: &[&str] = &[
    "ditto",
    "do.",
    "dto",
    "dto.",
    "id.",
    "idem",
    "同上",
    "〃",
    "″",
    "\"",
    "''",
    "”",
    "“",
    "同前",
    "dito",
    "то же",
    "a.a.o.",
];

/// Is it one of them, or made of marks that stand for them?
fn is_ditto(text: &str) -> bool {
    let text = text.trim();
    if !text.as_bytes().first().is_some_and(|byte| begins_ditto(*byte))
        || text.len() > 12
        || text.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase() && text.len() > 6)
    {
        return false;
    }
    let lower = text.to_lowercase();
    let marks = text.chars().filter(|c| matches!(c, '"' | '\'' | '″' | '〃' | '”' | '“' | '‟' | '´' | '`')).count();
    WORDS.contains(&lower.as_str())
        || marks > 0
            && text
                .chars()
                .all(|c| matches!(c, '"' | '\'' | '″' | '〃' | '”' | '“' | '‟' | '´' | '`' | '-' | ' ' | ','))
}

/// May a sign or a word for the same begin so?
fn begins_ditto(byte: u8) -> bool {
    !byte.is_ascii() || matches!(byte, b'd' | b'D' | b'i' | b'I' | b'a' | b'A' | b'"' | b'\'' | b'`' | b'-' | b',')
}

impl Borrowed {
    /// The cells of merged blocks below row `header`. What a block means for its other columns the header has settled.
    pub fn of_blocks(blocks: &[Block], rows: &Rows, header: usize, columns: &Columns) -> Self {
        let mut borrowed = Self::default();
        for block in blocks {
            let Some(first) = rows.index_of(block.rows.0) else { continue };
            for place in block.places.0..=block.places.1 {
                let Some(column) = columns.at(place) else { continue };
                let Ok(at) = u16::try_from(place) else { continue };
                // Only the first place of a block holds its value.
                if place != block.places.0 || first <= header {
                    continue;
                }
                for number in block.rows.0..=block.rows.1 {
                    let Some(row) = rows.index_of(number) else { continue };
                    let (key, source) = (index(row), index(first));
                    if column.is_number() {
                        borrowed.shared.entry(key).or_default().push((at, row == first));
                    } else if row != first {
                        borrowed.from.entry(key).or_default().push((at, source));
                    }
                }
            }
        }
        borrowed
    }

    /// Looks at a row of goods: ditto marks, and blank cells under the bill of the row above. True when it goes on a bill.
    pub fn look_at(&mut self, row: usize, cells: Cells<'_>, columns: &Columns) -> bool {
        let own = self.from.get(&index(row)).cloned().unwrap_or_default();
        let is_merged = |n: usize| own.iter().any(|(place, _)| usize::from(*place) == n);
        let mut found = Vec::new();
        self.last_filled.resize(columns.headers.len(), None);
        for (n, last) in self.last_filled.iter_mut().enumerate() {
            let Some(cell) = cells.get(n) else { break };
            // Nearly every cell begins with a letter or digit that no sign for the same begins with.
            if cell.first().is_some_and(|byte| byte.is_ascii_graphic() && !begins_ditto(*byte)) {
                *last = if is_merged(n) { *last } else { Some(index(row)) };
                continue;
            }
            let text = text_of(cell);
            if is_ditto(&text) {
                if let (Ok(place), Some(source)) = (u16::try_from(n), *last) {
                    found.push((place, source));
                }
            } else if !text.trim().is_empty() && !is_merged(n) {
                *last = Some(index(row));
            }
        }
        let goes_on = self.goes_on(cells, columns, &own, &found);
        if let Some(named) = self.last_named.filter(|_| goes_on) {
            let blank = |n: &usize| cells.is_blank(*n) && !is_merged(*n);
            let of_bill =
                |n: &usize| columns.at(*n).is_some_and(|column| column.is_of_bill() || column == Column::Container);
            let places = (0..columns.headers.len()).filter(of_bill).filter(blank);
            // The container goes on from the last row that names one.
            let source = |n: usize| match columns.at(n) {
                Some(Column::Container) => self.last_filled.get(n).copied().flatten().unwrap_or(named),
                _ => named,
            };
            found.extend(places.filter_map(|n| Some((u16::try_from(n).ok()?, source(n)))));
        }
        if !found.is_empty() {
            self.from.entry(index(row)).or_default().append(&mut found);
        }
        if columns.place_of(Column::BillOfLading).is_some_and(|n| !cells.is_blank(n)) {
            self.last_named = Some(index(row));
        }
        goes_on
    }

    /// A row without a bill goes on that of the row above where it says nothing else of a bill.
    fn goes_on(&self, cells: Cells<'_>, columns: &Columns, own: &[(u16, u32)], ditto: &[(u16, u32)]) -> bool {
        let Some(bill) = columns.place_of(Column::BillOfLading) else { return false };
        let is_borrowed = |n: usize| own.iter().chain(ditto).any(|(place, _)| usize::from(*place) == n);
        self.last_named.is_some()
            && cells.is_blank(bill)
            && !is_borrowed(bill)
            && (0..cells.len())
                .filter(|n| columns.at(*n).is_some_and(Column::is_of_bill))
                .all(|n| cells.is_blank(n) || is_borrowed(n))
    }

    /// The cells of a row with what it borrows, which is written into `room` where there is something, and the places that
    /// were filled.
    pub fn fill<'r>(
        &self,
        row: usize,
        rows: &Rows,
        cells: Cells<'r>,
        room: &'r mut Filled,
    ) -> (Cells<'r>, &'r [usize]) {
        let Some(from) = self.from.get(&index(row)) else { return (cells, &[]) };
        room.places.clear();
        let mut record: Vec<Vec<u8>> = cells.iter().map(<[u8]>::to_vec).collect();
        for (place, source) in from {
            let place = usize::from(*place);
            let Some(value) =
                rows.get(*source as usize).get(place).map(<[u8]>::to_vec).filter(|value| !value.is_empty())
            else {
                continue;
            };
            if record.len() <= place {
                record.resize(place + 1, Vec::new());
            }
            if let Some(cell) = record.get_mut(place) {
                *cell = value;
                room.places.push(place);
            }
        }
        room.text.clear();
        room.spans.clear();
        for cell in record {
            let from = index(room.text.len());
            room.text.extend_from_slice(&cell);
            room.spans.push((from, index(room.text.len())));
        }
        (Cells::of_bytes(&room.text, &room.spans), &room.places)
    }

    /// Places of the row whose number several rows share, and whether it stands here.
    pub fn shared(&self, row: usize) -> &[(u16, bool)] {
        self.shared.get(&index(row)).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_for_the_same() {
        for (text, is) in [
            ("\"", true),
            ("-\"-", true),
            ("Ditto", true),
            ("同上", true),
            ("''", true),
            ("-", false),
            ("", false),
            ("B\"1", false),
        ] {
            assert_eq!(is_ditto(text), is, "{text}");
        }
        WORDS.iter().for_each(|word| assert!(is_ditto(word) && is_ditto(&word.to_uppercase()), "{word}"));
    }
}
