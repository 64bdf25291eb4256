//! Cells of a workbook become rows of text, under limits.
//!
//! In: cells in the order of their rows. Out: records, with the row numbers of the sheet; numbers plain, dates as ISO 8601.

use calamine::{Data, DataRef, ExcelDateTime};

use super::super::fault::ManifestError;
use super::super::limits;

/// The rows of one sheet while they are read.
#[derive(Debug, Default)]
pub(super) struct Cells {
    rows: Vec<(u64, csv::ByteRecord)>,
}

impl Cells {
    /// Adds a cell; `row` counts from 1, `column` from 0, `left` bounds the bytes of all cells of the workbook.
    pub fn push(&mut self, row: u64, column: usize, text: &str, left: &mut usize) -> Result<(), ManifestError> {
        if text.is_empty() {
            return Ok(());
        }
        let over = |limit: usize, name: &'static str| ManifestError::TooLarge {
            what: format!("row {row} column {}", column + 1),
            limit,
            name,
        };
        if column >= limits::MAX_COLUMNS {
            return Err(over(limits::MAX_COLUMNS, "MAX_COLUMNS"));
        }
        if self.rows.len() >= limits::MAX_ROWS {
            return Err(over(limits::MAX_ROWS, "MAX_ROWS"));
        }
        *left = left.checked_sub(text.len() + 8).ok_or(over(limits::MAX_TABLE_BYTES, "MAX_TABLE_BYTES"))?;
        if self.rows.last().is_none_or(|(last, _)| *last != row) {
            self.rows.push((row, csv::ByteRecord::new()));
        }
        if let Some((_, record)) = self.rows.last_mut() {
            while record.len() < column {
                record.push_field(b"");
            }
            if record.len() == column {
                record.push_field(text.as_bytes());
            }
        }
        Ok(())
    }

    /// The rows, all of one width.
    pub fn rows(mut self) -> Vec<(u64, csv::ByteRecord)> {
        let width = self.rows.iter().map(|(_, record)| record.len()).max().unwrap_or(0);
        for (_, record) in &mut self.rows {
            while record.len() < width {
                record.push_field(b"");
            }
        }
        self.rows
    }
}

/// A number with its point. Three digits behind it get a zero more, so that nobody takes the point for a group mark.
fn plain(number: f64) -> String {
    let text = number.to_string();
    let is_like_a_group = text.split_once('.').is_some_and(|(_, fraction)| fraction.len() == 3);
    if is_like_a_group { format!("{text}0") } else { text }
}

fn moment(moment: ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return plain(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// A streamed cell as text.
pub(super) fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => plain(*number),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(when) => moment(*when),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A loaded cell as text.
pub(super) fn text_of(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => plain(*number),
        Data::String(text) => text.trim().to_owned(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(when) => moment(*when),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}
