//! What was understood of a table, for the one who sent it and the one who answers for it.
//!
//! In: what a reader settled. Out: one line for a log, some lines for a person. It says what was taken for what and what was
//! left over; what was wrong stands in the faults.

use serde::Serialize;

/// How one table was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReadingSummary {
    /// Format, such as `xlsx/1`.
    pub format: String,
    /// Sheet, where the file has such.
    pub sheet: Option<String>,
    /// First and last row of the header, counted from 1.
    pub header_rows: (u64, u64),
    /// The columns that were taken for something.
    pub columns: Vec<ColumnRead>,
    /// Headers of the columns that were not.
    pub unread: Vec<String>,
    /// What the head above the table said: canonical column and value.
    pub head: Vec<(String, String)>,
    /// Order of dates with their numbers: `dmy`, `mdy` or `ymd`; absent where the table has no such dates.
    pub dates: Option<String>,
    /// Rows of goods.
    pub n_rows: u64,
    /// Bills that they became.
    pub n_bills: u64,
    /// Rows that are no goods: what they are and how many.
    pub left_over: Vec<(String, u64)>,
}

/// One column that was taken for something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ColumnRead {
    /// As it stands in the file.
    pub header: String,
    /// Canonical column.
    pub column: String,
    /// Why.
    pub why: String,
    /// Unit of its numbers, where it is not that of the column's name.
    pub unit: Option<String>,
    /// Decimal mark of its numbers.
    pub decimal: Option<char>,
}

/// Names of columns that one line lists.
const MAX_LISTED: usize = 12;

impl ReadingSummary {
    /// The summary in one line, for people.
    pub fn line(&self) -> String {
        let sheet = self.sheet.as_ref().map(|sheet| format!("sheet `{sheet}`, ")).unwrap_or_default();
        let unread = match self.unread.len() {
            0 => String::new(),
            n => format!("; {n} columns not read"),
        };
        let left: Vec<String> = self.left_over.iter().map(|(what, n)| format!("{n} {what}")).collect();
        let left = if left.is_empty() { String::new() } else { format!("; left over: {}", left.join(", ")) };
        format!(
            "{sheet}{}: {} rows of goods became {} bills; {} columns read{unread}{left}",
            self.header(),
            self.n_rows,
            self.n_bills,
            self.columns.len(),
        )
    }

    fn header(&self) -> String {
        let (first, last) = self.header_rows;
        if first == last { format!("header in row {first}") } else { format!("header in rows {first} to {last}") }
    }

    /// Some lines, the most important first.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.line()];
        for read in &self.columns {
            let unit = read.unit.as_ref().map(|unit| format!(", in {unit}")).unwrap_or_default();
            let decimal = read.decimal.map(|mark| format!(", decimal mark `{mark}`")).unwrap_or_default();
            lines.push(format!("  `{}` is {} ({}){unit}{decimal}", read.header, read.column, read.why));
        }
        for (column, value) in &self.head {
            lines.push(format!("  {column} of every row is `{value}` (said above the table)"));
        }
        if let Some(dates) = &self.dates {
            lines.push(format!("  dates are written {dates}"));
        }
        if !self.unread.is_empty() {
            let more = self.unread.len().saturating_sub(MAX_LISTED);
            let listed: Vec<String> = self.unread.iter().take(MAX_LISTED).map(|header| format!("`{header}`")).collect();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            lines.push(format!("  not read: {}{more}", listed.join(", ")));
        }
        lines
    }
}
