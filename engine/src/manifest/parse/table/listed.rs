//! What a sheet lists, in short: to tell an invoice from the packing list that it repeats, and goods from a cover letter.

use std::collections::BTreeSet;

use super::super::super::vocabulary;
use super::column::Column;
use super::columns::columns;
use super::mapping::Mapping;
use super::ordinary;
use super::record::Scratch;
use super::record::text_of;
use super::rows::Rows;
use super::sheet::Sheet;
use crate::text::plain_key;

/// Rows of a sheet that are compared; a longer one repeats nothing.
const MAX_ROWS: usize = 5_000;

/// The goods of a sheet.
#[derive(Debug, Default)]
pub(in crate::manifest::parse) struct Listed {
    /// Goods texts, bills and containers, folded, each with its column.
    pub keys: BTreeSet<String>,
    /// Rows that have such.
    pub n_rows: usize,
    /// It says how much there is: masses, volumes, packages.
    pub has_quantities: bool,
    /// It says what the goods cost.
    pub has_prices: bool,
}

/// What the sheet lists; nothing where its header is not understood.
pub(in crate::manifest::parse) fn listed(sheet: &Sheet, mapping: &Mapping) -> Listed {
    let Some(header) = ordinary::header(&sheet.rows, mapping) else { return Listed::default() };
    let columns = columns(sheet, &header, mapping);
    let has = |wanted: &[Column]| wanted.iter().any(|column| columns.has(*column));
    let mut listed = Listed {
        keys: BTreeSet::new(),
        n_rows: 0,
        has_quantities: has(&[Column::GrossMassKg, Column::NetMassKg, Column::VolumeM3, Column::NPackages]),
        has_prices: has(&[Column::Value]) || header.names.iter().any(|name| vocabulary::is_price(name)),
    };
    let of_row = |column: Column| column.names_goods() || matches!(column, Column::BillOfLading | Column::Container);
    let mut scratch = Scratch::default();
    for n in header.last + 1..sheet.rows.len() {
        let cells = sheet.rows.read(n, &mut scratch);
        let mut has_key = false;
        for n in 0..cells.len() {
            let Some(column) = columns.at(n).filter(|column| of_row(*column)) else { continue };
            let text = plain_key(&cells.text(n).unwrap_or_default());
            if !text.is_empty() && !vocabulary::is_total(&text) {
                listed.keys.insert(format!("{} {text}", column.name()));
                has_key = true;
            }
        }
        listed.n_rows += usize::from(has_key);
        if listed.n_rows > MAX_ROWS {
            return Listed { keys: BTreeSet::new(), ..listed };
        }
    }
    listed
}

/// Rows of a sheet without a header that is understood are looked at for goods.
const ROWS_LOOKED_AT: usize = 200;

/// Several rows of several cells, texts and numbers beside each other: goods, whatever their header.
pub(in crate::manifest::parse) fn looks_like_goods(rows: &Rows) -> bool {
    let looks = |n: &usize| {
        let record = rows.get(*n);
        let cells: Vec<String> =
            record.iter().map(|cell| text_of(cell).trim().to_owned()).filter(|cell| !cell.is_empty()).collect();
        let is_text = |cell: &String| cell.chars().filter(|c| c.is_alphabetic()).count() >= 4 || !cell.is_ascii();
        let is_number =
            |cell: &String| cell.starts_with(|c: char| c.is_ascii_digit()) && !cell.contains(char::is_alphabetic);
        cells.len() >= 3 && cells.iter().any(is_text) && cells.iter().any(is_number)
    };
    (0..rows.len().min(ROWS_LOOKED_AT)).filter(looks).nth(1).is_some()
}
