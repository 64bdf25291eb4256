//! Workbooks become rows: XLSX as a stream of cells; XLS and ODS, which load whole, under a limit of cells. Meaning:
//! [`table`](super::table).
//!
//! Every sheet whose header is understood is read, hidden ones too, and that is said. A sheet that looks like goods and was not
//! read is lost. A sheet that only repeats the goods of another beside their prices (an invoice beside its packing list) is left
//! out with a note. Before a workbook is opened it is measured (`measure.rs`).

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{BufRead, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Dimensions, Ods, Reader, SheetVisible, Xls, Xlsx};

use super::super::fault::{Fault, ManifestError, Severity};
use super::super::limits;
use super::cells::{Cells, text, text_of};
use super::measure::{self, Kind};
use super::parsed::{Parts, read_whole};
use super::table::{self, Block, Mapping, Rows, Sheet};

/// Reads every sheet whose header is understood, one behind the other. Each bill is one part.
pub(super) fn workbook(input: impl BufRead, mapping: &Mapping) -> Parts {
    let read = sheets(input, mapping, false).and_then(|sheets| {
        sheets.into_iter().map(|sheet| table::manifests(sheet, mapping)).collect::<Result<Vec<_>, _>>()
    });
    match read {
        Ok(sheets) => Box::new(sheets.into_iter().flatten()),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

/// The rows of the sheet that the mapping names, or of the first whose header is understood.
pub(super) fn sheet(input: impl BufRead, mapping: &Mapping) -> Result<Sheet, ManifestError> {
    let first = sheets(input, mapping, true)?.into_iter().next();
    first.ok_or_else(|| malformed("the workbook has no sheet"))
}

fn malformed(why: impl std::fmt::Display) -> ManifestError {
    ManifestError::Malformed { format: "workbook", at: "workbook".into(), why: why.to_string() }
}

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Is a library of others at work on this thread, whose panic is a finding about the file and no fault of the program? A hook for
/// panics has nothing to say of it.
pub fn is_contained() -> bool {
    CONTAINED.get()
}

/// What the library does with bytes of somebody else. It counts and cuts by what they say and breaks where they lie; to us such a
/// workbook is damaged, and nothing of what was open of it is used any more.
fn contained<T>(does: impl FnOnce() -> Result<T, ManifestError>) -> Result<T, ManifestError> {
    CONTAINED.set(true);
    let done = catch_unwind(AssertUnwindSafe(does));
    CONTAINED.set(false);
    done.unwrap_or_else(|_| Err(malformed("the workbook is damaged; open it and save the list as .xlsx")))
}

/// An open workbook.
enum Book {
    Xlsx(Xlsx<Cursor<Vec<u8>>>),
    Xls(Xls<Cursor<Vec<u8>>>),
    Ods(Ods<Cursor<Vec<u8>>>),
}

impl Book {
    fn open(bytes: Vec<u8>) -> Result<Self, ManifestError> {
        let kind = measure::kind(&bytes)?;
        let bytes = Cursor::new(bytes);
        contained(|| match kind {
            Kind::Xlsx => Xlsx::new(bytes).map(Self::Xlsx).map_err(malformed),
            Kind::Xls => Xls::new(bytes).map(Self::Xls).map_err(malformed),
            Kind::Ods => Ods::new(bytes).map(Self::Ods).map_err(malformed),
        })
    }

    /// Name in errors, format of the manifest.
    fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::Xlsx(_) => ("XLSX", "xlsx/1"),
            Self::Xls(_) => ("XLS", "xls/1"),
            Self::Ods(_) => ("ODS", "ods/1"),
        }
    }

    /// Names of the sheets; true: hidden.
    fn sheets(&self) -> Vec<(String, bool)> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        };
        sheets.iter().map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect()
    }

    /// Cells of one sheet as rows of text, row numbers as in the sheet. `left` bounds the bytes of all cells.
    fn rows(&mut self, name: &str, left: &mut usize) -> Result<Rows, ManifestError> {
        let mut rows = Cells::default();
        let range = match self {
            Self::Xlsx(book) => {
                // A chart or macro sheet has no cells.
                let Ok(mut cells) = book.worksheet_cells_reader(name) else {
                    return Rows::of_sheet(Vec::new(), Vec::new());
                };
                while let Some(cell) = cells.next_cell().map_err(malformed)? {
                    let (row, column) = cell.get_position();
                    rows.push(u64::from(row) + 1, column as usize, &text(cell.get_value()), left)?;
                }
                return rows.finish().and_then(|(bytes, numbers)| Rows::of_sheet(bytes, numbers));
            }
            Self::Xls(book) => book.worksheet_range(name).map_err(malformed)?,
            Self::Ods(book) => book.worksheet_range(name).map_err(malformed)?,
        };
        let (top, side) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            rows.push(u64::from(top) + row as u64 + 1, side as usize + column, &text_of(value), left)?;
        }
        rows.finish().and_then(|(bytes, numbers)| Rows::of_sheet(bytes, numbers))
    }

    /// Blocks of merged cells that reach over several rows. A sheet whose blocks cannot be read has none.
    fn blocks(&mut self, name: &str) -> Vec<Block> {
        let blocks: Vec<Dimensions> = match self {
            Self::Xlsx(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
            Self::Xls(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
            Self::Ods(_) => Vec::new(),
        };
        let blocks = blocks.into_iter().map(|block| Block {
            rows: (u64::from(block.start.0) + 1, u64::from(block.end.0) + 1),
            places: (block.start.1 as usize, block.end.1 as usize),
        });
        let is_group = |block: &Block| (1..MAX_BLOCK_ROWS).contains(&block.rows.1.saturating_sub(block.rows.0));
        blocks.filter(is_group).take(MAX_BLOCKS).collect()
    }
}

/// Merged cells that are read of one sheet.
const MAX_BLOCKS: usize = 20_000;
/// Rows that one block of merged cells may reach over: more is a layout, and no group of rows.
const MAX_BLOCK_ROWS: u64 = 1_000;

/// Every sheet whose header is understood, or that the mapping names; only the first of them where `first_only`. What is said of
/// the others is told with the first.
fn sheets(input: impl BufRead, mapping: &Mapping, first_only: bool) -> Result<Vec<Sheet>, ManifestError> {
    let bytes = read_whole(input, limits::MAX_WORKBOOK_BYTES, "MAX_WORKBOOK_BYTES", "a workbook")?;
    let mut book = Book::open(bytes)?;
    let (name, format) = book.names();
    let (mut sheets, mut said): (Vec<Sheet>, Vec<Fault>) = (Vec::new(), Vec::new());
    let mut left = limits::MAX_TABLE_BYTES;
    for (title, is_hidden) in book.sheets() {
        let wanted = mapping.sheet.as_ref().is_none_or(|sheet| *sheet == title);
        if !wanted || first_only && !sheets.is_empty() {
            said.push(not_read(&title, false));
            continue;
        }
        let rows = contained(|| book.rows(&title, &mut left))?;
        if mapping.sheet.is_none() && !table::is_understood(&rows, mapping) {
            said.push(not_read(&title, table::looks_like_goods(&rows)));
            continue;
        }
        if is_hidden {
            let expected = "a sheet that is shown; it is hidden and was read all the same";
            said.push(Fault::new("hidden_sheet", Severity::Note, format!("sheet {title}"), &title, expected));
        }
        let blocks = contained(|| Ok(book.blocks(&title)))?;
        let (faults, is_further) = (Vec::new(), !sheets.is_empty());
        sheets.push(Sheet { name, format, rows, faults, delimiter: None, sheet: Some(title), blocks, is_further });
    }
    if !first_only {
        without_invoices(&mut sheets, mapping, &mut said);
    }
    let Some(first) = sheets.first_mut() else {
        let others: Vec<&str> = said.iter().map(|fault| fault.found.as_str()).collect();
        let why = match &mapping.sheet {
            Some(sheet) => format!("there is no sheet `{sheet}`; sheets: {}", others.join(", ")),
            None => "no sheet has a header row that names a description or a bill of lading".to_owned(),
        };
        return Err(malformed(why));
    };
    said.sort_by_key(|fault| std::cmp::Reverse(fault.severity));
    first.faults = said.into_iter().take(limits::MAX_FAULTS / 2).collect();
    Ok(sheets)
}

/// Says that a sheet was not read.
fn not_read(title: &str, looks_like_goods: bool) -> Fault {
    let severity = if looks_like_goods { Severity::Lost } else { Severity::Note };
    let expected = "a sheet whose header is understood; name it with `sheet` in the mapping file";
    Fault::new("sheet_not_read", severity, format!("sheet {title}"), title, expected)
}

/// Leaves out sheets that only repeat, with prices, the goods that another sheet of the workbook lists with their quantities.
fn without_invoices(sheets: &mut Vec<Sheet>, mapping: &Mapping, said: &mut Vec<Fault>) {
    if sheets.len() < 2 {
        return;
    }
    let goods: Vec<table::Listed> = sheets.iter().map(|sheet| table::listed(sheet, mapping)).collect();
    let is_list = |one: &&table::Listed| one.has_quantities && !one.has_prices;
    let lists: BTreeSet<&String> = goods.iter().filter(is_list).flat_map(|one| &one.keys).collect();
    // With quantities of its own it may be another consignment of the same goods.
    let is_as_long = |one: &table::Listed| goods.iter().filter(is_list).any(|list| list.n_rows == one.n_rows);
    let repeats = |one: &table::Listed| {
        let is_repeated = !one.keys.is_empty() && one.keys.iter().all(|key| lists.contains(key));
        one.has_prices && is_repeated && (!one.has_quantities || is_as_long(one))
    };
    let mut n = 0;
    sheets.retain(|sheet| {
        let is_repeated = goods.get(n).is_some_and(repeats);
        n += 1;
        if is_repeated {
            let title = sheet.sheet.clone().unwrap_or_default();
            let expected = "goods that no other sheet lists; it repeats them with prices and was left out";
            said.push(Fault::new("sheet_repeats", Severity::Note, format!("sheet {title}"), &title, expected));
        }
        !is_repeated
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by fuzzing: a record that says of itself more than there is. The library breaks at it.
    const LIES: &[u8] = include_bytes!("../../../../tests/corpus/xlsx/record-that-lies.xls");

    #[test]
    fn what_breaks_the_library_is_a_damaged_workbook() {
        let mut parts = workbook(LIES, &Mapping::default());
        let first = parts.next();
        assert!(
            matches!(&first, Some(Err(error)) if error.to_string().contains("save the list as .xlsx")),
            "{first:?}"
        );
        assert!(parts.next().is_none() && !is_contained());
    }
}
