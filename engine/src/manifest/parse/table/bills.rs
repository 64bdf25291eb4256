//! Rows become bills, one after the other, in the order in which the table first names them.
//!
//! In: a table whose columns are settled. Out: one part for each bill. Rows of one bill may stand anywhere in the table:
//! they are chained once by (manifest_reference, bill_of_lading) and read again when their bill is asked for, so that the
//! memory is that of the table's text and one bill.

use std::collections::HashMap;

use csv::ByteRecord;

use super::super::super::fault::{Fault, Faults, ManifestError, Severity};
use super::super::super::fields::{Manifest, Unmapped};
use super::super::super::limits;
use super::super::Parsed;
use super::column::Column;
use super::columns::Columns;
use super::join::{self, Open};
use super::mapping::Mapping;
use super::row::Row;
use super::rows::Scratch;
use super::sheet::{Sheet, text_of};

/// No further row.
const END: u32 = u32::MAX;

/// The bills of one table.
pub(in super::super) struct Bills {
    sheet: Sheet,
    columns: Columns,
    mapping: Mapping,
    /// The next row of the same bill, for each row below the header.
    next_of_bill: Vec<u32>,
    /// True for the first row of a bill.
    is_first: Vec<bool>,
    /// Index of the header row.
    header: usize,
    at: usize,
    scratch: Scratch,
    record: ByteRecord,
    has_sent: bool,
}

impl Bills {
    pub(super) fn new(sheet: Sheet, header: usize, columns: Columns, mapping: Mapping) -> Self {
        let mut bills = Self {
            sheet,
            columns,
            mapping,
            next_of_bill: Vec::new(),
            is_first: Vec::new(),
            header,
            at: 0,
            scratch: Scratch::default(),
            record: ByteRecord::new(),
            has_sent: false,
        };
        bills.chain_rows();
        bills
    }

    /// Chains the rows of each bill. The name of a bill is told apart by 128 bits of its digest.
    fn chain_rows(&mut self) {
        let n_rows = self.sheet.rows.len().saturating_sub(self.header + 1);
        self.next_of_bill = vec![END; n_rows];
        self.is_first = vec![true; n_rows];
        let mut last_of_bill: HashMap<[u8; 16], u32> = HashMap::new();
        for n in 0..n_rows {
            self.sheet.rows.read(self.header + 1 + n, &mut self.scratch, &mut self.record);
            let is_blank = self.record.iter().all(|field| field.trim_ascii().is_empty());
            let key = if is_blank { None } else { self.key() };
            let Some(key) = key else {
                if is_blank && let Some(first) = self.is_first.get_mut(n) {
                    *first = false;
                }
                continue;
            };
            let row = u32::try_from(n).unwrap_or(END);
            if let Some(before) = last_of_bill.insert(key, row) {
                if let Some(next) = self.next_of_bill.get_mut(before as usize) {
                    *next = row;
                }
                if let Some(first) = self.is_first.get_mut(n) {
                    *first = false;
                }
            }
        }
    }

    /// What a row's bill is called, as a digest; `None` when it names none.
    fn key(&self) -> Option<[u8; 16]> {
        let cell = |column: Column| {
            let n = self.columns.canonical.iter().position(|known| *known == Some(column));
            let cell = n.and_then(|n| self.record.get(n)).map(|cell| text_of(cell).trim().to_owned());
            cell.filter(|cell| !cell.is_empty()).or_else(|| self.columns.constant(column).map(str::to_owned))
        };
        let bill = cell(Column::BillOfLading)?;
        let reference = cell(Column::ManifestReference).unwrap_or_default();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(reference.len() as u64).to_le_bytes()).update(reference.as_bytes()).update(bill.as_bytes());
        let mut key = [0; 16];
        hasher.finalize_xof().fill(&mut key);
        Some(key)
    }

    /// The bill whose first row is `n` below the header.
    fn bill(&mut self, n: usize) -> Option<Parsed> {
        let mut open: Option<Open> = None;
        let mut row = n;
        loop {
            self.sheet.rows.read(self.header + 1 + row, &mut self.scratch, &mut self.record);
            let number = self.sheet.rows.number(self.header + 1 + row);
            read_row(&mut open, number, &self.record, &self.columns, &self.mapping, self.sheet.format);
            match self.next_of_bill.get(row) {
                Some(next) if *next != END => row = *next as usize,
                _ => break,
            }
        }
        let Open { manifest, faults, .. } = open?;
        Some(Parsed { manifest, head: Faults::default(), bills: vec![faults] })
    }

    /// What stands above the header (titles, addresses), and what was found in the table as a whole.
    fn opening(&mut self, first: &mut Parsed) {
        for n in 0..self.header {
            let record = self.sheet.rows.get(n);
            let text: Vec<_> = record.iter().map(text_of).filter(|cell| !cell.trim().is_empty()).collect();
            if !text.is_empty() {
                let found = text.join(" ").chars().take(limits::MAX_UNMAPPED_CHARS).collect();
                let at = format!("row {}", self.sheet.rows.number(n));
                first
                    .manifest
                    .unmapped
                    .insert(n.min(first.manifest.unmapped.len()), Unmapped { at, found, consignment: None });
            }
        }
        std::mem::take(&mut self.sheet.faults).into_iter().for_each(|fault| first.head.push(fault));
        std::mem::take(&mut self.columns.faults).into_iter().for_each(|fault| first.head.push(fault));
        if let Some(row) = self.sheet.rows.unclosed() {
            let at = format!("row {row}");
            let expected = "a closing quotation mark; the rest of the file was read as one cell";
            first.head.push(Fault::new("unclosed_quote", Severity::Lost, at, "an open quotation mark", expected));
        }
    }
}

impl Iterator for Bills {
    type Item = Result<Parsed, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.is_first.len() {
            let n = self.at;
            self.at += 1;
            if !self.is_first.get(n).copied().unwrap_or(false) {
                continue;
            }
            let mut parsed = self.bill(n)?;
            if !std::mem::replace(&mut self.has_sent, true) {
                self.opening(&mut parsed);
            }
            return Some(Ok(parsed));
        }
        if std::mem::replace(&mut self.has_sent, true) {
            return None;
        }
        let mut empty = Parsed::clean(Manifest { format: self.sheet.format.to_owned(), ..Manifest::default() });
        self.opening(&mut empty);
        let at = self.sheet.name.to_owned();
        empty.head.push(Fault::new("no_rows", Severity::Doubt, at, "nothing", "rows below the header"));
        Some(Ok(empty))
    }
}

/// Reads one row into the bill that is open, or opens it.
fn read_row(
    open: &mut Option<Open>,
    number: u64,
    record: &ByteRecord,
    columns: &Columns,
    mapping: &Mapping,
    format: &str,
) {
    let mut row = Row::new(number, record, columns, mapping);
    let reference = row.text(Column::ManifestReference).unwrap_or_default();
    let bill = row.text(Column::BillOfLading).unwrap_or_else(|| {
        if columns.has(Column::BillOfLading) {
            row.fault("missing", Severity::Lost, Column::BillOfLading, "nothing", "a bill of lading number");
        }
        row.text(Column::Line).or_else(|| row.text(Column::Id)).unwrap_or_else(|| format!("row-{number}"))
    });
    let consignment = join::consignment(&mut row, &bill, columns);
    let head = Manifest { format: format.to_owned(), ..join::head(&mut row, &reference) };
    match open {
        Some(open) => open.join(head, consignment, &mut row),
        None => *open = Some(Open::of(head, consignment, &mut row)),
    }
}
