//! Rows of totals are checked against what they sum.
//!
//! In: goods rows and rows of totals in their order. Out: a doubt for each total that is neither the sum of its group nor of all
//! rows above. Numbers are taken as written: a total has the unit of its column.

use super::super::super::fault::{Fault, Severity};
use super::column::Column;
use super::columns::Columns;
use super::record::Cells;
use super::style::without_unit;

/// Columns that totals are given of.
const SUMMED: [Column; 5] =
    [Column::GrossMassKg, Column::NetMassKg, Column::VolumeM3, Column::NPackages, Column::Value];
/// Of the total: what rounding of many rows may add up to.
const TOLERANCE: f64 = 0.005;

/// Sums so far.
#[derive(Debug, Default)]
pub(super) struct Totals {
    group: [Sum; SUMMED.len()],
    all: [Sum; SUMMED.len()],
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    sum: f64,
    /// Some number could not be read: nothing can be said.
    is_broken: bool,
    n: u64,
}

impl Sum {
    fn add(&mut self, number: Option<f64>) {
        match number {
            Some(number) => self.sum += number,
            None => self.is_broken = true,
        }
        self.n += 1;
    }

    /// The total is this sum, as far as it is known.
    fn is(self, total: f64) -> bool {
        self.is_broken || (self.sum - total).abs() <= (total.abs() * TOLERANCE).max(0.011)
    }
}

/// The number of a cell in the style of its column. A unit of its own makes it another column's.
fn number(text: &str, column: Column, columns: &Columns) -> Option<f64> {
    let (number, unit) = without_unit(text);
    let is_own = unit.is_empty() || !column.is_measured();
    columns.decimal(column).read(number).filter(|_| is_own).map(|reading| reading.value())
}

impl Totals {
    /// Adds a row of goods.
    pub fn add(&mut self, cells: Cells<'_>, columns: &Columns) {
        for ((column, group), all) in SUMMED.iter().zip(&mut self.group).zip(&mut self.all) {
            let Some(n) = columns.place_of(*column) else { continue };
            let plain = cells.get(n).and_then(|cell| columns.decimal(*column).plain(cell));
            let number = match plain {
                Some(number) => Some(number),
                None if cells.text(n).is_none_or(|text| text.trim().is_empty()) => continue,
                None => number(cells.text(n).unwrap_or_default().trim(), *column, columns),
            };
            group.add(number);
            all.add(number);
        }
    }

    /// Numbers alone, and each of them a sum of what stands above: a row of totals that does not say so.
    pub fn is_bare_total(&self, cells: Cells<'_>, columns: &Columns) -> bool {
        let mut n_sums = 0;
        for n in cells.filled() {
            let Some(column) = columns.at(n) else { return false };
            let Some(which) = SUMMED.iter().position(|summed| *summed == column) else { return false };
            let (Some(group), Some(all)) = (self.group.get(which), self.all.get(which)) else { return false };
            let Some(total) = number(cells.text(n).unwrap_or_default().trim(), column, columns) else { return false };
            let is_sum = |sum: &Sum| sum.n > 0 && !sum.is_broken && sum.is(total);
            if !is_sum(group) && !is_sum(all) {
                return false;
            }
            n_sums += 1;
        }
        n_sums > 0
    }

    /// Checks a row of totals, and begins the next group.
    pub fn check(&mut self, row: u64, cells: Cells<'_>, columns: &Columns) -> Vec<Fault> {
        let mut faults = Vec::new();
        for ((column, group), all) in SUMMED.iter().zip(&mut self.group).zip(&self.all) {
            let Some(n) = columns.place_of(*column) else { continue };
            let text = cells.text(n).unwrap_or_default();
            let Some(total) = number(text.trim(), *column, columns) else { continue };
            if group.n > 0 && !group.is(total) && !all.is(total) {
                let header = columns.headers.get(n).map(String::as_str).unwrap_or_default();
                let at = format!("row {row} column {header}");
                let expected = format!("the sum of the rows above, {} or {}", round(group.sum), round(all.sum));
                faults.push(Fault::new("total_differs", Severity::Doubt, at, text.trim(), &expected));
            }
        }
        self.group = Default::default();
        faults
    }
}

fn round(sum: f64) -> f64 {
    (sum * 1_000.0).round() / 1_000.0
}
