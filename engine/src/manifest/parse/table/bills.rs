//! Rows become bills, one after the other, in the order in which the table first names them.
//!
//! In: a table whose columns are settled. Out: one part for each bill. Rows of one bill may stand anywhere in the table:
//! they are chained once by (manifest_reference, bill_of_lading) and read again when their bill is asked for, so that the
//! memory is that of the table's text and one bill. Totals, repeated headers and remarks are no rows of bills.

use std::collections::BTreeMap;

use csv::ByteRecord;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::super::super::fault::{Fault, Faults, ManifestError, Severity};
use super::super::super::fields::{Manifest, Unmapped};
use super::super::super::limits;
use super::super::super::summary::ReadingSummary;
use super::super::Parsed;
use super::borrowed::{Borrowed, Filled};
use super::column::Column;
use super::columns::Columns;
use super::header::Header;
use super::join::{self, Open};
use super::kinds::{Kind, kind};
use super::names::{Name, Names};
use super::record::Scratch;
use super::record::text_of;
use super::row::Row;
use super::sheet::Sheet;
use super::told;
use super::totals::Totals;

/// No further row.
const END: u32 = u32::MAX;

/// The bills of one table.
pub(in super::super) struct Bills {
    sheet: Sheet,
    columns: Columns,
    header: Header,
    /// Rows above the header that are understood.
    head_rows: Vec<usize>,
    /// The next row of the same bill, for each row below the header.
    next_of_bill: Vec<u32>,
    /// True for the first row of a bill.
    is_first: Vec<bool>,
    borrowed: Borrowed,
    /// Rows that are no goods, as far as they are kept.
    left_over: Vec<(usize, Kind)>,
    summary: Option<Box<ReadingSummary>>,
    at: usize,
    scratch: Scratch,
    filled: Filled,
    has_sent: bool,
}

impl Bills {
    pub(super) fn new(sheet: Sheet, header: Header, head_rows: Vec<usize>, mut columns: Columns) -> Self {
        columns.number_slots();
        let borrowed = Borrowed::of_blocks(&sheet.blocks, &sheet.rows, header.last, &columns);
        let mut bills = Self {
            sheet,
            columns,
            header,
            head_rows,
            next_of_bill: Vec::new(),
            is_first: Vec::new(),
            borrowed,
            left_over: Vec::new(),
            summary: None,
            at: 0,
            scratch: Scratch::default(),
            filled: Filled::default(),
            has_sent: false,
        };
        bills.chain_rows();
        bills
    }

    /// Index in the table of the row `n` below the header.
    fn row(&self, n: usize) -> usize {
        self.header.last + 1 + n
    }

    /// Tells what each row is, and chains the rows of each bill.
    fn chain_rows(&mut self) {
        let n_rows = self.sheet.rows.len().saturating_sub(self.header.last + 1);
        self.next_of_bill = vec![END; n_rows];
        self.is_first = vec![true; n_rows];
        let header: Vec<ByteRecord> = (self.header.first..=self.header.last).map(|n| self.sheet.rows.get(n)).collect();
        let (mut counts, mut totals): (BTreeMap<Kind, u64>, _) = (BTreeMap::new(), Totals::default());
        let (mut n_goods, mut n_bills) = (0, 0);
        // Made as large as it can become: a table of hashes that grows stands twice in memory meanwhile.
        let has_bills = self.columns.fills(Column::BillOfLading);
        let room = if has_bills { n_rows } else { 0 };
        let (names, mut last_of_bill) = (Names::default(), FxHashMap::with_capacity_and_hasher(room, FxBuildHasher));
        let mut last_name = None;
        for n in 0..n_rows {
            let row = self.row(n);
            let Self { sheet, columns, scratch, filled, borrowed, .. } = self;
            let cells = sheet.rows.read(row, scratch);
            let kind = match kind(cells, columns, &header) {
                Kind::Goods if totals.is_bare_total(cells, columns) => Kind::Total,
                kind => kind,
            };
            if kind != Kind::Goods {
                *counts.entry(kind).or_default() += 1;
                if kind == Kind::Total {
                    let faults = totals.check(sheet.rows.number(row), cells, columns);
                    let room = limits::MAX_FAULTS.saturating_sub(columns.faults.len());
                    columns.faults.extend(faults.into_iter().take(room));
                }
                self.leave_over(n, kind);
                continue;
            }
            n_goods += 1;
            totals.add(cells, columns);
            let goes_on = borrowed.look_at(row, cells, columns);
            let (cells, _) = borrowed.fill(row, &sheet.rows, cells, filled);
            let name = match last_name {
                Some(name) if goes_on => Some(name),
                _ => names.of(cells, columns),
            };
            n_bills += u64::from(!self.chain(n, name, &mut last_of_bill));
            last_name = name.or(last_name);
        }
        if n_goods > 0 {
            counts.insert(Kind::Goods, n_goods);
        }
        self.summary = Some(Box::new(told::summary(&self.sheet, &self.header, &self.columns, &counts, n_bills)));
    }

    /// Chains row `n` behind the last one of its bill, if there is one.
    fn chain(&mut self, n: usize, name: Option<Name>, last_of_bill: &mut FxHashMap<Name, u32>) -> bool {
        let row = u32::try_from(n).unwrap_or(END);
        let Some(before) = name.and_then(|name| last_of_bill.insert(name, row)) else { return false };
        if let Some(next) = self.next_of_bill.get_mut(before as usize) {
            *next = row;
        }
        if let Some(first) = self.is_first.get_mut(n) {
            *first = false;
        }
        true
    }

    /// A row that is no goods: all but blank rows are kept as unmapped.
    fn leave_over(&mut self, n: usize, kind: Kind) {
        if let Some(first) = self.is_first.get_mut(n) {
            *first = false;
        }
        let row = self.row(n);
        if !matches!(kind, Kind::Blank | Kind::Header) && self.left_over.len() < limits::MAX_UNMAPPED {
            self.left_over.push((row, kind));
        }
    }

    /// The bill whose first row is `n` below the header.
    fn bill(&mut self, n: usize) -> Option<Parsed> {
        let mut open: Option<Open> = None;
        let mut next = n;
        loop {
            let row = self.row(next);
            let Self { sheet, columns, borrowed, scratch, filled, .. } = self;
            let cells = sheet.rows.read(row, scratch);
            let (cells, places) = borrowed.fill(row, &sheet.rows, cells, filled);
            let mut read = Row::new(sheet.rows.number(row), cells, columns);
            read.say_filled(places, columns);
            if sheet.rows.is_in_doubt(row) {
                read.stands_behind_a_quote();
            }
            read.share(borrowed.shared(row), columns);
            read_row(&mut open, read, columns, sheet);
            match self.next_of_bill.get(next) {
                Some(following) if *following != END => next = *following as usize,
                _ => break,
            }
        }
        let Open { manifest, faults, .. } = open?;
        Some(Parsed { manifest, head: Faults::default(), bills: vec![faults], summary: None })
    }

    /// What stands above the header (titles, addresses) and between the rows, and what was found in the table as a whole.
    fn opening(&mut self, first: &mut Parsed) {
        let above = (0..self.header.first).filter(|n| !self.head_rows.contains(n)).map(|n| (n, Kind::Remark));
        let kept: Vec<Unmapped> = above
            .chain(std::mem::take(&mut self.left_over))
            .filter_map(|(n, kind)| {
                let record = self.sheet.rows.get(n);
                let text: Vec<_> = record.iter().map(text_of).filter(|cell| !cell.trim().is_empty()).collect();
                let found: String = text.join(" ").chars().take(limits::MAX_UNMAPPED_CHARS).collect();
                let what = if kind == Kind::Remark { String::new() } else { format!(" ({})", kind.name()) };
                let at = format!("row {}{what}", self.sheet.rows.number(n));
                (!found.is_empty()).then_some(Unmapped { at, found, consignment: None })
            })
            .collect();
        first.manifest.unmapped.splice(0..0, kept);
        first.manifest.unmapped.truncate(limits::MAX_UNMAPPED);
        std::mem::take(&mut self.sheet.faults).into_iter().for_each(|fault| first.head.push(fault));
        std::mem::take(&mut self.columns.faults).into_iter().for_each(|fault| first.head.push(fault));
        for row in self.sheet.rows.unclosed().take(limits::MAX_FAULTS) {
            let at = format!("row {row}");
            let expected = "a closing quotation mark; the row was read as if it had none";
            first.head.push(Fault::new("unclosed_quote", Severity::Lost, at, "an open quotation mark", expected));
        }
        first.summary = self.summary.take();
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
fn read_row(open: &mut Option<Open>, mut row: Row<'_>, columns: &Columns, sheet: &Sheet) {
    let reference = row.text(Column::ManifestReference).unwrap_or_default();
    let bill = row.text(Column::BillOfLading).unwrap_or_else(|| {
        if columns.has(Column::BillOfLading) {
            row.fault("missing", Severity::Lost, Column::BillOfLading, "nothing", "a bill of lading number");
        }
        let number = row.number_of_row();
        let own = row.text(Column::Line).or_else(|| row.text(Column::Id)).unwrap_or_else(|| format!("row-{number}"));
        // Rows of two sheets may have one number.
        match sheet.sheet.as_ref().filter(|_| sheet.is_further) {
            Some(sheet) => format!("{sheet} {own}"),
            None => own,
        }
    });
    row.doubt_rounded();
    let consignment = join::consignment(&mut row, bill, columns);
    let head = Manifest { format: sheet.format.to_owned(), ..join::head(&mut row, &reference) };
    match open {
        Some(open) => open.join(head, consignment, &mut row),
        None => *open = Some(Open::of(head, consignment, &mut row)),
    }
}
